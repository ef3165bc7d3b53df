"""Units of work: one transaction each, in order, together where several wait."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from datetime import UTC, datetime

import pytest

from storage.database import Database, Transaction, sql
from storage.errors import Closed, UnitFailed
from storage.moments import moment
from storage.tables import Person

AT = moment(datetime(2026, 3, 1, 12, tzinfo=UTC))
ADD = sql("INSERT INTO checkpoint (name, value) VALUES (:name, :value)")
ALL = sql("SELECT name, value FROM checkpoint ORDER BY name")
COUNT = sql("SELECT count(*) FROM checkpoint")
PERSON = sql("INSERT INTO person (created_at, name) VALUES (:at, :name) RETURNING id")


def add(tx: Transaction, name: str, value: str = "") -> str:
    tx.run(ADD, name=name, value=value)
    return name


def every(tx: Transaction) -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in tx.run(ALL).fetchall()]


def count(tx: Transaction) -> int:
    row = tx.run(COUNT).fetchone()
    assert row is not None
    return int(row[0])


def add_then_fail(tx: Transaction, name: str) -> None:
    add(tx, name)
    raise LookupError(name)


def add_badly(tx: Transaction, name: str) -> None:
    """Breaks a constraint through a statement, which spoils a PostgreSQL transaction."""
    add(tx, name)
    add(tx, name)


def add_badly_through_the_session(tx: Transaction, name: str) -> None:
    add(tx, name)
    tx.session.add(Person(id=1, status="nonsense", created_at=datetime.now(UTC)))


async def test_write_returns_after_the_commit(database: Database) -> None:
    assert await database.write(add, "a", "1") == "a"
    assert await database.read(every) == [("a", "1")]


async def test_write_of_a_failing_unit_leaves_nothing_and_takes_nobody_along(
    database: Database,
) -> None:
    failing = (add_then_fail, add_badly, add_badly_through_the_session)
    units = [database.write(failing[n // 2 % 3] if n % 2 else add, f"{n:03}") for n in range(60)]
    results = await asyncio.gather(*units, return_exceptions=True)
    assert [isinstance(result, Exception) for result in results] == [bool(n % 2) for n in range(60)]
    assert [name for name, _ in await database.read(every)] == [f"{n:03}" for n in range(0, 60, 2)]


async def test_write_runs_units_in_the_order_of_the_calls(database: Database) -> None:
    seen: list[int] = []

    def note(tx: Transaction, n: int) -> None:
        add(tx, str(n))
        seen.append(n)

    await asyncio.gather(*(database.write(note, n) for n in range(500)))
    assert seen == list(range(500))
    assert await database.read(count) == 500


async def test_write_groups_what_waits(database: Database) -> None:
    """Callers that wait together are told together: 300 units wake the loop a few times."""
    loop = asyncio.get_running_loop()
    wakes = 0
    original = loop.call_soon_threadsafe

    def counting(*args: object, **kwargs: object) -> object:
        nonlocal wakes
        wakes += 1
        return original(*args, **kwargs)  # type: ignore[arg-type]

    loop.call_soon_threadsafe = counting  # type: ignore[method-assign, assignment]
    await asyncio.gather(*(database.write(add, str(n)) for n in range(300)))
    assert wakes < 100


async def test_write_runs_off_the_loop(database: Database) -> None:
    def where(tx: Transaction) -> int:
        return threading.get_ident()

    assert await database.write(where) != threading.get_ident()
    assert await database.read(where) != threading.get_ident()


async def test_write_of_a_cancelled_caller_disturbs_nobody(database: Database) -> None:
    task = asyncio.ensure_future(database.write(add, "a"))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await database.write(add, "b") == "b"


async def test_write_of_a_unit_that_goes_on_after_a_failed_statement(database: Database) -> None:
    """PostgreSQL gives up such a transaction: nothing of it may look as if it were committed."""

    def careless(tx: Transaction, name: str) -> str:
        add(tx, name)
        with contextlib.suppress(Exception):
            add(tx, name)
        return name

    units = [database.write(careless, "a"), database.write(add, "b"), database.write(careless, "c")]
    results = await asyncio.gather(*units, return_exceptions=True)
    if database.dialect == "sqlite":
        assert results == ["a", "b", "c"]
    else:
        assert [type(result) for result in results] == [UnitFailed, str, UnitFailed]
    expected = [result for result in results if isinstance(result, str)]
    assert [name for name, _ in await database.read(every)] == expected


async def test_session_and_statements_share_the_transaction(database: Database) -> None:
    def unit(tx: Transaction) -> list[str]:
        tx.session.add(Person(name="Ana", created_at=datetime(2026, 1, 1, tzinfo=UTC)))
        tx.flush()
        tx.run(PERSON, at=AT, name="Bor")
        rows = tx.run(sql("SELECT name FROM person ORDER BY id")).fetchall()
        return [row[0] for row in rows]

    assert await database.write(unit) == ["Ana", "Bor"]

    def people(tx: Transaction) -> list[tuple[str | None, datetime]]:
        first, second = tx.session.get(Person, 1), tx.session.get(Person, 2)
        assert first is not None
        assert second is not None
        return [(first.name, first.created_at), (second.name, second.created_at)]

    assert await database.read(people) == [
        ("Ana", datetime(2026, 1, 1, tzinfo=UTC)),
        ("Bor", datetime(2026, 3, 1, 12, tzinfo=UTC)),
    ]


async def test_session_is_flushed_before_the_commit(database: Database) -> None:
    def unit(tx: Transaction) -> None:
        tx.session.add(Person(name="Ana", created_at=datetime(2026, 1, 1, tzinfo=UTC)))

    await asyncio.gather(*(database.write(unit) for _ in range(5)))
    rows = await database.read(lambda tx: tx.run(sql("SELECT count(*) FROM person")).fetchone())
    assert rows == (5,)


async def test_read_cannot_write(database: Database) -> None:
    with pytest.raises(Exception, match=r"readonly|read-only"):
        await database.read(add, "a")
    assert await database.read(count) == 0


async def test_read_sees_a_snapshot(database: Database) -> None:
    started, written = threading.Event(), threading.Event()

    def slow(tx: Transaction) -> tuple[int, int]:
        first = count(tx)
        started.set()
        written.wait(10)
        return first, count(tx)

    reading = asyncio.ensure_future(database.read(slow))
    await asyncio.to_thread(started.wait, 10)
    await database.write(add, "a")
    written.set()
    assert await reading == (0, 0)
    assert await database.read(count) == 1


def test_transaction_commits_at_the_end_and_undoes_on_errors(database: Database) -> None:
    with database.transaction() as tx:
        add(tx, "a")
    with pytest.raises(LookupError), database.transaction() as tx:
        add_then_fail(tx, "b")
    with database.reading() as tx:
        assert every(tx) == [("a", "")]


async def test_close_finishes_what_was_handed_in(database_url: str) -> None:
    database = Database.open(database_url)
    waiting = [database.write(add, str(n)) for n in range(20)]
    tasks = [asyncio.ensure_future(each) for each in waiting]
    await asyncio.sleep(0)
    database.close()
    assert await asyncio.gather(*tasks) == [str(n) for n in range(20)]
    with pytest.raises(Closed):
        await database.write(add, "late")
    with pytest.raises(Closed):
        await database.read(count)


async def test_many_runs_a_statement_for_every_row(database: Database) -> None:
    def unit(tx: Transaction) -> None:
        tx.many(ADD, [{"name": str(n), "value": "x"} for n in range(10)])

    await database.write(unit)
    assert await database.read(count) == 10


async def test_numbers_are_never_used_again(database: Database) -> None:
    def born(tx: Transaction) -> int:
        row = tx.run(PERSON, at=AT, name="Ana").fetchone()
        assert row is not None
        return int(row[0])

    first = await database.write(born)
    await database.write(lambda tx: tx.run(sql("DELETE FROM person")).rowcount)
    assert await database.write(born) > first
