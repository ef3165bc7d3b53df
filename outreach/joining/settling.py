"""What happens to joinings by themselves: the handlers of their tasks."""

from __future__ import annotations

from datetime import datetime

from outreach.clock import Context, Done, Handler, Outcome
from outreach.joining import life
from storage import joinings
from storage.joinings import JOINED, OPEN
from storage.tasks import TaskRow
from storage.transaction import Transaction


def _end(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
    """A question whose time is over."""
    row = joinings.one(tx, task.number)
    if row is not None and row.state in OPEN and _over(row.expires_at, context):
        life.expire(tx, row, context.now)
    return Done()


def _settle(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
    """A joining that nobody has undone."""
    row = joinings.one(tx, task.number)
    if row is not None and row.state == JOINED and _over(row.expires_at, context):
        life.settle(tx, row, context.now, context.blueprint)
    return Done()


def _over(moment: datetime, context: Context) -> bool:
    return context.now >= moment


HANDLERS: dict[str, Handler] = {life.END: _end, life.SETTLE: _settle}
