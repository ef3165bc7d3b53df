"""CSV as RFC 4180 has it, in UTF-8 with a byte order mark so that spreadsheets see the accents; its
cells parted by a comma, or by what the reader's spreadsheet splits at."""

from __future__ import annotations

import contextlib
import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, BinaryIO

from storage.exports.answers_text import parts
from storage.exports.columns import Column, Holds
from storage.exports.guard import COMMA, SEPARATORS, guard, looks_risky, risky_places
from storage.exports.query import BETWEEN

Row = Sequence[Any]

END = "\r\n"

# RFC 4180, 2.6
_QUOTED = {separator: re.compile(f'["{separator}\r\n]') for separator in SEPARATORS}

_SAFE = {Holds.NUMBER, Holds.MOMENT, Holds.DAY}


def write_csv(
    out: BinaryIO, columns: Sequence[Column], chunks: Iterable[list[Row]], separator: str = COMMA
) -> None:
    """A header and the rows, whose cells are None, numbers or texts (guarded here), parted by
    ``separator``, one of storage.exports.guard.SEPARATORS."""
    places = _texts(columns)
    answers = [place for place, column in enumerate(columns) if column.holds is Holds.ANSWER]
    with _text(out) as text:
        writer = csv.writer(text, delimiter=separator, lineterminator=END)
        writer.writerow([column.key for column in columns])
        for chunk in chunks:
            rows = [_joined(row, answers) for row in chunk] if answers else chunk
            writer.writerows(_guarded(row, places, separator) for row in rows)


def write_csv_lines(
    out: BinaryIO,
    columns: Sequence[Column],
    chunks: Iterable[list[str]],
    row_of: Callable[[int], Row],
    separator: str = COMMA,
) -> None:
    """The same from rows that come as one text, their cells parted by BETWEEN.

    They are lines of CSV as soon as the parting is the separator; only cells with quotes,
    separators, line breaks or a would-be formula are looked at. ``row_of`` gives a person's cells
    where somebody's text holds the parting itself.
    """
    places = _texts(columns)
    partings = len(columns) - 1
    with _text(out) as text:
        writer = csv.writer(text, delimiter=separator, lineterminator=END)
        writer.writerow([column.key for column in columns])
        for chunk in chunks:
            for line in chunk:
                if line.count(BETWEEN) != partings:
                    number = int(line.partition(BETWEEN)[0])
                    writer.writerow(_guarded(row_of(number), places, separator))
                    continue
                risky = looks_risky(line, separator)
                harmless = _harmless(line, places, separator) if risky else line
                text.write(_quoted(harmless, separator) + END)


def _harmless(line: str, places: list[int], separator: str) -> str:
    """The line with texts that could run made harmless."""
    cells = line.split(BETWEEN)
    for start in risky_places(line, separator):
        place = line.count(BETWEEN, 0, start + 1)
        if place in places and cells[place]:
            cells[place] = guard(cells[place], separator)
            places = [other for other in places if other != place]
    return BETWEEN.join(cells)


def _quoted(line: str, separator: str) -> str:
    """The line as CSV: cells with quotes, separators or line breaks in quotes."""
    if not ('"' in line or separator in line or "\n" in line or "\r" in line):
        return line.replace(BETWEEN, separator)
    quoted = _QUOTED[separator]
    found = quoted.search(line)
    done: list[str] = []
    at = 0
    while found is not None:
        begin = max(at, line.rfind(BETWEEN, at, found.start()) + 1)
        end = line.find(BETWEEN, found.end())
        end = len(line) if end < 0 else end
        cell = line[begin:end].replace('"', '""')
        done += (line[at:begin], f'"{cell}"')
        at = end
        found = quoted.search(line, at)
    done.append(line[at:])
    return "".join(done).replace(BETWEEN, separator)


@contextlib.contextmanager
def _text(out: BinaryIO) -> Iterator[io.TextIOWrapper]:
    text = io.TextIOWrapper(out, "utf-8", newline="")
    try:
        text.write("\ufeff")
        yield text
        text.flush()
    finally:
        text.detach()  # `out` is not ours to close


def _texts(columns: Sequence[Column]) -> list[int]:
    return [place for place, column in enumerate(columns) if column.holds not in _SAFE]


def _joined(row: Row, answers: list[int]) -> Row:
    cells = list(row)
    for place in answers:
        cells[place] = ";".join(parts(cells[place]))
    return cells


def _guarded(row: Row, places: list[int], separator: str) -> Row:
    """The row with texts that could run made harmless."""
    cells = list(row)
    for place in places:
        if cells[place]:
            cells[place] = guard(cells[place], separator)
    return cells
