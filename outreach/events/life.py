"""An event's life: draft, announced, closed, over; or cancelled.

What staff do passes here, from the command line as from the bot: whether they may is asked, what
they did is noted, and what follows is planned, all in the caller's transaction.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from blueprints.schema import Blueprint
from outreach import staff
from outreach.audience import Counted, compile_filter, count, expand
from outreach.errors import NotFound, WrongState
from outreach.events import line, schedule
from outreach.events.model import Details, details_of, differences
from outreach.staff import COORDINATOR, Actor
from storage import events, media, notices, posts, tasks
from storage.events import EventRow
from storage.transaction import Transaction

CODE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without what is easily misread
CODE_LENGTH = 6
NOTE_LIMIT = 500

SOON = timedelta(hours=12)
URGENT = "u"
"""So shortly before the start a change or cancellation is sent at any hour: its variant ends so."""

CONCERNED = ("going", "maybe", "waiting", "offered")
"""Whose plans a change or a cancellation touches."""

# What of a change is told, by the letter that stands for it in the notice's variant.
TOLD = {
    "t": frozenset({"starts_at", "ends_at", "timezone"}),
    "p": frozenset({"place"}),
    "l": frozenset({"link"}),
}


@dataclass(frozen=True, slots=True)
class Changed:
    """What came of a change: the names of what is different, and how many people are told
    because of it (0: it is nothing they need to know)."""

    event: EventRow
    names: frozenset[str]
    told: int


def find(tx: Transaction, key: str) -> EventRow:
    """The event of this key. Raises NotFound."""
    found = events.by_key(tx, key)
    if found is None:
        raise NotFound(f"there is no event {key!r}; domov event list shows all")
    return found


def concerned(tx: Transaction, event: EventRow) -> int:
    """How many people a change or a cancellation touches."""
    counts = events.counts(tx, event.id)
    return sum(counts[state].people for state in CONCERNED if state in counts)


def review(
    tx: Transaction,
    event: EventRow,
    blueprint: Blueprint,
    now: datetime,
    channels: tuple[str, ...],
) -> Counted:
    """How many an announcement invites, and who is left out and why. Raises BadFilter."""
    return count(tx, event.audience, blueprint, now, event.organisation, channels)


def effect(tx: Transaction, event: EventRow, details: Details) -> Changed:
    """What :func:`change` would bring about, without doing it."""
    names = differences(details_of(event), details)
    if details.picture is not None:
        names |= {"media_id"}
    told = event.status != "draft" and _told(names) != ""
    return Changed(event, names, concerned(tx, event) if told else 0)


def _told(names: frozenset[str]) -> str:
    """The letters of what of a change is told."""
    return "".join(letter for letter, told in TOLD.items() if told & names)


def check_audience(tx: Transaction, text: str, blueprint: Blueprint, now: datetime) -> str:
    """The audience with the saved ones in it put in. Raises BadFilter."""
    whole = expand(tx, text)
    compile_filter(whole, blueprint, now)
    return whole


def create(tx: Transaction, details: Details, actor: Actor, now: datetime) -> EventRow:
    """A new draft. Raises NotAllowed, and WrongState where the key is taken."""
    staff.require(actor, details.organisation, COORDINATOR)
    if events.by_key(tx, details.key) is not None:
        raise WrongState(f"there is an event {details.key!r} already; choose another key")
    number = events.insert(
        tx,
        {
            **_kept(tx, details, now).columns(),
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
    event = _again(tx, number)
    _note(tx, actor, "event.create", now, event)
    return event


def announce(
    tx: Transaction, event: int, actor: Actor, now: datetime, blueprint: Blueprint,
    people: int | None = None,
) -> EventRow:  # fmt: skip
    """Invite the audience. ``people``: how many the review counted, for the log. Raises
    NotAllowed, WrongState."""
    held = _held(tx, event, actor)
    _must(held, ("draft",), "announced")
    if now >= held.answers_until:
        raise WrongState(f"{held.key} cannot be announced: its time to answer is over")
    # What was reviewed is what is invited: a saved audience may change later.
    whole = check_audience(tx, held.audience, blueprint, now)
    values = {"status": "announced", "announced_at": now, "audience": whole}
    event_row = _set(tx, held, values, now)
    schedule.invite(tx, event_row, now)
    schedule.times(tx, event_row, now, blueprint)
    _note(tx, actor, "event.announce", now, event_row, people)
    return event_row


def change(
    tx: Transaction,
    event: int,
    details: Details,
    actor: Actor,
    now: datetime,
    blueprint: Blueprint,
    note: Mapping[str, str] | None = None,
) -> Changed:
    """Change what the event is. A change of time, place or link is told to those concerned,
    with ``note`` (language -> text) where there is one. Raises NotAllowed, WrongState."""
    held = _held(tx, event, actor)
    staff.require(actor, details.organisation, COORDINATOR)
    _must(held, ("draft", "announced", "closed"), "changed")
    details = _kept(tx, details, now)
    names = differences(details_of(held), details)
    if "key" in names:
        raise WrongState(f"the key of {held.key} cannot be changed: links and answers hold it")
    if not names:
        return Changed(held, names, 0)
    letters = _told(names)
    public = held.status != "draft"
    if public and "starts_at" in names and details.starts_at <= now:
        raise WrongState(f"{held.key} would have begun already at its new time")
    values = details.columns()
    whole = check_audience(tx, details.audience, blueprint, now)
    if public:
        values["audience"] = whole
    if public and letters:
        values |= {"sequence": held.sequence + 1, "note": dict(note or {})}
    values |= _reopened(held, details, now)
    changed = _set(tx, held, values, now)
    told = _follow(tx, held, changed, letters, names, now, blueprint) if public else 0
    _note(tx, actor, "event.change", now, changed, told, {"changed": sorted(names)})
    return Changed(changed, names, told)


def _reopened(held: EventRow, details: Details, now: datetime) -> dict[str, Any]:
    """A deadline that was moved into the future opens the answers again."""
    until = min(details.rsvp_until or details.starts_at, details.starts_at)
    if held.status == "closed" and until > now and until > held.answers_until:
        return {"status": "announced", "closed_at": None}
    return {}


def _follow(
    tx: Transaction,
    before: EventRow,
    event: EventRow,
    letters: str,
    names: frozenset[str],
    now: datetime,
    blueprint: Blueprint,
) -> int:
    """What a change of an announced event brings about; how many are told."""
    about = schedule.subject(event.id)
    posts.refresh(tx, event.id, now)
    if {"starts_at", "ends_at", "rsvp_until"} & names:
        notices.cancel(tx, event.id, ("reminder", "last_reminder"), "the event was changed")
        schedule.times(tx, event, now, blueprint)
    if event.status == "announced" and {"audience", "rsvp_until", "starts_at"} & names:
        schedule.invite(tx, event, now)
        schedule.sweep(tx, event, now)
    if {"capacity", "starts_at"} & names:
        line.fill(tx, event, now, blueprint)
    if not letters:
        return 0
    letters = _letters(letters, _untold(tx, event, now))
    variant = f"s{event.sequence}{letters}{_urgent(now, before.starts_at, event.starts_at)}"
    tasks.plan(tx, schedule.CHANGE, about, now, now, variant=variant, expires_at=event.ends_at)
    return concerned(tx, event)


def _untold(tx: Transaction, event: EventRow, now: datetime) -> str:
    """What of earlier changes somebody has not been told; those notices are called off."""
    open_ = [
        task.variant
        for task in tasks.of(tx, schedule.subject(event.id), schedule.CHANGE)
        if task.state == "open"
    ]
    tasks.cancel(tx, schedule.subject(event.id), now, schedule.CHANGE)
    return "".join([*open_, *notices.cancel(tx, event.id, ("change",), "the event was changed")])


def _urgent(now: datetime, *starts: datetime) -> str:
    """URGENT when one of these starts is near, else nothing."""
    return URGENT if any(now < start < now + SOON for start in starts) else ""


def _letters(new: str, untold: str) -> str:
    return "".join(letter for letter in TOLD if letter in new or letter in untold.lstrip("s"))


def cancel(
    tx: Transaction,
    event: int,
    actor: Actor,
    now: datetime,
    note: Mapping[str, str] | None = None,
) -> Changed:
    """Call the event off and tell those concerned, with ``note`` (language -> text). Raises
    NotAllowed, WrongState."""
    held = _held(tx, event, actor)
    _must(held, ("draft", "announced", "closed"), "cancelled")
    for offered in events.offered(tx, held.id):
        line.take_back(tx, offered, now)
    values = {
        "status": "cancelled", "cancelled_at": now, "sequence": held.sequence + 1,
        "note": dict(note or {}),
    }  # fmt: skip
    cancelled = _set(tx, held, values, now)
    schedule.everything_off(tx, cancelled, now)
    notices.cancel(tx, held.id, notices.TO_THOSE_WHO_ANSWERED, "event cancelled")
    schedule.sweep(tx, cancelled, now)
    posts.refresh(tx, held.id, now)
    told = 0
    if held.status != "draft":
        told = concerned(tx, cancelled)
        tasks.plan(
            tx, schedule.CANCEL, schedule.subject(held.id), now, now,
            variant=f"s{cancelled.sequence}{_urgent(now, held.starts_at)}",
            expires_at=held.ends_at,
        )  # fmt: skip
    _note(tx, actor, "event.cancel", now, cancelled, told)
    return Changed(cancelled, frozenset({"status"}), told)


def close(tx: Transaction, event: int, actor: Actor, now: datetime) -> EventRow:
    """Take no more answers. Raises NotAllowed, WrongState."""
    held = _held(tx, event, actor)
    _must(held, ("announced",), "closed")
    closed = shut(tx, held, now)
    _note(tx, actor, "event.close", now, closed)
    return closed


def shut(tx: Transaction, event: EventRow, now: datetime) -> EventRow:
    """The time to answer is over."""
    schedule.stop_inviting(tx, event, now)
    schedule.sweep(tx, event, now)
    posts.refresh(tx, event.id, now)
    return _set(tx, event, {"status": "closed", "closed_at": now}, now)


def end(tx: Transaction, event: EventRow, now: datetime) -> EventRow:
    """It is over."""
    schedule.stop_inviting(tx, event, now)
    posts.refresh(tx, event.id, now)
    return _set(tx, event, {"status": "over"}, now)


def _held(tx: Transaction, event: int, actor: Actor) -> EventRow:
    """The event, for this transaction alone, if ``actor`` may change it."""
    found = events.locked(tx, event)
    if found is None:
        raise NotFound(f"there is no event number {event}")
    staff.require(actor, found.organisation, COORDINATOR)
    return found


def _must(event: EventRow, statuses: Iterable[str], done: str) -> None:
    if event.status not in statuses:
        raise WrongState(f"{event.key} is {event.status} and cannot be {done}")


def _kept(tx: Transaction, details: Details, now: datetime) -> Details:
    """The same with its new picture, if there is one, kept."""
    if details.picture is None:
        return details
    return replace(details, media_id=media.keep(tx, details.picture, now), picture=None)


def _set(tx: Transaction, event: EventRow, values: dict[str, Any], now: datetime) -> EventRow:
    values |= {"updated_at": now, "revision": event.revision + 1}
    events.update(tx, event.id, values)
    return _again(tx, event.id)


def _again(tx: Transaction, event: int) -> EventRow:
    return events.by_ids(tx, [event])[event]


def _code(tx: Transaction) -> str:
    """A check-in code that no other event has."""
    while True:
        code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
        if events.by_code(tx, code) is None:
            return code


def _note(
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
