from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.understand.reading import NotUnderstood, Understood
from flows.understand.text import clean, fold, squeeze

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=300)


@pytest.mark.parametrize(
    "text",
    [
        "<b>bold</b> & co.",
        "*x* _y_ ~z~ `code`",
        "=1+1",
        '=HYPERLINK("http://x")',
        "@here <!channel> <@U123>",
        "+421 905 123 456",
        "-5 'quoted' \"double\" \\ /",
        "Ľubomír Šťastný-Čížová, Žalec",
        "Ω 中文 العربية हिन्दी ไทย",
        "👍🏽 👨‍👩‍👧‍👦 ❤️ 🏳️‍🌈 1️⃣ 🇸🇰 🇸🇮",
        "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
        "می\u200cخواهم",
        "क्\u200dष",
    ],
)
def test_clean_keeps_what_was_typed(text: str) -> None:
    assert clean(text, 200) == Understood(text)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  a   b\t c ", "a b c"),
        ("a\nb\r\nc\rd\u2028e\x85f", "a b c d e f"),
        ("a\u00a0b\u3000c", "a b c"),
        ("a\x00b\x1bc\x7fd\x9fe", "abcde"),
        ("\u202egnp.exe\u202c", "gnp.exe"),
        ("\u2066a\u2069\u200e\u200f", "a"),
        ("a\u200bb\u200cc\u200dd\ufeffe\u00adf\u2060g", "abcdefg"),
        ("a\ufe0fb", "ab"),
        ("\u3164a\u2800b\u115f", "ab"),
        ("a\ud800b\udfffc", "abc"),
        ("a\ufffeb\uffffc\U0001fffed\ufdd0e", "abcde"),
        ("e\u0301 C\u030c", "é Č"),
        ("e\u200b\u0301", "é"),
        ("a\U000e0067\U000e007fb", "ab"),
        ("x\ufe01\U000e0100y", "xy"),
    ],
)
def test_clean_takes_out_what_cannot_be_seen(text: str, cleaned: str) -> None:
    assert clean(text, 200) == Understood(cleaned)


def test_clean_keeps_lines_where_asked() -> None:
    text = " first  line \r\n\n\n\n second\tline\n\n third\n"
    assert clean(text, 200, multiline=True) == Understood("first line\n\nsecond line\n\nthird")
    assert clean(text, 200) == Understood("first line second line third")


@pytest.mark.parametrize("text", ["", "   ", "\n\n", "\u200b\u200d", "\u3164", "\x00", "\u202e"])
def test_clean_empty_is_said(text: str) -> None:
    assert clean(text, 80) == NotUnderstood("text.empty")
    assert clean(text, 80, multiline=True) == NotUnderstood("text.empty")


def test_clean_counts_after_cleaning() -> None:
    assert clean("a" * 80 + " \u200b", 80) == Understood("a" * 80)
    assert clean("č" * 81, 80) == NotUnderstood("text.too_long", {"maximum": 80, "length": 81})


@given(ANY_TEXT, st.booleans())
def test_clean_again_changes_nothing(text: str, multiline: bool) -> None:
    reading = clean(text, 1000, multiline=multiline)
    if isinstance(reading, Understood):
        assert clean(reading.value, 1000, multiline=multiline) == reading
        assert reading.value.encode()
        assert unicodedata.is_normalized("NFC", reading.value)
        assert reading.value.strip() == reading.value
        assert not any(
            unicodedata.category(c) in {"Cc", "Cs"} for c in reading.value.replace("\n", "")
        )
    else:
        assert reading.reason == "text.empty"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Žijem v Nemčiji!", "zijem v nemciji"),
        ("Ľúbezný KÔŇ", "lubezny kon"),
        ("Straße", "strasse"),
        ("Łódź", "lodz"),
        ("Møller, Ærø & Đorđe", "moller aero dorde"),
        ("İstanbul ISPARTA ılık", "istanbul isparta ilik"),
        ("New-York_City", "new york city"),
        ("Côte d’Ivoire", "cote d ivoire"),
        ("e\u0301\u030c", "e"),
        ("ﬁnále №1", "finale no1"),
        ("…", ""),
        ("", ""),
    ],
)
def test_fold_compares(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(ANY_TEXT)
def test_fold_is_idempotent(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    assert fold(squeeze(text)).replace(" ", "") == squeeze(text)


@given(ANY_TEXT)
def test_fold_does_not_see_case_of_plain_letters(text: str) -> None:
    letters = "".join(c for c in text if c.isascii())
    assert fold(letters.upper()) == fold(letters.lower())
