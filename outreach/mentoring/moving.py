"""A match taken one step on, in the caller's transaction: the row, its request, who is told, what
is planned, and the next best where it came to nothing.

Callers hold the match (``matches.locked``). After every step a live match that staff have looked at
has something due, and a request that is open is in a live match or waits for a round.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from blueprints.schema import Blueprint
from outreach import hours
from outreach.errors import WrongState
from outreach.mentoring import course, following, plans
from outreach.mentoring.course import Step, Tell
from outreach.told import why
from storage.mentoring import matches, offers, pool, requests, telling
from storage.mentoring.matches import MatchRow
from storage.mentoring.requests import RequestRow
from storage.statements import sql
from storage.transaction import Transaction

HEARD = ("sending", "sent", "unknown")
"""States of a message that its reader may have read."""

ASK = {course.MENTOR: plans.MENTOR_ASK, course.MENTEE: plans.MENTEE_ASK}
_WHERE = sql("SELECT timezone, organisation FROM person WHERE id = :person")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of something that one of the two said.

    ``row``: the match as it is now, None where there is none. ``reason``: "" it was taken as it
    was meant; else nothing was changed: "not_yours" it is about others, "too_late" the match has
    gone on or ended, "already" they had said so.
    """

    row: MatchRow | None
    reason: str = ""


def move(
    tx: Transaction,
    row: MatchRow,
    what: str,
    who: str,
    now: datetime,
    blueprint: Blueprint,
    *,
    values: dict[str, Any] | None = None,
    variant: str | None = None,
    reason: str | None = None,
    step: Step | None = None,
) -> MatchRow:
    """Take a match on because ``what`` (outreach.mentoring.course) happened by ``who``'s doing.

    ``values``: columns to set besides; ``variant``: of "match_ended", where it is not the usual
    one; ``reason``: why it ended, for staff. Raises WrongState where that cannot happen.
    """
    step = step or course.after(row.state, what, who)
    if step is None:
        raise WrongState(why("match_gone_on", match=str(row.id)))
    if step.following and row.request_id is not None:
        _hold(tx, row, row.request_id)
    by = course.CLOCK if what in course.BY_ITSELF else who
    changed = {**(values or {}), **_stamps(tx, row, step, by, now, blueprint, reason)}
    told = [tell for tell in step.tells if not tell.heard or heard(tx, row, tell.to)]
    matches.update(tx, row.id, changed)
    matches.log(tx, row.id, what, by, now, reason or (who if by != who else ""))
    moved = matches.by_ids(tx, [row.id])[row.id]
    _request(tx, moved, step, now, blueprint, reason or what)
    if step.on_break and moved.mentor_id is not None:
        put_on_break(tx, moved.mentor_id, now, blueprint)
    plans.schedule(tx, moved, now, blueprint)
    for tell in told:
        _tell(tx, moved, tell, now, variant or _variant(what))
    if step.following:
        _follow(tx, replace(moved, alternatives=row.alternatives), now, blueprint)
    return moved


def _hold(tx: Transaction, row: MatchRow, request: int) -> None:
    """The request and the offers that may be needed: in the order in which everybody holds them,
    so that nobody waits in a circle."""
    people = [mentor for mentor, _ in row.alternatives]
    pool.hold(tx, [request], people if row.mentor_id is None else [row.mentor_id, *people])


def _follow(tx: Transaction, row: MatchRow, now: datetime, blueprint: Blueprint) -> None:
    """Ask the next best at once. Staff saw them when they approved: ``row`` still knows who they
    are, although what is stored has forgotten them."""
    found = following.next_best(tx, row, now, blueprint)
    if found is not None:
        move(tx, found, course.APPROVE, course.CLOCK, now, blueprint)


