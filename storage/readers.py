"""One person as the reader of a message, and through what they are reached."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from storage.reach import identity_of
from storage.statements import Statement, sql
from storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class ReaderRow:
    """``identity`` and what follows are None where no channel reaches them. ``willing``: they
    consent to invitations, or are of the staff."""

    person: int
    status: str
    language: str
    timezone: str | None
    name: str | None
    city: str | None
    country: str | None
    organisation: str | None
    persona: str | None
    willing: bool
    identity: int | None
    channel: str | None
    account: str | None
    chat: str | None
    user: str | None


def reader(tx: Transaction, person: int, channels: tuple[str, ...]) -> ReaderRow | None:
    """The person of this number, as reached through ``channels``; None when there is none."""
    row = tx.run(_statement(channels), person=person).fetchone()
    if row is None:
        return None
    values: tuple[Any, ...] = (*row[:9], bool(row[9]), *row[10:])
    return ReaderRow(*values)


@lru_cache(maxsize=16)
def _statement(channels: tuple[str, ...]) -> Statement:
    return sql(
        "SELECT p.id, p.status, p.language, p.timezone, p.name, p.city, p.country, p.organisation,"
        " p.persona, EXISTS (SELECT 1 FROM consent c WHERE c.person_id = p.id"
        "   AND c.purpose = 'invitations' AND c.given) OR EXISTS (SELECT 1 FROM identity s"
        "   JOIN staff_login l ON l.channel = s.channel AND l.member_id = s.user_id"
        "   WHERE s.person_id = p.id),"
        " i.id, i.channel, i.account, i.chat_id, i.user_id FROM person p LEFT JOIN identity i"
        f" ON i.id = {identity_of(channels)} WHERE p.id = :person"
    )
