"""What the browser posts, read into Domov's own words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from bot.incoming import (
    Attachment,
    Command,
    Contact,
    Edited,
    Location,
    Press,
    Said,
    Text,
)

ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
LANGUAGE = re.compile(r"[a-z]{2}")
COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@\w+)?(?:\s+(.*))?", re.DOTALL)
ATTACHMENTS = frozenset({"photo", "sticker", "voice", "video", "document"})
PRESS_BYTES = 2000  # as in bot.incoming.parse_press: a *a,b,c press may be long


class BadRequest(Exception):
    """The browser sent something that the page would never send."""


@dataclass(frozen=True, slots=True)
class Posted:
    """One event from the browser. ``message`` is the bubble pressed or edited."""

    user: str
    event: str
    said: Said
    language: str | None = None
    name: str | None = None
    message: str | None = None


def read(body: bytes) -> Posted:
    """Raises BadRequest, naming what is wrong."""
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError as problem:
        raise BadRequest("not JSON") from problem
    if not isinstance(data, dict):
        raise BadRequest("not an object")
    return Posted(
        user=_matching(data, "user", ID),
        event=_matching(data, "event_id", ID),
        said=_said(data),
        language=_matching(data, "language", LANGUAGE) if data.get("language") else None,
        name=_string(data, "name")[:80] if data.get("name") else None,
        message=_string(data, "message")[:80] if data.get("message") else None,
    )


def typed(text: str) -> Said:
    """``/name argument`` is a command, anything else text."""
    match = COMMAND.fullmatch(text.strip())
    if match is None:
        return Text(text)
    return Command(match[1].lower(), (match[2] or "").strip())


def _said(data: Mapping[str, Any]) -> Said:
    for kind, reader in _KINDS.items():
        if data.get(kind) is not None:
            return reader(data)
    raise BadRequest(f"nothing said: one of {', '.join(_KINDS)}")


def _text(data: Mapping[str, Any]) -> Said:
    return typed(_words(data, "text"))


def _edited(data: Mapping[str, Any]) -> Said:
    return Edited(_words(data, "edited"))


def _press(data: Mapping[str, Any]) -> Said:
    press = data["press"]
    if not isinstance(press, dict):
        raise BadRequest("press: an object with ref and press")
    ref, name = _string(press, "ref"), _string(press, "press")
    if not ref or not name or len(ref) + len(name) > PRESS_BYTES:
        raise BadRequest("press: ref and press, together at most 2000 characters")
    return Press(ref, name)


def _attachment(data: Mapping[str, Any]) -> Said:
    kind = _string(data, "attachment")
    if kind not in ATTACHMENTS:
        raise BadRequest(f"attachment: one of {', '.join(sorted(ATTACHMENTS))}")
    return Attachment(kind, _string(data, "caption") if data.get("caption") else "")


def _contact(data: Mapping[str, Any]) -> Said:
    return Contact(own=_string(data, "contact") == "own")


def _location(data: Mapping[str, Any]) -> Said:
    place = data["location"]
    if not (isinstance(place, list) and len(place) == 2):
        raise BadRequest("location: [latitude, longitude]")
    if not all(isinstance(angle, int | float) for angle in place):
        raise BadRequest("location: two numbers")
    latitude, longitude = (float(angle) for angle in place)
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise BadRequest("location: not on this planet")
    return Location(latitude, longitude)


_KINDS = {
    "edited": _edited,
    "press": _press,
    "attachment": _attachment,
    "contact": _contact,
    "location": _location,
    "text": _text,
}


def _string(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key)
    if not isinstance(value, str):
        raise BadRequest(f"{key}: a string")
    return value


def _words(data: Mapping[str, Any], key: str) -> str:
    words = _string(data, key)
    if not words.strip():
        raise BadRequest(f"{key}: empty")
    return words


def _matching(data: Mapping[str, Any], key: str, pattern: re.Pattern[str]) -> str:
    value = _string(data, key)
    if pattern.fullmatch(value) is None:
        raise BadRequest(f"{key}: not as expected")
    return value
