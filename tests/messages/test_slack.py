"""Slack blocks hold people's text as text, and the fallback cannot call anybody."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from hypothesis import given
from slack_sdk.models.blocks import RichTextBlock

from messages import rich, slack
from messages.message import Listing, Paragraph, Rich, Span
from tests.messages.strategies import NASTY, patient, riches


def _sections(blocks: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for block in blocks:
        assert block["type"] == "rich_text"
        for element in block["elements"]:
            if element["type"] == "rich_text_list":
                for item in element["elements"]:
                    assert item["type"] == "rich_text_section"
                    yield item["elements"]
            else:
                assert element["type"] == "rich_text_section"
                yield element["elements"]


def _text(blocks: list[dict[str, Any]]) -> str:
    return "".join(element["text"] for section in _sections(blocks) for element in section)


@patient
@given(riches)
def test_blocks_hold_every_visible_character(text: Rich) -> None:
    runs = (
        spans
        for block in text
        for spans in ([block.spans] if isinstance(block, Paragraph) else block.items)
    )
    expected = "".join(rich.visible(span.text) for spans in runs for span in spans)
    assert _text(slack.blocks(text)).replace("\n", "") == expected.replace("\n", "")


@patient
@given(riches)
def test_blocks_have_no_empty_element_and_only_known_keys(text: Rich) -> None:
    for section in _sections(slack.blocks(text)):
        assert section
        for element in section:
            assert element["text"]
            assert element["type"] in {"text", "link"}
            assert set(element) <= {"type", "text", "url", "style"}
            assert (element["type"] == "link") == ("url" in element)
            assert all(on is True for on in element.get("style", {"x": True}).values())


@pytest.mark.parametrize("text", [text for text in NASTY if rich.visible(text).strip()])
def test_blocks_show_markup_as_typed(text: str) -> None:
    visible = rich.visible(text.replace("\r\n", "\n")).strip()
    assert slack.blocks(rich.paragraph(text)) == [
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [{"type": "text", "text": visible}],
                }
            ],
        }
    ]


def test_blocks_lay_out_paragraphs_and_lists() -> None:
    text = (
        Paragraph((Span("one"),)),
        Paragraph((Span("two", bold=True, code=True),)),
        Listing(((Span("a"),), (Span("b", href="https://x.sk", italic=True),))),
        Paragraph((Span("end"),)),
    )

    def section(*elements: dict[str, Any]) -> dict[str, Any]:
        return {"type": "rich_text_section", "elements": list(elements)}

    assert slack.blocks(text) == [
        {
            "type": "rich_text",
            "elements": [
                section(
                    {"type": "text", "text": "one"},
                    {"type": "text", "text": "\n\n"},
                    {"type": "text", "text": "two", "style": {"bold": True, "code": True}},
                ),
                {
                    "type": "rich_text_list",
                    "style": "bullet",
                    "indent": 0,
                    "elements": [
                        section({"type": "text", "text": "a"}),
                        section(
                            {
                                "type": "link",
                                "url": "https://x.sk",
                                "text": "b",
                                "style": {"italic": True},
                            }
                        ),
                    ],
                },
                section({"type": "text", "text": "\n"}, {"type": "text", "text": "end"}),
            ],
        }
    ]


def test_blocks_are_what_the_sdk_knows() -> None:
    text = rich.parse('Hi <b>you</b> <a href="https://x.sk">x</a>\n\n- a\n- b')
    (block,) = slack.blocks(text)
    assert RichTextBlock(**block).to_dict() == block


def test_blocks_of_nothing_are_none() -> None:
    assert slack.blocks(()) == []
    assert slack.blocks((Paragraph((Span("\x00"),)),)) == []


@patient
@given(riches)
def test_fallback_has_no_bare_markup_characters_and_calls_nobody(text: Rich) -> None:
    fallback = slack.fallback(text)
    assert "<" not in fallback
    assert ">" not in fallback
    assert not any(name in fallback.lower() for name in ("@channel", "@here", "@everyone"))


def test_fallback_reads_as_typed() -> None:
    text = rich.paragraph("a < b & *c* @channel @Here me@home.sk")
    assert unescape(slack.fallback(text)).replace("\u2060", "") == rich.plain(text)
    assert "@\u2060channel @\u2060Here me@home.sk" in slack.fallback(text)


def test_fallback_is_short() -> None:
    assert len(slack.fallback(rich.paragraph("x" * 9000))) == slack.FALLBACK_LIMIT


def test_split_fits_what_slack_takes() -> None:
    parts = slack.split(rich.paragraph("word " * 4000))
    assert [len(rich.plain(part)) for part in parts] == [8000, 8000, 3999]
