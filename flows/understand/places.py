"""A city, town or village from what people type, with its time zone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice

from flows.understand import addresses, countries
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
from flows.understand.text import clean, fold, squeeze, wordset
from flows.understand.zones import zones_of

__all__ = ["LONGEST_CITY", "Place", "as_typed", "city", "city_name", "place", "where"]

LONGEST_CITY = 80
_MOST_WORDS = 8
_HAS_DISTRICTS = 20_000  # people: smaller towns are not named with a part of theirs
_AT_HOME = 4
_MOST_FORMS = 8
_FAR = 4  # times the people: a city named before a smaller place
_LONGEST_CODE = 3
_LARGE = 100_000
_ITSELF = frozenset({"city", "thecity", "mesto"})
_VAGUE = wordset(
    "a an the in some somewhere small little big tiny large village town city countryside place "
    "one niekde maly mala male malej mestecko mestecku dedina dedine dedinka dedinke obec mesto "
    "meste velke velkom nekje majhen majhna majhni vas vasi vasica vasici mestece mestecu kraj"
)
# Squeezed: no town, wherever one of that name may be.
_NO_PLACES = wordset(
    "home athome online nowhere everywhere anywhere remote remotely abroad here notsure itdepends "
    "travelling traveling ontheroad nomad digitalnomad europe eu europeanunion asia africa america "
    "doma nikde vsade tu vzahranici zahranicie neviem cestujem europa vsvete nikjer povsod tukaj "
    "vtujini tujina nevem potujem evropa"
)
_CITIES = frozenset({"Berlin", "Hamburg", "Wien"})  # regions that are one city
_WITH_CODES = ("US",)  # whose states people abbreviate by GeoNames' codes
_SHORT_NAMES = {
    "la": "Los Angeles",
    "ny": "New York City",
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
    ``language`` is the reader's ("en", "sk", "sl"). Postcode, district and country beside it are
    understood; "near Graz" is asked back.

    A place nobody knows, and a slip ("Bratslava"), lead to Unsure; the last candidate is then the
    place as typed, without ``geonameid``.
    Reasons: "text.empty", "text.too_long" (``maximum``, ``length``), "city.unknown" (no letters, a
    question), "city.is_country" (``country``).
    """
    return _read(text, country, language, ())


def where(text: str, language: str, home_countries: Sequence[str] = ()) -> Reading[Place]:
    """Town and country in one answer: "Berlin, Germany", "v Berlíne v Nemecku", "London". Of places
    that share a name the much larger is meant; one in ``home_countries`` counts for more. What
    could be several is Unsure ("Springfield").

    A town nobody knows leads to Unsure; the last candidate is the town as typed, in the country
    that was named, or with ``country`` None where none was. Reasons: those of :func:`city`.
    """
    return _read(text, None, language, home_countries)


