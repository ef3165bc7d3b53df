"""Rich text on the project's own pages and in a terminal."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given

from messages import rich, terminal, web
from messages.message import Paragraph, Rich, Span
from tests.messages.strategies import patient, riches

_KNOWN = {"p", "ul", "li", "b", "i", "code", "a", "br"}


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in _KNOWN
        values = dict(attrs)
        if tag == "a":
            assert (values.pop("href") or "").startswith(("https://", "mailto:"))
            assert values == {"rel": "noopener noreferrer", "target": "_blank"}
        else:
            assert not values
        if tag == "br":
            self.text += "\n"

    def handle_data(self, data: str) -> None:
        self.text += data


@patient
@given(riches)
def test_html_shows_every_visible_character(text: Rich) -> None:
    page = _Page()
    page.feed(str(web.html(text)))
    page.close()
    runs = (
        spans
        for block in text
        for spans in ([block.spans] if isinstance(block, Paragraph) else block.items)
    )
    assert page.text == "".join(rich.visible(span.text) for spans in runs for span in spans)


def test_html_lays_out_paragraphs_lists_and_links() -> None:
    source = 'A<br><b>b</b> <a href="https://x.sk">x</a>\n\n- c\n\n7. <i>d</i>'
    assert web.html(rich.parse(source)) == (
        '<p>A<br><b>b</b> <a href="https://x.sk" rel="noopener noreferrer" target="_blank">x</a>'
        "</p><ul><li>c</li></ul><p>7. <i>d</i></p>"
    )


def test_html_links_only_where_it_is_safe() -> None:
    for href in ("http://x.sk", "javascript:alert(1)", "data:text/html,x", "//x.sk"):
        assert web.html((Paragraph((Span("x", href=href),)),)) == "<p>x</p>"


@patient
@given(riches)
def test_terminal_prints_no_control_characters(text: Rich) -> None:
    printed = terminal.text(text)
    assert printed == rich.visible(printed)
    assert not set(printed) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e")


def test_terminal_writes_addresses_out() -> None:
    source = '<b>See</b> <a href="https://x.sk">this</a>\n\n- a'
    assert terminal.text(rich.parse(source)) == "See this (https://x.sk)\n• a"
