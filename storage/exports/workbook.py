"""The workbook that people read: labels for keys, and a second sheet explaining the columns."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

from storage.exports.answers_text import parts
from storage.exports.columns import Column, Holds, heading, in_language, meaning, words
from storage.exports.labels import Labels, labelled
from storage.exports.query import LISTED
from storage.exports.xlsx_format import MAX_ROWS, Sheet, write_xlsx

Row = Sequence[str]

_REMEMBERED = 20_000  # combinations of keys whose labels are kept at hand

_CELLS = {Holds.NUMBER: "number", Holds.MOMENT: "moment"}
_WIDTHS = {Holds.NUMBER: 9, Holds.MOMENT: 17, Holds.DAY: 11, Holds.LIST: 40, Holds.ANSWER: 60}
_WIDE = {"name": 26, "expertise": 60, "linkedin": 40, "email": 30, "question": 50, "timezone": 18}


def write_workbook(
    out: BinaryIO,
    export: str,
    columns: Sequence[Column],
    rows: Iterator[Row],
    *,
    total: int,
    labels: Labels,
    language: str,
) -> None:
    """``export`` is "people" or "answers"; ``total`` says how many sheets the rows need."""
    texts = words()["sheets"]
    title = in_language(texts[export], language)
    headings = [heading(export, column, language) for column in columns]
    worded = _worded(columns, rows, labels)
    count = max(1, -(-total // (MAX_ROWS - 1)))
    names = [title if n == 0 else f"{title} {n + 1}" for n in range(count)]

    def sheets() -> Iterator[Sheet]:
        for name in names[:1]:
            yield _data(name, headings, columns, worded)
        yield _legend(export, columns, language)
        for name in names[1:]:
            yield _data(name, headings, columns, worded)

    explained = in_language(texts["columns"], language)
    write_xlsx(out, sheets(), [names[0], explained, *names[1:]])


def _data(
    name: str, headings: Sequence[str], columns: Sequence[Column], rows: Iterator[Row]
) -> Sheet:
    return Sheet(
        name,
        headings,
        [_CELLS.get(column.holds, "text") for column in columns],
        [_WIDE.get(column.key, _WIDTHS.get(column.holds, 16)) for column in columns],
        itertools.islice(rows, MAX_ROWS - 1),
    )


def _legend(export: str, columns: Sequence[Column], language: str) -> Sheet:
    """The second sheet: each column's key, heading and meaning."""
    legend = words()["legend"]
    rows = (
        (column.key, heading(export, column, language), meaning(export, column, language))
        for column in columns
    )
    return Sheet(
        in_language(words()["sheets"]["columns"], language),
        [in_language(legend[key], language) for key in ("key", "label", "meaning")],
        ["text"] * 3,
        [20, 30, 90],
        rows,
    )


def _worded(columns: Sequence[Column], rows: Iterator[Row], labels: Labels) -> Iterator[Row]:
    """The rows with labels instead of keys."""
    if any(column.holds is Holds.ANSWER for column in columns):
        return (_worded_answer(row, labels) for row in rows)
    single: list[tuple[int, Mapping[str, str]]] = []
    several: list[tuple[int, _Lists]] = []
    for place, column in enumerate(columns):
        found = labels.of(column.key)
        if found is not None and column.holds is Holds.LIST:
            several.append((place, _Lists(found)))
        elif found is not None:
            single.append((place, found))
    return _labelled_rows(rows, single, several)


def _labelled_rows(
    rows: Iterator[Row],
    single: Sequence[tuple[int, Mapping[str, str]]],
    several: Sequence[tuple[int, _Lists]],
) -> Iterator[Row]:
    for row in rows:
        cells = list(row)
        for place, label in single:
            cells[place] = label.get(cells[place], cells[place])
        for place, lists in several:
            cells[place] = lists[cells[place]]
        yield cells


class _Lists(dict[str, str]):
    """Joined keys -> joined labels, remembered: people choose the same few combinations."""

    def __init__(self, labels: Mapping[str, str]) -> None:
        super().__init__({"": ""})
        self._labels = labels

    def __missing__(self, joined: str) -> str:
        if len(self) > _REMEMBERED:
            self.clear()
            self[""] = ""
        found = self[joined] = labelled(joined.split(LISTED), self._labels)
        return found


def _worded_answer(row: Row, labels: Labels) -> Row:
    person, organisation, survey, times, question, value, day = row
    named = labels.of("organisation") or {}

    def word(key: str) -> str:
        return labels.option(survey, question, key)

    return (
        person,
        named.get(organisation, organisation),
        labels.survey(survey),
        times,
        labels.question(survey, question),
        ";".join(parts(value, word)),
        day,
    )
