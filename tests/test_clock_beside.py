"""The program's clock and what is done beside: in a process of its own, while it goes on."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from blueprints.load import load
from blueprints.schema import Blueprint
from bot import clock as ticking
from bot.aside import aside
from bot.clock import Clock
from outreach.clock import (
    LEASE,
    Beside,
    BesideFailed,
    Context,
    Done,
    Further,
    Handler,
    Handlers,
    Outcome,
)
from outreach.errors import WrongState
from outreach.handlers import HANDLERS
from outreach.mentoring import rounds
from outreach.staff import console_actor
from storage import tasks
from storage.database import Database, Statement, sql
from storage.tasks import TaskRow
from storage.transaction import Transaction
from tests.storage import mentoring_data
from tests.waiting import until, work

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
ROOT = Path(__file__).parent.parent
NOTE = sql(
    "INSERT INTO audience (key, filter, created_at) VALUES (:key, '', '2026-11-22T10:00:00Z')"
)
NOTED = sql("SELECT key FROM audience ORDER BY key")
ROUNDS = sql("SELECT id FROM mentoring_round")
PROPOSED = sql("SELECT mentee_id FROM mentoring_match WHERE state = 'proposed' ORDER BY id")


def look(tx: Transaction) -> str:
    return "seen"


def then(tx: Transaction, found: str, state: Any) -> Further | Done:
    if state == "last":
        return Done()
    tx.run(NOTE, key=found)
    return Further("last")


def quick(seen: str) -> str:
    return f"{seen} by {os.getpid()}"


def thinks_until(seen: str, folder: Path) -> str:
    """Says in ``folder`` that it has begun, and thinks until it is let go there."""
    unfinished = folder / "begins"
    unfinished.write_text(str(os.getpid()))
    unfinished.rename(folder / "begun")
    while not (folder / "go").exists():
        work(0.01)
    return seen


def raises(seen: str) -> str:
    raise ValueError("Ana Novak")


def refuses(seen: str) -> str:
    raise WrongState("there is nobody")


def dies(seen: str) -> str:
    os._exit(9)


def beside(think: Callable[[str], str]) -> Handler:
    def handle(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
        return Beside(look, think, then)

    return handle


def at_once(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
    tx.run(NOTE, key=f"at once {time.monotonic()}")
    return Done()


@pytest.fixture(scope="module")
def blueprint() -> Blueprint:
    return load(ROOT / "blueprints/expats-for-home.toml")


@asynccontextmanager
async def running(
    database: Database,
    blueprint: Blueprint,
    handlers: Handlers,
    now: datetime = NOW,
    channels: tuple[str, ...] = ("telegram",),
) -> AsyncIterator[Clock]:
    clock = Clock(database, handlers, lambda: Context(now, blueprint, channels))
    clock.start()
    yield clock
    await clock.stop()


def planned(database: Database, kind: str, subject: str) -> None:
    with database.transaction() as tx:
        tasks.plan(tx, kind, subject, NOW, NOW)


def noted(database: Database, statement: Statement = NOTED) -> list[Any]:
    with database.reading() as tx:
        return [row[0] for row in tx.run(statement).fetchall()]


def task(database: Database, subject: str = "round:all") -> TaskRow:
    with database.reading() as tx:
        return tasks.of(tx, subject)[0]


def begun(folder: Path) -> int | None:
    """The number of the process that thinks, once it does."""
    file = folder / "begun"
    return int(file.read_text()) if file.exists() else None


def gone(process: int) -> bool:
    """Whether there is no such process any more."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


async def test_the_clock_has_it_thought_about_in_another_process(
    database: Database, blueprint: Blueprint
) -> None:
    planned(database, "round", "round:all")
    async with running(database, blueprint, {"round": beside(quick)}):
        await until(lambda: task(database).state == "done", aside=True)

    (note,) = noted(database)
    assert note.startswith("seen by ")
    assert note != quick("seen")


