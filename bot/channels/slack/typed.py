"""What a person typed, from what Slack makes of it.

Slack escapes ``& < >``, wraps addresses, people and channels in ``<…>`` and writes emoji as
``:names:``. https://docs.slack.dev/messaging/formatting-message-text
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_TOKEN = re.compile(r"<([^<>]*)>")


def typed(event: Mapping[str, Any]) -> str:
    """The text of a message event (or of the message inside one) as it was typed."""
    text = _TOKEN.sub(lambda found: _written(found[1]), str(event.get("text") or ""))
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    for name, character in _emoji(event.get("blocks")):
        text = text.replace(name, character)
    return text


def _written(token: str) -> str:
    """One ``<…>``, the brackets left off."""
    address, bar, label = token.partition("|")
    match address[:1]:
        case "@" | "#":
            return f"{address[0]}{label}" if label else address
        case "!":
            return label or f"@{address[1:].split('^')[0]}"
    bare = re.sub(r"^(https?://|mailto:|tel:)", "", address)
    if not bar:
        return address.removeprefix("mailto:").removeprefix("tel:")
    # Slack makes "example.com" a link by itself: then the label is what was typed.
    if label.rstrip("/") in (bare.rstrip("/"), address.rstrip("/")):
        return label
    return f"{label} ({address})"


def _emoji(blocks: object) -> Iterator[tuple[str, str]]:
    """``:name:`` and its character for each emoji in rich text blocks; those with a skin tone
    first, as their names begin with those without."""
    found = []
    for item in _inside(blocks):
        if item.get("type") == "emoji" and item.get("unicode"):
            tone = item.get("skin_tone")
            name = f":{item.get('name')}:" + (f":skin-tone-{tone}:" if tone else "")
            try:
                codes = [int(code, 16) for code in str(item["unicode"]).split("-")]
                found.append((name, "".join(map(chr, codes))))
            except ValueError:
                continue
    yield from sorted(found, key=lambda pair: -len(pair[0]))


def _inside(blocks: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(blocks, list):
        for block in blocks:
            if isinstance(block, dict):
                yield block
                yield from _inside(block.get("elements"))
