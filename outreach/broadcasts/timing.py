"""When a broadcast goes out: at a moment, or at an hour of each reader's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from outreach.errors import WrongState
from outreach.told import why

GRACE = timedelta(minutes=5)  # a time that has only just passed means now
EARLIEST_ZONE = timedelta(hours=14)  # Kiritimati begins the day …
LATEST_ZONE = timedelta(hours=12)  # … and Baker Island ends it


@dataclass(frozen=True, slots=True)
class Local:
    """At this hour ("10:00") wherever the reader is, on this day."""

    day: date
    clock: str


When: TypeAlias = datetime | Local


def times(when: When, zone: ZoneInfo, now: datetime) -> tuple[datetime, datetime]:
    """When it is due in the organisation's ``zone``, and when its planning begins: before the
    first reader's hour. Both in UTC. Raises WrongState for the past."""
    if isinstance(when, Local):
        hour = time.fromisoformat(when.clock)
        due = datetime.combine(when.day, hour, zone).astimezone(UTC)
        anywhere = datetime.combine(when.day, hour, UTC)
        if anywhere + LATEST_ZONE <= now:
            raise WrongState(why("past_everywhere", when=f"{when.day} {when.clock}"))
        return due, max(anywhere - EARLIEST_ZONE, now)
    if when < now - GRACE:
        raise WrongState(why("past", when=shown(when, zone)))
    return max(when, now), max(when, now)


def shown(moment: datetime, zone: ZoneInfo) -> str:
    """A moment as staff read it."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M} ({zone.key})"
