"""CSV as RFC 4180 has it, in UTF-8 with a byte order mark so that spreadsheets see the accents."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any, BinaryIO

from storage.exports.answers_text import parts
from storage.exports.columns import Column, Holds
from storage.exports.guard import RISKY, guard

Row = Sequence[Any]

_SAFE = {Holds.NUMBER, Holds.MOMENT, Holds.DAY}


def write_csv(out: BinaryIO, columns: Sequence[Column], chunks: Iterable[list[Row]]) -> None:
    """A header and the rows, whose cells are None, numbers or texts (guarded here)."""
    text = io.TextIOWrapper(out, "utf-8", newline="", write_through=False)
    text.write("\ufeff")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([column.key for column in columns])
    places = [place for place, column in enumerate(columns) if column.holds not in _SAFE]
    answers = [place for place, column in enumerate(columns) if column.holds is Holds.ANSWER]
    for chunk in chunks:
        rows = [_joined(row, answers) for row in chunk] if answers else chunk
        writer.writerows(_guarded(rows, places))
    text.flush()
    text.detach()  # `out` is not ours to close


def _joined(row: Row, answers: list[int]) -> Row:
    cells = list(row)
    for place in answers:
        cells[place] = ";".join(parts(cells[place]))
    return cells


def _guarded(rows: list[Row], places: list[int]) -> Iterator[Row]:
    """The rows, with texts that could run made harmless. Most have none: look at all at once."""
    texts_of = itemgetter(*places)
    search = RISKY.search
    for row in rows:
        if search("\n".join([text for text in texts_of(row) if text])):
            yield [
                guard(cell) if isinstance(cell, str) and place in places else cell
                for place, cell in enumerate(row)
            ]
        else:
            yield row
