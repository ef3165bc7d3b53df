"""When something happens by itself next: a test's clock jumps there, instead of looking every hour
of a month."""

from __future__ import annotations

from datetime import datetime, timedelta

from storage import tasks
from storage.database import Transaction, sql
from storage.moments import maybe_moment

_QUEUED = sql("SELECT min(due_at) FROM delivery WHERE state = 'queued'")


def next_due(tx: Transaction) -> datetime | None:
    """When the next task, or the next message that waits, is due; None: nothing will ever be.

    Nothing else is driven by time: what is put off (a pause, the night, the budget) is due then.
    """
    queued = tx.run(_QUEUED).fetchone()
    moments = (tasks.next_due(tx), maybe_moment(queued[0]) if queued else None)
    return min((each for each in moments if each is not None), default=None)


def next_look(tx: Transaction, now: datetime, step: timedelta, end: datetime) -> datetime:
    """Who looks every ``step`` finds something to do then, or is past ``end``. What is due already
    and was not done is looked at the next time."""
    due = next_due(tx)
    if due is None or due > end:
        due = end
    return now + max(1, -((now - due) // step)) * step
