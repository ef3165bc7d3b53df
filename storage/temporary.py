"""Folders that are thrown away: only this user can read them, and whoever is killed in between
leaves nothing for long.

A folder holds a lock file that is locked as long as its process lives. What the next one finds with
a lock that nobody holds was left by a process that is no more, and goes.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from storage.errors import AlreadyRunning, CannotConnect
from storage.lock import FileLock

PREFIX = "domov-tmp-"
LOCK = "in-use"


@contextlib.contextmanager
def private_folder(parent: Path | None = None) -> Iterator[Path]:
    """A folder in ``parent`` (the system's for temporary files unless given) that is gone after the
    block. Takes away what others left there first. Raises OSError, CannotConnect."""
    sweep(parent)
    # Its mode is 0700 whatever the umask (tempfile.mkdtemp).
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=parent) as made:
        lock = FileLock(Path(made) / LOCK)
        lock.acquire()
        try:
            yield Path(made)
        finally:
            lock.release()


def sweep(parent: Path | None = None) -> list[Path]:
    """Take away folders whose process is no more; which these were. A folder without a lock file is
    only just being made. Nothing where it cannot be read."""
    swept = []
    with contextlib.suppress(OSError):
        for each in Path(parent or tempfile.gettempdir()).glob(f"{PREFIX}*"):
            if _mine(each) and _left(each):
                shutil.rmtree(each, ignore_errors=True)
                swept.append(each)
    return swept


def _mine(folder: Path) -> bool:
    """A folder (no link to one) of this user's: others write where all may."""
    with contextlib.suppress(OSError):
        return folder.is_dir() and not folder.is_symlink() and _owned(folder)
    return False


def _owned(folder: Path) -> bool:
    return not hasattr(os, "getuid") or folder.lstat().st_uid == os.getuid()


def _left(folder: Path) -> bool:
    """Whether nobody holds its lock."""
    if not (folder / LOCK).is_file():
        return False
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire()
    except (AlreadyRunning, CannotConnect):
        return False
    lock.release()
    return True
