"""Messages that nobody gets until staff have looked."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from bot.cli.check.finding import Finding, ok, problem, remark
from bot.settings import Settings
from outreach import erased, restored
from outreach.erased import ErasedFile
from outreach.restored import SentFile
from storage import held
from storage.database import Database
from storage.errors import StorageError
from storage.held import About
from storage.transaction import Transaction


def check(given: Settings) -> Iterator[Finding]:
    """Whether an old backup was restored, and what is held. Nothing without a database: that is
    told elsewhere."""
    try:
        with contextlib.closing(Database.open(given.database_url.get_secret_value())) as database:
            path = restored.path_for(database.address.path, given.state_directory)
            if path is None:
                yield remark(
                    "Sending",
                    "STATE_DIRECTORY is not set: when an old backup of the database is restored,"
                    " what was sent since would be sent again, and who was erased since would be"
                    " back",
                )
            with database.reading() as tx:
                yield from _findings(tx, SentFile(path))
                kept = erased.path_for(database.address.path, given.state_directory)
                yield from _erasures(tx, kept)
    except StorageError:
        return


def _findings(tx: Transaction, file: SentFile) -> Iterator[Finding]:
    behind = restored.behind(tx, file)
    since = restored.holding(tx)
    waiting = sum(each.count for each in held.tally(tx, "held", About()))
    for account, (known, sent) in behind.items():
        yield remark(
            "Sending",
            f"the database is older than what was sent through {account} ({known:,} of {sent:,}"
            " messages): an old backup. `domov run` will hold everything but replies",
        )
    if since is not None:
        yield remark("Sending", _holding(since, waiting))
    elif waiting:
        yield remark(
            "Sending",
            f"{waiting:,} messages are held: `domov deliveries list --state held`, and"
            " `domov deliveries release`",
        )
    elif not behind:
        yield ok("Sending", "nothing is held")


def _erasures(tx: Transaction, path: Path | None) -> Iterator[Finding]:
    """Whether everybody who was erased is, and stays so."""
    if path is None:
        return
    try:
        missing = len(erased.unknown(tx, ErasedFile(path)))
    except OSError as error:
        yield problem("Erasures", f"{path} cannot be read: {error.strerror or error}")
        return
    if missing:
        yield remark(
            "Erasures",
            f"the database is older than {missing:,} erasure{'s' if missing != 1 else ''} in"
            f" {path.name}: an old backup. `domov run` will erase whoever they are about again",
        )
    else:
        yield ok("Erasures", "whoever was erased stays so")


def _holding(since: datetime, waiting: int) -> str:
    return (
        f"since {since:%Y-%m-%d %H:%M} UTC everything but replies is held, because an old backup"
        f" was restored ({waiting:,} so far). Look at `domov deliveries list --state held`, cancel"
        " what went out before, then `domov deliveries release --all`"
    )
