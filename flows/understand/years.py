"""A year gone by, from what people type: "od roku 2015", "pred petimi leti", "last year"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from flows.understand import calendar, numbers
from flows.understand.reading import MOST_CANDIDATES, NotUnderstood, Reading, Understood, Unsure
from flows.understand.text import fold, wordset

EARLIEST = 1930
LONGEST_ANSWER = 200
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_SHORT_YEAR = re.compile(r"(?:^|\s)['’]\s?(\d\d)(?!\d)")
_THIS_YEAR = wordset("letos dnes danes today now zajtra jutri")
_LAST_YEAR = wordset("lani vlani lansko")
_BEFORE_LAST = wordset("predlani predvlani predlanskim predminuly predminulem")
_LONG_AGO = dict.fromkeys(
    wordset("decade decades desatrocie desatroci desatrocia desetletje desetletja desetletji"),
    "decade",
) | dict.fromkeys(wordset("y r l"), "year")
_MONTHS = {"decade": 120, "year": 12, "month": 1}
_DAYS = {"week": 7, "day": 1}
_MOST_DAYS = 40_000
_AND_MONTHS = 2  # words
_BETWEEN = wordset("to or az do ali alebo or and a in i")
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
    if not written and (either := _in_a_range(calendar.words(text), today)):
        return Unsure(
            tuple(one for one in dict.fromkeys(either) if one >= EARLIEST) or (today.year,)
        )
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
    if (ago := _ago(words, today)) is not None:  # before "now": "for ten years now"
        return ago
    if said & _BEFORE_LAST:
        return today.year - 2
    if said & _LAST_YEAR or (said & calendar.LAST and said & years):
        return today.year - 1
    if said & _THIS_YEAR or (said & calendar.THIS and said & years):
        return today.year
    return _last_such_month(words, today)


def _ago(words: list[str], today: date) -> int | None:
    """ "pred 5 rokmi", "2.5 years ago", "2 years and 3 months"; "5 let" alone says how long."""
    months, days, said = 0.0, 0.0, False
    for at, word in enumerate(words):
        unit = "year" if word in calendar.LETO else _LONG_AGO.get(word) or calendar.UNITS.get(word)
        if unit is None:
            continue
        amount = numbers.amount(words, at)
        if amount is None:
            if unit != "decade" and not (
                (at and words[at - 1] in calendar.AGO) or _goes_on(words[at + 1 :])
            ):
                continue
            amount = 1.0
        months += amount * _MONTHS.get(unit, 0)
        days += amount * _DAYS.get(unit, 0)
        said = True
    return _earlier(today, months, days) if said else None


def _goes_on(words: Sequence[str]) -> bool:
    """ "[leto] in tri mesece": a whole one and more."""
    return len(words) > _AND_MONTHS and words[0] in _BETWEEN and words[2] in calendar.UNITS


def _in_a_range(words: list[str], today: date) -> tuple[int, ...]:
    """The years that "5-6 rokov" and "two or three years" may mean, the nearest last."""
    for at, word in enumerate(words):
        if word not in calendar.LETO and calendar.UNITS.get(word) != "year":
            continue
        between = [one for one in words[max(0, at - 3) : at] if one not in _BETWEEN]
        amounts = [found for one in between if (found := numbers.number(one)) is not None]
        two = len(amounts) == len(between) == 2 and amounts[0] < amounts[1]
        if two and not _is_one_number(words[:at]):
            return tuple(_earlier(today, amount * 12, 0) for amount in amounts)
    return ()


def _is_one_number(before: Sequence[str]) -> bool:
    """ "twenty five", "2 and a half" are one number, "2 3" and "2 or 3" are two."""
    return bool(numbers.HALF.intersection(before[-3:]))


def _earlier(today: date, months: float, days: float) -> int:
    before = (today - timedelta(days=min(days, _MOST_DAYS))) if days else today
    return (before.year * 12 + before.month - 1 - round(months)) // 12


def _last_such_month(words: list[str], today: date) -> int | None:
    """ "od septembra": the September that has been."""
    for word in words:
        month = None if word in numbers.NUMBERS else calendar.month(word)
        if month is not None:
            return today.year if month <= today.month else today.year - 1
    return None
