"""The program's clock: everything that is due is done once, whatever happens meanwhile."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from blueprints.load import load
from blueprints.schema import Blueprint
from bot import clock as ticking
from bot.clock import Clock
from outreach import planning
from outreach.broadcasts import steps
from outreach.clock import Context, Done, Handlers, Outcome, tick
from outreach.events import schedule
from outreach.handlers import HANDLERS as PROGRAM
from storage import tasks
from storage.database import Database, sql
from storage.errors import CannotWrite
from storage.tasks import TaskRow
from storage.transaction import Transaction
from tests.clocks import NOTE, NOW, SLICES, clock_in_a_process, sliced
from tests.outreach import sending
from tests.waiting import PATIENCE, idle, jump, some_moment, until

ROOT = Path(__file__).parent.parent
NOTED = sql("SELECT key FROM audience ORDER BY key")


def at_once(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
    tx.run(NOTE, key=f"{task.kind} {task.subject} {context.now:%H:%M}")
    return Done()


def broken(tx: Transaction, task: TaskRow, context: Context) -> Outcome:
    raise ValueError("Ana Novak")


HANDLERS: Handlers = {"sliced": sliced, "at once": at_once, "broken": broken}


@pytest.fixture(scope="module")
def blueprint() -> Blueprint:
    return load(ROOT / "blueprints/expats-for-home.toml")


@asynccontextmanager
async def running(
    database: Database,
    blueprint: Blueprint,
    *,
    now: Callable[[], datetime] = lambda: NOW,
    wake: Callable[[], None] = lambda: None,
    handlers: Handlers = HANDLERS,
) -> AsyncIterator[Clock]:
    clock = Clock(database, handlers, lambda: Context(now(), blueprint, ("telegram",)), wake)
    clock.start()
    yield clock
    await clock.stop()


def planned(database: Database, kind: str, *subjects: str, due: datetime = NOW) -> None:
    with database.transaction() as tx:
        for subject in subjects:
            tasks.plan(tx, kind, subject, due, NOW, expires_at=due + timedelta(hours=6))


def noted(database: Database) -> list[str]:
    with database.reading() as tx:
        return [row[0] for row in tx.run(NOTED).fetchall()]


def looked(database: Database, monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Set when the clock has looked, and found nothing to do."""
    found_nothing, write = asyncio.Event(), database.write

    async def watched(unit: Callable[..., Any], *given: Any) -> Any:
        result = await write(unit, *given)
        if unit is tick and result is None:
            found_nothing.set()
        return result

    monkeypatch.setattr(database, "write", watched)
    return found_nothing


async def test_the_clock_does_what_is_due_and_wakes_the_dispatcher(
    database: Database, blueprint: Blueprint
) -> None:
    planned(database, "at once", "event:1", "event:2")
    woken = asyncio.Event()
    async with running(database, blueprint, wake=woken.set):
        await asyncio.wait_for(woken.wait(), PATIENCE)
        await until(lambda: len(noted(database)) == 2, aside=True)

    assert noted(database) == ["at once event:1 10:00", "at once event:2 10:00"]


async def test_the_clock_finds_what_is_planned_while_it_runs(
    database: Database, blueprint: Blueprint, monkeypatch: pytest.MonkeyPatch
) -> None:
    found_nothing = looked(database, monkeypatch)
    async with running(database, blueprint):
        await found_nothing.wait()
        planned(database, "at once", "event:1")
        await until(lambda: len(noted(database)) == 1, aside=True)


