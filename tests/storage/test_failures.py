"""What happens when the database is not there, breaks, or is used by somebody else."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import psycopg
import pytest

from bot.app import _probe
from storage.connections import Link
from storage.database import Database, Transaction, sql
from storage.errors import (
    AlreadyRunning,
    CannotConnect,
    CannotWrite,
    ConnectionLost,
    StorageError,
    WrongUrl,
)
from storage.urls import parse_url
from tests.waiting import PATIENCE, idle

ADD = sql("INSERT INTO checkpoint (name, value) VALUES (:name, '')")
TOUCH = sql("UPDATE checkpoint SET value = value || '.' WHERE name = :name")
NAMES = sql("SELECT name FROM checkpoint ORDER BY name")
KILL = sql("SELECT pg_terminate_backend(pg_backend_pid())")
IMPATIENCE = 0.05  # seconds


def add(tx: Transaction, name: str) -> str:
    tx.run(ADD, name=name)
    return name


def names(tx: Transaction) -> list[str]:
    return [row[0] for row in tx.run(NAMES).fetchall()]


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("", "understood"),
        ("domov.sqlite3", "understood"),
        ("mysql://host/name", "mysql"),
        ("sqlite://", "memory"),
        ("sqlite:///:memory:", "memory"),
        ("sqlite://domov.sqlite3", "slashes"),
        ("sqlite:///a?mode=ro", "options"),
        ("postgresql://user:hush@host:port/name", "port"),
        ("postgresql://user:hush@host", "no database"),
    ],
)
def test_wrong_url_is_named_without_its_password(url: str, word: str) -> None:
    with pytest.raises(WrongUrl, match=word) as caught:
        parse_url(url)
    assert "hush" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_address_is_shown_without_its_password() -> None:
    address = parse_url("postgres://ana:hush@db.example.org:5433/domov?password=hush&x=1")
    assert str(address) == "postgresql://ana:***@db.example.org:5433/domov?password=***&x=1"


def test_open_without_a_server_is_a_clear_error_without_the_password(tmp_path: Path) -> None:
    with pytest.raises(CannotConnect) as caught:
        Database.open(f"postgresql://ana:hush@/domov?host={tmp_path}")
    assert "hush" not in str(caught.value)


def test_open_without_the_folder_or_with_another_file_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(CannotConnect, match="folder"):
        Database.open(f"sqlite:///{tmp_path / 'nowhere' / 'domov.sqlite3'}")
    other = tmp_path / "letter.txt"
    other.write_text("Dear Ana, this is no database. " * 50)
    with pytest.raises(CannotConnect, match=r"letter\.txt"):
        Database.open(f"sqlite:///{other}")


def test_exclusive_refuses_a_second_process_until_the_first_dies(sqlite_url: str) -> None:
    hold = (
        "import sys, time; from storage.database import Database\n"
        "database = Database.open(sys.argv[1]); database.exclusive()\n"
        "print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", hold, sqlite_url], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    database = Database.open(sqlite_url)  # reading beside it is fine
    with pytest.raises(AlreadyRunning, match="PostgreSQL"):
        database.exclusive()
    holder.kill()
    holder.wait()
    holder.stdout.close()
    database.exclusive()
    database.exclusive()  # having it already is fine
    database.close()


def test_exclusive_on_postgresql_refuses_nobody(postgresql_url: str) -> None:
    first, second = Database.open(postgresql_url), Database.open(postgresql_url)
    first.exclusive()
    second.exclusive()
    first.close()
    second.close()


async def test_write_waits_for_the_command_line_beside_it(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database.open(sqlite_url)
    began, tries, go_on = threading.Event(), threading.Event(), threading.Event()
    begin = Link.begin

    def trying(link: Link) -> None:
        if began.is_set():
            tries.set()
        begin(link)

    def by_hand() -> None:
        with Database.open(sqlite_url).transaction() as tx:
            add(tx, "by hand")
            began.set()
            go_on.wait(PATIENCE)

    thread = threading.Thread(target=by_hand)
    thread.start()
    await asyncio.to_thread(began.wait, PATIENCE)
    monkeypatch.setattr(Link, "begin", trying)
    writing = asyncio.ensure_future(database.write(add, "by the program"))
    await asyncio.to_thread(tries.wait, PATIENCE)
    # Who came later and waits for less has been refused by now.
    impatient = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), IMPATIENCE)
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        impatient.execute("BEGIN IMMEDIATE")
    impatient.close()
    await idle()
    assert not writing.done()
    go_on.set()
    assert await writing == "by the program"
    thread.join()
    assert await database.read(names) == ["by hand", "by the program"]
    database.close()


async def test_write_that_waits_too_long_is_a_clear_error_and_the_next_one_works(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.connections.BUSY_SECONDS", 0.05)
    database = Database.open(sqlite_url)
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(CannotWrite, match="locked"):
        await database.write(add, "a")
    other.execute("ROLLBACK")
    other.close()
    assert await database.write(add, "b") == "b"
    database.close()


async def test_write_on_a_full_disk_fails_alone_and_the_next_one_works(sqlite_url: str) -> None:
    database = Database.open(sqlite_url)
    big = sql("INSERT INTO checkpoint (name, value) VALUES (:name, :value)")

    def limit(tx: Transaction, pages: int) -> None:
        tx.run(sql(f"PRAGMA max_page_count = {pages}")).fetchall()

    def add_much(tx: Transaction, name: str) -> None:
        tx.run(big, name=name, value="x" * 1_000_000)

    await database.write(limit, 100)
    results = await asyncio.gather(
        database.write(add, "a"),
        database.write(add_much, "b"),
        database.write(add, "c"),
        return_exceptions=True,
    )
    assert [type(result) for result in results] == [str, CannotWrite, str]
    assert await database.read(names) == ["a", "c"]
    database.close()


async def test_health_hears_of_a_full_disk_until_something_can_be_written(sqlite_url: str) -> None:
    """Reading goes on as if nothing were wrong."""
    database = Database.open(sqlite_url)
    much = sql("INSERT INTO checkpoint (name, value) VALUES ('big', :value)")

    def add_much(tx: Transaction) -> None:
        tx.run(sql("PRAGMA max_page_count = 100")).fetchall()
        tx.run(much, value="x" * 1_000_000)

    await _probe(database)
    assert await database.write(add, "a") == "a"
    await _probe(database)
    with pytest.raises(CannotWrite):
        await database.write(add_much)
    assert await database.read(names) == ["a"]
    with pytest.raises(CannotWrite, match="cannot be written"):
        await _probe(database)
    with pytest.raises(sqlite3.IntegrityError):  # the unit's own fault, not the database's
        await database.write(add, "a")
    await _probe(database)
    database.close()


async def test_lost_connection_while_idle_is_not_noticed(postgresql_url: str) -> None:
    database = Database.open(postgresql_url)
    await database.write(add, "a")
    assert await database.read(names) == ["a"]
    _end_all(postgresql_url)
    assert await database.write(add, "b") == "b"
    assert await database.read(names) == ["a", "b"]
    database.close()


async def test_lost_connection_in_a_unit_that_kills_it_every_time_is_a_clear_error(
    postgresql_url: str,
) -> None:
    database = Database.open(postgresql_url)

    def suicide(tx: Transaction) -> None:
        add(tx, "never")
        tx.run(KILL)

    results = await asyncio.gather(
        database.write(add, "a"),
        database.write(suicide),
        database.write(add, "b"),
        return_exceptions=True,
    )
    assert [type(result) for result in results] == [str, ConnectionLost, str]
    assert await database.read(names) == ["a", "b"]
    with pytest.raises(StorageError):
        await database.read(lambda tx: tx.run(KILL).fetchone())
    assert await database.read(names) == ["a", "b"]
    database.close()


async def test_deadlock_between_processes_is_resolved_by_doing_it_again(
    postgresql_url: str,
) -> None:
    """Two processes' groups lock two rows the other way round; both get through, once each."""
    first, second = Database.open(postgresql_url), Database.open(postgresql_url)
    await first.write(add, "a")
    await first.write(add, "b")
    both_have_one = threading.Barrier(2, timeout=PATIENCE)
    met = {"first": False, "second": False}

    def touch(tx: Transaction, who: str, one: str, other: str) -> None:
        tx.run(TOUCH, name=one)
        if not met[who]:
            met[who] = True
            both_have_one.wait()
        tx.run(TOUCH, name=other)

    await asyncio.gather(
        first.write(touch, "first", "a", "b"), second.write(touch, "second", "b", "a")
    )
    values = sql("SELECT value FROM checkpoint")
    assert await first.read(lambda tx: tx.run(values).fetchall()) == [("..",), ("..",)]
    first.close()
    second.close()


def _end_all(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
