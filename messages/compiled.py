"""What was made from a file (a template's code, a catalog's translations) lies ready beside it.

It lies where Python keeps its own bytecode, in ``__pycache__`` or below PYTHONPYCACHEPREFIX, and is
trusted as that is: who may write there may change the program itself. Nothing is ever looked for in
a folder that others may write to. A digest of everything it was made of says whether it still
holds. Where it cannot be written (code that only root may change, PYTHONDONTWRITEBYTECODE) it is
made again by each process that needs it.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import marshal
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

_MARK = "domov"  # in the file's name: menu.cpython-311.opt-domov.pyc


_here: dict[Path, tuple[bytes, Any]] = {}  # what this process has seen


def digest(*parts: bytes) -> bytes:
    """What stands for ``parts`` and this Python's way of storing."""
    found = hashlib.sha256(importlib.util.MAGIC_NUMBER)
    for part in parts:
        found.update(hashlib.sha256(part).digest())
    return found.digest()


def kept(source: Path, made_of: bytes, make: Callable[[], Any]) -> Any:
    """What ``make`` gives, or gave before for the same ``made_of`` (a digest): code, or plain
    values that marshal knows."""
    found = load(source, made_of)
    if found is None:
        found = make()
        store(source, made_of, found)
    return found


def load(source: Path, made_of: bytes) -> Any:
    """What was stored for ``source`` with this digest; None where there is nothing of use."""
    here = _here.get(source)
    if here is not None and here[0] == made_of:
        return here[1]
    file = _file(source)
    if file is None:
        return None
    with contextlib.suppress(OSError, EOFError, ValueError, TypeError):
        stored = file.read_bytes()
        if stored.startswith(made_of):
            found = marshal.loads(stored[len(made_of) :])  # noqa: S302 - trusted as bytecode is
            _here[source] = made_of, found
            return found
    return None


def store(source: Path, made_of: bytes, value: Any) -> None:
    """Keep ``value``, for the next process too where that is possible: whole or not at all."""
    _here[source] = made_of, value
    file = _file(source)
    if file is None or sys.dont_write_bytecode:
        return
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_name(f"{file.name}.{os.getpid()}-{threading.get_ident()}")
        # As Python does: nobody may write it who may not write the source.
        mode = source.stat().st_mode & 0o666
        handle = os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(made_of + marshal.dumps(value))
            unfinished.replace(file)
        finally:
            unfinished.unlink(missing_ok=True)


def _file(source: Path) -> Path | None:
    try:
        return Path(importlib.util.cache_from_source(str(source), optimization=_MARK))
    except NotImplementedError:  # this Python keeps no bytecode
        return None
