"""Answers to an invitation: going, maybe, can't.

Everything happens in the caller's transaction while the event's row is held, so that fifty people
who want the last place at the same moment are heard one after the other. After every call these
hold: the places taken and offered are never more than the event has (unless staff made it
smaller), and nobody is waiting for whom there would be room.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from blueprints.schema import Blueprint
from outreach import entitled
from outreach.events import line
from storage import events
from storage.events import HOLDING, EventRow, RsvpRow
from storage.transaction import Transaction

Wanted: TypeAlias = Literal["going", "maybe", "no"]

_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an answer.

    ``state``: what is recorded now, None for nothing; ``place_in_line`` from 1 for who waits.
    ``reason``: "" it was taken as it was meant; "full": they stand in line; "no_room": not for so
    many guests, "guests": the event allows fewer, "closed", "cancelled", "over", "unknown": as
    before, nothing was changed. ``offered``: who was offered a place because of it.
    """

    state: str | None
    place_in_line: int | None = None
    reason: str = ""
    guests: int = 0
    offered: tuple[int, ...] = ()


def answer(
    tx: Transaction,
    event: int,
    person: int,
    wanted: Wanted,
    guests: int | None,
    now: datetime,
    blueprint: Blueprint,
) -> Outcome:
    """Record what somebody answered. ``guests`` None: as many as they said before."""
    held = events.locked(tx, event)
    before = events.rsvp(tx, event, person)
    if held is None or not entitled.registered(tx, person):
        return Outcome(None, reason="unknown")
    if before is not None and _lapsed(before, now):
        before = end_offer(tx, held, before, now, blueprint)
    refused = _refused(held, before, wanted, now)
    if refused:
        return _as_before(tx, before, refused)
    if guests is None:
        # Staff may have allowed more then.
        guests = min(before.guests, held.guests) if before is not None else 0
    if wanted == "going" and not 0 <= guests <= held.guests:
        return _as_before(tx, before, "guests")
    old = before or RsvpRow(event, person, "no")
    if wanted == "going":
        return _come(tx, held, old, guests, now, blueprint)
    return _stay_away(tx, held, old, wanted, now, blueprint)


def _refused(event: EventRow, before: RsvpRow | None, wanted: str, now: datetime) -> str:
    """Why nothing can be changed; "" when it can."""
    if event.status == "cancelled":
        return "cancelled"
    if event.status == "draft":
        return "unknown"
    if event.status == "over" or now >= event.ends_at:
        return "over"
    if now >= event.starts_at:
        return "closed"
    if event.status == "announced" and now < event.answers_until:
        return ""
    # Afterwards who has a place, an offer or a turn in line may still let it go, or take it.
    has = before is not None and before.state in (*HOLDING, "waiting")
    if wanted == "no" or (has and wanted == "maybe"):
        return ""
    return "" if before is not None and before.state == "offered" else "closed"


def _as_before(tx: Transaction, before: RsvpRow | None, reason: str) -> Outcome:
    if before is None:
        return Outcome(None, reason=reason)
    place = events.place_in_line(tx, before) if before.state == "waiting" else None
    return Outcome(before.state, place, reason, before.guests)


def _come(
    tx: Transaction,
    event: EventRow,
    old: RsvpRow,
    guests: int,
    now: datetime,
    blueprint: Blueprint,
) -> Outcome:
    room = line.free(tx, event)
    needed = 1 + guests
    fits = room is None or needed <= room + old.places or needed <= old.places
    if fits and not (old.places == 0 and line.passes(tx, event, room, old.person_id)):
        return _given(tx, event, old, guests, now, blueprint)
    if old.state in HOLDING:
        return _as_before(tx, old, "no_room")
    waiting = _queued(tx, event, old, guests, now)
    events.put_rsvp(tx, waiting)
    return Outcome("waiting", events.place_in_line(tx, waiting), "full", guests)


def _given(
    tx: Transaction,
    event: EventRow,
    old: RsvpRow,
    guests: int,
    now: datetime,
    blueprint: Blueprint,
) -> Outcome:
    """They come. Who has a place may bring fewer guests; others move up."""
    if old.state == "offered":
        line.withdraw(tx, old, now)
    row = replace(
        old, state="going", guests=guests, answered_at=now, queued_at=None, offered_until=None
    )
    events.put_rsvp(tx, row)
    made = line.fill(tx, event, now, blueprint) if row.places < old.places else []
    return Outcome("going", guests=guests, offered=_persons(made))


def _queued(tx: Transaction, event: EventRow, old: RsvpRow, guests: int, now: datetime) -> RsvpRow:
    """In line: where they stood, or at the end."""
    queued_at = old.queued_at  # only who waits has one
    if queued_at is None:
        last = events.end_of_line(tx, event.id)
        # Two processes' clocks may differ: who comes later stands further back all the same.
        queued_at = now if last is None else max(now, last + _TICK)
    return replace(
        old, state="waiting", guests=guests, answered_at=now, queued_at=queued_at,
        offered_until=None,
    )  # fmt: skip


def _stay_away(
    tx: Transaction,
    event: EventRow,
    old: RsvpRow,
    wanted: str,
    now: datetime,
    blueprint: Blueprint,
) -> Outcome:
    if old.state == "offered":
        line.withdraw(tx, old, now)
    left = replace(old, state=wanted, guests=0, answered_at=now, queued_at=None, offered_until=None)
    events.put_rsvp(tx, left)
    made = line.fill(tx, event, now, blueprint) if old.places else []
    return Outcome(wanted, offered=_persons(made))


def _lapsed(row: RsvpRow, now: datetime) -> bool:
    return row.state == "offered" and row.offered_until is not None and row.offered_until <= now


def end_offer(
    tx: Transaction, event: EventRow, row: RsvpRow, now: datetime, blueprint: Blueprint
) -> RsvpRow:
    """The offer was not taken in time: its place goes on to the next. The caller holds the
    event. Gives the row as it is now: "no", and no longer in line."""
    line.withdraw(tx, row, now)
    ended = replace(row, state="no", guests=0, queued_at=None, offered_until=None)
    events.put_rsvp(tx, ended)
    line.fill(tx, event, now, blueprint)
    return ended


def leave(tx: Transaction, person: int, now: datetime, blueprint: Blueprint) -> None:
    """Give up every place and turn of somebody who is about to be erased."""
    for number, row in sorted(events.rsvps_of(tx, person).items()):
        if row.state in (*HOLDING, "waiting"):
            held = events.locked(tx, number)
            if held is not None:
                _stay_away(tx, held, row, "no", now, blueprint)


def _persons(rows: list[RsvpRow]) -> tuple[int, ...]:
    return tuple(row.person_id for row in rows)
