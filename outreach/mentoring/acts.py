"""What staff do with proposals and pairs: approve, swap, forbid, close.

Whose mentee it is decides: staff of the mentee's organisation act, those of the mentor's look on.
Everything that may stand in the way is looked at before anything is changed. What was done is in
the staff's log, about "match:12".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from blueprints.schema import Blueprint
from outreach import staff
from outreach.errors import NotFound, WrongState
from outreach.mentoring import course, following, life, offers
from outreach.mentoring.pool import today
from outreach.mentoring.proposals import Proposal
from outreach.staff import COORDINATOR, Actor
from outreach.told import Told, why
from storage.mentoring import blocks, lists, matches
from storage.mentoring import pool as rows
from storage.mentoring.matches import MatchRow
from storage.mentoring.pool import Who
from storage.states import LIVE_MATCHES
from storage.transaction import Transaction

SWAPPED = "swapped"
BEFORE = ("proposed", "asked_mentor", "asked_mentee")


def approve(
    tx: Transaction,
    ids: Iterable[int],
    actor: Actor,
    now: datetime,
    blueprint: Blueprint,
    *,
    skip: bool = False,
) -> list[MatchRow]:
    """Have the mentors of these proposals asked; the matches as they are then. ``skip``: what
    cannot be approved any more is left out. Raises NotFound, NotAllowed, WrongState."""
    approved = []
    for number in ids:
        row = _held(tx, number, actor)
        problem = _in_the_way(tx, row, now, blueprint)
        if problem is not None:
            if skip:
                continue
            raise WrongState(problem)
        moved = life.approve(tx, row, now, blueprint)
        assert moved is not None  # noqa: S101 - it is held, and proposed
        _log(tx, actor, "match.approve", now, row, people=2)
        approved.append(moved)
    return approved


def _in_the_way(tx: Transaction, row: MatchRow, now: datetime, blueprint: Blueprint) -> Told | None:
    """Why the mentor of a match is not to be asked now; None: nothing stands against it."""
    match = str(row.id)
    if row.state != "proposed":
        return why("match_not_proposed", match=match)
    if row.mentor_id is None or row.mentee_id is None:
        return why("match_mentor_away", match=match)
    if not rows.mentors(tx, Who(today(now, blueprint)), [row.mentor_id]):
        return why("match_mentor_away", match=match)
    if blocks.between(tx, row.mentee_id, row.mentor_id):
        return why("match_forbidden", match=match)
    return None


def swap(
    tx: Transaction,
    match: int,
    actor: Actor,
    now: datetime,
    blueprint: Blueprint,
    mentor: int | None = None,
) -> MatchRow:
    """Propose ``mentor`` (None: the next best) instead; the new proposal. Raises NotFound,
    NotAllowed, WrongState (also where there is nobody else: the proposal stands)."""
    row = _held(tx, match, actor)
    if row.state != "proposed" or row.request_id is None:
        raise WrongState(why("match_not_proposed", match=str(match)))
    earlier = [
        each.mentor_id for each in matches.of_request(tx, row.request_id)
        if each.round_id == row.round_id and each.mentor_id is not None
    ]  # fmt: skip
    if mentor is None:
        found = _next(tx, row, earlier, now, blueprint)
    else:
        ranking = following.ranked(tx, row.request_id, now, blueprint, 1, only=[mentor])
        rest = tuple(each for each in row.alternatives if each[0] != mentor)
        found = following.first_feasible(
            tx,
            row.request_id,
            (*ranking, *rest) if ranking else (),
            now,
            blueprint,
            asked=True,
            silent=True,
        )
    if found is None or (mentor is not None and found.mentor.person != mentor):
        if mentor is None:
            raise WrongState(why("match_nobody_else", match=str(match)))
        raise WrongState(why("match_mentor_cannot", match=str(match), mentor=str(mentor)))
    life.drop(tx, row, now, blueprint, SWAPPED)
    new = following.propose(tx, found, now, course.STAFF, row.round_id)
    _log(tx, actor, "match.swap", now, row, people=3, detail={"new": new.id})
    return new


def _next(
    tx: Transaction, row: MatchRow, earlier: Iterable[int], now: datetime, blueprint: Blueprint
) -> Proposal | None:
    """The next best: of those that the round found, else of all mentors."""
    request = row.request_id
    if request is None:
        return None
    found = following.first_feasible(tx, request, row.alternatives, now, blueprint, asked=True)
    if found is None:
        count = blueprint.mentoring.alternatives + 1
        ranking = following.ranked(tx, request, now, blueprint, count, without=frozenset(earlier))
        found = following.first_feasible(tx, request, ranking, now, blueprint, asked=True)
    return found


def forbid(
    tx: Transaction,
    match: int | tuple[int, int],
    actor: Actor,
    now: datetime,
    blueprint: Blueprint,
) -> MatchRow | None:
    """Never propose these two (of a match, or mentee and mentor) to each other again; what there
    is between them ends. Gives the next best of a proposal (to be approved), or of a question
    (asked at once); None: there is none, or they had been introduced. Raises NotFound,
    NotAllowed, WrongState."""
    if isinstance(match, tuple):
        return _forbid_pair(tx, *match, actor, now, blueprint)
    row = _held(tx, match, actor)
    if row.mentee_id is None or row.mentor_id is None:
        raise WrongState(why("match_gone", match=str(match)))
    offers.block(tx, row.mentee_id, row.mentor_id, now, blueprint, offers.STAFF)
    new = None
    if row.state in BEFORE:
        found = following.first_feasible(tx, row.request_id, row.alternatives, now, blueprint)
        if found is not None:
            new = following.propose(tx, found, now, course.STAFF, row.round_id)
        if new is not None and row.state != "proposed":
            new = life.approve(tx, new, now, blueprint, course.CLOCK)
    detail = {} if new is None else {"new": new.id}
    _log(tx, actor, "match.forbid", now, row, people=2, detail=detail)
    return new


def _forbid_pair(
    tx: Transaction,
    mentee: int,
    mentor: int,
    actor: Actor,
    now: datetime,
    blueprint: Blueprint,
) -> MatchRow | None:
    """Staff of the mentee's organisation may."""
    known = lists.names(tx, [mentee, mentor])
    for person in (mentee, mentor):
        if person not in known:
            raise NotFound(why("no_person", person=str(person)))
    own = known[mentee].organisation
    staff.require(actor, own, COORDINATOR)
    for row in matches.of_person(tx, mentee, LIVE_MATCHES):
        if row.mentor_id == mentor:
            return forbid(tx, row.id, actor, now, blueprint)
    offers.block(tx, mentee, mentor, now, blueprint, offers.STAFF)
    staff.log(
        tx, actor, "match.forbid", now, organisation=own, subject=f"person:{mentee}", people=2,
        detail={"mentor": mentor},
    )  # fmt: skip
    return None


