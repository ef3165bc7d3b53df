"""Staff at work on the chat page: the real turn behind a real web server."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import httpx
import pytest

from bot.channels.preview.channel import PreviewChannel
from bot.incoming import Incoming
from bot.listener import Listener
from bot.metrics import Metrics
from bot.outgoing import Outgoing
from bot.turn.context import House
from outreach.staff import new_code
from storage import staff as store
from storage.database import Database
from tests.channels.preview.serving import preview, serving
from tests.channels.preview.test_http import Browser
from tests.turn.conftest import SECRET
from tests.turn.conftest import house as house  # noqa: PLC0414 - a fixture
from tests.waiting import PATIENCE

EVA = "eva-00000-0001"


class Straight:
    """Stands for the dispatcher: sends at once, in order."""

    def __init__(self) -> None:
        self.channel: PreviewChannel | None = None
        self._queue: asyncio.Queue[Outgoing] = asyncio.Queue()

    def submit(self, channel: str, account: str, messages: Iterable[Outgoing]) -> None:
        for message in messages:
            self._queue.put_nowait(message)

    async def run(self) -> None:
        while True:
            message = await self._queue.get()
            assert self.channel is not None
            await self.channel.send(message)


@pytest.fixture
async def browser(sqlite_url: str, house: House) -> AsyncIterator[tuple[Browser, Database]]:
    database, straight = Database.open(sqlite_url), Straight()
    clock = partial(datetime.now, UTC)
    listener = Listener(database, house, straight, Metrics(), clock)  # type: ignore[arg-type]

    async def handle(incoming: Incoming, /) -> None:
        await listener(incoming)

    straight.channel = preview(handle)
    sending = asyncio.create_task(straight.run())
    async with (
        serving(straight.channel) as served,
        httpx.AsyncClient(base_url=served.url, timeout=PATIENCE) as client,
    ):
        yield Browser(client), database
    sending.cancel()
    database.close()


async def until(browser: Browser, text: str) -> dict[str, Any]:
    """The newest item once it holds ``text``."""
    shown: list[dict[str, Any]] = []
    async with asyncio.timeout(PATIENCE):
        while not (shown and text in shown[-1]["html"]):
            shown = await browser.shown(EVA)
    return shown[-1]


def press_of(item: dict[str, Any], label: str) -> str:
    """What the button of this label sends."""
    buttons = re.findall(
        r"<button[^>]*?data-press=\"([^\"]*)\"[^>]*>(.*?)</button>", item["html"], re.S
    )
    return str(next(press for press, words in buttons if label in words))


async def test_a_broadcast_is_written_and_reviewed_on_the_chat_page(
    browser: tuple[Browser, Database],
) -> None:
    page, database = browser
    with database.transaction() as tx:
        now = datetime.now(UTC)
        number = store.add(tx, "Eva", "en", now)
        store.set_role(tx, number, "cike", "coordinator")
        code, _ = new_code(tx, number, SECRET, now)
    await page.send(EVA, text=f"/staff {code}", language="en")
    menu = await until(page, "Welcome, Eva")
    press = {"ref": "m", "press": press_of(menu, "New broadcast")}
    assert await page.send(EVA, press=press, message=menu["id"]) == 200
    for asked, said in (
        ("What should we call it", "November"),
        ("(Slovak)", "Dobrý deň & <b>vitajte</b>, **novinky**!"),
        ("(English)", "skip"),
        ("(Slovenian)", "skip"),
        ("below the text", "Nothing"),
        ("Who should get it", "everyone"),
        ("Is everything correct", "yes"),
    ):
        await until(page, asked)
        await page.send(EVA, text=said)
    review = await until(page, "It will reach")
    assert "Nobody would get this" in review["html"]
    shown = [item["html"] for item in await page.shown(EVA)]
    assert any("Dobrý deň &amp; <b>vitajte</b>, <b>novinky</b>!" in html for html in shown)
    assert any("Language of this message: Slovak" in html for html in shown)
