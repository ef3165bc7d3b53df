"""Two records of one person become one: their answers to events."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from blueprints.schema import Blueprint
from outreach.events import line, rsvp
from storage import events, tasks
from storage.events import RsvpRow
from storage.moments import moment
from storage.statements import sql
from storage.transaction import Transaction

_DROP = sql("DELETE FROM rsvp WHERE event_id = :event AND person_id = :person")


def merge(tx: Transaction, keep: int, give: int, now: datetime, blueprint: Blueprint) -> None:
    """Before ``give`` is erased: its answers become ``keep``'s where ``keep`` has given none, with
    the place in line or the offer; of the others the places go on to who waits."""
    own = events.rsvps_of(tx, keep)
    for number, row in sorted(events.rsvps_of(tx, give).items()):
        if number not in own and events.locked(tx, number) is not None:
            _move(tx, row, keep, now)
    rsvp.leave(tx, give, now, blueprint)


def hand_back(tx: Transaction, keep: int, give: int, said: frozenset[str], now: datetime) -> None:
    """Two records are two again: what was answered at one of the moments ``said`` is ``give``'s,
    where it has no answer of its own."""
    own = events.rsvps_of(tx, give)
    for number, row in sorted(events.rsvps_of(tx, keep).items()):
        answered = row.answered_at is not None and moment(row.answered_at) in said
        if answered and number not in own and events.locked(tx, number) is not None:
            _move(tx, row, give, now)


def _move(tx: Transaction, row: RsvpRow, keep: int, now: datetime) -> None:
    tx.run(_DROP, event=row.event_id, person=row.person_id)
    moved = replace(row, person_id=keep)
    events.put_rsvp(tx, moved)
    _move_tasks(tx, row, moved, now)


def _move_tasks(tx: Transaction, row: RsvpRow, moved: RsvpRow, now: datetime) -> None:
    """What is planned about an offer is about the other record now."""
    open_tasks = [each for each in tasks.of(tx, line.subject(row)) if each.state == "open"]
    tasks.cancel(tx, line.subject(row), now)
    for task in open_tasks:
        tasks.plan(
            tx, task.kind, line.subject(moved), task.due_at, now, variant=task.variant,
            expires_at=task.expires_at,
        )  # fmt: skip
