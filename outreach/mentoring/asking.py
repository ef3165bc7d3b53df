"""Which message about a pair somebody may be answering in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storage.moments import as_moment
from storage.statements import sql
from storage.transaction import Transaction

_LAST = sql(
    "SELECT match_id, kind, sent_at FROM delivery WHERE person_id = :person AND state = 'sent'"
    " ORDER BY sent_at DESC, id DESC LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class Told:
    """A message about a pair: of what kind, and when it was sent."""

    match: int
    kind: str
    at: datetime


def last_told(tx: Transaction, person: int) -> Told | None:
    """The message about a pair, where it is the last that they were sent at all."""
    row = tx.run(_LAST, person=person).fetchone()
    if row is None or row[0] is None or row[2] is None:
        return None
    return Told(int(row[0]), str(row[1]), as_moment(row[2]))