def allow(tx: Transaction, pair: tuple[int, int], actor: Actor, now: datetime) -> bool:
    """Take back what staff forbade; whether there was anything. What one of the two asked for
    themselves stands. Staff of the first one's organisation may. Raises NotFound, NotAllowed."""
    one, other = pair
    known = lists.names(tx, pair)
    for person in pair:
        if person not in known:
            raise NotFound(why("no_person", person=str(person)))
    own = known[one].organisation
    staff.require(actor, own, COORDINATOR)
    removed = [offers.unblock(tx, *each, offers.STAFF) for each in ((one, other), (other, one))]
    if any(removed):
        staff.log(
            tx, actor, "match.allow", now, organisation=own, subject=f"person:{one}", people=2,
            detail={"mentor": other},
        )  # fmt: skip
    return any(removed)


def close(
    tx: Transaction,
    match: int,
    reason: str,
    actor: Actor,
    now: datetime,
    blueprint: Blueprint,
    *,
    reopen: bool = False,
) -> MatchRow:
    """End what there is between the two; who knows of it is told kindly. ``reason``: a key, for
    staff; ``reopen``: the request of two who were introduced waits again. Raises NotFound,
    NotAllowed, WrongState."""
    row = _held(tx, match, actor)
    closed = life.close(tx, row, now, blueprint, reason, reopen=reopen)
    if closed is None:
        raise WrongState(why("match_over", match=str(match)))
    _log(tx, actor, "match.close", now, row, people=2, detail={"reason": reason})
    return closed


def _held(tx: Transaction, match: int, actor: Actor) -> MatchRow:
    """The match, for this transaction alone, if ``actor`` may change it."""
    row = matches.locked(tx, match)
    if row is None:
        raise NotFound(why("no_match", match=str(match)))
    staff.require(actor, row.organisation, COORDINATOR)
    return row


def _log(
    tx: Transaction,
    actor: Actor,
    action: str,
    now: datetime,
    row: MatchRow,
    *,
    people: int,
    detail: Mapping[str, object] | None = None,
) -> None:
    staff.log(
        tx, actor, action, now, organisation=row.organisation, subject=f"match:{row.id}",
        people=people, detail=detail,
    )  # fmt: skip
