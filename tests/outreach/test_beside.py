"""What is done beside: leased, thought about in no transaction, written in slices."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from blueprints.load import load
from outreach.clock import (
    LEASE,
    Again,
    Beside,
    Context,
    Done,
    Further,
    Leased,
    Outcome,
    SliceFailed,
    Ticked,
    Written,
    note_failure_beside,
    proceed,
    renew,
    tick,
    tick_through,
)
from storage import tasks
from storage.database import Database, sql
from storage.tasks import TaskRow
from storage.transaction import Transaction

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
NOTE = sql(
    "INSERT INTO audience (key, filter, created_at) VALUES (:key, '', '2026-11-22T10:00:00Z')"
)
NOTED = sql("SELECT key FROM audience ORDER BY key")
COUNT = sql("SELECT count(*) FROM audience")


def look(tx: Transaction) -> int:
    row = tx.run(COUNT).fetchone()
    assert row is not None
    return int(row[0])


def think(seen: int) -> list[str]:
    return [f"{seen + n}" for n in range(3)]


def then(tx: Transaction, found: list[str], state: Any) -> Further | Done | Again:
    at = state or 0
    if at == len(found):
        return Done()
    tx.run(NOTE, key=found[at])
    return Further(at + 1)


def beside(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
    return Beside(look, think, then)


HANDLERS = {"beside": beside}


def context(now: datetime = NOW) -> Context:
    return Context(now, load(Path("blueprints/expats-for-home.toml")), ("telegram",))


def noted(database: Database) -> list[str]:
    with database.reading() as tx:
        return [row[0] for row in tx.run(NOTED).fetchall()]


def planned(database: Database) -> None:
    with database.transaction() as tx:
        tasks.plan(tx, "beside", "round:all", NOW, NOW)


def taken(database: Database, now: datetime = NOW) -> Leased:
    with database.transaction() as tx:
        ticked = tick(tx, HANDLERS, context(now))
    assert ticked is not None
    assert ticked.beside is not None
    return ticked.beside


def written(database: Database, leased: Leased, state: Any = None, now: datetime = NOW) -> Written:
    with database.transaction() as tx:
        return proceed(tx, leased, ["a", "b"], state, now)


def test_a_tick_leases_what_is_to_be_done_beside(database: Database) -> None:
    planned(database)

    leased = taken(database)
    assert leased.until == NOW + LEASE
    with database.transaction() as tx:
        assert tick(tx, HANDLERS, context()) is None
    assert noted(database) == []


def test_what_was_found_beside_is_written_slice_by_slice(database: Database) -> None:
    planned(database)

    step = Written(taken(database))
    states = []
    while step.leased is not None:
        step = written(database, step.leased, step.state)
        states.append(step.state)
    assert states == [1, 2, None]
    assert noted(database) == ["a", "b"]
    with database.reading() as tx:
        assert tasks.of(tx, "round:all")[0].state == "done"


def test_a_lease_that_is_over_is_begun_anew_and_the_first_writes_nothing_more(
    database: Database,
) -> None:
    planned(database)
    first = taken(database)
    written(database, first)

    second = taken(database, NOW + LEASE)
    assert written(database, first, 1, NOW + LEASE) == Written()
    with database.transaction() as tx:
        assert renew(tx, first, NOW) is None
    assert noted(database) == ["a"]
    with database.transaction() as tx:
        assert renew(tx, second, NOW + LEASE) is not None


def test_slices_keep_the_lease_alive(database: Database) -> None:
    planned(database)
    late = NOW + LEASE - timedelta(seconds=1)

    step = written(database, taken(database), None, late)
    assert step.leased is not None
    assert step.leased.until == late + LEASE
    with database.transaction() as tx:
        assert tick(tx, HANDLERS, context(NOW + LEASE)) is None


def test_what_fails_beside_is_tried_again_later(database: Database) -> None:
    def fails(tx: Transaction, found: Any, state: Any) -> Done:
        tx.run(NOTE, key="half")
        raise ValueError("Ana Novak")

    planned(database)
    leased = taken(database)
    leased = Leased(leased.task, leased.until, Beside(look, think, fails))
    with pytest.raises(SliceFailed) as failed:
        written(database, leased)
    with database.transaction() as tx:
        assert not note_failure_beside(tx, leased, failed.value, NOW)

    with database.reading() as tx:
        (task,) = tasks.of(tx, "round:all")
    assert (task.attempts, task.due_at) == (1, NOW + timedelta(seconds=tasks.WAITS[0]))
    assert "Ana" not in (task.error or "")
    assert noted(database) == []


def test_whoever_lost_the_lease_cannot_fail_the_task(database: Database) -> None:
    planned(database)
    first = taken(database)
    second = taken(database, NOW + LEASE)
    with database.transaction() as tx:
        failure = SliceFailed(first.task, ValueError())
        assert not note_failure_beside(tx, first, failure, NOW + LEASE)

    with database.reading() as tx:
        (task,) = tasks.of(tx, "round:all")
    assert task.due_at == second.until


def test_what_kills_the_program_every_time_is_given_up(database: Database) -> None:
    planned(database)
    now = NOW
    for _ in range(len(tasks.WAITS) + 1):
        taken(database, now)
        now += LEASE

    with database.transaction() as tx:
        assert tick(tx, HANDLERS, context(now)) == Ticked("beside", "round:all", "failed")
        assert tick(tx, HANDLERS, context(now)) is None


def test_a_task_done_beside_can_be_due_again(database: Database) -> None:
    def later(tx: Transaction, found: Any, state: Any) -> Again:
        return Again(0, NOW + timedelta(days=14))

    planned(database)
    leased = taken(database)
    written(database, Leased(leased.task, leased.until, Beside(look, think, later)))
    with database.reading() as tx:
        (task,) = tasks.of(tx, "round:all")
    assert (task.state, task.attempts) == ("open", 0)
    assert task.due_at == NOW + timedelta(days=14)


def test_tick_through_does_it_all_at_once(database: Database) -> None:
    planned(database)

    with database.transaction() as tx:
        assert tick_through(tx, HANDLERS, context()) == Ticked("beside", "round:all", "done")
        assert tick_through(tx, HANDLERS, context()) is None
    assert noted(database) == ["0", "1", "2"]
