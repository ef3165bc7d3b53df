"""Statements prepared on a PostgreSQL server, run straight through libpq.

``Connection.execute`` of psycopg costs 55 µs of CPU a statement, this way 10: no generators, no
cursor. What psycopg knows better (lists, dates, bytes as parameters; streams; many rows) is left
to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import psycopg
from psycopg import errors
from psycopg.adapt import Transformer
from psycopg.pq import ExecStatus, TransactionStatus

from storage.statements import Statement

AFTER = 2  # runs of a statement before it is prepared: many are run once
MOST = 500  # prepared statements a connection; the program has about a hundred

Row = tuple[Any, ...]

_GOOD = frozenset({ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK})


class Rows:
    """The rows of a result, all of which have come."""

    __slots__ = ("_at", "_rows", "rowcount")

    def __init__(self, rows: list[Row], rowcount: int) -> None:
        self._rows = rows
        self._at = 0
        self.rowcount = rowcount

    def fetchone(self) -> Row | None:
        if self._at >= len(self._rows):
            return None
        self._at += 1
        return self._rows[self._at - 1]

    def fetchmany(self, size: int = 1, /) -> list[Row]:
        self._at += size
        return self._rows[self._at - size : self._at]

    def fetchall(self) -> list[Row]:
        rows = self._rows[self._at :] if self._at else self._rows
        self._at = len(self._rows)
        return rows

    def __iter__(self) -> Iterator[Row]:
        return iter(self.fetchall())


class Prepared:
    """Runs statements on one psycopg connection, inside a transaction that was begun."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._server = connection.pgconn
        self._names: dict[bytes, bytes] = {}
        self._runs: dict[bytes, int] = {}

    def execute(self, statement: Statement, params: Mapping[str, Any]) -> Any:
        """The statement's result. Raises psycopg's errors."""
        name = self._names.get(statement.numbered) or self._prepare(statement)
        if name is None:
            return self._connection.execute(statement.postgresql, params)
        values: list[Any] = []
        for key in statement.names:
            value = params[key]
            kind = type(value)
            if kind is str:
                if "\0" in value:
                    raise psycopg.DataError("PostgreSQL cannot store NUL in a text")
                values.append(value.encode())
            elif value is None:
                values.append(None)
            elif kind is bool:
                values.append(b"t" if value else b"f")
            elif kind is int:
                values.append(b"%d" % value)
            else:
                return self._connection.execute(statement.postgresql, params)
        return self._rows(self._server.exec_prepared(name, values))

    def command(self, text: bytes) -> bytes:
        """Run BEGIN, COMMIT and the like; what the server says it has done."""
        result = self._server.exec_(text)
        if result.status not in _GOOD:
            raise errors.error_from_result(result)
        return result.command_status or b""

    @property
    def sound(self) -> bool:
        """Whether the transaction is not given up."""
        return self._server.transaction_status != TransactionStatus.INERROR

    def _prepare(self, statement: Statement) -> bytes | None:
        """The name of the prepared statement; None while it is not worth it."""
        text = statement.numbered
        runs = self._runs.get(text, 0) + 1
        if len(self._runs) < MOST or text in self._runs:
            self._runs[text] = runs
        if runs < AFTER or len(self._names) >= MOST:
            return None
        name = b"domov_%d" % len(self._names)
        result = self._server.prepare(name, text)
        if result.status not in _GOOD:
            raise errors.error_from_result(result)
        self._names[text] = name
        return name

    def _rows(self, result: Any) -> Rows:
        status = result.status
        if status == ExecStatus.TUPLES_OK:
            loading = Transformer(self._connection)
            loading.set_pgresult(result)
            rows = loading.load_rows(0, result.ntuples, tuple)
            return Rows(rows, result.command_tuples or len(rows))
        if status != ExecStatus.COMMAND_OK:
            raise errors.error_from_result(result)
        return Rows([], result.command_tuples or 0)
