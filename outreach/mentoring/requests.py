"""Asking for a mentor: opened, changed, withdrawn, opened again. One request that is not closed a
person, in the caller's transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeAlias

from blueprints.schema import Blueprint
from flows.mentoring import GOAL_LIMIT, Requested
from outreach import entitled
from outreach.mentoring import course, plans
from outreach.mentoring.life import withdraw as withdraw_match
from storage.mentoring import matches, requests
from storage.mentoring.requests import RequestRow
from storage.transaction import Transaction

Wanted: TypeAlias = Requested
"""What a mentor is wanted for; see flows.mentoring."""

OWN = "own"
"""Why a request was closed: they said so."""


def open_request(
    tx: Transaction,
    person: int,
    wanted: Wanted,
    now: datetime,
    blueprint: Blueprint,
    entered_by: int | None = None,
) -> RequestRow:
    """A new request; where there is one that is not closed, that is changed. ``entered_by``: the
    number of the member of staff who wrote it down for them. Raises NotEntitled."""
    entitled.require(entitled.mentee(tx, person, blueprint))
    held = hold(tx, person)
    if held is not None:
        return _changed(tx, held, wanted, now, blueprint)
    number = requests.insert(
        tx,
        {
            **_columns(wanted),
            "person_id": person,
            "waiting_since": now,
            "entered_by": entered_by,
            "created_at": now,
            "updated_at": now,
        },
    )
    return _planned(tx, number, now, blueprint)


def change(
    tx: Transaction, person: int, wanted: Wanted, now: datetime, blueprint: Blueprint
) -> RequestRow | None:
    """What they want has changed; None: there is no request (any more). Whoever is asked stays
    asked; a proposal that nobody has seen is taken back where it may no longer fit."""
    held = hold(tx, person)
    return None if held is None else _changed(tx, held, wanted, now, blueprint)


def withdraw(
    tx: Transaction, person: int, now: datetime, blueprint: Blueprint, reason: str = OWN
) -> RequestRow | None:
    """They don't want a mentor any more: the request is closed, and whoever was asked or
    introduced because of it is told kindly. ``reason``: for staff. None: there is no request."""
    held = hold(tx, person)
    if held is None:
        return None
    return close(tx, held, now, blueprint, reason, "stopped")


def close(
    tx: Transaction,
    held: RequestRow,
    now: datetime,
    blueprint: Blueprint,
    reason: str,
    variant: str = "stopped",
) -> RequestRow:
    """The same for a request that the caller holds; ``variant``: of "match_ended", which the
    mentor is told with."""
    match = matches.live_of_request(tx, held.id)
    if match is not None:
        withdraw_match(tx, match, course.MENTEE, now, blueprint, reason, variant)
    values = {"status": "closed", "closed_at": now, "reason": reason, "ahead": 0}
    requests.update(tx, held.id, {**values, "updated_at": now})
    return _planned(tx, held.id, now, blueprint)


def hold(tx: Transaction, person: int) -> RequestRow | None:
    """The request of somebody that is not closed, for this transaction alone, with the match that
    it has: whoever changes both holds the match first, so that nobody waits in a circle."""
    found = requests.current(tx, person)
    match = matches.live_of_request(tx, found.id) if found is not None else None
    if match is not None:
        matches.locked(tx, match.id)
    return requests.current(tx, person, lock=True) if found is not None else None


def keep_waiting(tx: Transaction, person: int, now: datetime) -> RequestRow | None:
    """They have read the honest word and wait on. None: there is no open request."""
    held = hold(tx, person)
    if held is None or held.status != "open":
        return None
    requests.update(tx, held.id, {"updated_at": now})
    return held


def _changed(
    tx: Transaction, held: RequestRow, wanted: Wanted, now: datetime, blueprint: Blueprint
) -> RequestRow:
    columns = _columns(wanted)
    requests.update(tx, held.id, {**columns, "updated_at": now})
    if any(columns[name] != getattr(held, name) for name in ("languages", "mode", "skills")):
        match = matches.live_of_request(tx, held.id)
        if match is not None and match.state == "proposed":
            withdraw_match(tx, match, course.MENTEE, now, blueprint, "changed")
            requests.update(tx, held.id, {"ahead": 1})
    return requests.by_ids(tx, [held.id])[held.id]


def _columns(wanted: Wanted) -> dict[str, Any]:
    return {
        "goal": wanted.goal.strip()[:GOAL_LIMIT],
        "skills": tuple(wanted.skills),
        "field": wanted.field,
        "languages": tuple(wanted.languages),
        "mode": wanted.mode,
        "urgency": wanted.urgency,
        "rhythm": wanted.rhythm,
        "hours": tuple(wanted.hours),
    }


def _planned(tx: Transaction, number: int, now: datetime, blueprint: Blueprint) -> RequestRow:
    row = requests.by_ids(tx, [number])[number]
    plans.schedule_request(tx, row, now, blueprint)
    return row
