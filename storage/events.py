"""Events, as the rows stand in the table; answers to them: :mod:`storage.rsvps`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import orjson

from storage.moments import as_moment, moment
from storage.rsvps import (
    HOLDING,
    STATES,
    RsvpRow,
    Tally,
    coming,
    counts,
    end_of_line,
    end_offers_by,
    first_in_line,
    line,
    offered,
    place_in_line,
    places_taken,
    put_rsvp,
    rsvp,
    rsvps,
    rsvps_of,
    take_back_offers,
)
from storage.statements import Statement, sql
from storage.transaction import Transaction

# An event and the answers to it are looked up together.
__all__ = [
    "COLUMNS",
    "HOLDING",
    "STATES",
    "EventRow",
    "RsvpRow",
    "Tally",
    "by_code",
    "by_ids",
    "by_key",
    "coming",
    "counts",
    "end_of_line",
    "end_offers_by",
    "events",
    "first_in_line",
    "insert",
    "line",
    "locked",
    "locked_at_once",
    "offered",
    "place_in_line",
    "places_taken",
    "put_rsvp",
    "rsvp",
    "rsvps",
    "rsvps_of",
    "take_back_offers",
    "upcoming",
    "update",
]


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event. Texts are language -> text; moments are aware, in UTC; see the table.

    ``host`` and ``speaker`` are the names of those people, ``media_name`` and ``media_type`` those
    of the picture: a card is made of this row alone.
    """

    id: int
    key: str
    organisation: str
    status: str
    format: str | None
    title: dict[str, str]
    description: dict[str, str]
    place: dict[str, str]
    note: dict[str, str]
    link: str | None
    starts_at: datetime
    ends_at: datetime
    timezone: str
    capacity: int | None
    guests: int
    rsvp_until: datetime | None
    audience: str
    host_id: int | None
    speaker_id: int | None
    media_id: int | None
    uid: str
    sequence: int
    revision: int
    code: str
    created_by: int | None
    created_at: datetime
    updated_at: datetime
    announced_at: datetime | None
    closed_at: datetime | None
    cancelled_at: datetime | None
    host: str | None = None
    speaker: str | None = None
    media_name: str | None = None
    media_type: str | None = None

    @property
    def answers_until(self) -> datetime:
        """Until when answers are taken: the deadline where there is one, else the start."""
        return min(self.rsvp_until or self.starts_at, self.starts_at)


_FIELDS = tuple(field.name for field in fields(EventRow))
_JOINED = {
    "host": "host.name",
    "speaker": "speaker.name",
    "media_name": "media.name",
    "media_type": "media.media_type",
}
COLUMNS = tuple(name for name in _FIELDS if name not in _JOINED)
_TEXTS = frozenset({"title", "description", "place", "note"})
_MOMENTS = frozenset(name for name in COLUMNS if name.endswith("_at")) | {"rsvp_until"}

_SELECT = (
    f"SELECT {', '.join(_JOINED.get(name, f'event.{name}') for name in _FIELDS)} FROM event"
    " LEFT JOIN person AS host ON host.id = event.host_id"
    " LEFT JOIN person AS speaker ON speaker.id = event.speaker_id"
    " LEFT JOIN media ON media.id = event.media_id"
)
_ALL = {
    "sqlite": sql(_SELECT + " WHERE event.id IN (SELECT value FROM json_each(:ids))"),
    "postgresql": sql(
        _SELECT
        + " WHERE event.id IN (SELECT value::bigint FROM json_array_elements_text(:ids::json))"
    ),
}
_BY_KEY = sql(_SELECT + " WHERE event.key = :key")
_BY_CODE = sql(
    _SELECT + " WHERE event.code = :code ORDER BY event.starts_at DESC, event.id DESC LIMIT 1"
)
# Answers to one event are taken one after the other: the event's row is what they wait for.
_LOCKED = {
    "sqlite": sql(_SELECT + " WHERE event.id = :id"),
    "postgresql": sql(_SELECT + " WHERE event.id = :id FOR UPDATE OF event"),
}
_LOCKED_AT_ONCE = {
    "sqlite": _LOCKED["sqlite"],
    "postgresql": sql(_SELECT + " WHERE event.id = :id FOR UPDATE OF event SKIP LOCKED"),
}
_INSERT = sql(
    f"INSERT INTO event ({', '.join(COLUMNS[1:])})"
    f" VALUES ({', '.join(f':{name}' for name in COLUMNS[1:])}) RETURNING id"
)
_UPCOMING = sql(
    _SELECT + " WHERE event.status IN ('announced', 'closed') AND event.ends_at > :now"
    " ORDER BY event.starts_at, event.id"
)
_LIST = sql(
    _SELECT + " WHERE :every = 1 OR event.organisation = :organisation"
    " ORDER BY event.starts_at, event.id"
)


