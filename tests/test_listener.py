"""An event that keeps failing is set aside, the person told, and nobody else waits behind it."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot import listener as listening
from bot.incoming import Incoming, Text
from bot.listener import Listener
from bot.metrics import Metrics
from bot.outgoing import Outgoing
from bot.turn.context import House, Later, Turn
from bot.turn.unit import Played, play_event, play_later
from messages import rich
from storage.database import Database
from storage.errors import ConnectionLost
from storage.statements import sql
from storage.transaction import Transaction
from tests.turn.conftest import house as house  # noqa: PLC0414 - a fixture
from tests.turn.talks import count, rows
from tests.waiting import PATIENCE, until

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


class Collected:
    """Stands for the dispatcher."""

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []

    def submit(self, channel: str, account: str, messages: Iterable[Outgoing]) -> None:
        self.sent.extend(messages)


def event(text: str = "hello", event_id: str = "1") -> Incoming:
    return Incoming("telegram", "1", "7", "7", event_id, NOW, Text(text), locale="sk")


def make(database: Database, house: House, collected: Collected) -> Listener:
    return Listener(database, house, collected, Metrics(), lambda: NOW)  # type: ignore[arg-type]


async def test_an_event_is_played_and_its_replies_handed_on(
    database: Database, house: House
) -> None:
    collected = Collected()
    await make(database, house, collected)(event())
    assert count(database, "person") == 1
    assert len(collected.sent) == 1


async def test_an_event_that_keeps_failing_is_set_aside_and_the_person_told(
    database: Database, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def broken(tx: Transaction, house: House, incoming: Incoming, now: datetime) -> Played:
        tries.append(incoming.event_id)
        raise KeyError("Jana's secret words")

    monkeypatch.setattr(listening, "play_event", broken)
    collected = Collected()
    listener = make(database, house, collected)
    await listener(event())
    await listener(event())
    assert tries.count("1") == 3 * 2
    aside = rows(database, "SELECT event_id, attempts, error, user_id FROM quarantine")
    assert aside == [("1", 3, "KeyError", "7")]
    assert [rich.plain(sent.message.text) for sent in collected.sent] == [
        "Niečo sa u nás pokazilo, prepáčte. Skúste to, prosím, ešte raz alebo napíšte menu."
    ]


async def test_a_failing_event_leaves_nothing_half_done(
    database: Database, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = play_event

    def breaks_at_the_end(
        tx: Transaction, house: House, incoming: Incoming, now: datetime
    ) -> Played:
        real(tx, house, incoming, now)
        raise ValueError

    monkeypatch.setattr(listening, "play_event", breaks_at_the_end)
    await make(database, house, Collected())(event())
    assert count(database, "person") == 0
    assert count(database, "delivery") == 0


async def test_a_database_that_is_away_leaves_the_event_to_the_platform(
    database: Database, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(tx: Transaction, house: House, incoming: Incoming, now: datetime) -> Played:
        raise ConnectionLost("gone")

    monkeypatch.setattr(listening, "play_event", away)
    with pytest.raises(ConnectionLost):
        await make(database, house, Collected())(event())
    assert count(database, "quarantine") == 0


def _counts(tx: Transaction) -> int:
    row = tx.run(sql("SELECT count(*) FROM person")).fetchone()
    assert row is not None
    return int(row[0])


async def test_what_takes_long_is_told_afterwards_and_holds_nobody_up(
    database: Database, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_look = threading.Event()

    def look(tx: Transaction) -> int:
        assert may_look.wait(PATIENCE)
        return _counts(tx)

    def tell(turn: Turn, found: int) -> None:
        turn.say("link.code", code=f"found {found}", minutes=15)

    def play(tx: Transaction, house: House, incoming: Incoming, now: datetime) -> Played:
        return replace(play_event(tx, house, incoming, now), later=(Later(look, tell),))

    monkeypatch.setattr(listening, "play_event", play)
    collected = Collected()
    listener = make(database, house, collected)
    await listener(event())
    monkeypatch.setattr(listening, "play_event", play_event)
    await listener(event("still here", "2"))
    assert len(collected.sent) == 2
    may_look.set()
    await until(lambda: len(collected.sent) == 3)
    told = collected.sent[-1]
    assert "found 1" in rich.plain(told.message.text)
    assert told.delivery > 0


@pytest.mark.parametrize("broken", ["look", "tell"])
async def test_who_waits_for_what_cannot_be_looked_up_is_told(
    database: Database, house: House, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    def look(tx: Transaction) -> int:
        if broken == "look":
            raise KeyError("nothing there")
        return _counts(tx)

    def tell(turn: Turn, found: int) -> None:
        turn.say("common.parked")
        raise KeyError("cannot tell")

    def play(tx: Transaction, house: House, incoming: Incoming, now: datetime) -> Played:
        return replace(play_event(tx, house, incoming, now), later=(Later(look, tell),))

    monkeypatch.setattr(listening, "play_event", play)
    collected = Collected()
    await make(database, house, collected)(event())
    await until(lambda: len(collected.sent) == 2)
    assert "Niečo sa u nás pokazilo" in rich.plain(collected.sent[1].message.text)
    assert count(database, "delivery") == 1


def test_nobody_is_told_who_was_erased_meanwhile(database: Database, house: House) -> None:
    later = Later(_counts, lambda turn, found: turn.say("common.parked"))
    with database.transaction() as tx:
        assert play_later(tx, house, event(), later, 1, NOW) == Played(new=False)
