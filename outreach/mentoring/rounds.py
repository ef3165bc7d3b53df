"""Rounds: everybody who waits is given a mentor at once, as well as it can be done.

A round is read on a snapshot, thought about in no transaction (outreach.mentoring.proposals), and
written in slices of some hundredths of a second. What was read may be out of date by then: each
pair is looked at again in the transaction that stores it. A program that dies in between leaves
proposals that stand; the round is then made anew for whoever still waits.
"""

from __future__ import annotations

import time as stopwatch
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from blueprints.schema import Blueprint, Mentoring
from outreach import hours, staff
from outreach.clock import Again, Beside, Context, Done, Further, Handler, Outcome
from outreach.mentoring import offers, plans
from outreach.mentoring.pool import Everybody, read_pool, today
from outreach.mentoring.proposals import Plan, plan_round
from outreach.mentoring.storing import RHYTHM, STAFF, Order, Stored, begin, store_slice
from outreach.staff import COORDINATOR, Actor
from storage import tasks
from storage.connections import wants_again
from storage.database import Database
from storage.mentoring import rounds
from storage.mentoring.rounds import RoundRow
from storage.tasks import TaskRow
from storage.transaction import Transaction

ALL = "all"
ASKED = "staff:"
"""The variant of a round that staff asked for begins so."""

TRIES = 5  # of a slice that meets deadlocks: others give places away, too

# ---- by the clock ----


def ensure_rhythm(tx: Transaction, context: Context) -> None:
    """Have rounds made by the blueprint's rhythm, or no more where it has none. For the program's
    start; once more changes nothing."""
    about = subject(None)
    if not context.blueprint.mentoring.round_days:
        tasks.cancel(tx, about, context.now, plans.ROUND)
        return
    known = [each for each in tasks.of(tx, about, plans.ROUND) if each.variant == ""]
    if not any(each.state == "open" for each in known):
        tasks.plan(tx, plans.ROUND, about, _morning(context, 1), context.now)


def subject(organisation: str | None) -> str:
    """What the task of a round is about."""
    return f"round:{organisation or ALL}"


def ask_for(
    tx: Transaction,
    organisation: str | None,
    actor: Actor,
    now: datetime,
    *,
    unattended: bool = False,
) -> None:
    """Have the clock make a round at once. Raises NotAllowed."""
    staff.require(actor, organisation, COORDINATOR)
    who = "" if actor.staff is None else str(actor.staff)
    variant = f"{ASKED}{who}:{int(unattended)}:{int(now.timestamp())}"
    tasks.plan(tx, plans.ROUND, subject(organisation), now, now, variant=variant)
    staff.log(tx, actor, "match.round", now, organisation=organisation, subject="round")


def _round(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
    """A round that is due."""
    mentoring = context.blueprint.mentoring
    order = _ordered(task, mentoring.unattended)
    if order.trigger == RHYTHM and not mentoring.round_days:
        return Again(0, _morning(context, 1))  # a release whose rhythm it is may still run
    offers.ensure(tx, context.now, context.blueprint)
    day = today(context.now, context.blueprint)
    return Beside(
        partial(_look, order=order, context=context),
        partial(_think, mentoring=mentoring, day=day),
        partial(_then, order=order, context=context),
    )


def _ordered(task: TaskRow, unattended: bool) -> Order:
    name = task.subject.partition(":")[2]
    organisation = None if name == ALL else name
    if not task.variant.startswith(ASKED):
        return Order(organisation, RHYTHM, unattended)
    who, asked, _ = task.variant.removeprefix(ASKED).split(":")
    return Order(organisation, STAFF, unattended or asked == "1", int(who) if who else None)


def _look(tx: Transaction, *, order: Order, context: Context) -> Everybody:
    return read_pool(tx, order.organisation, context.now, context.blueprint, context.channels)


def _think(everybody: Everybody, *, mentoring: Mentoring, day: date) -> Plan:
    return plan_round(everybody, mentoring, day).folded()


def _then(
    tx: Transaction, plan: Plan, stored: Any, *, order: Order, context: Context
) -> Further | Done | Again:
    outcome: Further | Done = Done()
    if plan.requests or order.trigger == STAFF:  # a morning on which nobody waits is no round
        outcome = store_slice(tx, plan, stored, order, context.now, context.blueprint)
    if isinstance(outcome, Done) and order.trigger == RHYTHM:
        return Again(0, _morning(context, context.blueprint.mentoring.round_days))
    return outcome


def _morning(context: Context, days: int) -> datetime:
    """When the day begins in the region, so many days from now."""
    blueprint = context.blueprint
    there = ZoneInfo(blueprint.zone(None))
    day = today(context.now, blueprint) + timedelta(days=days)
    return hours.local(day, time(blueprint.outreach.day_begins % 24), there)


HANDLERS: dict[str, Handler] = {plans.ROUND: _round}


# ---- by the command line ----


class _NotKept(Exception):
    """The transaction of a dry run is given up."""


def look(
    database: Database,
    organisation: str | None,
    now: datetime,
    blueprint: Blueprint,
    channels: tuple[str, ...],
) -> Plan:
    """The round as it would be now; nothing is changed. It may take a minute."""
    everybody = None
    with suppress(_NotKept), database.transaction() as tx:
        # Who said yes in the survey has an offer from the round on: only as long as this looks.
        if offers.ensure(tx, now, blueprint):
            everybody = read_pool(tx, organisation, now, blueprint, channels)
        raise _NotKept
    if everybody is None:
        with database.reading() as tx:
            everybody = read_pool(tx, organisation, now, blueprint, channels)
    return plan_round(everybody, blueprint.mentoring, today(now, blueprint))


def keep(
    database: Database,
    plan: Plan,
    organisation: str | None,
    actor: Actor,
    now: datetime,
    blueprint: Blueprint,
    *,
    unattended: bool = False,
) -> RoundRow:
    """Store a round that staff looked at, in slices of their own. Raises NotAllowed."""
    staff.require(actor, organisation, COORDINATOR)
    order = Order(organisation, STAFF, unattended, actor.staff)
    with database.transaction() as tx:
        offers.ensure(tx, now, blueprint)
        staff.log(
            tx, actor, "match.round", now, organisation=organisation, subject="round",
            people=len(plan.proposals), detail={"unattended": unattended},
        )  # fmt: skip
        stored = Stored(begin(tx, plan, order, now))
    outcome: Further | Done = Further(stored)
    while isinstance(outcome, Further):
        begun = stopwatch.monotonic()
        outcome = _kept(database, plan, outcome.state, order, now, blueprint)
        stopwatch.sleep(stopwatch.monotonic() - begun)  # the running program writes in between
    with database.reading() as tx:
        found = rounds.one(tx, stored.round)
    assert found is not None  # noqa: S101 - it was stored above, and rounds stay
    return found


def _kept(
    database: Database,
    plan: Plan,
    stored: Stored,
    order: Order,
    now: datetime,
    blueprint: Blueprint,
) -> Further | Done:
    """A slice in a transaction of its own, again where that helps."""
    for left in reversed(range(TRIES)):
        try:
            with database.transaction() as tx:
                return store_slice(tx, plan, stored, order, now, blueprint)
        except Exception as error:
            if not (left and wants_again(error)):
                raise
    raise AssertionError("unreachable")
