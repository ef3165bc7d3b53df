"""Suggested times: in both people's free hours, by day in both zones, the same for both."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blueprints.values import SLOTS
from outreach.mentoring.meeting import LENGTH, Free, Suggested, suggest
from tests.examples import examples

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
ZONES = (
    "Europe/Bratislava", "Europe/Ljubljana", "America/New_York", "America/Los_Angeles",
    "Asia/Kolkata", "Australia/Sydney", "Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC",
    "Asia/Kathmandu",
)  # fmt: skip
frees = st.builds(
    Free, st.sampled_from(ZONES), st.lists(st.sampled_from(sorted(SLOTS)), unique=True).map(tuple)
)
moments = st.integers(0, 2 * 366 * 24 * 60).map(lambda minutes: NOW + timedelta(minutes=minutes))


def by_day(moment: datetime, free: Free) -> bool:
    begins = moment.astimezone(ZoneInfo(free.timezone))
    ends = (moment + LENGTH).astimezone(ZoneInfo(free.timezone))
    return (begins.hour, begins.minute) >= (9, 0) and (
        (ends.hour, ends.minute) <= (20, 0) and ends.date() == begins.date()
    )


def in_slots(moment: datetime, free: Free) -> bool:
    """Every minute of the meeting lies in some slot."""
    if not free.hours:
        return True
    for minute in range(int(LENGTH.total_seconds()) // 60):
        here = (moment + timedelta(minutes=minute)).astimezone(ZoneInfo(free.timezone))
        slots = [SLOTS[key] for key in free.hours]
        if not any(here.weekday() in s.days and s.begins <= here.hour < s.ends for s in slots):
            return False
    return True


def perfect(moment: datetime, mentor: Free, mentee: Free) -> bool:
    return all(by_day(moment, each) and in_slots(moment, each) for each in (mentor, mentee))


@given(frees, frees, moments)
@settings(max_examples=examples(80), deadline=None)
def test_times_are_three_within_ten_days_and_as_good_as_they_are_called(
    mentor: Free, mentee: Free, now: datetime
) -> None:
    found = suggest(mentor, mentee, now)
    assert len(set(found.times)) == 3
    assert list(found.times) == sorted(found.times)
    assert all(
        now + timedelta(hours=20) <= each <= now + timedelta(days=10) for each in found.times
    )
    if found.fit:
        assert all(perfect(each, mentor, mentee) for each in found.times)
    assert suggest(mentor, mentee, now) == found


@given(frees, frees, moments)
@settings(max_examples=examples(40), deadline=None)
def test_times_fit_wherever_three_days_have_one_that_does(
    mentor: Free, mentee: Free, now: datetime
) -> None:
    here = ZoneInfo(mentee.timezone)
    weekend = (5, 6)
    days = set()
    for half_hours in range(40, 480):
        moment = now.replace(minute=0, second=0, microsecond=0) + half_hours * timedelta(minutes=30)
        local = moment.astimezone(here)
        free_day = all(
            each.hours or moment.astimezone(ZoneInfo(each.timezone)).weekday() not in weekend
            for each in (mentor, mentee)
        )
        soon_enough = now + timedelta(hours=20) <= moment <= now + timedelta(days=10)
        if local.minute == 0 and soon_enough and free_day and perfect(moment, mentor, mentee):
            days.add(local.date())
    if len(days) >= 3:
        assert suggest(mentor, mentee, now).fit


@given(frees, frees, moments)
@settings(max_examples=examples(40), deadline=None)
def test_other_pages_have_other_times(mentor: Free, mentee: Free, now: datetime) -> None:
    pages = [suggest(mentor, mentee, now, page).times for page in range(5)]
    listed = [moment for page in pages for moment in page]
    assert len(listed) == len(set(listed)) == 15


def _local(found: Suggested, zone: str) -> list[str]:
    return [f"{each.astimezone(ZoneInfo(zone)):%a %d %H:%M}" for each in found.times]


def test_times_lie_on_days_apart_and_at_different_hours() -> None:
    bratislava = Free("Europe/Bratislava", ("weekday_afternoons", "weekday_evenings"))
    found = suggest(bratislava, bratislava, NOW)
    assert found.fit
    assert _local(found, "Europe/Bratislava") == ["Mon 23 17:00", "Wed 25 15:00", "Fri 27 13:00"]


def test_evening_in_bratislava_is_morning_in_boston() -> None:
    mentor = Free("America/New_York", ("weekday_mornings",))
    found = suggest(mentor, Free("Europe/Bratislava", ("weekday_evenings",)), NOW)
    assert found.fit
    assert _local(found, "America/New_York") == ["Mon 23 11:00", "Wed 25 11:00", "Fri 27 11:00"]


def test_clock_change_moves_the_hour_at_the_other_end() -> None:
    """From 25 October 2026 on Bratislava is five hours ahead of New York, for a week."""
    mentor = Free("America/New_York", ("weekday_mornings",))
    mentee = Free("Europe/Bratislava", ("weekday_afternoons", "weekday_evenings"))
    found = suggest(mentor, mentee, datetime(2026, 10, 28, 6, 0, tzinfo=UTC))
    assert found.fit
    offsets = {
        each.astimezone(ZoneInfo("Europe/Bratislava")).hour
        - each.astimezone(ZoneInfo("America/New_York")).hour
        for each in found.times
    }
    assert offsets == {5, 6}


def test_nothing_that_overlaps_gives_the_least_bad_and_says_so() -> None:
    found = suggest(Free("Pacific/Auckland"), Free("Europe/Bratislava"), NOW)
    assert not found.fit
    # Twelve hours apart: nine in the morning here is nine in the evening there.
    assert {each.astimezone(ZoneInfo("Europe/Bratislava")).hour for each in found.times} <= {8, 20}


def test_free_hours_that_miss_each_other_give_a_decent_hour() -> None:
    mentor = Free("Europe/Ljubljana", ("weekday_mornings",))
    mentee = Free("Europe/Bratislava", ("weekday_evenings",))
    found = suggest(mentor, mentee, NOW)
    assert not found.fit
    assert all(by_day(each, mentor) for each in found.times)
    assert all(in_slots(each, mentor) or in_slots(each, mentee) for each in found.times)


@pytest.mark.parametrize("zone", ["", "Nowhere/At_all"])
def test_unknown_zone_is_no_error(zone: str) -> None:
    assert len(suggest(Free(zone), Free("Europe/Bratislava"), NOW).times) == 3


def test_unknown_hours_are_weekdays() -> None:
    found = suggest(Free("Europe/Ljubljana"), Free("Europe/Bratislava"), NOW)
    assert found.fit
    assert all(each.weekday() < 5 for each in found.times)
