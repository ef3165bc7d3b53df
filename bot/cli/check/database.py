"""The database: there, migrated, writable."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Iterator

from bot.cli.check.finding import Finding, ok, problem, remark
from bot.settings import Settings
from storage.database import Database
from storage.errors import StorageError
from storage.migrate import pending
from storage.people import count_people
from storage.statements import sql
from storage.urls import Address, parse_url

SPACE = 500_000_000  # bytes free on the disk below which an operator should look

# A row that nobody else has; taken back before the commit.
_TRY = sql("INSERT INTO checkpoint (name, value) VALUES (:name, :value)")


_REMEDY = "stop Domov and put a backup back: domov restore FILE"
_LOOK_SQLITE = sql("PRAGMA quick_check(1)")


class _TakeBack(Exception):
    """Ends the trial without leaving anything."""


def check(given: Settings) -> Iterator[Finding]:
    """Each of the three, and how many people are in it."""
    url = given.database_url.get_secret_value()
    try:
        address = parse_url(url)
        steps = pending(url)
        if steps:
            yield problem("Database", _unready(address, len(steps)))
            return
        with contextlib.closing(Database.open(url)) as database:
            damage = _damage(database)
            if damage is not None:
                yield problem("Database", f"{address} is damaged: {damage}; {_REMEDY}")
                return
            _write(database)
            with database.reading() as tx:
                people = sum(count_people(tx).values())
    except StorageError as error:
        yield problem("Database", f"{error}. {_remedy(error)}")
        return
    yield ok("Database", f"{address}: up to date, can be written, {people:,} people")
    yield from _space(address)


def _remedy(error: StorageError) -> str:
    code = getattr(error.__cause__, "sqlite_errorcode", 0) & 0xFF
    damaged = code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
    return f"It is damaged: {_REMEDY}" if damaged else "Look at DATABASE_URL"


def _unready(address: Address, steps: int) -> str:
    if address.path is not None and not address.path.exists():
        return f"there is none at {address.path} yet; run `domov migrate`"
    return f"{address} is {steps} step{'s' if steps != 1 else ''} behind; run `domov migrate`"


def _damage(database: Database) -> str | None:
    """What SQLite finds wrong with its file; it reads every page. PostgreSQL looks itself."""
    if database.dialect != "sqlite":
        return None
    with database.reading() as tx:
        said = str((tx.run(_LOOK_SQLITE).fetchone() or ("nothing can be read",))[0])
    return None if said == "ok" else said


def _write(database: Database) -> None:
    """Write something and take it back. Raises StorageError."""
    with contextlib.suppress(_TakeBack), database.transaction() as tx:
        tx.run(_TRY, name="domov check", value="")
        raise _TakeBack


def _space(address: Address) -> Iterator[Finding]:
    if address.path is None:
        return
    free = shutil.disk_usage(address.path.parent).free
    if free < SPACE:
        yield remark("Database", f"only {free // 1_000_000} MB are free on its disk; make room")
