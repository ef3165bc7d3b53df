"""Changing what was sent of a broadcast: corrections and withdrawals, planned in slices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storage.broadcast_ledger import CORRECTION
from storage.moments import moment
from storage.statements import Statement, sql
from storage.transaction import Transaction

# Those of a broadcast's messages that a slice changes. Which have got their change already is
# looked up, so that a second pass takes only what was under way during the first.
_SLICE = (
    "SELECT d.id FROM delivery d WHERE d.broadcast_id = :broadcast AND d.state = 'sent'"
    " AND d.kind = 'broadcast' AND d.id > :cursor ORDER BY d.id LIMIT :limit"
)
_UPTO = sql(f"SELECT count(*), max(id) FROM ({_SLICE}) AS slice")
_CHANGE = (
    "INSERT INTO delivery (person_id, identity_id, channel, account, chat, user_id, lane, kind,"
    " broadcast_id, variant, action, target, state, created_at, due_at, expires_at)"
    " SELECT d.person_id, d.identity_id, d.channel, d.account, d.chat, d.user_id, 1, :kind,"
    " d.broadcast_id, {variant}, {action}, d.message, 'queued', :now, :now, :expires_at"
    " FROM delivery d{joined} WHERE d.broadcast_id = :broadcast AND d.state = 'sent'"
    " AND d.kind = 'broadcast' AND d.id > :cursor AND d.id <= :upto"
    " AND d.message IS NOT NULL AND d.message <> '' AND d.sent_at <= :sent_before"
    " AND NOT EXISTS (SELECT 1 FROM delivery c WHERE c.person_id = d.person_id"
    "   AND c.broadcast_id = d.broadcast_id AND c.kind = :kind AND c.target = d.message"
    "   AND c.channel = d.channel AND c.created_at >= :since)"
)


def _changing(variant: str, action: str, joined: str = "") -> dict[str, Statement]:
    """The statement on both databases, which differ in the types of parameters."""
    text = _CHANGE.format(variant=variant, action=action, joined=joined)
    typed = text
    for name in ("now", "expires_at"):
        typed = typed.replace(f":{name}", f"CAST(:{name} AS timestamptz)")
    typed = typed.replace(" 1, :kind,", " 1, CAST(:kind AS text),")
    return {"sqlite": sql(text), "postgresql": sql(typed)}


# The answer that somebody pressed stays below the corrected message.
_CORRECT = _changing(
    "COALESCE(a.value, '')",
    "'change'",
    " LEFT JOIN answer a ON a.person_id = d.person_id AND a.survey = 'broadcast'"
    " AND a.round = :key AND a.question = 'q'",
)
_WITHDRAW = _changing(
    "''",
    "CASE WHEN d.channel = 'telegram' AND d.sent_at < :deletable THEN 'change' ELSE 'delete' END",
)


@dataclass(frozen=True, slots=True)
class Change:
    """A change to what was sent. ``since``: when it was asked for; ``sent_before``: what was sent
    later needs none; ``expires_at``: after that it is given up."""

    kind: str
    broadcast: int
    key: str
    since: datetime
    sent_before: datetime
    expires_at: datetime
    deletable: datetime


def change_slice(
    tx: Transaction, change: Change, cursor: int, limit: int, now: datetime
) -> tuple[int, int, bool]:
    """Plan the change of up to ``limit`` messages behind the delivery ``cursor``: (the new
    cursor, how many are changed, whether that was the last slice)."""
    row = tx.run(_UPTO, broadcast=change.broadcast, cursor=cursor, limit=limit).fetchone()
    if row is None or not row[0]:
        return cursor, 0, True
    found, upto = row
    shared: dict[str, Any] = {
        "broadcast": change.broadcast,
        "cursor": cursor,
        "upto": upto,
        "kind": change.kind,
        "since": moment(change.since),
        "sent_before": moment(change.sent_before),
        "expires_at": moment(change.expires_at),
        "now": moment(now),
    }
    if change.kind == CORRECTION:
        planned = tx.run(_CORRECT[tx.dialect], key=change.key, **shared).rowcount
    else:
        deletable = moment(change.deletable)
        planned = tx.run(_WITHDRAW[tx.dialect], deletable=deletable, **shared).rowcount
    return upto, planned, found < limit
