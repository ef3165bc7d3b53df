"""Moving the waiting rows of a broadcast that was paused, resumed or cancelled, in slices."""

from __future__ import annotations

from storage.statements import Statement, sql
from storage.transaction import Transaction

PAUSED = "paused"
CANCELLED = "broadcast cancelled"


def _moving(source: str, setting: str) -> Statement:
    """Rows whose ``source`` holds, a slice of them; corrections and withdrawals go their own way.
    The condition is repeated outside: another process may have claimed a row between its being
    chosen and its being changed."""
    return sql(
        f"UPDATE delivery SET {setting} WHERE {source} AND broadcast_id = :broadcast AND id IN"
        f" (SELECT id FROM delivery WHERE broadcast_id = :broadcast AND {source}"
        "   AND kind = 'broadcast' LIMIT :limit)"
    )


_HOLD = _moving("state = 'queued'", f"state = 'held', reason = '{PAUSED}'")
_LET_GO = _moving(f"state = 'held' AND reason = '{PAUSED}'", "state = 'queued', reason = NULL")
_CANCEL = _moving(
    "state IN ('queued', 'held')",
    f"state = 'cancelled', reason = '{CANCELLED}', payload = NULL",
)
_STATUS = sql("SELECT status FROM broadcast WHERE id = :broadcast")
# What the status of a broadcast means for what waits of it.
_MOVES = {
    "paused": _HOLD,
    "scheduled": _LET_GO,
    "sending": _LET_GO,
    "cancelled": _CANCEL,
}


def sweep(tx: Transaction, broadcast: int, limit: int) -> int:
    """Have up to ``limit`` waiting rows of a broadcast follow its status; how many did."""
    row = tx.run(_STATUS, broadcast=broadcast).fetchone()
    move = _MOVES.get(row[0]) if row else None
    return 0 if move is None else tx.run(move, broadcast=broadcast, limit=limit).rowcount
