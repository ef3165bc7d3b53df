"""One person's taps cost a bounded share of a minute, whatever they do; people who wait for their
answers never notice."""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot import listener as listening_to
from bot.incoming import Incoming, Left, Said, Submitted, Text
from bot.listener import Listener
from bot.metrics import Metrics
from bot.outgoing import Outgoing
from bot.pace import AWAITED, EARLY, LOOKED_UP, MOST, POINTS, WITH_FILE, Heard, Pace
from bot.turn.context import House, Later
from bot.turn.unit import Played, play_event
from messages import rich
from messages.message import File
from storage.database import Database
from storage.errors import ConnectionLost
from storage.outbox import Settled, settle
from storage.statements import sql
from storage.transaction import Transaction
from tests.turn.conftest import house as house  # noqa: PLC0414 - a fixture
from tests.turn.talks import count, rows

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
JANA = ("telegram", "bot", "7")
EVA = ("telegram", "bot", "8")


@dataclass
class Seconds:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


def played(pace: Pace, key: tuple[str, str, str] = JANA, waiting: int = 0) -> Heard:
    """One event, dealt with at once."""
    heard, _ = pace.enter(key, waiting)
    if heard is Heard.PLAYED:
        pace.leave(key)
    return heard


def test_who_waits_for_every_answer_may_go_on_for_long() -> None:
    pace = Pace(Seconds())
    assert {played(pace, waiting=AWAITED) for _ in range(int(POINTS))} == {Heard.PLAYED}
    assert played(pace) is Heard.TOLD


def test_who_does_not_wait_is_told_once_and_then_not_heard() -> None:
    pace = Pace(Seconds())
    several = [played(pace, waiting=AWAITED + 1) for _ in range(int(POINTS / EARLY) + 3)]
    assert several == [Heard.PLAYED] * 25 + [Heard.TOLD, Heard.IGNORED, Heard.IGNORED]


def test_what_is_in_hand_counts_as_unanswered() -> None:
    """A hundred taps that come in one batch are all begun before the first is answered."""
    pace = Pace(Seconds())
    heard = [pace.enter(JANA, 0) for _ in range(100)]
    prices = [price for each, price in heard if each is Heard.PLAYED]
    assert prices == [1.0] * (AWAITED + 1) + [EARLY] * 24
    assert [each for each, _ in heard].count(Heard.TOLD) == 1


def test_after_half_a_minute_they_are_heard_again_and_told_again() -> None:
    seconds = Seconds()
    pace = Pace(seconds)
    while played(pace) is Heard.PLAYED:
        pass
    seconds.now = 29.9
    assert played(pace) is Heard.IGNORED
    seconds.now = 30.0
    assert played(pace) is Heard.PLAYED
    while (heard := played(pace)) is Heard.PLAYED:
        pass
    assert heard is Heard.TOLD


def test_points_come_back_and_never_grow_beyond_all() -> None:
    seconds = Seconds()
    pace = Pace(seconds)
    assert {played(pace) for _ in range(190)} == {Heard.PLAYED}
    seconds.now = 10_000.0
    assert {played(pace) for _ in range(int(POINTS))} == {Heard.PLAYED}
    assert played(pace) is Heard.TOLD


def test_others_are_not_touched() -> None:
    pace = Pace(Seconds())
    while played(pace) is Heard.PLAYED:
        pass
    assert played(pace, EVA) is Heard.PLAYED
    assert played(pace, ("slack", "bot", "7")) is Heard.PLAYED


def test_what_was_not_played_costs_nothing() -> None:
    pace = Pace(Seconds())
    for _ in range(1000):
        heard, price = pace.enter(JANA, AWAITED + 1)
        assert (heard, price) == (Heard.PLAYED, EARLY)
        pace.leave(JANA, more=-price)


def test_so_many_people_are_remembered_and_no_more() -> None:
    pace = Pace(Seconds())
    while played(pace) is Heard.PLAYED:
        pass
    for number in range(MOST - 1):
        played(pace, ("telegram", "bot", f"u{number}"))
    assert played(pace) is Heard.IGNORED  # heard of just now: the others were quiet for longer
    for number in range(MOST):
        played(pace, ("telegram", "bot", f"v{number}"))
    assert played(pace) is Heard.PLAYED


# ---- in the program ----


