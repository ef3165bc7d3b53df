"""A broadcast was paused, resumed or cancelled: what waits of it follows, slice by slice.

Claiming looks at the status as well, so nothing more is sent from the moment of the change; this
makes the ledger say so, and lets held messages go again.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from outreach.clock import Again, Context, Done, Handler, Outcome
from storage import sweeping, tasks
from storage.moments import moment
from storage.tasks import TaskRow
from storage.transaction import Transaction

KIND = "broadcast.sweep"
SLICE = 2_000  # rows; a slice takes 30 ms of one core
ONCE_MORE = timedelta(seconds=10)  # for what was claimed while the status changed
_LAST_PASS = 1


def plan(tx: Transaction, broadcast: int, now: datetime) -> None:
    """To be called by whoever changes a broadcast's status, in the same unit."""
    tasks.plan(tx, KIND, f"broadcast:{broadcast}", now, now, variant=moment(now))


def _sweep(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
    if sweeping.sweep(tx, task.number, SLICE) == SLICE:
        return Again(task.cursor)
    if task.cursor == _LAST_PASS:
        return Done()
    return Again(_LAST_PASS, context.now + ONCE_MORE)


HANDLERS: dict[str, Handler] = {KIND: _sweep}
