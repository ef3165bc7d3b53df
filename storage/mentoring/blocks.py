"""Who is not to be proposed to whom, as the rows stand in the table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storage.mentoring.shapes import Shape
from storage.moments import moment
from storage.statements import sql
from storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class BlockRow:
    """``person_id`` does not want to be matched with ``other_id``; ``by`` "person" or "staff"."""

    person_id: int
    other_id: int
    by: str
    at: datetime


SHAPE = Shape(BlockRow, "mentoring_block", key="person_id", moments=("at",))
_OF = sql(SHAPE.select + " WHERE person_id = :person ORDER BY at, other_id")
_BETWEEN = sql(
    "SELECT 1 FROM mentoring_block WHERE (person_id = :one AND other_id = :other)"
    " OR (person_id = :other AND other_id = :one) LIMIT 1"
)
_PUT = sql(
    "INSERT INTO mentoring_block (person_id, other_id, by, at)"
    " VALUES (:person, :other, :by, :at) ON CONFLICT (person_id, other_id) DO NOTHING"
)
_REMOVE = sql(
    "DELETE FROM mentoring_block WHERE person_id = :person AND other_id = :other AND by = :by"
)


def of_person(tx: Transaction, person: int) -> list[BlockRow]:
    """Whom somebody is kept from, as they (or staff for them) asked; never what others asked."""
    return [SHAPE.of(row) for row in tx.run(_OF, person=person)]


def between(tx: Transaction, one: int, other: int) -> bool:
    """Whether either is kept from the other."""
    return tx.run(_BETWEEN, one=one, other=other).fetchone() is not None


def put(tx: Transaction, person: int, other: int, by: str, now: datetime) -> None:
    """Keep them from each other; nothing happens where that was asked before."""
    tx.run(_PUT, person=person, other=other, by=by, at=moment(now))


def remove(tx: Transaction, person: int, other: int, by: str = "person") -> bool:
    """Take it back, if ``by`` asked for it; whether there was something to take back."""
    return tx.run(_REMOVE, person=person, other=other, by=by).rowcount > 0
