"""A round of mentoring whose program is killed again and again: everybody is served once."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.clock import Clock
from outreach.clock import LEASE, Context, Handler, Outcome
from outreach.handlers import HANDLERS
from outreach.mentoring import moving, plans, rounds, storing
from outreach.staff import console_actor
from storage import tasks
from storage.database import Database, sql
from storage.mentoring import pool
from storage.mentoring.matches import MatchRow
from storage.tasks import TaskRow
from storage.transaction import Transaction
from tests.outreach.inviting import NOW, expats
from tests.storage.mentoring_data import ask, member, offer

ROOT = Path(__file__).parent.parent
MENTEES, MENTORS = 24, 16
LIVE = sql(f"SELECT request_id, mentor_id, id FROM mentoring_match WHERE state IN ({pool.LIVE})")
PASSED_OVER = sql("SELECT passed_over FROM mentoring_request ORDER BY id")


def live(database: Database) -> list[tuple[int, int, int]]:
    with database.reading() as tx:
        return [(row[0], row[1], row[2]) for row in tx.run(LIVE).fetchall()]


def state(database: Database) -> str:
    with database.reading() as tx:
        return tasks.of(tx, "round:all")[0].state


async def test_a_round_that_is_killed_again_and_again_serves_everybody_once(
    database: Database, database_url: str
) -> None:
    with database.transaction() as tx:
        for number in range(1, MENTEES + 1):
            ask(tx, member(tx, number, "x", "local"))
        for number in range(1001, 1001 + MENTORS):
            offer(tx, member(tx, number, "x", "expat"), capacity=1)
        rounds.ask_for(tx, None, console_actor(), NOW, unattended=True)
    chance = random.Random(20261122)
    starts = 0
    while state(database) != "done":
        before = len(live(database)), state(database)
        with _process(database_url, starts):
            await _until_more(database, before)
            await asyncio.sleep(chance.uniform(0, 0.1))
        starts += 1

    found = live(database)
    assert starts > 1
    assert len(found) == MENTORS
    assert set(Counter(request for request, _, _ in found).values()) == {1}
    assert set(Counter(mentor for _, mentor, _ in found).values()) == {1}
    with database.reading() as tx:
        assert Counter(row[0] for row in tx.run(PASSED_OVER)) == {0: MENTORS, 1: MENTEES - MENTORS}
        for _, _, number in found:
            open_ = [each for each in tasks.of(tx, plans.subject(number)) if each.state == "open"]
            assert plans.LAPSE in {each.kind for each in open_}


async def _until_more(database: Database, before: tuple[int, str]) -> None:
    """Until more is stored, or the task is done, or given up (the next start tries it again)."""
    count, was = before
    async with asyncio.timeout(60):
        while len(await asyncio.to_thread(live, database)) <= count:
            now = await asyncio.to_thread(state, database)
            if now != was and now in ("done", "failed"):
                return
            await asyncio.sleep(0.02)


@contextmanager
def _process(url: str, starts: int) -> Iterator[None]:
    """The clock, in a process that is killed in the end; each begins when the last one's lease
    is over."""
    name = Path(__file__).stem
    code = f"from tests.{name} import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, url, str(starts)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(20)


def main() -> None:
    """Runs the program's own handlers, four pairs a slice, slowly, until it is killed."""
    storing.SLICE_SECONDS, storing.ASKED_STRETCH = 0.0, 4
    now = NOW + int(sys.argv[2]) * (LEASE + timedelta(minutes=1))
    move = moving.move

    def slowly(*given: Any) -> MatchRow:
        time.sleep(0.02)
        return move(*given)

    moving.move = slowly  # type: ignore[assignment]
    asyncio.run(_forever(Context(now, expats(), ("demo",))))


async def _forever(context: Context) -> None:
    database = Database.open(sys.argv[1])
    handlers: dict[str, Handler] = {kind: _slow(each) for kind, each in HANDLERS.items()}
    clock = Clock(database, handlers, lambda: context)
    clock.start()
    await asyncio.Event().wait()


def _slow(handler: Handler) -> Handler:
    def handle(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
        time.sleep(0.002)
        return handler(tx, task, context)

    return handle
