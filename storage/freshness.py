"""How old facts are: when each was last confirmed, and when its person was last asked about it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import orjson

from storage.moments import moment
from storage.statements import sql
from storage.transaction import Transaction

# A message that was sent is forgotten after some months; that it was sent is not.
_NOTE = sql(
    "INSERT INTO asked (person_id, about, asked_at)"
    " SELECT d.person_id, d.kind, max(d.sent_at) FROM delivery d"
    " WHERE d.person_id > :after AND d.person_id <= :upto AND d.lane > 1 AND d.sent_at IS NOT NULL"
    " AND d.kind = :kind AND d.state IN ('sent', 'unknown') GROUP BY d.person_id, d.kind"
    " ON CONFLICT (person_id, about) DO UPDATE SET asked_at = excluded.asked_at"
    " WHERE excluded.asked_at > asked.asked_at"
)
_CONFIRM = (
    "UPDATE provenance SET confirmed_at = :now WHERE person_id = :person"
    " AND confirmed_at < :before AND field IN ({listed})"
)
_CONFIRM_SQLITE = sql(_CONFIRM.format(listed="SELECT value FROM json_each(:fields)"))
_CONFIRM_POSTGRESQL = sql(
    _CONFIRM.format(listed="SELECT json_array_elements_text(CAST(:fields AS json))")
)
_CONFIRMED = sql("UPDATE person SET confirmed_at = :now WHERE id = :person")


def old(fields: Iterable[str]) -> str:
    """SQL over ``p``: whether one of the facts was last confirmed before ``:before``."""
    return (
        "EXISTS (SELECT 1 FROM provenance r WHERE r.person_id = p.id"
        f" AND r.confirmed_at < :before AND r.field IN ({_listed(fields)}))"
    )


UNASKED_SINCE = (
    "NOT EXISTS (SELECT 1 FROM asked k WHERE k.person_id = p.id AND k.about = :about"
    " AND k.asked_at >= {since})"
    " AND NOT EXISTS (SELECT 1 FROM delivery q WHERE q.person_id = p.id AND q.kind = :about"
    " AND (q.state IN ('queued', 'held', 'sending')"
    " OR (q.state IN ('sent', 'unknown') AND q.sent_at >= {since})))"
)
"""SQL over ``p``: nothing of the kind ``:about`` waits for them or was sent since then."""


def note_asked(tx: Transaction, kind: str, after: int, upto: int) -> None:
    """Note of the people with numbers in (``after``, ``upto``] who was sent a message of this
    kind, and when."""
    tx.run(_NOTE, kind=kind, after=after, upto=upto)


def confirm(
    tx: Transaction, person: int, fields: Iterable[str], before: datetime, now: datetime
) -> int:
    """These facts are still right: of those last confirmed ``before`` that moment, note it; how
    many there were. Where they come from stays as it was."""
    statement = _CONFIRM_SQLITE if tx.dialect == "sqlite" else _CONFIRM_POSTGRESQL
    listed = orjson.dumps(sorted(fields)).decode()
    found = tx.run(
        statement, person=person, before=moment(before), now=moment(now), fields=listed
    ).rowcount
    if found:
        tx.run(_CONFIRMED, person=person, now=moment(now))
    return found


def _listed(fields: Iterable[str]) -> str:
    """Keys of a blueprint for ``IN (…)``: letters, digits and lines, as it was checked."""
    return ", ".join(f"'{_key(each)}'" for each in fields)


def _key(field: str) -> str:
    if not field.replace("-", "_").isidentifier():
        raise ValueError(f"{field!r} is no key")
    return field
