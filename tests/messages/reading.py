"""Rich text as its readers see it, in each of the places where it is shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from typing import Any

from messages import rich, slack, telegram, terminal, web
from messages.message import Rich


def everywhere(text: Rich) -> Mapping[str, str]:
    """What a reader sees of it in each place, with its line breaks."""
    return {
        "Telegram": _of_html("".join(telegram.texts(text))),
        "Slack": _of_blocks(slack.blocks(text)),
        "Slack, read aloud": unescape(slack.fallback(text)),
        "web": _of_html(web.html(text)),
        "terminal": terminal.text(text),
        "plain": rich.plain(text),
    }


def _of_html(html: str) -> str:
    """No browser counts anything here: no list that it would number, no value it would read."""
    assert "<ol" not in html
    html = re.sub(r"</p><p>|</p><ul>|</ul><p>", "\n\n", html.replace("<br>", "\n"))
    return unescape(re.sub(r"<[^<>]*>", "", html.replace("<li>", "• ").replace("</li>", "\n")))


def _of_blocks(blocks: list[dict[str, Any]]) -> str:
    """Sections and items stand on lines of their own."""
    lines: list[str] = []
    for element in (element for block in blocks for element in block["elements"]):
        if element["type"] == "rich_text_list":
            assert element["style"] == "bullet"
            lines += (f"• {_of_section(item)}" for item in element["elements"])
        else:
            lines.append(_of_section(element))
    return "\n".join(lines)


def _of_section(section: Mapping[str, Any]) -> str:
    return "".join(each["text"] for each in section["elements"])
