"""Whether there is a backup, and how old the last is."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from bot.cli.check.finding import Finding, ok, problem, remark
from bot.settings import Settings
from outreach import backups
from storage import backups as files
from storage.errors import WrongUrl
from storage.urls import parse_url

SUBJECT = "Backups"
STALE = timedelta(days=2)  # one of a daily backup may be missed


def check(given: Settings) -> Iterator[Finding]:
    """Of SQLite; what pg_dump makes of PostgreSQL is not known here."""
    with contextlib.suppress(WrongUrl):  # told with the database
        path = parse_url(given.database_url.get_secret_value()).path
        if path is None:
            yield _elsewhere(given)
            return
        folder = backups.folder_for(path, given.backup_directory)
        last = files.newest(folder, path.stem)
        yield _found(last, datetime.now(UTC), daily=given.backup_directory is not None)


def _elsewhere(given: Settings) -> Finding:
    if given.backup_directory is not None:
        return remark(
            SUBJECT,
            "BACKUP_DIRECTORY is for SQLite; back PostgreSQL up with pg_dump (docs/operating.md)",
        )
    return ok(SUBJECT, "PostgreSQL's are made with pg_dump and not looked at (docs/operating.md)")


def _found(last: files.Backup | None, now: datetime, *, daily: bool) -> Finding:
    if last is None and daily:
        return remark(SUBJECT, "there is none yet; `domov run` makes one a day, `domov backup` now")
    if last is None:
        return remark(
            SUBJECT, "there is none; set BACKUP_DIRECTORY for one a day, or run `domov backup`"
        )
    age = _age(now - last.at)
    if now - last.at > STALE and daily:
        return problem(
            SUBJECT,
            f"the last is {age} old ({last.path}); is `domov run` up? Its log says why there is"
            " no newer one",
        )
    if now - last.at > STALE:
        return remark(
            SUBJECT, f"the last is {age} old ({last.path}); set BACKUP_DIRECTORY for one a day"
        )
    return ok(SUBJECT, f"the last is {age} old ({last.path})")


def _age(span: timedelta) -> str:
    hours = max(0, int(span.total_seconds() // 3600))
    return f"{hours} hour{'s' if hours != 1 else ''}" if hours < 48 else f"{hours // 24} days"
