"""A copy of what decides who is written to and when, in an SQLite file of its own.

For trying things out against the real data (``domov rehearse``): the copy is made from one
snapshot, of both kinds of databases, without old messages, conversations' words and pictures.
It holds personal data: keep it in a folder that only this user can read, and throw it away.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from storage import layout
from storage.database import Database
from storage.errors import CannotWrite
from storage.migrate import migrate
from storage.moments import moment
from storage.statements import Statement, sql
from storage.states import LIVE_MATCHES
from storage.temporary import private_folder
from storage.transaction import Transaction

WEEK = timedelta(days=7)  # of the contact budget


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of ``table`` that are copied; a row may come with several parts."""

    table: str
    where: str = ""


_STANDING = "('draft', 'announced', 'closed')"
_RUNNING = "('scheduled', 'sending', 'paused')"
_LIVE = f"({', '.join(repr(state) for state in LIVE_MATCHES)})"
PARTS = (
    Part("person"),
    Part("identity"),
    Part("consent"),
    Part("trait"),
    Part("conversation", "status = 'open'"),
    Part("media"),
    Part("event"),
    Part("rsvp"),
    Part("broadcast"),
    # Only what was said about an event or to a broadcast decides anything.
    Part("answer", "round IN (SELECT key FROM event UNION SELECT key FROM broadcast)"),
    Part("audience"),
    Part("checkpoint"),
    Part("task"),
    Part("mentoring_request"),
    Part("mentor_offer"),
    Part("mentoring_block"),
    Part("mentoring_round"),
    # All of them: who was proposed to whom once is not proposed again for years.
    Part("mentoring_match"),
    Part("mentoring_meeting"),
    Part("mentoring_log", f"match_id IN (SELECT id FROM mentoring_match WHERE state IN {_LIVE})"),
    Part("delivery", "state = 'queued'"),
    # Unasked messages of the last week count in the budget.
    Part("delivery", "lane > 1 AND sent_at > :week_ago"),
    # What tells that somebody got a notice already, and what corrections are about.
    Part(
        "delivery",
        f"event_id IN (SELECT id FROM event WHERE status IN {_STANDING}"
        " UNION SELECT CAST(substr(subject, 7) AS bigint) FROM task"
        " WHERE state = 'open' AND subject LIKE 'event:%')",
    ),
    Part(
        "delivery",
        f"broadcast_id IN (SELECT id FROM broadcast WHERE status IN {_RUNNING}"
        " UNION SELECT CAST(substr(subject, 11) AS bigint) FROM task"
        " WHERE state = 'open' AND subject LIKE 'broadcast:%')",
    ),
    Part(
        "delivery",
        f"match_id IN (SELECT id FROM mentoring_match WHERE state IN {_LIVE}"
        " UNION SELECT CAST(substr(subject, 7) AS bigint) FROM task"
        " WHERE state = 'open' AND subject LIKE 'match:%')",
    ),
    Part("delivery", "request_id IN (SELECT id FROM mentoring_request WHERE status <> 'closed')"),
)
# Columns that are big and decide nothing.
_LEFT_OUT = {
    ("mentoring_match", "note"): {"sqlite": "NULL", "postgresql": "NULL"},
    ("media", "content"): {"sqlite": "X''", "postgresql": "''::bytea"},
    ("conversation", "answers"): {"sqlite": "'{}'", "postgresql": "'{}'"},
    ("conversation", "facts"): {"sqlite": "'{}'", "postgresql": "'{}'"},
    ("conversation", "draft"): {"sqlite": "'{}'", "postgresql": "'{}'"},
}


@contextlib.contextmanager
def copied(source: Database, now: datetime, *, folder: Path | None = None) -> Iterator[Transaction]:
    """A transaction on a scratch copy of ``source``, to be changed at will: at the end everything
    is given up and the copy deleted. Nothing in the source is locked or changed meanwhile.

    The file lies in a folder of its own that only this user can read, in ``folder`` (the system's
    for temporary files unless given); what a killed process left there goes first (see
    storage.temporary). Raises StorageError.
    """
    with private_folder(folder) as made:
        path = made / "scratch.sqlite3"
        url = f"sqlite:///{path}"
        try:
            migrate(url)
            _fill(source, path, now)
        except (OSError, sqlite3.Error) as error:
            raise CannotWrite(
                f"a copy of the database cannot be made in {made}: {error};"
                " TMPDIR can name another folder"
            ) from error
        with (
            contextlib.closing(Database.open(url)) as scratch,
            contextlib.suppress(_GiveUp),
            scratch.transaction() as tx,
        ):
            yield tx
            raise _GiveUp


class _GiveUp(Exception):
    """Ends the transaction without a commit."""


def _fill(source: Database, path: Path, now: datetime) -> None:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("PRAGMA synchronous=OFF")
        raw.execute("PRAGMA foreign_keys=OFF")
        params = {"week_ago": moment(now - WEEK)}
        if source.address.path is not None:
            raw.execute("ATTACH :source AS source", {"source": str(source.address.path)})
            raw.execute("BEGIN")  # one snapshot of the source until the end
            for part in PARTS:
                _take_over(raw, part, params)
            raw.execute("COMMIT")
        else:
            with source.reading() as tx:
                raw.execute("BEGIN")
                for part in PARTS:
                    _stream(tx, raw, part, params)
                raw.execute("COMMIT")
        raw.execute("ANALYZE main")


def _take_over(raw: sqlite3.Connection, part: Part, params: dict[str, str]) -> None:
    """From the file beside. Tables in conditions are those that were copied already."""
    names, read = _columns(part, "sqlite")
    raw.execute(
        f"INSERT OR IGNORE INTO main.{part.table} ({names})"
        f" SELECT {read} FROM source.{part.table}{_where(part)}",
        params,
    )


def _stream(tx: Transaction, raw: sqlite3.Connection, part: Part, params: dict[str, str]) -> None:
    statement = _reading(part, tx.dialect)
    wanted = {name: params[name] for name in statement.names}
    names, _ = _columns(part, tx.dialect)
    marks = ", ".join("?" * len(names.split(", ")))
    rows = (tuple(map(_as_sqlite, row)) for row in tx.stream(statement, **wanted))
    raw.executemany(f"INSERT OR IGNORE INTO {part.table} ({names}) VALUES ({marks})", rows)


def _reading(part: Part, dialect: str) -> Statement:
    _, read = _columns(part, dialect)
    return sql(f"SELECT {read} FROM {part.table}{_where(part)}")


def _columns(part: Part, dialect: str) -> tuple[str, str]:
    """The columns' names, and what is read for them."""
    names = layout.table(part.table).columns
    read = (
        _LEFT_OUT[part.table, name][dialect] if (part.table, name) in _LEFT_OUT else name
        for name in names
    )
    return ", ".join(names), ", ".join(read)


def _where(part: Part) -> str:
    return f" WHERE {part.where}" if part.where else ""


def _as_sqlite(value: Any) -> Any:
    """As SQLite keeps it: moments and days are text there."""
    match value:
        case datetime():
            return moment(value)
        case date():
            return value.isoformat()
    return value
