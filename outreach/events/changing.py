"""Changing an event: what is different, who has to know, and what moves along."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from blueprints.schema import Blueprint
from outreach import staff
from outreach.audience import expand
from outreach.errors import WrongState
from outreach.events import keeping, line, schedule
from outreach.events.model import Details, details_of, differences
from outreach.staff import COORDINATOR, Actor
from outreach.told import why
from storage import events, notices, posts, tasks
from storage.events import EventRow
from storage.transaction import Transaction

CHANGED_AGAIN = "the event was changed"  # the ledger's reason

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


def effect(tx: Transaction, event: EventRow, details: Details) -> Changed:
    """What :func:`change` would bring about, without doing it."""
    if event.status != "draft":
        details = replace(details, audience=expand(tx, details.audience))
    names = differences(details_of(event), details)
    if details.picture is not None:
        names |= {"media_id"}
    told = event.status != "draft" and _told(names) != ""
    return Changed(event, names, keeping.concerned(tx, event) if told else 0)


def _told(names: frozenset[str]) -> str:
    """The letters of what of a change is told."""
    return "".join(letter for letter, told in TOLD.items() if told & names)


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
    held = keeping.held(tx, event, actor)
    staff.require(actor, details.organisation, COORDINATOR)
    keeping.must(held, ("draft", "announced", "closed"), "changed")
    details = keeping.kept(tx, details, now)
    whole = keeping.check_audience(tx, details.audience, blueprint, now)
    public = held.status != "draft"
    if public:
        details = replace(details, audience=whole)
    names = differences(details_of(held), details)
    if "key" in names:
        raise WrongState(why("event_key_stays", key=held.key))
    if not names:
        return Changed(held, names, 0)
    letters = _told(names)
    if public and "starts_at" in names and details.starts_at <= now:
        raise WrongState(why("event_begun", key=held.key))
    values = details.columns()
    if public and letters:
        values |= {"sequence": held.sequence + 1, "note": dict(note or {})}
    values |= _reopened(held, details, now)
    changed = keeping.put(tx, held, values, now)
    told = _follow(tx, held, changed, letters, names, now, blueprint) if public else 0
    keeping.note_down(tx, actor, "event.change", now, changed, told, {"changed": sorted(names)})
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
        notices.cancel(tx, event.id, ("reminder", "last_reminder"), CHANGED_AGAIN)
        schedule.times(tx, event, now, blueprint)
    if event.status == "announced" and {"audience", "rsvp_until", "starts_at"} & names:
        schedule.invite(tx, event, now)
        schedule.sweep(tx, event, now)
    events.end_offers_by(tx, event.id, event.starts_at)
    if {"capacity", "starts_at"} & names:
        line.fill(tx, event, now, blueprint)
    if not letters:
        return 0
    letters = _letters(letters, _untold(tx, event, now))
    variant = f"s{event.sequence}{letters}{keeping.urgent(now, before.starts_at, event.starts_at)}"
    tasks.plan(tx, schedule.CHANGE, about, now, now, variant=variant, expires_at=event.ends_at)
    return keeping.concerned(tx, event)


def _untold(tx: Transaction, event: EventRow, now: datetime) -> str:
    """What of earlier changes somebody has not been told; those notices are called off."""
    open_ = [
        task.variant
        for task in tasks.of(tx, schedule.subject(event.id), schedule.CHANGE)
        if task.state == "open"
    ]
    tasks.cancel(tx, schedule.subject(event.id), now, schedule.CHANGE)
    return "".join([*open_, *set(notices.cancel(tx, event.id, ("change",), CHANGED_AGAIN))])


def _letters(new: str, untold: str) -> str:
    return "".join(letter for letter in TOLD if letter in new or letter in untold.lstrip("s"))
