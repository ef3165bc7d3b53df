"""Errors that point at the word."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rapidfuzz import fuzz, process

from messages.words import Words
from outreach.audience.nodes import Span
from outreach.errors import BadFilter
from outreach.told import Told, why

BEFORE, AFTER = 50, 60  # characters shown before the first and after the last word at fault
WIDEST = 84  # columns of a line that says what would be right
LIKE = 60  # per cent alike that two words must be for "did you mean"


class Problem(NamedTuple):
    """What is wrong with a stretch of the text, and what would be right."""

    at: Span
    what: Told


@dataclass(frozen=True, slots=True)
class Pointed:
    """The text, carets under the words at fault, and what would be right."""

    shown: tuple[str, str]
    problems: tuple[Told, ...]

    def text(self, words: Words, language: str) -> str:
        return "\n".join((*self.shown, *(each.text(words, language) for each in self.problems)))

    def __str__(self) -> str:
        said = [
            line
            for each in self.problems
            for line in textwrap.wrap(
                str(each), WIDEST, subsequent_indent="  ", break_on_hyphens=False
            )
        ]
        return "this audience cannot be read:\n  " + "\n  ".join([*self.shown, *said])


def bad(text: str, problems: Sequence[Problem]) -> BadFilter:
    """The error that shows the text, carets under the words, and what would be right."""
    problems = sorted(problems, key=lambda problem: problem.at)
    first = max(0, problems[0].at.start - BEFORE)
    last = min(len(text), problems[-1].at.end + AFTER)
    head, tail = ("…" if first else ""), ("…" if last < len(text) else "")
    shown = "".join(_seen(character) for character in text[first:last])
    marks = [" "] * (last - first + 1)
    for problem in problems:
        start, end = problem.at.start - first, max(problem.at.end, problem.at.start + 1) - first
        marks[start:end] = "^" * (end - start)
    # A character of two columns takes two marks, one of none takes none.
    line = "".join(
        mark * _width(text[first + at : first + at + 1]) for at, mark in enumerate(marks)
    )
    pointed = (f"{head}{shown}{tail}", f"{' ' * len(head)}{line.rstrip()}")
    return BadFilter(Pointed(pointed, tuple(dict.fromkeys(each.what for each in problems))))


def did_you_mean(word: str, known: dict[str, str]) -> Told | None:
    """ "did you mean X?" where one of ``known`` (what may be written -> what it means) is like
    the word."""
    found = process.extractOne(
        word.casefold(), [*known], scorer=fuzz.ratio, score_cutoff=LIKE, processor=str.casefold
    )
    return why("did_you_mean", word=known[found[0]]) if found else None


def _seen(character: str) -> str:
    if character.isspace():
        return " "
    return "�" if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn") else character


def _width(character: str) -> int:
    if not character:
        return 1
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
