"""Somebody took their consent to mentoring back with one tap below a message: nothing is sent to
them from then on, and what rests on the consent ends a little later, for a finger slips and a pair
that has ended does not come back. (Whoever takes it back under *Privacy* leaves at once.)"""

from __future__ import annotations

from datetime import datetime, timedelta

from outreach.clock import Context, Done, Handler, Outcome
from outreach.mentoring import keeping
from storage import living, tasks
from storage.moments import moment
from storage.tasks import TaskRow
from storage.transaction import Transaction

KIND = "mentoring.leave"
MINUTES = 15


def plan(tx: Transaction, person: int, now: datetime) -> None:
    """They leave mentoring when the time to undo is over."""
    due = now + timedelta(minutes=MINUTES)
    tasks.plan(tx, KIND, _subject(person), due, now, variant=moment(now), person=person)


def cancel(tx: Transaction, person: int, now: datetime) -> None:
    """They stay after all."""
    tasks.cancel(tx, _subject(person), now, KIND)


def _leave(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
    if not living.consents(tx, task.number).get(keeping.MENTORING):
        keeping.leave(tx, task.number, context.now, context.blueprint)
    return Done()


def _subject(person: int) -> str:
    return f"person:{person}"


HANDLERS: dict[str, Handler] = {KIND: _leave}