def _stamps(
    tx: Transaction,
    row: MatchRow,
    step: Step,
    who: str,
    now: datetime,
    blueprint: Blueprint,
    reason: str | None,
) -> dict[str, Any]:
    """What a row gets with its new state."""
    values: dict[str, Any] = {"state": step.state}
    asked = course.asked(step.state)
    if asked is not None:
        values[f"{asked}_asked_at"] = now
        values["deadline"] = deadline(tx, row.person(asked), now, blueprint)
        if asked == course.MENTOR and row.approved_at is None:
            values["approved_at"] = now
        return values
    values |= {"deadline": None, "alternatives": ()}
    if step.state == "introduced":
        values["introduced_at"] = now
    elif step.state != "met":
        values |= {"ended_at": now, "ended_by": who, "reason": reason}
        values |= dict.fromkeys(("suggested_at", "suggested_by", "meeting_at"))
    return values


def put_on_break(tx: Transaction, mentor: int, now: datetime, blueprint: Blueprint) -> None:
    """Somebody who fell silent gets no new pairs for a while; a longer break stays."""
    offer = offers.locked(tx, mentor)
    until = now.date() + timedelta(days=blueprint.mentoring.break_days)
    if offer is not None and (offer.break_until is None or offer.break_until < until):
        values = {"break_until": until, "break_reason": "silent", "updated_at": now}
        offers.update(tx, mentor, values)


def deadline(tx: Transaction, person: int | None, now: datetime, blueprint: Blueprint) -> datetime:
    """Until when somebody who is asked now can answer: so many days from when it is decent to
    ask them."""
    row = tx.run(_WHERE, person=person).fetchone()
    name, organisation = row or (None, None)
    there = hours.zone(name or "") or hours.known(blueprint.zone(organisation))
    outreach = blueprint.outreach
    told = hours.next_decent(now, there, outreach.day_begins, outreach.day_ends)
    return told + timedelta(days=blueprint.mentoring.answer_days)


def heard(tx: Transaction, row: MatchRow, side: str) -> bool:
    """Whether somebody was asked about this match, as far as we know."""
    person = row.person(side)
    told = telling.told(tx, row.id, person, ASK[side]) if person is not None else None
    return told is not None and told.state in HEARD


def silent(row: MatchRow, side: str) -> bool:
    """Whether somebody has said nothing about the pair since they were introduced."""
    seen = row.mentor_seen_at if side == course.MENTOR else row.mentee_seen_at
    return seen is None or row.introduced_at is None or seen <= row.introduced_at


def _variant(what: str) -> str:
    return course.end_of(what) if what in course.WHY else ""


def _tell(tx: Transaction, row: MatchRow, tell: Tell, now: datetime, ended: str) -> None:
    variant = ended if tell.variant is None else tell.variant
    question = tell.kind in ASK.values()
    plans.tell(
        tx, row, row.person(tell.to), tell.kind, now, variant,
        expires_at=row.deadline if question else None,
    )  # fmt: skip


def _request(
    tx: Transaction, row: MatchRow, step: Step, now: datetime, blueprint: Blueprint, why: str
) -> None:
    """What becomes of the request."""
    if step.request == course.STAYS:
        return
    request = requests.locked(tx, row.request_id)
    if request is None or request.status == "closed":
        return
    values: dict[str, Any] = {"updated_at": now}
    if step.request == course.CLOSED:
        values |= {"status": "closed", "closed_at": now, "reason": why, "ahead": 0}
    elif step.request == course.MATCHED:
        values |= {"status": "matched", "passed_over": 0, "ahead": 0}
    else:
        values |= opening(request, now, ahead=step.request == course.AHEAD)
    requests.update(tx, request.id, values)
    changed = requests.by_ids(tx, [request.id])[request.id]
    plans.schedule_request(tx, changed, now, blueprint)


def opening(request: RequestRow, now: datetime, *, ahead: bool) -> dict[str, Any]:
    """A request waits on; one that was matched begins to wait anew."""
    values: dict[str, Any] = {"status": "open"}
    if ahead:
        values["ahead"] = 1
    if request.status != "open":
        values |= {"waiting_since": now, "closed_at": None, "reason": None}
    return values
