"""Where somebody lives: country, city, time zone. Each depends on the one before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from blueprints.schema import Region
from flows.choices import Choice
from flows.errors import Invalid
from flows.questions import Item, Question, Reader
from flows.script import Json, Label, Many, Name, Plain, Template
from flows.understand import choice, countries, home, places
from flows.understand.reading import NotUnderstood, Reading, Understood, Unsure
from flows.understand.zones import same_clock, zones_of


@dataclass(frozen=True, slots=True)
class Town:
    """A place as stored: its name as written, GeoNames id and time zone where known."""

    name: str
    country: str
    geonameid: int | None
    timezone: str | None


@dataclass(frozen=True, kw_only=True, eq=False)
class Country(Question[str]):
    """ISO 3166-1 alpha-2. ``common`` can be pressed."""

    common: tuple[str, ...] = ()

    def load(self, stored: Json) -> str:
        if not (isinstance(stored, str) and len(stored) == 2 and stored.isupper()):
            raise Invalid("not a country code")
        return stored

    def read(self, typed: str, reader: Reader) -> Reading[Json]:
        return countries.country(typed, reader.language)

    def describe(self, stored: Json) -> Label:
        return Name("country", str(stored))

    def items(self) -> tuple[Item, ...]:
        return tuple(Item(code, Name("country", code)) for code in self.common)


@dataclass(frozen=True, kw_only=True, eq=False)
class HomeRegion(Choice):
    """One of the blueprint's regions; typed, a town in it will do."""

    areas: tuple[home.Area, ...]

    def read(self, typed: str, reader: Reader) -> Reading[Json]:
        pairs = [(item.key, reader.say(item.label)) for item in self.options]
        return home.region(typed, pairs, self.areas, reader.language)


def areas_of(regions: Iterable[Region]) -> tuple[home.Area, ...]:
    """The blueprint's regions, to be found by their names and towns."""
    return tuple(
        home.Area(
            each.key, tuple(each.name.root.values()), each.country, getattr(each, "towns", ())
        )
        for each in regions
    )


def _stored(place: places.Place) -> Json:
    return {
        "name": place.name,
        "country": place.country,
        "geonameid": place.geonameid,
        "timezone": place.timezone,
    }


def unknown_town(guesses: Sequence[Json]) -> Label | None:
    """The words for a town nobody knows, which stands last of ``guesses``: keep it, or is it one of
    the others? None where all are known."""
    own = guesses[-1]
    if own["geonameid"] is not None:
        return None
    key = "unknown_town" if len(guesses) == 1 else "unknown_town_near"
    return Template(f"common.{key}", {"town": own["name"]})


@dataclass(frozen=True, kw_only=True, eq=False)
class City(Question[Town]):
    """A town in ``country``; one nobody knows is asked once, and then kept as typed, without a time
    zone."""

    country: str

    def load(self, stored: Json) -> Town:
        if not isinstance(stored, dict) or stored.get("country") != self.country:
            raise Invalid("a town of another country")
        try:
            return Town(**stored)
        except TypeError as problem:
            raise Invalid("not a town") from problem

    def read(self, typed: str, reader: Reader) -> Reading[Json]:
        return _read(places.city(typed, self.country, reader.language))

    def describe(self, stored: Json) -> Label:
        return _town_label(stored)

    def asks_back(self, guesses: Sequence[Json]) -> Label | None:
        return unknown_town(guesses)


@dataclass(frozen=True, kw_only=True, eq=False)
class Residence(Question[Town]):
    """Town and country in one answer: "Berlin", "Vienna, Austria". Of places with one name those in
    the countries ``near`` count for more. A town nobody knows is asked once, and then kept as
    typed, in no country where none was named."""

    near: tuple[str, ...] = ()

    def load(self, stored: Json) -> Town:
        if not isinstance(stored, dict) or not stored.get("name"):
            raise Invalid("not a place")
        try:
            return Town(**stored)
        except TypeError as problem:
            raise Invalid("not a place") from problem

    def read(self, typed: str, reader: Reader) -> Reading[Json]:
        return _read(places.where(typed, reader.language, self.near))

    def describe(self, stored: Json) -> Label:
        town = _town_label(stored)
        if stored.get("country") is None:
            return town
        return Many((town, Name("country", str(stored["country"]))))

    def asks_back(self, guesses: Sequence[Json]) -> Label | None:
        return unknown_town(guesses)


def _read(reading: Reading[places.Place]) -> Reading[Json]:
    if isinstance(reading, Understood):
        return Understood(_stored(reading.value))
    if isinstance(reading, Unsure):
        return Unsure(tuple(_stored(place) for place in reading.candidates))
    return reading


def _town_label(stored: Json) -> Label:
    number = stored.get("geonameid")
    if number is None:
        return Plain(str(stored["name"]))
    return Name("city", str(number), fallback=str(stored["name"]))


@dataclass(frozen=True, kw_only=True, eq=False)
class Timezone(Question[str]):
    """An IANA zone of ``country``, asked where the town does not tell."""

    country: str

    def load(self, stored: Json) -> str:
        try:
            ZoneInfo(stored)
        except (ZoneInfoNotFoundError, ValueError, TypeError) as problem:
            raise Invalid("not a time zone") from problem
        if stored not in zones_of(self.country):
            raise Invalid("a time zone of another country")
        return str(stored)

    def read(self, typed: str, reader: Reader) -> Reading[Json]:
        pairs = [(item.key, reader.say(item.label)) for item in self.items()]
        reading = choice.option(typed, pairs)
        if not isinstance(reading, NotUnderstood):
            return reading
        town = places.city(typed, self.country, reader.language)
        zone = town.value.timezone if isinstance(town, Understood) else None
        here = same_clock(zone, self.country) if zone else None
        if here is not None:
            return Understood(here)
        return NotUnderstood("timezone.unknown")

    def describe(self, stored: Json) -> Label:
        return Name("timezone", str(stored))

    def items(self) -> tuple[Item, ...]:
        return tuple(Item(zone, Name("timezone", zone)) for zone in zones_of(self.country))
