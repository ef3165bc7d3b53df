"""What may stand in a message: text after parsing, and keyboards."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from tests.fakes.telegram.chat import Button
from tests.fakes.telegram.errors import bad
from tests.fakes.telegram.markup import parse_html, units

TEXT_UNITS = 4096
CAPTION_UNITS = 1024
RAW_BYTES = 32 * 1024
ENTITIES = 100
BUTTONS = 100
BUTTONS_IN_ROW = 8
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_COMMAND = re.compile(r"(?:^|(?<=\s))/[A-Za-z0-9_]{1,32}(?:@\w+)?")


def commands_in(text: str) -> list[dict[str, Any]]:
    """The bot_command entities Telegram finds in what a person typed."""
    return [
        {
            "type": "bot_command",
            "offset": units(text[: match.start()]),
            "length": units(match[0]),
        }
        for match in _COMMAND.finditer(text)
    ]


def _trimmed(text: str, entities: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    left = units(text) - units(text.lstrip())
    text = text.strip()
    end = units(text)
    kept = []
    for entity in entities:
        first = max(0, entity["offset"] - left)
        last = min(end, entity["offset"] - left + entity["length"])
        if last > first:
            kept.append({**entity, "offset": first, "length": last - first})
    return text, kept


def message_text(
    params: dict[str, Any], field: str = "text", limit: int = TEXT_UNITS
) -> tuple[str, list[dict[str, Any]]]:
    """Text and entities after parsing.

    Raises:
        ApiError: 400; markup wrong, text empty or too long, too many entities.
    """
    raw = params.get(field, "")
    if len(raw.encode("utf-8", "surrogatepass")) > RAW_BYTES:
        raise bad("message is too long")
    mode = params.get("parse_mode", "")
    raw = _CONTROL.sub(" ", raw.replace("\r", ""))
    if mode.lower() == "html":
        text, entities = parse_html(raw)
    elif not mode:
        given = params.get("entities" if field == "text" else "caption_entities", [])
        text, entities = raw, given
    else:
        raise bad("unsupported parse_mode (this server plays HTML only)")
    text, entities = _trimmed(text, entities)
    if field == "text" and not text:
        raise bad("message text is empty" if not raw else "text must be non-empty")
    if units(text) > limit:
        raise bad("message is too long" if field == "text" else "message caption is too long")
    if len(entities) > ENTITIES:
        raise bad("too many entities in the message")
    return text, entities


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme in {"tg", "ton", "mailto", "tel"}:
        return
    host = parts.hostname or ("" if parts.scheme else url.partition("/")[0])
    if parts.scheme not in {"http", "https", ""} or "." not in host.strip("."):
        raise bad(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")


def _button(raw: dict[str, Any]) -> Button:
    actions = raw.keys() - {"text", "icon_custom_emoji_id", "style"}
    if not raw["text"].strip():
        raise bad("text buttons are unallowed in the inline keyboard")
    if len(actions) != 1:
        raise bad("exactly one action must be specified for an inline keyboard button")
    if "url" in raw:
        _check_url(raw["url"])
        return Button(raw["text"], url=raw["url"])
    if "callback_data" in raw:
        if not 1 <= len(raw["callback_data"].encode()) <= 64:
            raise bad("BUTTON_DATA_INVALID")
        return Button(raw["text"], data=raw["callback_data"])
    raise bad(f"this server does not play {sorted(actions)[0]} buttons")


def inline_rows(markup: dict[str, Any] | None) -> list[list[Button]]:
    """The rows of an inline keyboard; none for other markups.

    Raises:
        ApiError: 400; too many buttons, a button without exactly one valid action.
    """
    if not markup or "inline_keyboard" not in markup:
        return []
    rows = [[_button(raw) for raw in row] for row in markup["inline_keyboard"] if row]
    if sum(map(len, rows)) > BUTTONS or any(len(row) > BUTTONS_IN_ROW for row in rows):
        raise bad("reply markup is too long")
    return rows
