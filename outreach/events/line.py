"""The waiting list: freed places are offered, in order, one offer each time somebody waits.

An offered place is held until the offer's end. Who wants more places than are free is passed by
without losing their turn. All of it happens while the event's row is held, so that no place is
given twice.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from blueprints.schema import Blueprint
from outreach import hours
from storage import events, tasks
from storage.events import EventRow, RsvpRow
from storage.statements import sql
from storage.transaction import Transaction

OFFER = "event.offer"
"""The task that tells of an offer, and takes it back when it ends (see outreach.events.notices)."""

FILL = "event.fill"
"""The task that goes on with making offers."""

AT_ONCE = 200
"""Offers made in one transaction: some 50 ms."""

ANY = 1_000_000
"""More places than anybody wants."""

TAKING = ("announced", "closed")
"""Statuses of an event in which places are given."""

_WHERE = sql("SELECT timezone, organisation FROM person WHERE id = :person")
_UNSENT = sql(
    "UPDATE delivery SET state = 'cancelled', reason = 'answered', payload = NULL"
    " WHERE event_id = :event AND kind = 'offer' AND person_id = :person AND state = 'queued'"
)


def free(tx: Transaction, event: EventRow) -> int | None:
    """How many places are neither taken nor offered; below 0 when the room was made smaller;
    None: there is no limit."""
    if event.capacity is None:
        return None
    return event.capacity - events.places_taken(tx, event.id)


def fill(tx: Transaction, event: EventRow, now: datetime, blueprint: Blueprint) -> list[RsvpRow]:
    """Offer what is free to those in line, the first first; gives the offers made.

    Afterwards nobody is waiting for whom there would be room; where there would be for very many
    (staff made it much larger), the clock goes on with it. The caller holds the event.
    """
    made: list[RsvpRow] = []
    if event.status not in TAKING or now >= event.starts_at:
        return made
    room = free(tx, event)
    while len(made) < AT_ONCE:
        # Not asked for no place at all: the whole line would be looked through for nobody.
        if room is not None and room <= 0:
            return made
        waiting = events.first_in_line(tx, event.id, ANY if room is None else room)
        if waiting is None:
            return made
        made.append(_offer(tx, event, waiting, now, blueprint))
        room = None if room is None else room - 1 - waiting.guests
    tasks.plan(tx, FILL, f"event:{event.id}", now, now, variant=variant(now))
    return made


def passes(tx: Transaction, event: EventRow, room: int | None, person: int) -> bool:
    """Whether somebody else stands in line for whom there is room, and comes first."""
    first = events.first_in_line(tx, event.id, ANY if room is None else room)
    return first is not None and first.person_id != person


def until(row: RsvpRow, moment: datetime) -> RsvpRow:
    """An offer with another end."""
    return replace(row, offered_until=moment)


def _offer(
    tx: Transaction, event: EventRow, waiting: RsvpRow, now: datetime, blueprint: Blueprint
) -> RsvpRow:
    until = offered_until(tx, event, waiting.person_id, now, blueprint)
    made = replace(waiting, state="offered", offered_at=now, offered_until=until)
    events.put_rsvp(tx, made)
    tasks.plan(tx, OFFER, subject(made), now, now, variant=variant(now))
    return made


def offered_until(
    tx: Transaction, event: EventRow, person: int, now: datetime, blueprint: Blueprint
) -> datetime:
    """How long a place is kept: so many hours from when it is decent to tell them, at the most
    until the event begins."""
    row = tx.run(_WHERE, person=person).fetchone()
    name, organisation = row or (None, None)
    there = hours.zone(name or "") or hours.zone(blueprint.zone(organisation))
    outreach = blueprint.outreach
    told = now
    if there is not None:
        told = hours.next_decent(now, there, outreach.day_begins, outreach.day_ends)
    return min(told + timedelta(hours=outreach.offer_hours), event.starts_at)


def withdraw(tx: Transaction, row: RsvpRow, now: datetime) -> None:
    """Nothing more is said or done about this offer: it was answered."""
    tasks.cancel(tx, subject(row), now, OFFER)
    tx.run(_UNSENT, event=row.event_id, person=row.person_id)


def subject(row: RsvpRow) -> str:
    """What tasks about somebody's answer are about."""
    return f"rsvp:{row.event_id}:{row.person_id}"


def variant(offered_at: datetime, letter: str = "o") -> str:
    """What tells one offer (``o``), or the news of its end (``x``), from another."""
    return f"{letter}{int(offered_at.timestamp() * 1_000)}"
