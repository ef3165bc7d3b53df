"""Whom people would rather not be matched with, in their own words: notes in the staff's inbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storage.mentoring.lines import Side
from storage.moments import as_moment
from storage.statements import sql
from storage.transaction import Transaction

KIND = "do_not_match"
"""Of these notes."""

_ABOUT = (
    "SELECT i.id, p.id, p.name, p.organisation, i.text, i.at FROM inbox i"
    f" JOIN person p ON p.id = i.person_id WHERE i.kind = '{KIND}' AND i.state = 'open'"
)
_OPEN = {
    False: sql(f"{_ABOUT} ORDER BY i.id LIMIT :limit"),
    True: sql(f"{_ABOUT} AND p.organisation = :organisation ORDER BY i.id LIMIT :limit"),
}
_ONE = sql(f"{_ABOUT} AND i.id = :id")
_DONE = sql(f"UPDATE inbox SET state = 'done' WHERE id = :id AND kind = '{KIND}'")


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody's words about whom they would rather not meet."""

    id: int
    who: Side
    text: str
    at: datetime


def waiting(tx: Transaction, organisation: str | None, limit: int) -> list[Wish]:
    """Those that nobody has dealt with, the oldest first."""
    chosen = {"organisation": organisation} if organisation is not None else {}
    rows = tx.run(_OPEN[bool(chosen)], limit=limit, **chosen).fetchall()
    return [_wish(*row) for row in rows]


def one(tx: Transaction, number: int) -> Wish | None:
    """The one of this number, if nobody has dealt with it."""
    row = tx.run(_ONE, id=number).fetchone()
    return _wish(*row) if row else None


def done(tx: Transaction, number: int) -> None:
    """It was dealt with."""
    tx.run(_DONE, id=number)


def _wish(
    number: int,
    person: int,
    name: str | None,
    organisation: str | None,
    text: str,
    at: str | datetime,
) -> Wish:
    return Wish(number, Side(person, name, organisation), text, as_moment(at))
