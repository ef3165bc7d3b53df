"""What can be wrong with a blueprint, and how it is told: everything at once.

BlueprintError
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

# Where something stands in the file: ("surveys", 0, "questions", 2, "text").
Place: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem before its line is known: where, what is wrong, what would be right."""

    place: Place
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem as told. ``line`` counts from 1; None when it has none (an unreadable file).
    ``key`` is readable: ``surveys.willingness.questions[2].text``."""

    line: int | None
    key: str
    message: str
    remedy: str

    def __str__(self) -> str:
        subject = f"{self.key}: " if self.key else ""
        return f"{subject}{self.message}. {self.remedy}"


class BlueprintError(Exception):
    """A blueprint that cannot be used. ``problems`` holds all that was found, in file order."""

    def __init__(self, path: Path, problems: Iterable[Problem]) -> None:
        self.path = path
        self.problems = tuple(problems)
        count = len(self.problems)
        head = f"The blueprint {path} has {count} problem{'s' if count != 1 else ''}:"
        super().__init__("\n".join([head, *(f"  {self._line(each)}" for each in self.problems)]))

    def _line(self, problem: Problem) -> str:
        where = f"{self.path.name}:{problem.line}" if problem.line else self.path.name
        return f"{where}: {problem}"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """``Did you mean "label"?`` or, when nothing is near, ``Known are: …``."""
    names = sorted(known)
    near = difflib.get_close_matches(word, names, n=1)
    if near:
        return f'Did you mean "{near[0]}"?'
    return f"Known here: {', '.join(names)}." if names else "There is nothing to refer to."
