"""Stopping: at any time, with one tap; why, only staff see."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from blueprints.schema import Blueprint
from outreach.mentoring import course, moving, plans
from outreach.mentoring.course import MENTEE, MENTOR
from outreach.mentoring.moving import Outcome, move
from storage import living
from storage.mentoring import matches, requests
from storage.mentoring.matches import MatchRow
from storage.transaction import Transaction

NOTE_LIMIT = 500
SILENT = "silent"
"""The reason that the other never answered."""


def stop(
    tx: Transaction,
    match: int,
    person: int,
    now: datetime,
    blueprint: Blueprint,
    reason: str | None = None,
) -> Outcome:
    """One of the two does not want (to go on); the other is told kindly. The request of a mentee
    who stops is closed, that of one who is left waits at the head of the next round. A proposal
    that somebody is asked about is declined by it."""
    return _stopped(tx, match, person, now, blueprint, reason, "")


def new_match(
    tx: Transaction,
    match: int,
    person: int,
    now: datetime,
    blueprint: Blueprint,
    reason: str | None = None,
) -> Outcome:
    """A mentee wants another mentor: this pair is stopped where it goes on, and the request waits
    again, at the head of the next round where they never met. Also later: a request that was closed
    is opened again. ``reason`` "already": it is open. A mentor just stops: others come by
    themselves."""
    row = matches.locked(tx, match)
    if row is None or row.side(person) is None:
        return Outcome(None, "not_yours")
    if row.live or row.side(person) == MENTOR:
        return _stopped(
            tx, match, person, now, blueprint, reason,
            course.WAITS if row.meetings else course.AHEAD,
        )  # fmt: skip
    return _reopen(tx, row, person, now, blueprint)


def because(
    tx: Transaction,
    match: int,
    person: int,
    reason: str,
    note: str | None,
    now: datetime,
    blueprint: Blueprint,
) -> Outcome:
    """Why they said no, or stopped: for staff only. Also after the end."""
    row = matches.locked(tx, match)
    side = row.side(person) if row is not None else None
    if row is None or side is None:
        return Outcome(None, "not_yours")
    if row.ended_by != side:
        return Outcome(row, "too_late")
    kept = (note or "").strip()[:NOTE_LIMIT] or row.note
    matches.update(tx, row.id, {"reason": reason, "note": kept})
    matches.log(tx, row.id, "because", side, now, reason)
    _spare(tx, row, side, reason, now, blueprint)
    return Outcome(matches.one(tx, row.id))


def _stopped(
    tx: Transaction,
    match: int,
    person: int,
    now: datetime,
    blueprint: Blueprint,
    reason: str | None,
    request: str,
) -> Outcome:
    """``request``: what becomes of it where a mentee stops; "" what usually does."""
    row = matches.locked(tx, match)
    side = row.side(person) if row is not None else None
    if row is None or side is None:
        return Outcome(None, "not_yours")
    if not row.live:
        return Outcome(row, "already" if row.ended_by == side else "too_late")
    what = _what(row, side)
    step = course.after(row.state, what, side)
    if step is not None and side == MENTEE and what != course.NO:
        step = replace(step, request=request or course.CLOSED)
    values = {f"{side}_seen_at": now}
    ended = move(
        tx, row, what, side, now, blueprint, values=values, variant="stopped", reason=reason,
        step=step,
    )  # fmt: skip
    _spare(tx, ended, side, reason, now, blueprint)
    return Outcome(ended)


def _what(row: MatchRow, side: str) -> str:
    """What stopping means where the match stands."""
    if row.introduced_at is not None:
        return course.STOP
    return course.NO if course.asked(row.state) == side else course.LEAVE


def _spare(
    tx: Transaction, row: MatchRow, side: str, reason: str | None, now: datetime,
    blueprint: Blueprint,
) -> None:  # fmt: skip
    """A mentor of whom nothing was heard gets a break rather than blame."""
    if side != MENTEE or reason != SILENT or row.mentor_id is None or row.introduced_at is None:
        return
    if moving.silent(row, MENTOR):
        moving.put_on_break(tx, row.mentor_id, now, blueprint)
        plans.tell(tx, row, row.mentor_id, plans.MENTOR_BREAK, now)


def _reopen(
    tx: Transaction, row: MatchRow, person: int, now: datetime, blueprint: Blueprint
) -> Outcome:
    """The request of a match that is over waits again."""
    request = requests.locked(tx, row.request_id)
    if request is None or request.person_id != person:
        return Outcome(row, "too_late")
    if request.status != "closed":
        return Outcome(row, "already")
    if requests.current(tx, person) is not None:
        return Outcome(row, "already")  # they have asked anew since
    if not living.consents(tx, person).get("mentoring"):
        return Outcome(row, "too_late")  # whoever asks again is asked for it again
    ahead = row.introduced_at is not None and row.meetings == 0
    values = {**moving.opening(request, now, ahead=ahead), "updated_at": now}
    requests.update(tx, request.id, {**values, "passed_over": 0})
    matches.log(tx, row.id, "new", MENTEE, now)
    plans.schedule_request(tx, requests.by_ids(tx, [request.id])[request.id], now, blueprint)
    return Outcome(row)
