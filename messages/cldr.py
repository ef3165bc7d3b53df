"""Dates, numbers and names as each language writes them, from Unicode's CLDR (through Babel)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, dates, lists, numbers

_LOCALES = {"en": "en_GB"}  # British English: 3 March 2026, 24 hours
STYLES = ("long", "full", "short", "day", "weekday", "month")
# In a sentence a Slovenian date stands in the genitive ("do 3. marca 2026"); CLDR has only the
# nominative of the months.
_SL_MONTHS = (
    *("januarja", "februarja", "marca", "aprila", "maja", "junija"),
    *("julija", "avgusta", "septembra", "oktobra", "novembra", "decembra"),
)


@lru_cache(maxsize=64)
def locale(language: str) -> Locale:
    """Babel's locale of a language. Raises babel.UnknownLocaleError."""
    return Locale.parse(_LOCALES.get(language, language))


def format_date(value: date, language: str, style: str = "long") -> str:
    """``style``: "long" 3 March 2026 · "full" with the weekday · "short" 3. 3. 2026 (English
    names the month: 3 Mar 2026) · "day" 3 March · "weekday" Tuesday 3 March · "month" March 2026.
    Raises ValueError for another."""
    if style not in STYLES:
        raise ValueError(f"no date style {style!r}: {', '.join(STYLES)}")
    where = locale(language)
    if style == "short":
        return _short(value, where)
    if style == "month":
        return dates.format_skeleton("yMMMM", value, locale=where)
    if style == "weekday":
        comma = "," if language == "sl" else ""
        weekday = dates.format_date(value, "EEEE", locale=where)
        return f"{weekday}{comma} {format_date(value, language, 'day')}"
    if language == "sl":
        return _slovenian(value, where, style)
    if style == "day":
        return dates.format_skeleton("MMMMd", value, locale=where)
    said = dates.format_date(value, "full" if style == "full" else "long", locale=where)
    return said.replace(",", "") if language == "en" else said  # as Tuesday 3 March: no comma


def _short(value: date, where: Locale) -> str:
    if where.language == "en":  # 4/3/2026 is the 3rd of April to half of the readers
        return dates.format_skeleton("yMMMd", value, locale=where)
    return f"{value.day}. {value.month}. {value.year}"


def _slovenian(value: date, where: Locale, style: str) -> str:
    day = f"{value.day}. {_SL_MONTHS[value.month - 1]}"
    if style == "day":
        return day
    weekday = dates.format_date(value, "EEEE, ", locale=where) if style == "full" else ""
    return f"{weekday}{day} {value.year}"


def format_datetime(value_utc: datetime, language: str, timezone: str) -> str:
    """Day and time of day in ``timezone`` (IANA name); a naive ``value_utc`` is taken as UTC."""
    moment = value_utc if value_utc.tzinfo else value_utc.replace(tzinfo=UTC)
    there = moment.astimezone(ZoneInfo(timezone))
    return f"{format_date(there, language)}, {there:%H:%M}"


def hours(starts: datetime, ends: datetime, language: str) -> str:
    """From when till when on one day: 18:30–20:00; a Slovak range has spaces."""
    dash = " – " if language == "sk" else "–"
    return f"{starts:%H:%M}{dash}{ends:%H:%M}"


@lru_cache(maxsize=2048)
def country(code: str, language: str) -> str:
    """The name of a country by its ISO 3166-1 code; the code itself when there is no such."""
    return str(locale(language).territories.get(code.upper(), code.upper()))


# What CLDR has no name for in our languages.
_NAMES = {
    "rue": {"en": "Rusyn", "sk": "rusínčina", "sl": "rusinščina"},
    "lld": {"en": "Ladin", "sk": "ladinčina", "sl": "ladinščina"},
    "bar": {"en": "Bavarian", "sk": "bavorčina", "sl": "bavarščina"},
    "cnr": {"en": "Montenegrin", "sk": "čiernohorčina", "sl": "črnogorščina"},
    "sgn": {"en": "sign language", "sk": "posunkový jazyk", "sl": "znakovni jezik"},
}


@lru_cache(maxsize=2048)
def language_name(code: str, language: str) -> str:
    """The name of language ``code`` in ``language``, as inside a sentence ("slovenčina")."""
    own = _NAMES.get(code, {}).get(language)
    return own or str(locale(language).languages.get(code, code))


def own_name(language: str) -> str:
    """What a language calls itself: English, slovenčina, slovenščina."""
    return language_name(language, language)


@lru_cache(maxsize=2048)
def timezone(name: str, language: str) -> str:
    """The city that names an IANA time zone ("Berlín"), "UTC−5" for a zone without a city."""
    if name.startswith("Etc/GMT") and name[7:8] in "+-" and name[8:]:
        return f"UTC{'−' if name[7] == '+' else '+'}{name[8:]}"  # POSIX turns the sign round
    place = dates.get_timezone_location(name, locale=locale(language), return_city=True)
    return place.rpartition("/")[2]


def listing(items: Sequence[str], language: str) -> str:
    """``a, b and c``."""
    return lists.format_list(list(items), "standard", locale=locale(language))


def number(value: int, language: str) -> str:
    """A whole number with the language's thousands separator."""
    return numbers.format_decimal(value, locale=locale(language))


def capitalised(text: str) -> str:
    """The first letter upper case, the rest as it is: for buttons and headings."""
    return text[:1].upper() + text[1:]


@lru_cache(maxsize=64)
def plural_index(language: str) -> Callable[[int], int]:
    """From a whole number to the index of its form: the CLDR categories that whole numbers
    reach, in CLDR's order (zero, one, two, few, many, other)."""
    rule = locale(language).plural_form
    tags = ("zero", "one", "two", "few", "many", "other")
    reached = {rule(n) for n in range(1000)}
    order = [tag for tag in tags if tag in reached]

    @lru_cache(maxsize=1024)
    def index(n: int) -> int:
        return order.index(rule(abs(n)))

    return index


def plural_count(language: str) -> int:
    """How many plural forms whole numbers have: 2 in English, 3 in Slovak, 4 in Slovenian."""
    index = plural_index(language)
    return max(index(n) for n in range(1000)) + 1
