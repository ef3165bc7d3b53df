"""A new event, asked step by step; at the end a card with every line to be changed."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from blueprints.schema import Blueprint, Organisation
from flows.choices import Choice, Review
from flows.engine import Snapshot, flow
from flows.questions import Day, Item, Number, Text
from flows.script import Name, Plain, Script, Step, Template, Texts, ask, ask_optional
from flows.staff_questions import Clock, Prose, Spoken, Web, Zone, audience, spoken, words, words_in

TITLE_LIMIT, TEXT_LIMIT, PLACE_LIMIT = 100, 1500, 200
MOST_PLACES, MOST_GUESTS = 100_000, 3
PLACE, ONLINE, BOTH = "place", "online", "both"
NO_FORMAT = "none"
LENGTHS = (60, 90, 120, 180, 240)  # minutes


@dataclass(frozen=True, slots=True)
class EventDraft:
    """What was said of the event. ``starts`` and ``ends`` are local: day and "HH:MM"; an end that
    is not after the start is on the next day. ``texts`` are language -> words."""

    organisation: str
    format: str | None
    title: Mapping[str, str]
    description: Mapping[str, str]
    place: str | None
    link: str | None
    timezone: str
    day: date
    starts: str
    ends: str
    capacity: int | None
    guests: int
    answer_by: date | None
    audience: str


@flow("staff_event")
def staff_event(me: Snapshot) -> Script[EventDraft]:
    """``me.params``: ``organisations`` the keys it may be for; ``audiences`` saved ones."""
    organisation = yield from which_organisation(me)
    kind = yield from ask(_format(me.blueprint))
    languages = spoken(me.blueprint.languages, organisation.language)
    title = yield from _texts("title", languages, Text, TITLE_LIMIT)
    described = Spoken(languages.first, tuple(each for each in languages.others if each in title))
    description = yield from _texts("description", described, Prose, TEXT_LIMIT)
    place, link = yield from _where()
    zone = yield from ask(Zone(key="zone", **words("zone"), common=_zones(me, organisation)))
    day = yield from ask(Day(key="day", **words("day")))
    starts = yield from ask(Clock(key="starts", **words("starts")))
    ends = yield from ask(Clock(key="ends", **words("ends"), presets=_endings(starts)))
    capacity = yield from ask_optional(
        Number(key="capacity", **words("capacity"), minimum=1, maximum=MOST_PLACES, optional=True)
    )
    guests = yield from ask(_guests())
    answer_by = yield from ask_optional(
        Day(key="answer_by", **words("answer_by"), optional=True, presets=_day(day))
    )
    saved = tuple(str(each) for each in me.params.get("audiences") or ())
    filter_ = yield from ask(audience(saved, Plain(organisation.name)))
    yield from ask(Review(key="review", text=Template("staff.card_event")))
    return EventDraft(
        organisation.key, None if kind == NO_FORMAT else kind, title, description, place, link,
        zone, day, starts, ends, capacity, int(guests), answer_by, filter_,
    )  # fmt: skip


def which_organisation(me: Snapshot) -> Generator[Step, Any, Organisation]:
    """For whom it is; not asked of those who work for one only."""
    keys = [str(each) for each in me.params.get("organisations") or ()]
    found = [each for each in me.blueprint.organisations if each.key in keys]
    found = found or list(me.blueprint.organisations)
    if len(found) == 1:
        return found[0]
    options = tuple(Item(each.key, Plain(each.name)) for each in found)
    key = yield from ask(Choice(key="organisation", **words("organisation"), options=options))
    return next(each for each in found if each.key == key)


def _format(blueprint: Blueprint) -> Choice:
    known = tuple(Item(each.key, Texts(each.label.root)) for each in blueprint.formats)
    none = Item(NO_FORMAT, Template("staff.format_none"))
    return Choice(key="format", **words("format"), options=(*known, none))


def _texts(
    name: str, languages: Spoken, kind: type[Text], limit: int
) -> Generator[Step, Any, dict[str, str]]:
    """One text a language: the first is needed, the others can be skipped."""
    found = {}
    for language in languages.all:
        question = kind(
            key=f"{name}_{language}", **words_in(name, language), maximum=limit,
            optional=language != languages.first,
        )  # fmt: skip
        text = yield from ask_optional(question)
        if text:
            found[language] = text
    return found


def _where() -> Generator[Step, Any, tuple[str | None, str | None]]:
    options = tuple(Item(each, Template(f"staff.where_{each}")) for each in (PLACE, ONLINE, BOTH))
    where = yield from ask(Choice(key="where", **words("where"), options=options))
    place = link = None
    if where in (PLACE, BOTH):
        place = yield from ask(Text(key="place", **words("place"), maximum=PLACE_LIMIT))
    if where in (ONLINE, BOTH):
        link = yield from ask(Web(key="link", **words("link")))
    return place, link


def _zones(me: Snapshot, own: Organisation) -> tuple[str, ...]:
    """The organisation's zone, then the others'."""
    zones = (me.blueprint.zone(own.key), *map(me.blueprint.zone, _keys(me.blueprint)))
    return tuple(dict.fromkeys(zones))


def _keys(blueprint: Blueprint) -> tuple[str, ...]:
    return tuple(each.key for each in blueprint.organisations)


def _endings(starts: str) -> tuple[Item, ...]:
    begun = int(starts[:2]) * 60 + int(starts[3:])
    times = [(begun + length) % (24 * 60) for length in LENGTHS]
    shown = [f"{minutes // 60:02}:{minutes % 60:02}" for minutes in times]
    return tuple(Item(each, Plain(each)) for each in shown)


def _guests() -> Choice:
    options = tuple(
        Item(str(each), Template("staff.guests", {"count": each}))
        for each in range(MOST_GUESTS + 1)
    )
    return Choice(key="guests", **words("guests"), options=options)


def _day(day: date) -> tuple[Item, ...]:
    return (Item(day.isoformat(), Name("date", day.isoformat())),)
