"""Countries as people type them: a table for each language, and every name that CLDR has."""

from __future__ import annotations

import pytest
from babel import Locale

from flows.understand.countries import codes, country, country_name
from flows.understand.reading import NotUnderstood, Understood, Unsure

ENGLISH = """
Germany DE | germany DE | GERMANY DE | in Germany DE | I live in Germany DE | Germany! DE
i'm living in germany DE | Deutschland DE | DE DE | deu DE | Berlin, Germany DE | FRG DE
Munich, Germany DE | from Germany DE | currently in Austria AT | Austria AT | Österreich AT
Oesterreich AT | Switzerland CH | Schweiz CH | Swiss CH | UK GB | uk GB | U.K. GB | Great Britain GB
Britain GB | England GB | Scotland GB | Wales GB | Northern Ireland GB | United Kingdom GB
the United Kingdom GB | the UK GB | in the UK GB | US US | us US | USA US | U.S.A. US | America US
United States US | the United States of America US | in the States US | California US | Texas US
Boston, Massachusetts, USA US | New York, USA US | Holland NL | the Netherlands NL | Netherlands NL
Czech Republic CZ | Czechia CZ | Czech CZ | Slovakia SK | Slovak Republic SK | Slovenia SI
Ireland IE | Hong Kong HK | South Korea KR | North Macedonia MK | Macedonia MK | Ivory Coast CI
Burma MM | Myanmar MM | Turkey TR | Türkiye TR | UAE AE | Emirates AE | Dubai AE | Russia RU
New Zealand NZ | Australia AU | Vietnam VN | South Africa ZA | Vatican VA | Côte d'Ivoire CI
Cote d Ivoire CI | Bosnia BA | Bosnia and Herzegovina BA | bosnia & herzegovina BA | Kosovo XK
Taiwan TW | Macau MO | Palestine PS | Moldova MD | Canary Islands ES | Tenerife ES | Georgia GE
Italia IT | España ES | Magyarország HU | Polska PL | Hrvatska HR | Sverige SE | Norge NO
Danmark DK | Suomi FI | France FR | Brasil BR | Singapore SG | Luxembourg LU | Monaco MC
I moved to Canada CA | We live in Paris, France FR | Iran IR | Iraq IQ | Mali ML | Malta MT
Niger NE | Nigeria NG | Dominica DM | Dominican Republic DO | Switzerlnd CH | Lichtenstein LI
"""
SLOVAK = """
Nemecko DE | nemecko DE | Nemecku DE | v Nemecku DE | Žijem v Nemecku DE | zijem v nemecku DE
bývam v Nemecku DE | z Nemecka DE | do Nemecka DE | momentálne žijem v Nemecku. DE | NEMECKO DE
Spolková republika Nemecko DE | v Bavorsku DE | Rakúsko AT | rakusko AT | v Rakúsku AT
som v Rakúsku AT | Švajčiarsko CH | svajciarsko CH | vo Švajčiarsku CH | Veľká Británia GB
velka britania GB | vo Veľkej Británii GB | Spojené kráľovstvo GB | v Spojenom kráľovstve GB
Anglicko GB | v Anglicku GB | Škótsko GB | v Škótsku GB | v Londýne, Veľká Británia GB
USA US | v USA US | Amerika US | v Amerike US | Spojené štáty US | v Spojených štátoch US
Spojené štáty americké US | Kalifornia US | Holandsko NL | v Holandsku NL | Nizozemsko NL
Česko CZ | cesko CZ | v Česku CZ | v Čechách CZ | Čechy CZ | Česká republika CZ | ČR CZ
v Českej republike CZ | na Morave CZ | Slovensko SK | na Slovensku SK | slovensko SK
zo Slovenska SK | Slovákia SK
Slovenská republika SK | žijem na Slovensku SK | Slovinsko SI | v Slovinsku SI | slovinsko SI
Maďarsko HU | v Maďarsku HU | Poľsko PL | v Poľsku PL | Taliansko IT | v Taliansku IT
Francúzsko FR | vo Francúzsku FR | Španielsko ES | v Španielsku ES | Portugalsko PT | Grécko GR
Švédsko SE | vo Švédsku SE | Nórsko NO | Dánsko DK | v Dánsku DK | Fínsko FI | Island IS
na Islande IS | Írsko IE | v Írsku IE | Severné Írsko GB | Belgicko BE | v Belgicku BE
Luxembursko LU | Chorvátsko HR | v Chorvátsku HR | Srbsko RS | Čierna Hora ME | v Čiernej Hore ME
Ukrajina UA | na Ukrajine UA | Rusko RU | Turecko TR | v Turecku TR | Emiráty AE | v Dubaji AE
Spojené arabské emiráty AE | v Spojených arabských emirátoch AE | Južná Kórea KR | v Južnej Kórei KR
Čína CN | v Číne CN | Japonsko JP | v Japonsku JP | Austrália AU | v Austrálii AU
Nový Zéland NZ | na Novom Zélande NZ | Kanada CA | v Kanade CA | Mexiko MX | Brazília BR
v Brazílii BR | Juhoafrická republika ZA | JAR ZA | Kanárske ostrovy ES | Izrael IL | v Izraeli IL
Cyprus CY | na Cypre CY | Malta MT | na Malte MT | Bosna BA | Bosna a Hercegovina BA
Severné Macedónsko MK | Lotyšsko LV | Litva LT | Estónsko EE | Kosovo XK | v Kosove XK
Švajčiasko CH | Deutschland DE | Austria AT | Nemčija DE | DE DE | sk SK | CZ CZ | Vietnam VN
"""
SLOVENIAN = """
Nemčija DE | nemcija DE | Nemčiji DE | v Nemčiji DE | živim v Nemčiji DE | zivim v nemciji DE
iz Nemčije DE | trenutno živim v Nemčiji DE | na Bavarskem DE | Nemčija. DE | NEMČIJA DE
Avstrija AT | avstrija AT | v Avstriji AT | iz Avstrije AT | Švica CH | svica CH | v Švici CH
Velika Britanija GB | v Veliki Britaniji GB | Združeno kraljestvo GB | v Združenem kraljestvu GB
Anglija GB | v Angliji GB | anglija GB | Škotska GB | na Škotskem GB | ZDA US | zda US | v ZDA US
Združene države US | v Združenih državah US | Združene države Amerike US | Amerika US | v Ameriki US
v Združenih državah Amerike US | Nizozemska NL | na Nizozemskem NL | Holandija NL | Češka CZ
na Češkem CZ | Češko CZ | Slovaška SK | na Slovaškem SK | slovaska SK | Slovaška republika SK
Slovenija SI | v Sloveniji SI | Republika Slovenija SI | Gorenjska SI | na Gorenjskem SI
Madžarska HU | na Madžarskem HU | Poljska PL | na Poljskem PL | Italija IT | v Italiji IT
Francija FR | v Franciji FR | Španija ES | v Španiji ES | Portugalska PT | na Portugalskem PT
Grčija GR | v Grčiji GR | Švedska SE | na Švedskem SE | Norveška NO | na Norveškem NO | Danska DK
na Danskem DK | Finska FI | na Finskem FI | Islandija IS | Irska IE | na Irskem IE
Severna Irska GB | Belgija BE | v Belgiji BE | Luksemburg LU | v Luksemburgu LU | Hrvaška HR
na Hrvaškem HR | hrvaska HR | Hrvatska HR | Srbija RS | v Srbiji RS | Črna gora ME | v Črni gori ME
Bosna in Hercegovina BA | v Bosni in Hercegovini BA | Bosna BA | Severna Makedonija MK
Makedonija MK | Ukrajina UA | Rusija RU | v Rusiji RU | Turčija TR | v Turčiji TR | Emirati AE
Združeni arabski emirati AE | v Združenih arabskih emiratih AE | Dubaj AE | v Dubaju AE
Južna Koreja KR | v Južni Koreji KR | Kitajska CN | na Kitajskem CN | Japonska JP | na Japonskem JP
Avstralija AU | v Avstraliji AU | Nova Zelandija NZ | na Novi Zelandiji NZ | Kanada CA | v Kanadi CA
Mehika MX | v Mehiki MX | Brazilija BR | Južna Afrika ZA | Južnoafriška republika ZA | Izrael IL
Ciper CY | na Cipru CY | Malta MT | na Malti MT | Kosovo XK | na Kosovu XK | Latvija LV | Litva LT
Estonija EE | Lihtenštajn LI | Kanarski otoki ES | Germany DE | Österreich AT | AT AT | si SI
Nemćija DE | Nizozemsak NL | Kalifornija US | v Kaliforniji US | Slonokoščena obala CI
"""


