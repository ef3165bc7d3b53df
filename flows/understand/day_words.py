"""The ways of naming a day in words: "konec januarja", "in two weeks", "v pondelok"."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flows.understand import calendar, holidays, numbers
from flows.understand.fuzzy import nearest

_LARGEST_AMOUNT = 1000
_ORDINAL = re.compile(r"(\d{1,2})(?:st|nd|rd|th|ho|teho|ega|tega)?")
_YEAR = re.compile(r"(?:19|20|21)\d\d")


def next_such(day_: int, month: int, year: int | None, today: date) -> date:
    """That day, of the next year in which it is still to come and (29 February) exists."""
    if year is not None:
        return date(year, month, day_)
    for candidate in range(today.year, today.year + 9):
        if day_ <= calendar.last_of_month(candidate, month).day:
            found = date(candidate, month, day_)
            if found >= today:
                return found
    raise ValueError("there is no such day")


@dataclass(frozen=True, slots=True)
class _Said:
    """The words of a message, and from when on they are meant."""

    words: list[str]
    language: str
    today: date

    @property
    def year(self) -> int | None:
        return next((int(word) for word in self.words if _YEAR.fullmatch(word)), None)

    @property
    def edge(self) -> str | None:
        return next((calendar.EDGES[word] for word in self.words if word in calendar.EDGES), None)

    def has(self, words: frozenset[str]) -> bool:
        return not words.isdisjoint(self.words)

    def unit(self, word: str) -> str | None:
        if word in calendar.LETO:
            return "year" if self.language == "sl" else None
        return calendar.UNITS.get(word)

    def season(self, word: str) -> str | None:
        if word in calendar.LETO and self.language != "sl":
            return "summer"
        return calendar.SEASONS.get(word)


def in_words(text: str, language: str, today: date) -> date | None:
    """The day that the words of ``text`` name, None when they name none.

    Raises ValueError and OverflowError for days that don't exist.
    """
    words = calendar.words(text)
    found = _by_rules(_Said(words, language, today))
    if found is None:
        corrected = [_corrected(word) for word in words]
        found = _by_rules(_Said(corrected, language, today)) if corrected != words else None
    return found


def _by_rules(said: _Said) -> date | None:
    return next((found for rule in _RULES if (found := rule(said)) is not None), None)


def _corrected(word: str) -> str:
    if word in calendar.vocabulary():
        return word
    near = nearest(word, tuple(calendar.vocabulary()))
    best = sorted(near, key=lambda item: (item[1], item[0]))
    return best[0][0] if best else word


def _near(said: _Said) -> date | None:
    ahead = {"today": 0, "tomorrow": 1, "after tomorrow": 2}
    for word in said.words:
        if word in calendar.NEAR:
            return said.today + timedelta(days=ahead[calendar.NEAR[word]])
    return None


def _of_month(said: _Said) -> date | None:
    for at, word in enumerate(said.words):
        month = None if word.isdecimal() or word in numbers.NUMBERS else calendar.month(word)
        if month is not None:
            number = _day_number(said.words, at)
            if number is None and said.edge:
                return _edge_of_month(said, month)
            return next_such(number or 1, month, said.year, said.today)
    return None


def _day_number(words: Sequence[str], month_at: int) -> int | None:
    before = [word for word in words[:month_at] if word not in {"of", "the"}][-1:]
    for word in (*before, *words[month_at + 1 : month_at + 2]):
        if word in calendar.ORDINALS:
            return calendar.ORDINALS[word]
        if number := _ORDINAL.fullmatch(word):
            return int(number[1])
    return None


def _edge_of_month(said: _Said, month: int) -> date:
    year = said.year or said.today.year
    found = _edge(said.edge, date(year, month, 1), calendar.last_of_month(year, month))
    if said.year is None and found < said.today:
        year += 1
        found = _edge(said.edge, date(year, month, 1), calendar.last_of_month(year, month))
    return found


def _edge(edge: str | None, first: date, last: date) -> date:
    if edge == "end":
        return last
    return first + (last - first) // 2 if edge == "middle" else first


def _amount(said: _Said) -> date | None:
    """ "za 2 týždne", "o mesiac", "half a year", "o dva a pol mesiaca"."""
    for at, word in enumerate(said.words):
        unit = said.unit(word)
        if unit is None or said.has(calendar.NEXT | calendar.THIS) or said.edge or said.year:
            continue
        amount = numbers.amount(said.words, at)
        return _later(said.today, unit, 1 if amount is None else min(amount, _LARGEST_AMOUNT))
    return None


def _later(today: date, unit: str, amount: float) -> date:
    if unit in {"day", "week"}:
        return today + timedelta(days=round(amount * (7 if unit == "week" else 1)))
    months = amount * (12 if unit == "year" else 1)
    whole = int(months)
    return calendar.months_later(today, whole) + timedelta(days=round((months - whole) * 30))


def _period(said: _Said) -> date | None:
    """ "next week", "end of the month", "konec leta", "the beginning of next year"."""
    for word in said.words:
        unit = said.unit(word)
        if unit in {"week", "month", "year"} and not (unit == "year" and said.year):
            first, last = _whole(said.today, unit, 1 if said.has(calendar.NEXT) else 0)
            found = _edge(said.edge, first, last)
            return max(found, said.today) if not said.has(calendar.NEXT) else found
    return None


def _whole(today: date, unit: str, ahead: int) -> tuple[date, date]:
    if unit == "week":
        monday = today - timedelta(days=today.weekday()) + timedelta(weeks=ahead)
        return monday, monday + timedelta(days=6)
    if unit == "month":
        first = calendar.months_later(today.replace(day=1), ahead)
        return first, calendar.last_of_month(first.year, first.month)
    return date(today.year + ahead, 1, 1), date(today.year + ahead, 12, 31)


def _weekday(said: _Said) -> date | None:
    for word in said.words:
        if word in numbers.NUMBERS or (number := calendar.weekday(word)) is None:
            continue
        if said.has(calendar.NEXT):
            return _whole(said.today, "week", 1)[0] + timedelta(days=number)
        return said.today + timedelta(days=(number - said.today.weekday() - 1) % 7 + 1)
    return None


def _holiday(said: _Said) -> date | None:
    named = holidays.holiday(said.words, said.language)
    if named is None:
        return None
    for year in (said.year,) if said.year else (said.today.year, said.today.year + 1):
        found = _beside(named, year, said)
        if found >= said.today or said.year:
            return found
    return None


def _beside(named: holidays.Holiday, year: int, said: _Said) -> date:
    """The holiday, the day before, or the first day after it."""
    if said.has(calendar.AFTER):
        return named.ends(year) + timedelta(days=1)
    if said.has(calendar.BEFORE):
        return named.begins(year) - timedelta(days=1)
    return named.begins(year)


def _season(said: _Said) -> date | None:
    name = next((found for word in said.words if (found := said.season(word))), None)
    if name is None:
        return None
    first_month, length = calendar.SEASON_MONTHS[name], 3
    if name == "summer" and (said.edge or said.has(calendar.AFTER)):
        first_month = 6  # June to August; "in summer" alone is July
    for year in (said.year,) if said.year else (said.today.year, said.today.year + 1):
        first = date(year, first_month, 1)
        following = calendar.months_later(first, length)
        last = following - timedelta(days=1)
        meant = following if said.has(calendar.AFTER) else _edge(said.edge, first, last)
        if meant >= said.today or said.year:
            return meant
    return None


def _year_alone(said: _Said) -> date | None:
    if said.year is None:
        return None
    return _edge(said.edge, date(said.year, 1, 1), date(said.year, 12, 31))


def _day_alone(said: _Said) -> date | None:
    """ "15.", "on the 15th": the next one."""
    numbers = [found for word in said.words if (found := _ORDINAL.fullmatch(word))]
    if len(numbers) != 1 or len(said.words) > 4:
        return None
    number = int(numbers[0][1])
    for ahead in range(3):
        first, last = _whole(said.today, "month", ahead)
        if 1 <= number <= last.day and first.replace(day=number) >= said.today:
            return first.replace(day=number)
    raise ValueError("there is no such day")


_RULES: tuple[Callable[[_Said], date | None], ...] = (
    _holiday,
    _near,
    _of_month,
    _amount,
    _period,
    _weekday,
    _season,
    _year_alone,
    _day_alone,
)
