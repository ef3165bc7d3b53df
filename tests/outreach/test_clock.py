"""The clock's engine: slices, failures, what comes too late."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest

from blueprints.load import load
from outreach.clock import (
    Again,
    Context,
    Done,
    Handler,
    Outcome,
    SliceFailed,
    Ticked,
    note_failure,
    tick,
)
from outreach.errors import WrongState
from storage import tasks
from storage.database import Database, sql
from storage.tasks import TaskRow
from storage.transaction import Transaction

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
NOTE = sql(
    "INSERT INTO audience (key, filter, created_at) VALUES (:key, '', '2026-11-22T10:00:00Z')"
)
NOTED = sql("SELECT key FROM audience ORDER BY key")


def context(now: datetime = NOW) -> Context:
    return Context(now, load(Path("blueprints/expats-for-home.toml")), ("telegram",))


def noted(database: Database) -> list[str]:
    with database.reading() as tx:
        return [row[0] for row in tx.run(NOTED).fetchall()]


def planned(database: Database, due: datetime = NOW, expires_at: datetime | None = None) -> None:
    with database.transaction() as tx:
        tasks.plan(tx, "event.invite", "event:1", due, NOW, expires_at=expires_at)


def in_slices(count: int) -> Handler:
    """A handler that leaves a note a slice, and is done after ``count``."""

    def handler(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
        tx.run(NOTE, key=f"{task.subject}:{task.cursor}")
        return Done() if task.cursor + 1 == count else Again(task.cursor + 1)

    return handler


def once(database: Database, handler: Handler, now: datetime = NOW) -> Ticked | None:
    with database.transaction() as tx:
        return tick(tx, {"event.invite": handler}, context(now))


def test_tick_does_a_task_slice_by_slice(database: Database) -> None:
    planned(database)

    done = [once(database, in_slices(3)) for _ in range(4)]
    assert [each and each.state for each in done] == ["open", "open", "done", None]
    assert noted(database) == ["event:1:0", "event:1:1", "event:1:2"]


def test_tick_does_nothing_before_its_time(database: Database) -> None:
    planned(database, due=NOW + timedelta(microseconds=1))

    assert once(database, in_slices(1)) is None
    assert noted(database) == []


def test_tick_expires_what_comes_too_late(database: Database) -> None:
    planned(database, expires_at=NOW + timedelta(hours=1))

    late = NOW + timedelta(hours=1)
    assert once(database, in_slices(1), late) == Ticked("event.invite", "event:1", "expired")
    assert once(database, in_slices(1), late) is None
    assert noted(database) == []


def failing(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
    tx.run(NOTE, key="half done")
    raise ValueError("no such event")


def test_tick_keeps_nothing_of_a_slice_that_failed(database: Database) -> None:
    planned(database)

    with pytest.raises(SliceFailed, match=r"event:1 failed: ValueError at test_clock.py:\d+$"):
        once(database, failing)
    assert noted(database) == []


def test_a_failed_task_is_tried_again_later_and_given_up_in_the_end(database: Database) -> None:
    planned(database)
    now = NOW
    given_up = []
    for wait in (*tasks.WAITS, 0):
        with pytest.raises(SliceFailed) as failed:
            once(database, failing, now)
        with database.transaction() as tx:
            given_up.append(note_failure(tx, failed.value, now))
        now += timedelta(seconds=wait)

    assert given_up == [False] * 4 + [True]
    assert once(database, failing, now + timedelta(days=9)) is None
    with database.reading() as tx:
        (task,) = tasks.of(tx, "event:1")
    assert (task.state, task.attempts) == ("failed", 5)
    assert task.error is not None
    assert task.error.startswith("ValueError at test_clock.py:")


def test_a_failure_is_told_in_our_own_words_and_never_in_others() -> None:
    task = TaskRow(1, "event.invite", "event:1", "", None, NOW, None, 0, "open", 0, None)

    assert SliceFailed(task, WrongState("it is over")).reason == "it is over"
    assert SliceFailed(task, ValueError("Ana Novak")).reason == "ValueError"


def test_a_failed_task_lets_others_pass(database: Database) -> None:
    planned(database)
    with database.transaction() as tx:
        tasks.plan(tx, "event.other", "event:2", NOW + timedelta(seconds=1), NOW)
    with pytest.raises(SliceFailed) as failed:
        once(database, failing)
    with database.transaction() as tx:
        note_failure(tx, failed.value, NOW)

    with database.transaction() as tx:
        done = tick(tx, {"event.other": in_slices(1)}, context(NOW + timedelta(seconds=1)))
    assert done == Ticked("event.other", "event:2", "done")


def test_a_kind_that_nobody_handles_fails(database: Database) -> None:
    planned(database)

    with pytest.raises(SliceFailed, match="KeyError"), database.transaction() as tx:
        tick(tx, {}, context())


async def test_a_deadlock_inside_a_handler_has_the_slice_run_again(postgresql_url: str) -> None:
    """The database's own errors are seen through the handler's wrapping."""
    database = Database.open(postgresql_url)
    planned(database)
    tries = 0

    def handler(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise psycopg.errors.DeadlockDetected
        return in_slices(1)(tx, task, context)

    done = await database.write(tick, {"event.invite": handler}, context())
    database.close()
    assert done == Ticked("event.invite", "event:1", "done")
    assert tries == 2


def test_hours_pass_in_the_night_of_a_clock_change(database: Database) -> None:
    """However the present moment is told: 02:30 is twice that night, and then it is three."""
    bratislava = ZoneInfo("Europe/Bratislava")
    planned(database, due=NOW - timedelta(days=60))
    done = []
    now = datetime(2026, 10, 25, 2, 30, tzinfo=bratislava).astimezone(UTC)
    for _ in range(3):
        with database.transaction() as tx:
            local = context(now.astimezone(bratislava))
            ticked = tick(tx, {"event.invite": hourly}, local)
            done.append((f"{local.now.astimezone(bratislava):%H:%M}", ticked is not None))
            assert tick(tx, {"event.invite": hourly}, local) is None
        now += timedelta(hours=1)

    assert done == [("02:30", True), ("02:30", True), ("03:30", True)]


def hourly(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
    return Again(0, context.now + timedelta(hours=1))
