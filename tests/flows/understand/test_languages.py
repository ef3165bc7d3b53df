from __future__ import annotations

import pytest
from babel import Locale

from flows.understand.languages import codes, language_name, spoken
from flows.understand.reading import NotUnderstood, Understood, Unsure
from messages import cldr

SPOKEN = """
en | English and German | en de
en | English, German & French | en fr de
en | EN, DE | en de
en | en de sk | en de sk
en | Slovak | sk
en | Slovenian, Slovene | sl
en | fluent Slovak, some Czech | sk cs
en | I can speak Spanish and a bit of Portuguese | es pt
en | Deutsch | de
en | Dutch, Flemish | nl
en | Norwegian; Swedish; Danish | no sv da
en | Mandarin Chinese | zh
en | Serbo-Croatian | hr sr
en | Hungarian (native), English | hu en
sk | slovensky, anglicky a trochu nemecky | sk en de
sk | slovensky | sk
sk | slovenčina | sk
sk | slovencina, anglictina | sk en
sk | slovinsky | sl
sk | slovinčina | sl
sk | po anglicky | en
sk | v angličtine a nemčine | en de
sk | angličtina, nemčina, francúzština | en de fr
sk | česky, poľsky, maďarsky | cs pl hu
sk | čeština, poľština, maďarčina | cs pl hu
sk | taliansky a španielsky | it es
sk | taliančina, španielčina, portugalčina | it es pt
sk | rusky, ukrajinsky | ru uk
sk | ruština, ukrajinčina, srbčina | ru uk sr
sk | švédsky, nórsky, dánsky, fínsky | sv no da fi
sk | švédčina, nórčina, dánčina, fínčina | sv no da fi
sk | holandčina, gréčtina, turečtina | nl el tr
sk | čínština, japončina, kórejčina | zh ja ko
sk | chorvátsky | hr
sk | SK, EN, CZ | sk en cs
sl | angleščina in nemščina | en de
sl | anglescina in nemscina | en de
sl | slovensko in angleško | sl en
sl | slovenščina | sl
sl | slovenscina | sl
sl | slovenski | sl
sl | v slovenščini in angleščini | sl en
sl | slovaško | sk
sl | slovaščina | sk
sl | češko, poljsko, madžarsko | cs pl hu
sl | češčina, poljščina, madžarščina | cs pl hu
sl | hrvaško, srbsko in italijansko | hr sr it
sl | hrvaščina, srbščina, italijanščina | hr sr it
sl | srbohrvaščina | hr sr
sl | francosko ter špansko | fr es
sl | francoščina, španščina, portugalščina | fr es pt
sl | rusko, ukrajinsko | ru uk
sl | ruščina, ukrajinščina | ru uk
sl | švedščina, norveščina, danščina, finščina | sv no da fi
sl | nizozemščina, grščina, turščina | nl el tr
sl | kitajščina, japonščina, korejščina | zh ja ko
sl | makedonščina, bosanščina, albanščina | mk bs sq
sl | SI, EN | sl en
sk | rusínsky | rue
sk | po rusínsky a slovensky | rue sk
sk | slovensky, rómsky, anglicky | sk rom en
sk | rómčina, maďarčina | rom hu
sk | AJ, NJ | en de
sk | AJ B2, NJ A1 | en de
sk | aj, rj, fj | en ru fr
sk | angličtina, NJ | en de
sk | SJ, AJ, MJ | sk en hu
sk | bulharsky | bg
sk | bulharčina | bg
sk | slovenčina (materinský jazyk), angličtina C1 | sk en
sk | kašubsky, sliezsky, friulsky | csb szl fur
sk | posunkový jazyk | sgn
sk | albánsky, kurdsky a svahilsky | sq ku sw
sk | lužická srbčina | hsb
en | Ruthenian | rue
en | Rusyn, Ukrainian | rue uk
en | Romani and Slovak | rom sk
en | Slovak (native), English (C1), German (A2) | sk en de
en | American Sign Language | sgn
en | Upper Sorbian, Welsh | hsb cy
en | Swahili, Tamil and Tagalog | sw ta tl
en | eng, ger, fra | en de fr
en | British English | en
sl | slo, ang, nem | sl en de
sl | slov., angl., nem. | sl en de
sl | slo, hrv, ang, ita | sl hr en it
sl | rusinsko, romsko | rue rom
sl | romščina | rom
sl | furlansko in italijansko | fur it
sl | bolgarsko, kitajsko | bg zh
sl | znakovni jezik | sgn
sl | srbsko, črnogorsko | sr cnr
sl | madžarsko, nemško | hu de
"""


def rows() -> list[tuple[str, ...]]:
    return [tuple(c.strip() for c in line.split("|")) for line in SPOKEN.splitlines() if line]


@pytest.mark.parametrize(("language", "text", "expected"), rows())
def test_spoken_is_understood(language: str, text: str, expected: str) -> None:
    reading = spoken(text, language)
    assert isinstance(reading, Understood)
    assert sorted(reading.value) == sorted(expected.split())


def test_spoken_keeps_the_order_said_and_says_each_once() -> None:
    assert spoken("German, English, Slovak, german", "en") == Understood(("de", "en", "sk"))


@pytest.mark.parametrize("reader", ["en", "sk", "sl"])
def test_spoken_reads_every_cldr_name(reader: str) -> None:
    names = Locale.parse(reader).languages
    assert len(codes()) >= 45
    wrong = {
        (code, names[code])
        for code in codes()
        if code in names and spoken(names[code], reader) != Understood((code,))
    }
    assert wrong == set()


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("Egnlish", (("en",),)),
        ("Frnech", (("fr",),)),
        ("English but not German", (("en",), ("en", "de"))),
        ("not German", (("de",),)),
    ],
)
def test_spoken_in_doubt_is_asked_back(text: str, candidates: tuple[tuple[str, ...], ...]) -> None:
    assert spoken(text, "en") == Unsure(candidates)


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("", NotUnderstood("text.empty")),
        ("…", NotUnderstood("text.empty")),
        ("asdf", NotUnderstood("language.unknown")),
        ("no", NotUnderstood("language.unknown")),
        ("it is what it is", NotUnderstood("language.unknown")),
        ("x" * 501, NotUnderstood("text.too_long", {"maximum": 500, "length": 501})),
    ],
)
def test_spoken_unknown_is_said(text: str, reading: NotUnderstood) -> None:
    assert spoken(text, "en") == reading


@pytest.mark.parametrize(
    ("text", "known", "part"),
    [
        ("Slovak, English, Klingon", ("sk", "en"), "Klingon"),
        ("slovensky, elfsky, anglicky", ("sk", "en"), "elfsky"),
        ("slovensky elfsky anglicky", ("sk", "en"), "elfsky"),
        ("slovenčina a dothračtina", ("sk",), "dothračtina"),
        ("English and xyz", ("en",), "xyz"),
    ],
)
def test_spoken_in_part_unknown_is_said(text: str, known: tuple[str, ...], part: str) -> None:
    values = {"known": known, "part": part}
    assert spoken(text, "sk") == NotUnderstood("language.part_unknown", values)


def test_every_language_has_a_name_to_every_reader() -> None:
    readers = ("en", "sk", "sl")
    nameless = [code for code in codes() for r in readers if cldr.language_name(code, r) == code]
    assert nameless == []


def test_language_name_is_in_the_readers_language() -> None:
    assert [language_name("de", reader) for reader in ("en", "sk", "sl")] == [
        "German",
        "nemčina",
        "nemščina",
    ]
