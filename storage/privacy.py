"""What is held of a person, and erasing it: walked through the tables, so none is forgotten.

A row belongs to a person by its ``person_id``, or by ``channel, account, user_id`` of one of the
person's identities. A new table with such columns is covered without a change here. Matches belong
to two people: :mod:`storage.mentoring.private`.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, date, datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Row, and_, delete, insert, or_, select, true
from sqlalchemy import Table as SqlTable

from storage.mentoring.private import blocks_held, forget, matches_held
from storage.tables import ConsentLog, Erasure, PlatformIdentity, Table
from storage.transaction import Transaction
from storage.types import JsonText

_USER = ("channel", "account", "user_id")
_BLOCKS = "mentoring_block"


def everything_held(tx: Transaction, person: int) -> dict[str, Any]:
    """Everything held of a person, ready for JSON: table -> rows, tables with nothing left out.

    Moments are ISO 8601 in UTC; columns that hold JSON are unfolded. Of a match there is this
    person's side, and of whom they don't want to meet what they asked for themselves.
    """
    users = _users(tx, person)
    held: dict[str, Any] = {}
    for table in Table.metadata.sorted_tables:
        belongs = _belongs(table, person, users)
        if belongs is not None:
            rows = tx.connection.execute(
                select(table).where(belongs).order_by(*table.primary_key.columns)
            )
            found = [_readable(table, row) for row in rows]
            if found:
                held[table.name] = found
    held |= {"mentoring_match": matches_held(tx, person), _BLOCKS: blocks_held(tx, person)}
    return {name: rows for name, rows in held.items() if rows}


def erase(tx: Transaction, person: int, secret_key: str, now: datetime) -> None:
    """Erase a person from every table, and keep the least that proves it was right.

    What stays: for each identity a keyed hash (see :func:`subject_hash`), with the purposes
    consented to, the notice's version and when each was given or withdrawn. Nobody without the
    key can tell whom it is about.
    """
    users = _users(tx, person)
    subjects = [":".join(user) for user in users] or [f"person:{person}"]
    proof = orjson.dumps({"consents": _consent_history(tx, person)}).decode()
    for subject in subjects:
        row = {"subject_hash": keyed_hash(subject, secret_key), "proof": proof, "erased_at": now}
        tx.connection.execute(insert(_table(Erasure)).values(row))
    remove(tx, person)


def remove(tx: Transaction, person: int) -> None:
    """Erase a person from every table without a trace (somebody who never consented).

    Whoever may be in a match leaves it first (outreach.mentoring.keeping), so that the other
    hears of it.
    """
    users = _users(tx, person)
    forget(tx, person)
    for table in reversed(Table.metadata.sorted_tables):
        belongs = _belongs(table, person, users)
        if belongs is not None:
            tx.connection.execute(delete(table).where(belongs))
    # The session must not go on serving what is gone.
    tx.session.expunge_all()


def subject_hash(channel: str, account: str, user: str, secret_key: str) -> str:
    """The keyed hash under which an erasure is kept: HMAC-SHA256 of channel:account:user."""
    return keyed_hash(f"{channel}:{account}:{user}", secret_key)


def was_erased(tx: Transaction, channel: str, account: str, user: str, secret_key: str) -> bool:
    """Whether this user asked to be erased before: do not contact unasked."""
    table = _table(Erasure)
    subject = subject_hash(channel, account, user, secret_key)
    found = select(table.c.id).where(table.c.subject_hash == subject).limit(1)
    return tx.connection.execute(found).first() is not None


def keyed_hash(subject: str, secret_key: str) -> str:
    """HMAC-SHA256 in hex: who has not the key cannot tell, nor try out, what it is of."""
    return hmac.new(secret_key.encode(), subject.encode(), hashlib.sha256).hexdigest()


def _table(model: type[Table]) -> SqlTable:
    return Table.metadata.tables[str(model.__tablename__)]


def _users(tx: Transaction, person: int) -> list[tuple[str, str, str]]:
    table = _table(PlatformIdentity)
    wanted = select(table.c.channel, table.c.account, table.c.user_id)
    rows = tx.connection.execute(wanted.where(table.c.person_id == person).order_by(table.c.id))
    return [(row[0], row[1], row[2]) for row in rows]


def _belongs(
    table: SqlTable, person: int, users: list[tuple[str, str, str]]
) -> ColumnElement[bool] | None:
    """The condition for a table's rows to be about this person; None where none can be."""
    if table.name == "person":
        return table.c.id == person
    conditions: list[ColumnElement[bool]] = []
    nobody: ColumnElement[bool] = true()
    if "person_id" in table.c:
        conditions.append(table.c.person_id == person)
        nobody = table.c.person_id.is_(None)  # what names a person is found by its index
    if all(name in table.c for name in _USER):
        conditions += [
            and_(nobody, *(table.c[name] == part for name, part in zip(_USER, user, strict=True)))
            for user in users
        ]
    return or_(*conditions) if conditions else None


def _consent_history(tx: Transaction, person: int) -> list[dict[str, Any]]:
    table = _table(ConsentLog)
    wanted = select(table.c.purpose, table.c.given, table.c.notice_version, table.c.at)
    rows = tx.connection.execute(wanted.where(table.c.person_id == person).order_by(table.c.id))
    return [
        {"purpose": row.purpose, "given": row.given, "notice": row.notice_version, "at": row.at}
        for row in rows
    ]


def _readable(table: SqlTable, row: Row[Any]) -> dict[str, Any]:
    return {name: _plain(table, name, value) for name, value in row._mapping.items()}


def _plain(table: SqlTable, name: str, value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str) and isinstance(table.c[name].type, JsonText):
        return orjson.loads(value)
    return value
