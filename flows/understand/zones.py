"""The time zones of a country, as far as clocks there differ today."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from importlib.resources import files
from itertools import islice
from zoneinfo import ZoneInfo

from flows.understand.gazetteer import gazetteer

# Two zones whose clocks agree all through this year are one to the people who live there.
REFERENCE_YEAR = 2026
_ENOUGH_PLACES = 1000  # to tell where most people of a country live
# GeoNames puts Kosovo here; zone.tab, which follows ISO 3166-1, leaves it out.
_NOT_LISTED = {"XK": ("Europe/Belgrade",)}


@cache
def zones_of(country: str) -> tuple[str, ...]:
    """IANA time zones of a country (ISO 3166-1 alpha-2), most populous first, one for each way
    that clocks run there: one for Germany, seven or so for the United States. () when there is
    no such country."""
    listed = _listed().get(country, ())
    if len(listed) <= 1:
        return listed
    people = Counter[str]()
    for place in islice(gazetteer().in_country(country), _ENOUGH_PLACES):
        people[place.timezone or ""] += place.population
    ordered = sorted(listed, key=lambda zone: (-people[zone], listed.index(zone)))
    different: dict[tuple[object, ...], str] = {}
    for zone in ordered:
        different.setdefault(_clock(zone), zone)
    return tuple(different.values())


@cache
def same_clock(zone: str, country: str) -> str | None:
    """The one of ``zones_of(country)`` whose clocks show the time of ``zone``: New York's for
    Detroit's; None when there is none."""
    if zone not in zone_names():
        return None
    here = _clock(zone)
    return next((one for one in zones_of(country) if _clock(one) == here), None)


@cache
def zone_names() -> frozenset[str]:
    """Every zone that some country has."""
    return frozenset(zone for zones in _listed().values() for zone in zones)


@cache
def country_of(zone: str) -> str | None:
    """The country whose clocks these are (zone.tab names one for each zone)."""
    return next((country for country, zones in _listed().items() if zone in zones), None)


@cache
def _listed() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = dict(_NOT_LISTED)
    for country, zone in _lines():
        found[country] = (*found.get(country, ()), zone)
    return found


def _lines() -> Iterator[tuple[str, str]]:
    table = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text("utf-8")
    for line in table.splitlines():
        if line and not line.startswith("#"):
            country, _, zone = line.split("\t")[:3]
            yield country, zone


def _clock(zone: str) -> tuple[object, ...]:
    there = ZoneInfo(zone)
    return tuple(
        datetime(REFERENCE_YEAR, month, day, tzinfo=there).utcoffset()
        for month in range(1, 13)
        for day in (1, 8, 15, 22)
    )
