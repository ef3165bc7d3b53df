"""Copies of an SQLite database: one file each, itself an SQLite database, with the small files that
stand beside the original (:mod:`storage.beside`) in a table of its own.

A copy is consistent while the program runs, holds nothing of what was erased, can be read by this
user alone, and was opened and looked over before it gets its name.
"""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage.errors import CannotWrite, NotABackup
from storage.schema import current_revision
from storage.synced import sync

DAYS, WEEKS = 7, 4  # how many the daily backups leave: one a day, then one a week
WAIT_MS = 10_000
_STAMP = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"-(\d{8}T\d{6}Z)\.sqlite3")
_BESIDE = "backup_beside"
_MAKE_BESIDE = f"CREATE TABLE {_BESIDE} (name TEXT PRIMARY KEY, content BLOB NOT NULL)"


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup in a folder; ``at`` is when it was made, in UTC."""

    path: Path
    at: datetime


@dataclass(frozen=True, slots=True)
class Looked:
    """What a backup was found to be. ``beside``: the small files in it, by name ("sent", "erased");
    none in a copy that something else made. ``revision`` of its tables."""

    revision: str
    beside: Mapping[str, bytes]


def make(database: Path, folder: Path, beside: Mapping[str, Path], now: datetime) -> Backup:
    """Copy ``database`` and the files ``beside`` it into a new file in ``folder``, which is made
    where it is missing. Nobody who writes waits for it. Raises CannotWrite, NotABackup."""
    path = folder / f"{database.stem}-{now.astimezone(UTC).strftime(_STAMP)}.sqlite3"
    part = folder / f".{path.name}.part"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sweep(folder, database.stem)
        os.close(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        contents = _read(beside)  # before the copy: what it says of later is held anyway
        _copy(database, part, contents)
        look(part)
        _settle(part, path)
    except (OSError, sqlite3.Error) as error:
        with contextlib.suppress(OSError):
            part.unlink()
        raise CannotWrite(f"no backup could be made in {folder}: {error}") from error
    except NotABackup:
        part.unlink()
        raise
    return Backup(path, now)


def look(path: Path) -> Looked:
    """Open a backup and look it over, every page of it. Raises NotABackup, saying what is wrong."""
    if not path.is_file():
        raise NotABackup(f"there is no file {path}")
    log = path.with_name(path.name + "-wal")
    if log.exists() and log.stat().st_size:
        raise NotABackup(
            f"{path} is not whole without {log.name} beside it; bring that in first:"
            f" sqlite3 {shlex.quote(str(path))} 'PRAGMA wal_checkpoint(TRUNCATE)'"
        )
    try:
        with contextlib.closing(_readonly(path)) as raw:
            (said,) = raw.execute("PRAGMA quick_check(1)").fetchone()
            if said != "ok":
                raise NotABackup(f"{path} is damaged: {said}; take another backup")
            revision = current_revision(raw, "sqlite")
            beside = dict(raw.execute(f"SELECT name, content FROM {_BESIDE}")) if _has(raw) else {}
    except sqlite3.Error as error:
        raise NotABackup(f"{path} is no backup that can be read: {error}") from None
    if revision is None:
        raise NotABackup(f"{path} holds no tables of Domov")
    return Looked(revision, beside)


def strip(raw: sqlite3.Connection) -> None:
    """Take the small files out of a copy that is to be the database again."""
    raw.execute(f"DROP TABLE IF EXISTS {_BESIDE}")


def listed(folder: Path, stem: str) -> list[Backup]:
    """The backups of the database of that name in a folder, the newest first."""
    found = []
    with contextlib.suppress(OSError):
        for each in folder.glob(f"{stem}-*.sqlite3"):
            if matched := _NAME.fullmatch(each.name.removeprefix(stem)):
                at = datetime.strptime(matched[1], _STAMP).replace(tzinfo=UTC)
                found.append(Backup(each, at))
    return sorted(found, key=lambda each: each.at, reverse=True)


def newest(folder: Path, stem: str) -> Backup | None:
    return next(iter(listed(folder, stem)), None)


def keep(folder: Path, stem: str, most: int) -> list[Path]:
    """Delete all but the ``most`` newest; what was deleted. Raises CannotWrite."""
    return _delete(each.path for each in listed(folder, stem)[most:])


def thin_out(folder: Path, stem: str) -> list[Path]:
    """Delete what the daily backups need not leave: kept are the newest of each of the last seven
    days and of each of the last four weeks that have one. Raises CannotWrite."""
    found = listed(folder, stem)
    kept = {
        *_newest_of_each(found, lambda at: at.date().isoformat(), DAYS),
        *_newest_of_each(found, lambda at: "{}-{}".format(*at.isocalendar()[:2]), WEEKS),
    }
    return _delete(each.path for each in found if each.path not in kept)


def due(folder: Path, stem: str, now: datetime) -> bool:
    """Whether the last backup is a day old, or there is none. One of the future is none: the clock
    was wrong then."""
    last = newest(folder, stem)
    return last is None or not timedelta(0) <= now - last.at < timedelta(days=1)


def _newest_of_each(found: list[Backup], name: Callable[[datetime], str], most: int) -> set[Path]:
    newest_of: dict[str, Path] = {}
    for each in found:
        newest_of.setdefault(name(each.at), each.path)
    return set(list(newest_of.values())[:most])


def _delete(paths: Iterable[Path]) -> list[Path]:
    gone = []
    for each in paths:
        try:
            each.unlink(missing_ok=True)
        except OSError as error:
            raise CannotWrite(f"the old backup {each} cannot be deleted: {error}") from error
        gone.append(each)
    return gone


def _sweep(folder: Path, stem: str) -> None:
    """What a backup that was killed left."""
    for each in folder.glob(f".{stem}-*.sqlite3.part*"):
        each.unlink(missing_ok=True)


def _read(beside: Mapping[str, Path]) -> dict[str, bytes]:
    found = {}
    for name, path in beside.items():
        with contextlib.suppress(FileNotFoundError):
            found[name] = path.read_bytes()
    return found


def _copy(database: Path, part: Path, beside: Mapping[str, bytes]) -> None:
    """One snapshot, written out without its free pages; a log beside it is not needed."""
    with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as raw:
        raw.execute(f"PRAGMA busy_timeout={WAIT_MS}")
        raw.execute("VACUUM INTO ?", (str(part),))
    with contextlib.closing(sqlite3.connect(part, isolation_level=None)) as raw:
        raw.execute("PRAGMA journal_mode=DELETE")
        raw.execute("BEGIN")
        raw.execute(_MAKE_BESIDE)
        raw.executemany(f"INSERT INTO {_BESIDE} VALUES (?, ?)", beside.items())
        raw.execute("COMMIT")


def _settle(part: Path, path: Path) -> None:
    """The disk has it before it gets its name."""
    sync(part)
    part.replace(path)
    sync(path.parent)


def _readonly(path: Path) -> sqlite3.Connection:
    """Nothing is made beside it, however it was written."""
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)


def _has(raw: sqlite3.Connection) -> bool:
    known = "SELECT 1 FROM sqlite_master WHERE name = ?"
    return raw.execute(known, (_BESIDE,)).fetchone() is not None


def files(database: Path) -> Iterator[Path]:
    """The database's own files, as far as they are there: the file, SQLite's log and journal."""
    for ending in ("", "-wal", "-shm", "-journal"):
        path = database.with_name(database.name + ending)
        if path.exists():
            yield path
