"""Whether people wait for an answer to what they wrote to the staff."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import timedelta

from bot.cli.check.finding import Finding, ok, remark
from bot.now import now
from bot.settings import Settings
from storage import inbox
from storage.database import Database
from storage.errors import StorageError


def check(given: Settings) -> Iterator[Finding]:
    """How many, and for how long. Nothing without a database: that is told elsewhere."""
    try:
        with (
            contextlib.closing(Database.open(given.database_url.get_secret_value())) as database,
            database.reading() as tx,
        ):
            count, since = inbox.waiting(tx, None, "")
    except StorageError:
        return
    if since is None:
        yield ok("Messages", "nobody waits for an answer of the staff")
        return
    noun, verb = ("message", "waits") if count == 1 else ("messages", "wait")
    yield remark(
        "Messages",
        f"{count:,} {noun} to the staff {verb} for an answer, the oldest for"
        f" {age(now() - since)} (since {since:%Y-%m-%d}). See `domov inbox list`, then reply or"
        " done; in the chat /staff has them",
    )


def age(waited: timedelta) -> str:
    """So many days, or hours: "3 days", "1 hour", "less than an hour"."""
    hours = int(waited.total_seconds() // 3600)
    count, unit = (waited.days, "day") if waited.days > 0 else (hours, "hour")
    if count < 1:
        return "less than an hour"
    return f"{count:,} {unit}" if count == 1 else f"{count:,} {unit}s"
