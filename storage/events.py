"""Events and answers to their invitations, as the rows stand in the tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import orjson

from storage.moments import as_moment, moment
from storage.statements import Statement, sql
from storage.states import RSVP_STATES
from storage.transaction import Transaction


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


@dataclass(frozen=True, slots=True)
class RsvpRow:
    """What somebody answered; ``state`` and the moments as in the table."""

    event_id: int
    person_id: int
    state: str
    guests: int = 0
    answered_at: datetime | None = None
    queued_at: datetime | None = None
    offered_at: datetime | None = None
    offered_until: datetime | None = None
    checked_in_at: datetime | None = None

    @property
    def places(self) -> int:
        """How many places this answer holds."""
        return 1 + self.guests if self.state in HOLDING else 0


STATES = RSVP_STATES
HOLDING = ("going", "offered")
"""States that hold a place."""

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
_RSVP = tuple(field.name for field in fields(RsvpRow))
_RSVP_MOMENTS = tuple(name for name in _RSVP if name.endswith(("_at", "_until")))

_SELECT = (
    f"SELECT {', '.join(_JOINED.get(name, f'event.{name}') for name in _FIELDS)} FROM event"
    " LEFT JOIN person AS host ON host.id = event.host_id"
    " LEFT JOIN person AS speaker ON speaker.id = event.speaker_id"
    " LEFT JOIN media ON media.id = event.media_id"
)
_SELECT_RSVP = f"SELECT {', '.join(_RSVP)} FROM rsvp"
_ALL = {
    "sqlite": sql(_SELECT + " WHERE event.id IN (SELECT value FROM json_each(:ids))"),
    "postgresql": sql(
        _SELECT
        + " WHERE event.id IN (SELECT value::bigint FROM json_array_elements_text(:ids::json))"
    ),
}
_PAIRS = {
    "sqlite": sql(
        _SELECT_RSVP + " WHERE (event_id, person_id) IN (SELECT json_extract(value, '$[0]'),"
        " json_extract(value, '$[1]') FROM json_each(:pairs))"
    ),
    "postgresql": sql(
        _SELECT_RSVP + " WHERE (event_id, person_id) IN (SELECT (value->>0)::bigint,"
        " (value->>1)::bigint FROM json_array_elements(:pairs::json))"
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
_ONE_RSVP = sql(_SELECT_RSVP + " WHERE event_id = :event AND person_id = :person")
_PERSONS = sql(_SELECT_RSVP + " WHERE person_id = :person ORDER BY event_id")
_PUT_RSVP = sql(
    f"INSERT INTO rsvp ({', '.join(_RSVP)}) VALUES ({', '.join(f':{name}' for name in _RSVP)})"
    " ON CONFLICT (event_id, person_id) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _RSVP[2:])
)
_TAKEN = sql(
    "SELECT COALESCE(sum(1 + guests), 0) FROM rsvp"
    " WHERE event_id = :event AND state IN ('going', 'offered')"
)
_LINE = sql(
    _SELECT_RSVP + " WHERE event_id = :event AND state = 'waiting'"
    " ORDER BY queued_at, person_id LIMIT :most"
)
_AHEAD = sql(
    "SELECT count(*) FROM rsvp WHERE event_id = :event AND state = 'waiting'"
    " AND (queued_at < :queued_at OR (queued_at = :queued_at AND person_id < :person))"
)
_FIRST_FITTING = sql(
    _SELECT_RSVP + " WHERE event_id = :event AND state = 'waiting' AND guests < :room"
    " ORDER BY queued_at, person_id LIMIT 1"
)
_END_OF_LINE = sql("SELECT max(queued_at) FROM rsvp WHERE event_id = :event AND state = 'waiting'")
_OFFERED = sql(_SELECT_RSVP + " WHERE event_id = :event AND state = 'offered' ORDER BY person_id")
_COUNTS = sql(
    "SELECT state, count(*), COALESCE(sum(guests), 0), count(checked_in_at) FROM rsvp"
    " WHERE event_id = :event GROUP BY state"
)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many answered so; ``guests`` they bring; ``checked_in`` of the people."""

    people: int = 0
    guests: int = 0
    checked_in: int = 0


