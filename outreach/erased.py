"""Who was erased stays so when an old backup is restored.

Every erasure leaves a keyed hash in the database (:mod:`storage.privacy`), and the same in a small
file beside it. A database that lacks one of the file's is older than that erasure: at the start,
before anything is sent or answered, whoever it was about is erased again.
"""

from __future__ import annotations

import contextlib
import os
import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from blueprints.schema import Blueprint
from outreach.erasing import erase
from storage import erasures
from storage.beside import beside
from storage.database import Database
from storage.erasures import Mark
from storage.transaction import Transaction

_LINE = re.compile(r"([0-9a-f]{64}) (\S+)")


def path_for(database: Path | None, folder: Path | None) -> Path | None:
    """Where the marks are kept (see :func:`storage.beside.beside`)."""
    return beside(database, folder, "erased")


def _in_time(marks: Iterable[Mark]) -> list[Mark]:
    return sorted(marks, key=lambda each: (each.at, each.subject))


def marks_in(text: str) -> set[Mark]:
    """The marks that a file's text holds. A line that cannot be read is passed over."""
    found = set()
    for line in text.splitlines():
        with contextlib.suppress(ValueError):
            if matched := _LINE.fullmatch(line):
                found.add(Mark(matched[1], datetime.fromisoformat(matched[2])))
    return found


class ErasedFile:
    """The marks in a file, one a line: hash and moment. Without a path it keeps nothing."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def read(self) -> set[Mark]:
        """What the file holds; nothing where there is none. A line that cannot be read (the last,
        after a loss of power) is passed over. Raises OSError where it cannot be read."""
        if self._path is None:
            return set()
        try:
            return marks_in(self._path.read_text("ascii", errors="replace"))
        except FileNotFoundError:
            return set()

    def add(self, marks: Iterable[Mark]) -> None:
        """Append them, and wait until the disk has them: there is no second chance. Raises
        OSError."""
        # Whatever half a line the last loss of power left ends before ours.
        text = "".join(f"\n{each.subject} {each.at.isoformat()}\n" for each in _in_time(marks))
        if self._path is None or not text:
            return
        handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, text.encode("ascii"))
            os.fsync(handle)
        finally:
            os.close(handle)

    def forget(self, before: datetime) -> None:
        """Leave out marks from before then; they stand in the order of time. Raises OSError."""
        if self._path is None or not self._begins_before(before):
            return
        kept = (each for each in self.read() if each.at >= before)
        text = "".join(f"{each.subject} {each.at.isoformat()}\n" for each in _in_time(kept))
        half = self._path.with_name(self._path.name + ".part")
        handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        half.replace(self._path)

    def _begins_before(self, before: datetime) -> bool:
        assert self._path is not None  # noqa: S101 - asked by the caller
        with contextlib.suppress(FileNotFoundError), self._path.open(encoding="ascii") as file:
            for line in file:
                if matched := _LINE.fullmatch(line.rstrip("\n")):
                    return datetime.fromisoformat(matched[2]) < before
        return False


@dataclass(slots=True)
class Erasures:
    """Carries what the database has marked over to the file; to be told after each commit of an
    erasure, and from time to time. Thread-safe."""

    database: Database
    file: ErasedFile
    _upto: int = 0
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, since: datetime | None = None) -> int:
        """The marks that came since the last call; how many. Those of the file from before
        ``since`` have had their days, and go. Raises StorageError, OSError."""
        with self._guard:
            with self.database.reading() as tx:
                marks, upto = erasures.since(tx, self._upto)
            self.file.add(set(marks) - self.file.read() if marks else ())
            self._upto = upto
            if since is not None:
                self.file.forget(since)
            return len(marks)


def unknown(tx: Transaction, file: ErasedFile) -> set[Mark]:
    """Marks of the file that the database lacks: it is older than these erasures."""
    marks, _ = erasures.since(tx, 0)
    return file.read() - set(marks)


def apply(
    database: Database, file: ErasedFile, secret: str, blueprint: Blueprint
) -> tuple[int, int]:
    """At the start: erase again whoever the database has forgotten to have erased. How many marks
    it lacked, and how many people were erased.

    Somebody who came back after their erasure is somebody new, and stays. It can be stopped
    anywhere: a mark is written with the erasure, and all that are left at the end.
    """
    with database.reading() as tx:
        missing = {each.subject: each.at for each in sorted(unknown(tx, file))}
        again = erasures.subjects_of(tx, missing, secret) if missing else []
    for person, at in again:
        with database.transaction() as tx:
            erase(tx, person, secret, at, blueprint)
    with database.transaction() as tx:
        erasures.mark(tx, (Mark(subject, at) for subject, at in missing.items()))
    return len(missing), len(again)
