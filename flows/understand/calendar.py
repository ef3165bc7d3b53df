"""The calendar's words in three languages: months, weekdays, units, seasons, numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import cache

from babel import Locale

from flows.understand import holidays
from flows.understand.numbers import HALF, NUMBERS, with_decimals
from flows.understand.phrases import dictionary_forms
from flows.understand.text import fold, wordset

_LANGUAGES = ("en", "sk", "sl")


def _table(text: str) -> dict[str, str]:
    """ "meaning: word, word; meaning: …" as word -> meaning; words are folded."""
    found: dict[str, str] = {}
    for entry in text.split(";"):
        meaning, _, listed = entry.partition(":")
        found |= {word.strip(): meaning.strip() for word in listed.split(",")}
    return found


UNITS: Mapping[str, str] = _table(
    "day: day, days, den, dni, dnu, dnov, dna, dnoch, dan, dneva, dneh, dnevi, dnevov, dnem, dnmi;"
    "week: week, weeks, wk, wks, tyzden, tyzdne, tyzdnov, tyzdna, tyzdni, tyzdnoch, tyzdnami, "
    "teden, tedna, tedne, tednov, tednu, tednih, tedni;"
    "month: month, months, mesiac, mesiace, mesiacov, mesiaca, mesiaci, mesiacoch, mesiacmi, "
    "mesec, meseca, mesece, mesecev, mesecu, mesecih, meseci;"
    "year: year, years, yr, yrs, rok, roky, rokov, roka, roku, rokmi, rokoch, rokom, leti, let, "
    "letih, letu, letom, letos"
)
# "leto" is a year to a Slovene and the summer to a Slovak.
LETO = wordset("leto leta lete letom letoma")
SEASONS: Mapping[str, str] = _table(
    "spring: spring, jar, jari, jarou, pomlad, pomladi, spomladi, jarny, jarne;"
    "summer: summer, poletje, poleti, poletja, poletju, poletjem;"
    "autumn: autumn, fall, jesen, jeseni, jesenou;"
    "winter: winter, zima, zime, zimi, zimy, zimu, pozimi, zimo"
)
SEASON_MONTHS: Mapping[str, int] = {"spring": 4, "summer": 7, "autumn": 10, "winter": 12}
EDGES: Mapping[str, str] = _table(
    "start: start, beginning, early, zaciatok, zaciatkom, zaciatku, zacetek, zacetku, zacetka;"
    "middle: middle, mid, polovica, polovici, polovice, polovicou, stred, strede, sredina, sredini,"
    "sredine, sredi;"
    "end: end, late, koniec, konci, konca, koncom, konec, koncu"
)
NEAR: Mapping[str, str] = _table(
    "today: today, now, dnes, teraz, hned, ihned, danes, zdaj, takoj, dneska, tonight;"
    "tomorrow: tomorrow, tmrw, zajtra, zajtrajsok, jutri, jutrisnji;"
    "after tomorrow: pozajtra, pojutrisnjem, overmorrow"
)
NEXT: frozenset[str] = wordset(
    "next coming following buduci buduca buduce buduceho buducom buducej buducu dalsi dalsia "
    "dalsie dalsieho dalsom nasledujuci nasledujuca nasledujuce nasledujuceho naslednji "
    "naslednja naslednje naslednjega naslednjem naslednjo naslednjemu "
    "prihodnji prihodnja prihodnje prihodnjega prihodnjem prihodnjo drugo najblizsi najblizsia"
)
THIS: frozenset[str] = wordset(
    "this current tento tato toto tohto tomto tejto tuto ta to tega tem tej te letos letosnji "
    "letosnje letosnjega letosnjem"
)
LAST: frozenset[str] = wordset(
    "last previous past minuly minula minule minuleho minulom minulej vlani lani lansko lanskega "
    "lanskem prejsnji prejsnje prejsnjega prejsnjem prejsnja minulo minulega minulem minuli"
)
AGO: frozenset[str] = wordset("ago pred back earlier")
AFTER: frozenset[str] = wordset("after po")
BEFORE: frozenset[str] = wordset("before pred")
_ORDINALS = _table(
    "1: first, prvy, prveho, prvi, prvega, prvem; 2: second, druhy, druheho, drugi, drugega;"
    "3: third, treti, tretieho, tretji, tretjega; 10: tenth, desiaty, desiateho, deseti, desetega;"
    "15: fifteenth, patnasty, patnasteho, petnajsti, petnajstega; 20: twentieth, dvadsiaty, "
    "dvadsiateho, dvajseti, dvajsetega"
)
ORDINALS: Mapping[str, int] = {word: int(number) for word, number in _ORDINALS.items()}


def month(word: str) -> int | None:
    """1 to 12 for a month's name in any of the languages, declined or shortened."""
    return _lookup(word, _months())


def weekday(word: str) -> int | None:
    """0 (Monday) to 6 for a weekday's name in any of the languages, declined or shortened."""
    return _lookup(word, _weekdays())


def _lookup(word: str, table: Mapping[str, int]) -> int | None:
    for (form,) in dictionary_forms([word]):
        if (found := table.get(form)) is not None:
            return found
    return None


_PHRASES = (
    (r"(?:the )?day after tomorrow", "pojutrisnjem"),
    (r"couple of", "couple"),
    (r"pol(?:ovica|ovico)? dru[hg]\w*", "poldrugo"),
    (r"leto dni", "eno leto"),
    (r"pol(?:roka|rok|leta|let)\b", "pol roka"),
)  # fmt: skip


def words(text: str) -> list[str]:
    """The folded words of ``text``, names of several words ("Veľká noc") as one."""
    folded = fold(with_decimals(text))
    for phrase, word in _PHRASES:
        folded = re.sub(
            rf"\b(?:{phrase})" if phrase.endswith(" ") else rf"\b(?:{phrase})\b", word, folded
        )
    return folded.split()


@cache
def vocabulary() -> frozenset[str]:
    """All words that mean something here, to find slips of the finger with."""
    tables = (UNITS, SEASONS, EDGES, NEAR, NUMBERS, ORDINALS, _months(), _weekdays())
    return frozenset().union(*tables, holidays.single_words(), NEXT, THIS, LAST, AGO, HALF, LETO)


@cache
def _months() -> dict[str, int]:
    return _from_cldr(lambda locale: locale.months) | {"sept": 9, "oktober": 10, "okt": 10}


@cache
def _weekdays() -> dict[str, int]:
    # Two letters would catch words such as "do" and "po".
    named = _from_cldr(lambda locale: locale.days)
    return {name: day for name, day in named.items() if len(name) > 2} | {
        "tues": 1, "thurs": 3, "stvrtok": 3, "stvrtka": 3,
    }  # fmt: skip


Names = Mapping[str, Mapping[str, Mapping[int, str]]]


def _from_cldr(names_of: Callable[[Locale], Names]) -> dict[str, int]:
    found: dict[str, int] = {}
    for language in _LANGUAGES:
        for widths in names_of(Locale.parse(language)).values():
            for width in ("abbreviated", "wide"):
                for number, name in widths.get(width, {}).items():
                    found[fold(name)] = number
    return found


def last_of_month(year: int, month_: int) -> date:
    following = date(year + month_ // 12, month_ % 12 + 1, 1)
    return following - timedelta(days=1)


def months_later(day: date, months: int) -> date:
    """The same day ``months`` later, or the last one of a shorter month."""
    count = day.year * 12 + day.month - 1 + months
    year, month_ = divmod(count, 12)
    return min(
        date(year, month_ + 1, 1) + timedelta(days=day.day - 1), last_of_month(year, month_ + 1)
    )
