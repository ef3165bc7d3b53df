"""How an event is shown in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from blueprints.schema import Blueprint
from outreach import hours
from storage.events import EventRow

_PEOPLE = (
    ("going", "going"), ("guests", "guests"), ("maybe", "maybe"), ("no", "can't"),
    ("waiting", "waiting"), ("offered", "offered a place"), ("checked_in", "checked in"),
)  # fmt: skip


def plain(event: EventRow, blueprint: Blueprint) -> dict[str, Any]:
    """An event's facts, ready for a table."""
    own = blueprint.organisation(event.organisation)
    language = own.language if own else blueprint.language
    titles = [event.title[code] for code in (language, "en") if code in event.title]
    there = hours.zone(event.timezone)
    return {
        "key": event.key,
        "title": next(iter([*titles, *event.title.values()]), event.key),
        "organisation": event.organisation,
        "status": event.status,
        "starts": f"{event.starts_at.astimezone(there):%Y-%m-%d %H:%M}",
        "timezone": event.timezone,
        "starts_at": event.starts_at,
        "ends_at": event.ends_at,
        "capacity": event.capacity,
        "audience": event.audience,
    }


def lines_of(
    event: EventRow,
    line: Mapping[str, Any],
    sent: Mapping[str, Mapping[str, int]],
    planned: Iterable[tuple[datetime, str]],
) -> Iterator[tuple[str, str]]:
    """All about an event: a word and what it is, line by line; times at the event's own."""
    there = hours.zone(event.timezone)

    def at(moment: datetime) -> str:
        return f"{moment.astimezone(there):%Y-%m-%d %H:%M}"

    yield "Event", f"{line['title']} ({event.key}), {event.status}"
    yield "When", f"{at(event.starts_at)} – {at(event.ends_at)}, {event.timezone}"
    if event.place:
        yield "Where", next(iter(event.place.values()))
    if event.link:
        yield "Link", event.link
    yield "Answers", f"until {at(event.answers_until)}"
    for name, value in (("Host", event.host), ("Speaker", event.speaker)):
        if value:
            yield name, value
    whose = f"of {event.organisation} and shared with it"
    yield "Audience", f"{event.audience or 'everybody'} ({whose})"
    yield "Places", f"{event.capacity or 'no limit'}; guests each: {event.guests}"
    yield "Check-in", f"code {event.code}"
    yield "People", ", ".join(f"{line[key]:,} {word}" for key, word in _PEOPLE)
    for kind, states in sent.items():
        counted = ", ".join(f"{count:,} {state}" for state, count in states.items())
        yield "Messages", f"{kind}: {counted}"
    for moment, what in planned:
        yield "Planned", f"{at(moment)}  {what}"
