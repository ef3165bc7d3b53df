"""The dispatcher's promises, with a platform that does what a test tells it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.metrics import Metrics
from bot.outgoing import (
    Action,
    Moved,
    NotSent,
    Outgoing,
    Rejected,
    TooFast,
    Unknown,
    Unreachable,
)
from bot.sending import dispatcher as dispatching
from bot.sending.dispatcher import Dispatcher
from messages import rich, stored
from messages.message import Message
from storage import outbox
from storage.database import Database, sql
from storage.outbox import NewReply
from storage.transaction import Transaction

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
OWNER = "17"


class Platform:
    """Takes messages, or raises what ``script`` says next for that chat."""

    channel, account = "telegram", "1"

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.times: list[float] = []
        self.script: dict[str, deque[Exception]] = {}

    def plan(self, chat: str, *problems: Exception) -> None:
        self.script[chat] = deque(problems)

    async def send(self, outgoing: Outgoing) -> str:
        await asyncio.sleep(0)
        waiting = self.script.get(outgoing.chat)
        if waiting:
            raise waiting.popleft()
        self.sent.append((outgoing.chat, rich.plain(outgoing.message.text)))
        self.times.append(asyncio.get_running_loop().time())
        return f"m{len(self.sent)}"


def said(text: str) -> Message:
    return Message(rich.paragraph(text))


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
async def dispatcher(
    database: Database, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Dispatcher]:
    monkeypatch.setattr(dispatching, "ADOPT_EVERY", 0.05)
    made = Dispatcher(database, OWNER, Metrics(), lambda: NOW)
    made.start()
    yield made
    await made.stop()


def enqueued(tx: Transaction, chat: str, text: str, owner: str, now: datetime) -> Outgoing:
    outgoing = Outgoing(Action.SEND, chat, chat, said(text))
    reply = NewReply(
        None,
        None,
        "telegram",
        "1",
        chat,
        chat,
        "send",
        stored.dump(outgoing.message, outgoing.target),
    )
    delivery = outbox.enqueue(tx, reply, owner, now)
    return Outgoing(Action.SEND, chat, chat, said(text), delivery=delivery)


async def enqueue(
    database: Database, chat: str, text: str, owner: str = OWNER, now: datetime = NOW
) -> Outgoing:
    return await database.write(enqueued, chat, text, owner, now)


async def states(database: Database, wanted: int) -> list[tuple[Any, ...]]:
    """State, reason and whether the words are forgotten, once so many rows came to an end."""
    query = sql("SELECT state, reason, payload IS NULL FROM delivery ORDER BY id")
    for _ in range(200):
        with database.reading() as tx:
            rows = [(row[0], row[1], bool(row[2])) for row in tx.run(query).fetchall()]
        if sum(row[0] != "sending" for row in rows) >= wanted:
            return rows
        await asyncio.sleep(0.02)
    raise AssertionError(f"still under way: {rows}")


async def test_a_reply_is_sent_recorded_and_its_words_forgotten(
    database: Database, dispatcher: Dispatcher, platform: Platform
) -> None:
    await dispatcher.add(platform)
    dispatcher.submit("telegram", "1", [await enqueue(database, "7", "hello")])
    assert await states(database, 1) == [("sent", None, True)]
    assert platform.sent == [("7", "hello")]


async def test_order_is_kept_within_a_chat_whatever_goes_wrong(
    database: Database, dispatcher: Dispatcher, platform: Platform
) -> None:
    await dispatcher.add(platform)
    platform.plan("7", NotSent(), TooFast(0.05), Unknown())
    made = [await enqueue(database, "7", f"{number}") for number in range(5)]
    dispatcher.submit("telegram", "1", made)
    await states(database, 5)
    assert [text for _, text in platform.sent] == ["0", "1", "2", "3", "4"]


async def test_one_chat_s_wait_holds_nobody_else_up(
    database: Database, dispatcher: Dispatcher, platform: Platform
) -> None:
    await dispatcher.add(platform)
    platform.plan("slow", TooFast(0.4))
    slow, quick = await enqueue(database, "slow", "a"), await enqueue(database, "quick", "b")
    dispatcher.submit("telegram", "1", [slow])
    await asyncio.sleep(0.05)
    dispatcher.submit("telegram", "1", [quick])
    await states(database, 2)
    assert [chat for chat, _ in platform.sent] == ["quick", "slow"]


async def test_a_wait_for_everyone_is_everyone_s(
    database: Database, dispatcher: Dispatcher, platform: Platform
) -> None:
    await dispatcher.add(platform)
    platform.plan("first", TooFast(0.3, everyone=True))
    begun = asyncio.get_running_loop().time()
    dispatcher.submit("telegram", "1", [await enqueue(database, "first", "a")])
    await asyncio.sleep(0.05)
    dispatcher.submit("telegram", "1", [await enqueue(database, "other", "b")])
    await states(database, 2)
    assert min(platform.times) - begun >= 0.3


async def test_a_person_who_blocked_the_bot_gets_nothing_more(
    database: Database, dispatcher: Dispatcher, platform: Platform
) -> None:
    await dispatcher.add(platform)
    platform.plan("7", Unreachable())
    made = [await enqueue(database, "7", text) for text in ("a", "b")]
    dispatcher.submit("telegram", "1", made)
    assert await states(database, 2) == [("failed", "unreachable", True)] * 2
    assert platform.sent == []


async def test_a_refused_message_fails_with_its_reason_and_the_next_goes_on(
    database: Database, dispatcher: Dispatcher, platform: Platform
) -> None:
    await dispatcher.add(platform)
    platform.plan("7", Rejected("can't parse entities"))
    made = [await enqueue(database, "7", text) for text in ("a", "b")]
    dispatcher.submit("telegram", "1", made)
    found = await states(database, 2)
    assert found[0][:2] == ("failed", "rejected: can't parse entities")
    assert found[1][0] == "sent"


async def test_a_chat_that_moved_is_followed(
    database: Database, dispatcher: Dispatcher, platform: Platform
) -> None:
    await dispatcher.add(platform)
    platform.plan("7", Moved("-1007"))
    dispatcher.submit("telegram", "1", [await enqueue(database, "7", "a")])
    await states(database, 1)
    assert platform.sent == [("-1007", "a")]


async def test_what_a_dead_process_left_is_sent_by_the_next(
    database: Database, dispatcher: Dispatcher, platform: Platform
) -> None:
    await enqueue(database, "7", "left behind", owner="99")
    await enqueue(database, "7", "and this", owner="99")
    await dispatcher.add(platform)
    assert {row[0] for row in await states(database, 2)} == {"sent"}
    assert [text for _, text in platform.sent] == ["left behind", "and this"]


async def test_a_reply_of_yesterday_expires_instead_of_arriving_late(
    database: Database, dispatcher: Dispatcher, platform: Platform
) -> None:
    await enqueue(database, "7", "old", owner="99", now=NOW - timedelta(hours=25))
    await dispatcher.add(platform)
    assert await states(database, 1) == [("expired", "older than a day", True)]
    assert platform.sent == []


async def test_messages_for_an_account_that_is_being_started_wait_for_it(
    database: Database, dispatcher: Dispatcher, platform: Platform
) -> None:
    dispatcher.submit("telegram", "1", [await enqueue(database, "7", "early")])
    await asyncio.sleep(0.05)
    assert platform.sent == []
    await dispatcher.add(platform)
    await states(database, 1)
    assert platform.sent == [("7", "early")]
