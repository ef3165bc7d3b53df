"""The marks of erasures, and whom of the people in the database they are about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from storage.hashing import keyed_hash
from storage.moments import as_moment, moment
from storage.statements import sql
from storage.transaction import Transaction


class Mark(NamedTuple):
    """That somebody was erased: the keyed hash of an account, and when."""

    subject: str
    at: datetime


_SINCE = sql("SELECT id, subject_hash, erased_at FROM erasure WHERE id > :after ORDER BY id")
_KNOWN = sql("SELECT 1 FROM erasure WHERE subject_hash = :subject AND erased_at = :at")
_MARK = sql("INSERT INTO erasure (subject_hash, proof, erased_at) VALUES (:subject, '{}', :at)")
_ACCOUNTS = sql("SELECT person_id, channel, account, user_id, created_at FROM identity")
_WITHOUT = sql(
    "SELECT id, created_at FROM person WHERE NOT EXISTS"
    " (SELECT 1 FROM identity WHERE person_id = person.id)"
)


def since(tx: Transaction, after: int) -> tuple[list[Mark], int]:
    """The marks with numbers above ``after``, and the last number."""
    rows = tx.run(_SINCE, after=after).fetchall()
    return [Mark(row[1], as_moment(row[2])) for row in rows], rows[-1][0] if rows else after


def mark(tx: Transaction, marks: Iterable[Mark]) -> None:
    """Note erasures that the database does not know of; their proofs are lost."""
    for each in marks:
        if tx.run(_KNOWN, subject=each.subject, at=moment(each.at)).fetchone() is None:
            tx.run(_MARK, subject=each.subject, at=moment(each.at))


def subjects_of(
    tx: Transaction, marks: Mapping[str, datetime], secret: str
) -> list[tuple[int, datetime]]:
    """The people that marks (hash -> when) are about, and who were there before: person, when."""
    found: dict[int, datetime] = {}
    for person, channel, account, user, created in tx.stream(_ACCOUNTS):
        at = marks.get(keyed_hash(f"{channel}:{account}:{user}", secret))
        if at is not None and as_moment(created) <= at:
            found[person] = at
    for person, created in tx.stream(_WITHOUT):
        at = marks.get(keyed_hash(f"person:{person}", secret))
        if at is not None and as_moment(created) <= at:
            found[person] = at
    return sorted(found.items())
