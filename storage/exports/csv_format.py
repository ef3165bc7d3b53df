"""CSV as RFC 4180 has it, in UTF-8 with a byte order mark so that spreadsheets see the accents."""

from __future__ import annotations

import contextlib
import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, BinaryIO

from storage.exports.answers_text import parts
from storage.exports.columns import Column, Holds
from storage.exports.guard import guard, looks_risky, risky_places
from storage.exports.query import BETWEEN

Row = Sequence[Any]

END = "\r\n"

_QUOTED = re.compile('[",\r\n]')  # RFC 4180, 2.6

_SAFE = {Holds.NUMBER, Holds.MOMENT, Holds.DAY}


def write_csv(out: BinaryIO, columns: Sequence[Column], chunks: Iterable[list[Row]]) -> None:
    """A header and the rows, whose cells are None, numbers or texts (guarded here)."""
    places = _texts(columns)
    answers = [place for place, column in enumerate(columns) if column.holds is Holds.ANSWER]
    with _text(out) as text:
        writer = csv.writer(text, lineterminator=END)
        writer.writerow([column.key for column in columns])
        for chunk in chunks:
            rows = [_joined(row, answers) for row in chunk] if answers else chunk
            writer.writerows(_guarded(row, places) for row in rows)


def write_csv_lines(
    out: BinaryIO,
    columns: Sequence[Column],
    chunks: Iterable[list[str]],
    row_of: Callable[[int], Row],
) -> None:
    """The same from rows that come as one text, their cells parted by BETWEEN.

    They are lines of CSV as soon as the parting is a comma; only cells with quotes, commas, line
    breaks or a would-be formula are looked at. ``row_of`` gives a person's cells where somebody's
    text holds the parting itself.
    """
    places = _texts(columns)
    partings = len(columns) - 1
    with _text(out) as text:
        writer = csv.writer(text, lineterminator=END)
        writer.writerow([column.key for column in columns])
        for chunk in chunks:
            for line in chunk:
                if line.count(BETWEEN) != partings:
                    number = int(line.partition(BETWEEN)[0])
                    writer.writerow(_guarded(row_of(number), places))
                    continue
                harmless = _harmless(line, places) if looks_risky(line) else line
                text.write(_quoted(harmless) + END)


def _harmless(line: str, places: list[int]) -> str:
    """The line with texts that could run made harmless."""
    cells = line.split(BETWEEN)
    for start in risky_places(line):
        place = line.count(BETWEEN, 0, start + 1)
        if place in places and cells[place]:
            cells[place] = guard(cells[place])
            places = [other for other in places if other != place]
    return BETWEEN.join(cells)


def _quoted(line: str) -> str:
    """The line as CSV: cells with quotes, commas or line breaks in quotes."""
    if not ('"' in line or "," in line or "\n" in line or "\r" in line):
        return line.replace(BETWEEN, ",")
    found = _QUOTED.search(line)
    done: list[str] = []
    at = 0
    while found is not None:
        begin = max(at, line.rfind(BETWEEN, at, found.start()) + 1)
        end = line.find(BETWEEN, found.end())
        end = len(line) if end < 0 else end
        cell = line[begin:end].replace('"', '""')
        done += (line[at:begin], f'"{cell}"')
        at = end
        found = _QUOTED.search(line, at)
    done.append(line[at:])
    return "".join(done).replace(BETWEEN, ",")


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


def _guarded(row: Row, places: list[int]) -> Row:
    """The row with texts that could run made harmless."""
    cells = list(row)
    for place in places:
        if cells[place]:
            cells[place] = guard(cells[place])
    return cells
