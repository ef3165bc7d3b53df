"""What the clocks do in a time zone, as RFC 5545 tells it (3.6.5): a rule for summer time and one
for winter time where there are rules, else each change by itself.

An onset is told in the local time of before it, TZOFFSETFROM: in Bratislava summer time begins at
02:00 and ends at 03:00.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vRecur

from outreach import hours

YEARS = 28  # a rule holds for so many: then the days of the year fall on the same weekdays again
TOLD = 5  # years of changes that follow no rule
NO_TELLING = frozenset({"UTC", "Etc/UTC"})
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_STEP = timedelta(days=7)  # nowhere does a summer time last for less


@dataclass(frozen=True, slots=True)
class Change:
    """The clocks change: ``onset`` is naive, in the local time of before."""

    onset: datetime
    before: timedelta
    after: timedelta
    name: str

    @property
    def alike(self) -> tuple[timedelta, timedelta, str]:
        """What the same change has in common in all years."""
        return self.before, self.after, self.name


@lru_cache(maxsize=64)
def vtimezone(name: str, year: int) -> Timezone | None:
    """What the clocks do there from the year before ``year`` on; None for UTC, which needs no
    telling, and for a zone nobody knows."""
    there = hours.zone(name)
    if there is None or name in NO_TELLING:
        return None
    made = Timezone()
    made.add("tzid", name)
    changes = list(_changes(there, year - 1, year - 1 + YEARS))
    kinds: dict[tuple[timedelta, timedelta, str], list[Change]] = {}
    for change in changes:
        kinds.setdefault(change.alike, []).append(change)
    rules = [_rule(each) for each in kinds.values()]
    if not changes or len(kinds) != 2 or not all(rules):
        made.add_component(_part(_begin(there, year - 1, changes), [], None))
        rules = [None] * len(kinds)
        kinds = {kind: [c for c in each if c.onset.year < year - 1 + TOLD]
                 for kind, each in kinds.items()}  # fmt: skip
    for each, rule in zip(kinds.values(), rules, strict=True):
        made.add_component(_part(each[0], each[1:], rule))
    return made


def _changes(there: ZoneInfo, first: int, last: int) -> Iterator[Change]:
    """Those from the year ``first`` on, until the year ``last`` begins."""
    at, end = datetime(first, 1, 1, tzinfo=UTC), datetime(last, 1, 1, tzinfo=UTC)
    while at < end:
        following = at + _STEP
        if _offset(there, at) != _offset(there, following):
            yield _change(there, at, following)
        at = following


def _change(there: ZoneInfo, low: datetime, high: datetime) -> Change:
    """The change between two moments, to the second."""
    before = _offset(there, low)
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low).total_seconds() // 2)
        low, high = (middle, high) if _offset(there, middle) == before else (low, middle)
    onset = high.replace(tzinfo=None) + before
    after = _offset(there, high)
    return Change(onset, before, after, high.astimezone(there).tzname() or "")


def _begin(there: ZoneInfo, year: int, changes: Sequence[Change]) -> Change:
    """How the clocks stand before all changes."""
    at = datetime(year, 1, 1, tzinfo=UTC)
    offset = _offset(there, at)
    begins = datetime(year, 1, 1) if changes else datetime(1970, 1, 1)  # noqa: DTZ001 - naive
    return Change(begins, offset, offset, at.astimezone(there).tzname() or "")


def _offset(there: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(there).utcoffset() or timedelta(0)


def _rule(changes: Sequence[Change]) -> dict[str, object] | None:
    """The rule that gives one such change each year; None where there is none."""
    days = [change.onset.date() for change in changes]
    alike = {(day.month, day.weekday()) for day in days}
    times = {change.onset.time() for change in changes}
    if len(days) != YEARS or len(alike) != 1 or len(times) != 1:
        return None
    ((month, weekday),) = alike
    named = _WEEKDAYS[weekday]
    if all((day + timedelta(days=7)).month != month for day in days):
        return {"freq": "yearly", "bymonth": month, "byday": f"-1{named}"}
    weeks = {(day.day - 1) // 7 + 1 for day in days}
    if len(weeks) == 1:
        return {"freq": "yearly", "bymonth": month, "byday": f"{weeks.pop()}{named}"}
    return _from_day(days, month, named)


def _from_day(days: Sequence[date], month: int, weekday: str) -> dict[str, object] | None:
    """The first such weekday from some day of the month on."""
    first = max(day.day for day in days) - 6
    if first < 1 or min(day.day for day in days) < first:
        return None
    listed = list(range(first, first + 7))
    return {"freq": "yearly", "bymonth": month, "byday": weekday, "bymonthday": listed}


def _part(
    first: Change, more: Sequence[Change], rule: dict[str, object] | None
) -> TimezoneDaylight | TimezoneStandard:
    part = TimezoneDaylight() if first.after > first.before else TimezoneStandard()
    part.add("dtstart", first.onset)
    part.add("tzoffsetfrom", first.before)
    part.add("tzoffsetto", first.after)
    part.add("tzname", first.name)
    if rule is not None:
        part.add("rrule", vRecur(rule))
    elif more:
        part.add("rdate", [change.onset for change in more])
    return part
