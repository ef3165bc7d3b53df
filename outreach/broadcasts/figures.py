"""How far a broadcast has got, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import orjson

from outreach.broadcasts import steps
from storage import broadcast_ledger as ledger
from storage import broadcasts, tasks
from storage.broadcasts import BroadcastRow
from storage.transaction import Transaction

LOOKED_BACK = timedelta(minutes=1)  # for the rate
FINAL = ("sent", "failed", "unknown", "expired", "cancelled")


@dataclass(frozen=True, slots=True)
class Figures:
    """A broadcast in numbers.

    ``states``: state -> messages; ``planned`` so many got a row, of which ``erased`` belonged to
    people who are erased since. ``waiting`` may go now, ``later`` wait for their hour, until
    ``last_due``. ``rate`` messages a second just now; ``left`` about how long it takes still,
    None where that is not known. ``corrections`` and ``withdrawals``: state -> changes of what was
    sent. ``reasons``: (state, reason) -> how many. ``answers``: key -> how many.
    """

    row: BroadcastRow
    planned: int
    states: Mapping[str, int]
    erased: int = 0
    waiting: int = 0
    later: int = 0
    last_due: datetime | None = None
    rate: float = 0.0
    left: timedelta | None = None
    corrections: Mapping[str, int] = field(default_factory=dict)
    withdrawals: Mapping[str, int] = field(default_factory=dict)
    reasons: Mapping[tuple[str, str], int] = field(default_factory=dict)
    answers: Mapping[str, int] = field(default_factory=dict)
    problem: str | None = None

    @property
    def final(self) -> int:
        """How many messages have come to an end."""
        return sum(self.states.get(state, 0) for state in FINAL)


def figures(tx: Transaction, broadcast: int, now: datetime) -> Figures | None:
    """All figures of a broadcast; None when there is none."""
    row = broadcasts.by_ids(tx, (broadcast,)).get(broadcast)
    if row is None:
        return None
    counts = ledger.counts(tx, broadcast)
    states = counts.get(ledger.BROADCAST, {})
    queue = ledger.waiting(tx, broadcast, now)
    rate = _rate(tx, row, now)
    return Figures(
        row=row,
        planned=row.planned,
        states=states,
        erased=max(row.planned - sum(states.values()), 0),
        waiting=queue.now,
        later=queue.count - queue.now,
        last_due=queue.last if queue.count > queue.now else None,
        rate=rate,
        left=_left(row, queue, states.get("sending", 0), rate, now),
        corrections=counts.get(ledger.CORRECTION, {}),
        withdrawals=counts.get(ledger.WITHDRAWAL, {}),
        reasons=_reasons(tx, broadcast),
        answers=_answers(tx, row),
        problem=_problem(tx, broadcast),
    )


def _rate(tx: Transaction, row: BroadcastRow, now: datetime) -> float:
    if row.started_at is None or row.status in ("done", "cancelled"):
        return 0.0
    since = max(row.started_at, now - LOOKED_BACK)
    seconds = (now - since).total_seconds()
    return ledger.sent_since(tx, row.id, since) / seconds if seconds >= 1 else 0.0


def _left(
    row: BroadcastRow, queue: ledger.Waiting, sending: int, rate: float, now: datetime
) -> timedelta | None:
    """Until the queue is empty, or the last of those that wait for their hour may go."""
    if row.status != "sending" or not (queue.soon or sending):
        return None
    working = timedelta()
    if queue.now + sending:
        if not rate:
            return None
        working = timedelta(seconds=round((queue.now + sending) / rate))
    return max(working, queue.soon - now) if queue.soon else working


def _reasons(tx: Transaction, broadcast: int) -> dict[tuple[str, str], int]:
    return {
        (state, reason): count
        for kind, state, reason, count in ledger.reasons(tx, broadcast)
        if kind == ledger.BROADCAST
    }


def _problem(tx: Transaction, broadcast: int) -> str | None:
    for task in tasks.of(tx, steps.subject(broadcast)):
        if task.error is not None and task.state in ("open", "failed"):
            return f"{task.kind}: {task.error}"
    return None


def _answers(tx: Transaction, row: BroadcastRow) -> dict[str, int]:
    if not row.question:
        return {}
    found = {orjson.loads(value): count for value, count in ledger.answers(tx, row.key)}
    keys = [option["key"] for option in row.question["options"]]
    return {
        key: found.get(key, 0) for key in (*keys, *(each for each in found if each not in keys))
    }
