"""Any list as a file: CSV, XLSX or JSON, written as its rows come, nobody's text a formula."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Literal, TypeAlias

import orjson

from storage.errors import ExportError
from storage.exports.guard import COMMA, guard
from storage.exports.output import opened
from storage.exports.xlsx_format import MAX_ROWS, Sheet, write_xlsx

ListFile: TypeAlias = Literal["csv", "xlsx", "json"]
Row: TypeAlias = Mapping[str, Any]

_EPOCH = datetime(1899, 12, 30, tzinfo=UTC)  # day 0 of spreadsheets (ECMA-376, 18.17.4)
_BOM = b"\xef\xbb\xbf"  # so that spreadsheets see the accents


@dataclass(frozen=True, slots=True)
class ListColumn:
    """``holds`` "text", "number" or "moment" (an aware datetime, shown in UTC)."""

    key: str
    holds: Literal["text", "number", "moment"] = "text"
    width: int = 16


def write_list(
    out: Path | BinaryIO,
    wanted: ListFile,
    name: str,
    columns: Sequence[ListColumn],
    rows: Iterable[Row],
    separator: str = COMMA,
) -> int:
    """Write ``rows`` (column's key -> value; missing or None: empty) and say how many.

    ``name`` is the sheet's; ``separator`` parts the cells of CSV. A path is replaced only when all
    is written. Raises ExportError when it cannot be written, also where a sheet's rows do not
    suffice.
    """
    counted = _Counted(rows)
    with opened(out) as file:
        if wanted == "csv":
            _csv(file, columns, counted, separator)
        elif wanted == "json":
            _json(file, columns, counted)
        else:
            _xlsx(file, name, columns, counted)
    return counted.count


class _Counted:
    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            self.count += 1
            yield row


def _csv(
    file: BinaryIO, columns: Sequence[ListColumn], rows: Iterable[Row], separator: str
) -> None:
    file.write(_BOM)
    text = io.TextIOWrapper(file, "utf-8", newline="", write_through=True)
    try:
        writer = csv.writer(text, delimiter=separator, lineterminator="\r\n")
        writer.writerow([column.key for column in columns])
        for row in rows:
            writer.writerow([_cell(row.get(column.key), separator) for column in columns])
    finally:
        text.detach()


def _cell(value: Any, separator: str) -> Any:
    if isinstance(value, datetime):
        return _iso(value)
    return guard(value, separator) if isinstance(value, str) else value


def _iso(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _json(file: BinaryIO, columns: Sequence[ListColumn], rows: Iterable[Row]) -> None:
    file.write(b"[")
    before = b"\n"
    for row in rows:
        record = {column.key: row.get(column.key) for column in columns}
        for key, value in record.items():
            if isinstance(value, datetime):
                record[key] = _iso(value)
        file.write(before + orjson.dumps(record))
        before = b",\n"
    file.write(b"\n]\n")


def _xlsx(file: BinaryIO, name: str, columns: Sequence[ListColumn], rows: Iterable[Row]) -> None:
    cells = ([_text(row.get(column.key)) for column in columns] for row in rows)
    # How many sheets there are must be known first, and rows come only once: one is enough for
    # a million, and what is more is not dropped unsaid.
    first = itertools.islice(cells, MAX_ROWS - 1)
    sheet = Sheet(
        name,
        [column.key for column in columns],
        [column.holds for column in columns],
        [column.width for column in columns],
        _whole(first, cells),
    )
    write_xlsx(file, [sheet], [name])


def _whole(
    first: Iterator[Sequence[str]], rest: Iterator[Sequence[str]]
) -> Iterator[Sequence[str]]:
    yield from first
    if next(rest, None) is not None:
        raise ExportError(f"a sheet holds {MAX_ROWS - 1:,} rows and there are more; take CSV")


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return f"{(value - _EPOCH).total_seconds() / 86_400:.6f}"
    return str(value)