def examples(table: str) -> list[tuple[str, str]]:
    cells = (cell.strip() for line in table.splitlines() for cell in line.split("|"))
    return [(text, expected) for text, _, expected in (c.rpartition(" ") for c in cells if c)]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        (language, *example)
        for language, table in (("en", ENGLISH), ("sk", SLOVAK), ("sl", SLOVENIAN))
        for example in examples(table)
    ],
)
def test_country_is_understood(language: str, text: str, expected: str) -> None:
    assert country(text, language) == Understood(expected)


@pytest.mark.parametrize("language", ["en", "sk", "sl"])
def test_country_reads_every_cldr_name(language: str) -> None:
    territories = Locale.parse(language).territories
    names = {code: name for code, name in territories.items() if code in codes()}
    assert len(names) > 240
    wrong = {
        (code, name, variant)
        for code, name in names.items()
        for variant in (name, name.upper(), name.lower())
        if country(variant, language) != Understood(code)
    }
    assert wrong == set()


@pytest.mark.parametrize("reader", ["en", "sk", "sl"])
@pytest.mark.parametrize("named_in", ["en", "sk", "sl"])
def test_country_of_another_language_is_among_the_candidates(reader: str, named_in: str) -> None:
    """A Slovak may write the English or the Slovenian name."""
    for code in sorted(codes() & set(Locale.parse(named_in).territories)):
        name = country_name(code, named_in)
        reading = country(name, reader)
        assert not isinstance(reading, NotUnderstood), name
        meant = (reading.value,) if isinstance(reading, Understood) else reading.candidates
        assert code in meant, (name, meant)


