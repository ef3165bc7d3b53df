"""What is held of a person, and erasing it: walked through the tables, so none is forgotten.

A row belongs to a person by its ``person_id``, or by ``channel, account, user_id`` of one of the
person's identities. A new table with such columns is covered without a change here. Matches belong
to two people: :mod:`storage.mentoring.private`; events and staff: :mod:`storage.disclosed`. What is
not told, and why: :mod:`storage.left_out`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeAlias

import orjson

from storage import disclosed, joinings, layout, left_out
from storage.hashing import keyed_hash
from storage.layout import Kind, Layout
from storage.mentoring.private import blocks_held, forget, matches_held, next_best_held
from storage.moments import as_day, as_moment, moment
from storage.statements import Statement, sql
from storage.transaction import Transaction

User: TypeAlias = tuple[str, str, str]  # channel, account, user_id

_USER = ("channel", "account", "user_id")
_BLOCKS = "mentoring_block"
_JOININGS = "joining"
_USERS = sql("SELECT channel, account, user_id FROM identity WHERE person_id = :person ORDER BY id")
_CONSENTS = sql(
    "SELECT purpose, given, notice_version, at FROM consent_log WHERE person_id = :person"
    " ORDER BY id"
)
_PROVE = sql("INSERT INTO erasure (subject_hash, proof, erased_at) VALUES (:subject, :proof, :at)")
_PROVED = sql("SELECT 1 FROM erasure WHERE subject_hash = :subject LIMIT 1")


def everything_held(tx: Transaction, person: int) -> dict[str, Any]:
    """Everything held of a person, ready for JSON: table -> rows, tables with nothing left out.

    Moments are ISO 8601 in UTC; columns that hold JSON are unfolded. Of a match there is this
    person's side, and of whom they don't want to meet what they asked for themselves. Of staff
    there is what they are and did; of an event that the person hosts or speaks at what names it.
    A record that was joined to theirs and rests (storage.joinings) is theirs as well.
    """
    users = _users(tx, person)
    held: dict[str, Any] = {}
    for table in layout.tables():
        belongs = _belongs(table, len(users))
        if belongs is not None and table.name != _JOININGS:
            rows = tx.run(_reading(table, belongs), **_whose(table, person, users)).fetchall()
            told = _told_columns(table)
            held[table.name] = [_readable(table, told, row) for row in rows]
    held |= {"mentoring_match": matches_held(tx, person), _BLOCKS: blocks_held(tx, person)}
    held["mentoring_next_best"] = next_best_held(tx, person)
    held["event"] = _hosted(tx, person)
    held |= _as_staff(tx, users)
    held |= {_JOININGS: joinings.told(tx, person)}
    for each in joinings.resting(tx, person):
        for name, rows in everything_held(tx, each).items():
            held[name] = [*held.get(name, []), *(row for row in rows if name != _JOININGS)]
    return {name: rows for name, rows in held.items() if rows}


def _hosted(tx: Transaction, person: int) -> list[dict[str, Any]]:
    table = layout.table("event")
    return [
        {**_readable(table, disclosed.HOSTED, row), "host": host, "speaker": speaker}
        for row, host, speaker in disclosed.hosted(tx, person)
    ]


def _as_staff(tx: Transaction, users: list[User]) -> dict[str, Any]:
    return {
        name: [_readable(layout.table(name), disclosed.STAFF[name], row) for row in rows]
        for name, rows in disclosed.staff_rows(tx, users).items()
    }


def erase(tx: Transaction, person: int, secret_key: str, now: datetime) -> None:
    """Erase a person from every table, and keep the least that proves it was right.

    What stays: for each identity a keyed hash (see :func:`subject_hash`), with the purposes
    consented to, the notice's version and when each was given or withdrawn. Nobody without the
    key can tell whom it is about.
    """
    users = _users(tx, person)
    subjects = [":".join(user) for user in users] or [f"person:{person}"]
    records = [person, *joinings.resting(tx, person)]
    history = [each for record in records for each in _consent_history(tx, record)]
    proof = orjson.dumps({"consents": history}).decode()
    for subject in subjects:
        tx.run(_PROVE, subject=keyed_hash(subject, secret_key), proof=proof, at=moment(now))
    remove(tx, person)


def remove(tx: Transaction, person: int) -> None:
    """Erase a person from every table without a trace (somebody who never consented).

    Whoever may be in a match leaves it first (outreach.mentoring.keeping), so that the other
    hears of it.
    """
    tx.flush()
    for each in joinings.resting(tx, person):
        remove(tx, each)
    users = _users(tx, person)
    forget(tx, person)
    for table in reversed(layout.tables()):
        belongs = _belongs(table, len(users))
        if belongs is not None:
            tx.run(_deleting(table, belongs), **_whose(table, person, users))
    tx.forget()  # the session must not go on serving what is gone


def subject_hash(channel: str, account: str, user: str, secret_key: str) -> str:
    """The keyed hash under which an erasure is kept: HMAC-SHA256 of channel:account:user."""
    return keyed_hash(f"{channel}:{account}:{user}", secret_key)


def was_erased(tx: Transaction, channel: str, account: str, user: str, secret_key: str) -> bool:
    """Whether this user asked to be erased before: do not contact unasked."""
    subject = subject_hash(channel, account, user, secret_key)
    return tx.run(_PROVED, subject=subject).fetchone() is not None


def _users(tx: Transaction, person: int) -> list[User]:
    return [(row[0], row[1], row[2]) for row in tx.run(_USERS, person=person)]


def _consent_history(tx: Transaction, person: int) -> list[dict[str, Any]]:
    return [
        {"purpose": purpose, "given": bool(given), "notice": notice, "at": as_moment(at)}
        for purpose, given, notice, at in tx.run(_CONSENTS, person=person)
    ]


def _by_person(table: Layout) -> bool:
    return table.name == "person" or "person_id" in table.columns


def _by_user(table: Layout) -> bool:
    return all(name in table.columns for name in _USER)


@cache
def _belongs(table: Layout, users: int) -> str | None:
    """The condition for a table's rows to be about a person with so many identities; None where
    none can be. :func:`_whose` gives its parameters."""
    if table.name == "person":
        return "id = :person"
    found = []
    nobody = ""
    if _by_person(table):
        found.append("person_id = :person")
        nobody = "person_id IS NULL AND "  # what names a person is found by its index
    if _by_user(table):
        found += [
            f"({nobody}channel = :channel{n} AND account = :account{n} AND user_id = :user_id{n})"
            for n in range(users)
        ]
    return " OR ".join(found) or None


def _whose(table: Layout, person: int, users: list[User]) -> dict[str, Any]:
    """The parameters of :func:`_belongs`, and no others."""
    params: dict[str, Any] = {"person": person} if _by_person(table) else {}
    if _by_user(table):
        for n, user in enumerate(users):
            params |= {f"{name}{n}": part for name, part in zip(_USER, user, strict=True)}
    return params


@cache
def _reading(table: Layout, belongs: str) -> Statement:
    columns, key = ", ".join(_told_columns(table)), ", ".join(table.key)
    return sql(f"SELECT {columns} FROM {table.name} WHERE {belongs} ORDER BY {key}")


@cache
def _deleting(table: Layout, belongs: str) -> Statement:
    return sql(f"DELETE FROM {table.name} WHERE {belongs}")


@cache
def _told_columns(table: Layout) -> tuple[str, ...]:
    """The columns that a person gets to see."""
    return tuple(name for name in table.columns if f"{table.name}.{name}" not in left_out.REASONS)


def _readable(table: Layout, columns: tuple[str, ...], row: tuple[Any, ...]) -> Mapping[str, Any]:
    return {
        name: None if value is None else _plain(table.columns[name], value)
        for name, value in zip(columns, row, strict=True)
    }


def _plain(kind: Kind, value: Any) -> Any:
    match kind:
        case "moment":
            told = as_moment(value).astimezone(UTC).isoformat(timespec="seconds")
            return told.replace("+00:00", "Z")
        case "day":
            return as_day(value).isoformat()
        case "json":
            return orjson.loads(value)
        case "boolean":
            return bool(value)
    return value
