"""Times at which two people could meet: within ten days, in the free hours of both, by day.

Pure, and the same for the same two people at the same hour. "By day" is from nine to eight in the
evening in both zones. Where nothing fits wholly the least bad is taken: first the hour of day
counts, worst for whom it is worst; then whose free hours it lies outside of.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
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


@dataclass(frozen=True, slots=True)
class Free:
    """When somebody has time: keys of blueprints.values.SLOTS (none: unknown) in their zone."""

    timezone: str
    hours: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggested:
    """Times in UTC, the first first. ``fit``: each lies by day and within what both said."""

    times: tuple[datetime, ...]
    fit: bool


def suggest(mentor: Free, mentee: Free, now: datetime, page: int = 0) -> Suggested:
    """Three times; ``page`` 1, 2 … gives three others each, up to PAGES - 1."""
    shown: list[datetime] = []
    for number in range(min(page, PAGES - 1)):
        shown += _page(mentor, mentee, now, number, shown)
    found = _page(mentor, mentee, now, min(page, PAGES - 1), shown)
    fit = all(_cost(each, mentor, mentee) == _NOTHING for each in found)
    return Suggested(tuple(sorted(found)), fit)


def _page(
    mentor: Free, mentee: Free, now: datetime, page: int, without: list[datetime]
) -> list[datetime]:
    """The cheapest first; of those that cost the same, spread over the days."""
    there = hours.known(mentee.timezone)
    classes: dict[tuple[int, ...], list[datetime]] = {}
    last = now + timedelta(days=_DAYS + page * _MORE_DAYS)
    for moment in sorted(set(_moments(there, now + _SOON, last)) - set(without)):
        classes.setdefault(_cost(moment, mentor, mentee), []).append(moment)
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


_NOTHING = (0, 0, 0, 0)


def _cost(moment: datetime, mentor: Free, mentee: Free) -> tuple[int, ...]:
    """What speaks against a time, the weightiest first; comparable."""
    both = (mentor, mentee)
    rude = [_rude(moment.astimezone(hours.known(each.timezone))) for each in both]
    busy = sum(not _has_time(moment, each) for each in both)
    rest = sum(not each.hours and _at_weekend(moment, each) for each in both)
    return (max(rude), sum(rude), busy, rest)


def _rude(here: datetime) -> int:
    """Minutes before nine, or after eight in the evening."""
    begins = here.hour * 60 + here.minute
    ends = begins + int(LENGTH.total_seconds()) // 60
    return max(0, BEGINS * 60 - begins, ends - ENDS * 60)


def _has_time(moment: datetime, free: Free) -> bool:
    """Whether the whole hour lies in a slot of theirs; slots that touch are one."""
    known = [SLOTS[key] for key in free.hours if key in SLOTS]
    if not known:
        return True
    there = hours.known(free.timezone)
    for at in (moment, moment + LENGTH / 2, moment + LENGTH - timedelta(minutes=1)):
        here = at.astimezone(there)
        if not any(
            here.weekday() in slot.days and slot.begins <= here.hour < slot.ends for slot in known
        ):
            return False
    return True


def _at_weekend(moment: datetime, free: Free) -> bool:
    return moment.astimezone(hours.known(free.timezone)).weekday() in WEEKEND


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
