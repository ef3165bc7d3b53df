"""Moments and days, written the same way by models and by raw SQL on both databases.

PostgreSQL has ``timestamptz``; SQLite keeps the text ``2026-11-22T10:34:49.123456Z``, whose
alphabetical order is the order in time and which SQLite's own date functions read. A raw
statement passes :func:`moment` (both databases take that text) and reads with
:func:`as_moment`; models go through ``storage.types.Moment`` and see aware UTC datetimes.
Days (``date``) are ISO text on SQLite and ``date`` on PostgreSQL: pass ``day.isoformat()``,
read with :func:`as_day`.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache


@lru_cache(maxsize=64)  # a turn writes its own moment in several places
def moment(value: datetime) -> str:
    """An aware datetime as the parameter of a raw statement, in UTC with microseconds.

    Raises ValueError for a naive datetime: whose time would it be?
    """
    if value.tzinfo is not UTC:
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        value = value.astimezone(UTC)
    return value.isoformat(timespec="microseconds")[:26] + "Z"


def as_moment(value: str | datetime) -> datetime:
    """What a raw statement read, as an aware datetime in UTC."""
    if isinstance(value, str):
        return datetime.fromisoformat(value)
    return value.astimezone(UTC)


def maybe_moment(value: str | datetime | None) -> datetime | None:
    """The same of a column that may be empty."""
    return None if value is None else as_moment(value)


def as_day(value: str | date) -> date:
    """What a raw statement read from a day column."""
    return date.fromisoformat(value) if isinstance(value, str) else value
