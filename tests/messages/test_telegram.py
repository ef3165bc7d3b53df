"""Telegram HTML shows what the rich text holds, and long texts are split within the limits."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages import rich, telegram
from messages.message import Listing, Paragraph, Rich, Span
from tests.messages.strategies import patient, riches


class _Telegram(HTMLParser):
    """Reads HTML as Telegram does: text and entities; refuses other tags and wrong nesting."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.entities: list[tuple[str, str]] = []
        self._open: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in {"a", "b", "i", "code"}
        assert [name for name, _ in attrs] == (["href"] if tag == "a" else [])
        assert not any(name == "code" for name, _ in self._open)
        assert tag != "code" or not self._open
        self._open.append((tag, len(self.text)))

    def handle_endtag(self, tag: str) -> None:
        name, start = self._open.pop()
        assert name == tag
        self.entities.append((tag, self.text[start:]))

    def handle_data(self, data: str) -> None:
        self.text += data


def _read(html: str) -> _Telegram:
    reader = _Telegram()
    reader.feed(html)
    reader.close()
    assert not reader._open
    return reader


def _without_mail_links(text: Rich) -> bool:
    return "mailto:" not in repr(text)


@patient
@given(riches)
def test_html_shows_every_visible_character(text: Rich) -> None:
    expected = rich.layout(
        text, lambda spans: "".join(rich.visible(telegram._shown(span)) for span in spans)
    )
    assert _read(telegram.html(text)).text == expected
    if _without_mail_links(text):
        assert expected == rich.visible(rich.plain(text))


@patient
@given(riches)
def test_length_counts_utf16_units_of_what_is_shown(text: Rich) -> None:
    shown = _read(telegram.html(text)).text
    assert telegram.length(text) == len(shown.encode("utf-16-le")) // 2


def test_html_gives_runs_their_looks() -> None:
    text = (
        Paragraph(
            (
                Span("both", bold=True, italic=True),
                Span("x<y", code=True, bold=True),
                Span("link", href='https://x.sk/?a=1&b="'),
            )
        ),
    )
    assert telegram.html(text) == (
        '<b><i>both</i></b><code>x&lt;y</code><a href="https://x.sk/?a=1&amp;b=&quot;">link</a>'
    )


def test_html_writes_mail_addresses_out() -> None:
    text = (Paragraph((Span("write", href="mailto:a@b.sk"),)),)
    assert telegram.html(text) == "write (a@b.sk)"


def test_html_puts_a_bullet_before_each_item() -> None:
    text = (Listing(((Span("a"),), (Span("b"),))),)
    assert telegram.html(text) == "• a\n• b"


def test_split_leaves_short_text_whole() -> None:
    text = rich.paragraph("short")
    assert telegram.split(text) == [text]
    assert telegram.split(()) == []


def test_split_prefers_paragraphs() -> None:
    text = rich.concat(*(rich.paragraph(letter * 30) for letter in "abc"))
    assert telegram.split(text, 70) == [text[:2], text[2:]]


def test_split_prefers_lines_to_words() -> None:
    text = rich.paragraph("aaa bbb\nccc ddd\neee")
    assert [rich.plain(part) for part in telegram.split(text, 12)] == [
        "aaa bbb\n",
        "ccc ddd\neee",
    ]


def test_split_keeps_a_bold_run_together() -> None:
    text = (Paragraph((Span("some words "), Span("bold words", bold=True))),)
    assert telegram.split(text, 15) == [
        (Paragraph((Span("some words "),)),),
        (Paragraph((Span("bold words", bold=True),)),),
    ]


def test_split_keeps_the_bullets_of_a_long_list() -> None:
    text = (Listing(tuple((Span(f"item {n}"),) for n in range(1, 5))),)
    assert [telegram.html(part) for part in telegram.split(text, 20)] == [
        "• item 1\n• item 2\n",
        "• item 3\n• item 4",
    ]


def test_split_counts_an_emoji_twice_and_never_halves_it() -> None:
    parts = telegram.split(rich.paragraph("😀" * 5000))
    assert [telegram.length(part) for part in parts] == [4096, 4096, 1808]


def test_split_allows_a_hundred_entities() -> None:
    text = (Paragraph(tuple(Span(f"{n} ", bold=n % 2 == 0) for n in range(300))),)
    parts = telegram.split(text)
    assert [len(_read(telegram.html(part)).entities) for part in parts] == [100, 50]


@patient
@given(riches, st.integers(min_value=4, max_value=60))
def test_split_loses_nothing_and_fits(text: Rich, limit: int) -> None:
    parts = telegram.split(text, limit)
    assert all(telegram.length(part) <= limit for part in parts)
    together = "".join(_read(telegram.html(part)).text for part in parts)
    assert "".join(together.split()) == "".join(_read(telegram.html(text)).text.split())


@pytest.mark.parametrize("limit", [10, 4096])
def test_split_of_markup_characters_survives_escaping(limit: int) -> None:
    parts = telegram.split(rich.paragraph("<&>" * 3000), limit)
    assert "".join(_read(telegram.html(part)).text for part in parts) == "<&>" * 3000


@pytest.mark.parametrize("piece", ["Ahoj ", "<&> ", "🙂"])
@pytest.mark.parametrize("count", [0, 3, 800, 1100, 2048, 2100, 5000])
def test_texts_are_the_html_of_the_parts(piece: str, count: int) -> None:
    text = rich.paragraph(piece * count)
    assert telegram.texts(text) == [telegram.html(part) for part in telegram.split(text)]


@patient
@given(riches)
def test_texts_of_any_rich_text_are_the_html_of_the_parts(text: Rich) -> None:
    assert telegram.texts(text) == [telegram.html(part) for part in telegram.split(text)]
