"""When people have time, across zones and clock changes."""

from __future__ import annotations

from datetime import date

import pytest

from outreach.mentoring.week import free, overlap

WINTER, SUMMER = date(2026, 1, 14), date(2026, 7, 15)
# In March America changes its clocks two or three weeks before Europe.
BETWEEN = date(2026, 3, 18)


def test_free_hours_are_bits_of_a_week_in_utc() -> None:
    """Weekday mornings in Bratislava, 8 to 12, are 7 to 11 UTC in winter."""
    bits = free({"weekday_mornings"}, "Europe/Bratislava", WINTER)
    assert bits == sum(1 << 48 * day + half for day in range(5) for half in range(2 * 7, 2 * 11))


def test_free_hours_move_with_the_clocks() -> None:
    winter = free({"weekday_mornings"}, "Europe/Bratislava", WINTER)
    assert free({"weekday_mornings"}, "Europe/Bratislava", SUMMER) == winter >> 2
    assert free({"weekday_mornings"}, "UTC", SUMMER) == free({"weekday_mornings"}, "UTC", WINTER)


@pytest.mark.parametrize(
    ("here", "there", "day", "hours"),
    [
        # Evenings (17–21) in Bratislava are 11–15 in Boston, or 12–16 between the changes.
        ("weekday_evenings", "weekday_mornings", WINTER, 5 * 1),
        ("weekday_evenings", "weekday_afternoons", WINTER, 5 * 3),
        ("weekday_evenings", "weekday_mornings", BETWEEN, 0),
        ("weekday_evenings", "weekday_afternoons", BETWEEN, 5 * 4),
        ("weekends", "weekends", WINTER, 2 * 4),
    ],
)
def test_overlap_of_spis_and_boston(here: str, there: str, day: date, hours: int) -> None:
    mentee = free({here}, "Europe/Bratislava", day)
    assert overlap(mentee, free({there}, "America/New_York", day)) == hours


def test_overlap_counts_the_half_hours_of_india() -> None:
    """Mornings there, 8 to 12, are 2:30 to 6:30 UTC, in Bratislava they begin at 7 UTC in winter
    and at 6 in summer: half an hour a day."""
    there = {day: free({"weekday_mornings"}, "Asia/Kolkata", day) for day in (WINTER, SUMMER)}
    here = {day: free({"weekday_mornings"}, "Europe/Bratislava", day) for day in (WINTER, SUMMER)}
    assert overlap(here[WINTER], there[WINTER]) == 0
    assert overlap(here[SUMMER], there[SUMMER]) == 2.5


def test_free_hours_go_round_the_week() -> None:
    """Monday morning in Auckland is Sunday evening in UTC: the last hours of the week."""
    bits = free({"weekday_mornings"}, "Pacific/Auckland", WINTER)
    assert bits >> 48 * 6 == sum(1 << half for half in range(2 * 19, 2 * 23))
    assert bits.bit_count() == 5 * 4 * 2


@pytest.mark.parametrize(
    ("hours", "timezone"),
    [((), "Europe/Bratislava"), (("weekends",), "Mars/Olympus"), (("at_noon",), "UTC")],
)
def test_what_is_not_known_is_no_time_at_all(hours: tuple[str, ...], timezone: str) -> None:
    assert free(hours, timezone, WINTER) == 0
