"""The HTML subset becomes rich text; values never become more than their characters."""

from __future__ import annotations

import pytest
from hypothesis import given

from messages import rich
from messages.errors import MarkupError
from messages.message import Listing, Paragraph, Span
from tests.messages.strategies import patient, typed


def _paragraph(*spans: Span) -> Paragraph:
    return Paragraph(spans)


def test_parse_reads_looks_and_links() -> None:
    source = 'A <b>b <i>both</i></b> <code>c</code> <a href="https://x.sk/?a&amp;b">l</a>.'
    assert rich.parse(source) == (
        _paragraph(
            Span("A "),
            Span("b ", bold=True),
            Span("both", bold=True, italic=True),
            Span(" "),
            Span("c", code=True),
            Span(" "),
            Span("l", href="https://x.sk/?a&b"),
            Span("."),
        ),
    )


def test_parse_joins_wrapped_lines_and_parts_paragraphs() -> None:
    assert rich.parse("one\n  two\n\n \n three<br>\nfour") == (
        _paragraph(Span("one two")),
        _paragraph(Span("three\nfour")),
    )


def test_parse_joins_items_over_blank_lines_to_one_list() -> None:
    assert rich.parse("lead:\n\n- a\n  wrapped\n\n- b") == (
        _paragraph(Span("lead:")),
        Listing(((Span("a wrapped"),), (Span("b"),))),
    )


def test_parse_leaves_numbers_as_they_are() -> None:
    assert rich.parse("28. 11. 2026<br>\n7. x<br>\n7. y\n\n2. z") == (
        _paragraph(Span("28. 11. 2026\n7. x\n7. y")),
        _paragraph(Span("2. z")),
    )


def test_parse_starts_list_right_below_its_paragraph() -> None:
    assert rich.parse("lead:\n- a") == (
        _paragraph(Span("lead:")),
        Listing(((Span("a"),),)),
    )


def test_parse_unescapes_characters_but_not_twice() -> None:
    assert rich.parse("1 &lt; 2 &amp;lt; Q&A") == (_paragraph(Span("1 < 2 &lt; Q&A")),)


def test_parse_drops_links_to_unsafe_addresses_and_keeps_their_text() -> None:
    assert rich.parse('<a href="javascript:x()">here</a>') == (_paragraph(Span("here")),)


def test_parse_drops_paragraphs_without_text() -> None:
    assert rich.parse(f"a\n\n{rich.literal('')}\n\n<b> </b>\n\n- ") == (_paragraph(Span("a")),)


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("<b>open", "not closed"),
        ("<b>over\n\nparagraphs</b>", "not closed"),
        ("<b><i>crossed</b></i>", "closes nothing"),
        ("none</b>", "closes nothing"),
        ("<u>x</u>", "not one of"),
        ('<b class="x">x</b>', "not one of"),
        ("1 < 2", "bare <"),
    ],
)
def test_parse_refuses_markup_that_is_not_ours(source: str, fault: str) -> None:
    with pytest.raises(MarkupError, match=fault):
        rich.parse(source)


@patient
@given(typed)
def test_literal_keeps_every_visible_character_in_one_span(value: str) -> None:
    expected = rich.visible(value.replace("\r\n", "\n").replace("\r", "\n"))
    parsed = rich.parse(f"x{rich.literal(value)}y")
    assert parsed == (_paragraph(Span(f"x{expected}y")),)


@patient
@given(typed)
def test_literal_never_makes_a_list_or_paragraph_of_itself(value: str) -> None:
    parsed = rich.parse(f"{rich.literal(value)} x\n{rich.literal(value)}x")
    assert [type(block) for block in parsed] == [Paragraph]
    assert len(parsed[0].spans) == 1 if isinstance(parsed[0], Paragraph) else False


@patient
@given(typed)
def test_literal_in_a_link_stays_in_its_address(value: str) -> None:
    parsed = rich.parse(f'<a href="https://x.sk/{rich.literal(value)}">x</a>')
    (block,) = parsed
    assert isinstance(block, Paragraph)
    (span,) = block.spans
    assert span.text == "x"
    assert span.href is not None
    assert span.href.startswith("https://x.sk/")


def test_visible_removes_controls_and_keeps_newline_and_tab() -> None:
    assert rich.visible("a\x00\x1b\x7f\x85\ud800b\n\tč😀") == "ab\n\tč😀"


def test_plain_puts_marks_before_items() -> None:
    text = rich.parse("lead:\n\n- a\n- b\n\nend")
    assert rich.plain(text) == "lead:\n• a\n• b\n\nend"


def test_builders_take_text_as_it_is() -> None:
    assert rich.paragraph(" <b>x\r\ny ") == (_paragraph(Span("<b>x\ny")),)
    assert rich.paragraph("x", bold=True) == (_paragraph(Span("x", bold=True)),)
    assert rich.paragraph(" \n ") == ()
    assert rich.paragraphs("a\nb\n\n \nc") == (_paragraph(Span("a\nb")), _paragraph(Span("c")))
    assert rich.bullets(["<i>", "", "b"]) == (Listing(((Span("<i>"),), (Span("b"),))),)
    assert rich.bullets(["", " "]) == ()


def test_concat_puts_blocks_one_after_the_other() -> None:
    assert rich.concat(rich.paragraph("a"), (), rich.paragraph("b")) == (
        _paragraph(Span("a")),
        _paragraph(Span("b")),
    )


def test_addressed_names_the_address_once() -> None:
    assert rich.addressed(Span("here", href="https://x.sk")) == "here (https://x.sk)"
    assert rich.addressed(Span("a@b.sk", href="mailto:a@b.sk")) == "a@b.sk"
    assert rich.addressed(Span("plain")) == "plain"
