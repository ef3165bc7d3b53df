"""Which events are open to somebody: those of their audience, and those they have to do with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from blueprints.schema import Blueprint
from outreach.audience import compile_filter, expand
from outreach.errors import BadFilter
from storage import events
from storage.events import EventRow
from storage.moments import as_moment
from storage.statements import sql
from storage.transaction import Transaction

MOST = 12  # are shown at once
ASKING = frozenset({"invitation", "reminder", "last_reminder", "change", "offer"})

_LAST = sql(
    "SELECT event_id, kind, sent_at FROM delivery WHERE person_id = :person AND state = 'sent'"
    " ORDER BY sent_at DESC, id DESC LIMIT 1"
)
_LAST_ASKED = sql(
    "SELECT event_id, kind, sent_at FROM delivery WHERE person_id = :person AND state = 'sent'"
    " AND event_id IS NOT NULL AND kind IN ('invitation', 'reminder', 'last_reminder', 'change',"
    " 'offer') ORDER BY sent_at DESC, id DESC LIMIT 1"
)
_INVITED = sql(
    "SELECT DISTINCT event_id FROM delivery WHERE person_id = :person AND event_id IS NOT NULL"
    " AND kind = 'invitation'"
)


@dataclass(frozen=True, slots=True)
class Told:
    """A notice about an event, and when it was sent."""

    event: int
    at: datetime


def last_told(tx: Transaction, person: int, *, whatever_came_since: bool = False) -> Told | None:
    """The notice that asked them to answer, where it is the last that they were sent at all, or
    the last such (``whatever_came_since``)."""
    row = tx.run(_LAST_ASKED if whatever_came_since else _LAST, person=person).fetchone()
    if row is None or row[1] not in ASKING or row[2] is None:  # each that asks is about one
        return None
    return Told(int(row[0]), as_moment(row[2]))


def open_to(tx: Transaction, person: int, blueprint: Blueprint, now: datetime) -> list[EventRow]:
    """The events that are announced and not over, the next first: those whose audience the person
    is in, those they were invited to, and those they answered."""
    upcoming = events.upcoming(tx, now)
    if not upcoming:
        return []
    known = set(events.rsvps_of(tx, person))
    known.update(row[0] for row in tx.run(_INVITED, person=person))
    return [
        event
        for event in upcoming
        if event.id in known or in_audience(tx, event, person, blueprint, now)
    ]


def in_audience(
    tx: Transaction, event: EventRow, person: int, blueprint: Blueprint, now: datetime
) -> bool:
    """Whether somebody is among those whom an event is for. A filter that cannot be read any more
    (the blueprint lost a field of it) is for nobody."""
    try:
        text = expand(tx, event.audience)
        found = compile_filter(text, blueprint, now, organisation=event.organisation)
    except BadFilter:
        return False
    # Where the filter stands are constants alone; every value in it is bound.
    statement = sql(f"SELECT 1 FROM person p WHERE p.id = :person AND ({found.where})")  # noqa: S608 (compiled)
    return tx.run(statement, person=person, **found.params).fetchone() is not None
