"""Whether others on this machine may read what belongs to the database."""

from __future__ import annotations

import contextlib
import shlex
import stat
from collections.abc import Iterator
from pathlib import Path

from bot.cli.check.finding import Finding, ok, remark
from bot.settings import Settings
from storage.errors import WrongUrl
from storage.urls import parse_url

SUBJECT = "Files"
OTHERS = 0o077


def check(given: Settings) -> Iterator[Finding]:
    """The database, what SQLite and we keep beside it, and the state directory. The key is told
    with the key."""
    path: Path | None = None
    with contextlib.suppress(WrongUrl):  # told with the database
        path = parse_url(given.database_url.get_secret_value()).path
    wide = [each for each in _files(path, given.state_directory) if _mode(each) & OTHERS]
    if wide:
        named = ", ".join(map(str, wide))
        mend = shlex.join(["chmod", "go=", *map(str, wide)])
        yield remark(SUBJECT, f"others may read or write {named}; run: {mend}")
    elif path is not None or given.state_directory is not None:
        yield ok(SUBJECT, "only this user may read the database and what belongs to it")


def _files(path: Path | None, state: Path | None) -> Iterator[Path]:
    if path is not None:
        for each in sorted(path.parent.glob(f"{path.name}*")):
            if each.name != f"{path.name}.key" and each.is_file():
                yield each
    if state is not None and state.is_dir():
        yield from sorted(each for each in state.glob("domov-*") if each.is_file())


def _mode(path: Path) -> int:
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:  # gone meanwhile
        return 0
