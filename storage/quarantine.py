"""Events that failed again and again, set aside so that they hold nobody up."""

from __future__ import annotations

from datetime import datetime

from storage.conversations import claim
from storage.moments import moment
from storage.statements import sql
from storage.transaction import Transaction

_SET_ASIDE = sql(
    "INSERT INTO quarantine (channel, account, event_id, attempts, error, at, user_id)"
    " VALUES (:channel, :account, :event_id, :attempts, :error, :at, :user_id)"
    " ON CONFLICT (channel, account, event_id) DO NOTHING"
)


def set_aside(
    tx: Transaction,
    channel: str,
    account: str,
    event_id: str,
    user: str,
    error: str,
    attempts: int,
    now: datetime,
) -> bool:
    """Claim the event without playing it, and note it; False when it was claimed before."""
    if not claim(tx, channel, account, event_id, now):
        return False
    tx.run(
        _SET_ASIDE,
        channel=channel,
        account=account,
        event_id=event_id,
        attempts=attempts,
        error=error,
        at=moment(now),
        user_id=user,
    )
    return True
