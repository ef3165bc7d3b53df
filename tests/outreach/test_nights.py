"""Reminders over nights of a clock change, outages and moved events: each once, none too late."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from blueprints.load import load
from blueprints.schema import Blueprint
from messages.words import Words
from storage import tasks
from storage.database import Database
from tests.outreach import sending
from tests.outreach.playing import QUARTER, Program

HERE = ZoneInfo("Europe/Bratislava")


def here(
    year: int, month: int, day: int, hour: int = 0, minute: int = 0, *, fold: int = 0
) -> datetime:
    """A moment in UTC, told by the clocks of Bratislava. (Adding to a local time would be
    arithmetic on what the clock shows.)"""
    local = datetime(year, month, day, hour, minute, fold=fold, tzinfo=HERE)
    return local.astimezone(UTC)


@pytest.fixture(scope="module")
def blueprint() -> Blueprint:
    return load(Path(__file__).parents[2] / "blueprints/expats-for-home.toml")


@pytest.fixture(scope="module")
def words(blueprint: Blueprint) -> Words:
    return Words(blueprint.languages)


@pytest.fixture
def program(database: Database, blueprint: Blueprint, words: Words) -> Program:
    return Program(database, blueprint, words)


@pytest.fixture
def ana(database: Database) -> int:
    with database.transaction() as tx:
        return sending.person(tx, name="Ana")


@pytest.fixture
def john(database: Database) -> int:
    """In Boston, where clocks change on other days."""
    with database.transaction() as tx:
        return sending.person(tx, name="John", language="en", timezone="America/New_York")


@pytest.mark.parametrize(
    ("starts", "expected"),
    [
        # Clocks go forward at 02:00 on that Sunday: the day before is 24 real hours before.
        (
            here(2027, 3, 28, 10),
            [("7d", "03-21 09:00"), ("1d", "03-27 09:00"), ("1h", "03-28 09:00")],
        ),
        # Clocks go back at 03:00.
        (
            here(2026, 10, 25, 10),
            [("7d", "10-18 11:00"), ("1d", "10-24 11:00"), ("1h", "10-25 09:00")],
        ),
        # In the hour that there is twice; the last reminder wakes.
        (
            here(2026, 10, 25, 2, 30, fold=1),
            [("7d", "10-18 09:00"), ("1d", "10-24 09:00"), ("1h", "10-25 02:30")],
        ),
    ],
)
def test_reminders_come_once_over_the_night_of_a_clock_change(
    program: Program, ana: int, starts: datetime, expected: list[tuple[str, str]]
) -> None:
    begin = starts - timedelta(days=9)
    program.announced(starts, begin, [ana])
    program.run(begin, starts + timedelta(days=1))

    assert program.reminders(ana) == expected


def test_somebody_abroad_is_reminded_at_a_decent_hour_there(program: Program, john: int) -> None:
    """Ten o'clock in Bratislava is five in Boston; that week the clocks are five hours apart."""
    starts = here(2026, 10, 31, 10)
    program.announced(starts, starts - timedelta(days=9), [john])
    program.run(starts - timedelta(days=9), starts)

    assert program.reminders(john) == [
        ("7d", "10-24 09:00"), ("1d", "10-30 09:00"), ("1h", "10-31 04:00"),
    ]  # fmt: skip


def test_six_hours_down_sends_what_is_still_of_use_and_expires_the_rest(
    program: Program, ana: int
) -> None:
    starts = here(2026, 11, 20, 17)
    event = program.announced(starts, starts - timedelta(days=9), [ana])
    # Down when the reminder of the day before was due: it comes late, and once.
    program.run(starts - timedelta(days=9), starts - timedelta(hours=26))
    program.run(starts - timedelta(hours=20), starts - timedelta(hours=7))
    # Down when the last one was due, until the event has begun: it never comes.
    program.run(starts + timedelta(minutes=5), starts + timedelta(days=1))

    assert program.reminders(ana) == [("7d", "11-13 17:00"), ("1d", "11-20 09:00")]
    with program.database.reading() as tx:
        states = {
            task.variant.partition("@")[0]: task.state
            for task in tasks.of(tx, f"event:{event}", "event.remind")
        }
    assert states == {"7d": "done", "1d": "done", "1h": "expired"}


def test_reminders_move_with_the_event(program: Program, ana: int) -> None:
    """Moved by two days after the reminder of the day before: it is given again for the new
    start. Moved by an hour: it is not."""
    starts = here(2026, 11, 20, 17)
    event = program.announced(starts, starts - timedelta(days=9), [ana])
    program.run(starts - timedelta(days=9), starts - timedelta(hours=23))
    program.moved(event, starts + timedelta(hours=1))
    program.run(program.now, starts - timedelta(hours=12))
    assert program.reminders(ana) == [("7d", "11-13 17:00"), ("1d", "11-19 17:00")]

    later = starts + timedelta(days=2)
    program.moved(event, later)
    program.run(program.now, later + timedelta(hours=1))
    assert program.reminders(ana)[2:] == [("1d", "11-21 17:00"), ("1h", "11-22 16:00")]
    changes = [each for each in program.got if each.kind == "change"]
    assert len(changes) == 2


def test_nobody_gets_anything_twice_however_often_the_program_is_down(
    program: Program, ana: int, john: int
) -> None:
    """Up for a quarter of an hour, down for three hours, for ten days."""
    starts = here(2026, 11, 20, 17)
    program.announced(starts, starts - timedelta(days=9), [ana, john])
    now = starts - timedelta(days=9)
    while now < starts + timedelta(days=1):
        program.run(now, now + QUARTER)
        now += timedelta(hours=3)

    once = Counter((each.person, each.kind, each.variant) for each in program.got)
    assert set(once.values()) == {1}
    assert {name for name, _ in program.reminders(ana)} >= {"7d", "1d"}
