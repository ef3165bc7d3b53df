"""A round of mentoring whose program is killed again and again: everybody is served once."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

from outreach.mentoring import plans, rounds
from outreach.staff import console_actor
from storage import tasks
from storage.database import Database, sql
from storage.mentoring import pool
from tests.clocks import clock_in_a_process
from tests.outreach.inviting import NOW
from tests.storage.mentoring_data import ask, member, offer
from tests.waiting import some_moment, until

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
        with clock_in_a_process("do_rounds", database_url, NOW.isoformat(), str(starts)):
            await _until_more(database, before)
            await some_moment(chance, 0.1)
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

    def more() -> bool:
        if len(live(database)) > count:
            return True
        now = state(database)
        return now != was and now in ("done", "failed")

    await until(more, aside=True)
