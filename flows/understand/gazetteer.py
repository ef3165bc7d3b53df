"""The places of the world, from GeoNames, found by any of their names.

Nothing is read in advance: places.tsv and places.index, which says where in it a place stands, are
mapped into memory.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flows.understand.fuzzy import MOST_SLIPS, nearest
from flows.understand.index import EVERYWHERE, Bytes, Index
from flows.understand.phrases import dictionary_forms, without_lead_in
from flows.understand.text import fold, squeeze

LONGEST_NAME = 4  # words that may be declined
DATA = Path(__file__).with_name("data")
# A place found by another name than its own counts for less: those lists hold many oddities.
_OTHER_NAME = 0.1
_AS_IT_STANDS = 3  # a name as typed counts for more than what it may be declined from
_LEAST_FOR_A_COUNTRY = 15_000
_SHORTEST_SLIP = 4
_KNOWN_BY_FOUR_LETTERS = 50_000  # people: "Grac" is Graz, but "Wien" in Germany no village
_CLOSE = 3  # a place with a third of the people of the first may be the one that is meant


@dataclass(frozen=True, slots=True)
class Place:
    """A city, town or village. ``country`` is ISO 3166-1 alpha-2, ``region`` a state or the like
    ("" where it isn't known), ``timezone`` IANA; ``geonameid`` None for a place not in GeoNames.
    ``name`` is GeoNames' (or as typed): see :func:`flows.understand.places.city_name`."""

    name: str
    country: str | None
    region: str = ""
    timezone: str | None = None
    geonameid: int | None = None
    population: int = 0


@dataclass(frozen=True, slots=True)
class Exonym:
    """What Slovaks and Slovenians call a place; the first name is the one to show."""

    slovak: tuple[str, ...]
    slovenian: tuple[str, ...]


class Gazetteer:
    """Rows are most populous first, so a smaller row number is a larger place."""

    def __init__(self, lines: Bytes, index: Index, exonyms: dict[int, Exonym]) -> None:
        self.exonyms = exonyms
        self._lines = lines
        self._index = index
        self._exonym_keys: dict[int, set[str]] = {}
        self._exonym_country: dict[int, str] = {}
        self._exonym_rows: dict[str, tuple[int, ...]] = {}
        for geonameid, exonym in exonyms.items():
            self._add(index.identified(geonameid), (*exonym.slovak, *exonym.slovenian))

    def _add(self, row: int | None, names: Iterable[str]) -> None:
        if row is None:
            return
        self._exonym_country[row] = self._cells(row)[1]
        for key in map(squeeze, names):
            self._exonym_keys.setdefault(row, set()).add(key)
            rows = self._rows(key)
            if row not in rows:
                self._exonym_rows[key] = (*self._exonym_rows.get(key, ()), row)

    def _rows(self, key: str) -> tuple[int, ...]:
        return self._index.named(key) + self._exonym_rows.get(key, ())

    def _cells(self, row: int) -> list[str]:
        return self._index.line(self._lines, row).decode().split("\t")

    def place(self, row: int) -> Place:
        return self._place(self._cells(row))

    def _place(self, cells: Sequence[str]) -> Place:
        geonameid, country, region, timezone, population, name, _ = cells
        zone = timezone or self._usual_zone(country)
        return Place(name, country, region, zone, int(geonameid), int(population))

    @cache  # noqa: B019 - there is one gazetteer, and it stays
    def _usual_zone(self, country: str) -> str:
        """The time zone of the country's largest place, which the others leave out."""
        return self._cells(self._index.first_in(country))[3]

    def by_id(self, geonameid: int) -> Place | None:
        row = self._index.identified(geonameid)
        return None if row is None else self.place(row)

    def countries(self) -> Iterable[str]:
        """The countries that have a place."""
        return self._index.countries()

    def in_country(self, country: str) -> Iterator[Place]:
        """Its places, most populous first."""
        return (self.place(row) for row in self._index.in_country(country))

    def named(
        self, words: Sequence[str], country: str | None, declined: bool | None = None
    ) -> list[Place]:
        """The places that folded ``words`` can mean, the likeliest first; in ``country`` only,
        unless it is None. Case endings are taken off when the name as it stands is unknown; always
        where it is ``declined`` for certain ("v …"), never where it is not."""
        exact = "".join(words)
        if declined is False or len(words) > LONGEST_NAME:
            return self._ranked([exact], country)
        forms = ["".join(form) for form in dictionary_forms(words)]
        if declined:
            return self._ranked(forms, country, exact)
        return self._ranked([exact], country) or self._ranked(forms, country)

    def _ranked(
        self, keys: Iterable[str], country: str | None, exact: str | None = None
    ) -> list[Place]:
        weights: dict[int, float] = {}
        places: dict[int, Place] = {}
        own: set[int] = set()
        for key in keys:
            for row in self._rows(key):
                cells = self._cells(row)
                if country not in (None, cells[1]) or not self._has(row, key, cells):
                    continue
                place = places.setdefault(row, self._place(cells))
                weight = self._weight(row, key, place) * (_AS_IT_STANDS if key == exact else 1)
                weights[row] = max(weight, weights.get(row, 0))
                if weight >= place.population:
                    own.add(row)
        ranked = sorted(weights, key=lambda row: (-weights[row], row))
        if ranked and ranked[0] in own:  # beside its namesakes nobody means what is called so, too
            least = weights[ranked[0]] / _CLOSE
            ranked = [row for row in ranked if row in own or weights[row] >= least]
        return [places[row] for row in ranked]

    def _has(self, row: int, key: str, cells: Sequence[str]) -> bool:
        return key in cells[-1].split(" ") or key in self._exonym_keys.get(row, ())

    def _weight(self, row: int, key: str, place: Place) -> float:
        own = squeeze(place.name) == key or key in self._exonym_keys.get(row, ())
        return place.population * (1 if own else _OTHER_NAME)

    def is_exonym(self, place: Place, key: str) -> bool:
        """Whether Slovaks or Slovenians call the place so."""
        exonym = self.exonyms.get(place.geonameid or 0)
        return exonym is not None and key in map(squeeze, (*exonym.slovak, *exonym.slovenian))

    def countries_with(self, text: str) -> tuple[str, ...]:
        """The countries of the cities that ``text`` names, the likeliest first."""
        places = self.named(without_lead_in(fold(text).split()), None)
        large = [place for place in places if place.population >= _LEAST_FOR_A_COUNTRY]
        likely = close(large) or places[:1]
        return tuple(dict.fromkeys(place.country for place in likely if place.country))

    def similar(self, typed: Sequence[str], country: str | None) -> list[Place]:
        """Places with a name that differs from one of ``typed`` (squeezed) by a slip or two, the
        nearest and then the largest first: in ``country``, or (None) of the large cities."""
        lengths = {
            len(one) + change for one in typed for change in range(-MOST_SLIPS, MOST_SLIPS + 1)
        }
        names = [
            n for length in sorted(lengths) if length > 0 for n in self._spelt(country, length)
        ]
        distances: dict[str, int] = {}
        for one in typed:
            for name, distance in nearest(one, names, None, _SHORTEST_SLIP):
                sure = distance == 1 and len(one) > _SHORTEST_SLIP
                if sure or name[0] == one[0]:
                    distances[name] = min(distance, distances.get(name, distance))
        found: dict[int, tuple[int, int, Place]] = {}
        short = max(map(len, typed)) <= _SHORTEST_SLIP
        if short and country is None:
            return []
        for name, distance in distances.items():
            for place in self._ranked([name], country):
                if short and place.population < _KNOWN_BY_FOUR_LETTERS:
                    continue
                known = found.get(place.geonameid or 0)
                if known is None or distance < known[0]:
                    found[place.geonameid or 0] = (distance, -place.population, place)
        return [place for _, _, place in sorted(found.values(), key=lambda item: item[:2])]

    def _spelt(self, country: str | None, length: int) -> list[str]:
        of_exonyms = [
            key
            for row, keys in self._exonym_keys.items()
            for key in keys
            if len(key) == length and country in (None, self._exonym_country[row])
        ]
        return self._index.spelt(country or EVERYWHERE, length) + of_exonyms


def close(places: Sequence[Place]) -> list[Place]:
    """The first of ``places`` and those that are not much smaller."""
    return [place for place in places if place.population * _CLOSE >= places[0].population]


@cache
def gazetteer() -> Gazetteer:
    """All places."""
    return Gazetteer(_mapped("places.tsv"), Index(_mapped("places.index")), _exonyms())


def _mapped(name: str) -> mmap.mmap:
    with (DATA / name).open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _exonyms() -> dict[int, Exonym]:
    lines = (DATA / "exonyms.tsv").read_text("utf-8").splitlines()
    cells = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {
        int(geonameid): Exonym(_list(slovak), _list(slovenian))
        for geonameid, _country, _name, slovak, slovenian in cells
    }


def _list(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(","))
