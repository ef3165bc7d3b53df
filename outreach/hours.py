"""Hours where the reader lives. Moments are aware; zones are IANA names.

The nights of a clock change need no cases of their own: every question is asked of a moment in
UTC. A local time that a change skips means the time it would have been (02:30 is 03:30), one that
comes twice means the first, as RFC 5545 (3.3.5) has it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
_UTC = ZoneInfo("UTC")


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo | None:
    """The time zone of an IANA name; None where there is none of that name."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown; no name at all; a folder of zones
        return None


def known(name: str) -> ZoneInfo:
    """The time zone of an IANA name; UTC where there is none of that name."""
    return zone(name) or _UTC


def local(day: date, clock: time, there: ZoneInfo) -> datetime:
    """That hour of that day there, in UTC."""
    return datetime.combine(day, clock, there).astimezone(UTC)


def next_decent(at: datetime, there: ZoneInfo, begins: int, ends: int) -> datetime:
    """``at`` where it is between the hours ``begins`` and ``ends`` there, else when they begin
    next, in UTC. ``begins`` not before ``ends`` means: any hour is decent."""
    here = at.astimezone(there)
    if begins >= ends or begins <= here.hour < ends:
        return at
    day = here.date() if here.hour < begins else here.date() + _DAY
    # Where clocks go back over that hour it comes twice, and the first may be over.
    first, second = (local(day, time(begins, fold=fold), there) for fold in (0, 1))
    return first if first >= at else second
