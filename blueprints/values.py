"""What a single value of a blueprint can be: keys, addresses, codes, words in each language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Annotated, Literal, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from babel.core import get_global
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    RootModel,
    StringConstraints,
    field_validator,
)
from pydantic_core import PydanticCustomError


def _matching(pattern: str) -> StringConstraints:
    return StringConstraints(pattern=pattern)


# Patterns, and what each asks for (told to whoever writes something else).
KEY = r"^[a-z][a-z0-9_]{0,31}$"
LANGUAGE = r"^[a-z]{2}$"
COUNTRY = r"^[A-Z]{2}$"
URL = r"^https://[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(:[0-9]+)?(/\S*)?$"
EMAIL = r"^[^@\s]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$"
NUTS = r"^[A-Z]{2}[0-9A-Z]{1,3}$"
ESCO = r"^http://data\.europa\.eu/esco/skill/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
SPAN = r"^[1-9][0-9]{0,2}[mhd]$"
NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$"
PATTERNS = {
    KEY: 'a key: 1 to 32 of a–z, 0–9 and _, a letter first, like "guest_talk"',
    LANGUAGE: 'a language code of two small letters, like "sk"',
    COUNTRY: 'an ISO 3166-1 country code, like "SK"',
    URL: 'a full address, like "https://www.example.org"',
    EMAIL: 'an e-mail address, like "privacy@example.org"',
    NUTS: 'a NUTS code, like "SK042"',
    ESCO: 'an ESCO concept URI, like "http://data.europa.eu/esco/skill/'
    '6f142deb-03a9-4cd7-94ce-e0f023ae2169"',
    SPAN: 'a length of time: minutes, hours or days, like "30m", "1h" or "7d"',
    NAME: 'a short name of letters, digits, . _ and -, like "2026-1"',
}

# Keys travel in callback data (Telegram: 64 bytes) and stand in exports: short, ASCII, stable.
Key: TypeAlias = Annotated[str, _matching(KEY)]
Language: TypeAlias = Annotated[str, _matching(LANGUAGE)]
Country: TypeAlias = Annotated[str, _matching(COUNTRY)]  # ISO 3166-1 alpha-2
Line: TypeAlias = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Url: TypeAlias = Annotated[str, _matching(URL)]
Email: TypeAlias = Annotated[str, _matching(EMAIL)]
Nuts: TypeAlias = Annotated[str, _matching(NUTS)]
Esco: TypeAlias = Annotated[str, _matching(ESCO)]
Name: TypeAlias = Annotated[str, _matching(NAME)]
Count: TypeAlias = Annotated[int, Field(strict=True, ge=0)]
Positive: TypeAlias = Annotated[int, Field(strict=True, ge=1)]
Flag: TypeAlias = Annotated[bool, Field(strict=True)]
Hour: TypeAlias = Annotated[int, Field(strict=True, ge=0, le=24)]
Span: TypeAlias = Annotated[str, _matching(SPAN)]


@dataclass(frozen=True, slots=True)
class Slot:
    """Hours of a week: on these days (0 is Monday) from ``begins`` to before ``ends``."""

    days: tuple[int, ...]
    begins: int
    ends: int


WEEKDAYS, WEEKEND = (0, 1, 2, 3, 4), (5, 6)
SLOTS = {
    "weekday_mornings": Slot(WEEKDAYS, 8, 12),
    "weekday_afternoons": Slot(WEEKDAYS, 12, 17),
    "weekday_evenings": Slot(WEEKDAYS, 17, 21),
    "weekends": Slot(WEEKEND, 9, 19),
}
"""When people have time, in their own zone. Keys are stored: never give one a new meaning."""
MODES = ("online", "in_person", "both")


def span(text: str) -> timedelta:
    """A :data:`Span` as a length of time; a day is 24 hours."""
    unit = {"m": "minutes", "h": "hours", "d": "days"}[text[-1]]
    return timedelta(**{unit: int(text[:-1])})


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f'"{name}" is no time zone; write its IANA name, like "Europe/Bratislava"')
    return name


Zone: TypeAlias = Annotated[str, AfterValidator(_zone)]


def _day(value: object) -> object:
    """A date of TOML, or the same in quotes; a moment is no day."""
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            value = None
    if isinstance(value, datetime) or not isinstance(value, date):
        raise PydanticCustomError("day", "a day, like 2028-12-31")
    return value


Day: TypeAlias = Annotated[date, BeforeValidator(_day)]


@lru_cache(maxsize=256)
def zone_of(country: str) -> str:
    """The time zone of a country that has one, else its first by name; "UTC" for none (CLDR)."""
    zones = sorted(
        zone for zone, territory in get_global("zone_territories").items() if territory == country
    )
    return next(filter(_is_there, zones), "UTC")


def _is_there(zone: str) -> bool:
    """Whether this machine knows the zone (to list all that it knows takes 15 ms)."""
    try:
        ZoneInfo(zone)
    except ZoneInfoNotFoundError:
        return False
    return True


PersonaKey: TypeAlias = Key
PurposeKey: TypeAlias = Literal["register", "invitations", "mentoring", "sharing", "public"]
QuestionKind: TypeAlias = Literal[
    "choice", "multi", "rank", "rating", "text", "number", "date", "yes_no"
]
# The columns of the living database (and of `domov export people`) that a survey can feed.
Column: TypeAlias = Literal[
    "willingness", "roles", "formats", "skills_used", "skills_needed", "skills_offered"
]


class Model(BaseModel):
    """Frozen, refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Texts(RootModel[dict[Language, str]]):
    """The same words in each of the blueprint's languages: ``texts["sl"]``.

    A loaded blueprint has every language everywhere, so the fallback to the first one is for
    a reader whose stored language the blueprint no longer has. Line breaks inside a paragraph
    are unwrapped; an empty line separates paragraphs (two newlines in the value).
    """

    model_config = ConfigDict(frozen=True)

    @field_validator("root")
    @classmethod
    def unwrap(cls, root: dict[str, str]) -> dict[str, str]:
        return {language: _unwrap(text) for language, text in root.items()}

    def __getitem__(self, language: str) -> str:
        try:
            return self.root[language]
        except KeyError:
            return next(iter(self.root.values()))

    def __contains__(self, language: object) -> bool:
        return language in self.root

    def languages(self) -> Iterator[str]:
        return iter(self.root)


class Ways(RootModel[dict[Language, tuple[Line, ...]]]):
    """The ways in which people put something, in each of the blueprint's languages: the words that
    say it, in any order, ``*`` for any ending ("zadarm*")."""

    model_config = ConfigDict(frozen=True)

    def all(self) -> Iterator[str]:
        """In every language: people ask in their own, whichever they chose."""
        for ways in self.root.values():
            yield from ways


def _unwrap(text: str) -> str:
    paragraphs = re.split(r"\n[ \t]*\n\s*", text.strip())
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
