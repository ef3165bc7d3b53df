"""A round stored: slice by slice, each pair looked at again in the transaction that stores it."""

from __future__ import annotations

import time as stopwatch
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from blueprints.schema import Blueprint
from outreach.clock import Done, Further
from outreach.mentoring import course, moving
from outreach.mentoring.following import choose, propose, reasons
from outreach.mentoring.pool import read_pool
from outreach.mentoring.proposals import Plan, Proposal
from storage.mentoring import pool as rows
from storage.mentoring import rounds
from storage.transaction import Transaction

RHYTHM, STAFF = "rhythm", "staff"

SLICE_SECONDS = 0.02  # after so long no further pairs are begun
STRETCH = 20  # pairs that are looked at again together …
ASKED_STRETCH = 8  # … and where their mentors are asked, too


@dataclass(frozen=True, slots=True)
class Order:
    """A round to be made: of whose requests (None: everybody's), why (``trigger`` RHYTHM or
    STAFF), by whom, and whether mentors are asked without staff's approval."""

    organisation: str | None
    trigger: str
    unattended: bool
    staff: int | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """How far the storing of a round has got: its number, how many proposals were looked at,
    and which of these could not be made any more."""

    round: int
    at: int = 0
    failed: tuple[int, ...] = ()


def store_slice(
    tx: Transaction,
    plan: Plan,
    stored: Stored | None,
    order: Order,
    now: datetime,
    blueprint: Blueprint,
) -> Further | Done:
    """Store some of a plan's proposals; repeat with the state it gives. With the last slice
    those who were left out are noted. On PostgreSQL a slice holds one stretch of people."""
    stored = stored or Stored(begin(tx, plan, order, now))
    until = stopwatch.perf_counter() + SLICE_SECONDS
    while stored.at < len(plan.proposals):
        upto = stored.at + (ASKED_STRETCH if order.unattended else STRETCH)
        stretch = plan.proposals[stored.at : upto]
        failed = _store(tx, stretch, stored.round, order, now, blueprint)
        stored = Stored(stored.round, min(upto, len(plan.proposals)), (*stored.failed, *failed))
        if tx.dialect != "sqlite" or stopwatch.perf_counter() >= until:
            return Further(stored)
    rounds.passed_over(tx, [*(each.request for each in plan.left_out), *stored.failed])
    return Done()


def begin(tx: Transaction, plan: Plan, order: Order, now: datetime) -> int:
    return rounds.insert(
        tx,
        {
            "organisation": order.organisation, "trigger": order.trigger,
            "unattended": int(order.unattended), "requests": plan.requests, "places": plan.places,
            "bound": plan.bound, "created_by": order.staff, "created_at": now,
        },
    )  # fmt: skip


def _store(
    tx: Transaction,
    proposals: Sequence[Proposal],
    round_id: int,
    order: Order,
    now: datetime,
    blueprint: Blueprint,
) -> list[int]:
    """Store these, or the next best where one cannot be made any more; the requests for which
    there is nobody now."""
    requests = [each.seeker.request for each in proposals]
    people = {mentor for each in proposals for mentor, _ in each.ranking}
    # All at once and in order: whoever takes one after the other meets others half-way.
    rows.hold(tx, requests, people)
    pool = read_pool(tx, None, now, blueprint, None, requests, people).pool
    seekers = {each.request: each for each in pool.seekers}
    places = {each.person: each.places for each in pool.mentors}
    failed, served, score = [], [], 0
    for proposal in proposals:
        request = proposal.seeker.request
        found = choose(seekers.get(request), proposal.ranking, pool, places)
        if found is None:
            failed.append(request)
            continue
        if found.mentor.person == proposal.mentor.person:
            found = replace(found, reasons=proposal.reasons)
        else:
            found = replace(found, reasons=reasons(found.seeker, found.mentor, now, blueprint))
        row = propose(tx, found, now, course.CLOCK, round_id)
        places[found.mentor.person] -= 1
        served.append(request)
        score += found.score
        if order.unattended:
            moving.move(tx, row, course.APPROVE, course.CLOCK, now, blueprint)
    rounds.served(tx, served)
    rounds.proposed(tx, round_id, len(served), score)
    return failed
