"""What was really begun, for the process that comes after a crash.

A claimed message is ``sending`` in the database a moment before it leaves and a moment after it was
answered. A process that is killed leaves such rows behind; without more, nobody could tell those
that never left from those that may have arrived. So each start, and each answer, is noted in a
small file that is mapped into memory: that costs a microsecond, and what a killed process wrote
is still there. (Only when the machine itself dies it may not be: then the boot's number is another
one, and the file is not believed.)

A note stays until the database says what became of the message. There are places for ``SLOTS``
notes; while all are taken nothing more may begin (:attr:`Journal.full`), so that none is lost.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import structlog

from bot.sending import in_flight
from storage.beside import beside

BOOT = Path("/proc/sys/kernel/random/boot_id")
SLOTS = 8 * in_flight.MOST  # messages on their way, and those whose result is being written
_HEAD = struct.Struct("64s")
_SLOT = struct.Struct("<q?54s1x")  # delivery, whether it was sent, the platform's message id
_FLAG, _TOLD, _LENGTH = 8, 9, 54
SIZE = _HEAD.size + SLOTS * _SLOT.size

log = structlog.get_logger(__name__)


class Fate(Enum):
    """What the journal of a dead process says of a message."""

    WAITING = "waiting"  # it never left
    BEGUN = "begun"  # it may have arrived
    SENT = "sent"


@dataclass(frozen=True, slots=True)
class Note:
    fate: Fate
    message: str | None = None


def boot() -> str:
    """Which run of this machine it is; nothing where that cannot be told."""
    try:
        return BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return ""


class Journal:
    """The journal of the process ``owner``, in files beginning with ``path``; None: nowhere."""

    def __init__(self, path: Path | None, owner: str) -> None:
        self._path = path
        self._owner = owner
        self._map: mmap.mmap | None = None
        self._free: list[int] = []  # places in the file where nothing stands
        self._at: dict[int, int] = {}  # delivery -> its place

    def open(self) -> None:
        """Begin it. Where that is impossible there is none, and what a crash leaves is unknown."""
        here = boot()
        if self._path is None or not here:
            return
        try:
            flags = os.O_RDWR | os.O_CREAT | os.O_TRUNC
            with os.fdopen(os.open(self._file(self._owner), flags, 0o600), "r+b") as file:
                file.truncate(SIZE)
                self._map = mmap.mmap(file.fileno(), SIZE)
        except OSError as problem:
            log.warning("no journal of what is sent can be kept", reason=str(problem))
            return
        _HEAD.pack_into(self._map, 0, here.encode("ascii"))
        self._free = [*range(_HEAD.size, SIZE, _SLOT.size)][::-1]

    def close(self, *, keep: bool) -> None:
        """End it; ``keep`` it for the next process where not everything is recorded."""
        if self._map is not None:
            self._map.close()
            self._map = None
            if not keep:
                self._remove(self._file(self._owner))

    @property
    def full(self) -> bool:
        """No more may begin: there is no place for another note."""
        return self._map is not None and not self._free

    def begun(self, delivery: int) -> None:
        """It leaves now. (Ask :attr:`full` before.)"""
        if self._map is None:
            return
        place = self._at[delivery] = self._free.pop()
        _SLOT.pack_into(self._map, place, delivery, False, b"")

    def sent(self, delivery: int, message: str | None) -> None:
        """The platform has it; ``message`` is the platform's id."""
        place = self._at.get(delivery)
        if self._map is None or place is None:
            return
        told = (message or "").encode()
        if len(told) <= _LENGTH:
            self._map[place + _TOLD : place + _TOLD + len(told)] = told
        self._map[place + _FLAG] = 1  # last: we may be killed in between

    def forget(self, deliveries: Iterable[int]) -> None:
        """What became of these is in the database, or they certainly did not arrive."""
        for delivery in deliveries:
            place = self._at.pop(delivery, None)
            if self._map is not None and place is not None:
                _SLOT.pack_into(self._map, place, 0, False, b"")
                self._free.append(place)

    def of(self, owner: str) -> dict[int, Note] | None:
        """What a process that is no more noted of its messages; None: nothing to be believed."""
        if self._path is None:
            return None
        try:
            content = self._file(owner).read_bytes()
        except OSError:
            return None
        here = boot().encode("ascii")
        if not here or content[: _HEAD.size].rstrip(b"\0") != here:
            return None
        if (len(content) - _HEAD.size) % _SLOT.size:
            return None
        return dict(_notes(content))

    def forget_all_but(self, owners: set[str]) -> None:
        """Only these processes, and this one, have anything left."""
        if self._path is None:
            return
        kept = {self._file(each) for each in (*owners, self._owner)}
        for file in self._path.parent.glob(f"{self._path.name}-*"):
            if file not in kept:
                self._remove(file)

    @staticmethod
    def _remove(file: Path) -> None:
        with contextlib.suppress(OSError):
            file.unlink(missing_ok=True)

    def _file(self, owner: str) -> Path:
        assert self._path is not None  # noqa: S101 - asked by the callers
        return self._path.with_name(f"{self._path.name}-{owner}")


def _notes(content: bytes) -> list[tuple[int, Note]]:
    made = []
    for delivery, sent, message in _SLOT.iter_unpack(content[_HEAD.size :]):
        if delivery:
            told = message.rstrip(b"\0").decode() or None
            made.append((delivery, Note(Fate.SENT if sent else Fate.BEGUN, told)))
    return made


def path_for(database: Path | None, folder: Path | None) -> Path | None:
    """Where what was begun is noted (see :func:`storage.beside.beside`)."""
    return beside(database, folder, "begun")
