"""The local Bot API server refuses what Telegram refuses. Called here with plain HTTP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.fakes.telegram import TelegramServer, User


class Caller:
    """Calls methods as any client would."""

    def __init__(self, server: TelegramServer, session: aiohttp.ClientSession) -> None:
        self.server = server
        self._session = session

    async def __call__(self, method: str, **params: Any) -> dict[str, Any]:
        url = f"{self.server.url}/bot{self.server.token}/{method}"
        async with self._session.post(url, json=params) as answer:
            body: dict[str, Any] = await answer.json()
        assert body["ok"] == (answer.status == 200)
        return body

    async def refused(self, method: str, **params: Any) -> str:
        """The description with its code."""
        body = await self(method, **params)
        assert not body["ok"], body
        return f"{body['error_code']} {body['description']}"


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer() as server:
        yield server


@pytest.fixture
async def call(server: TelegramServer) -> AsyncIterator[Caller]:
    async with aiohttp.ClientSession() as session:
        yield Caller(server, session)


@pytest.fixture
async def anna(server: TelegramServer) -> User:
    anna = server.user(7, "Anna", language_code="sk")
    anna.open()
    return anna


async def test_message_is_shown_with_its_buttons(call: Caller, anna: User) -> None:
    keyboard = {"inline_keyboard": [[{"text": "Áno", "callback_data": "m:yes"}]]}
    text = "<b>Ahoj</b> &amp; vitaj"
    await call("sendMessage", chat_id=7, text=text, parse_mode="HTML", reply_markup=keyboard)
    shown = await anna.expect()
    assert (shown.text, shown.html, shown.buttons) == ("Ahoj & vitaj", text, ["Áno"])
    assert shown.entities == [{"type": "bold", "offset": 0, "length": 4}]


async def test_update_stays_until_a_higher_offset_confirms_it(call: Caller, anna: User) -> None:
    await anna.send("one")
    await anna.send("two")
    first = (await call("getUpdates"))["result"]
    assert [update["message"]["text"] for update in first] == ["one", "two"]
    assert (await call("getUpdates", offset=first[0]["update_id"]))["result"] == first
    assert (await call("getUpdates", offset=first[1]["update_id"]))["result"] == first[1:]
    assert (await call("getUpdates", offset=first[1]["update_id"] + 1))["result"] == []
    assert (await call("getUpdates"))["result"] == []


async def test_long_poll_ends_with_the_next_update(call: Caller, anna: User) -> None:
    poll = asyncio.create_task(call("getUpdates", timeout=5))
    await asyncio.sleep(0.05)
    assert not poll.done()
    await anna.send("hello")
    assert len((await asyncio.wait_for(poll, 1))["result"]) == 1
