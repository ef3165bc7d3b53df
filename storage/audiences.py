"""Saved audiences as they stand in the table, and counting people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage import reach
from storage.conditions import Value
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
REASONS = ("no_consent", "paused", "unreachable", "over_budget")
"""Why a message does not reach somebody; of several the first counts."""

_codes = {reason: -code for code, reason in enumerate(REASONS, 1)}
_ALL = (1 << 63) - 1
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
    channels: tuple[str, ...],
    budget: int,
    now: datetime,
) -> list[tuple[str, str, int]]:
    """(outcome, language, how many) of the people that ``where`` fits. An outcome is one of
    REASONS, for which a message would not reach them, or of ``channels``, on which it would.

    ``budget``: unasked messages in seven days.
    """
    way = reach.newest(channels)
    outcome = (
        f"CASE WHEN NOT {reach.CONSENTED} THEN {_codes['no_consent']}"
        f" WHEN {reach.PAUSED} THEN {_codes['paused']}"
        f" ELSE (SELECT CASE WHEN {way} IS NULL THEN {_codes['unreachable']}"
        f" WHEN {reach.UNASKED} >= :budget THEN {_codes['over_budget']}"
        f" ELSE {way} % {reach.CODES} END FROM identity i WHERE i.person_id = p.id) END"
    )
    # The limit keeps what is grouped small: two columns, not all that the outcome is made of.
    rows = tx.run(
        sql(
            "SELECT x.outcome, x.language, count(*) FROM (SELECT"
            f" {outcome} AS outcome, p.language AS language FROM person p WHERE {where}"
            f" LIMIT {_ALL}) x GROUP BY 1, 2"
        ),
        purpose=PURPOSE,
        today=now.date().isoformat(),
        week_ago=moment(now - WEEK),
        budget=budget,
        **params,
    )
    names = {code: reason for reason, code in _codes.items()} | dict(enumerate(channels))
    return [(names[row[0]], row[1], row[2]) for row in rows]


def _row(row: tuple[object, ...]) -> AudienceRow:
    key, organisation, text, created_by, created_at = row
    return AudienceRow(
        str(key),
        None if organisation is None else str(organisation),
        str(text),
        created_by if isinstance(created_by, int) else None,
        as_moment(created_at),  # type: ignore[arg-type]
    )
