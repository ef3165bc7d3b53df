"""The answer to the quick question below a broadcast."""

from __future__ import annotations

from datetime import datetime

from outreach.broadcasts import life
from storage import broadcast_ledger as ledger
from storage import living
from storage.broadcasts import BroadcastRow
from storage.transaction import Transaction

SURVEY, QUESTION = "broadcast", "q"
"""Where answers are stored; the round is the broadcast's key."""


def offers(row: BroadcastRow, key: str) -> bool:
    """Whether the question has this answer."""
    return any(option["key"] == key for option in (row.question or {}).get("options", ()))


def got(tx: Transaction, row: BroadcastRow, person: int) -> str | None:
    """How the message came to somebody: "broadcast", or as a "test"; None where it did not, or was
    withdrawn."""
    return None if life.withdrawn(tx, row.id) else ledger.received(tx, row.id, person)


def answer(tx: Transaction, row: BroadcastRow, person: int, key: str, now: datetime) -> bool:
    """Store an answer of somebody whom the broadcast was sent to; False, and nothing stored, of
    anybody else, and of an answer that is none of the question's."""
    if not offers(row, key) or got(tx, row, person) in (None, "test"):
        return False
    living.save_answers(tx, person, SURVEY, row.key, {QUESTION: key}, now)
    return True
