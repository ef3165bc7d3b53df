"""What a record says of its person, in pieces that can be compared, taken over and put back.

A piece is named "person.city", "trait.roles", "typed.employer" (a fact of the profile),
"provenance.city", "consent.sharing" or "answer.formats|1" (survey and round); its value is plain
JSON: a column's value, or the rows without the person. What a record does not have is in no piece.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeAlias

from storage import layout
from storage.living import PROFILE
from storage.moments import as_moment, moment
from storage.profile import ROUND, SURVEY
from storage.statements import Statement, sql
from storage.transaction import Transaction

Pieces: TypeAlias = dict[str, Any]

COLUMNS = (*PROFILE, "persona", "willingness", "confirmed_at")
"""Columns of the person that are facts about them."""

_MOMENTS = frozenset({"confirmed_at"})
_READ = sql(f"SELECT {', '.join(COLUMNS)} FROM person WHERE id = :person")
_WRITE = sql(
    f"UPDATE person SET {', '.join(f'{name} = :{name}' for name in COLUMNS)} WHERE id = :person"
)
TYPED = "typed"
"""Begins the pieces of facts that were typed: each is one row of ``answer``."""
_NOT_TYPED = sql(
    "DELETE FROM answer WHERE person_id = :person AND survey = :survey AND round = :round"
    " AND question = :question"
)
TABLES: Mapping[str, tuple[str, ...]] = {
    "trait": ("kind",),
    "provenance": ("field",),
    "consent": ("purpose",),
    "answer": ("survey", "round"),
}
"""Tables whose rows are facts, and the columns that name a piece."""


def pieces(tx: Transaction, person: int) -> Pieces:
    """Everything a record says of its person."""
    row = tx.run(_READ, person=person).fetchone()
    if row is None:
        return {}
    found: Pieces = {
        f"person.{name}": _plain(name in _MOMENTS, row[place])
        for place, name in enumerate(COLUMNS)
        if row[place] is not None
    }
    for table, named in TABLES.items():
        columns = _columns(table)
        for each in tx.run(reading(table), person=person).fetchall():
            told = {
                name: _plain(kind == "moment", each[place])
                for place, (name, kind) in enumerate(columns.items())
            }
            found.setdefault(_name(table, named, told), []).append(told)
    return found


def _name(table: str, named: tuple[str, ...], told: Mapping[str, Any]) -> str:
    """The piece that a row is in: an answer's round, but each typed fact by itself."""
    if table == "answer" and (told["survey"], told["round"]) == (SURVEY, ROUND):
        return f"{TYPED}.{told['question']}"
    return f"{table}.{'|'.join(str(told[column]) for column in named)}"


def write(tx: Transaction, person: int, now: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Make a record that says ``now`` say ``wanted``."""
    changed = [key for key in {**now, **wanted} if now.get(key) != wanted.get(key)]
    if any(key.startswith("person.") for key in changed):
        tx.run(_WRITE, person=person, **{c: wanted.get(f"person.{c}") for c in COLUMNS})
    for key in sorted(changed):
        table, _, name = key.partition(".")
        if table in TABLES:
            parts = name.split("|", 1) if len(TABLES[table]) > 1 else [name]
            named = dict(zip(TABLES[table], parts, strict=True))
            tx.run(deleting(table), person=person, **named)
            for row in wanted.get(key) or ():
                tx.run(writing(table), person_id=person, **row)
        elif table == TYPED:
            tx.run(_NOT_TYPED, person=person, survey=SURVEY, round=ROUND, question=name)
            for row in wanted.get(key) or ():
                tx.run(writing("answer"), person_id=person, **row)


def merged(
    now: Mapping[str, Any],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    said_since: Callable[[str], bool] = lambda _: True,
) -> Pieces:
    """``before`` again, but for what has been said since ``after`` was written (and
    ``said_since`` says so of the piece)."""
    kept = dict(before)
    for key in {**now, **after, **before}:
        if now.get(key) != after.get(key) and said_since(key):
            kept.pop(key, None)
            if key in now:
                kept[key] = now[key]
    return kept


def _columns(table: str) -> dict[str, layout.Kind]:
    columns = layout.table(table).columns
    return {name: kind for name, kind in columns.items() if name != "person_id"}


def _plain(is_moment: bool, value: Any) -> Any:
    return moment(as_moment(value)) if is_moment and value is not None else value


@cache
def reading(table: str) -> Statement:
    """The rows of somebody, in a fixed order."""
    columns, key = ", ".join(_columns(table)), ", ".join(layout.table(table).key)
    return sql(f"SELECT {columns} FROM {table} WHERE person_id = :person ORDER BY {key}")


@cache
def deleting(table: str) -> Statement:
    """One piece of somebody's."""
    named = " AND ".join(f"{name} = :{name}" for name in TABLES[table])
    return sql(f"DELETE FROM {table} WHERE person_id = :person AND {named}")


@cache
def writing(table: str) -> Statement:
    """One row of somebody's."""
    columns = ("person_id", *_columns(table))
    bound = ", ".join(f":{name}" for name in columns)
    return sql(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({bound})")
