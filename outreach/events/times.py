"""When something is, in words: in the reader's own time zone, with the event's beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from messages.words import Words

HOUR = timedelta(hours=1)
NEARLY_AN_HOUR = timedelta(minutes=50)


@dataclass(frozen=True, slots=True)
class When:
    """``own`` is day and hours at the reader's. Where the clock shows another time at the event's,
    ``zone`` names the reader's zone, ``there`` says the hours at the event's (with the day, where
    it is another) and ``there_zone`` names that zone; else these three are empty."""

    own: str
    zone: str = ""
    there: str = ""
    there_zone: str = ""


@lru_cache(maxsize=512)
def zone_of(name: str, instead: str) -> ZoneInfo:
    """The zone of an IANA name; ``instead`` of one that this machine does not know."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(instead)


def when(
    words: Words, language: str, starts: datetime, ends: datetime, own: str, event: str
) -> When:
    """The time of an event in zone ``event`` (IANA) for a reader in zone ``own``."""
    there, here = ZoneInfo(event), zone_of(own, event)
    mine = starts.astimezone(here), ends.astimezone(here)
    theirs = starts.astimezone(there), ends.astimezone(there)
    said = _span(words, language, *mine)
    if _clock(*mine) == _clock(*theirs):
        return When(said)
    same_days = [each.date() for each in mine] == [each.date() for each in theirs]
    one_day = theirs[0].date() == theirs[1].date()
    if same_days and one_day:
        shown = words.hours(*theirs, language)
    else:
        shown = _span(words, language, *theirs)
    return When(said, words.timezone(here.key, language), shown, words.timezone(event, language))


def _clock(*moments: datetime) -> list[datetime]:
    """What the calendar and the clock on the wall show."""
    return [each.replace(tzinfo=None) for each in moments]


def _span(words: Words, language: str, starts: datetime, ends: datetime) -> str:
    first = words.date(starts.date(), language, "full")
    if starts.date() == ends.date():
        return f"{first}, {words.hours(starts, ends, language)}"
    last = words.date(ends.date(), language, "full")
    return f"{first}, {starts:%H:%M} – {last}, {ends:%H:%M}"


def moment_in(words: Words, language: str, moment: datetime, own: str, instead: str) -> str:
    """Day and time of day at the reader's."""
    return words.datetime(moment, language, zone_of(own, instead).key)


def until(starts: datetime, now: datetime, own: str, event: str) -> tuple[str, int]:
    """How long until it begins, as a template of ``event.j2`` and its count.

    By the calendar of the reader where it is a day or more, else by the clock.
    """
    here = zone_of(own, event)
    days = (starts.astimezone(here).date() - now.astimezone(here).date()).days
    left = starts - now
    if left >= timedelta(hours=6) and days:
        return ("tomorrow", 1) if days == 1 else ("in_days", days)
    if left >= timedelta(hours=6):
        return "today", 0
    if left >= NEARLY_AN_HOUR:
        return "in_hours", max(1, round(left / HOUR))
    minutes = round(left / timedelta(minutes=1))
    return ("in_minutes", minutes) if minutes > 0 else ("begins_now", 0)
