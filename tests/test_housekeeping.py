"""What is thrown away in time, and what stays in its way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from blueprints.schema import Timings
from bot import housekeeping as housekeeping_module
from bot.housekeeping import Housekeeping
from bot.turn.context import House
from messages.words import Words
from storage import retention
from storage.database import Database, Transaction, sql
from storage.errors import CannotWrite
from storage.privacy import erase
from tests.outreach import sending
from tests.outreach.inviting import expats

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
OLD = NOW - timedelta(days=100)


async def test_old_messages_go_also_those_behind_many_that_stay(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An event was announced long ago, to more people than a slice holds."""
    monkeypatch.setattr(retention.purge_deliveries, "__defaults__", (0, 7))
    with database.transaction() as tx:
        person = sending.person(tx)
        event = sending.event(tx)
        for number in range(20):
            sending.delivery(
                tx, person, "invitation", event_id=event, variant=str(number), state="sent",
                created_at=OLD,
            )  # fmt: skip
        for _ in range(20):
            sending.delivery(tx, person, state="sent", created_at=OLD)
        recent = sending.delivery(tx, person, state="sent", created_at=NOW)
    housekeeping = Housekeeping(database, house(Timings()), lambda: NOW)
    await housekeeping.look()

    with database.reading() as tx:
        rows = tx.run(sql("SELECT id, kind FROM delivery ORDER BY id")).fetchall()
    assert [kind for _, kind in rows] == ["invitation"] * 20 + ["broadcast"]
    assert rows[-1][0] == recent


def house(days: Timings) -> House:
    """The real blueprint with other lengths."""
    blueprint = expats().model_copy(update={"timings": days})
    return House(blueprint, Words(blueprint.languages), "key", "1", ("telegram",))


DAYS = Timings(
    abandoned_days=1, event_ids_days=2, delivery_days=3, inbox_days=4, unanswered_days=5,
    quarantine_days=2, staff_log_days=4, proof_days=2, erasure_days=3,
)  # fmt: skip
LEFT = {  # days old that a row may be
    "person": [0, 1], "received": [0, 1, 2], "delivery": [0, 1, 2, 3], "task": [0, 1, 2, 3],
    "inbox": [0, 1, 2, 3, 4], "waiting": [0, 1, 2, 3, 4, 5], "quarantine": [0, 1, 2],
    "link_code": [0, 1], "staff_code": [0, 1], "staff_log": [0, 1, 2, 3, 4], "proof": [0, 1, 2],
    "erasure": [0, 1, 2, 3],
}  # fmt: skip


def fill(tx: Transaction) -> None:
    """Of each kind a row for each of the last days, named by how old it is."""
    owner = sending.person(tx, created_at=OLD)
    staff = sending.put(tx, "staff", name="Jana", created_at=OLD)
    about = {"channel": "telegram", "account": "bot"}
    for days in reversed(range(7)):  # messages have their numbers in the order of time
        at, name = NOW - timedelta(days=days), str(days)
        sending.put(tx, "person", status="new", name=name, created_at=at)
        sending.put(tx, "received", **about, event_id=name, at=at)
        sending.put(tx, "quarantine", **about, event_id=name, at=at, error="")
        sending.put(
            tx, "inbox", **about, user_id="1", kind="text", text=name, at=at, state="done"
        )  # fmt: skip
        sending.put(
            tx, "task", kind=name, subject="", state="done", due_at=at, created_at=at, done_at=at
        )  # fmt: skip
        sending.put(
            tx, "inbox", **about, user_id="1", kind="text", text=name, at=at, state="open"
        )  # fmt: skip
        sending.put(tx, "staff_log", at=at, actor="x", action=name)
        sending.put(
            tx, "erasure", subject_hash=name, proof='{"consents": []}', erased_at=at
        )  # fmt: skip
        sending.put(tx, "staff_code", code_hash=name, staff_id=staff, expires_at=at)
        sending.put(tx, "link_code", code_hash=name, person_id=owner, expires_at=at)
        sending.delivery(tx, owner, variant=name, state="sent", created_at=at)


