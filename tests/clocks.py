"""Clocks in processes of their own, for tests to kill wherever they stand.

Each process imports what it needs and no more, for it is started again and again.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from blueprints.load import default_path, load
from bot.clock import Clock
from outreach.clock import LEASE, Again, Context, Done, Handler, Handlers, Outcome
from storage.database import Database, sql
from storage.tasks import TaskRow
from storage.transaction import Transaction
from tests.waiting import PATIENCE, work

ROOT = Path(__file__).parent.parent
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
SLICES = 30
# Twice the same key in this table is an error: a slice done twice would be seen.
NOTE = sql(
    "INSERT INTO audience (key, filter, created_at) VALUES (:key, '', '2026-11-22T10:00:00Z')"
)


@contextmanager
def clock_in_a_process(main: str, url: str, *given: str) -> Iterator[None]:
    """A process that runs ``main`` of this module on the database at ``url``; killed in the end."""
    process = subprocess.Popen(
        [sys.executable, "-c", f"from tests.clocks import {main}; {main}()", url, *given],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(PATIENCE)


def sliced(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
    """Notes each of its slices; fails where one was done before."""
    tx.run(NOTE, key=f"{task.subject} {task.cursor:02}")
    return Done() if task.cursor + 1 >= SLICES else Again(task.cursor + 1)


def do_slices() -> None:
    """Slices of :func:`sliced`, one after the other, slowly."""
    _run({"sliced": slow(sliced, 0.008)}, NOW, ("telegram",))


def do_plans() -> None:
    """The program's own handlers, six people a slice, slowly."""
    from outreach import planning
    from outreach.handlers import HANDLERS

    planning.STRETCH, planning.SLICE_SECONDS = 6, 0.0
    _run({kind: slow(each, 0.005) for kind, each in HANDLERS.items()}, NOW, ("telegram",))


def do_rounds() -> None:
    """The program's own handlers, four pairs of a round a slice, slowly; as the process that is
    started after so many others, when the leases of these are over."""
    from outreach.handlers import HANDLERS
    from outreach.mentoring import moving, storing

    storing.SLICE_SECONDS, storing.ASKED_STRETCH = 0.0, 4
    move = moving.move

    def slowly(*given: Any) -> Any:
        work(0.02)
        return move(*given)

    moving.move = slowly  # type: ignore[assignment]
    now = datetime.fromisoformat(sys.argv[2]) + int(sys.argv[3]) * (LEASE + timedelta(minutes=1))
    _run({kind: slow(each, 0.002) for kind, each in HANDLERS.items()}, now, ("demo",))


def slow(handler: Handler, seconds: float) -> Handler:
    """The same, and then it stands still for so long before its commit."""

    def handle(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
        outcome = handler(tx, task, context)
        work(seconds)
        return outcome

    return handle


def _run(handlers: Handlers, now: datetime, channels: tuple[str, ...]) -> None:
    context = Context(now, load(default_path()), channels)

    async def forever() -> None:
        clock = Clock(Database.open(sys.argv[1]), handlers, lambda: context)
        clock.start()
        await asyncio.Event().wait()

    asyncio.run(forever())
