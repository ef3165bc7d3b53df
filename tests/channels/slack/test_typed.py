"""What people type comes out as they typed it, whatever Slack makes of it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.slack.typed import typed
from tests.fakes.slack.payloads import wire_text


@pytest.mark.parametrize(
    ("wire", "text"),
    [
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2", "1 < 2 && 3 > 2"),
        ("&amp;lt;", "&lt;"),
        ("see <https://example.org/a?b=1&amp;c=2>", "see https://example.org/a?b=1&c=2"),
        ("<http://linkedin.com/in/ana|linkedin.com/in/ana>", "linkedin.com/in/ana"),
        ("<https://example.org|my page>", "my page (https://example.org)"),
        ("<mailto:ana@example.org|ana@example.org>", "ana@example.org"),
        ("<mailto:ana@example.org>", "ana@example.org"),
        ("<tel:+421905123456|+421905123456>", "+421905123456"),
        ("<@U123|ana> in <#C1|general>, <@U5> in <#C2>", "@ana in #general, @U5 in #C2"),
        ("<!here> <!channel> <!subteam^S1|@team>", "@here @channel @team"),
        ("<!date^1700000000^{date}|14 November>", "14 November"),
        ("*b* _i_ ~s~ `c` :not_an_emoji:", "*b* _i_ ~s~ `c` :not_an_emoji:"),
        ("", ""),
    ],
)
def test_markup_of_slack_is_taken_off(wire: str, text: str) -> None:
    assert typed({"text": wire}) == text


@given(st.text(st.characters(codec="utf-8"), max_size=200))
def test_any_text_survives_the_way(text: str) -> None:
    assert typed({"text": wire_text(text)}) == text


def test_emoji_become_characters() -> None:
    def emoji(name: str, unicode: str, **more: Any) -> dict[str, Any]:
        return {"type": "emoji", "name": name, "unicode": unicode, **more}

    inner = [
        emoji("wave", "1f44b-1f3fc", skin_tone=3),
        emoji("wave", "1f44b"),
        emoji("flag-si", "1f1f8-1f1ee"),
        emoji("our_logo", ""),
        emoji("odd", "not-hex"),
    ]
    section = {"type": "rich_text_section", "elements": inner}
    blocks = [{"type": "rich_text", "elements": [section]}]
    text = ":wave::skin-tone-3: :wave: :flag-si: :our_logo: :odd:"
    assert typed({"text": text, "blocks": blocks}) == "👋🏼 👋 🇸🇮 :our_logo: :odd:"


def test_no_text_is_empty() -> None:
    assert typed({"text": None}) == typed({}) == ""
