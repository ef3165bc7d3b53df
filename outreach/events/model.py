"""What staff say of an event, before it is a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from storage.events import EventRow
from storage.media import Medium

TITLE, DESCRIPTION, PLACE, LINK = 100, 1_500, 200, 500
"""Characters at most: a card with all of it fits one message on every platform."""

EVERYWHERE = ""
"""The language of a place that is called the same in all of them."""


@dataclass(frozen=True, slots=True)
class Details:
    """An event as staff describe it; checked (see outreach.events.file).

    Texts are language -> text. ``starts_at``, ``ends_at`` and ``rsvp_until`` are aware, in UTC;
    ``timezone`` (IANA) is the place's. ``host_id`` and ``speaker_id`` are people's numbers.
    ``picture`` is a new one; ``media_id`` one that is kept already.
    """

    key: str
    organisation: str
    title: Mapping[str, str]
    starts_at: datetime
    ends_at: datetime
    timezone: str
    format: str | None = None
    description: Mapping[str, str] = field(default_factory=dict)
    place: Mapping[str, str] = field(default_factory=dict)
    link: str | None = None
    capacity: int | None = None
    guests: int = 0
    rsvp_until: datetime | None = None
    audience: str = ""
    host_id: int | None = None
    speaker_id: int | None = None
    media_id: int | None = None
    picture: Medium | None = None

    def columns(self) -> dict[str, Any]:
        """What is stored, without the picture."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        del values["picture"]
        for name in ("title", "description", "place"):
            values[name] = dict(values[name])
        return values


def details_of(event: EventRow) -> Details:
    """An event as staff would describe it now."""
    names = {each.name for each in fields(Details)} - {"picture"}
    return Details(**{name: getattr(event, name) for name in names})


def differences(before: Details, after: Details) -> frozenset[str]:
    """The names of what is not the same."""
    old, new = before.columns(), after.columns()
    return frozenset(name for name in old if old[name] != new[name])
