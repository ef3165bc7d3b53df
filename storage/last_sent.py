"""What somebody was sent last, and what could be pressed below it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storage.moments import as_moment
from storage.statements import sql
from storage.transaction import Transaction

# A reply is on its way before it is settled; a planned message counts once it was sent.
_LAST = sql(
    "SELECT kind, variant, event_id, broadcast_id, match_id, request_id,"
    " COALESCE(sent_at, created_at) AS at FROM delivery WHERE person_id = :person"
    " AND action IN ('send', 'edit') AND (state = 'sent' OR (lane = 0 AND state = 'sending'))"
    " AND kind NOT IN ('test', 'post')"
    " ORDER BY COALESCE(sent_at, created_at) DESC, id DESC LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class LastSent:
    """A message by what it is about. ``variant`` of a reply: what can be pressed below it
    (:mod:`bot.turn.in_sight`)."""

    person: int
    kind: str
    variant: str
    event: int | None
    broadcast: int | None
    match: int | None
    request: int | None
    at: datetime


def last_sent(tx: Transaction, person: int) -> LastSent | None:
    """The last message to a person; None where there was none."""
    row = tx.run(_LAST, person=person).fetchone()
    if row is None:
        return None
    return LastSent(person, row[0], row[1], row[2], row[3], row[4], row[5], as_moment(row[6]))
