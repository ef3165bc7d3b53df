"""Dates, numbers, names and plural forms in the three languages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from messages import cldr
from messages.words import Words

DAY = date(2026, 3, 5)


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("en", {1: 0, 2: 1, 3: 1, 4: 1, 5: 1, 11: 1, 101: 1, 102: 1, 0: 1}),
        ("sk", {1: 0, 2: 1, 3: 1, 4: 1, 5: 2, 11: 2, 101: 2, 102: 2, 0: 2}),
        ("sl", {1: 0, 2: 1, 3: 2, 4: 2, 5: 3, 11: 3, 101: 0, 102: 1, 103: 2, 0: 3}),
    ],
)
def test_plural_index_follows_cldr(language: str, forms: dict[int, int]) -> None:
    index = cldr.plural_index(language)
    assert {n: index(n) for n in forms} == forms


def test_plural_count_of_each_language() -> None:
    assert [cldr.plural_count(language) for language in ("en", "sk", "sl")] == [2, 3, 4]


@pytest.mark.parametrize(
    ("language", "style", "text"),
    [
        ("en", "long", "5 March 2026"),
        ("en", "full", "Thursday 5 March 2026"),
        ("en", "short", "5 Mar 2026"),
        ("en", "weekday", "Thursday 5 March"),
        ("en", "day", "5 March"),
        ("en", "month", "March 2026"),
        ("sk", "long", "5. marca 2026"),
        ("sk", "full", "štvrtok 5. marca 2026"),
        ("sk", "short", "5. 3. 2026"),
        ("sk", "weekday", "štvrtok 5. marca"),
        ("sk", "day", "5. marca"),
        ("sk", "month", "marec 2026"),
        ("sl", "long", "5. marca 2026"),
        ("sl", "full", "četrtek, 5. marca 2026"),
        ("sl", "short", "5. 3. 2026"),
        ("sl", "weekday", "četrtek, 5. marca"),
        ("sl", "day", "5. marca"),
        ("sl", "month", "marec 2026"),
    ],
)
def test_format_date_in_each_style(language: str, style: str, text: str) -> None:
    assert cldr.format_date(DAY, language, style) == text


def test_format_date_refuses_an_unknown_style() -> None:
    with pytest.raises(ValueError, match="style"):
        cldr.format_date(DAY, "sk", "tiny")


def test_format_datetime_is_in_the_zone_asked_for() -> None:
    moment = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert cldr.format_datetime(moment, "sl", "Europe/Ljubljana") == "1. januarja 2027, 00:30"
    assert cldr.format_datetime(moment, "en", "America/New_York") == "31 December 2026, 18:30"
    there = moment.astimezone(timezone(timedelta(hours=9)))
    assert cldr.format_datetime(there, "sk", "UTC") == "31. decembra 2026, 23:30"


def test_country_is_named_in_each_language() -> None:
    names = [cldr.country(code, language) for code in ("us", "NL") for language in ("en", "sk")]
    assert names == ["United States", "Spojené štáty", "Netherlands", "Holandsko"]
    assert cldr.country("DE", "sl") == "Nemčija"
    assert cldr.country("qq", "sl") == "QQ"


def test_language_names_run_in_text_and_can_be_capitalised() -> None:
    assert cldr.language_name("en", "sk") == "angličtina"
    assert cldr.capitalised(cldr.language_name("sl", "sl")) == "Slovenščina"
    assert [cldr.own_name(code) for code in ("en", "sk", "sl")] == [
        "English",
        "slovenčina",
        "slovenščina",
    ]


@pytest.mark.parametrize(
    ("zone", "language", "name"),
    [
        ("Europe/Bratislava", "sl", "Bratislava"),
        ("Europe/Vienna", "sk", "Viedeň"),
        ("Europe/Vienna", "sl", "Dunaj"),
        ("America/Argentina/Buenos_Aires", "en", "Buenos Aires"),
        ("America/New_York", "sk", "New York"),
        ("Etc/GMT+5", "en", "UTC−5"),
        ("Etc/GMT-3", "en", "UTC+3"),
        ("UTC", "sl", "UTC"),
    ],
)
def test_timezone_is_named_by_its_city(zone: str, language: str, name: str) -> None:
    assert cldr.timezone(zone, language) == name


def test_words_offer_the_same_helpers() -> None:
    words = Words(("en", "sk", "sl"))
    moment = datetime(2026, 7, 1, 16, 0, tzinfo=UTC)
    assert words.date(DAY, "en", "day") == "5 March"
    assert words.datetime(moment, "en", "Europe/Berlin") == "1 July 2026, 18:00"
    assert words.country("SK", "sl") == "Slovaška"
    assert words.language_name("sk", "en") == "Slovak"
    assert words.own_name("sl") == "slovenščina"
    assert words.timezone("Europe/London", "sk") == "Londýn"
    assert words.listing(["a", "b"], "sl") == "a in b"
    assert words.number(1234567, "en") == "1,234,567"
