"""Bring the tables to this release's state, on both databases, safely when two do it at once."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from storage.connections import Link, storage_error
from storage.errors import NotMigrated
from storage.lock import FileLock
from storage.schema import HEAD, current_revision
from storage.urls import Address, parse_url

if TYPE_CHECKING:
    from alembic.config import Config

Progress = Callable[[str], None]

WAIT_SECONDS = 120  # for another process that migrates the same file
_ADVISORY_LOCK = 0x646F6D6F76  # "domov": anything, as long as all releases agree


def pending(url: str) -> list[str]:
    """The steps that `migrate` would take, oldest first, each "0001 what it does".

    Raises WrongUrl or CannotConnect; a file that does not exist yet needs every step.
    """
    address = parse_url(url)
    if address.path is not None and not address.path.exists():
        return [line for _, line in _steps(None)]
    with _link(address) as link:
        found = current_revision(link.raw, link.dialect)
        link.rollback()
    return [line for _, line in _steps(found)]


def migrate(url: str, on_progress: Progress | None = None) -> list[str]:
    """Take all pending steps in one transaction and return them; a new SQLite file is made.

    ``on_progress`` hears of every step when it begins. When two processes migrate at once, one
    waits and finds nothing left to do. Raises WrongUrl, CannotConnect, NotMigrated (tables of a
    newer release) or AlreadyRunning (a file in use by `domov run` cannot change under it).
    """
    address = parse_url(url)
    with _link(address) as link, contextlib.ExitStack() as stack:
        try:
            _begin_alone(link)
            steps = _steps(current_revision(link.raw, link.dialect))
            if steps:
                if address.path is not None:
                    _refuse_while_running(address.path, stack)
                _upgrade(link, steps, on_progress)
                _check_references(link)
            link.commit()
        except Exception as error:
            with contextlib.suppress(Exception):
                link.rollback()
            raise storage_error(error, link) or error from error
    return [line for _, line in steps]


def _link(address: Address) -> contextlib.closing[Link]:
    return contextlib.closing(Link(address, reading=False))


def _begin_alone(link: Link) -> None:
    """Open the transaction that no other migrating process gets past."""
    if link.dialect == "sqlite":
        link.raw.execute(f"PRAGMA busy_timeout={WAIT_SECONDS * 1000}")
        link.raw.execute("PRAGMA foreign_keys=OFF")  # tables are rebuilt; checked at the end
        link.begin()
    else:
        link.begin()
        link.raw.execute("SELECT pg_advisory_xact_lock(%s)", (_ADVISORY_LOCK,))


def _refuse_while_running(path: Path, stack: contextlib.ExitStack) -> None:
    lock = FileLock(path.with_name(path.name + "-lock"))
    lock.acquire()
    stack.callback(lock.release)


def _config() -> Config:
    from alembic.config import Config  # noqa: PLC0415 - half a second that `run` does not need

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def _steps(found: str | None) -> list[tuple[str, str]]:
    """(revision, "revision what it does") after ``found``, oldest first."""
    if found == HEAD:
        return []
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - see _config

    scripts = list(ScriptDirectory.from_config(_config()).walk_revisions())
    known = [script.revision for script in scripts]
    if found is not None and found not in known:
        raise NotMigrated(
            f"the tables are at revision {found}, which this release does not know: "
            "they were written by a newer one; install that release"
        )
    newer = scripts[: known.index(found)] if found is not None else scripts
    return [
        (script.revision, f"{script.revision} {' '.join(script.doc.split())}")
        for script in reversed(newer)
    ]


def _upgrade(link: Link, steps: list[tuple[str, str]], on_progress: Progress | None) -> None:
    from alembic import command  # noqa: PLC0415 - see _config

    config = _config()
    config.attributes["connection"] = link.transaction().connection
    for revision, line in steps:
        if on_progress is not None:
            on_progress(line)
        command.upgrade(config, revision)


def _check_references(link: Link) -> None:
    if link.dialect == "sqlite":
        broken: list[Any] = link.raw.execute("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise NotMigrated(f"{len(broken)} rows would point at nothing; nothing was changed")
