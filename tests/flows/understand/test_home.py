"""Home regions as people name them: by the region, a town in it, or neither."""

from __future__ import annotations

import pytest

from flows.understand.home import Area, region
from flows.understand.reading import NotUnderstood, Understood, Unsure

NAMES = {
    "kosice": {"en": "Košice region", "sk": "Košický kraj", "sl": "Regija Košice"},
    "gorenjska": {"en": "Gorenjska", "sk": "Gorenjska", "sl": "Gorenjska"},
    "other": {"en": "Another region", "sk": "Iný región", "sl": "Druga regija"},
}
COUNTRIES = {"kosice": "SK", "gorenjska": "SI"}
AREAS = [Area(key, tuple(names.values()), COUNTRIES.get(key)) for key, names in NAMES.items()]

SAID = """
en | I am from Kosice originally | kosice
en | the Kosice area | kosice
en | Kranj | gorenjska
en | from Skofja Loka | gorenjska
en | I was born in Kranj | gorenjska
en | 2 | gorenjska
en | another | other
en | somewhere else | other
sk | z Košíc | kosice
sk | od Košíc | kosice
sk | Košice - Šaca | kosice
sk | z Košického kraja | kosice
sk | košický | kosice
sk | Michalovce | kosice
sk | z Michaloviec | kosice
sk | zo Spišskej Novej Vsi | kosice
sk | pochádzam z Rožňavy | kosice
sk | z Trebišova | kosice
sk | inde | other
sk | iný | other
sl | iz Kranja | gorenjska
sl | sem iz Kranja | gorenjska
sl | rojen v Kranju | gorenjska
sl | prihajam z Jesenic | gorenjska
sl | z Bleda | gorenjska
sl | iz Tržiča | gorenjska
sl | na Gorenjskem | gorenjska
sl | z Gorenjske | gorenjska
sl | iz Železnikov | gorenjska
sl | drugje | other
"""


def read(text: str, language: str) -> object:
    return region(text, [(key, NAMES[key][language]) for key in NAMES], AREAS, language)


@pytest.mark.parametrize("row", [line for line in SAID.splitlines() if line])
def test_region_follows_from_its_name_or_a_town(row: str) -> None:
    language, text, key = (cell.strip() for cell in row.split("|"))
    assert read(text, language) == Understood(key)


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("Bratislava", ("other",)),
        ("z Prešova", ("other",)),
        ("Ljubljana", ("other",)),
        ("Slovakia", ("kosice", "other")),
        ("na Slovensku", ("kosice", "other")),
        ("Slovenija", ("gorenjska", "other")),
        ("near Kranj", ("gorenjska",)),
        ("Kranjj", ("gorenjska",)),
    ],
)
def test_region_that_may_be_meant_is_asked(text: str, candidates: tuple[str, ...]) -> None:
    assert read(text, "en") == Unsure(candidates)


def test_region_of_nothing_is_not_understood() -> None:
    assert read("asdf", "en") == NotUnderstood("choice.unknown")
    assert read(" ", "en") == NotUnderstood("text.empty")
