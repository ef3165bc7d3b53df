"""The places of the world, from GeoNames, found by any of their names.

Nothing is read in advance: places.tsv is mapped into memory, and places.index says where in it a
place stands.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from pathlib import Path

from flows.understand.fuzzy import MOST_SLIPS, nearest
from flows.understand.index import Index
from flows.understand.phrases import dictionary_forms, without_lead_in
from flows.understand.text import fold, squeeze

LONGEST_NAME = 4  # words that may be declined
DATA = Path(__file__).with_name("data")
# A place found by another name than its own counts for less: those lists hold many oddities.
_OTHER_NAME = 0.1
_LARGE = 100_000
_LEAST_FOR_A_COUNTRY = 15_000
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


@dataclass(frozen=True, slots=True)
class Spellings:
    """Keys -> rows, and the keys by their length."""

    rows: dict[str, list[int]]
    by_length: dict[int, list[str]]

    def near(self, typed: str) -> Iterator[tuple[int, int]]:
        """Rows with a key that differs from ``typed`` by a slip, each with its distance."""
        for length in range(len(typed) - MOST_SLIPS, len(typed) + MOST_SLIPS + 1):
            for key, distance in nearest(typed, self.by_length.get(length, ())):
                for row in self.rows[key]:
                    yield row, distance


class Gazetteer:
    """Rows are most populous first, so a smaller row number is a larger place."""

    def __init__(self, lines: bytes | mmap.mmap, index: Index, exonyms: dict[int, Exonym]) -> None:
        self.exonyms = exonyms
        self._lines = lines
        self._index = index
        self._exonym_keys: dict[int, set[str]] = {}
        self._exonym_rows: dict[str, tuple[int, ...]] = {}
        for geonameid, exonym in exonyms.items():
            self._add(index.identified(geonameid), (*exonym.slovak, *exonym.slovenian))

    def _add(self, row: int | None, names: Iterable[str]) -> None:
        if row is None:
            return
        for key in map(squeeze, names):
            self._exonym_keys.setdefault(row, set()).add(key)
            rows = self._rows(key)
            if row not in rows:
                self._exonym_rows[key] = (*self._exonym_rows.get(key, ()), row)

    def _rows(self, key: str) -> tuple[int, ...]:
        return self._index.named(key) + self._exonym_rows.get(key, ())

    def _cells(self, row: int) -> list[str]:
        return self._lines[self._index.line(row)].decode().rstrip("\n").split("\t")

    def place(self, row: int) -> Place:
        geonameid, country, region, timezone, population, name, _ = self._cells(row)
        return Place(name, country, region, timezone, int(geonameid), int(population))

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
        self, words: Sequence[str], country: str | None, *, declined: bool = True
    ) -> list[Place]:
        """The places that folded ``words`` can mean, the likeliest first; in ``country`` only,
        unless it is None. Case endings are taken off when the name as it stands is unknown, if it
        may be ``declined``."""
        if len(words) > LONGEST_NAME or not declined:
            return self._ranked(["".join(words)], country)
        if found := self._ranked(["".join(words)], country):
            return found
        return self._ranked(["".join(form) for form in dictionary_forms(words)], country)

    def _ranked(self, keys: Iterable[str], country: str | None) -> list[Place]:
        weights: dict[int, float] = {}
        for key in keys:
            for row in self._rows(key):
                weights[row] = max(self._weight(row, key), weights.get(row, 0))
        rows = sorted(weights, key=lambda row: (-weights[row], row))
        return [place for row in rows if country in (None, (place := self.place(row)).country)]

    def _weight(self, row: int, key: str) -> float:
        place = self.place(row)
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

    @cache  # noqa: B019 - there is one gazetteer, and it stays
    def spellings(self, country: str | None) -> Spellings:
        """Keys to look for slips in: of a country, or (None) of the large cities."""
        if country is None:
            every = range(len(self._index))
            large = takewhile(lambda row: self.place(row).population >= _LARGE, every)
            return self._spelt(large, own_only=True)
        return self._spelt(self._index.in_country(country), own_only=False)

    def _spelt(self, rows: Iterable[int], *, own_only: bool) -> Spellings:
        found: dict[str, list[int]] = {}
        for row in rows:
            keys = self._cells(row)[-1].split(" ")
            for key in {*(keys[:1] if own_only else keys), *self._exonym_keys.get(row, ())}:
                found.setdefault(key, []).append(row)
        by_length: dict[int, list[str]] = {}
        for key in found:
            by_length.setdefault(len(key), []).append(key)
        return Spellings(found, by_length)


def close(places: Sequence[Place]) -> list[Place]:
    """The first of ``places`` and those that are not much smaller."""
    return [place for place in places if place.population * _CLOSE >= places[0].population]


@cache
def gazetteer() -> Gazetteer:
    """All places."""
    with (DATA / "places.tsv").open("rb") as file:
        lines = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return Gazetteer(lines, Index((DATA / "places.index").read_bytes()), _exonyms())


def _exonyms() -> dict[int, Exonym]:
    lines = (DATA / "exonyms.tsv").read_text("utf-8").splitlines()
    cells = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {
        int(geonameid): Exonym(_list(slovak), _list(slovenian))
        for geonameid, _country, _name, slovak, slovenian in cells
    }


def _list(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(","))
