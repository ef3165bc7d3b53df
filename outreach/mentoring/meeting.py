"""Times at which two people could meet: within ten days, in the free hours of both, by day.

Pure, and the same for the same two people at the same hour. "By day" is from nine to eight in the
evening in both zones. Where nothing fits wholly the least bad is taken: first the hour of day
counts, worst for whom it is worst; then whose free hours it lies outside of.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from blueprints.values import SLOTS, WEEKEND
from outreach import hours
from outreach.mentoring.buttons import PAGES

LENGTH = timedelta(hours=1)
BEGINS, ENDS = 9, 20  # by day
COUNT = 3
_SOON = timedelta(hours=20)  # there must be time to answer
_DAYS, _MORE_DAYS = 10, 4  # the first times lie within so many days; later ones within more
_APART = timedelta(hours=2)
_MINUTES = int(LENGTH.total_seconds()) // 60

Cost: TypeAlias = tuple[int, int, int, int]
_NOTHING: Cost = (0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Free:
    """When somebody has time: keys of blueprints.values.SLOTS (none: unknown) in their zone."""

    timezone: str
    hours: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the two: ``free`` holds the hours of their week (24 a day, from Monday); None where
    nothing is known."""

    there: ZoneInfo
    free: frozenset[int] | None

    @classmethod
    def of(cls, free: Free) -> _Side:
        known = [SLOTS[key] for key in free.hours if key in SLOTS]
        week = frozenset(
            24 * day + hour
            for slot in known
            for day in slot.days
            for hour in range(slot.begins, slot.ends)
        )
        return cls(hours.known(free.timezone), week or None)

    def against(self, moment: datetime) -> tuple[int, bool, bool]:
        """How rude the hour is, whether they are busy, and whether it is a weekend that nobody
        said is free."""
        here = moment.astimezone(self.there)
        begins = here.hour * 60 + here.minute
        if self.free is None:
            return _rude(begins), False, here.weekday() in WEEKEND
        first = 1440 * here.weekday() + begins
        covered = {first // 60, (first + _MINUTES - 1) // 60 % (7 * 24)}
        return _rude(begins), not covered <= self.free, False


@dataclass(frozen=True, slots=True)
class Suggested:
    """Times in UTC, the first first. ``fit``: each lies by day and within what both said."""

    times: tuple[datetime, ...]
    fit: bool


def suggest(mentor: Free, mentee: Free, now: datetime, page: int = 0) -> Suggested:
    """Three times; ``page`` 1, 2 … gives three others each, up to PAGES - 1."""
    sides = (_Side.of(mentor), _Side.of(mentee))
    last = min(page, PAGES - 1)
    until = now + timedelta(days=_DAYS + last * _MORE_DAYS)
    costs = {each: _cost(each, sides) for each in _moments(sides[1].there, now + _SOON, until)}
    shown: list[datetime] = []
    found: list[datetime] = []
    for number in range(last + 1):
        end = now + timedelta(days=_DAYS + number * _MORE_DAYS)
        left = {each: cost for each, cost in costs.items() if each <= end and each not in shown}
        found = _chosen(left, sides[1].there)
        shown += found
    return Suggested(tuple(sorted(found)), all(costs[each] == _NOTHING for each in found))


def _chosen(costs: dict[datetime, Cost], there: ZoneInfo) -> list[datetime]:
    """The cheapest first; of those that cost the same, spread over the days."""
    classes: dict[Cost, list[datetime]] = {}
    for moment in sorted(costs):
        classes.setdefault(costs[moment], []).append(moment)
    chosen: list[datetime] = []
    for cost in sorted(classes):
        chosen += _spread(classes[cost], COUNT - len(chosen), chosen, there)
        if len(chosen) == COUNT:
            break
    return chosen


def _moments(there: ZoneInfo, first: datetime, last: datetime) -> Iterator[datetime]:
    """Every full hour there."""
    day = first.astimezone(there).date()
    while (midnight := hours.local(day, time(0), there)) <= last:
        for hour in range(24):
            moment = hours.local(day, time(hour), there)
            if first <= moment <= last and moment >= midnight:
                yield moment
        day += timedelta(days=1)


def _cost(moment: datetime, sides: tuple[_Side, _Side]) -> Cost:
    """What speaks against a time, the weightiest first."""
    each = [side.against(moment) for side in sides]
    rude, busy, rest = zip(*each, strict=True)
    return (max(rude), sum(rude), sum(busy), sum(rest))


def _rude(begins: int) -> int:
    """Minutes before nine, or after eight in the evening; ``begins`` is a minute of the day."""
    return max(0, BEGINS * 60 - begins, begins + _MINUTES - ENDS * 60)


def _spread(
    moments: list[datetime], count: int, taken: list[datetime], there: ZoneInfo
) -> list[datetime]:
    """``count`` of these (or as many as there are): on days apart, at different hours, and
    otherwise the soonest."""
    days: dict[date, list[datetime]] = {}
    for moment in moments:
        days.setdefault(moment.astimezone(there).date(), []).append(moment)
    used = {each.astimezone(there).date() for each in taken}
    fresh = [day for day in sorted(days) if day not in used]
    step = max(1, len(fresh) // COUNT)
    chosen: list[datetime] = []
    for place, day in enumerate(fresh[::step][:count]):
        chosen.append(_one(days[day], len(taken) + place))
    left = sorted(moment for moment in moments if moment not in chosen)
    for moment in left:
        if len(chosen) == count:
            break
        if all(abs(moment - other) >= _APART for other in (*chosen, *taken)):
            chosen.append(moment)
    return chosen


def _one(moments: list[datetime], place: int) -> datetime:
    """Of a day's times another for the first, second and third day: late, midday, early."""
    last = len(moments) - 1
    return moments[(last * 3 // 4, last // 2, last // 4)[place % COUNT]]