async def test_the_clock_goes_on_while_something_is_done_beside(
    database: Database, blueprint: Blueprint, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(ticking, "EVERY", 0.05)
    planned(database, "round", "round:all")
    handlers = {"round": beside(partial(thinks_until, folder=tmp_path)), "at once": at_once}
    async with running(database, blueprint, handlers):
        await until(lambda: begun(tmp_path))
        planned(database, "at once", "event:1")
        await until(lambda: len(noted(database)) == 1, aside=True)
        assert noted(database)[0].startswith("at once")
        (tmp_path / "go").touch()
        await until(lambda: task(database).state == "done", aside=True)
    assert len(noted(database)) == 2


@pytest.mark.parametrize(
    ("think", "reason"),
    [
        (raises, "BesideFailed"),
        (refuses, "there is nobody"),
        (dies, "its process ended with 9"),
    ],
)
async def test_what_fails_beside_is_told_without_names_and_tried_again(
    database: Database,
    blueprint: Blueprint,
    think: Callable[[str], str],
    reason: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    planned(database, "round", "round:all")
    async with running(database, blueprint, {"round": beside(think)}):
        await until(
            lambda: task(database).due_at == NOW + timedelta(seconds=tasks.WAITS[0]), aside=True
        )

    failed = task(database)
    assert failed.attempts == 1
    assert "Ana" not in (failed.error or "") + caplog.text
    if reason != "BesideFailed":
        assert failed.error == reason
    else:
        assert (failed.error or "").startswith("ValueError at test_clock_beside.py:")


async def test_stopping_ends_what_is_done_beside_and_the_next_process_begins_anew(
    database: Database, blueprint: Blueprint, tmp_path: Path
) -> None:
    planned(database, "round", "round:all")
    handlers = {"round": beside(partial(thinks_until, folder=tmp_path))}
    async with running(database, blueprint, handlers):
        process = await until(lambda: begun(tmp_path))
    await until(lambda: gone(process))
    assert noted(database) == []

    async with running(database, blueprint, {"round": beside(quick)}, NOW + LEASE):
        await until(lambda: task(database).state == "done", aside=True)


async def test_several_are_done_one_after_the_other(
    database: Database, blueprint: Blueprint, tmp_path: Path
) -> None:
    planned(database, "first", "round:a")
    planned(database, "second", "round:b")
    first = beside(partial(thinks_until, folder=tmp_path))
    handlers = {"first": first, "second": beside(quick)}
    async with running(database, blueprint, handlers) as clock:
        await until(lambda: task(database, "round:b").due_at > NOW, aside=True)
        await until(lambda: begun(tmp_path))
        (tmp_path / "go").touch()
        await clock.finish_beside()
        assert [task(database, each).state for each in ("round:a", "round:b")] == ["done"] * 2
    assert len(noted(database)) == 2


async def test_two_processes_do_it_once(postgresql_url: str, blueprint: Blueprint) -> None:
    one, two = Database.open(postgresql_url), Database.open(postgresql_url)
    planned(one, "round", "round:all")
    handlers = {"round": beside(quick)}
    async with (
        running(one, blueprint, handlers) as first,
        running(two, blueprint, handlers) as second,
    ):
        await until(lambda: task(one).state == "done", aside=True)
        for clock in (first, second):
            await clock.finish_beside()
            assert await clock.drain() == 0
    assert len(noted(one)) == 1
    one.close()
    two.close()


async def test_a_round_of_mentoring_is_made_beside(
    database: Database, blueprint: Blueprint
) -> None:
    with database.transaction() as tx:
        mentoring_data.few(tx)
        rounds.ask_for(tx, None, console_actor(), NOW)
    async with running(database, blueprint, HANDLERS, NOW, channels=("demo",)):
        await until(lambda: bool(noted(database, ROUNDS)), aside=True)
        await until(lambda: task(database).state == "done", aside=True)

    # 3 waits; of the mentors only 11 has a free place.
    assert noted(database, PROPOSED) == [1, 3]


async def test_aside_gives_the_result_and_ends_the_process_when_cancelled(
    tmp_path: Path,
) -> None:
    assert await aside(sum, [1, 2]) == 3
    with pytest.raises(BesideFailed, match="ZeroDivisionError"):
        await aside(divmod, 1, 0)
    thinking = asyncio.create_task(aside(partial(thinks_until, folder=tmp_path), "seen"))
    process = await until(lambda: begun(tmp_path))
    assert not gone(process)
    thinking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await thinking
    await until(lambda: gone(process))