async def test_a_clock_whose_scheduler_sleeps_looks_all_the_same(
    database: Database, blueprint: Blueprint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The machine's clock was set back: the scheduler waits for an hour that has been."""
    monkeypatch.setattr(ticking, "EVERY", 3600.0)
    found_nothing = looked(database, monkeypatch)
    async with running(database, blueprint):
        await found_nothing.wait()
        planned(database, "at once", "event:1")
        await idle()
        jump(ticking.AT_THE_LATEST)
        await until(lambda: len(noted(database)) == 1, aside=True)


async def test_a_broken_task_holds_nobody_up_and_tells_no_names(
    database: Database, blueprint: Blueprint, caplog: pytest.LogCaptureFixture
) -> None:
    planned(database, "broken", "event:1", due=NOW - timedelta(hours=1))
    planned(database, "at once", "event:2")
    async with running(database, blueprint):
        await until(lambda: noted(database) == ["at once event:2 10:00"], aside=True)

    with database.reading() as tx:
        (task,) = tasks.of(tx, "event:1")
    assert (task.state, task.attempts) == ("open", 1)
    assert task.due_at == NOW + timedelta(seconds=tasks.WAITS[0])
    assert "Ana" not in (task.error or "") + caplog.text


async def test_a_start_tries_again_what_was_given_up(
    database: Database, blueprint: Blueprint
) -> None:
    planned(database, "at once", "event:1")
    with database.transaction() as tx:
        tx.run(sql("UPDATE task SET state = 'failed', attempts = 5, error = 'no'"))
    async with running(database, blueprint):
        await until(lambda: len(noted(database)) == 1, aside=True)


async def test_the_clock_goes_on_when_the_database_was_away(
    database: Database, blueprint: Blueprint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ticking, "EVERY", 0.05)
    planned(database, "at once", "event:1")
    real, refused = database.write, 0

    async def away(*args: object) -> object:
        nonlocal refused
        if refused < 3:
            refused += 1
            raise CannotWrite("the disk is full")
        return await real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(database, "write", away)
    async with running(database, blueprint):
        await until(lambda: len(noted(database)) == 1, aside=True)
    assert refused == 3


async def test_after_six_hours_each_is_done_once_or_expired(
    database: Database, blueprint: Blueprint
) -> None:
    """Everything of a night was due every hour; the program was down from 01:30 to 07:30."""
    subjects = [f"event:{hour:02}" for hour in range(10)]
    for hour, subject in enumerate(subjects):
        planned(database, "at once", subject, due=NOW + timedelta(hours=hour))
    for start, end in ((0, 91), (450, 600)):
        for minute in range(start, end):
            context = Context(NOW + timedelta(minutes=minute), blueprint, ("telegram",))
            clock = Clock(database, HANDLERS, partial(lambda each: each, context))
            await clock.drain()

    assert noted(database) == [
        *("at once event:00 10:00", "at once event:01 11:00"),
        *(f"at once event:0{hour} 17:30" for hour in range(2, 8)),
        *("at once event:08 18:00", "at once event:09 19:00"),
    ]


async def test_what_expires_while_the_program_is_down_is_not_done(
    database: Database, blueprint: Blueprint
) -> None:
    planned(database, "at once", "event:1")
    async with running(database, blueprint, now=lambda: NOW + timedelta(hours=6)):
        await until(lambda: _state(database, "event:1") == "expired", aside=True)

    assert noted(database) == []


def _state(database: Database, subject: str) -> str:
    with database.reading() as tx:
        return tasks.of(tx, subject)[0].state


async def test_two_processes_share_what_is_due_without_a_double(
    postgresql_url: str, blueprint: Blueprint
) -> None:
    first, second = Database.open(postgresql_url), Database.open(postgresql_url)
    subjects = [f"event:{number:02}" for number in range(20)]
    planned(first, "sliced", *subjects)
    did = {1: 0, 2: 0}

    def counting(number: int) -> Callable[[], None]:
        def count() -> None:
            did[number] += 1

        return count

    async with (
        running(first, blueprint, wake=counting(1)),
        running(second, blueprint, wake=counting(2)),
    ):
        await until(lambda: len(noted(first)) == SLICES * len(subjects), aside=True)
        await until(lambda: all(_state(first, each) == "done" for each in subjects), aside=True)

    first.close()
    second.close()
    assert sum(did.values()) == SLICES * len(subjects)  # a slice done twice would have failed
    assert min(did.values()) > 0


def planned_for(database: Database, people: int) -> None:
    """A broadcast to everybody, and an event with a reminder to everybody."""
    with database.transaction() as tx:
        everybody = [sending.person(tx, name=f"P{number}") for number in range(people)]
        made = sending.broadcast(tx, status="scheduled", due_at=NOW)
        tasks.plan(tx, steps.START, f"broadcast:{made}", NOW, NOW)
        starts = NOW + timedelta(hours=23)
        event = sending.event(tx, starts_at=starts, ends_at=starts + timedelta(hours=2))
        for person in everybody:
            sending.answered(tx, event, person, "going")
        variant = f"1d@{int(starts.timestamp())}"
        tasks.plan(tx, schedule.REMIND, f"event:{event}", NOW, NOW, variant=variant)


def rows(database: Database) -> Counter[tuple[str, int]]:
    with database.reading() as tx:
        found = tx.run(sql("SELECT kind, person_id FROM delivery")).fetchall()
    return Counter((kind, person) for kind, person in found)


def all_done(database: Database) -> bool:
    with database.reading() as tx:
        return tx.run(sql("SELECT 1 FROM task WHERE state = 'open'")).fetchone() is None


async def test_two_processes_plan_for_everybody_once(
    postgresql_url: str, blueprint: Blueprint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two clocks and a slice of seven people each time, with the program's own handlers."""
    monkeypatch.setattr(planning, "STRETCH", 7)
    monkeypatch.setattr(planning, "SLICE_SECONDS", 0.0)
    first, second = Database.open(postgresql_url), Database.open(postgresql_url)
    planned_for(first, 200)
    async with (
        running(first, blueprint, handlers=PROGRAM),
        running(second, blueprint, handlers=PROGRAM),
    ):
        await until(lambda: all_done(second), aside=True)
    found = rows(first)
    first.close()
    second.close()

    assert len(found) == 400
    assert set(found.values()) == {1}


async def test_a_plan_that_is_killed_in_the_middle_leaves_nobody_out_and_doubles_nobody(
    database: Database, database_url: str
) -> None:
    planned_for(database, 240)
    chance = random.Random(20261123)
    kills = 0
    while not all_done(database):
        goal = len(rows(database)) + chance.randint(1, 150)
        with clock_in_a_process("do_plans", database_url):
            await until(
                lambda goal=goal: len(rows(database)) >= goal or all_done(database),  # type: ignore[misc]
                aside=True,
            )
            await some_moment(chance, 0.01)
        kills += 1

    found = rows(database)
    assert kills > 1
    assert len(found) == 480
    assert set(found.values()) == {1}


async def test_a_clock_killed_between_slices_loses_and_doubles_none(
    database: Database, database_url: str
) -> None:
    subjects = [f"event:{number}" for number in range(7)]
    planned(database, "sliced", *subjects)
    chance = random.Random(20261122)
    everything = SLICES * len(subjects)
    kills = 0
    while len(noted(database)) < everything:
        goal = min(everything, len(noted(database)) + chance.randint(1, 60))
        with clock_in_a_process("do_slices", database_url):
            await until(lambda goal=goal: len(noted(database)) >= goal, aside=True)  # type: ignore[misc]
            await some_moment(chance, 0.01)
        kills += 1

    assert kills > 1
    assert len(set(noted(database))) == everything
    with clock_in_a_process("do_slices", database_url):
        await until(lambda: all(_state(database, each) == "done" for each in subjects), aside=True)
