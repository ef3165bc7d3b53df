"""Where an export is written: beside its place and renamed when it is whole, or to a stream."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from storage.errors import ExportError


@contextlib.contextmanager
def opened(out: Path | BinaryIO) -> Iterator[BinaryIO]:
    """A file to write to. A path appears (or is replaced) only when all went well.

    Only this user can read the file: it holds personal data. Raises ExportError where it
    cannot be written; whatever happens in the block, nothing half-done stays.
    """
    if not isinstance(out, Path):
        yield out
        out.flush()
        return
    if out.is_dir():
        raise ExportError(f"{out} is a folder; name a file")
    half = out.with_name(f".{out.name}.{secrets.token_hex(4)}.part")
    try:
        handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            half.replace(out)
        finally:
            half.unlink(missing_ok=True)
    except OSError as error:
        raise ExportError(f"cannot write {out}: {error.strerror or error}") from error
