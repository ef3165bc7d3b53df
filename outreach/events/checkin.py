"""Checking in: who was really there, by the event's code or by the staff's list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from outreach import codes, entitled, staff
from outreach.errors import WrongState
from outreach.staff import VIEWER, Actor
from outreach.told import why
from storage import events
from storage.events import EventRow, RsvpRow
from storage.statements import sql
from storage.transaction import Transaction

BEFORE = timedelta(hours=12)
AFTER = timedelta(hours=24)
"""The code works from so long before the start until so long after the end."""

_KNOWN = sql("SELECT 1 FROM person WHERE id = :person AND status <> 'new'")


@dataclass(frozen=True, slots=True)
class CheckedIn:
    """``outcome``: "in"; "again": they were in already; "unknown": there is no such code;
    "early", "late": the code does not work yet, or any more."""

    event: EventRow | None
    outcome: str


@dataclass(frozen=True, slots=True)
class Listed:
    """What came of a list, by people's numbers."""

    checked_in: tuple[int, ...]
    again: tuple[int, ...]
    unknown: tuple[int, ...]


def by_code(tx: Transaction, code: str, person: int, now: datetime) -> CheckedIn:
    """``person`` says that they are at the event whose code this is; capitals, blanks and dashes
    don't matter. Who had not said that they would come is welcome all the same."""
    plain = codes.typed(code)
    found = events.by_code(tx, plain) if plain else None
    if found is None or found.status not in ("announced", "closed", "over"):
        return CheckedIn(None, "unknown")
    if not entitled.registered(tx, person):
        return CheckedIn(None, "unknown")
    if now < found.starts_at - BEFORE:
        return CheckedIn(found, "early")
    if now >= found.ends_at + AFTER:
        return CheckedIn(found, "late")
    return CheckedIn(found, "in" if _arrived(tx, found, person, now) else "again")


def by_list(
    tx: Transaction, event: EventRow, people: Iterable[int], actor: Actor, now: datetime
) -> Listed:
    """The staff's list of who was there. Raises NotAllowed; WrongState for an event that was not
    announced or is far off."""
    staff.require(actor, event.organisation, VIEWER)
    if event.status not in ("announced", "closed", "over"):
        status = why(f"status_{event.status}")
        raise WrongState(why("event_nobody_there", key=event.key, status=status))
    if now < event.starts_at - BEFORE:
        when = f"{event.starts_at:%Y-%m-%d %H:%M} UTC"
        raise WrongState(why("event_begins_later", key=event.key, when=when))
    arrived: list[int] = []
    again: list[int] = []
    unknown: list[int] = []
    for person in dict.fromkeys(people):
        if tx.run(_KNOWN, person=person).fetchone() is None:
            unknown.append(person)
        elif _arrived(tx, event, person, now):
            arrived.append(person)
        else:
            again.append(person)
    staff.log(
        tx, actor, "event.checkin", now, organisation=event.organisation,
        subject=f"event:{event.key}", people=len(arrived),
    )  # fmt: skip
    return Listed(tuple(arrived), tuple(again), tuple(unknown))


def _arrived(tx: Transaction, event: EventRow, person: int, now: datetime) -> bool:
    """Note that they are there; False when that was known already."""
    events.locked(tx, event.id)
    row = events.rsvp(tx, event.id, person)
    if row is not None and row.checked_in_at is not None:
        return False
    # Somebody in the room has a place, whatever was said before.
    arrived = replace(
        row or RsvpRow(event.id, person, "going", 0, now), state="going", queued_at=None,
        offered_until=None, checked_in_at=now,
    )  # fmt: skip
    events.put_rsvp(tx, arrived)
    return True
