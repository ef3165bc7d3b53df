"""A match's life: asked, answered, introduced, ended. All of it in the caller's transaction, while
the match is held, so that two people who press at the same moment are heard one after the other.

What happens is decided in :mod:`outreach.mentoring.course`; what two who were introduced tell us
(times, meetings, how it goes) is taken in :mod:`outreach.mentoring.together`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from blueprints.schema import Blueprint
from outreach.mentoring import course, moving, plans
from outreach.mentoring.course import CLOCK, MENTEE, MENTOR, STAFF
from outreach.mentoring.ending import because, new_match, stop
from outreach.mentoring.moving import Outcome, move
from outreach.mentoring.together import (
    accept_time,
    checked,
    dated,
    finish,
    go_on,
    met,
    not_met,
    remind_other,
    seen,
    suggest,
)
from storage.mentoring import matches, telling
from storage.mentoring.matches import MatchRow
from storage.statements import sql
from storage.transaction import Transaction

# A pair is looked after from one place.
__all__ = [
    "Outcome",
    "accept_time",
    "answer",
    "approve",
    "because",
    "checked",
    "close",
    "dated",
    "drop",
    "finish",
    "go_on",
    "lapse",
    "met",
    "new_match",
    "not_met",
    "quiet",
    "remind_other",
    "seen",
    "stop",
    "suggest",
    "withdraw",
]

LAPSES = 3  # questions that a mentor lets lapse in a row; then there are none for a while
UNHEARD = "unheard"
"""Why a proposal lapsed that its reader never got."""

_PAUSED = sql("SELECT status FROM person WHERE id = :person AND status <> 'active'")


# ---- staff ----


def approve(
    tx: Transaction, match: MatchRow | int, now: datetime, blueprint: Blueprint, who: str = STAFF
) -> MatchRow | None:
    """Ask the mentor of a proposal. None: there is none such any more."""
    row = _held(tx, match)
    if row is None or row.state != "proposed":
        return None
    return move(tx, row, course.APPROVE, who, now, blueprint)


def drop(
    tx: Transaction,
    match: MatchRow | int,
    now: datetime,
    blueprint: Blueprint,
    reason: str | None = None,
) -> MatchRow | None:
    """Take a proposal back; nobody knows of it. None: there is none such any more."""
    row = _held(tx, match)
    if row is None or row.state != "proposed":
        return None
    return move(tx, row, course.DROP, STAFF, now, blueprint, reason=reason)


def close(
    tx: Transaction,
    match: MatchRow | int,
    now: datetime,
    blueprint: Blueprint,
    reason: str | None = None,
    *,
    reopen: bool = False,
) -> MatchRow | None:
    """End whatever there is between the two; who knows of it is told. The request of a pair that
    was introduced is closed with it, unless ``reopen``; any other waits on. None: there is nothing
    to end."""
    row = _held(tx, match)
    step = course.after(row.state, course.CLOSE, STAFF) if row is not None else None
    if row is None or step is None:
        return None
    if reopen:
        step = replace(step, request=course.WAITS)
    return move(tx, row, course.CLOSE, STAFF, now, blueprint, reason=reason, step=step)


def withdraw(
    tx: Transaction,
    match: MatchRow | int,
    who: str,
    now: datetime,
    blueprint: Blueprint,
    reason: str | None = None,
    variant: str | None = None,
) -> MatchRow | None:
    """One side ("mentor", "mentee") is not there any more: a request, an offer, a consent or a
    person went. The other is told with ``variant`` of "match_ended" ("gone" unless said). The
    caller closes the request of a mentee who left. None: there was nothing to withdraw."""
    row = _held(tx, match)
    if row is None or course.after(row.state, course.LEAVE, who) is None:
        return None
    return move(tx, row, course.LEAVE, who, now, blueprint, reason=reason, variant=variant)


def _held(tx: Transaction, match: MatchRow | int) -> MatchRow | None:
    return matches.locked(tx, match if isinstance(match, int) else match.id)


# ---- yes and no ----


def answer(
    tx: Transaction,
    match: int,
    person: int,
    yes: bool,
    now: datetime,
    blueprint: Blueprint,
    contacts: Iterable[str] = (),
    reason: str | None = None,
) -> Outcome:
    """Take what somebody who is asked says. ``contacts``: the kinds that the other may see
    ("email", "linkedin", "chat"); ``reason``: why not, for staff.

    An answer after the deadline is taken as long as nobody else was asked.
    """
    row = matches.locked(tx, match)
    side = row.side(person) if row is not None else None
    if row is None or side is None:
        return Outcome(None, "not_yours")
    if course.asked(row.state) == side:
        return Outcome(_answered(tx, row, side, yes, now, blueprint, tuple(contacts), reason))
    said = row.mentor_said_at if side == MENTOR else row.mentee_said_at
    if said is not None and not yes and row.state == "asked_mentee":
        # The mentor has thought better of it.
        values = {"mentor_seen_at": now}
        left = move(
            tx, row, course.LEAVE, MENTOR, now, blueprint, values=values, reason=reason,
            variant="stopped",
        )  # fmt: skip
        return Outcome(left)
    if yes and said is not None and row.live:
        return Outcome(row, "already")
    if not yes and row.state == "declined" and row.ended_by == side:
        return Outcome(row, "already")
    return Outcome(row, "too_late")


def _answered(
    tx: Transaction,
    row: MatchRow,
    side: str,
    yes: bool,
    now: datetime,
    blueprint: Blueprint,
    contacts: tuple[str, ...],
    reason: str | None,
) -> MatchRow:
    values: dict[str, Any] = {f"{side}_said_at": now, f"{side}_seen_at": now}
    if yes:
        values[f"{side}_contact"] = contacts
    what = course.YES if yes else course.NO
    return move(tx, row, what, side, now, blueprint, values=values, reason=reason)


# ---- the clock ----


def lapse(
    tx: Transaction, match: MatchRow | int, now: datetime, blueprint: Blueprint
) -> MatchRow | None:
    """The time to answer is over. Who has not heard the question (the bot was down) is asked once
    more; a mentee who let it lapse before is left in peace, a mentor after three of them gets a
    break. None: nothing is due."""
    row = _held(tx, match)
    side = course.asked(row.state) if row is not None else None
    if row is None or side is None or (row.deadline is not None and row.deadline > now):
        return None
    heard = moving.heard(tx, row, side)
    if not heard and _ask_again(tx, row, side, now, blueprint):
        return matches.by_ids(tx, [row.id])[row.id]
    who = side if heard and _too_often(tx, row, side) else CLOCK
    step = course.after(row.state, course.LAPSE, who)
    if step is not None and side == MENTEE and not heard:
        # Another mentor would wait for them as much in vain.
        step = replace(step, following=False)
    reason = None if heard else UNHEARD
    return move(tx, row, course.LAPSE, who, now, blueprint, reason=reason, step=step)


def _ask_again(
    tx: Transaction, row: MatchRow, side: str, now: datetime, blueprint: Blueprint
) -> bool:
    """Whether it is worth it, and then done."""
    person = row.person(side)
    if person is None or tx.run(_PAUSED, person=person).fetchone() is not None:
        return False
    if any(each.what == "again" and each.who == side for each in matches.history(tx, row.id)):
        return False
    kind = moving.ASK[side]
    told = telling.told(tx, row.id, person, kind)
    if told is not None and told.state not in ("queued", "held", "expired"):
        return False
    until = moving.deadline(tx, person, now, blueprint)
    matches.update(tx, row.id, {"deadline": until, f"{side}_asked_at": now})
    matches.log(tx, row.id, "again", side, now)
    plans.schedule(tx, matches.by_ids(tx, [row.id])[row.id], now, blueprint)
    if told is None:
        plans.tell(tx, row, person, kind, now, expires_at=until)
    else:
        telling.renew(tx, row.id, person, kind, now, until)
    return True


def _too_often(tx: Transaction, row: MatchRow, side: str) -> bool:
    """Whether whoever is asked has let questions lapse before, and is to be left in peace."""
    if side == MENTEE:
        return _lapsed_before(tx, row)
    return row.mentor_id is not None and matches.unanswered(tx, row.mentor_id) + 1 >= LAPSES


def _lapsed_before(tx: Transaction, row: MatchRow) -> bool:
    """Whether the mentee did not answer the last time either."""
    if row.request_id is None:
        return False
    earlier = [
        each for each in matches.of_request(tx, row.request_id)
        if each.id < row.id and each.mentee_asked_at is not None and each.reason != UNHEARD
    ]  # fmt: skip
    return bool(earlier) and earlier[-1].state == "lapsed"


def quiet(
    tx: Transaction, match: MatchRow | int, which: str, now: datetime, blueprint: Blueprint
) -> MatchRow | None:
    """A pair of which nothing was heard is let go. ``which``: "silent" (introduced, and one or
    both have said nothing since), "never" (introduced long ago and not met), "over" (met, and
    heard of for the last time long ago). None: there is no reason to.

    A mentor who said nothing gets a break, and the mentee goes to the head of the next round; a
    mentee who said nothing can ask again with one tap.
    """
    row = _held(tx, match)
    if row is None:
        return None
    what, who = _ends(row, which)
    if course.after(row.state, what, who) is None:
        return None
    return move(tx, row, what, who, now, blueprint, reason=None if which == "over" else what)


def _ends(row: MatchRow, which: str) -> tuple[str, str]:
    """What lets it go, and by whose silence."""
    mentor, mentee = moving.silent(row, MENTOR), moving.silent(row, MENTEE)
    if which == "over":
        return course.OVER, CLOCK
    if which == "never" and not (mentor or mentee):
        return course.NEVER, CLOCK
    if mentor and mentee:
        return course.SILENT, course.BOTH
    return course.SILENT, MENTOR if mentor else MENTEE if mentee else ""
