"""Days and years. Today is Wednesday, 18 November 2026."""

from __future__ import annotations

from datetime import date

import pytest

from flows.understand.calendar import months_later
from flows.understand.dates import day, year
from flows.understand.holidays import easter
from flows.understand.reading import NotUnderstood, Understood, Unsure

TODAY = date(2026, 11, 18)
DECEMBER = date(2026, 12, 1)

DAYS = """
en | 1 December | 2026-12-01
en | December 1 | 2026-12-01
en | 1st December | 2026-12-01
en | the 1st of December | 2026-12-01
en | December 1st, 2027 | 2027-12-01
en | 1 Dec | 2026-12-01
en | Dec 1 2027 | 2027-12-01
en | decmber 1 | 2026-12-01
en | until 15 January | 2027-01-15
en | 2026-12-01 | 2026-12-01
en | 2026/12/01 | 2026-12-01
en | 01.12.2026 | 2026-12-01
en | 25/12/2026 | 2026-12-25
en | 12/25/2026 | 2026-12-25
en | 12/2026 | 2026-12-01
en | December | 2026-12-01
en | January 2028 | 2028-01-01
en | end of January | 2027-01-31
en | the end of the month | 2026-11-30
en | end of the year | 2026-12-31
en | early February | 2027-02-01
en | mid January | 2027-01-16
en | end of 2027 | 2027-12-31
en | 2027 | 2027-01-01
en | in two weeks | 2026-12-02
en | in 2 weeks | 2026-12-02
en | 2 weeks | 2026-12-02
en | for two weeks | 2026-12-02
en | in a week | 2026-11-25
en | in a couple of days | 2026-11-20
en | in 10 days | 2026-11-28
en | in a month | 2026-12-18
en | in 3 months | 2027-02-18
en | half a year | 2027-05-18
en | in half a year | 2027-05-18
en | in a year | 2027-11-18
en | next week | 2026-11-23
en | next month | 2026-12-01
en | next year | 2027-01-01
en | end of next month | 2026-12-31
en | today | 2026-11-18
en | tomorrow | 2026-11-19
en | Tomorow | 2026-11-19
en | the day after tomorrow | 2026-11-20
en | Monday | 2026-11-23
en | on Friday | 2026-11-20
en | next Friday | 2026-11-27
en | Wednesday | 2026-11-25
en | Christmas | 2026-12-25
en | after Christmas | 2026-12-27
en | New Year | 2027-01-01
en | after New Year's | 2027-01-02
en | Easter | 2027-03-28
en | after Easter | 2027-03-30
en | Easter 2028 | 2028-04-16
en | summer | 2027-07-01
en | summer 2028 | 2028-07-01
en | next summer | 2027-07-01
en | after the summer | 2027-09-01
en | spring | 2027-04-01
en | winter | 2026-12-01
en | on the 20th | 2026-11-20
en | 15th | 2026-12-15
sk | 1. 12. | 2026-12-01
sk | 1.12. | 2026-12-01
sk | 1.12 | 2026-12-01
sk | 1.12.2026 | 2026-12-01
sk | 1. 12. 2027 | 2027-12-01
sk | 01.12.26 | 2026-12-01
sk | 1. decembra | 2026-12-01
sk | 1 decembra | 2026-12-01
sk | prvého decembra | 2026-12-01
sk | 1. decembra 2027 | 2027-12-01
sk | do 15. januára | 2027-01-15
sk | do 15 januara | 2027-01-15
sk | v januári | 2027-01-01
sk | január | 2027-01-01
sk | december 2026 | 2026-12-01
sk | od 1. marca | 2027-03-01
sk | koniec januára | 2027-01-31
sk | koncom januára | 2027-01-31
sk | do konca januára | 2027-01-31
sk | začiatkom februára | 2027-02-01
sk | v polovici januára | 2027-01-16
sk | koniec roka | 2026-12-31
sk | do konca mesiaca | 2026-11-30
sk | za 2 týždne | 2026-12-02
sk | o dva týždne | 2026-12-02
sk | o 2 tyzdne | 2026-12-02
sk | na dva týždne | 2026-12-02
sk | o týždeň | 2026-11-25
sk | o päť dní | 2026-11-23
sk | 3 dni | 2026-11-21
sk | o mesiac | 2026-12-18
sk | mesiac | 2026-12-18
sk | o 3 mesiace | 2027-02-18
sk | o pol roka | 2027-05-18
sk | o rok | 2027-11-18
sk | budúci týždeň | 2026-11-23
sk | na budúci mesiac | 2026-12-01
sk | budúci rok | 2027-01-01
sk | dnes | 2026-11-18
sk | zajtra | 2026-11-19
sk | zajtar | 2026-11-19
sk | pozajtra | 2026-11-20
sk | v pondelok | 2026-11-23
sk | v stredu | 2026-11-25
sk | v štvrtok | 2026-11-19
sk | v nedeľu | 2026-11-22
sk | budúci piatok | 2026-11-27
sk | Vianoce | 2026-12-24
sk | na Vianoce | 2026-12-24
sk | po Vianociach | 2026-12-27
sk | Nový rok | 2027-01-01
sk | po Novom roku | 2027-01-02
sk | Veľká noc | 2027-03-28
sk | na Veľkú noc | 2027-03-28
sk | po Veľkej noci | 2027-03-30
sk | leto | 2027-07-01
sk | v lete | 2027-07-01
sk | v lete 2028 | 2028-07-01
sk | koniec leta | 2027-08-31
sk | po lete | 2027-09-01
sk | na jar | 2027-04-01
sk | v zime | 2026-12-01
sk | na jeseň | 2027-10-01
sl | 1. 12. | 2026-12-01
sl | 1.12.2026 | 2026-12-01
sl | 1. decembra | 2026-12-01
sl | 1. december | 2026-12-01
sl | prvega decembra | 2026-12-01
sl | 1. decembra 2027 | 2027-12-01
sl | do 15. januarja | 2027-01-15
sl | januarja | 2027-01-01
sl | v januarju | 2027-01-01
sl | december 2026 | 2026-12-01
sl | od 1. marca | 2027-03-01
sl | konec januarja | 2027-01-31
sl | do konca januarja | 2027-01-31
sl | na začetku februarja | 2027-02-01
sl | sredi januarja | 2027-01-16
sl | konec leta | 2026-12-31
sl | do konca leta | 2026-12-31
sl | konec meseca | 2026-11-30
sl | čez dva tedna | 2026-12-02
sl | cez 2 tedna | 2026-12-02
sl | čez teden dni | 2026-11-25
sl | čez pet dni | 2026-11-23
sl | 3 dni | 2026-11-21
sl | za dva tedna | 2026-12-02
sl | čez en mesec | 2026-12-18
sl | čez 3 mesece | 2027-02-18
sl | čez pol leta | 2027-05-18
sl | čez eno leto | 2027-11-18
sl | naslednji teden | 2026-11-23
sl | prihodnji teden | 2026-11-23
sl | naslednji mesec | 2026-12-01
sl | naslednje leto | 2027-01-01
sl | leta 2027 | 2027-01-01
sl | danes | 2026-11-18
sl | jutri | 2026-11-19
sl | pojutrišnjem | 2026-11-20
sl | v ponedeljek | 2026-11-23
sl | v sredo | 2026-11-25
sl | v četrtek | 2026-11-19
sl | v petek | 2026-11-20
sl | petek | 2026-11-20
sl | v nedeljo | 2026-11-22
sl | naslednji petek | 2026-11-27
sl | božič | 2026-12-25
sl | za božič | 2026-12-25
sl | po božiču | 2026-12-27
sl | novo leto | 2027-01-01
sl | po novem letu | 2027-01-02
sl | velika noč | 2027-03-28
sl | po veliki noči | 2027-03-30
sl | poleti | 2027-07-01
sl | poletje 2028 | 2028-07-01
sl | po poletju | 2027-09-01
sl | spomladi | 2027-04-01
sl | pozimi | 2026-12-01
sl | jeseni | 2027-10-01
"""
YEARS = """
en | 2015 | 2015
en | since 2015 | 2015
en | in 2015. | 2015
en | May 2015 | 2015
en | 05/2015 | 2015
en | '15 | 2015
en | '98 | 1998
en | 5 years ago | 2021
en | five years ago | 2021
en | five years | 2021
en | a year ago | 2025
en | half a year ago | 2026
en | 11 months ago | 2025
en | last year | 2025
en | this year | 2026
en | since March | 2026
en | since December | 2025
sk | 2015 | 2015
sk | od roku 2015 | 2015
sk | v roku 2015 | 2015
sk | od 2015 | 2015
sk | od septembra 2019 | 2019
sk | 1.9.2019 | 2019
sk | pred 5 rokmi | 2021
sk | pred piatimi rokmi | 2021
sk | už 5 rokov | 2021
sk | 10 rokov | 2016
sk | pred dvoma rokmi | 2024
sk | pred rokom | 2025
sk | pred pol rokom | 2026
sk | minulý rok | 2025
sk | vlani | 2025
sk | od minulého roka | 2025
sk | predvlani | 2024
sk | tento rok | 2026
sl | 2015 | 2015
sl | od leta 2015 | 2015
sl | leta 2015 | 2015
sl | od 2015 | 2015
sl | od septembra 2019 | 2019
sl | pred 5 leti | 2021
sl | pred petimi leti | 2021
sl | 5 let | 2021
sl | že deset let | 2016
sl | pred dvema letoma | 2024
sl | pred letom dni | 2025
sl | pred enim letom | 2025
sl | lani | 2025
sl | lansko leto | 2025
sl | prejšnje leto | 2025
sl | predlani | 2024
sl | letos | 2026
"""


