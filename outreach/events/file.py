"""An event's file (TOML): read, with everything that is wrong with it told at once.

docs/events.md explains the keys. Times without an offset are the place's own.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from blueprints.lines import line_index
from blueprints.problems import Place
from blueprints.schema import Blueprint
from outreach.errors import BadFile
from outreach.events.fields import Reading
from outreach.events.model import EVERYWHERE, Details
from storage.events import EventRow

Find: TypeAlias = Callable[[str | int], int | None]
"""Whom a number or an e-mail address belongs to; None: nobody, or several."""


def load(path: Path, blueprint: Blueprint, find: Find) -> Details:
    """The event that a file describes. Raises BadFile with all its problems."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise BadFile(str(path), [f"it cannot be read: {error.strerror or error}"]) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise BadFile(str(path), [f"line {line}: is not UTF-8 text; save it as UTF-8"]) from error
    return loads(text, str(path), blueprint, find, path.parent)


def loads(text: str, name: str, blueprint: Blueprint, find: Find, folder: Path) -> Details:
    """The same from text; ``name`` is only what problems are told under, ``folder`` is where a
    picture's path begins."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadFile(name, [_syntax(text, str(error))]) from error
    return checked(raw, name, blueprint, find, folder, line_index(text))


def checked(
    raw: Mapping[str, Any],
    name: str,
    blueprint: Blueprint,
    find: Find,
    folder: Path | None = None,
    lines: Mapping[Place, int] | None = None,
    media: int | None = None,
) -> Details:
    """The event that ``raw`` (as TOML gives it) describes; ``media`` is the picture it has.
    Raises BadFile."""
    reading = Reading(raw, blueprint, find, folder, media)
    details = reading.details()
    problems = [(_line(place, lines or {}), _told(place, what)) for place, what in reading.problems]
    if details is None or problems:
        problems.sort(key=lambda each: each[0] or 0)
        told = [f"line {line}: {what}" if line else what for line, what in problems]
        raise BadFile(name, told)
    return details


def _told(place: Place, what: str) -> str:
    return f"{'.'.join(str(part) for part in place)}: {what}" if place else what


def _line(place: Place, lines: Mapping[Place, int]) -> int | None:
    while place:
        if place in lines:
            return lines[place]
        place = place[:-1]
    return None


def _syntax(text: str, message: str) -> str:
    found = re.search(r"^(.*) \(at line (\d+), column \d+\)$", message, re.DOTALL)
    if found:
        if remedy := _time_remedy(text.splitlines()[int(found[2]) - 1 :][:1]):
            return f"line {found[2]}: {remedy}"
        return f"line {found[2]}: is not valid TOML: {found[1]}; look at the quotes and = there"
    line = text.count("\n") + 1
    reason = message.removesuffix(" (at end of document)")
    return f"line {line}: is not valid TOML: {reason}; look at the quotes and brackets above"


_TIME = re.compile(
    r"\s*(starts|ends|rsvp_until)\s*=\s*"
    r"(?P<told>(?P<moment>\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d)?[\d./: T-]*?)\s*(#.*)?"
)


def _time_remedy(line: list[str]) -> str | None:
    """What is commonly meant: a time without seconds, or as it is written by hand."""
    found = _TIME.fullmatch(line[0]) if line else None
    if found is None or not found["told"]:
        return None
    right = f"{found['moment']}:00" if found["moment"] else "2026-11-28T10:00:00"
    return f"{found[1]}: {found['told']} isn't a day and time in TOML; write {found[1]} = {right}"


_ALIASES = {"starts_at": "starts", "ends_at": "ends", "host_id": "host", "speaker_id": "speaker"}


def with_settings(
    event: EventRow, settings: list[str], blueprint: Blueprint, find: Find, folder: Path
) -> Details:
    """The event with ``starts=2026-12-01T10:00``, ``place.sk=…``, ``capacity=50`` and the like
    changed; an empty value takes it away. Where only the start moves, end and deadline move
    along. Raises BadFile."""
    raw = raw_of(event)
    given: set[str] = set()
    for setting in settings:
        name, equals, value = setting.partition("=")
        first, _, language = name.strip().partition(".")
        first = _ALIASES.get(first, first)
        if not equals or not first:
            raise BadFile("--set", [f"{setting!r} isn't a setting; write name=value"])
        _put(raw, first, language, value.strip())
        given.add(first)
    if "starts" in given and (starts := Reading(raw, blueprint, find, folder).start()):
        moved = starts - event.starts_at
        if "ends" not in given:
            raw["ends"] = (event.ends_at + moved).isoformat()
        if "rsvp_until" not in given and event.rsvp_until is not None:
            raw["rsvp_until"] = (event.rsvp_until + moved).isoformat()
    return checked(raw, "--set", blueprint, find, folder, media=event.media_id)


def _put(raw: dict[str, Any], name: str, language: str, value: str) -> None:
    if language:
        texts = raw.get(name)
        texts = texts if isinstance(texts, dict) else {EVERYWHERE: texts} if texts else {}
        raw[name] = {**texts, language: value}
        if not value:
            raw[name].pop(language)
    elif value:
        raw[name] = int(value) if re.fullmatch(r"-?\d{1,9}", value) else value
    else:
        raw.pop(name, None)


def raw_of(event: EventRow) -> dict[str, Any]:
    """An event as its file would say it."""
    values: dict[str, Any] = {
        "key": event.key,
        "organisation": event.organisation,
        "format": event.format,
        "title": event.title,
        "description": event.description,
        "place": event.place,
        "link": event.link,
        "starts": event.starts_at.isoformat(),
        "ends": event.ends_at.isoformat(),
        "timezone": event.timezone,
        "capacity": event.capacity,
        "guests": event.guests,
        "rsvp_until": event.rsvp_until.isoformat() if event.rsvp_until else None,
        "audience": event.audience,
        "host": event.host_id,
        "speaker": event.speaker_id,
    }
    return {name: value for name, value in values.items() if value not in (None, {}, "")}
