"""Whether somebody waits for staff: proposals of mentoring that nobody has decided on."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from bot.cli.check.finding import Finding, ok, remark
from bot.settings import Settings
from storage.database import Database
from storage.errors import StorageError
from storage.mentoring import lists


def check(given: Settings) -> Iterator[Finding]:
    """How many, and since when. Nothing without a database: that is told elsewhere."""
    try:
        with (
            contextlib.closing(Database.open(given.database_url.get_secret_value())) as database,
            database.reading() as tx,
        ):
            count, since = lists.undecided(tx)
    except StorageError:
        return
    if since is None:
        yield ok("Mentoring", "no proposal waits for staff")
        return
    noun, verb = ("proposal", "waits") if count == 1 else ("proposals", "wait")
    yield remark(
        "Mentoring",
        f"{count:,} {noun} {verb} for staff, since {since:%Y-%m-%d}; nobody is asked before."
        " See `domov match list --state proposed`, then approve, swap or close",
    )
