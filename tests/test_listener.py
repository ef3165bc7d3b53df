"""An event that keeps failing is set aside, the person told, and nobody else waits behind it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import pytest

from bot import listener as listening
from bot.incoming import Incoming, Text
from bot.listener import Listener
from bot.metrics import Metrics
from bot.outgoing import Outgoing
from bot.turn.context import House
from bot.turn.unit import Played, play_event
from messages import rich
from storage.database import Database
from storage.errors import ConnectionLost
from storage.transaction import Transaction
from tests.turn.conftest import house as house  # noqa: PLC0414 - a fixture
from tests.turn.talks import count, rows

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