class Dispatcher:
    """Takes what is to be sent; nothing of it leaves before :meth:`deliver`."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.sent: list[Outgoing] = []
        self.waiting: list[Outgoing] = []

    def submit(self, channel: str, account: str, messages: tuple[Outgoing, ...]) -> None:
        self.sent.extend(messages)
        self.waiting.extend(messages)

    def on_their_way(self, channel: str, account: str, chat: str) -> int:
        return sum(each.chat == chat for each in self.waiting)

    async def deliver(self) -> None:
        settled = [Settled(each.delivery, "sent") for each in self.waiting if each.delivery]
        self.waiting.clear()
        await self.database.write(settle, settled, NOW)

    def texts(self) -> list[str]:
        return [rich.plain(each.message.text) for each in self.sent]


def event(number: int, said: Said | None = None, user: str = "7") -> Incoming:
    text = said or Text(f"hello {number}")
    return Incoming("telegram", "1", user, user, f"{user}-{number}", NOW, text, locale="sk")


def listening(database: Database, house: House, pace: Pace) -> tuple[Listener, Dispatcher]:
    sending = Dispatcher(database)
    stands: Any = sending
    listener = Listener(database, house, stands, Metrics(), lambda: NOW, sending.on_their_way, pace)
    return listener, sending


SLOWER = "To bolo naraz viac, než stíham čítať"
NOT_SENT = (
    "Prišlo toho naraz priveľa, takže sa to zatiaľ neodoslalo. Všetko tu ostáva: počkajte, prosím,"
    " pol minúty a odošlite to znova."
)


async def test_a_thousand_taps_write_few_rows_and_others_are_answered(
    database: Database, house: House
) -> None:
    """Rows, replies in memory and turns are bounded, and they are told once."""
    listener, sending = listening(database, house, Pace(Seconds()))
    for start in range(0, 1000, 100):
        await asyncio.gather(*(listener(event(start + n)) for n in range(100)))
    await listener(event(1, user="8"))
    played = 4 + int((POINTS - 4) / EARLY)
    assert count(database, "received") == played + 1
    assert count(database, "delivery") == played + 1
    assert [SLOWER in text for text in sending.texts()].count(True) == 1
    assert len(sending.sent) == played + 2


async def test_who_is_told_reads_it_in_their_own_language(database: Database, house: House) -> None:
    listener, sending = listening(database, house, Pace(Seconds()))
    await listener(event(0))
    with database.transaction() as tx:
        tx.run(sql("UPDATE person SET language = 'sl'"))
    for number in range(1, 60):
        await listener(event(number))
    assert "To je bilo naenkrat več, kot zmorem prebrati" in sending.texts()[-1]


async def test_an_event_that_comes_twice_or_cannot_be_stored_costs_nothing(
    database: Database, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A platform that brings something again must not use up what the person may do."""
    pace = Pace(Seconds())
    listener, sending = listening(database, house, pace)
    await listener(event(0))
    for _ in range(300):
        await listener(event(0))
    assert count(database, "received") == 1

    async def away(*_: object) -> None:
        raise ConnectionLost("gone")

    with monkeypatch.context() as patched:
        patched.setattr(database, "write", away)
        for _ in range(300):
            with pytest.raises(ConnectionLost):
                await listener(event(1))
    await sending.deliver()
    await listener(event(1))
    assert count(database, "received") == 2


async def test_who_gets_everything_brought_again_at_once_is_not_blamed(
    database: Database, house: House
) -> None:
    """After an outage a platform may bring all there was, before one of it is dealt with."""
    listener, sending = listening(database, house, Pace(Seconds()))
    for number in range(5):
        await listener(event(number))
        await sending.deliver()
    await asyncio.gather(*(listener(event(number % 5)) for number in range(200)))
    assert not any(SLOWER in text for text in sending.texts())
    await asyncio.gather(*(listener(event(number)) for number in range(5, 200)))
    assert [SLOWER in text for text in sending.texts()].count(True) == 1


async def test_that_somebody_left_is_always_heard(database: Database, house: House) -> None:
    listener, _ = listening(database, house, Pace(Seconds()))
    for number in range(60):
        await listener(event(number))
    await listener(event(99, Left()))
    assert rows(database, "SELECT status FROM identity") == [("unreachable",)]


async def test_a_window_sent_in_too_early_stays_open_and_is_taken_later(
    database: Database, house: House
) -> None:
    """Slack closes a window that hears nothing, and what was typed into it is gone."""
    seconds = Seconds()
    listener, sending = listening(database, house, Pace(seconds))
    await listener(event(0))
    for number in range(1, 60):
        await listener(event(number))
    assert SLOWER in sending.texts()[-1]
    stored, sent = count(database, "received"), len(sending.sent)
    window = event(500, Submitted("7", {"roles": (), "note": ("A long note",)}))
    for _ in range(2):
        assert await listener(window) == {"roles": NOT_SENT}
    assert (count(database, "received"), len(sending.sent)) == (stored, sent)
    seconds.now = 60.0
    assert await listener(window) is None
    assert count(database, "received") == stored + 1
    assert len(sending.sent) == sent + 1


async def test_a_window_may_be_what_is_too_much(database: Database, house: House) -> None:
    """Then its field says so, and nothing stands in the chat."""
    listener, sending = listening(database, house, Pace(Seconds()))
    for number in range(4 + int((POINTS - 4) / EARLY)):
        await listener(event(number))
    assert await listener(event(500, Submitted("7", {"note": ("A note",)}))) == {"note": NOT_SENT}
    assert await listener(event(501, Submitted("7", {}))) is None  # nothing was filled in
    assert not any(SLOWER in text for text in sending.texts())


@pytest.mark.parametrize(("more", "cost"), [("file", WITH_FILE), ("later", LOOKED_UP)])
async def test_what_takes_more_costs_more(
    database: Database, house: House, monkeypatch: pytest.MonkeyPatch, more: str, cost: float
) -> None:
    def play(tx: Transaction, house: House, incoming: Incoming, now: datetime) -> Played:
        one = play_event(tx, house, incoming, now)
        if more == "later":
            return replace(one, later=(Later(lambda _: None, lambda *_: None),))
        message = replace(one.outgoing[0].message, file=File("a.ics", "text/calendar", ""))
        return replace(one, outgoing=(replace(one.outgoing[0], message=message),))

    monkeypatch.setattr(listening_to, "play_event", play)
    listener, sending = listening(database, house, Pace(Seconds()))
    number = 0
    while SLOWER not in (sending.texts() or [""])[-1]:
        await listener(event(number))
        await sending.deliver()
        number += 1
    assert number - 1 == math.ceil(POINTS / (1 + cost))
