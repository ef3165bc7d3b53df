"""Mentoring: what somebody wants a mentor for, and what a mentor offers.

Keys of urgency, rhythm, mode and hours are stored: never give one a new meaning.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from blueprints.remembered import once_a_blueprint
from blueprints.schema import Blueprint
from blueprints.values import MODES, SLOTS
from flows.asking import options
from flows.choices import Choice, Multi, Rank, Review
from flows.engine import Snapshot, flow
from flows.errors import Invalid
from flows.questions import Day, Item, Languages, Question, Reader, Text
from flows.script import Json, Label, Name, Plain, Script, Step, Template, ask, ask_optional
from flows.understand.reading import NotUnderstood, Reading, Understood

URGENCIES = ("now", "soon", "open")
RHYTHMS = ("weekly", "fortnightly", "monthly", "once", "open")
ANY_FIELD = "any"
GOAL_LIMIT, TOPICS_LIMIT, NAME_LIMIT = 500, 300, 120
MOST_SKILLS = 3  # of a request; a mentor ticks as many as they like
MOST_PLACES, PLACES = 20, (1, 2, 3, 4, 5)
BREAKS_DAYS = (30, 90, 180)


@dataclass(frozen=True, slots=True)
class Requested:
    """What a mentor is wanted for. ``field`` None: any; ``skills`` the most wanted first;
    ``urgency`` and ``rhythm`` None: staff who wrote it down did not ask."""

    goal: str
    skills: tuple[str, ...]
    field: str | None
    languages: tuple[str, ...]
    mode: str
    urgency: str | None
    rhythm: str | None
    hours: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Offered:
    """What a mentor offers. ``hours`` empty: they did not say."""

    capacity: int
    topics: str
    skills: tuple[str, ...]
    languages: tuple[str, ...]
    mode: str
    hours: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OnBreak:
    """No new mentee before this day."""

    until: date


@dataclass(frozen=True, slots=True)
class Avoided:
    """Somebody they don't want to be matched with, by a name."""

    name: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Places(Question[int]):
    """How many mentees at once, pressed or typed."""

    def load(self, stored: Json) -> int:
        if not (isinstance(stored, str) and stored.isascii() and stored.isdecimal()):
            raise Invalid("not a number")
        if len(stored) > 2 or not 1 <= int(stored) <= MOST_PLACES:
            raise Invalid("not as many as there can be")
        return int(stored)

    def read(self, typed: str, reader: Reader) -> Reading[Json]:
        digits = typed.strip()
        if digits.isascii() and digits.isdecimal() and len(digits) < 3:
            places = int(digits)
            if 1 <= places <= MOST_PLACES:
                return Understood(str(places))
        return NotUnderstood("number.out_of_range", {"minimum": 1, "maximum": MOST_PLACES})

    def describe(self, stored: Json) -> Label:
        return Plain(str(stored))

    def items(self) -> tuple[Item, ...]:
        return tuple(Item(str(each), Plain(str(each))) for each in PLACES)


@dataclass(frozen=True, kw_only=True, eq=False)
class Hours(Multi):
    """When somebody usually has time; nothing ticked: it varies."""

    def describe(self, stored: Json) -> Label:
        return super().describe(stored) if stored else Template("mentor.hours_any")


@flow("mentor_request")
def mentor_request(me: Snapshot) -> Script[Requested]:
    """Opened with what is known of an open request as answers, it waits at the card."""
    blueprint = me.blueprint
    goal = yield from ask(GOAL)
    skills = yield from _skills(_wanted(blueprint))
    field = yield from ask(_field(blueprint))
    languages = yield from ask(_languages(blueprint, "request", (me.language,)))
    mode = yield from ask(MODE_WANTED)
    urgency = yield from ask(URGENCY)
    rhythm = yield from ask(RHYTHM)
    hours = yield from ask(FREE)
    yield from ask(REQUEST_CARD)
    return Requested(
        goal, skills, None if field == ANY_FIELD else field, languages, mode, urgency,
        rhythm, hours,
    )  # fmt: skip


@flow("mentor_offer")
def mentor_offer(me: Snapshot) -> Script[Offered]:
    """Opened with the offer as it stands as answers, it waits at the card: a tap confirms it."""
    blueprint = me.blueprint
    capacity = yield from ask(CAPACITY)
    skills = yield from _skills(_offered(blueprint))
    topics = yield from ask_optional(TOPICS)
    languages = yield from ask(_languages(blueprint, "offer", ()))
    mode = yield from ask(MODE_OFFERED)
    hours = yield from ask(FREE)
    yield from ask(OFFER_CARD)
    return Offered(capacity, topics or "", skills, languages, mode, hours)