def by_ids(tx: Transaction, ids: Iterable[int]) -> dict[int, EventRow]:
    """The events of these numbers, as far as there are such."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    rows = tx.run(_ALL[tx.dialect], ids=orjson.dumps(wanted).decode())
    return {event.id: event for event in map(_event, rows)}


def rsvps(tx: Transaction, pairs: Iterable[tuple[int, int]]) -> dict[tuple[int, int], RsvpRow]:
    """The answers of (event, person) pairs, as far as there are such."""
    wanted = sorted(set(pairs))
    if not wanted:
        return {}
    rows = tx.run(_PAIRS[tx.dialect], pairs=orjson.dumps(wanted).decode())
    return {(rsvp.event_id, rsvp.person_id): rsvp for rsvp in map(_rsvp, rows)}


def by_key(tx: Transaction, key: str) -> EventRow | None:
    return _one(tx, _BY_KEY, key=key)


def by_code(tx: Transaction, code: str) -> EventRow | None:
    """The event whose check-in this code opens."""
    return _one(tx, _BY_CODE, code=code)


def locked(tx: Transaction, event: int) -> EventRow | None:
    """The event, held until the transaction ends: answers and changes come one at a time."""
    return _one(tx, _LOCKED[tx.dialect], id=event)


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


def rsvp(tx: Transaction, event: int, person: int) -> RsvpRow | None:
    """What this person answered, or None."""
    row = tx.run(_ONE_RSVP, event=event, person=person).fetchone()
    return _rsvp(row) if row else None


def rsvps_of(tx: Transaction, person: int) -> dict[int, RsvpRow]:
    """event -> what this person answered."""
    found = (_rsvp(row) for row in tx.run(_PERSONS, person=person))
    return {each.event_id: each for each in found}


def put_rsvp(tx: Transaction, row: RsvpRow) -> None:
    """Store an answer, in place of an earlier one."""
    tx.run(_PUT_RSVP, **{name: _plain(getattr(row, name)) for name in _RSVP})


def places_taken(tx: Transaction, event: int) -> int:
    """Places held by who comes (with guests) or has an open offer."""
    row = tx.run(_TAKEN, event=event).fetchone()
    return int(row[0]) if row else 0


def line(tx: Transaction, event: int, most: int = 1_000_000) -> list[RsvpRow]:
    """Who waits for a place, the first first."""
    return [_rsvp(row) for row in tx.run(_LINE, event=event, most=most)]


def first_in_line(tx: Transaction, event: int, room: int) -> RsvpRow | None:
    """Who has waited longest of those for whom ``room`` places are enough."""
    row = tx.run(_FIRST_FITTING, event=event, room=room).fetchone()
    return _rsvp(row) if row else None


def place_in_line(tx: Transaction, row: RsvpRow) -> int:
    """1 for the first in line."""
    assert row.queued_at is not None  # noqa: S101 - who waits was queued
    found = tx.run(
        _AHEAD, event=row.event_id, queued_at=moment(row.queued_at), person=row.person_id
    ).fetchone()
    return 1 + (int(found[0]) if found else 0)


def end_of_line(tx: Transaction, event: int) -> datetime | None:
    """Since when the last in line has been waiting."""
    row = tx.run(_END_OF_LINE, event=event).fetchone()
    return as_moment(row[0]) if row and row[0] is not None else None


def offered(tx: Transaction, event: int) -> list[RsvpRow]:
    """Who has an open offer."""
    return [_rsvp(row) for row in tx.run(_OFFERED, event=event)]


def counts(tx: Transaction, event: int) -> dict[str, Tally]:
    """state -> how many; states that nobody is in are left out."""
    return {row[0]: Tally(*map(int, row[1:])) for row in tx.run(_COUNTS, event=event)}


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


def _rsvp(row: Sequence[Any]) -> RsvpRow:
    values = dict(zip(_RSVP, row, strict=True))
    for name in _RSVP_MOMENTS:
        if values[name] is not None:
            values[name] = as_moment(values[name])
    return RsvpRow(**values)


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