def _read(text: str, country: str | None, language: str, home: Sequence[str]) -> Reading[Place]:
    cleaned = clean(text, LONGEST_CITY)
    if not isinstance(cleaned, Understood):
        return cleaned
    typed = cleaned.value
    letters = any(character.isalpha() for character in typed)
    if not letters or typed.endswith("?") or squeeze(typed) in _NO_PLACES:
        return NotUnderstood("city.unknown")
    asked = _Asked(country, language, tuple(home))
    flag = countries.flag(typed)
    bare = addresses.without_postcode(typed)
    if flag and country is None:
        asked = replace(asked, country=flag)
    return (
        _whole(bare, asked)
        or _country_instead(bare, asked)
        or _nearby(bare, typed, asked)
        or _qualified(bare, asked)
        or _piece(bare, asked)
        or _misspelt(bare, asked)
        or Unsure((as_typed(typed, asked.country),))
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is known beside the text: the country, the reader's language, the home countries."""

    country: str | None
    language: str
    home: tuple[str, ...]


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


def _reading(found: Sequence[Place]) -> Reading[Place] | None:
    if not found:
        return None
    if len(found) == 1:
        return Understood(found[0])
    return Unsure(tuple(found[:MOST_CANDIDATES]))


def _whole(text: str, asked: _Asked) -> Reading[Place] | None:
    """All of it is a town's name."""
    found = _likeliest(fold(text).split(), asked)
    if found and _is_district(text, found[0], asked):
        return None
    if found and asked.country is None and _is_region(text) and found[0].population < _LARGE:
        return None
    short = " ".join(without_lead_in(fold(text).split())) in _SHORT_NAMES
    if found and asked.country is None and not short and countries.meant(text, asked.language):
        found = [one for one in found if _is_city_and_country(one, text, asked.language)]
    return _reading(found)


def _is_district(text: str, found: Place, asked: _Asked) -> bool:
    """ "Brno - Židenice" is the name of a place, but that is a part of Brno."""
    pieces = addresses.dashed(text)
    city = _likeliest(fold(pieces[0]).split(), asked)[:1] if len(pieces) > 1 else []
    return any(one.population > found.population * _FAR for one in city)


def _is_city_and_country(place: Place, text: str, language: str) -> bool:
    """ "Mexico" is the country, though its capital is called so, too; "Luxembourg" is both."""
    key = squeeze(" ".join(without_lead_in(fold(text).split())))
    own = key.startswith(squeeze(place.name)) or squeeze(text) == squeeze(place.name)
    return own or (
        gazetteer().is_exonym(place, key) and bool(countries.meant(place.name, language))
    )


def _likeliest(words: Sequence[str], asked: _Asked) -> list[Place]:
    if not words:
        return []
    bare = without_lead_in(words)
    if short := _SHORT_NAMES.get(" ".join(bare)):
        found = gazetteer().named(fold(short).split(), asked.country)
        if found:
            return found[:1]
    after_preposition = len(bare) < len(words) and words[-len(bare) - 1] in PREPOSITIONS
    for candidate, declined in ((words, None), (bare, after_preposition or None)):
        if found := gazetteer().named(candidate, asked.country, declined):
            return _distinct(close(_at_home_first(found, asked.home)))
    return []


def _at_home_first(places: Sequence[Place], home: Sequence[str]) -> list[Place]:
    """Of places with one name the one at home, unless it is by far smaller."""
    if not home:
        return list(places)
    return sorted(
        places, key=lambda one: -one.population * (_AT_HOME if one.country in home else 1)
    )


def _distinct(places: Sequence[Place]) -> list[Place]:
    """Without those that would read the same: a name twice in a region is its larger place."""
    found: dict[tuple[str, str | None, str], Place] = {}
    for one in places:
        found.setdefault((one.name, one.country, one.region), one)
    return list(found.values())


def _country_instead(text: str, asked: _Asked) -> Reading[Place] | None:
    code = countries.meant(_bare(text), asked.language)
    if code is None and asked.country is None:
        code = _is_region(text)
    if code is None:
        return None
    there = list(islice(gazetteer().in_country(code), 2))
    if len(there) == 1 and asked.country in (None, code):
        return Understood(there[0])
    return NotUnderstood("city.is_country", {"country": code})


def _qualified(text: str, asked: _Asked) -> Reading[Place] | None:
    """A town with its region or country: "Boston MA", "Berlin, Germany", "v Nemecku, v Berlíne"."""
    unknown: tuple[str, str] | None = None
    for town, qualifier, apart in addresses.qualified(text):
        if in_region := _in_region(town, qualifier, asked):
            return Understood(in_region)
        code = countries.meant(qualifier, asked.language, small=apart)
        if code is None:
            continue
        there = replace(asked, country=code)
        named = qualifier if squeeze(town) in _ITSELF else town  # "Luxembourg City"
        if found := _whole(named, there) or _piece(named, there):
            return found
        vague = (_VAGUE | LEAD_INS).issuperset(fold(town).split())
        if vague or countries.meant(town, asked.language) == code or _is_region(town) == code:
            return NotUnderstood("city.is_country", {"country": code})
        unknown = unknown or (town, code)
        # "BW" is Botswana, and Baden-Württemberg.
        if len(squeeze(qualifier)) <= _LONGEST_CODE and _piece(text, asked):
            unknown = None
    if unknown is None or asked.country not in (None, unknown[1]):
        return None
    town, code = unknown
    elsewhere = _whole(town, asked)  # "Hong Kong, China"
    if isinstance(elsewhere, Understood):
        return Unsure((elsewhere.value, as_typed(town, code)))
    there = replace(asked, country=code)
    return _misspelt(town, there) or Unsure((as_typed(town, code),))


def _in_region(town: str, qualifier: str, asked: _Asked) -> Place | None:
    meant = squeeze(" ".join(without_lead_in(fold(qualifier).split())))
    if meant not in _regions():
        return None
    named = gazetteer().named(without_lead_in(fold(town).split()), asked.country)
    return next((one for one in named if meant in _region_names(one)), None)


def _region_names(place: Place) -> frozenset[str]:
    region = place.region
    if region in _CITIES:
        return frozenset()
    short = {code for code, name in REGIONS.get(place.country or "", {}).items() if name == region}
    codes = {code.lower() for code in short} if place.country in _WITH_CODES else set()
    return frozenset({squeeze(region), *codes}) - {""}


def _is_region(text: str) -> str | None:
    """The country of a state or the like that ``text`` names: "California"."""
    meant = squeeze(" ".join(without_lead_in(fold(text).split())))
    return _countries_of_regions().get(meant)


@cache
def _countries_of_regions() -> dict[str, str]:
    named = (
        (squeeze(name), country) for country, table in REGIONS.items() for name in table.values()
    )
    return {name: country for name, country in named if name not in map(squeeze, _CITIES)}


@cache
def _regions() -> frozenset[str]:
    """All that may stand for a region."""
    named = (squeeze(name) for table in REGIONS.values() for name in table.values())
    return frozenset(named).union(
        code.lower() for country in _WITH_CODES for code in REGIONS[country]
    )


def _piece(text: str, asked: _Asked) -> Reading[Place] | None:
    """A town with a district, a street or a smaller place: "Bratislava - Petržalka"."""
    for pieces in (addresses.parts(text), addresses.hyphenated(text), addresses.either(text)):
        found = [place for piece in pieces for place in _likeliest(fold(piece).split(), asked)[:1]]
        if found and len(pieces) > 1:
            return _of_several(found)
    words = fold(text).split()
    bare = list(without_lead_in(words))
    likely = (_longest(some, asked, declined=len(bare) < len(words)) for some in _ends(bare))
    return _of_several([one for one in likely if one])


def _ends(words: Sequence[str]) -> tuple[list[Sequence[str]], list[Sequence[str]]]:
    """Some of the words, from the front and from the back, the most first."""
    words = words[:_MOST_WORDS]
    counts = range(len(words) - 1, 0, -1)
    return [words[:count] for count in counts], [words[-count:] for count in counts]


def _longest(tried: Iterable[Sequence[str]], asked: _Asked, *, declined: bool) -> Place | None:
    """A city that has districts, to be named with."""
    for words in tried:
        likely = gazetteer().named(words, asked.country, declined)
        likely = _at_home_first(likely, asked.home)
        if likely and likely[0].population >= _HAS_DISTRICTS:
            return likely[0]
    return None


def _of_several(found: Sequence[Place]) -> Reading[Place] | None:
    """Within a region the larger place is the city, the others parts of it, and so is what follows
    a large one; of others either may be meant."""
    if not found:
        return None
    largest = max(found, key=lambda one: one.population)
    follow = [one for one in found if one.country == largest.country and one is not largest]
    if found[0] is largest and all(one.population * _FAR < largest.population for one in follow):
        found = [one for one in found if one not in follow]
    beside = [
        one for one in found if (one.country, one.region) != (largest.country, largest.region)
    ]
    return _reading(_distinct(found)) if beside else Understood(largest)


def _nearby(text: str, typed: str, asked: _Asked) -> Reading[Place] | None:
    """ "v okolí Londýna", "Ebersberg bei München", "Vienna area"."""
    said = addresses.vicinity(fold(text).split())
    if said is None:
        return None
    before, after = said
    if after and before and (found := _likeliest(before, asked)):
        return _reading(found)
    near = _likeliest(after or before, asked) if after or before else []
    own = as_typed(typed, asked.country)
    return Unsure((*near[: MOST_CANDIDATES - 1], own)) if near else None


def _misspelt(text: str, asked: _Asked) -> Reading[Place] | None:
    among = (asked.country,) if asked.country else (*asked.home, None)
    found = [place for country in among for place in _similar(text, country)]
    similar = _distinct(found)[: MOST_CANDIDATES - 1]
    return Unsure((*similar, as_typed(text, asked.country))) if similar else None


def _similar(text: str, country: str | None) -> list[Place]:
    whole = fold(text).split()
    words = without_lead_in(whole)
    # Endings are taken off only where the word before calls for one: "v Ljublajni".
    declined = len(words) == 1 and PREPOSITIONS.intersection(whole)
    forms = islice(dictionary_forms(words), _MOST_FORMS) if declined else iter([tuple(words)])
    return gazetteer().similar(["".join(form) for form in forms], country)[:3]


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
