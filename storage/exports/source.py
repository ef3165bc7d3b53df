"""The rows of one export, streamed from one transaction."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from storage.exports.columns import ANSWERS, Column
from storage.exports.query import (
    BETWEEN,
    Request,
    answers_statement,
    count_statement,
    people_lines_statement,
    people_statement,
    person_statement,
)
from storage.statements import Statement

if TYPE_CHECKING:
    from storage.transaction import Transaction

Progress: TypeAlias = Callable[[int], None]
Row: TypeAlias = Sequence[Any]

CHUNK_ROWS = 500


class Source:
    """What an export has to write, in the shape its format likes; counts what was taken."""

    def __init__(
        self, tx: Transaction, export: str, request: Request, progress: Progress | None
    ) -> None:
        self.export = export
        self.columns: tuple[Column, ...] = request.columns if export == "people" else ANSWERS
        self.done = 0
        self._tx = tx
        self._request = request
        self._progress = progress
        self._streams: list[Generator[Row, None, None]] = []

    def close(self) -> None:
        """Ask for no more rows."""
        for stream in self._streams:
            stream.close()

    def total(self) -> int:
        """How many rows there are."""
        counting = count_statement(self._request, self.export)
        row = self._tx.run(counting, **self._named(counting)).fetchone()
        return int(row[0]) if row else 0

    def rows(self) -> Iterator[list[Row]]:
        """Rows of None, numbers and texts, some hundreds at a time."""
        build = people_statement if self.export == "people" else answers_statement
        return self._chunks(build(self._request, self._tx.dialect))

    def lines(self) -> Iterator[list[str]]:
        """People as one text each, cells parted by BETWEEN, some hundreds at a time."""
        statement = people_lines_statement(self._request, self._tx.dialect)
        return ([row[0] for row in chunk] for chunk in self._chunks(statement))

    def texts(self) -> Iterator[list[str]]:
        """Rows of texts, "" for None."""
        if self.export != "people":
            return (_as_texts(row) for chunk in self.rows() for row in chunk)
        return self._split_lines()

    def row_of(self, person: int) -> Row:
        """The cells of one person: where a text holds BETWEEN, the line cannot be taken apart."""
        statement = person_statement(self._request, self._tx.dialect)
        row = self._tx.run(statement, **self._named(statement), person=person).fetchone()
        return row or ()

    def _split_lines(self) -> Iterator[list[str]]:
        count = len(self.columns)
        for lines in self.lines():
            for line in lines:
                cells = line.split(BETWEEN)
                yield cells if len(cells) == count else _as_texts(self.row_of(int(cells[0])))

    def _named(self, statement: Statement) -> dict[str, str]:
        """The request's parameters that a statement has."""
        params = self._request.params
        return {name: params[name] for name in statement.names if name in params}

    def _chunks(self, statement: Statement) -> Iterator[list[Row]]:
        chunk: list[Row] = []
        stream = self._tx.stream(statement, **self._named(statement))
        self._streams.append(stream)
        for row in stream:
            chunk.append(row)
            if len(chunk) == CHUNK_ROWS:
                yield chunk
                self._count(chunk)
                chunk = []
        yield chunk
        self._count(chunk)

    def _count(self, chunk: list[Row]) -> None:
        self.done += len(chunk)
        if self._progress is not None:
            self._progress(self.done)


def _as_texts(row: Row) -> list[str]:
    return ["" if cell is None else str(cell) for cell in row]