def left(database: Database) -> dict[str, list[int]]:
    names = {
        "person": "name FROM person WHERE status = 'new'", "received": "event_id FROM received",
        "delivery": "variant FROM delivery", "task": "kind FROM task",
        "inbox": "text FROM inbox WHERE state = 'done'", "quarantine": "event_id FROM quarantine",
        "waiting": "text FROM inbox WHERE state = 'open'",
        "link_code": "code_hash FROM link_code", "staff_code": "code_hash FROM staff_code",
        "staff_log": "action FROM staff_log", "erasure": "subject_hash FROM erasure",
        "proof": "subject_hash FROM erasure WHERE proof <> '{}'",
    }  # fmt: skip
    with database.reading() as tx:
        return {
            table: sorted(int(name) for (name,) in tx.run(sql(f"SELECT {query}")).fetchall())
            for table, query in names.items()
        }


async def test_everything_is_kept_its_own_days(database: Database) -> None:
    with database.transaction() as tx:
        fill(tx)
    await Housekeeping(database, house(DAYS), lambda: NOW).look()
    assert left(database) == LEFT


async def test_what_is_more_than_a_slice_goes_slice_by_slice(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    for purge in (retention.purge_received, retention.purge_tasks, retention.purge_stubs):
        monkeypatch.setattr(purge, "__defaults__", (1,))
    monkeypatch.setattr(retention.purge_deliveries, "__defaults__", (0, 1))
    with database.transaction() as tx:
        fill(tx)
    await Housekeeping(database, house(DAYS), lambda: NOW).look()
    assert left(database) == LEFT


async def test_pauses_end_on_their_day(database: Database) -> None:
    with database.transaction() as tx:
        for until in (NOW - timedelta(days=1), NOW, NOW + timedelta(days=1)):
            sending.person(tx, status="paused", paused_until=until.date().isoformat())
    await Housekeeping(database, house(DAYS), lambda: NOW).look()
    with database.reading() as tx:
        rows = tx.run(sql("SELECT status, paused_until IS NULL FROM person ORDER BY id")).fetchall()
    assert [(status, bool(ended)) for status, ended in rows] == [
        ("active", True), ("active", True), ("paused", False),
    ]  # fmt: skip


async def test_a_database_that_is_busy_is_looked_at_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a purge nor the tidying is worth an alarm: the next look does it."""
    housekeeping = Housekeeping(database, house(DAYS), lambda: NOW)
    with database.transaction() as tx:
        fill(tx)

    def busy(*args: object) -> None:
        raise CannotWrite("the database is locked")

    with monkeypatch.context() as trouble:
        trouble.setattr(database, "write", busy)
        trouble.setattr(database, "tidy", busy)
        await housekeeping.look()
        await housekeeping.tidy()
    assert left(database) != LEFT
    await housekeeping.look()
    assert left(database) == LEFT


async def test_tidying_leaves_nothing_erased_in_the_file(sqlite_url: str) -> None:
    database = Database.open(sqlite_url)
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    with database.transaction() as tx:
        person = sending.person(tx, name="Ana Novak-Zajc")
    await database.write(erase, person, "key", NOW)
    await Housekeeping(database, house(DAYS), lambda: NOW).tidy()
    files = [each.read_bytes() for each in path.parent.glob(f"{path.name}*")]
    assert files
    assert not any(b"Novak-Zajc" in each for each in files)
    database.close()


async def test_it_tidies_at_night_in_utc_wherever_the_server_stands(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    housekeeping = Housekeeping(database, house(DAYS), lambda: NOW)
    housekeeping.start()
    assert housekeeping._scheduler is not None
    jobs = {job.func: job for job in housekeeping._scheduler.get_jobs()}
    tidying, looking = jobs[housekeeping.tidy], jobs[housekeeping.look]
    assert tidying.next_run_time.astimezone(UTC).hour == 2
    assert str(tidying.trigger.timezone) == "UTC"
    assert looking.trigger.interval == timedelta(minutes=housekeeping_module.EVERY_MINUTES)
    await housekeeping.stop()


async def test_it_looks_soon_after_the_start_and_ends_when_told(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = asyncio.Event()
    monkeypatch.setattr(housekeeping_module, "FIRST_AFTER", 0.0)
    housekeeping = Housekeeping(database, house(DAYS), lambda: NOW)
    monkeypatch.setattr(housekeeping, "_through", _noted(looked))
    housekeeping.start()
    await asyncio.wait_for(looked.wait(), 60)
    await housekeeping.stop()
    assert asyncio.all_tasks() == {asyncio.current_task()}
    await Housekeeping(database, house(DAYS), lambda: NOW).stop()  # one that was never started


def _noted(looked: asyncio.Event) -> Callable[[object], Awaitable[None]]:
    async def purge(_some: object) -> None:
        looked.set()

    return purge
