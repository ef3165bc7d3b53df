"""The places of the world, from GeoNames: read once, found by any of their names."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from flows.understand.fuzzy import MOST_SLIPS, nearest
from flows.understand.phrases import dictionary_forms, without_lead_in
from flows.understand.text import fold, squeeze

LONGEST_NAME = 4  # words that may be declined
_DATA = files("flows.understand.data")
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

    def __init__(self, lines: Sequence[str], exonyms: dict[int, Exonym]) -> None:
        self.lines = lines
        self.exonyms = exonyms
        # Tuples of numbers, unlike lists, are passed by when garbage is collected.
        self._rows: dict[str, tuple[int, ...]] = {}
        self._by_country: dict[str, list[int]] = {}
        self._by_id: dict[int, int] = {}
        for row, line in enumerate(lines):
            geonameid, country, rest = line.split("\t", 2)
            self._by_country.setdefault(country, []).append(row)
            self._by_id[int(geonameid)] = row
            for key in rest.rpartition("\t")[2].split(" "):
                self._rows[key] = (*self._rows.get(key, ()), row)
        self._add_exonyms()

    def _add_exonyms(self) -> None:
        self._exonym_keys: dict[int, set[str]] = {}
        for geonameid, exonym in self.exonyms.items():
            row = self._by_id[geonameid]
            for name in (*exonym.slovak, *exonym.slovenian):
                key = squeeze(name)
                self._exonym_keys.setdefault(row, set()).add(key)
                rows = self._rows.get(key, ())
                if row not in rows:
                    self._rows[key] = (*rows, row)

    def place(self, row: int) -> Place:
        geonameid, country, region, timezone, population, name, _ = self.lines[row].split("\t")
        return Place(name, country, region, timezone, int(geonameid), int(population))

    def by_id(self, geonameid: int) -> Place | None:
        row = self._by_id.get(geonameid)
        return None if row is None else self.place(row)

    def in_country(self, country: str) -> Iterator[Place]:
        """Its places, most populous first."""
        return (self.place(row) for row in self._by_country.get(country, ()))

    def named(self, words: Sequence[str], country: str | None) -> list[Place]:
        """The places that folded ``words`` can mean, the likeliest first; in ``country`` only,
        unless it is None. Case endings are taken off when the name as it stands is unknown."""
        if len(words) > LONGEST_NAME:
            return self._ranked(["".join(words)], country)
        if found := self._ranked(["".join(words)], country):
            return found
        return self._ranked(["".join(form) for form in dictionary_forms(words)], country)

    def _ranked(self, keys: Iterable[str], country: str | None) -> list[Place]:
        weights: dict[int, float] = {}
        for key in keys:
            for row in self._rows.get(key, ()):
                weights[row] = max(self._weight(row, key), weights.get(row, 0))
        rows = sorted(weights, key=lambda row: (-weights[row], row))
        return [place for row in rows if country in (None, (place := self.place(row)).country)]

    def _weight(self, row: int, key: str) -> float:
        place = self.place(row)
        own = squeeze(place.name) == key or key in self._exonym_keys.get(row, ())
        return place.population * (1 if own else _OTHER_NAME)

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
            rows = (row for of in self._by_country.values() for row in of)
            chosen = [row for row in rows if self.place(row).population >= _LARGE]
            return self._index(chosen, own_only=True)
        return self._index(self._by_country.get(country, []), own_only=False)

    def _index(self, rows: Sequence[int], *, own_only: bool) -> Spellings:
        found: dict[str, list[int]] = {}
        for row in rows:
            keys = self.lines[row].rpartition("\t")[2].split(" ")
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
    """All places, read from the package on first use."""
    packed = _DATA.joinpath("places.tsv.gz").read_bytes()
    lines = gzip.decompress(packed).decode().rstrip("\n").split("\n")
    return Gazetteer(lines, _exonyms())


def _exonyms() -> dict[int, Exonym]:
    lines = _DATA.joinpath("exonyms.tsv").read_text("utf-8").splitlines()
    cells = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {
        int(geonameid): Exonym(_list(slovak), _list(slovenian))
        for geonameid, _country, _name, slovak, slovenian in cells
    }


def _list(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(","))
