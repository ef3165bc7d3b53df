"""Town and country in one answer."""

from __future__ import annotations

import pytest

from flows.understand.places import LONGEST_CITY, Place, where
from flows.understand.reading import NotUnderstood, Reading, Understood, Unsure

HOME = ("SK", "SI")

# typed | name in GeoNames | its country; in any of the readers' languages
SAID = """
Berlin, Germany | Berlin | DE
Vienna Austria | Vienna | AT
v Berlíne v Nemecku | Berlin | DE
v Nemecku, v Berlíne | Berlin | DE
Germany, Berlin | Berlin | DE
Nemecko Berlín | Berlin | DE
na Dunaju v Avstriji | Vienna | AT
I live in Zurich, Switzerland | Zürich | CH
žijem v Zürichu vo Švajčiarsku | Zürich | CH
živim v Ljubljani | Ljubljana | SI
London | London | GB
London since 2019 | London | GB
London SW1A 1AA | London | GB
Londýn vo Veľkej Británii | London | GB
Cambridge, UK | Cambridge | GB
London, Ontario | London | CA
Boston MA 02115 | Boston | US
Boston, MA | Boston | US
Portland OR | Portland | US
Paris, Texas | Paris | US
Paris | Paris | FR
New York, USA | New York City | US
San Francisco, CA | San Francisco | US
Toronto, Canada | Toronto | CA
Dublin 4, Ireland | Dublin | IE
10115 Berlin | Berlin | DE
Berlin 10115 | Berlin | DE
berlin, de | Berlin | DE
Berlin/DE | Berlin | DE
Berlin 🇩🇪 | Berlin | DE
Wien (AT) | Vienna | AT
1070 Wien | Vienna | AT
1012 AB Amsterdam | Amsterdam | NL
SK-040 01 Košice | Košice | SK
4000 Kranj | Kranj | SI
Praha 6 - Dejvice | Prague | CZ
Praha, ČR | Prague | CZ
Budapest XIII | Budapest | HU
Košice - Staré Mesto | Košice | SK
Bratislava-Petržalka | Bratislava | SK
Ljubljana Šiška | Ljubljana | SI
Hackney, London | London | GB
Kreuzberg, Berlin | Berlin | DE
Stuttgart, BW | Stuttgart | DE
Graz, Styria | Graz | AT
Den Haag | The Hague | NL
v Rijade v Saudskej Arábii | Riyadh | SA
v Savdski Arabiji v Rijadu | Riyadh | SA
Dubaj | Dubai | AE
v Dubaji, SAE | Dubai | AE
Singapore | Singapore | SG
Luxembourg | Luxembourg | LU
Vatican | Vatican City | VA
Hong Kong | Hong Kong | HK
Mexico City | Mexico City | MX
Manchester | Manchester | GB
Porto | Porto | PT
Luxembourg City | Luxembourg | LU
Washington DC | Washington | US
LA | Los Angeles | US
Hackney, London, UK | London | GB
Main St 12, Boston, MA 02115, USA | Boston | US
Kranj | Kranj | SI
Celje, Slovenija | Celje | SI
"""


def rows() -> list[tuple[str, ...]]:
    return [tuple(c.strip() for c in line.split("|")) for line in SAID.splitlines() if line]


@pytest.mark.parametrize(("text", "name", "country"), rows())
@pytest.mark.parametrize("language", ["en", "sk", "sl"])
def test_where_finds_town_and_country(language: str, text: str, name: str, country: str) -> None:
    reading = where(text, language, HOME)
    assert isinstance(reading, Understood), reading
    assert (reading.value.name, reading.value.country) == (name, country)


def names(reading: Reading[Place]) -> list[tuple[str, str | None, bool]]:
    """Of each candidate name, country and whether it is known."""
    assert isinstance(reading, Unsure), reading
    return [(one.name, one.country, one.geonameid is not None) for one in reading.candidates]


def test_where_several_places_share_the_name_is_asked() -> None:
    assert {place[:2] for place in names(where("Springfield", "en"))} == {("Springfield", "US")}
    assert [place[1] for place in names(where("Cambridge", "en"))] == ["GB", "CA", "US"]
    assert [place[0] for place in names(where("Vienna and Bratislava", "en"))] == [
        "Vienna",
        "Bratislava",
    ]


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("Xyzdorf, Austria", [("Xyzdorf", "AT", False)]),
        ("v Xyzdorfe v Nemecku", [("Xyzdorfe", "DE", False)]),
        ("xyzland", [("xyzland", None, False)]),
        ("Lonodn, UK", [("London", "GB", True), ("Lonodn", "GB", False)]),
        ("Bratslava", [("Bratislava", "SK", True), ("Bratslava", None, False)]),
        ("Hong Kong, China", [("Hong Kong", "HK", True), ("Hong Kong", "CN", False)]),
        ("near Graz", [("Graz", "AT", True), ("near Graz", None, False)]),
        ("v okolí Londýna", [("London", "GB", True), ("okolí Londýna", None, False)]),
    ],
)
def test_where_nobody_knows_is_asked_once(
    text: str, candidates: list[tuple[str, str | None, bool]]
) -> None:
    assert names(where(text, "sk", HOME)) == candidates


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Germany", NotUnderstood("city.is_country", {"country": "DE"})),
        ("v Nemecku", NotUnderstood("city.is_country", {"country": "DE"})),
        ("Mexico", NotUnderstood("city.is_country", {"country": "MX"})),
        ("Kuvajt", NotUnderstood("city.is_country", {"country": "KW"})),
        ("somewhere in Germany", NotUnderstood("city.is_country", {"country": "DE"})),
        ("v malej dedine v Rakúsku", NotUnderstood("city.is_country", {"country": "AT"})),
        ("Bavaria, Germany", NotUnderstood("city.is_country", {"country": "DE"})),
        ("California", NotUnderstood("city.is_country", {"country": "US"})),
        ("at home", NotUnderstood("city.unknown")),
        ("v zahraničí", NotUnderstood("city.unknown")),
        ("why do you ask?", NotUnderstood("city.unknown")),
        ("12345", NotUnderstood("city.unknown")),
        ("", NotUnderstood("text.empty")),
        ("x" * 81, NotUnderstood("text.too_long", {"maximum": LONGEST_CITY, "length": 81})),
    ],
)
def test_where_that_is_no_town_is_refused(text: str, problem: NotUnderstood) -> None:
    assert where(text, "sl", HOME) == problem
