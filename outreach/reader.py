"""Who is written to, as far as a message needs to know."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reader:
    """``timezone`` (IANA) is never empty: where the person's own is unknown, their
    organisation's."""

    person: int
    language: str
    timezone: str
    name: str = ""
    city: str = ""
    country: str = ""
    organisation: str = ""
    persona: str = ""
