"""Where an export is written: beside its place and renamed when it is whole, or into what is
there and is no file (a pipe, a terminal, a device), or to a stream."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from storage.errors import ExportError

# What lies here belongs to the system: /dev/stdout may well be a file, and is not ours to replace.
_SYSTEM = (Path("/dev"), Path("/proc"))


@contextlib.contextmanager
def opened(out: Path | BinaryIO) -> Iterator[BinaryIO]:
    """A file to write to. A path appears (or is replaced) only when all went well; a link stays,
    and what it points to is written. What is there and is no regular file (a pipe, ``/dev/stdout``,
    ``/dev/null``) is written into as the bytes come, and stays what it is.

    Only this user can read a file that is made, whatever the umask: it holds personal data. Raises
    ExportError where it cannot be written; whatever happens in the block, nothing half-done stays.
    """
    if not isinstance(out, Path):
        yield out
        out.flush()
        return
    if out.is_dir():
        raise ExportError(f"{out} is a folder; name a file")
    try:
        with _into(out) if _is_special(out) else _replacing(out.resolve()) as file:
            yield file
    except OSError as error:
        raise ExportError(f"cannot write {out}: {error.strerror or error}") from error


def _is_special(out: Path) -> bool:
    """Whether it is there and must not be replaced. Raises OSError where it cannot be told."""
    if any(out.absolute().is_relative_to(each) for each in _SYSTEM):
        return out.exists()
    try:
        return not stat.S_ISREG(out.stat().st_mode)
    except FileNotFoundError:  # a link that points nowhere as well
        return False


@contextlib.contextmanager
def _into(out: Path) -> Iterator[BinaryIO]:
    """Nothing is made, emptied or renamed; what a file behind ``/dev/stdout`` holds stays. A pipe
    waits here for its reader."""
    handle = os.open(out, os.O_WRONLY | os.O_APPEND)
    with os.fdopen(handle, "wb") as file:
        yield file
        file.flush()


@contextlib.contextmanager
def _replacing(out: Path) -> Iterator[BinaryIO]:
    half = out.with_name(f".{out.name}.{secrets.token_hex(4)}.part")
    handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        half.replace(out)
    finally:
        half.unlink(missing_ok=True)
