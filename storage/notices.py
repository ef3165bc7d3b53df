"""Notices about an event that were planned and not sent yet."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import orjson

from storage.moments import moment
from storage.statements import sql
from storage.transaction import Transaction

MOST = 1_000_000
TO_THOSE_WHO_ANSWERED = (
    "reminder", "last_reminder", "change", "offer", "thanks", "feedback_reminder",
)  # fmt: skip
"""Kinds of which there are at most as many as answers."""

_CANCEL = (
    "UPDATE delivery SET state = 'cancelled', reason = :reason, payload = NULL WHERE id IN"
    " (SELECT id FROM delivery WHERE event_id = :event AND kind IN ({kinds})"
    " AND state IN ('queued', 'held') LIMIT :limit) AND state IN ('queued', 'held')"
    " RETURNING variant"
)
_CANCEL_IN = {
    "sqlite": sql(_CANCEL.format(kinds="SELECT value FROM json_each(:kinds)")),
    "postgresql": sql(
        _CANCEL.format(kinds="SELECT json_array_elements_text(CAST(:kinds AS json))")
    ),
}
# Invitations may be a million: in slices, by the people's numbers.
_UPTO = sql(
    "SELECT max(person_id) FROM (SELECT person_id FROM delivery WHERE event_id = :event"
    " AND kind = 'invitation' AND variant = '' AND person_id > :after"
    " ORDER BY person_id LIMIT :limit) AS next"
)
_UNSENT_INVITATIONS = (
    " WHERE event_id = :event AND kind = 'invitation' AND variant = ''"
    " AND person_id > :after AND person_id <= :upto AND state IN ('queued', 'held')"
)
_EXPIRE = sql("UPDATE delivery SET expires_at = :expires_at" + _UNSENT_INVITATIONS)
_CALL_OFF = sql(
    "UPDATE delivery SET state = 'cancelled', reason = :reason, payload = NULL"
    + _UNSENT_INVITATIONS
)
_STATE = sql(
    "SELECT state FROM delivery WHERE event_id = :event AND kind = :kind"
    " AND variant = :variant AND person_id = :person"
)
_RENEW = sql(
    "UPDATE delivery SET state = 'queued', reason = NULL, due_at = :now, expires_at = :expires_at"
    " WHERE event_id = :event AND kind = :kind AND variant = :variant AND person_id = :person"
    " AND state IN ('expired', 'queued')"
)
_STATES = sql(
    "SELECT kind, state, count(*) FROM delivery WHERE event_id = :event"
    " GROUP BY kind, state ORDER BY kind, state"
)


def cancel(
    tx: Transaction, event: int, kinds: Iterable[str], reason: str, limit: int = MOST
) -> list[str]:
    """Call off what of these kinds has not been sent, at most ``limit``; the variants of what
    there was, one a row."""
    rows = tx.run(
        _CANCEL_IN[tx.dialect],
        event=event,
        kinds=orjson.dumps(list(kinds)).decode(),
        reason=reason,
        limit=limit,
    ).fetchall()
    return [str(row[0]) for row in rows]


def invitations_expire(
    tx: Transaction, event: int, after: int, limit: int, until: datetime
) -> int | None:
    """Give unsent invitations, of at most ``limit`` people behind the number ``after``, a new end;
    the number to go on with, None after the last."""
    upto = _upto(tx, event, after, limit)
    if upto is not None:
        tx.run(_EXPIRE, event=event, after=after, upto=upto, expires_at=moment(until))
    return upto


def invitations_off(tx: Transaction, event: int, after: int, limit: int, reason: str) -> int | None:
    """Call unsent invitations off, in the same way."""
    upto = _upto(tx, event, after, limit)
    if upto is not None:
        tx.run(_CALL_OFF, event=event, after=after, upto=upto, reason=reason)
    return upto


def _upto(tx: Transaction, event: int, after: int, limit: int) -> int | None:
    row = tx.run(_UPTO, event=event, after=after, limit=limit).fetchone()
    return int(row[0]) if row and row[0] is not None else None


def state(tx: Transaction, event: int, kind: str, variant: str, person: int) -> str | None:
    """What has become of one notice; None where there was none."""
    row = tx.run(_STATE, event=event, kind=kind, variant=variant, person=person).fetchone()
    return None if row is None else str(row[0])


def renew(
    tx: Transaction,
    event: int,
    kind: str,
    variant: str,
    person: int,
    now: datetime,
    expires_at: datetime,
) -> None:
    """A notice that could not be sent in time is worth something again."""
    tx.run(
        _RENEW, event=event, kind=kind, variant=variant, person=person, now=moment(now),
        expires_at=moment(expires_at),
    )  # fmt: skip


def states(tx: Transaction, event: int) -> dict[str, dict[str, int]]:
    """kind -> state -> how many."""
    found: dict[str, dict[str, int]] = {}
    for kind, state_, count in tx.run(_STATES, event=event).fetchall():
        found.setdefault(kind, {})[state_] = int(count)
    return found
