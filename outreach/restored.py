"""An old backup that was restored does not send again what went out since it was made.

Every claim counts what it took, in the database, and after the commit the same number goes into a
small file beside it. A database that has counted less than its file is older than what was sent:
then nothing but replies goes out until staff have looked (``domov deliveries release``). What the
clock plans meanwhile is held as well: it may have planned and sent the same before. The same where
the file is gone: the backup was put back on another machine.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import orjson

from storage import sent
from storage.beside import beside
from storage.database import Database
from storage.sent import REASON, RELEASED, holding
from storage.transaction import Transaction

__all__ = ["REASON", "RELEASED", "SentFile", "behind", "check", "count", "holding", "path_for"]

SLICE = 5_000  # rows held in one transaction
WIDTH = 19  # digits of a number, so that the file is written in one piece and never shortened


def path_for(database: Path | None, folder: Path | None) -> Path | None:
    """Where the numbers are kept (see :func:`storage.beside.beside`)."""
    return beside(database, folder, "sent")


def numbers_in(content: bytes) -> dict[str, int]:
    """What a file's content says; nothing where it cannot be read."""
    with contextlib.suppress(ValueError):
        found = re.findall(r'"((?:[^"\\]|\\.)*)":\s*(\d+)', content.decode("utf-8"))
        return {orjson.loads(f'"{name}"'): int(number) for name, number in found}
    return {}


class SentFile:
    """The numbers in a file: "channel:account" -> how much was sent. Without a path it keeps
    nothing. Not synced to the disk, as little as SQLite's log is: after a loss of power either
    may be the older one, and where that is the database, it has forgotten what was sent."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._numbers = dict(self.read())

    def read(self) -> Mapping[str, int]:
        """What the file holds; nothing where it is not there or cannot be read."""
        if self._path is None:
            return {}
        with contextlib.suppress(OSError):
            return numbers_in(self._path.read_bytes())
        return {}

    @property
    def lost(self) -> bool:
        """Whether it should be there and is not."""
        return self._path is not None and not self._path.exists()

    def begin(self, numbers: Mapping[str, int]) -> None:
        """Make the file where there is none yet, with these numbers. Raises OSError."""
        self._numbers = dict(numbers)
        self._write()

    def note(self, channel: str, account: str, mark: int) -> None:
        """To be called after the commit of a claim, with its ``mark``. Raises OSError where the
        file cannot be written."""
        if self._path is None:
            return
        self._numbers[f"{channel}:{account}"] = mark
        self._write()

    def _write(self) -> None:
        if self._path is None:
            return
        lines = (f"{orjson.dumps(k).decode()}: {v:{WIDTH}d}" for k, v in self._numbers.items())
        text = "{\n" + ",\n".join(lines) + "\n}\n"
        handle = os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.write(handle, text.encode())
        finally:
            os.close(handle)


def count(tx: Transaction, channel: str, account: str, more: int) -> int:
    """Count what a claim took; the number to be noted after the commit."""
    return sent.count(tx, channel, account, more)


def behind(tx: Transaction, file: SentFile) -> dict[str, tuple[int, int]]:
    """Accounts of which the database knows less than the file: (database, file)."""
    known = sent.counted(tx)
    return {
        account: (known.get(account, 0), number)
        for account, number in file.read().items()
        if number > known.get(account, 0)
    }


def check(database: Database, file: SentFile, now: datetime) -> dict[str, tuple[int, int]]:
    """At the start, before anything is sent: hold everything back where the database is older
    than what was sent. What :func:`behind` says; empty: all is well.

    It can be stopped anywhere: the numbers are set right in the last transaction."""
    with database.reading() as tx:
        found = behind(tx, file)
    if not found:
        return {}
    _hold(database, now)
    with database.transaction() as tx:
        sent.set_counted(tx, {account: numbers[1] for account, numbers in found.items()})
    return found


def moved(database: Database, file: SentFile, now: datetime) -> bool:
    """At the start, before :func:`check`: hold everything back where the database had a file of
    numbers and it is not here (a backup that was put back on another machine): nobody can
    tell then what was sent since. From the first start on there is one; whether it was missing."""
    with database.reading() as tx:
        had = sent.had_file(tx)
        known = sent.counted(tx) if file.lost else {}
    missing = had and file.lost
    if missing:
        _hold(database, now)
    if file.lost:
        file.begin(known)
    if not had:
        with database.transaction() as tx:
            sent.has_file(tx)
    return missing


def _hold(database: Database, now: datetime) -> None:
    with database.transaction() as tx:
        sent.hold(tx, now)
    held = SLICE
    while held == SLICE:
        with database.transaction() as tx:
            held = sent.hold_waiting(tx, SLICE)
