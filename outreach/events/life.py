"""An event's life: draft, announced, closed, over; or cancelled.

What staff do passes here, from the command line as from the bot: whether they may is asked, what
they did is noted, and what follows is planned, all in the caller's transaction.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime

from blueprints.schema import Blueprint
from outreach import codes, staff
from outreach.audience import Counted, count
from outreach.errors import WrongState
from outreach.events import keeping, schedule
from outreach.events.changing import Changed, change, effect
from outreach.events.keeping import CONCERNED, check_audience, concerned, find
from outreach.events.model import Details
from outreach.staff import COORDINATOR, Actor
from outreach.told import why
from storage import events, posts, tasks
from storage.events import EventRow
from storage.transaction import Transaction

__all__ = [
    "CONCERNED",
    "Changed",
    "announce",
    "cancel",
    "change",
    "check_audience",
    "close",
    "concerned",
    "create",
    "effect",
    "end",
    "find",
    "review",
    "shut",
]

CODE_LENGTH = 6
NOTE_LIMIT = 500


def review(
    tx: Transaction,
    event: EventRow,
    blueprint: Blueprint,
    now: datetime,
    channels: tuple[str, ...],
) -> Counted:
    """How many an announcement invites, and who is left out and why. Raises BadFilter."""
    return count(tx, event.audience, blueprint, now, event.organisation, channels)


def create(tx: Transaction, details: Details, actor: Actor, now: datetime) -> EventRow:
    """A new draft. Raises NotAllowed, and WrongState where the key is taken."""
    staff.require(actor, details.organisation, COORDINATOR)
    if events.by_key(tx, details.key) is not None:
        raise WrongState(why("event_taken", key=details.key))
    number = events.insert(
        tx,
        {
            **keeping.kept(tx, details, now).columns(),
            "status": "draft",
            "note": {},
            "uid": f"{secrets.token_hex(12)}@domov",  # the calendar's name for it, for ever
            "sequence": 0,
            "revision": 0,
            "code": _code(tx),
            "created_by": actor.staff,
            "created_at": now,
            "updated_at": now,
        },
    )
    event = keeping.again(tx, number)
    keeping.note_down(tx, actor, "event.create", now, event)
    return event


def announce(
    tx: Transaction, event: int, actor: Actor, now: datetime, blueprint: Blueprint,
    people: int | None = None,
) -> EventRow:  # fmt: skip
    """Invite the audience. ``people``: how many the review counted, for the log. Raises
    NotAllowed, WrongState."""
    held = keeping.held(tx, event, actor)
    keeping.must(held, ("draft",), "announced")
    if now >= held.answers_until:
        raise WrongState(why("event_answers_over", key=held.key))
    # What was reviewed is what is invited: a saved audience may change later.
    whole = keeping.check_audience(tx, held.audience, blueprint, now)
    values = {"status": "announced", "announced_at": now, "audience": whole}
    event_row = keeping.put(tx, held, values, now)
    schedule.invite(tx, event_row, now)
    schedule.times(tx, event_row, now, blueprint)
    keeping.note_down(tx, actor, "event.announce", now, event_row, people)
    return event_row


def cancel(
    tx: Transaction,
    event: int,
    actor: Actor,
    now: datetime,
    note: Mapping[str, str] | None = None,
) -> Changed:
    """Call the event off and tell those concerned, with ``note`` (language -> text). Raises
    NotAllowed, WrongState."""
    held = keeping.held(tx, event, actor)
    keeping.must(held, ("draft", "announced", "closed"), "cancelled")
    events.take_back_offers(tx, held.id)
    values = {
        "status": "cancelled", "cancelled_at": now, "sequence": held.sequence + 1,
        "note": dict(note or {}),
    }  # fmt: skip
    cancelled = keeping.put(tx, held, values, now)
    schedule.everything_off(tx, cancelled, now)
    schedule.sweep(tx, cancelled, now)
    posts.refresh(tx, held.id, now)
    told = 0
    if held.status != "draft":
        told = keeping.concerned(tx, cancelled)
        tasks.plan(
            tx, schedule.CANCEL, schedule.subject(held.id), now, now,
            variant=f"s{cancelled.sequence}{keeping.urgent(now, held.starts_at)}",
            expires_at=held.ends_at,
        )  # fmt: skip
    keeping.note_down(tx, actor, "event.cancel", now, cancelled, told)
    return Changed(cancelled, frozenset({"status"}), told)


def close(tx: Transaction, event: int, actor: Actor, now: datetime) -> EventRow:
    """Take no more answers. Raises NotAllowed, WrongState."""
    held = keeping.held(tx, event, actor)
    keeping.must(held, ("announced",), "closed")
    closed = shut(tx, held, now)
    keeping.note_down(tx, actor, "event.close", now, closed)
    return closed


def shut(tx: Transaction, event: EventRow, now: datetime) -> EventRow:
    """The time to answer is over."""
    schedule.stop_inviting(tx, event, now)
    schedule.sweep(tx, event, now)
    posts.refresh(tx, event.id, now)
    return keeping.put(tx, event, {"status": "closed", "closed_at": now}, now)


def end(tx: Transaction, event: EventRow, now: datetime) -> EventRow:
    """It is over."""
    schedule.stop_inviting(tx, event, now)
    posts.refresh(tx, event.id, now)
    return keeping.put(tx, event, {"status": "over"}, now)


def _code(tx: Transaction) -> str:
    """A check-in code that no other event has."""
    while True:
        code = codes.new(CODE_LENGTH)
        if events.by_code(tx, code) is None:
            return code
