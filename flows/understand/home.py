"""The home region that somebody is from, also by a town in it: "z Košíc", "I'm from Kranj"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from flows.understand import choice, countries, places
from flows.understand.phrases import without_lead_in
from flows.understand.reading import NotUnderstood, Reading, Understood, Unsure
from flows.understand.text import fold, wordset

_STEM = 7
_SHORTEST = 5  # letters of a region's name that may be declined
_ELSEWHERE = wordset("elsewhere else other another inde inam iny ina ine drugje drugam drug druga")
_BESIDE = wordset(
    "originally originaly somewhere anywhere region area part county born raised family parents "
    "povodne povodom rodom pochadzam narodena narodeny niekde niekam kraja kraj okolia okolie "
    "regionu izvorno rojen rojena doma nekje prihajam regija regije regiji rodom"
)


@dataclass(frozen=True, slots=True)
class Area:
    """A region to choose: its ``names`` in all languages, ISO code of its ``country`` (None: none
    in particular, "another region") and ``towns`` that are in it."""

    key: str
    names: tuple[str, ...]
    country: str | None = None
    towns: tuple[str, ...] = field(default=())


def region(
    text: str, options: choice.Options, areas: Sequence[Area], language: str
) -> Reading[str]:
    """The key of the option that ``text`` means: by number or label, by the region's name in any
    case, or by a town in it. A town that is in none leads to Unsure with the region of no country;
    a country to its regions.

    Reasons: those of :func:`flows.understand.choice.option`.
    """
    reading = choice.option(text, options)
    if not isinstance(reading, NotUnderstood) or reading.reason == "text.empty":
        return reading
    said = [word for word in without_lead_in(fold(text).split()) if word not in _BESIDE]
    others = [area.key for area in areas if area.country is None]
    if others and said and _ELSEWHERE.issuperset(said):
        return Understood(others[0])
    named = [area.key for area in areas if _is_called(area, said)]
    if len(named) == 1:
        return Understood(named[0])
    return _by_place(" ".join(said), areas, language) or reading


def _is_called(area: Area, said: Sequence[str]) -> bool:
    """ "na Gorenjskem", "z Košického kraja"."""
    named = [word for name in area.names for word in fold(name).split() if word not in _BESIDE]
    return any(_is_akin(word, one) for word in named for one in said)


def _is_akin(word: str, other: str) -> bool:
    """Two cases of a long word."""
    stem = word[: min(len(word) - 2, _STEM)]
    return min(len(word), len(other)) >= _SHORTEST and other.startswith(stem)


def _by_place(text: str, areas: Sequence[Area], language: str) -> Reading[str] | None:
    home = tuple(dict.fromkeys(area.country for area in areas if area.country))
    if not text:
        return None
    if (country := countries.meant(text, language)) is not None:
        return _offered([area.key for area in areas if area.country in (country, None)])
    for there in home:
        reading = places.city(text, there, language)
        inside = [
            a.key for a in areas if isinstance(reading, Understood) and _has(a, reading.value)
        ]
        if inside:
            return Understood(inside[0])
    reading = places.where(text, language, home)
    if isinstance(reading, Understood):
        inside = [area.key for area in areas if _has(area, reading.value)]
        if inside:
            return Understood(inside[0])
        return _offered([area.key for area in areas if area.country is None])
    if isinstance(reading, Unsure):
        known = [place for place in reading.candidates if place.geonameid is not None]
        return _offered([area.key for place in known for area in areas if _has(area, place)])
    return None


def _has(area: Area, place: places.Place) -> bool:
    if area.country is None or place.country != area.country:
        return False
    names = {fold(name) for name in area.names}
    return fold(place.region) in names or fold(place.name) in map(fold, area.towns)


def _offered(keys: Sequence[str]) -> Reading[str] | None:
    return Unsure(tuple(dict.fromkeys(keys))) if keys else None
