"""A year gone by, from what people type: "od roku 2015", "pred petimi leti", "last year"."""

from __future__ import annotations

import re
from datetime import date, timedelta

from flows.understand import calendar
from flows.understand.reading import MOST_CANDIDATES, NotUnderstood, Reading, Understood, Unsure
from flows.understand.text import fold, wordset

EARLIEST = 1930
LONGEST_ANSWER = 200
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_SHORT_YEAR = re.compile(r"(?:^|\s)['’]\s?(\d\d)(?!\d)")
_THIS_YEAR = wordset("letos dnes danes today now zajtra jutri")
_LAST_YEAR = wordset("lani vlani lansko")
_BEFORE_LAST = wordset("predlani predvlani predlanskim predminuly predminulem")
_YEAR_WORDS = wordset("year rok roku roka letu")


def year(text: str, language: str, today: date) -> Reading[int]:
    """The year that ``text`` means, from 1930 to this one, for a reader of ``language``.

    Reasons: "text.empty", "text.too_long", "year.unknown", "year.too_early" (``year``,
    ``earliest``), "year.future" (``year``, ``latest``).
    """
    if not text.strip():
        return NotUnderstood("text.empty")
    if len(text) > LONGEST_ANSWER:
        return NotUnderstood("text.too_long", {"maximum": LONGEST_ANSWER, "length": len(text)})
    written = list(dict.fromkeys(int(found) for found in _YEAR.findall(fold(text))))
    if not written and (short := _SHORT_YEAR.search(text)):
        written = [_full(int(short[1]), today)]
    if not written:
        meant = _in_words(calendar.words(text), language, today)
        return NotUnderstood("year.unknown") if meant is None else _plausible(meant, today)
    plausible = tuple(one for one in written if EARLIEST <= one <= today.year)
    if len(plausible) > 1:
        return Unsure(plausible[:MOST_CANDIDATES])
    return _plausible(plausible[0] if plausible else written[0], today)


def _plausible(meant: int, today: date) -> Reading[int]:
    if meant < EARLIEST:
        return NotUnderstood("year.too_early", {"year": meant, "earliest": EARLIEST})
    if meant > today.year:
        return NotUnderstood("year.future", {"year": meant, "latest": today.year})
    return Understood(meant)


def _full(two_digits: int, today: date) -> int:
    this_century = today.year // 100 * 100 + two_digits
    return this_century if this_century <= today.year else this_century - 100


def _in_words(words: list[str], language: str, today: date) -> int | None:
    said = frozenset(words)
    # A Slovak's "leto" is the summer, which may have been this year.
    years = _YEAR_WORDS | calendar.LETO if language == "sl" else _YEAR_WORDS
    if said & _BEFORE_LAST:
        return today.year - 2
    if said & _LAST_YEAR or (said & calendar.LAST and said & years):
        return today.year - 1
    if said & _THIS_YEAR or (said & calendar.THIS and said & years):
        return today.year
    if (ago := _ago(words, today)) is not None:
        return ago
    return _last_such_month(words, today)


def _ago(words: list[str], today: date) -> int | None:
    """ "pred 5 rokmi", "5 years ago"; "5 let" alone says how long."""
    for at, word in enumerate(words):
        unit = "year" if word in calendar.LETO else calendar.UNITS.get(word)
        if unit is None:
            continue
        before = words[at - 1] if at else ""
        amount = _amount(before)
        if amount is None:
            continue
        return _earlier(today, unit, 0.5 if before in calendar.HALF else amount)
    return None


def _amount(word: str) -> int | None:
    if word.isdecimal() and word.isascii():
        return min(int(word[:4]), 5000)
    if word in calendar.HALF or word in calendar.AGO:
        return 1
    return calendar.NUMBERS.get(word)


def _earlier(today: date, unit: str, amount: float) -> int:
    if unit == "year":
        months = round(amount * 12)
        return (today.year * 12 + today.month - 1 - months) // 12
    if unit == "month":
        return (today.year * 12 + today.month - 1 - round(amount)) // 12
    return (today - timedelta(days=amount * (7 if unit == "week" else 1))).year


def _last_such_month(words: list[str], today: date) -> int | None:
    """ "od septembra": the September that has been."""
    for word in words:
        month = None if word in calendar.NUMBERS else calendar.month(word)
        if month is not None:
            return today.year if month <= today.month else today.year - 1
    return None
