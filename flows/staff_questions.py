"""Kinds of questions that only staff are asked."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flows.errors import Invalid
from flows.questions import Item, Question, Reader, Text
from flows.script import Json, Label, Many, Name, Plain, Template
from flows.understand import choice, clock, places, text
from flows.understand.reading import NotUnderstood, Reading, Understood, Unsure
from flows.understand.zones import zone_names

EVERYBODY = "everybody"
"""The filter that everybody fits."""
LINK_LIMIT = 500
LINE_LIMIT = 60  # characters of a quick answer: it stands on a button
FILTER_LIMIT = 500
_BULLET = re.compile(r"\s*[-•*](?:\s+|$)")  # "- Yes", but not "-5 °C"
SHOWN = 160  # characters of a long text on a card: all of it is in the preview


@dataclass(frozen=True, kw_only=True, eq=False)
class Clock(Question[str]):
    """A time of day, "HH:MM". ``presets`` can be pressed."""

    presets: tuple[Item, ...] = ()

    def load(self, stored: Json) -> str:
        if not isinstance(stored, str) or clock.clock(stored) != Understood(stored):
            raise Invalid("not a time of day")
        return stored

    def read(self, typed: str, reader: Reader) -> Reading[Json]:
        return clock.clock(typed)

    def items(self) -> tuple[Item, ...]:
        return self.presets


@dataclass(frozen=True, kw_only=True, eq=False)
class Web(Question[str]):
    """An address that a button can open: https, a host with a dot."""

    def load(self, stored: Json) -> str:
        if not isinstance(stored, str) or not _opens(stored):
            raise Invalid("not an address")
        return stored

    def read(self, typed: str, reader: Reader) -> Reading[Json]:
        cleaned = text.clean(typed, LINK_LIMIT)
        if isinstance(cleaned, NotUnderstood):
            return cleaned
        address = cleaned.value
        if "://" not in address:
            address = f"https://{address}"
        return Understood(address) if _opens(address) else NotUnderstood("link.not_https")


def _opens(address: str) -> bool:
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    spaced = any(each.isspace() for each in address)
    return parts.scheme == "https" and "." in host.strip(".") and not spaced


@dataclass(frozen=True, kw_only=True, eq=False)
class Zone(Question[str]):
    """An IANA time zone: one of ``common``, or that of a city that is typed."""

    common: tuple[str, ...] = ()

    def load(self, stored: Json) -> str:
        if not isinstance(stored, str) or stored not in {*zone_names(), *self.common, "UTC"}:
            raise Invalid("not a time zone")
        ZoneInfo(stored)
        return stored

    def read(self, typed: str, reader: Reader) -> Reading[Json]:
        named = typed.strip()
        if named in {*zone_names(), *self.common, "UTC"}:
            return Understood(named)
        pairs = [(item.key, reader.say(item.label)) for item in self.items()]
        reading = choice.option(typed, pairs)
        if not isinstance(reading, NotUnderstood):
            return reading
        return _zone_of(places.city(typed, None, reader.language))

    def describe(self, stored: Json) -> Label:
        return Name("timezone", str(stored), fallback=str(stored))

    def items(self) -> tuple[Item, ...]:
        return tuple(Item(zone, self.describe(zone)) for zone in self.common)


def _zone_of(reading: Reading[places.Place]) -> Reading[Json]:
    if isinstance(reading, NotUnderstood):
        return NotUnderstood("zone.unknown")
    found = (reading.value,) if isinstance(reading, Understood) else reading.candidates
    zones = tuple(dict.fromkeys(place.timezone for place in found if place.timezone))
    if not zones:
        return NotUnderstood("zone.unknown")
    sure = isinstance(reading, Understood) and len(zones) == 1
    return Understood(zones[0]) if sure else Unsure(zones)


@dataclass(frozen=True, kw_only=True, eq=False)
class Lines(Question[tuple[str, ...]]):
    """Short texts, a line each (or apart by semicolons): as many as ``count``, where that is
    given."""

    minimum: int = 2
    maximum: int = 6
    count: int | None = None

    def load(self, stored: Json) -> tuple[str, ...]:
        if not isinstance(stored, list) or not all(isinstance(each, str) for each in stored):
            raise Invalid("not lines")
        if self._wrong(stored):
            raise Invalid("not as many as asked for")
        return tuple(stored)

    def read(self, typed: str, reader: Reader) -> Reading[Json]:
        parts = typed.replace(";", "\n").split("\n")
        lines = []
        for part in (_BULLET.sub("", part).strip() for part in parts):
            if part:
                cleaned = text.clean(part, LINE_LIMIT)
                if isinstance(cleaned, NotUnderstood):
                    return cleaned
                lines.append(cleaned.value)
        return self._wrong(lines) or Understood(list(lines))

    def _wrong(self, lines: list[str]) -> NotUnderstood | None:
        if self.count is not None and len(lines) != self.count:
            return NotUnderstood("lines.count", {"count": self.count})
        if not self.minimum <= len(lines) <= self.maximum:
            limits = {"minimum": self.minimum, "maximum": self.maximum}
            return NotUnderstood("lines.number", limits)
        if len({each.casefold() for each in lines}) < len(lines):
            return NotUnderstood("lines.twice")
        return None

    def describe(self, stored: Json) -> Label:
        return Many(tuple(Plain(str(each)) for each in stored))


@dataclass(frozen=True, kw_only=True, eq=False)
class Prose(Text):
    """A text of several lines; a card shows how it begins."""

    lines: bool = True

    def describe(self, stored: Json) -> Label:
        shown = " ".join(str(stored).split())
        return Plain(shown if len(shown) <= SHOWN else f"{shown[: SHOWN - 1].rstrip()}…")


@dataclass(frozen=True, kw_only=True, eq=False)
class Body(Prose):
    """The text of a broadcast. Whether its variables and marks make sense is looked at where
    they are known."""


@dataclass(frozen=True, kw_only=True, eq=False)
class AudienceFilter(Text):
    """Who gets it: a filter as typed, or one of ``presets`` (their keys are filters). Whether a
    typed one can be read is looked at where the living database is known."""

    maximum: int = FILTER_LIMIT
    presets: tuple[Item, ...] = ()

    def read(self, typed: str, reader: Reader) -> Reading[Json]:
        """A filter, or a preset in the words of its button, its brackets left out or not:
        "everyone" is "Everyone (CIKE)"."""
        said = text.fold(typed)
        for item in (each for each in self.presets if not each.key.startswith("@")):
            label = reader.say(item.label)
            if said in (text.fold(label), text.fold(label.partition(" (")[0])):
                return Understood(item.key)
        return super().read(typed, reader)

    def describe(self, stored: Json) -> Label:
        known = next((item.label for item in self.presets if item.key == stored), None)
        return known or Plain(str(stored))

    def items(self) -> tuple[Item, ...]:
        return self.presets


def audience(saved: tuple[str, ...], organisation: Label) -> AudienceFilter:
    """The question for an audience: everybody, at home, abroad, and the saved ones."""
    presets = (
        Item(EVERYBODY, Template("staff.audience_everybody", {"organisation": organisation})),
        Item("residence:international", Template("staff.audience_international")),
        Item("residence:domestic", Template("staff.audience_domestic")),
        *(Item(f"@{key}", Plain(f"@{key}")) for key in saved),
    )
    return AudienceFilter(key="audience", **words("audience"), presets=presets)


@dataclass(frozen=True, slots=True)
class Spoken:
    """The languages of a blueprint, one organisation's own first."""

    first: str
    others: tuple[str, ...] = field(default=())

    @property
    def all(self) -> tuple[str, ...]:
        return (self.first, *self.others)


def spoken(languages: tuple[str, ...], own: str) -> Spoken:
    first = own if own in languages else languages[0]
    return Spoken(first, tuple(each for each in languages if each != first))


def words(name: str, **values: Any) -> dict[str, Any]:
    """A question's text, and what it is called on the card."""
    return {
        "text": Template(f"staff.ask_{name}", values),
        "name": Template(f"staff.label_{name}"),
    }


def words_in(name: str, language: str) -> dict[str, Any]:
    """The same, for the text of one language."""
    values = {"language": Name("language", language)}
    return {
        "text": Template(f"staff.ask_{name}", values),
        "name": Template(f"staff.label_{name}", values),
    }
