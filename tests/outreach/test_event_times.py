"""How long until an event begins, and what can be answered until then, as a person would say it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from outreach.events.buttons import Buttons
from outreach.events.times import until
from storage.events import RsvpRow
from tests.outreach.test_cards import EVENT, NOW, WORDS

TICK = timedelta(microseconds=1)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment in Bratislava, an hour before UTC."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=1)


@pytest.mark.parametrize(
    ("now", "starts", "said"),
    [
        (at(20, 8), at(22, 7), ("in_days", 2)),
        (at(20, 19), at(21, 1), ("tomorrow", 1)),
        (at(20, 19) + TICK, at(21, 1), ("in_hours", 6)),  # tomorrow, but tonight
        (at(20, 10), at(20, 16), ("today", 0)),
        (at(20, 10) + TICK, at(20, 16), ("in_hours", 6)),
        (at(20, 23, 30), at(21, 0, 30), ("in_hours", 1)),
        (at(20, 23, 45), at(21, 0, 15), ("in_minutes", 30)),
        (at(20, 10), at(20, 10, 1), ("in_minutes", 1)),
        (at(20, 10) - timedelta(seconds=20), at(20, 10), ("begins_now", 0)),
    ],
)
def test_the_calendar_counts_far_off_and_the_clock_nearby(
    now: datetime, starts: datetime, said: tuple[str, int]
) -> None:
    assert until(starts, now, "", "Europe/Bratislava") == said


def test_only_who_has_no_place_yet_is_asked_to_wait() -> None:
    full, free = (Buttons(WORDS, "en", EVENT, full=each) for each in (True, False))
    comes = RsvpRow(EVENT.id, 1, "going", 0, NOW)
    assert full.answers(comes, NOW) == free.answers(comes, NOW)
    for row in (None, RsvpRow(EVENT.id, 1, "maybe", 0, NOW), RsvpRow(EVENT.id, 1, "no", 0, NOW)):
        first, *others = full.answers(row, NOW)
        assert first.label == "Waiting list"
        assert others == list(free.answers(row, NOW)[1:])
