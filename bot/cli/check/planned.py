"""Whether what is planned gets done."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from bot.cli.check.finding import Finding, ok, remark
from bot.settings import Settings
from storage import tasks
from storage.database import Database
from storage.errors import StorageError
from storage.tasks import Trouble

SHOWN = 5


def check(given: Settings) -> Iterator[Finding]:
    """Tasks that failed. Nothing without a database: that is told elsewhere."""
    try:
        with (
            contextlib.closing(Database.open(given.database_url.get_secret_value())) as database,
            database.reading() as tx,
        ):
            found = tasks.troubled(tx, SHOWN)
    except StorageError:
        return
    for each in found:
        yield remark("Planned", _told(each))
    if not found:
        yield ok("Planned", "nothing has failed")


def _told(task: Trouble) -> str:
    if task.state == "failed":
        what = "was given up; the next start of `domov run` tries it again"
    else:
        what = f"failed {task.attempts} times and will be tried again"
    return f"{task.kind} of {task.about} {what}: {task.error or 'no reason is known'}"
