"""The last days: who is there to be erased, what is left when they are, and whom to tell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from storage import layout
from storage.moments import as_moment, maybe_moment, moment
from storage.reach import identity_of
from storage.statements import Statement, sql
from storage.transaction import Transaction

_COUNT = sql("SELECT count(*) FROM person")
# A record that was joined to another goes with that.
_FIRST = sql("SELECT id FROM person WHERE joined_to IS NULL ORDER BY id LIMIT 1")
_ANY = sql("SELECT id FROM person ORDER BY id LIMIT 1")
_SUBJECTS = sql("SELECT DISTINCT subject FROM task WHERE state = 'open' AND subject LIKE :like")
_ACTIVE = "COALESCE(p.last_active_at, p.created_at)"
_UNFINISHED = (
    f"SELECT p.id, p.created_at, {{reached}}, (SELECT max(d.created_at) FROM delivery d"
    f" WHERE d.person_id = p.id AND d.kind = 'unfinished' AND d.created_at >= {_ACTIVE})"
    # Whoever comes back begins anew; the index knows only who has not finished.
    f" FROM person p WHERE p.status = 'joining' AND p.created_at < :before AND {_ACTIVE} < :before"
    " AND (p.created_at, p.id) > (:after_created, :after) ORDER BY p.created_at, p.id LIMIT :limit"
)


def count(tx: Transaction) -> int:
    """How many people there are, whatever their status."""
    row = tx.run(_COUNT).fetchone()
    return int(row[0]) if row else 0


def first(tx: Transaction) -> int | None:
    """The first who is there; None: nobody."""
    row = tx.run(_FIRST).fetchone() or tx.run(_ANY).fetchone()
    return int(row[0]) if row else None


def leftovers() -> tuple[str, ...]:
    """Tables whose rows may be about somebody who has no record: messages to staff and groups,
    what could not be played. Found by their columns, so that a new table is among them."""
    return tuple(
        each.name
        for each in layout.tables()
        if each.name not in ("person", "task") and {"person_id", "user_id"} & set(each.columns)
    )


def clear(tx: Transaction, table: str, limit: int) -> int:
    """Delete up to ``limit`` rows of one of :func:`leftovers`; how many there were."""
    return tx.run(_clearing(table), limit=limit).rowcount


@cache
def _clearing(table: str) -> Statement:
    key = ", ".join(layout.table(table).key)
    return sql(f"DELETE FROM {table} WHERE ({key}) IN (SELECT {key} FROM {table} LIMIT :limit)")


def planned(tx: Transaction, prefix: str) -> list[str]:
    """The subjects that begin with ``prefix`` about which something is open."""
    return [str(row[0]) for row in tx.run(_SUBJECTS, like=f"{prefix}%").fetchall()]


@dataclass(frozen=True, slots=True)
class Unfinished:
    """Somebody who consented to be registered and did not finish. ``told_at``: when they were
    told, since they were last here, that they will be erased; ``reachable``: can be told."""

    person: int
    created_at: datetime
    reachable: bool
    told_at: datetime | None


def unfinished(
    tx: Transaction,
    before: datetime,
    channels: tuple[str, ...],
    after: Unfinished | None,
    limit: int,
) -> list[Unfinished]:
    """Who has not been here since ``before`` and is not registered yet, in the order in which they
    came, from the one behind ``after`` on."""
    rows = tx.run(
        _unfinished(channels),
        before=moment(before),
        after_created=moment(after.created_at) if after else "0001-01-01T00:00:00.000000Z",
        after=after.person if after else 0,
        limit=limit,
    ).fetchall()
    return [
        Unfinished(int(person), as_moment(created), identity is not None, maybe_moment(told))
        for person, created, identity, told in rows
    ]


@cache
def _unfinished(channels: tuple[str, ...]) -> Statement:
    return sql(_UNFINISHED.format(reached=identity_of(channels)))