def rows(table: str) -> list[tuple[str, ...]]:
    return [tuple(cell.strip() for cell in line.split("|")) for line in table.splitlines() if line]


@pytest.mark.parametrize(("language", "text", "expected"), rows(DAYS))
def test_day_is_understood(language: str, text: str, expected: str) -> None:
    assert day(text, language, TODAY) == Understood(date.fromisoformat(expected))


@pytest.mark.parametrize(("language", "text", "expected"), rows(YEARS))
def test_year_is_understood(language: str, text: str, expected: str) -> None:
    assert year(text, language, TODAY) == Understood(int(expected))


def test_day_between_day_and_month_is_asked_back_in_english_only() -> None:
    assert day("12/1", "en", TODAY) == Unsure((date(2027, 1, 12), date(2026, 12, 1)))
    assert day("12/1", "sk", TODAY) == Understood(date(2027, 1, 12))
    assert day("12.1.", "en", TODAY) == Understood(date(2027, 1, 12))


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("", NotUnderstood("text.empty")),
        ("x" * 201, NotUnderstood("text.too_long", {"maximum": 200, "length": 201})),
        ("blah", NotUnderstood("date.unknown")),
        ("31. 2.", NotUnderstood("date.impossible")),
        ("32. 1. 2027", NotUnderstood("date.impossible")),
        ("29. 2. 2027", NotUnderstood("date.impossible")),
        ("45. decembra", NotUnderstood("date.impossible")),
        ("0.0.", NotUnderstood("date.impossible")),
        ("1.1.2020", NotUnderstood("date.past", {"date": date(2020, 1, 1)})),
        ("17.11.2026", NotUnderstood("date.past", {"date": date(2026, 11, 17)})),
        ("9999-12-31", NotUnderstood("date.too_far", {"latest": date(2046, 11, 18)})),
        ("in 99999999999999 years", NotUnderstood("date.too_far", {"latest": date(2046, 11, 18)})),
    ],
)
def test_day_refused_says_why(text: str, reading: NotUnderstood) -> None:
    assert day(text, "sk", TODAY) == reading


