"""``domov export``: the living database as CSV, XLSX, JSON or Parquet.

Keys stand in the data; XLSX, which people read, shows labels in the reader's language. The rows
stream from one ordered statement, so a million people need no more memory than ten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, TypeAlias, get_args

from storage.exports.columns import ANSWERS, PEOPLE, Column, Holds
from storage.exports.csv_format import write_csv, write_csv_lines
from storage.exports.output import opened
from storage.exports.query import (
    Request,
    answers_statement,
    count_statement,
    people_lines_statement,
    people_statement,
    person_statement,
)

if TYPE_CHECKING:
    from blueprints.schema import Blueprint
    from storage.database import Database, Statement, Transaction

__all__ = ["ANSWERS", "FORMATS", "PEOPLE", "Format", "export_answers", "export_people"]

Format: TypeAlias = Literal["csv", "xlsx", "json", "parquet"]
FORMATS: tuple[Format, ...] = get_args(Format)

Progress: TypeAlias = Callable[[int], None]
Row: TypeAlias = Sequence[Any]

CHUNK_ROWS = 500


def export_people(
    database: Database,
    format: Format,
    out: Path | BinaryIO,
    *,
    organisation: str | None = None,
    language: str = "en",
    blueprint: Blueprint,
    progress: Progress | None = None,
) -> int:
    """Write a row a person and return how many; stubs who have not consented are left out.

    ``organisation`` limits it to that organisation's people; ``language`` is the reader's (XLSX);
    ``progress`` hears now and then how many are done. A path is replaced only when all is written.
    Raises ExportError when it cannot be written, StorageError when the database fails.
    """
    request = Request(
        separator=";" if format == "csv" else "\x1f",
        organisation=organisation,
        levels=_counting(blueprint),
        ranked=_ranked(blueprint),
        days=format == "xlsx",
    )
    statement = people_statement(request, database.dialect)
    job = _Job(database, "people", PEOPLE, statement, request, progress)
    return job.write(format, out, blueprint, language)


def export_answers(
    database: Database,
    format: Format,
    out: Path | BinaryIO,
    *,
    organisation: str | None = None,
    language: str = "en",
    blueprint: Blueprint,
    progress: Progress | None = None,
) -> int:
    """Write a row an answer, by person and survey, and return how many. Otherwise like
    :func:`export_people`; ratings are written as ``option=level``."""
    request = Request(organisation=organisation)
    statement = answers_statement(request, database.dialect)
    job = _Job(database, "answers", ANSWERS, statement, request, progress)
    return job.write(format, out, blueprint, language)


class _Job:
    """One export under way; counts what it has written."""

    def __init__(
        self,
        database: Database,
        export: str,
        columns: Sequence[Column],
        statement: Statement,
        request: Request,
        progress: Progress | None,
    ) -> None:
        self._database = database
        self._export = export
        self._columns = columns
        self._statement = statement
        self._request = request
        self._progress = progress
        self._done = 0

    def write(
        self, wanted: Format, out: Path | BinaryIO, blueprint: Blueprint, language: str
    ) -> int:
        with opened(out) as file, self._database.reading() as tx:
            if wanted == "csv" and self._columns is PEOPLE:
                self._write_lines(tx, file)
                return self._done
            chunks = self._chunks(tx)
            if wanted == "csv":
                write_csv(file, self._columns, chunks)
            elif wanted == "json":
                from storage.exports.json_format import write_json  # noqa: PLC0415

                write_json(file, self._columns, chunks)
            elif wanted == "parquet":
                # Each format's library is loaded for that format only: pyarrow takes 30 MB.
                from storage.exports.parquet_format import write_parquet  # noqa: PLC0415

                write_parquet(file, self._columns, chunks)
            else:
                self._write_workbook(tx, file, chunks, blueprint, language)
        return self._done

    def _write_lines(self, tx: Transaction, file: BinaryIO) -> None:
        dialect = self._database.dialect
        statement = people_lines_statement(self._request, dialect)
        one = person_statement(self._request, dialect)

        def row_of(person: int) -> Row:
            found = tx.run(one, **self._named(one), person=person).fetchone()
            return found or ()

        lines = ([row[0] for row in rows] for rows in self._chunks(tx, statement))
        write_csv_lines(file, self._columns, lines, row_of)

    def _write_workbook(
        self,
        tx: Transaction,
        file: BinaryIO,
        chunks: Iterator[list[Row]],
        blueprint: Blueprint,
        language: str,
    ) -> None:
        from storage.exports.labels import Labels  # noqa: PLC0415 - Babel
        from storage.exports.workbook import write_workbook  # noqa: PLC0415

        write_workbook(
            file,
            self._export,
            self._columns,
            (row for chunk in chunks for row in chunk),
            total=self._total(tx),
            labels=Labels(blueprint, language),
            language=language,
        )

    def _total(self, tx: Transaction) -> int:
        counting = count_statement(self._request, self._export)
        row = tx.run(counting, **self._named(counting)).fetchone()
        return int(row[0]) if row else 0

    def _named(self, statement: Statement) -> dict[str, str]:
        """The request's parameters that a statement has."""
        params = self._request.params
        return {name: params[name] for name in statement.names if name in params}

    def _chunks(self, tx: Transaction, statement: Statement | None = None) -> Iterator[list[Row]]:
        statement = statement or self._statement
        chunk: list[Row] = []
        for row in tx.stream(statement, **self._named(statement)):
            chunk.append(row)
            if len(chunk) == CHUNK_ROWS:
                yield chunk
                self._count(len(chunk))
                chunk = []
        yield chunk
        self._count(len(chunk))

    def _count(self, rows: int) -> None:
        self._done += rows
        if self._progress is not None:
            self._progress(self._done)


def _counting(blueprint: Blueprint) -> dict[str, tuple[str, ...]]:
    """kind of fact -> levels of its rating that count as chosen."""
    found = {
        column.key: blueprint.column(column.key) for column in PEOPLE if column.holds is Holds.LIST
    }
    return {
        key: tuple(level.key for level in pair[1].levels if level.counts)
        for key, pair in found.items()
        if pair is not None and pair[1].kind == "rating"
    }


def _ranked(blueprint: Blueprint) -> frozenset[str]:
    """Kinds of facts whose order was asked for."""
    pairs = [(column.key, blueprint.column(column.key)) for column in PEOPLE]
    return frozenset(key for key, pair in pairs if pair is not None and pair[1].kind == "rank")
