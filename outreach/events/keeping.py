"""What all that is done to an event has in common: it is held, changed, and noted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from blueprints.schema import Blueprint
from outreach import staff
from outreach.audience import compile_filter, expand
from outreach.errors import NotFound, WrongState
from outreach.events.model import Details
from outreach.staff import COORDINATOR, Actor
from outreach.told import why
from storage import events, media
from storage.events import EventRow
from storage.transaction import Transaction

SOON = timedelta(hours=12)
URGENT = "u"
"""So shortly before the start a change or cancellation is sent at any hour: its variant ends so."""

CONCERNED = ("going", "maybe", "waiting", "offered")
"""Whose plans a change or a cancellation touches."""


def find(tx: Transaction, key: str) -> EventRow:
    """The event of this key. Raises NotFound."""
    found = events.by_key(tx, key)
    if found is None:
        raise NotFound(why("no_event", key=key))
    return found


def concerned(tx: Transaction, event: EventRow) -> int:
    """How many people a change or a cancellation touches."""
    counts = events.counts(tx, event.id)
    return sum(counts[state].people for state in CONCERNED if state in counts)


def check_audience(tx: Transaction, text: str, blueprint: Blueprint, now: datetime) -> str:
    """The audience with the saved ones in it put in. Raises BadFilter."""
    whole = expand(tx, text)
    compile_filter(whole, blueprint, now)
    return whole


def held(tx: Transaction, event: int, actor: Actor) -> EventRow:
    """The event, for this transaction alone, if ``actor`` may change it."""
    found = events.locked(tx, event)
    if found is None:
        raise NotFound(why("no_event_number", number=str(event)))
    staff.require(actor, found.organisation, COORDINATOR)
    return found


def must(event: EventRow, statuses: Iterable[str], done: str) -> None:
    """Raises WrongState unless the event has one of these statuses; ``done`` is what cannot be
    done to it else: announced, changed, closed, cancelled."""
    if event.status not in statuses:
        status = why(f"status_{event.status}")
        raise WrongState(why(f"event_not_{done}", key=event.key, status=status))


def kept(tx: Transaction, details: Details, now: datetime) -> Details:
    """The same with its new picture, if there is one, kept."""
    if details.picture is None:
        return details
    return replace(details, media_id=media.keep(tx, details.picture, now), picture=None)


def put(tx: Transaction, event: EventRow, values: dict[str, Any], now: datetime) -> EventRow:
    values |= {"updated_at": now, "revision": event.revision + 1}
    events.update(tx, event.id, values)
    return again(tx, event.id)


def again(tx: Transaction, event: int) -> EventRow:
    return events.by_ids(tx, [event])[event]


def note_down(
    tx: Transaction,
    actor: Actor,
    action: str,
    now: datetime,
    event: EventRow,
    people: int | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    staff.log(
        tx, actor, action, now, organisation=event.organisation, subject=f"event:{event.key}",
        people=people, detail=detail,
    )  # fmt: skip


def urgent(now: datetime, *starts: datetime) -> str:
    """URGENT when one of these starts is near, else nothing."""
    return URGENT if any(now < start < now + SOON for start in starts) else ""