def test_day_of_today_is_today() -> None:
    assert day("18. 11.", "sk", TODAY) == Understood(TODAY)
    assert day("17. 11.", "sk", TODAY) == Understood(date(2027, 11, 17))


def test_day_29_february_waits_for_a_leap_year() -> None:
    assert day("29. 2.", "sk", TODAY) == Understood(date(2028, 2, 29))


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("", NotUnderstood("text.empty")),
        ("y" * 201, NotUnderstood("text.too_long", {"maximum": 200, "length": 201})),
        ("od detstva", NotUnderstood("year.unknown")),
        ("1890", NotUnderstood("year.too_early", {"year": 1890, "earliest": 1930})),
        ("2027", NotUnderstood("year.future", {"year": 2027, "latest": 2026})),
        ("pred 200 rokmi", NotUnderstood("year.too_early", {"year": 1826, "earliest": 1930})),
        ("2015-2018", Unsure((2015, 2018))),
        ("2015 - 2099", Understood(2015)),
    ],
)
def test_year_in_doubt_says_why(text: str, reading: object) -> None:
    assert year(text, "sk", TODAY) == reading


@pytest.mark.parametrize(
    ("of", "sunday"),
    [(2024, date(2024, 3, 31)), (2025, date(2025, 4, 20)), (2038, date(2038, 4, 25))],
)
def test_easter_is_on_its_sunday(of: int, sunday: date) -> None:
    assert easter(of) == sunday


def test_months_later_stops_at_the_end_of_a_short_month() -> None:
    assert months_later(date(2027, 1, 31), 1) == date(2027, 2, 28)
    assert months_later(date(2027, 12, 31), 2) == date(2028, 2, 29)


