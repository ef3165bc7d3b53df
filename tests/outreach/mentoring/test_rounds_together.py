"""Several at once on PostgreSQL: rounds of two processes, staff and mentors meanwhile."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from outreach.errors import WrongState
from outreach.mentoring import acts, rounds, storing
from outreach.mentoring.proposals import Plan
from outreach.staff import console_actor
from storage.connections import wants_again
from storage.database import Database, sql
from storage.states import LIVE_MATCHES
from tests.outreach.inviting import NOW, expats
from tests.storage.mentoring_data import ask, member, offer

CHANNELS = ("demo",)
LIVE = sql(
    "SELECT request_id, mentor_id, mentee_id FROM mentoring_match WHERE state IN ("
    + ", ".join(f"'{each}'" for each in LIVE_MATCHES)
    + ")"
)
PROPOSED = sql("SELECT id FROM mentoring_match WHERE state = 'proposed' ORDER BY id")
COUNTED = sql("SELECT sum(proposed) FROM mentoring_round")


def town(database: Database, mentees: int, mentors: int) -> None:
    with database.transaction() as tx:
        for number in range(1, mentees + 1):
            organisation = "bsc_kranj" if number % 2 else "cike"
            member(tx, number, "x", "local", organisation, ("mentoring", "sharing"))
            ask(tx, number)
        for number in range(1001, 1001 + mentors):
            organisation = "bsc_kranj" if number % 3 else "cike"
            member(tx, number, "x", "expat", organisation, ("mentoring", "sharing"))
            offer(tx, number, skills=("teamwork", "planning")[: number % 3])


def held(database: Database) -> list[tuple[int, int, int]]:
    with database.reading() as tx:
        return [(row[0], row[1], row[2]) for row in tx.run(LIVE).fetchall()]


def sound(database: Database, capacity: int = 2) -> None:
    """No place is given twice, and nobody has two."""
    live = held(database)
    assert max(Counter(mentor for _, mentor, _ in live).values()) <= capacity
    assert max(Counter(request for request, _, _ in live).values()) == 1


def at_once(url: str, *acts: Callable[[Database], None]) -> None:
    """Each in a thread with a database of its own, all beginning at the same moment."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[Database], None]) -> None:
        database = Database.open(url)
        try:
            barrier.wait(30)
            act(database)
        finally:
            database.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        for each in [pool.submit(run, act) for act in acts]:
            each.result()


def test_rounds_at_once_give_every_place_and_request_once(postgresql_url: str) -> None:
    database = Database.open(postgresql_url)
    town(database, 60, 25)
    everybody = rounds.look(database, None, NOW, expats(), CHANNELS)
    own = rounds.look(database, "cike", NOW, expats(), CHANNELS)

    def keep(plan: Plan, organisation: str | None) -> Callable[[Database], None]:
        def run(database: Database) -> None:
            actor = console_actor()
            rounds.keep(database, plan, organisation, actor, NOW, expats(), unattended=True)

        return run

    at_once(postgresql_url, keep(everybody, None), keep(own, "cike"), keep(everybody, None))
    sound(database)
    made = len(held(database))
    assert 35 <= made <= 50  # who finds a place taken by another round has few next best
    with database.reading() as tx:
        assert tx.run(COUNTED).fetchone() == (made,)
    database.close()


def test_a_round_while_staff_swap_and_mentors_go(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storing, "STRETCH", 3)
    database = Database.open(postgresql_url)
    town(database, 40, 30)
    plan = rounds.look(database, None, NOW, expats(), CHANNELS)
    half = plan.proposals[: len(plan.proposals) // 2]
    first = Plan(len(half), 0, half, (), 0, 0)
    rounds.keep(database, first, None, console_actor(), NOW, expats())
    with database.reading() as tx:
        proposed = [row[0] for row in tx.run(PROPOSED).fetchall()]

    def keep(database: Database) -> None:
        rounds.keep(database, plan, None, console_actor(), NOW, expats())

    def staff(database: Database) -> None:
        for number in proposed:
            _again(database, number)

    def go(database: Database) -> None:
        chance = random.Random(1)
        for number in chance.sample(range(1001, 1031), 8):
            with database.transaction() as tx:
                tx.run(sql("UPDATE mentor_offer SET capacity = 1 WHERE person_id = :id"), id=number)

    at_once(postgresql_url, keep, staff, go)
    sound(database)
    database.close()


def _again(database: Database, number: int) -> None:
    for _ in range(5):
        try:
            with database.transaction() as tx:
                acts.swap(tx, number, console_actor(), NOW, expats())
        except WrongState:
            return
        except Exception as error:
            if not wants_again(error):
                raise
        else:
            return
