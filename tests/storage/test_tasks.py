"""The schedule: what is planned, moved, called off, taken and done."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from storage import tasks
from storage.database import Database, sql
from storage.tasks import TaskRow, Trouble
from storage.transaction import Transaction

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=2)


def taken(database: Database, now: datetime = NOW) -> TaskRow | None:
    with database.transaction() as tx:
        return tasks.take(tx, now)


def states(database: Database, subject: str = "event:1") -> list[tuple[str, str]]:
    with database.reading() as tx:
        return [(task.kind, task.state) for task in tasks.of(tx, subject)]


def plan(
    database: Database, kind: str = "event.remind", due: datetime = NOW, variant: str = ""
) -> None:
    with database.transaction() as tx:
        tasks.plan(tx, kind, "event:1", due, NOW, variant=variant, expires_at=LATER)


def test_take_gives_what_is_due_and_nothing_else(database: Database) -> None:
    plan(database, due=NOW + timedelta(seconds=1))

    assert taken(database) is None
    found = taken(database, NOW + timedelta(seconds=1))
    assert found is not None
    assert (found.kind, found.number, found.due_at) == (
        "event.remind", 1, NOW + timedelta(seconds=1),
    )  # fmt: skip
    assert found.expires_at == LATER


def test_take_gives_the_longest_due_first(database: Database) -> None:
    plan(database, "b", NOW)
    plan(database, "a", NOW - timedelta(hours=1))

    found = taken(database)
    assert found is not None
    assert found.kind == "a"


def test_plan_moves_what_is_open(database: Database) -> None:
    plan(database)
    plan(database, due=LATER)

    assert taken(database) is None
    with database.reading() as tx:
        assert tasks.next_due(tx) == LATER
        assert len(tasks.of(tx, "event:1")) == 1


def test_plan_leaves_what_was_done(database: Database) -> None:
    plan(database)
    with database.transaction() as tx:
        task = tasks.take(tx, NOW)
        assert task is not None
        tasks.done(tx, task, NOW)
    plan(database)

    assert taken(database) is None
    assert states(database) == [("event.remind", "done")]


def test_plan_opens_what_was_called_off_from_the_beginning(database: Database) -> None:
    plan(database)
    with database.transaction() as tx:
        task = tasks.take(tx, NOW)
        assert task is not None
        tasks.again(tx, task, 50)
        assert tasks.cancel(tx, "event:1", NOW) == 1
    assert taken(database) is None
    plan(database)

    found = taken(database)
    assert found is not None
    assert found.cursor == 0


def test_variants_are_tasks_of_their_own(database: Database) -> None:
    plan(database, variant="7d")
    plan(database, variant="1d")

    assert states(database) == [("event.remind", "open")] * 2


def test_cancel_of_a_kind_leaves_the_others(database: Database) -> None:
    plan(database, "event.remind")
    plan(database, "event.over", LATER)
    with database.transaction() as tx:
        assert tasks.cancel(tx, "event:1", NOW, "event.remind") == 1
        assert tasks.cancel(tx, "event:2", NOW) == 0

    assert states(database) == [("event.remind", "cancelled"), ("event.over", "open")]


def test_again_keeps_the_due_time_or_moves_it(database: Database) -> None:
    plan(database)
    with database.transaction() as tx:
        task = tasks.take(tx, NOW)
        assert task is not None
        tasks.again(tx, task, 7)
    found = taken(database)
    assert found is not None
    assert (found.cursor, found.due_at) == (7, NOW)
    with database.transaction() as tx:
        tasks.again(tx, found, 9, LATER)

    assert taken(database) is None
    later = taken(database, LATER)
    assert later is not None
    assert later.cursor == 9


def fail(database: Database, now: datetime) -> bool:
    def unit(tx: Transaction) -> bool:
        task = tasks.take(tx, now)
        assert task is not None, now
        return tasks.failed(tx, task, "ValueError: no", now)

    with database.transaction() as tx:
        return unit(tx)


def test_failed_waits_longer_each_time_and_gives_up_after_five(database: Database) -> None:
    plan(database)
    now = NOW
    for wait in tasks.WAITS:
        assert fail(database, now) is False
        assert taken(database, now + timedelta(seconds=wait - 1)) is None
        now += timedelta(seconds=wait)
    assert fail(database, now) is True

    assert states(database) == [("event.remind", "failed")]
    assert taken(database, now + timedelta(days=30)) is None


def test_failed_does_nothing_to_a_task_that_went_on_meanwhile(database: Database) -> None:
    plan(database)
    old = taken(database)
    assert old is not None
    with database.transaction() as tx:
        tasks.done(tx, old, NOW)
        assert tasks.failed(tx, old, "ValueError: no", NOW) is False

    assert states(database) == [("event.remind", "done")]


def test_next_due_of_nothing_is_none(database: Database) -> None:
    with database.reading() as tx:
        assert tasks.next_due(tx) is None


def test_retry_opens_what_was_given_up_and_is_not_too_late(database: Database) -> None:
    plan(database, variant="in time")
    with database.transaction() as tx:
        tasks.plan(
            tx, "event.remind", "event:1", NOW, NOW, variant="late",
            expires_at=NOW + timedelta(hours=2),
        )  # fmt: skip
    now = NOW
    for wait in (*tasks.WAITS, 0):
        for _ in range(2):
            fail(database, now)
        now += timedelta(seconds=wait)
    assert states(database) == [("event.remind", "failed")] * 2

    with database.transaction() as tx:
        assert tasks.retry(tx, NOW + timedelta(hours=3)) == 1
    found = taken(database, NOW + timedelta(hours=3))
    assert found is not None
    assert (found.variant, found.attempts) == ("in time", 0)


def test_troubled_names_what_fails_by_its_key(database: Database) -> None:
    with database.transaction() as tx:
        tx.run(
            sql(
                "INSERT INTO broadcast (id, key, organisation, created_at)"
                " VALUES (4, 'news', 'cike', '2026-11-22T10:00:00Z')"
            )
        )
        tasks.plan(tx, "broadcast.start", "broadcast:4", NOW, NOW)
        assert tasks.troubled(tx, 5) == []
    fail(database, NOW)

    with database.reading() as tx:
        (trouble,) = tasks.troubled(tx, 5)
    assert trouble == Trouble("broadcast.start", "news", "open", 1, "ValueError: no")
