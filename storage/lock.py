"""One process at a time: a lock that the operating system lets go when its holder dies."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from storage.errors import AlreadyRunning, CannotConnect


class FileLock:
    """An exclusive lock on a small file beside the database."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def acquire(self) -> None:
        """Take the lock. Raises AlreadyRunning where another process has it."""
        try:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise CannotConnect(f"cannot write {self._path}: {error.strerror}") from error
        try:
            _lock(handle)
        except OSError as error:
            os.close(handle)
            raise AlreadyRunning(
                f"another domov is running on this database ({self._path} is locked); "
                "stop it first, or use PostgreSQL for several processes"
            ) from error
        self._handle = handle

    def release(self) -> None:
        """Let go. The file stays: removing it could take it from under another holder."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
