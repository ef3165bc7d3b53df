"""Whatever is typed, nothing raises, nothing is slow, and the results have their types."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.understand import (
    choice,
    contact,
    countries,
    dates,
    languages,
    names,
    places,
    text,
    words,
    years,
)
from flows.understand.reading import NotUnderstood, Understood, Unsure
from tests.examples import examples

OPTIONS = [
    ("a", "As a mentor"),
    ("b", "Debata o trhu práce"),
    ("c", "Okrogla miza in debata"),
    ("d", ""),
]
TODAY = date(2026, 11, 18)

FUNCTIONS: dict[str, tuple[Callable[[str, str], object], Callable[[object], bool]]] = {
    "clean": (lambda t, _: text.clean(t, 80), lambda v: isinstance(v, str) and 1 <= len(v) <= 80),
    "clean lines": (
        lambda t, _: text.clean(t, 3000, multiline=True),
        lambda v: isinstance(v, str) and 1 <= len(v) <= 3000,
    ),
    "name": (
        lambda t, language: names.name(t, language, 80),
        lambda v: isinstance(v, str) and 1 <= len(v) <= 80,
    ),
    "country": (countries.country, lambda v: v in countries.codes()),
    "city": (
        lambda t, language: places.city(t, "SK", language),
        lambda v: isinstance(v, places.Place) and v.country == "SK" and bool(v.name),
    ),
    "city anywhere": (
        lambda t, language: places.city(t, None, language),
        lambda v: isinstance(v, places.Place) and bool(v.name),
    ),
    "where": (
        lambda t, language: places.where(t, language, ("SK", "SI")),
        lambda v: isinstance(v, places.Place) and bool(v.name),
    ),
    "day": (
        lambda t, language: dates.day(t, language, TODAY),
        lambda v: isinstance(v, date) and v >= TODAY,
    ),
    "year": (
        lambda t, language: years.year(t, language, TODAY),
        lambda v: isinstance(v, int) and 1930 <= v <= 2026,
    ),
    "email": (lambda t, _: contact.email(t), lambda v: isinstance(v, str) and "@" in v),
    "linkedin": (
        lambda t, _: contact.linkedin(t),
        lambda v: isinstance(v, str) and v.startswith("https://www.linkedin.com/in/"),
    ),
    "spoken": (
        languages.spoken,
        lambda v: isinstance(v, tuple) and bool(v) and set(v) <= set(languages.codes()),
    ),
    "option": (lambda t, _: choice.option(t, OPTIONS), lambda v: v in {"a", "b", "c", "d"}),
    "options": (
        lambda t, _: choice.options(t, OPTIONS),
        lambda v: isinstance(v, tuple) and len(set(v)) == len(v),
    ),
}

BITS = st.sampled_from(
    re.split(
        " ",
        "1 12 2026 31 29 0 99999 . , / - : ; @ # & + ( ) < > ' \" \n \t \u200d \u202e "
        "👩‍👩‍👧 a i in and or v vo na z do po pred za čez o Nemecko nemčiji Germany "
        "Viedeň Dunaj Košice Kranj UK DE en sk december januára ponedeljek teden mesiac "
        "rok let leto lete next budúci konec koniec Vianoce english slovensky nemščina "
        "not nie pomoc help áno linkedin.com/in/ https:// jana@example.org mentor "
        "debata miza žijem živim live velká noc novo rok half pol ago ² ٣ ① İ ß ǆ",
    )
)
TYPED = st.one_of(
    st.text(max_size=5000),
    st.text(st.characters(exclude_categories=()), max_size=100),
    st.lists(BITS, max_size=40).map(" ".join),
    st.lists(BITS, max_size=40).map("".join),
    st.tuples(BITS, st.integers(1, 2000)).map(lambda t: (t[0] * t[1])[:5000]),
    st.tuples(BITS, BITS, st.integers(1, 1000)).map(lambda t: (f"{t[0]} {t[1]} " * t[2])[:5000]),
)
LANGUAGE = st.sampled_from(["en", "sk", "sl"])


@pytest.mark.parametrize("name", FUNCTIONS)
@settings(deadline=None, max_examples=examples(150))
@given(typed=TYPED, language=LANGUAGE)
def test_reading_anything_typed_holds_its_type(name: str, typed: str, language: str) -> None:
    read, holds = FUNCTIONS[name]
    reading = read(typed, language)
    if isinstance(reading, Understood):
        assert holds(reading.value), reading
    elif isinstance(reading, Unsure):
        assert 1 <= len(reading.candidates) <= 5
        assert len(set(reading.candidates)) == len(reading.candidates)
        assert all(holds(candidate) for candidate in reading.candidates), reading
    else:
        assert isinstance(reading, NotUnderstood)
        assert reading.reason.replace(".", "").replace("_", "").isalpha()


@settings(deadline=None)
@given(TYPED)
def test_words_of_anything_typed_are_few(typed: str) -> None:
    assert words.common(typed) in {*words.COMMANDS, "yes", "no", None}
    assert words.yes_no(typed) in {True, False, None}


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize(
    "typed",
    [
        "a" * 5000,
        "a " * 2500,
        "1 " * 2500,
        "1," * 2500,
        "1.1." * 1250,
        "@" * 5000,
        "a@" * 2500,
        "a.a@a." * 800,
        "www." * 1250,
        "-" * 5000,
        "a-" * 2500,
        "\u0301" * 5000,
        "👩\u200d" * 2500,
        "v nemciji " * 19,
        "novej starej velkej malej " * 7,
        "1 " * 90,
        "pol " * 49,
        "nezrozumiteľné " * 5,
    ],
    ids=lambda typed: repr(typed[:12]),
)
def test_reading_is_never_slow(name: str, typed: str) -> None:
    """Nobody can hold the bot up by what they type: 50 ms at the very most."""
    read, _ = FUNCTIONS[name]
    read("x", "sk")
    times = []
    for _ in range(3):
        begin = time.thread_time()
        read(typed, "sk")
        times.append(time.thread_time() - begin)
        if times[-1] < 0.05:
            break
    assert min(times) < 0.05
