"""Changing what was sent of a broadcast: corrections and withdrawals, planned in slices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from storage.broadcast_ledger import CORRECTION
from storage.moments import moment
from storage.statements import Statement, sql
from storage.transaction import Transaction

# Those of a broadcast's messages that a slice looks at. The limit is written out: of a parameter
# PostgreSQL assumes a tenth of the table, and reads all of it.
_SLICE = (
    "SELECT id FROM delivery WHERE broadcast_id = :broadcast AND state = 'sent'"
    " AND kind = 'broadcast' AND id > :cursor ORDER BY id LIMIT {limit}"
)
# Subqueries and not joins, for the same reason: each is one look into an index. Which messages
# have got their change already is looked up, so that a second pass takes only what was under way
# during the first.
_CHANGE = (
    "INSERT INTO delivery (person_id, identity_id, channel, account, chat, user_id, lane, kind,"
    " broadcast_id, variant, action, target, state, created_at, due_at, expires_at)"
    " SELECT d.person_id, d.identity_id, d.channel, d.account, d.chat, d.user_id, 1, :kind,"
    " d.broadcast_id, {variant}, {action}, d.message, 'queued', :now, :now, :expires_at"
    " FROM delivery d WHERE d.id IN ({slice})"
    " AND d.message IS NOT NULL AND d.message <> '' AND d.sent_at <= :sent_before"
    " AND (SELECT c.id FROM delivery c WHERE c.person_id = d.person_id"
    "   AND c.broadcast_id = d.broadcast_id AND c.kind = :kind AND c.target = d.message"
    "   AND c.channel = d.channel AND c.created_at >= :since LIMIT 1) IS NULL"
)
# The answer that somebody pressed stays below the corrected message.
_ANSWERED = (
    "COALESCE((SELECT a.value FROM answer a WHERE a.person_id = d.person_id"
    " AND a.survey = 'broadcast' AND a.round = :key AND a.question = 'q'), '')"
)
_DELETED = (
    "CASE WHEN d.channel = 'telegram' AND d.sent_at < :deletable THEN 'change' ELSE 'delete' END"
)


@lru_cache(maxsize=16)
def _statements(kind: str, dialect: str, limit: int) -> tuple[Statement, Statement]:
    """Where a slice ends, and its change. The databases differ in the types of parameters."""
    slice_ = _SLICE.format(limit=int(limit))
    variant, action = (_ANSWERED, "'change'") if kind == CORRECTION else ("''", _DELETED)
    text = _CHANGE.format(variant=variant, action=action, slice=slice_)
    if dialect == "postgresql":
        for name in ("now", "expires_at"):
            text = text.replace(f":{name}", f"CAST(:{name} AS timestamptz)")
        text = text.replace(" 1, :kind,", " 1, CAST(:kind AS text),")
    return sql(f"SELECT count(*), max(id) FROM ({slice_}) AS slice"), sql(text)


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
    end, statement = _statements(change.kind, tx.dialect, limit)
    row = tx.run(end, broadcast=change.broadcast, cursor=cursor).fetchone()
    if row is None or not row[0]:
        return cursor, 0, True
    params: dict[str, Any] = {
        "broadcast": change.broadcast,
        "cursor": cursor,
        "kind": change.kind,
        "since": moment(change.since),
        "sent_before": moment(change.sent_before),
        "expires_at": moment(change.expires_at),
        "now": moment(now),
    }
    if change.kind == CORRECTION:
        params["key"] = change.key
    else:
        params["deletable"] = moment(change.deletable)
    planned = tx.run(statement, **params).rowcount
    return row[1], planned, row[0] < limit
