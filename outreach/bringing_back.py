"""Unfinished registrations and surveys are brought back by themselves, twice at most: how long
after they were left, ``bring_back`` of the blueprint says.

One task looks through the conversations every hour, slice by slice, and plans the messages. That
they go at a decent hour, within the contact budget and not in a pause is decided when they are sent
(outreach.deciding); whoever has gone on or finished meanwhile gets none (outreach.composing), and
nobody does who has not consented, or who took back that they may be invited.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from blueprints.schema import Blueprint
from blueprints.values import span
from outreach.clock import Again, Context, Handler, Outcome
from outreach.deciding import Rules
from outreach.kinds import BRING_BACK
from outreach.planning import At, Planned, plan_one
from storage import tasks, unfinished
from storage.tasks import TaskRow
from storage.transaction import Transaction
from storage.unfinished import Left

LOOK = "unfinished.look"
EVERY = timedelta(hours=1)
STRETCH = 20_000  # numbers of conversations looked through in one slice: some 10 ms
FEW = 50  # people planned for in one slice
LIVES = timedelta(days=5)  # what could not be sent for so long is not sent any more
LAPSES = timedelta(days=14)  # what was left so much longer ago than the last of them stays left
NO = "noback"
"""The command that ends it for good; its argument is the conversation."""


def ensure(tx: Transaction, context: Context) -> None:
    """Have it looked every hour. For the program's start; once more changes nothing."""
    if not any(each.state == "open" for each in tasks.of(tx, LOOK, LOOK)):
        tasks.plan(tx, LOOK, LOOK, context.now, context.now)


def next_time(blueprint: Blueprint) -> timedelta | None:
    """How long after it is left something is brought up again; None: it is not."""
    after = spans(blueprint)
    return after[0] if after else None


def spans(blueprint: Blueprint) -> tuple[timedelta, ...]:
    """How long after it was left something is brought back, the first time and the second."""
    return tuple(span(each) for each in blueprint.outreach.bring_back)


def in_days(tx: Transaction, person: int, now: datetime, blueprint: Blueprint) -> int:
    """In how many days somebody is asked again about what they left last; 0: not again."""
    left = unfinished.latest(tx, (person,)).get(person)
    return 0 if left is None else next_days(tx, person, left, now, blueprint)


def next_days(tx: Transaction, person: int, left: Left, now: datetime, blueprint: Blueprint) -> int:
    """In how many days somebody is asked again about what they left; 0: not again."""
    after = spans(blueprint)
    done = unfinished.times(tx, person, left.conversation, BRING_BACK)
    if done >= len(after):
        return 0
    until = max(left.left_at + after[done] - now, timedelta(0))
    return max(1, round(until / timedelta(days=1)))


def still_left(left: Left | None, now: datetime, blueprint: Blueprint) -> bool:
    """Whether that is still left: nobody has gone on with it meanwhile."""
    first = next_time(blueprint)
    return left is not None and first is not None and left.left_at <= now - first


def _look(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
    """Plan for those who left something in a stretch of the conversations."""
    after = spans(context.blueprint)
    last = unfinished.last(tx)
    upto = min(task.cursor + STRETCH, last)
    if not after or task.cursor >= last:
        return Again(0, context.now + EVERY)
    since = context.now - after[-1] - LAPSES
    found = unfinished.found(tx, task.cursor, upto, context.now - after[0], since, FEW)
    for person in dict.fromkeys(person for _, person in found):
        _plan(tx, person, after, since, context)
    return Again(found[-1][0] if len(found) == FEW else upto)


def _plan(
    tx: Transaction, person: int, after: tuple[timedelta, ...], since: datetime, context: Context
) -> None:
    """One message, the latest that is due: whoever was not reached for days hears once."""
    for place in reversed(range(len(after))):
        gap = after[place] - (after[place - 1] if place else timedelta(0))
        source = Planned(
            BRING_BACK, context.channels, At(context.now), Rules.of(context.blueprint),
            where=unfinished.TO_BRING_BACK, variant=str(place + 1), expires_at=context.now + LIVES,
            params=unfinished.bounds(
                BRING_BACK, place + 1, context.now - after[place], since, context.now - gap
            ),
        )  # fmt: skip
        if plan_one(tx, source, person, context.now):
            return


HANDLERS: dict[str, Handler] = {LOOK: _look}