def by_ids(tx: Transaction, ids: Iterable[int]) -> dict[int, EventRow]:
    """The events of these numbers, as far as there are such."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    rows = tx.run(_ALL[tx.dialect], ids=orjson.dumps(wanted).decode())
    return {event.id: event for event in map(_event, rows)}


def by_key(tx: Transaction, key: str) -> EventRow | None:
    return _one(tx, _BY_KEY, key=key)


def by_code(tx: Transaction, code: str) -> EventRow | None:
    """The event whose check-in this code opens."""
    return _one(tx, _BY_CODE, code=code)


def locked(tx: Transaction, event: int) -> EventRow | None:
    """The event, held until the transaction ends: answers and changes come one at a time."""
    return _one(tx, _LOCKED[tx.dialect], id=event)


def locked_at_once(tx: Transaction, event: int) -> EventRow | None:
    """The same without waiting; None also while somebody else holds it. For whoever holds what
    that other may be waiting for: a task."""
    return _one(tx, _LOCKED_AT_ONCE[tx.dialect], id=event)


def upcoming(tx: Transaction, now: datetime) -> list[EventRow]:
    """Announced (or closed to answers) and not over, the next first."""
    return [_event(row) for row in tx.run(_UPCOMING, now=moment(now))]


def events(tx: Transaction, organisation: str | None = None) -> list[EventRow]:
    """All events (of an organisation), in the order in which they begin."""
    rows = tx.run(_LIST, every=int(organisation is None), organisation=organisation)
    return [_event(row) for row in rows]


def insert(tx: Transaction, values: Mapping[str, Any]) -> int:
    """A new event; columns that are not in ``values`` are empty. Gives its number."""
    row = tx.run(_INSERT, **{name: _plain(values.get(name)) for name in COLUMNS[1:]}).fetchone()
    assert row is not None  # noqa: S101 - RETURNING always returns
    return int(row[0])


def update(tx: Transaction, event: int, values: Mapping[str, Any]) -> None:
    """Set these columns. Raises KeyError for a column that there is not."""
    unknown = set(values) - set(COLUMNS[1:])
    if unknown:
        raise KeyError(f"an event has no {', '.join(sorted(unknown))}")
    if values:
        tx.run(_update(tuple(sorted(values))), id=event, **_all_plain(values))


def _one(tx: Transaction, statement: Statement, **params: Any) -> EventRow | None:
    row = tx.run(statement, **params).fetchone()
    return _event(row) if row else None


def _event(row: Sequence[Any]) -> EventRow:
    values = dict(zip(_FIELDS, row, strict=True))
    for name in _TEXTS:
        values[name] = orjson.loads(values[name])
    for name in _MOMENTS:
        if values[name] is not None:
            values[name] = as_moment(values[name])
    return EventRow(**values)


def _plain(value: Any) -> Any:
    """A value as a raw statement takes it."""
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, dict):
        return orjson.dumps(value).decode()
    return value


def _all_plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in values.items()}


_UPDATES: dict[tuple[str, ...], Statement] = {}


def _update(names: tuple[str, ...]) -> Statement:
    """The statement that sets these columns, made once for each set of them."""
    found = _UPDATES.get(names)
    if found is None:
        listed = ", ".join(f"{name} = :{name}" for name in names)
        found = _UPDATES[names] = sql(f"UPDATE event SET {listed} WHERE id = :id")
    return found