@flow("mentor_break")
def mentor_break(me: Snapshot) -> Script[OnBreak]:
    days = (me.today + timedelta(days=count) for count in BREAKS_DAYS)
    presets = tuple(Item(day.isoformat(), Name("date", day.isoformat())) for day in days)
    until = yield from ask(Day(key="until", text=Template("mentor.ask_break"), presets=presets))
    return OnBreak(until)


@flow("mentor_avoid")
def mentor_avoid(me: Snapshot) -> Script[Avoided]:
    name = yield from ask(Text(key="name", text=Template("mentor.ask_avoid"), maximum=NAME_LIMIT))
    return Avoided(name)


def _words(key: str, asked: str | None = None) -> dict[str, Any]:
    return {
        "key": key,
        "text": Template(f"mentor.ask_{asked or key}"),
        "name": Template(f"mentor.label_{key}"),
    }


def labelled(kind: str, keys: tuple[str, ...]) -> tuple[Item, ...]:
    """Keys of this module as things to choose: "mentor.mode_online"."""
    return tuple(Item(key, Template(f"mentor.{kind}_{key}")) for key in keys)


GOAL = Text(**_words("goal"), maximum=GOAL_LIMIT, lines=True)
TOPICS = Text(**_words("topics"), maximum=TOPICS_LIMIT, lines=True, optional=True)
CAPACITY = Places(**_words("capacity"))
MODE_WANTED = Choice(**_words("mode", "mode_wanted"), options=labelled("mode", MODES))
MODE_OFFERED = Choice(**_words("mode", "mode_offered"), options=labelled("mode", MODES))
URGENCY = Choice(**_words("urgency"), options=labelled("urgency", URGENCIES))
RHYTHM = Choice(**_words("rhythm"), options=labelled("rhythm", RHYTHMS))
FREE = Hours(**_words("hours"), options=labelled("hours", tuple(SLOTS)))
REQUEST_CARD = Review(key="review", text=Template("mentor.card_request"))
OFFER_CARD = Review(key="review", text=Template("mentor.card_offer"))


def _skills(
    question: Rank | Multi,
) -> Generator[Step, Any, tuple[str, ...]]:
    """Not asked where the blueprint has none."""
    if not question.options:
        return ()
    chosen: tuple[str, ...] | None = yield from ask_optional(question)
    return chosen or ()


@once_a_blueprint
def _wanted(blueprint: Blueprint) -> Rank:
    listed = options(blueprint.skills)
    return Rank(**_words("skills", "skills_wanted"), options=listed, maximum=MOST_SKILLS,
                optional=True)  # fmt: skip


@once_a_blueprint
def _offered(blueprint: Blueprint) -> Multi:
    listed = options(blueprint.skills)
    return Multi(**_words("skills", "skills_offered"), options=listed, optional=True)


@once_a_blueprint
def _field(blueprint: Blueprint) -> Choice:
    anyone = Item(ANY_FIELD, Template("mentor.field_any"))
    return Choice(**_words("field"), options=(anyone, *options(blueprint.fields)))


@once_a_blueprint
def _languages(blueprint: Blueprint, of: str, ticked: tuple[str, ...]) -> Languages:
    common = tuple(dict.fromkeys((*blueprint.languages, "en", "de")))
    return Languages(**_words("languages", f"languages_{of}"), common=common, ticked=ticked)


def request_answers(request: Requested) -> dict[str, Json]:
    """An open request as answers, so that the flow waits at the card."""
    return {
        "goal": request.goal,
        "skills": list(request.skills) or None,
        "field": request.field or ANY_FIELD,
        "languages": list(request.languages),
        "mode": request.mode,
        "urgency": request.urgency or "open",
        "rhythm": request.rhythm or "open",
        "hours": list(request.hours),
    }


def offer_answers(offer: Offered) -> dict[str, Json]:
    """An offer as answers, so that the flow waits at the card."""
    return {
        "capacity": str(offer.capacity),
        "skills": list(offer.skills) or None,
        "topics": offer.topics or None,
        "languages": list(offer.languages),
        "mode": offer.mode,
        "hours": list(offer.hours),
    }
