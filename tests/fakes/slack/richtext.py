"""The ``rich_text`` block: https://docs.slack.dev/reference/block-kit/blocks/rich-text-block"""

from __future__ import annotations

from typing import Any

from tests.fakes.slack.check import Check, Json

STYLES = frozenset(
    {"bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink"}
)
# kind of inline element -> (required fields, optional fields)
INLINE = {
    "text": ("text", "style"),
    "link": ("url", "text unsafe style"),
    "emoji": ("name", "unicode style skin_tone"),
    "user": ("user_id", "style"),
    "usergroup": ("usergroup_id", "style"),
    "channel": ("channel_id", "style"),
    "broadcast": ("range", "style"),
    "color": ("value", ""),
    "date": ("timestamp format", "url fallback"),
}
# kind of outer element -> (optional fields, kinds of its elements)
OUTER = {
    "rich_text_section": ("", tuple(INLINE)),
    "rich_text_list": ("style indent offset border", ("rich_text_section",)),
    "rich_text_preformatted": ("border", ("text", "link")),
    "rich_text_quote": ("border", tuple(INLINE)),
}


def check_rich_text(check: Check, block: Json, at: str) -> None:
    if check.keys(block, at, "elements", "block_id"):
        for element, place in check.rows(block["elements"], f"{at}/elements", 1000):
            _outer(check, element, place, tuple(OUTER))


def _outer(check: Check, element: Any, at: str, allowed: tuple[str, ...]) -> None:
    kind = element.get("type") if isinstance(element, dict) else None
    if kind not in allowed:
        check.wrong(at, f"unsupported rich text element here: {kind}")
        return
    optional, inner = OUTER[str(kind)]
    if not check.keys(element, at, "elements", optional):
        return
    if kind == "rich_text_list" and element.get("style") not in ("bullet", "ordered"):
        check.wrong(f"{at}/style", "must be bullet or ordered")
    for item, place in check.rows(element["elements"], f"{at}/elements", 1000, least=0):
        if kind == "rich_text_list":
            _outer(check, item, place, inner)
        else:
            _inline(check, item, place, inner)


def _inline(check: Check, item: Any, at: str, allowed: tuple[str, ...]) -> None:
    kind = item.get("type") if isinstance(item, dict) else None
    if kind not in allowed:
        check.wrong(at, f"unsupported rich text element here: {kind}")
        return
    required, optional = INLINE[str(kind)]
    if not check.keys(item, at, required, optional):
        return
    style = item.get("style", {})
    if not isinstance(style, dict) or set(style) - STYLES:
        check.wrong(f"{at}/style", "unknown style")
    if kind == "text":
        check.string(item["text"], f"{at}/text", 40_000)
        check.text += len(str(item["text"]))
    if kind == "link":
        check.string(item["url"], f"{at}/url", 3000)
        check.text += len(str(item.get("text", item["url"])))
