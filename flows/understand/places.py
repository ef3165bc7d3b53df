"""A city, town or village from what people type, with its time zone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from flows.understand import countries
from flows.understand.data.regions import REGIONS
from flows.understand.gazetteer import Place, close, gazetteer
from flows.understand.phrases import LEAD_INS, PREPOSITIONS, dictionary_forms, without_lead_in
from flows.understand.reading import (
    MOST_CANDIDATES,
    NotUnderstood,
    Reading,
    Understood,
    Unsure,
)
from flows.understand.text import clean, fold, squeeze
from flows.understand.zones import zones_of

__all__ = ["LONGEST_CITY", "Place", "as_typed", "city", "city_name", "place"]

LONGEST_CITY = 80
_SHORT_NAMES = {
    "la": "Los Angeles",
    "nyc": "New York City",
    "sf": "San Francisco",
    "dc": "Washington",
    "ba": "Bratislava",
    "ke": "Košice",
    "lj": "Ljubljana",
    "mb": "Maribor",
    "kr": "Kranj",
    "bb": "Banská Bystrica",
}


def city(text: str, country: str | None, language: str) -> Reading[Place]:
    """The place that ``text`` names, in ``country`` (ISO 3166-1 alpha-2) where that is known;
    ``language`` is the reader's ("en", "sk", "sl").

    A place nobody knows is taken as typed, without ``geonameid``. A slip ("Bratslava") leads to
    Unsure; its last candidate is then the place as typed.
    Reasons: "text.empty", "text.too_long" (``maximum``, ``length``), "city.unknown" (no letters),
    "city.is_country" (``country``).
    """
    cleaned = clean(text, LONGEST_CITY)
    if not isinstance(cleaned, Understood):
        return cleaned
    text = cleaned.value
    if not any(character.isalpha() for character in text):
        return NotUnderstood("city.unknown")
    return (
        _known(text, country, language)
        or _country_instead(text, language)
        or _misspelt(text, country)
        or Understood(as_typed(text, country))
    )


def as_typed(text: str, country: str | None) -> Place:
    """The place ``text`` in ``country``, known to nobody; with the country's time zone where it
    has one only."""
    zones = zones_of(country) if country else ()
    zone = zones[0] if len(zones) == 1 else None
    return Place(_bare(text), country, timezone=zone)


def place(geonameid: int) -> Place | None:
    """The place with this GeoNames id; None if it isn't among ours."""
    return gazetteer().by_id(geonameid)


def city_name(geonameid: int, language: str) -> str | None:
    """What readers of ``language`` call a place: "Viedeň", "Dunaj"; its own name where they have
    none. None for an unknown id."""
    found = gazetteer().by_id(geonameid)
    exonym = gazetteer().exonyms.get(geonameid)
    if found and exonym and language in ("sk", "sl"):
        return (exonym.slovak if language == "sk" else exonym.slovenian)[0]
    return found.name if found else None


def _known(text: str, country: str | None, language: str) -> Reading[Place] | None:
    whole = fold(text).split()
    found = _likeliest(whole, country)
    if not found:
        head, comma, tail = text.partition(",")
        found = _qualified(fold(head).split(), tail, country, language) if comma else []
    if not found:
        found = _last_words_are_a_country(whole, country, language)
    if not found:
        return None
    if len(found) == 1:
        return Understood(found[0])
    return Unsure(tuple(found[:MOST_CANDIDATES]))


def _likeliest(words: Sequence[str], country: str | None) -> list[Place]:
    if not words:
        return []
    bare = without_lead_in(words)
    if short := _SHORT_NAMES.get(" ".join(bare)):
        found = gazetteer().named(fold(short).split(), country)
        if found:
            return found[:1]
    for candidate in dict.fromkeys((tuple(words), tuple(bare))):
        if found := gazetteer().named(candidate, country):
            return _distinct(close(found))
    return []


def _distinct(places: Sequence[Place]) -> list[Place]:
    """Without those that would read the same: a name twice in a region is its larger place."""
    found: dict[tuple[str, str | None, str], Place] = {}
    for one in places:
        found.setdefault((one.name, one.country, one.region), one)
    return list(found.values())


def _qualified(
    words: Sequence[str], qualifier: str, country: str | None, language: str
) -> list[Place]:
    """ "Boston, MA", "Berlin, Germany": by region first, then by country."""
    bare = without_lead_in(words) if words else words
    named = gazetteer().named(bare, country) if bare else []
    meant = squeeze(qualifier)
    in_region = [one for one in named if meant and meant in _region_names(one)]
    if in_region:
        return in_region[:1]
    reading = countries.country(qualifier, language)
    if isinstance(reading, Understood):
        return _likeliest(bare, reading.value)
    return _likeliest(bare, country)


def _last_words_are_a_country(
    words: Sequence[str], country: str | None, language: str
) -> list[Place]:
    """ "Boston USA", "Portland Oregon", "London UK"."""
    for split in range(len(words) - 1, 0, -1):
        tail = " ".join(words[split:])
        if countries.is_country(tail, language) or tail in _abbreviations():
            return _qualified(words[:split], tail, country, language)
    return []


def _region_names(place: Place) -> frozenset[str]:
    region = place.region
    short = {code for code, name in REGIONS.get("US", {}).items() if name == region}
    codes = {code.lower() for code in short} if place.country == "US" else set()
    return frozenset({squeeze(region), *codes}) - {""}


@cache
def _abbreviations() -> frozenset[str]:
    return frozenset(code.lower() for code in REGIONS["US"])


def _country_instead(text: str, language: str) -> NotUnderstood | None:
    if any(countries.is_country(text, each) for each in (language, *countries.LANGUAGES)):
        reading = countries.country(text, language)
        code = reading.value if isinstance(reading, Understood) else None
        return NotUnderstood("city.is_country", {"country": code})
    return None


def _misspelt(text: str, country: str | None) -> Reading[Place] | None:
    similar = _distinct(_similar(text, country))[: MOST_CANDIDATES - 1]
    return Unsure((*similar, as_typed(text, country))) if similar else None


def _similar(text: str, country: str | None) -> list[Place]:
    whole = fold(text).split()
    words = without_lead_in(whole)
    spellings = gazetteer().spellings(country)
    # Endings are taken off only where the word before calls for one: "v Ljublajni".
    declined = len(words) == 1 and PREPOSITIONS.intersection(whole)
    forms = dictionary_forms(words) if declined else iter([tuple(words)])
    found: dict[int, int] = {}
    for form in forms:
        for row, distance in spellings.near("".join(form)):
            found[row] = min(distance, found.get(row, distance))
    ranked = sorted(found, key=lambda row: (found[row], row))
    return [gazetteer().place(row) for row in ranked[:3]]


def _bare(text: str) -> str:
    """``text`` as typed without "I live in"; a capital keeps "Pri Cerkvi" whole."""
    words = text.split()
    start = 0
    while start < len(words) - 1 and _leads_in(words[start]):
        start += 1
    return " ".join(words[start:])


def _leads_in(word: str) -> bool:
    folded = fold(word).split()
    if not folded or not LEAD_INS.issuperset(folded):
        return False
    return word[0].islower() or not PREPOSITIONS.issuperset(folded)
