"""What the program notes under a name, for itself: how far it was, how much it counted."""

from __future__ import annotations

from storage.statements import sql
from storage.transaction import Transaction

_ONE = sql("SELECT value FROM checkpoint WHERE name = :name")
_ONE_POSTGRESQL = sql("SELECT value FROM checkpoint WHERE name = :name FOR UPDATE")
_PUT = sql(
    "INSERT INTO checkpoint (name, value) VALUES (:name, :value)"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)


def get(tx: Transaction, name: str, *, held: bool = False) -> str | None:
    """What is noted under ``name``; None: nothing. ``held``: until the commit nobody else notes
    anything there."""
    statement = _ONE_POSTGRESQL if held and tx.dialect == "postgresql" else _ONE
    row = tx.run(statement, name=name).fetchone()
    return str(row[0]) if row else None


def put(tx: Transaction, name: str, value: str) -> None:
    """Note ``value`` under ``name``, in place of what stood there."""
    tx.run(_PUT, name=name, value=value)
