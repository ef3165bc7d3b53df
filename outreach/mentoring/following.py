"""A pair put down as a proposal, and who is asked when a mentor could not: the next best at once.

Whoever gives a place away holds the request and the mentor's offer first, and reads both again:
much may have happened since the round was made.
"""

from __future__ import annotations

import secrets
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from blueprints.schema import Blueprint
from outreach.mentoring import course, points, week
from outreach.mentoring.model import Mentor, Pool, Reason, Seeker
from outreach.mentoring.pool import read_pool, today
from outreach.mentoring.proposals import Proposal
from storage.mentoring import matches
from storage.mentoring import pool as rows
from storage.mentoring.matches import MatchRow
from storage.transaction import Transaction


def next_best(
    tx: Transaction, row: MatchRow, now: datetime, blueprint: Blueprint
) -> MatchRow | None:
    """Propose the first of a match's alternatives who still can, after it came to nothing; the
    new match, for the caller to have the mentor asked, or None where nobody is left: then the
    request waits for a round. ``row`` still has its alternatives; stored, it is no live match any
    more. Who has a question to answer already is not asked a second one, but may be next best
    still."""
    busy = rows.being_asked(tx, [mentor for mentor, _ in row.alternatives])
    ranking = [each for each in row.alternatives if each[0] not in busy]
    found = first_feasible(tx, row.request_id, ranking, now, blueprint)
    if found is not None:
        waiting = tuple(each for each in row.alternatives if each[0] in busy)
        found = replace(found, alternatives=(*found.alternatives, *waiting))
    return None if found is None else propose(tx, found, now, course.CLOCK, row.round_id)


def first_feasible(
    tx: Transaction,
    request: int | None,
    ranking: Sequence[tuple[int, int]],
    now: datetime,
    blueprint: Blueprint,
    *,
    asked: bool = False,
    silent: bool = False,
) -> Proposal | None:
    """The first of the (mentor, score) whom this request may be proposed to now, those behind as
    alternatives; None where there is none, or the request is not open. Holds them. ``asked``: also
    where the request has a live match, which is about to end; ``silent``: also mentors who lately
    did not answer."""
    if request is None or not ranking:
        return None
    people = [mentor for mentor, _ in ranking]
    rows.hold(tx, [request], people)
    pool = read_pool(
        tx, None, now, blueprint, None, [request], people, asked=asked, silent=silent
    ).pool
    places = {each.person: each.places for each in pool.mentors}
    seeker = pool.seekers[0] if pool.seekers else None
    found = choose(seeker, ranking, pool, places)
    if found is None:
        return None
    return replace(found, reasons=reasons(found.seeker, found.mentor, now, blueprint))


def choose(
    seeker: Seeker | None,
    ranking: Sequence[tuple[int, int]],
    pool: Pool,
    places: Mapping[int, int],
) -> Proposal | None:
    """The first of the (mentor, score) in ``pool`` who has ``places`` left and may be proposed to
    ``seeker``, those behind as alternatives; why they fit is not said yet. None: nobody."""
    if seeker is None:
        return None
    mentors = {each.person: each for each in pool.mentors}
    for at, (person, score) in enumerate(ranking):
        mentor = mentors.get(person)
        if mentor is not None and places[person] > 0 and may(seeker, mentor, pool.barred):
            return Proposal(seeker, mentor, score, (), tuple(ranking[at + 1 :]))
    return None


def ranked(
    tx: Transaction,
    request: int,
    now: datetime,
    blueprint: Blueprint,
    limit: int,
    without: Container[int] = (),
    only: Iterable[int] | None = None,
) -> list[tuple[int, int]]:
    """The (mentor, score) who suit an open request best of all who have a place now, ``without``
    these; also where it has a live match. Looks at every mentor, or ``only`` at these (then
    whether they answered lately or not)."""
    silent = only is not None
    pool = read_pool(
        tx, None, now, blueprint, None, [request], only, asked=True, silent=silent
    ).pool
    if not pool.seekers:
        return []
    (seeker,) = pool.seekers
    found = [
        (worth(seeker, mentor, now, blueprint), mentor.person)
        for mentor in pool.mentors
        if mentor.person not in without and may(seeker, mentor, pool.barred)
    ]
    found.sort(key=lambda each: (-each[0], each[1]))
    return [(person, score) for score, person in found[:limit]]


def may(seeker: Seeker, mentor: Mentor, barred: Container[tuple[int, int]]) -> bool:
    """Whether they may be proposed to each other; ``barred`` as in a Pool."""
    return points.allowed(seeker, mentor) and (seeker.person, mentor.person) not in barred


def reasons(
    seeker: Seeker, mentor: Mentor, now: datetime, blueprint: Blueprint
) -> tuple[Reason, ...]:
    """Why these two fit."""
    here, there = _hours(seeker, mentor, now, blueprint)
    return points.reasons(seeker, mentor, week.overlap(here, there), blueprint.mentoring)


def worth(seeker: Seeker, mentor: Mentor, now: datetime, blueprint: Blueprint) -> int:
    """The score of these two alone (as outreach.mentoring.scoring has it for whole rounds)."""
    mentoring = blueprint.mentoring
    here, there = _hours(seeker, mentor, now, blueprint)
    return (
        1
        + points.skills(points.wanted(seeker, mentoring), mentor, mentoring)
        + points.field(seeker.field, mentor.field, mentoring)
        + points.mode(seeker.mode, mentor.mode, mentoring)
        + points.hours(week.overlap(here, there), bool(here and there), mentoring)
        + points.turns([seeker], mentoring)[0]
    )


def _hours(seeker: Seeker, mentor: Mentor, now: datetime, blueprint: Blueprint) -> tuple[int, int]:
    day = today(now, blueprint)
    return (
        week.free(seeker.hours, seeker.timezone, day),
        week.free(mentor.hours, mentor.timezone, day),
    )


def propose(
    tx: Transaction, proposal: Proposal, now: datetime, who: str, round_id: int | None = None
) -> MatchRow:
    """Store a proposal, by the doing of ``who`` ("staff", "clock"). The caller has made sure that
    it may be made. Raises the driver's IntegrityError where the request has a live match."""
    seeker, mentor = proposal.seeker, proposal.mentor
    values = {
        "round_id": round_id,
        "request_id": seeker.request,
        "mentee_id": seeker.person,
        "mentor_id": mentor.person,
        "organisation": seeker.organisation,
        "mentor_organisation": mentor.organisation,
        "score": proposal.score,
        "reasons": tuple((each.key, each.values) for each in proposal.reasons),
        "alternatives": proposal.alternatives,
        "created_at": now,
        "uid": f"{secrets.token_hex(12)}@domov",  # the calendar's name for it, for ever
    }
    number = matches.insert(tx, values)
    matches.log(tx, number, "proposed", who, now)
    return matches.by_ids(tx, [number])[number]
