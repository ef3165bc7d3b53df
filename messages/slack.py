"""Rich text as Slack's ``rich_text`` blocks, where text is text and needs no escaping.

Slack's older mrkdwn has no way to escape ``*``, ``_``, ``~`` and backticks, so what people type
never goes there. https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

from __future__ import annotations

import re
from html import escape
from typing import Any

from messages.cut import Cutter
from messages.labels import fit
from messages.message import Block, Listing, Rich, Span
from messages.rich import addressed, layout, visible

# All text of a message's blocks together: Slack refuses somewhere above 11,000 ("msg_blocks_too
# _long", undocumented, slackapi/bolt-js issues 2509 and 2867); buttons need room as well.
TEXT_LIMIT = 8000
FALLBACK_LIMIT = 3000  # 4,000 are recommended at most; escaping makes a text longer
_MENTION = re.compile(r"@(?=(?:channel|here|everyone|group))", re.IGNORECASE)
_WORD_JOINER = "\u2060"

Json = dict[str, Any]


def blocks(rich: Rich) -> list[Json]:
    """One ``rich_text`` block (none for an empty text)."""
    elements: list[Json] = []
    section: list[Json] = []
    before: Block | None = None
    for block in rich:
        if isinstance(block, Listing):
            _close(elements, section)
            _add_list(elements, block)
        else:
            # Sections and lists stand on lines of their own; only a gap must be asked for.
            if before is not None:
                section.append(_text("\n" if isinstance(before, Listing) else "\n\n"))
            section += _elements(block.spans)
        before = block
    _close(elements, section)
    return [{"type": "rich_text", "elements": elements}] if elements else []


def fallback(rich: Rich) -> str:
    """The ``text`` beside the blocks: what notifications and screen readers get.

    Send it with ``mrkdwn: false``: only & < > are escaped, and @channel and its like are broken
    with an invisible character.
    """
    lines = layout(rich, lambda spans: "".join(addressed(span) for span in spans))
    text = visible(lines)
    if len(text) > FALLBACK_LIMIT:
        text = fit(text, FALLBACK_LIMIT)
    return escape(_MENTION.sub(f"@{_WORD_JOINER}", text), quote=False)


def split(rich: Rich, limit: int = TEXT_LIMIT) -> list[Rich]:
    """``rich`` in parts that each fit one message; one part when it fits whole."""
    return Cutter(limit).split(rich)


def _close(elements: list[Json], section: list[Json]) -> None:
    if section:
        elements.append(_section(section))
        section.clear()


def _add_list(elements: list[Json], listing: Listing) -> None:
    items = [_section(item) for spans in listing.items if (item := _elements(spans))]
    if items:
        style = {"style": "bullet", "indent": 0}
        elements.append({"type": "rich_text_list", **style, "elements": items})


def _section(elements: list[Json]) -> Json:
    return {"type": "rich_text_section", "elements": list(elements)}


def _elements(spans: tuple[Span, ...]) -> list[Json]:
    return [_element(span, text) for span in spans if (text := visible(span.text))]


def _element(span: Span, text: str) -> Json:
    element = {"type": "link", "url": span.href, "text": text} if span.href else _text(text)
    looks = {"bold": span.bold, "italic": span.italic, "code": span.code}
    style = {name: True for name, on in looks.items() if on}
    return {**element, "style": style} if style else element


def _text(text: str) -> Json:
    return {"type": "text", "text": text}