@pytest.mark.parametrize(
    ("text", "language", "candidates"),
    [
        ("Vienna", "en", ("AT",)),
        ("Viedeň", "sk", ("AT",)),
        ("vo Viedni", "sk", ("AT",)),
        ("žijem vo Viedni", "sk", ("AT",)),
        ("Dunaj", "sl", ("AT",)),
        ("na Dunaju", "sl", ("AT",)),
        ("živim na Dunaju", "sl", ("AT",)),
        ("v Trstu", "sl", ("IT",)),
        ("Celovec", "sl", ("AT",)),
        ("Mníchov", "sk", ("DE",)),
        ("v Mníchove", "sk", ("DE",)),
        ("Boston", "en", ("US",)),
        ("London", "en", ("GB",)),
        ("Praha", "sk", ("CZ",)),
        ("v Prahe", "sk", ("CZ",)),
        ("Cambridge", "en", ("GB", "CA", "US")),
        ("Korea", "en", ("KR", "KP")),
        ("Kongo", "sk", ("CD", "CG")),
        ("Georgia", "sk", ("GE", "US")),
        ("Slovensko", "sl", ("SI", "SK")),
        ("Slovania", "en", ("SI", "SK")),
        ("Austia", "en", ("AT",)),
        ("Gemany", "en", ("DE",)),
        ("no", "en", ("NO",)),
        ("at", "en", ("AT",)),
        ("not in Germany", "en", ("DE",)),
        ("Germany or France", "en", ("DE", "FR")),
        ("Československo", "sk", ("CZ", "SK")),
    ],
)
def test_country_is_asked_back(text: str, language: str, candidates: tuple[str, ...]) -> None:
    assert country(text, language) == Unsure(candidates)


@pytest.mark.parametrize(
    "text", ["asdfgh", "one of us", "hello", "12345", "moon", "Mars", "x", "ZZ"]
)
def test_country_unknown_is_said(text: str) -> None:
    assert country(text, "en") == NotUnderstood("country.unknown")


def test_country_is_understood_from_its_flag() -> None:
    assert country("🇩🇪", "en") == Understood("DE")
    assert country("🇸🇮 ❤️", "sl") == Understood("SI")
    assert country("🇸🇮🇸🇰", "sl") == NotUnderstood("text.empty")
    assert country("🏴‍☠️", "en") == NotUnderstood("text.empty")


def test_country_empty_and_too_long_are_said() -> None:
    assert country(" … ", "en") == NotUnderstood("text.empty")
    assert country("x" * 201, "en") == NotUnderstood(
        "text.too_long", {"maximum": 200, "length": 201}
    )


@pytest.mark.parametrize("short", ["Mala", "Iram", "Chid", "Cubb", "Omam"])
def test_country_shorter_than_five_letters_is_not_guessed(short: str) -> None:
    reading = country(short, "en")
    by_spelling = {"ML", "IR", "TD", "CU", "OM"}
    meant = reading.candidates if isinstance(reading, Unsure) else ()
    assert not isinstance(reading, Understood)
    assert not by_spelling.intersection(meant)


def test_country_name_is_in_the_readers_language() -> None:
    assert [country_name("DE", language) for language in ("en", "sk", "sl")] == [
        "Germany",
        "Nemecko",
        "Nemčija",
    ]


@pytest.mark.parametrize(
    ("text", "language", "code"),
    [
        ("Turško", "sl", "TR"),
        ("na Turškem", "sl", "TR"),
        ("v Savdski Arabiji", "sl", "SA"),
        ("v Saudskej Arábii", "sk", "SA"),
        ("na Grškem", "sl", "GR"),
        ("v Združenih arabskih emiratih", "sl", "AE"),
        ("v Spojených štátoch", "sk", "US"),
        ("in the Netherlands", "en", "NL"),
        ("na Novom Zélande", "sk", "NZ"),
        ("v Severni Makedoniji", "sl", "MK"),
    ],
)
def test_country_is_understood_in_any_case(text: str, language: str, code: str) -> None:
    assert country(text, language) == Understood(code)
