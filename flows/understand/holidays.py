"""Named days of Slovakia, Slovenia and the English-speaking world: "Štedrý deň", "na Silvestra",
"Easter Monday", "Prešernov dan"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

from flows.understand.text import fold

_DATA = files("flows.understand.data")
_LONGEST = 6  # words
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NTH = re.compile(r"(\d\d)-([a-z]{3})(\d)")


@dataclass(frozen=True, slots=True)
class Holiday:
    """``first`` and ``last`` day as in data/holidays.tsv."""

    first: str
    last: str

    def begins(self, year: int) -> date:
        """Its (first) day in that year."""
        return _day(self.first, year)

    def ends(self, year: int) -> date:
        """Its last day in that year."""
        return _day(self.last, year)


def holiday(words: Sequence[str], language: str) -> Holiday | None:
    """The holiday that the folded ``words`` name, for a reader of ``language``."""
    names = _names(language)
    for count in range(min(_LONGEST, len(words)), 0, -1):
        for at in range(len(words) - count + 1):
            if found := names.get(" ".join(words[at : at + count])):
                return found
    return None


@cache
def single_words() -> frozenset[str]:
    """The names that are one word, to find slips of the finger with."""
    return frozenset(name for name in _names("en") if " " not in name)


def _day(rule: str, year: int) -> date:
    if rule[0] == "E":
        return easter(year) + timedelta(days=int(rule[1:]))
    if nth := _NTH.fullmatch(rule):
        first = date(year, int(nth[1]), 1)
        ahead = (_WEEKDAYS.index(nth[2]) - first.weekday()) % 7
        return first + timedelta(days=ahead + 7 * (int(nth[3]) - 1))
    month, day = rule.split("-")
    return date(year, int(month), int(day))


def easter(year: int) -> date:
    """Easter Sunday in the Gregorian calendar (the anonymous Gregorian algorithm)."""
    golden, century, rest = year % 19, year // 100, year % 100
    shift = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - century // 4 - shift + 15) % 30
    weekday_ = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * weekday_) // 451
    number = epact + weekday_ - 7 * late + 114
    return date(year, number // 31, number % 31 + 1)


@cache
def _names(language: str) -> dict[str, Holiday]:
    found: dict[str, Holiday] = {}
    lines = _DATA.joinpath("holidays.tsv").read_text("utf-8").splitlines()
    for line in lines:
        if not line or line.startswith("#"):
            continue
        first, last, readers, names = line.split("\t")
        if readers in ("*", language):
            found |= {fold(name): Holiday(first, last) for name in names.split(",")}
    return found
