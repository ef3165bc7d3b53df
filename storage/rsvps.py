"""Answers to the invitations to events, as the rows stand in the table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import orjson

from storage.moments import as_moment, maybe_moment, moment
from storage.statements import sql
from storage.states import RSVP_STATES
from storage.transaction import Result, Transaction

STATES = RSVP_STATES
HOLDING = ("going", "offered")
"""States that hold a place."""


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


@dataclass(frozen=True, slots=True)
class Tally:
    """How many answered so; ``guests`` they bring; ``checked_in`` of the people."""

    people: int = 0
    guests: int = 0
    checked_in: int = 0


_RSVP = tuple(field.name for field in fields(RsvpRow))
_RSVP_MOMENTS = tuple(name for name in _RSVP if name.endswith(("_at", "_until")))
_SELECT_RSVP = f"SELECT {', '.join(_RSVP)} FROM rsvp"
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
_TAKE_BACK = sql(
    "UPDATE rsvp SET state = 'waiting', offered_until = NULL"
    " WHERE event_id = :event AND state = 'offered'"
)
_END_BY = sql(
    "UPDATE rsvp SET offered_until = :moment"
    " WHERE event_id = :event AND state = 'offered' AND offered_until > :moment"
)
_COMING = {
    "sqlite": sql(
        "SELECT event_id, sum(1 + guests) FROM rsvp WHERE state = 'going'"
        " AND event_id IN (SELECT value FROM json_each(:ids)) GROUP BY event_id"
    ),
    "postgresql": sql(
        "SELECT event_id, sum(1 + guests) FROM rsvp WHERE state = 'going' AND event_id IN"
        " (SELECT value::bigint FROM json_array_elements_text(:ids::json)) GROUP BY event_id"
    ),
}
_COUNTS = sql(
    "SELECT state, count(*), COALESCE(sum(guests), 0), count(checked_in_at) FROM rsvp"
    " WHERE event_id = :event GROUP BY state"
)


def rsvps(tx: Transaction, pairs: Iterable[tuple[int, int]]) -> dict[tuple[int, int], RsvpRow]:
    """The answers of (event, person) pairs, as far as there are such."""
    wanted = sorted(set(pairs))
    if not wanted:
        return {}
    rows = tx.run(_PAIRS[tx.dialect], pairs=orjson.dumps(wanted).decode())
    return {(rsvp.event_id, rsvp.person_id): rsvp for rsvp in map(_rsvp, rows)}


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


def coming(tx: Transaction, events: Sequence[int]) -> dict[int, int]:
    """event -> how many come, guests among them; events to which nobody does are left out."""
    if not events:
        return {}
    rows = tx.run(_COMING[tx.dialect], ids=orjson.dumps(list(events)).decode())
    return {int(event): int(count) for event, count in rows.fetchall()}


def places_taken(tx: Transaction, event: int) -> int:
    """Places held by who comes (with guests) or has an open offer."""
    return _number(tx.run(_TAKEN, event=event))


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
    ahead = tx.run(
        _AHEAD, event=row.event_id, queued_at=moment(row.queued_at), person=row.person_id
    )
    return 1 + _number(ahead)


def end_of_line(tx: Transaction, event: int) -> datetime | None:
    """Since when the last in line has been waiting."""
    (row,) = tx.run(_END_OF_LINE, event=event)
    return maybe_moment(row[0])


def offered(tx: Transaction, event: int) -> list[RsvpRow]:
    """Who has an open offer."""
    return [_rsvp(row) for row in tx.run(_OFFERED, event=event)]


def take_back_offers(tx: Transaction, event: int) -> None:
    """Nobody is offered anything any more; who was stands in line as before."""
    tx.run(_TAKE_BACK, event=event)


def end_offers_by(tx: Transaction, event: int, moment_: datetime) -> None:
    """No offer is open longer than until then."""
    tx.run(_END_BY, event=event, moment=moment(moment_))


def counts(tx: Transaction, event: int) -> dict[str, Tally]:
    """state -> how many; states that nobody is in are left out."""
    return {row[0]: Tally(*map(int, row[1:])) for row in tx.run(_COUNTS, event=event)}


def _number(counted: Result) -> int:
    """The one number that was asked for."""
    ((number,),) = counted
    return int(number)


def _rsvp(row: Sequence[Any]) -> RsvpRow:
    values = dict(zip(_RSVP, row, strict=True))
    for name in _RSVP_MOMENTS:
        if values[name] is not None:
            values[name] = as_moment(values[name])
    return RsvpRow(**values)


def _plain(value: Any) -> Any:
    return moment(value) if isinstance(value, datetime) else value
