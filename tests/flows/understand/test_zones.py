from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from flows.understand.countries import codes
from flows.understand.zones import same_clock, zones_of


@pytest.mark.parametrize(
    ("country", "zones"),
    [
        ("DE", ("Europe/Berlin",)),
        ("SK", ("Europe/Bratislava",)),
        ("SI", ("Europe/Ljubljana",)),
        ("XK", ("Europe/Belgrade",)),
        ("ES", ("Europe/Madrid", "Atlantic/Canary")),
        ("PT", ("Europe/Lisbon", "Atlantic/Azores")),
        ("ZZ", ()),
    ],
)
def test_zones_are_those_that_differ(country: str, zones: tuple[str, ...]) -> None:
    assert zones_of(country) == zones


def test_zones_of_the_united_states_begin_with_the_most_populous() -> None:
    zones = zones_of("US")
    assert zones[:5] == (
        "America/New_York",
        "America/Chicago",
        "America/Los_Angeles",
        "America/Denver",
        "America/Phoenix",
    )
    assert set(zones[5:]) == {"America/Anchorage", "Pacific/Honolulu", "America/Adak"}


def test_same_clock_finds_the_zone_that_is_offered() -> None:
    assert same_clock("America/Detroit", "US") == "America/New_York"
    assert same_clock("Europe/Berlin", "DE") == "Europe/Berlin"
    assert same_clock("Asia/Tokyo", "DE") is None
    assert same_clock("Nowhere/Land", "DE") is None


def test_zones_exist_for_every_inhabited_country() -> None:
    uninhabited = {"BV", "HM"}
    for country in codes() - uninhabited:
        assert zones_of(country), country
        assert all(ZoneInfo(zone) for zone in zones_of(country))
