"""How much was sent of what nobody asked for, counted in the database; and whether it is to hold
everything back, because it is older than what was sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from storage import checkpoints
from storage.moments import maybe_moment, moment
from storage.statements import sql
from storage.transaction import Transaction

RESTORED = "restored"
REASON = "restored"
RELEASED = "released"
"""The ``reason`` of a waiting row that staff let go although everything else is held."""

_FILE = "sent_file"
_PREFIX = "sent:"
_COUNT = sql(
    "INSERT INTO checkpoint (name, value) VALUES (:name, :first)"
    " ON CONFLICT (name) DO UPDATE SET value ="
    " CAST(CAST(checkpoint.value AS bigint) + CAST(:more AS bigint) AS text) RETURNING value"
)
_COUNTED = sql("SELECT name, value FROM checkpoint WHERE name >= 'sent:' AND name < 'sent;'")
_DROP = sql("DELETE FROM checkpoint WHERE name = :name")
_HOLD = sql(
    "UPDATE delivery SET state = 'held', reason = 'restored' WHERE id IN"
    " (SELECT id FROM delivery WHERE state = 'queued' AND lane > 0 LIMIT :limit)"
)


def count(tx: Transaction, channel: str, account: str, more: int) -> int:
    """Add to what was sent through an account; the number so far."""
    name = f"{_PREFIX}{channel}:{account}"
    row = tx.run(_COUNT, name=name, first=str(more), more=more).fetchone()
    assert row is not None  # noqa: S101 - RETURNING always returns
    return int(row[0])


def counted(tx: Transaction) -> dict[str, int]:
    """ "channel:account" -> how much was sent."""
    return {row[0].removeprefix(_PREFIX): int(row[1]) for row in tx.run(_COUNTED).fetchall()}


def set_counted(tx: Transaction, numbers: Mapping[str, int]) -> None:
    """The numbers of accounts, as something else than the database knows them."""
    for account, number in numbers.items():
        checkpoints.put(tx, _PREFIX + account, str(number))


def had_file(tx: Transaction) -> bool:
    """Whether the numbers are kept in a file beside the database as well."""
    return checkpoints.get(tx, _FILE) is not None


def has_file(tx: Transaction) -> None:
    """From now on they are."""
    checkpoints.put(tx, _FILE, "1")


def holding(tx: Transaction) -> datetime | None:
    """Since when everything is held because the database is an old one; None: it is not."""
    return maybe_moment(checkpoints.get(tx, RESTORED))


def hold(tx: Transaction, since: datetime) -> None:
    """From now on whatever would be sent is held."""
    checkpoints.put(tx, RESTORED, moment(since))


def go_on(tx: Transaction) -> None:
    """What is planned from now on is sent again; what is held stays so."""
    tx.run(_DROP, name=RESTORED)


def hold_waiting(tx: Transaction, limit: int) -> int:
    """Hold up to ``limit`` waiting rows that are no replies; how many were."""
    return tx.run(_HOLD, limit=limit).rowcount
