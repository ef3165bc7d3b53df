"""``domov export``: the living database as CSV, XLSX, JSON or Parquet.

Keys stand in the data; XLSX, which people read, shows labels in the reader's language. The rows
stream from one ordered statement, so a million people need no more memory than ten.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal, TypeAlias, get_args

from storage.exports.columns import ANSWERS, PEOPLE, Holds, people_columns
from storage.exports.csv_format import write_csv, write_csv_lines
from storage.exports.guard import COMMA
from storage.exports.output import opened
from storage.exports.query import LISTED, Request
from storage.exports.source import Progress, Source

if TYPE_CHECKING:
    from blueprints.schema import Blueprint
    from storage.database import Database

__all__ = [
    "ANSWERS",
    "FORMATS",
    "PEOPLE",
    "Format",
    "export_answers",
    "export_people",
    "people_request",
]

Format: TypeAlias = Literal["csv", "xlsx", "json", "parquet"]
FORMATS: tuple[Format, ...] = get_args(Format)


def export_people(
    database: Database,
    format: Format,
    out: Path | BinaryIO,
    *,
    organisation: str | None = None,
    language: str = "en",
    blueprint: Blueprint,
    progress: Progress | None = None,
    separator: str = COMMA,
) -> int:
    """Write a row a person and return how many; stubs who have not consented are left out.

    ``organisation`` limits it to that organisation's people; ``language`` is the reader's (XLSX);
    ``progress`` hears now and then how many are done; ``separator`` parts the cells of CSV (one of
    storage.exports.guard.SEPARATORS). A path is replaced only when all is written.
    Raises ExportError when it cannot be written, StorageError when the database fails.
    """
    request = people_request(blueprint, format, organisation)
    return _export(
        database, "people", request, format, out, language, blueprint, progress, separator
    )


def export_answers(
    database: Database,
    format: Format,
    out: Path | BinaryIO,
    *,
    organisation: str | None = None,
    language: str = "en",
    blueprint: Blueprint,
    progress: Progress | None = None,
    separator: str = COMMA,
) -> int:
    """Write a row an answer, by person and survey, and return how many. Otherwise like
    :func:`export_people`; ratings are written as ``option=level``."""
    request = Request(organisation=organisation)
    return _export(
        database, "answers", request, format, out, language, blueprint, progress, separator
    )


def people_request(
    blueprint: Blueprint, wanted: Format, organisation: str | None = None
) -> Request:
    """What an export of people asks the database for."""
    return Request(
        columns=people_columns(blueprint),
        separator=";" if wanted == "csv" else LISTED,
        organisation=organisation,
        levels=_counting(blueprint),
        ranked=_ranked(blueprint),
        days=wanted == "xlsx",
    )


def _export(
    database: Database,
    export: str,
    request: Request,
    wanted: Format,
    out: Path | BinaryIO,
    language: str,
    blueprint: Blueprint,
    progress: Progress | None,
    separator: str,
) -> int:
    with (
        opened(out) as file,
        database.reading() as tx,
        contextlib.closing(Source(tx, export, request, progress)) as source,
    ):
        if wanted == "xlsx":
            _write_workbook(file, source, blueprint, language)
        else:
            _write_data(file, source, wanted, separator)
    return source.done


def _write_data(file: BinaryIO, source: Source, wanted: Format, separator: str) -> None:
    """Keys, for programs. Each format's library is loaded for it alone: pyarrow takes 30 MB."""
    if wanted == "json":
        from storage.exports.json_format import write_json  # noqa: PLC0415

        write_json(file, source.columns, source.rows())
    elif wanted == "parquet":
        from storage.exports.parquet_format import write_parquet  # noqa: PLC0415

        write_parquet(file, source.columns, source.rows())
    elif source.export == "people":
        write_csv_lines(file, source.columns, source.lines(), source.row_of, separator)
    else:
        write_csv(file, source.columns, source.rows(), separator)


def _write_workbook(file: BinaryIO, source: Source, blueprint: Blueprint, language: str) -> None:
    """Labels, for people."""
    from storage.exports.labels import Labels  # noqa: PLC0415 - Babel
    from storage.exports.workbook import write_workbook  # noqa: PLC0415

    write_workbook(
        file,
        source.export,
        source.columns,
        source.texts(),
        total=source.total(),
        labels=Labels(blueprint, language),
        language=language,
    )


def _counting(blueprint: Blueprint) -> dict[str, tuple[str, ...]]:
    """kind of fact -> levels of its rating that count as chosen."""
    found = {
        column.key: blueprint.column(column.key)
        for column in people_columns(blueprint)
        if column.holds is Holds.LIST
    }
    return {
        key: tuple(level.key for level in pair[1].levels if level.counts)
        for key, pair in found.items()
        if pair is not None and pair[1].kind == "rating"
    }


def _ranked(blueprint: Blueprint) -> frozenset[str]:
    """Kinds of facts whose order was asked for."""
    pairs = [(column.key, blueprint.column(column.key)) for column in PEOPLE]
    fed = {key for key, pair in pairs if pair is not None and pair[1].kind == "rank"}
    return frozenset(fed | {fact.key for fact in blueprint.facts if fact.kind == "rank"})
