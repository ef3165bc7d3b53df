"""What a rehearsal asks of its scratch copy (an SQLite database, see storage.scratch), and notes
in it: which messages had to wait, and for what."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson

from storage.moments import as_moment
from storage.reach import listed
from storage.statements import sql
from storage.transaction import Transaction

_BEGIN = (
    sql("CREATE TEMP TABLE waited (delivery INTEGER PRIMARY KEY, reason TEXT NOT NULL)"),
    sql("CREATE TEMP TABLE ended (delivery INTEGER PRIMARY KEY)"),
    # Whoever ends a message: a claim, or a task (an offer that lapsed, a broadcast called off).
    sql(
        "CREATE TEMP TRIGGER ending AFTER UPDATE OF state ON delivery"
        " WHEN OLD.state IN ('queued', 'held') AND NEW.state <> OLD.state"
        " AND NEW.state IN ('expired', 'cancelled', 'failed', 'held')"
        " BEGIN INSERT OR IGNORE INTO ended (delivery) VALUES (NEW.id); END"
    ),
)
_WAIT = sql(
    "INSERT INTO waited (delivery, reason) VALUES (:delivery, :reason)"
    # What held it back is told rather than that it came in the night as well.
    " ON CONFLICT (delivery) DO UPDATE SET reason = excluded.reason"
    " WHERE excluded.reason <> 'quiet hours'"
)
_WAITED = sql(
    "SELECT delivery, reason FROM waited WHERE delivery IN (SELECT value FROM json_each(:ids))"
)
_ABOUT = (
    "SELECT d.id, d.person_id, d.channel, d.kind, d.due_at, COALESCE(p.name, ''),"
    " COALESCE(p.language, ''), p.timezone, p.organisation,"
    " CASE WHEN e.id IS NOT NULL THEN 'event:' || e.key"
    " WHEN b.id IS NOT NULL THEN 'broadcast:' || b.key"
    " WHEN d.match_id IS NOT NULL THEN 'match:' || d.match_id"
    " WHEN d.request_id IS NOT NULL THEN 'request:' || d.request_id ELSE '' END,"
    " COALESCE(e.organisation, b.organisation, p.organisation, ''),"
    " COALESCE(w.reason, ''), d.state, COALESCE(d.reason, '')"
    " FROM {first} LEFT JOIN person p ON p.id = d.person_id"
    " LEFT JOIN event e ON e.id = d.event_id LEFT JOIN broadcast b ON b.id = d.broadcast_id"
)
_ENDED = sql(
    _ABOUT.format(
        first="ended n JOIN delivery d ON d.id = n.delivery LEFT JOIN waited w ON w.delivery = d.id"
    )
    + " ORDER BY d.id LIMIT :limit"
)
_TOLD = sql("DELETE FROM ended WHERE delivery <= :last")
_STILL = sql(
    _ABOUT.format(first="waited w JOIN delivery d ON d.id = w.delivery")
    + " WHERE d.state = 'queued' ORDER BY d.due_at, d.id"
)
_PEOPLE = sql(
    "SELECT count(DISTINCT d.person_id) FROM delivery d LEFT JOIN event e ON e.id = d.event_id"
    " LEFT JOIN broadcast b ON b.id = d.broadcast_id LEFT JOIN person p ON p.id = d.person_id"
    " WHERE d.state = 'sent' AND d.message = :mark AND (:organisation = ''"
    " OR COALESCE(e.organisation, b.organisation, p.organisation) = :organisation)"
)
_SAVEPOINT = sql("SAVEPOINT rehearsal")
_UNDO = sql("ROLLBACK TO SAVEPOINT rehearsal")
_RELEASE = sql("RELEASE SAVEPOINT rehearsal")

SLICE = 2_000
SENT = "rehearsed"
"""The platform's message id of what was sent in the rehearsal."""


@dataclass(frozen=True, slots=True)
class About:
    """A message: to whom, and what it is ``about`` ("event:KEY", "match:12", "" for nothing).
    ``waited``: what it had to wait for."""

    id: int
    person: int | None
    channel: str
    kind: str
    due_at: datetime
    name: str
    language: str
    timezone: str | None
    home: str | None
    about: str
    organisation: str
    waited: str
    state: str
    reason: str


def begin(tx: Transaction) -> None:
    """To be called once, before the other functions."""
    for statement in _BEGIN:
        tx.run(statement)


@contextlib.contextmanager
def savepoint(tx: Transaction) -> Iterator[None]:
    """What is done in the block is undone where it raises."""
    tx.run(_SAVEPOINT)
    try:
        yield
    except BaseException:
        tx.run(_UNDO)
        raise
    finally:
        tx.run(_RELEASE)


def accounts(tx: Transaction, channels: tuple[str, ...]) -> list[tuple[str, str]]:
    """(channel, account) through which anybody can be reached, or anything waits."""
    if not channels:
        return []
    among = f"channel IN ({listed(channels)})"
    statement = sql(
        f"SELECT DISTINCT channel, account FROM identity WHERE {among} UNION"
        f" SELECT DISTINCT channel, account FROM delivery WHERE state = 'queued' AND {among}"
        " ORDER BY channel, account"
    )
    return [(channel, account) for channel, account in tx.run(statement).fetchall()]


def wait(tx: Transaction, reasons: Iterable[tuple[int, str]]) -> None:
    """These (delivery, reason) were put off."""
    tx.many(_WAIT, [{"delivery": each, "reason": reason} for each, reason in reasons])


def waited(tx: Transaction, deliveries: Sequence[int]) -> dict[int, str]:
    """What those of ``deliveries`` that were put off had to wait for."""
    return dict(tx.run(_WAITED, ids=orjson.dumps(deliveries).decode()).fetchall())


def ended(tx: Transaction) -> Iterator[About]:
    """Messages that ended without being sent, or are held, since this was asked."""
    while rows := tx.run(_ENDED, limit=SLICE).fetchall():
        tx.run(_TOLD, last=rows[-1][0])
        yield from map(_about, rows)


def still_waiting(tx: Transaction) -> Iterator[About]:
    """Messages that were put off and not sent until the end, by due time."""
    return (_about(row) for row in tx.stream(_STILL))


def people(tx: Transaction, organisation: str | None) -> int:
    """How many people were sent anything in the rehearsal (of an organisation)."""
    row = tx.run(_PEOPLE, mark=SENT, organisation=organisation or "").fetchone()
    return int(row[0]) if row else 0


def _about(row: tuple[Any, ...]) -> About:
    found = About(*row)
    return replace(found, due_at=as_moment(found.due_at))
