"""A backup becomes the database again; what stood there is moved aside, not deleted."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from storage import backups
from storage.errors import CannotWrite
from storage.lock import FileLock
from storage.moments import moment
from storage.sent import REASON, RESTORED
from storage.synced import sync

_PATIENCE_MS = 1_000
_HOLD_ALL = "UPDATE delivery SET state = 'held', reason = ? WHERE state = 'queued' AND lane > 0"
_SINCE = (
    "INSERT INTO checkpoint (name, value) VALUES (?, ?)"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)


def restore(
    database: Path, backup: Path, now: datetime, beside: Callable[[], object] = lambda: None
) -> tuple[Path | None, int]:
    """Put ``backup`` (see :func:`storage.backups.look`) in the place of ``database``; where the
    old files are now (None: there were none), and how many planned messages are held: all of them,
    and what is planned from now on as well, until staff release them.

    ``beside`` is called once nothing else runs and the new file is ready, to see to the small files
    beside the database. Raises AlreadyRunning under a running process, CannotWrite. Stopped
    anywhere it can be done again: the old files are complete in one of the two places.
    """
    lock = FileLock(database.with_name(database.name + "-lock"))
    lock.acquire()
    try:
        part = _part(database)
        held = _prepare(backup, part, now)
        beside()
        aside = _move_aside(database, now)
        part.replace(database)
        sync(database.parent)
    except (OSError, sqlite3.Error) as error:
        with contextlib.suppress(OSError):
            _part(database).unlink(missing_ok=True)
        raise CannotWrite(f"{backup} could not be put back as {database}: {error}") from error
    finally:
        lock.release()
    return aside, held


def _part(database: Path) -> Path:
    return database.with_name(f".{database.name}.restoring")


def _prepare(backup: Path, part: Path, now: datetime) -> int:
    """The copy that will be the database, with everything held that could have gone out since."""
    part.unlink(missing_ok=True)
    with (
        backup.open("rb") as source,
        os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target,
    ):
        shutil.copyfileobj(source, target, 1 << 20)
    with contextlib.closing(sqlite3.connect(part, isolation_level=None)) as raw:
        raw.execute("PRAGMA journal_mode=DELETE")
        raw.execute("BEGIN")
        backups.strip(raw)
        held = _hold(raw, now)
        raw.execute("COMMIT")
    sync(part)
    return held


def _hold(raw: sqlite3.Connection, now: datetime) -> int:
    """In tables of whatever release: the first knew no planned messages, so none are held."""
    columns = {row[1] for row in raw.execute("PRAGMA table_info(delivery)")}
    if not {"lane", "reason"} <= columns:
        return 0
    raw.execute(_SINCE, (RESTORED, moment(now)))
    return raw.execute(_HOLD_ALL, (REASON,)).rowcount


def _move_aside(database: Path, now: datetime) -> Path | None:
    """The log first goes into its file, where that can still be read: from then on the file is
    whole by itself, and stays in its place until the new one takes it."""
    found = list(backups.files(database))
    if not found:
        return None
    with (
        contextlib.suppress(sqlite3.Error),
        contextlib.closing(sqlite3.connect(database, isolation_level=None)) as raw,
    ):
        raw.execute(f"PRAGMA busy_timeout={_PATIENCE_MS}")
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    aside = _folder(database, now)
    for each in reversed(list(backups.files(database))):  # the file itself last
        if each == database:
            _second_name(each, aside / each.name)
        else:
            each.replace(aside / each.name)
    sync(aside)
    return aside


def _folder(database: Path, now: datetime) -> Path:
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    for number in range(1, 1000):
        ending = "" if number == 1 else f"-{number}"
        aside = database.with_name(f"{database.name}.before-{stamp}{ending}")
        with contextlib.suppress(FileExistsError):
            aside.mkdir(mode=0o700)
            return aside
    raise FileExistsError(f"{database.name}.before-{stamp}")


def _second_name(path: Path, other: Path) -> None:
    """The same file under another name, or a copy where the disk knows no links."""
    try:
        os.link(path, other)
    except OSError:
        shutil.copy2(path, other)
