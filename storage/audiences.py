"""Saved audiences as they stand in the table, and counting people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage import reach
from storage.conditions import Binder, Value, allowed
from storage.moments import as_moment, moment
from storage.statements import sql
from storage.transaction import Transaction

_COLUMNS = "key, organisation, filter, created_by, created_at"
_GET = sql(f"SELECT {_COLUMNS} FROM audience WHERE key = :key")
_LIST = sql(f"SELECT {_COLUMNS} FROM audience ORDER BY key")
_PUT = sql(
    "INSERT INTO audience (key, organisation, filter, created_by, created_at)"
    " VALUES (:key, :organisation, :filter, :created_by, :now)"
    " ON CONFLICT (key) DO UPDATE SET organisation = excluded.organisation,"
    " filter = excluded.filter"
)
_DELETE = sql("DELETE FROM audience WHERE key = :key")
_EVENT_KEYS = sql("SELECT key FROM event")
# What may still be sent to an audience, with its text.
_USING = sql(
    "SELECT 'event', key, audience FROM event WHERE status IN ('draft', 'announced', 'closed')"
    " UNION ALL SELECT 'broadcast', key, audience FROM broadcast"
    " WHERE status IN ('draft', 'scheduled', 'sending', 'paused')"
    " UNION ALL SELECT 'audience', key, filter FROM audience"
)
THROUGH = "through "
PURPOSE = "invitations"  # what unasked messages need (outreach.kinds)
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class AudienceRow:
    """A saved audience. ``organisation``: whose it is; None: everybody's."""

    key: str
    organisation: str | None
    filter: str
    created_by: int | None
    created_at: datetime


def get(tx: Transaction, key: str) -> AudienceRow | None:
    row = tx.run(_GET, key=key).fetchone()
    return _row(row) if row else None


def listed(tx: Transaction) -> list[AudienceRow]:
    """All of them, by key."""
    return [_row(row) for row in tx.run(_LIST).fetchall()]


def put(
    tx: Transaction,
    key: str,
    organisation: str | None,
    text: str,
    created_by: int | None,
    now: datetime,
) -> None:
    """Save an audience, or put a new text into the one of that key."""
    tx.run(
        _PUT,
        key=key,
        organisation=organisation,
        filter=text,
        created_by=created_by,
        now=moment(now),
    )


def delete(tx: Transaction, key: str) -> bool:
    """Whether there was one."""
    return tx.run(_DELETE, key=key).rowcount > 0


def texts(tx: Transaction) -> list[tuple[str, str, str]]:
    """("event", "broadcast" or "audience", key, audience's text) of all that is not over."""
    return [(row[0], row[1], row[2]) for row in tx.run(_USING).fetchall()]


def event_keys(tx: Transaction) -> frozenset[str]:
    """The keys of all events there are."""
    return frozenset(row[0] for row in tx.run(_EVENT_KEYS).fetchall())


def outcomes(
    tx: Transaction,
    where: str,
    params: Mapping[str, Value],
    organisation: str | None,
    channels: tuple[str, ...],
    budget: int,
    now: datetime,
) -> list[tuple[str, str, int]]:
    """(outcome, language, how many) of the people that ``where`` fits: the reason for which a
    message would not reach them, or THROUGH and the channel on which it would.

    ``budget``: unasked messages in seven days.
    """
    binder = Binder("o")
    mine = ""
    if organisation is not None:
        mine = f"WHEN {allowed(organisation, binder)} IS NOT TRUE THEN 'other_organisation' "
    way = reach.identity_of(channels)
    outcome = (
        f"CASE {mine}"
        f"WHEN NOT {reach.CONSENTED} THEN 'no_consent' WHEN {reach.PAUSED} THEN 'paused'"
        f" ELSE COALESCE((SELECT CASE WHEN {reach.UNASKED} >= :budget THEN 'over_budget'"
        f" ELSE '{THROUGH}' || w.channel END FROM identity w WHERE w.id = {way}), 'unreachable')"
        " END"
    )
    rows = tx.run(
        sql(f"SELECT {outcome}, p.language, count(*) FROM person p WHERE {where} GROUP BY 1, 2"),
        purpose=PURPOSE,
        today=now.date().isoformat(),
        week_ago=moment(now - WEEK),
        budget=budget,
        **binder.params,
        **params,
    )
    return [(row[0], row[1], row[2]) for row in rows]


def _row(row: tuple[object, ...]) -> AudienceRow:
    key, organisation, text, created_by, created_at = row
    return AudienceRow(
        str(key),
        None if organisation is None else str(organisation),
        str(text),
        created_by if isinstance(created_by, int) else None,
        as_moment(created_at),  # type: ignore[arg-type]
    )
