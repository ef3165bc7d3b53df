"""Faults of SQL in strings: comparisons flipped, conditions and assignments dropped, …

They are found in the text of one string with its pieces joined, so that a condition may run over
several lines; ``{placeholders}`` stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

_LITERAL = re.compile(
    r"""[rbfRBF]{0,2}(?:\"\"\"(?P<long>.*?)\"\"\"|"(?P<double>(?:\\.|[^"\\\n])*)"|'(?P<single>(?:\\.|[^'\\\n])*)')""",
    re.DOTALL,
)
_PLACEHOLDER = re.compile(r"\{[^{}]*\}")
_IS_SQL = re.compile(
    r"\b(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|WHERE|AND|OR|NOT|EXISTS|JOIN|ORDER BY|SET|CASE"
    r"|RETURNING|COALESCE|IS NULL|IS NOT NULL|HAVING|LIMIT)\b"
)
_WORDS = re.compile(
    r"\b(SET|WHERE|AND|OR|ON|WHEN|HAVING|SELECT|THEN|ELSE|NOT|FROM|RETURNING|BETWEEN)\b"
)
_NESTED = r"(?:[^()]|\((?:[^()]|\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))*\))"
_STOP = (
    r"(?=\s+(?:AND|OR|GROUP|ORDER|LIMIT|RETURNING|UNION|ON|THEN|WHERE|FOR|WHEN|ELSE|END|AS|DO)\b"
    r"|\s*\)|\s*,|\s*$)"
)
_CONDITION = re.compile(rf"\s*\b(?:AND|OR)\s+{_NESTED}+?{_STOP}")
_FIRST = re.compile(rf"\b(?:WHERE|ON|WHEN)\s+({_NESTED}+?\s+(?:AND|OR)\s+)")
_ONLY = re.compile(rf"\s*\bWHERE\s+{_NESTED}+?{_STOP}")
_SET = re.compile(rf"\bSET\s+({_NESTED}+?)(?=\s+(?:WHERE|FROM|RETURNING)\b|\s*$)")
_IN_LIST = re.compile(r"\bIN \(((?:'[^']*'|\d+)(?:, ?(?:'[^']*'|\d+))+)\)")
# Pattern, what takes its place.
_SWAPS = [
    (re.compile(pattern), new)
    for pattern, new in (
        (r"<=", "<"),
        (r"(?<![-<>=@])>=", ">"),
        (r"(?<![<>=!-])<(?![=>@])", "<="),
        (r"(?<![<>=!-])>(?![=>])", ">="),
        (r"<>|!=", "="),
        (r"\bIS NULL\b", "IS NOT NULL"),
        (r"\bIS NOT NULL\b", "IS NULL"),
        (r"\bNOT IN\b", "IN"),
        (r"(?<!NOT )\bIN(?= \()", "NOT IN"),
        (r"\bNOT EXISTS\b", "EXISTS"),
        (r"(?<!NOT )(?<!IF )\bEXISTS\b", "NOT EXISTS"),
        (r"\bNOT (?!NULL\b|IN\b|EXISTS\b|MATERIALIZED\b)", ""),
        (r" DESC\b", ""),
        (r"(?<=\bORDER BY )([\w.]+)(?![\w.( ])", r"\1 DESC"),
        (r"\bmin\(", "max("),
        (r"\bmax\(", "min("),
        (r" \+ ", " - "),
        (r" - ", " + "),
        (r"\bLEFT JOIN\b", "JOIN"),
        (r"\bTRUE\b", "FALSE"),
        (r"\bFALSE\b", "TRUE"),
        (r"(?<![\w:.'$@-])(?<!SELECT )(?<!LIMIT )0\b(?![.:'])", "1"),
        (r"(?<![\w:.'$@-])(?<!SELECT )(?<!LIMIT )1\b(?![.:'])", "2"),
    )
]


class Change(NamedTuple):
    """``new`` instead of the characters from ``start`` to ``end`` of a string as it is written."""

    kind: str
    start: int
    end: int
    new: str


class _Text:
    """The inside of a string's literals joined; where each character stands in the raw text."""

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.at: list[int] = []
        text = ""
        for literal in _LITERAL.finditer(raw):
            name = literal.lastgroup or ""
            text += _PLACEHOLDER.sub(lambda found: "\0" * len(found[0]), literal[name])
            self.at += range(literal.start(name), literal.end(name))
        self.text = text

    def change(self, kind: str, start: int, end: int, new: str) -> Change:
        """A change of the joined text as one of the raw text; quotes in between stay."""
        kept = set(range(self.at[start], self.at[end - 1] + 1)) - set(self.at[start:end])
        between = "".join(self.raw[place] for place in sorted(kept))
        return Change(kind, self.at[start], self.at[end - 1] + 1, new + between)


def changes(raw: str) -> Iterator[Change]:
    """The faults of a string as it is written, quotes and all; none if it is no SQL."""
    whole = _Text(raw)
    text = whole.text
    if not _IS_SQL.search(text):
        return
    for pattern, new in _SWAPS:
        for found in pattern.finditer(text):
            yield whole.change("sql swap", found.start(), found.end(), found.expand(new))
    for found in re.finditer(r"(?<![<>=!:+|])=(?![=>])", text):
        if _last_word(text, found.start()) not in {"SET", "SELECT"}:
            yield whole.change("sql equals", found.start(), found.end(), "<>")
    for found in re.finditer(r"\b(AND|OR)\b", text):
        if _last_word(text, found.start()) != "BETWEEN":
            other = "OR" if found[0] == "AND" else "AND"
            yield whole.change("sql and/or", found.start(), found.end(), other)
    for start, end in _droppable(text):
        yield whole.change("sql condition dropped", start, end, "")
    yield from _from_lists(whole)


def _droppable(text: str) -> Iterator[tuple[int, int]]:
    place = 0
    while found := _CONDITION.search(text, place):  # one may stand in another's subquery
        if _last_word(text, found.start()) != "BETWEEN":
            yield found.start(), found.end()
        place = found.start() + 4
    for found in _FIRST.finditer(text):
        if "BETWEEN" not in found[0]:
            yield found.start(1), found.end(1)
    for found in _ONLY.finditer(text):
        if "BETWEEN" not in found[0] and not re.match(r"\s+(?:AND|OR)\b", text[found.end() :]):
            yield found.start(), found.end()


def _from_lists(whole: _Text) -> Iterator[Change]:
    for found in _IN_LIST.finditer(whole.text):
        for start, end in _parts(whole.text, found.start(1), found.end(1)):
            yield whole.change("sql list", start, end, "")
    for found in _SET.finditer(whole.text):
        for start, end in _parts(whole.text, found.start(1), found.end(1)):
            yield whole.change("sql assignment dropped", start, end, "")


def _parts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Each part of a list between commas, with one of its commas; none of a list of one."""
    commas, depth = [start], 0
    for place in range(start, end):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if text[place] == "," and depth == 0:
            commas.append(place)
    if len(commas) == 1:
        return
    yield start, commas[1] + 1
    yield from pairwise([*commas[1:], end])


def _last_word(text: str, place: int) -> str:
    words = _WORDS.findall(text[:place])
    return words[-1] if words else ""
