"""Rows of the mentoring tables as dataclasses: JSON unfolded, moments aware, days as dates."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Generic, TypeVar

import orjson

from storage.moments import as_day, as_moment, moment
from storage.statements import Statement, sql

Row = TypeVar("Row")


def words(text: str) -> tuple[str, ...]:
    """A JSON list of keys."""
    return tuple(orjson.loads(text))


class Shape(Generic[Row]):
    """How the rows of ``table`` become ``row``, a dataclass named field by column as the table.

    ``unfold``: column -> what makes its value of the JSON it holds. Columns that end in ``_at``
    (and ``moments``) are moments, ``days`` are days.
    """

    def __init__(
        self,
        row: Callable[..., Row],
        table: str,
        *,
        key: str = "id",
        unfold: Mapping[str, Callable[[str], Any]] | None = None,
        moments: Sequence[str] = (),
        days: Sequence[str] = (),
    ) -> None:
        self.columns = tuple(field.name for field in fields(row))  # type: ignore[arg-type]
        self.select = f"SELECT {', '.join(f'{table}.{name}' for name in self.columns)} FROM {table}"
        self._row, self._table, self._key = row, table, key
        self._unfold = dict(unfold or {})
        self._moments = frozenset(n for n in self.columns if n.endswith("_at")) | set(moments)
        self._days = frozenset(days)
        self._updates: dict[tuple[str, ...], Statement] = {}

    def of(self, values: Sequence[Any]) -> Row:
        """A row of ``self.select``."""
        return self._row(
            **{
                name: self._read(name, value)
                for name, value in zip(self.columns, values, strict=True)
            }
        )

    def inserting(self) -> str:
        """A statement that inserts every column but ``id``; without what follows VALUES (…)."""
        names = [name for name in self.columns if name != "id"]
        listed = ", ".join(f":{name}" for name in names)
        return f"INSERT INTO {self._table} ({', '.join(names)}) VALUES ({listed})"

    def row(self, values: Mapping[str, Any], start: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters of :meth:`inserting`: ``values``, else ``start``, else nothing."""
        self._check(values)
        return {
            name: plain(values.get(name, start.get(name))) for name in self.columns if name != "id"
        }

    def update(self, names: Sequence[str]) -> Statement:
        """The statement that sets these columns, made once for each set of them. Raises KeyError
        for a column that there is not."""
        wanted = tuple(sorted(names))
        found = self._updates.get(wanted)
        if found is None:
            self._check(dict.fromkeys(wanted))
            listed = ", ".join(f"{name} = :{name}" for name in wanted)
            found = self._updates[wanted] = sql(
                f"UPDATE {self._table} SET {listed} WHERE {self._key} = :the_row"
            )
        return found

    def _check(self, values: Mapping[str, Any]) -> None:
        unknown = set(values) - (set(self.columns) - {self._key} | {"person_id"})
        if unknown:
            raise KeyError(f"{self._table} has no {', '.join(sorted(unknown))}")

    def _read(self, name: str, value: Any) -> Any:
        if value is None:
            return None
        if name in self._unfold:
            return self._unfold[name](value)
        if name in self._moments:
            return as_moment(value)
        return as_day(value) if name in self._days else value


def plain(value: Any) -> Any:
    """A value as a raw statement takes it."""
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (tuple, list, frozenset, set)):
        ordered = sorted(value) if isinstance(value, (frozenset, set)) else value
        return orjson.dumps(list(ordered)).decode()
    return value


def all_plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: plain(value) for name, value in values.items()}


@dataclass(frozen=True, slots=True)
class Numbers:
    """A statement with ``WHERE {column} IN (…)`` on either database; the parameter is ``ids``."""

    sqlite: Statement
    postgresql: Statement

    def on(self, dialect: str) -> Statement:
        return self.sqlite if dialect == "sqlite" else self.postgresql


def among(select: str, column: str, rest: str = "") -> Numbers:
    """``select`` where ``column`` is one of the numbers in ``:ids``, a JSON list."""
    return Numbers(
        sql(f"{select} WHERE {column} IN (SELECT value FROM json_each(:ids)){rest}"),
        sql(
            f"{select} WHERE {column} IN (SELECT value::bigint"
            f" FROM json_array_elements_text(:ids::json)){rest}"
        ),
    )


def held(select: str, table: str, *, wait: bool = True) -> Numbers:
    """``select``, which ends in its condition, holding the rows until the transaction ends.
    ``wait``: for those that others hold; else they are left out."""
    hold = f"{select} FOR UPDATE OF {table}{'' if wait else ' SKIP LOCKED'}"
    return Numbers(sql(select), sql(hold))
