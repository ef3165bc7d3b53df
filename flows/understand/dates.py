"""A day from what people type, always to be confirmed: "1. 12.", "konec januarja", "in two
weeks". Without a year the next such day is meant. See years.py for "since 2015"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from flows.understand import calendar
from flows.understand.day_words import in_words, next_such
from flows.understand.numbers import with_decimals
from flows.understand.reading import NotUnderstood, Reading, Understood, Unsure
from flows.understand.years import year

__all__ = ["LONGEST_ANSWER", "YEARS_AHEAD", "day", "year"]

LONGEST_ANSWER = 200
YEARS_AHEAD = 20
_ISO = re.compile(r"\b(\d{4})\s?[-./]\s?(\d{1,2})\s?[-./]\s?(\d{1,2})\b")
_NUMERIC = re.compile(
    r"(?<![\d.])(\d{1,2})\s*([./-])\s*(\d{1,2})(?:\s*[./-]\s*(\d{4}|\d{2})\b|\s+(\d{4})\b|(?!\d))"
)
_FRACTION = re.compile(r"\dpoint\d")
_MONTH_OF_YEAR = re.compile(r"(?<!\d)(\d{1,2})\s*[./-]\s*(\d{4})(?!\d)")


def day(text: str, language: str, today: date) -> Reading[date]:
    """The day that ``text`` means for a reader of ``language`` ("en", "sk", "sl"), from
    ``today`` (where the reader lives) on.

    Reasons: "text.empty", "text.too_long", "date.unknown", "date.impossible" (31 February),
    "date.past" (``date``), "date.too_far" (``latest``).
    """
    if not text.strip():
        return NotUnderstood("text.empty")
    if len(text) > LONGEST_ANSWER:
        return NotUnderstood("text.too_long", {"maximum": LONGEST_ANSWER, "length": len(text)})
    text = with_decimals(text)
    try:
        numeric = _numeric(text, language, today)
        if numeric:
            return _within_reach(numeric, today)
        found = in_words(text, language, today)
    except (ValueError, OverflowError):
        return NotUnderstood("date.impossible")
    if found is None:
        return NotUnderstood("date.unknown")
    reading = _within_reach([found], today)
    if _FRACTION.search(text) and isinstance(reading, Understood):
        return Unsure((reading.value,))  # "in 1.5 months" is no day in particular
    return reading


def _within_reach(days: Sequence[date], today: date) -> Reading[date]:
    latest = calendar.months_later(today, 12 * YEARS_AHEAD)
    possible = tuple(one for one in days if today <= one <= latest)
    if len(possible) == 1:
        return Understood(possible[0])
    if possible:
        return Unsure(possible)
    if days[0] > latest:
        return NotUnderstood("date.too_far", {"latest": latest})
    return NotUnderstood("date.past", {"date": days[0]})


def _numeric(text: str, language: str, today: date) -> list[date]:
    if iso := _ISO.search(text):
        return [date(int(iso[1]), int(iso[2]), int(iso[3]))]
    if (month := _MONTH_OF_YEAR.search(text)) and not _NUMERIC.search(text):
        return [date(int(month[2]), int(month[1]), 1)]
    numeric = _NUMERIC.search(text)
    if not numeric:
        return []
    first, second, year = int(numeric[1]), int(numeric[3]), _full_year(numeric[4] or numeric[5])
    orders = [(first, second)]
    # 12/1 may come from an American keyboard; 1.12. never does.
    if language == "en" and numeric[2] == "/" and first != second:
        orders.append((second, first))
    possible = [(d, m) for d, m in orders if 1 <= m <= 12] or orders[:1]
    return [next_such(d, m, year, today) for d, m in possible]


def _full_year(digits: str | None) -> int | None:
    if digits is None:
        return None
    return int(digits) if len(digits) == 4 else 2000 + int(digits)
