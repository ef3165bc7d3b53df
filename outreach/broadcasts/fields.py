"""The values of a broadcast's front matter: what each may be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from messages.check import WRITTEN_LIMIT
from messages.rich import visible
from outreach.broadcasts.front import Front, Notes, Value

KEY = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
OPTION_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,23}")  # fits a button's data
OPTIONS = (2, 10)
QUESTION_LENGTH = 300


def is_key(text: str) -> bool:
    """Whether this can be the key of a broadcast."""
    return KEY.fullmatch(text) is not None


def key_of(value: Value | None, notes: Notes, front: Front) -> str | None:
    key = front.text(value)
    if value is not None and key and not is_key(key):
        notes.add(value.line, f"key {key!r}: small letters a–z, digits and dashes, at most 64")
    return key


def button_of(
    value: Value, front: Front, notes: Notes, languages: Sequence[str], needed: Sequence[str]
) -> dict[str, Any]:
    """A link: its labels and address."""
    fields = front.fields(value, ("label", "url"))
    for lacking in {"label", "url"} - set(fields):
        notes.add(value.line, f"{value.name} has no {lacking}; a link needs label and url")
    label = front.texts(fields.get("label"), languages, needed, label_fault)
    url = front.text(fields.get("url"))
    fault = address_fault(url) if url else None
    if fault:
        notes.add(fields["url"].line, f"{value.name} url: {fault}")
    return {"label": label, "url": url}


def question_of(
    value: Value, front: Front, notes: Notes, languages: Sequence[str], needed: Sequence[str]
) -> dict[str, Any]:
    """The quick question: its text and its answers."""
    fields = front.fields(value, ("text", "options"))
    text = front.texts(fields.get("text"), languages, needed, question_fault)
    listed = fields.get("options")
    if listed is None:
        notes.add(value.line, "the question has no options; list at least two")
        return {"text": text, "options": []}
    items = front.items(listed)
    if not OPTIONS[0] <= len(items) <= OPTIONS[1]:
        notes.add(listed.line, f"{len(items)} options; there must be {OPTIONS[0]} to {OPTIONS[1]}")
    options = [_option(item, front, notes, languages, needed) for item in items]
    _note_twins(listed, options, notes)
    return {"text": text, "options": options}


def _option(
    value: Value, front: Front, notes: Notes, languages: Sequence[str], needed: Sequence[str]
) -> dict[str, Any]:
    fields = front.fields(value, ("key", "label"))
    for lacking in {"key", "label"} - set(fields):
        notes.add(value.line, f"{value.name} has no {lacking}; an answer needs key and label")
    key = front.text(fields.get("key"))
    if key and not OPTION_KEY.fullmatch(key):
        notes.add(
            fields["key"].line,
            f"{value.name} key {key!r}: small letters a–z, digits, - and _, at most 24",
        )
    return {"key": key, "label": front.texts(fields.get("label"), languages, needed, label_fault)}


def _note_twins(listed: Value, options: Sequence[dict[str, Any]], notes: Notes) -> None:
    keys = [option["key"] for option in options if option["key"]]
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        notes.add(listed.line, f"two options have the key {key!r}; each needs its own")


def label_fault(label: str) -> str | None:
    """Why a button cannot be called so; None where it can."""
    if not visible(label).strip():
        return "nothing of it can be seen"
    if len(label) > WRITTEN_LIMIT:
        return f"{len(label)} characters; a button shows at most {WRITTEN_LIMIT}"
    return None


def question_fault(text: str) -> str | None:
    """Why a question cannot read so; None where it can."""
    if len(text) > QUESTION_LENGTH:
        return f"{len(text)} characters; at most {QUESTION_LENGTH}"
    return None


def address_fault(url: str) -> str | None:
    """Why a button cannot lead there; None where it can. (Telegram refuses a message with one
    wrong address as a whole, and an address without a dot is wrong.)"""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        good = parts.scheme == "https" and "." in host.strip(".") and parts.port != 0
    except ValueError:
        good = False
    if not good or any(character.isspace() for character in url) or not url.isprintable():
        return f"{url!r} isn't a public address; write it in full, https://example.org/…"
    return None


def expiry(value: Value | None, notes: Notes, front: Front, zone: str) -> datetime | None:
    """Until when it may be sent, in UTC: "2026-12-01" (to the end of that day) or
    "2026-12-01T10:00", at the organisation's unless it says otherwise."""
    text = front.text(value)
    if value is None or not text:
        return None
    try:
        return moment_of(text, zone, end_of_day=True)
    except ValueError:
        notes.add(value.line, f"expires {text!r} isn't a day; write 2026-12-01 or 2026-12-01T10:00")
        return None


def moment_of(text: str, zone: str, *, end_of_day: bool = False) -> datetime:
    """A day or a moment as staff write it, in UTC; ``zone`` (IANA) where it names none. A day is
    its beginning, or its end. Raises ValueError."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        at = datetime.fromisoformat(text.replace(" ", "T", 1))
    else:
        day += timedelta(days=1 if end_of_day else 0)
        at = datetime.combine(day, time())
    if at.tzinfo is None:
        at = at.replace(tzinfo=ZoneInfo(zone))
    return at.astimezone(UTC)