# reader | typed | year, on 1 December 2026
FOR_HOW_LONG = """
sk | 1,5 roka | 2025
sk | dva a pol roka | 2024
sk | 3 a pol roka | 2023
sk | rok a pol | 2025
sk | pol roka | 2026
sk | poldruha roka | 2025
sk | dvadsaťpäť rokov | 2001
sk | pred dvadsiatimi piatimi rokmi | 2001
sk | osemnásť mesiacov | 2025
sk | desaťročie | 2016
en | 2.5 years | 2024
en | 2½ years | 2024
en | 1/2 year | 2026
en | a year and a half | 2025
en | one and a half years | 2025
en | half a year | 2026
en | quarter of a year | 2026
en | twenty-five years | 2001
en | for thirty two years | 1994
en | thirteen years ago | 2013
en | 2 years and 3 months | 2024
en | a decade | 2016
en | 20+ years | 2006
en | for ten years now | 2016
en | 3yrs | 2023
en | .5 years | 2026
sk | pol druha roka | 2025
sl | leto in tri mesece | 2025
sl | leto dni | 2025
sl | leto in pol | 2025
sl | dve leti in pol | 2024
sl | tri leta in pol | 2023
sl | poldrugo leto | 2025
sl | pol leta | 2026
sl | enaindvajset let | 2005
sl | pred petindvajsetimi leti | 2001
sl | trinajst let | 2013
"""


@pytest.mark.parametrize("row", [line for line in FOR_HOW_LONG.splitlines() if line])
def test_year_counts_fractions_and_words(row: str) -> None:
    language, text, expected = (cell.strip() for cell in row.split("|"))
    assert year(text, language, DECEMBER) == Understood(int(expected))


def test_year_between_two_is_asked() -> None:
    assert year("5-6 years", "en", DECEMBER) == Unsure((2021, 2020))
    assert year("päť až šesť rokov", "sk", DECEMBER) == Unsure((2021, 2020))
    for text in ("since university", "od detstva", "odkar sem končal faks", "3,5"):
        assert year(text, "en", DECEMBER) == NotUnderstood("year.unknown")


# reader | typed | day, on 1 December 2026
NAMED_DAYS = """
sk | Štedrý deň | 2026-12-24
sk | stedry vecer | 2026-12-24
sk | Vianoce | 2026-12-24
sk | po Vianociach | 2026-12-27
sk | pred Vianocami | 2026-12-23
sk | na Silvestra | 2026-12-31
sk | na Štefana | 2026-12-26
sk | Traja králi | 2027-01-06
sk | Veľkonočný pondelok | 2027-03-29
sk | do Veľkej noci | 2027-03-28
sk | Veľký piatok | 2027-03-26
sk | 1. máj | 2027-05-01
sk | Cyril a Metod | 2027-07-05
sk | výročie SNP | 2027-08-29
sk | Všetkých svätých | 2027-11-01
sk | Dušičky | 2027-11-02
sk | Mikuláš | 2026-12-06
en | Christmas | 2026-12-25
en | Christmas Eve | 2026-12-24
en | after Christmas | 2026-12-27
en | Boxing Day | 2026-12-26
en | New Year's Eve | 2026-12-31
en | New Year | 2027-01-01
en | Good Friday | 2027-03-26
en | Easter Monday | 2027-03-29
en | Easter 2028 | 2028-04-16
en | Whit Monday | 2027-05-17
en | Halloween | 2027-10-31
en | Thanksgiving | 2027-11-25
sl | božič | 2026-12-25
sl | božični večer | 2026-12-24
sl | štefanovo | 2026-12-26
sl | silvestrovo | 2026-12-31
sl | novo leto | 2027-01-01
sl | Prešernov dan | 2027-02-08
sl | kulturni praznik | 2027-02-08
sl | pustni torek | 2027-02-09
sl | velika noč | 2027-03-28
sl | velikonočni ponedeljek | 2027-03-29
sl | dan upora | 2027-04-27
sl | praznik dela | 2027-05-01
sl | binkošti | 2027-05-16
sl | dan državnosti | 2027-06-25
sl | dan reformacije | 2027-10-31
sl | martinovo | 2027-11-11
"""


@pytest.mark.parametrize("row", [line for line in NAMED_DAYS.splitlines() if line])
def test_day_may_be_named(row: str) -> None:
    language, text, expected = (cell.strip() for cell in row.split("|"))
    assert day(text, language, DECEMBER) == Understood(date.fromisoformat(expected))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("in 1.5 months", date(2027, 1, 16)),
        ("o 1,5 mesiaca", date(2027, 1, 16)),
        ("in 2½ weeks", date(2026, 12, 19)),
    ],
)
def test_day_by_a_fraction_is_asked(text: str, expected: date) -> None:
    assert day(text, "en", DECEMBER) == Unsure((expected,))
    assert day("1.5.", "sk", DECEMBER) == Understood(date(2027, 5, 1))
