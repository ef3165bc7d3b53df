"""Conversations as lists of steps: what the bot asks, and what the person does then."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from tests.system.people import Person
from tests.system.speech import Speech

Act: TypeAlias = Callable[[Person], Awaitable[None]]


@dataclass(frozen=True)
class Step:
    """``key`` the question's, ``asked`` what the bot says, ``do`` the answer, ``stored`` what is
    then kept under the key (``...``: whatever)."""

    key: str
    asked: str
    do: Act
    stored: Any = ...


def say(text: str) -> Act:
    return lambda person: person.say(text)


def choose(label: str) -> Act:
    return lambda person: person.choose(label)


def tick(labels: Sequence[str], done: str) -> Act:
    async def act(person: Person) -> None:
        await person.tick(labels)
        await person.choose(done)

    return act


def rank(labels: Sequence[str], done: str) -> Act:
    async def act(person: Person) -> None:
        await person.rank(labels)
        await person.choose(done)

    return act


def rate(levels: dict[str, str], skip: str, done: str) -> Act:
    async def act(person: Person) -> None:
        await person.rate(levels, skip)
        await person.choose(done)

    return act


async def walk(person: Person, steps: Iterable[Step]) -> None:
    """Each question is asked, in this order, and answered."""
    for step in steps:
        await person.expect(step.asked)
        await step.do(person)


@dataclass(frozen=True)
class Who:
    """What a person answers; the defaults are Jana's, a product lead in Berlin."""

    name: str = "Jana Nováková"
    country: str = "DE"
    city: str = "Berlin"
    since: str = "2015"
    profession: str = "product lead"
    field: str = "it"
    employer: str | None = None
    expertise: str = "I bring people together"
    linkedin: str | None = None
    email: str | None = "jana@example.com"
    languages: Sequence[str] = ("en", "sk")
    region: str = "kosice"
    consents: Sequence[str] = ("invitations",)
    note: str = "See you in May"
    occupation: str = "entrepreneur"
    wants: Sequence[str] = ("mentor",)


def join(w: Speech, who: Who = Who(), persona: str = "expat") -> list[Step]:
    """From hello to the persona. The person has written "/start" before."""
    return [
        Step("hello", w("join.button_start"), choose(w("join.button_start")), "start"),
        Step("agree", w("join.button_read"), choose(w("join.button_agree")), "agree"),
        Step("persona", w("join.ask_persona"), choose(w.label("personas", persona)), persona),
    ]


def others(w: Speech, who: Who = Who()) -> Step:
    """The consents that nobody needs to give."""
    labels = [w.label("purposes", each) for each in who.consents]
    asked = w("join.ask_others")
    return Step("consents", asked, tick(labels, w.control("done")), list(who.consents))


def _optional(w: Speech, given: str | None) -> Act:
    return choose(w.control("skip")) if given is None else say(given)


def expat(w: Speech, who: Who = Who()) -> list[Step]:
    """The registration of somebody abroad, to the card."""
    ask = "registration.ask_"
    return [
        Step("name", w(f"{ask}name"), say(who.name), who.name),
        Step(
            "home_region",
            w(f"{ask}home_region"),
            choose(w.label("regions", who.region)),
            who.region,
        ),
        Step("place", w(f"{ask}place"), say(who.city)),
        Step("profession", w(f"{ask}profession"), say(who.profession), who.profession),
        Step(
            "field", w.label("fields", who.field), choose(w.label("fields", who.field)), who.field
        ),
        _chosen(w, "willingness", "willingness", "yes"),
        others(w, who),
        Step("review", w.first("registration.card", lines=()), choose(w.control("all_correct"))),
    ]


def local(w: Speech, who: Who) -> list[Step]:
    """The registration of somebody in the region, to the card."""
    ask = "registration.ask_"
    return [
        Step("name", w(f"{ask}name"), say(who.name), who.name),
        Step("place", w(f"{ask}town"), say(who.city)),
        Step(
            "occupation",
            w(f"{ask}occupation"),
            choose(w.label("occupations", who.occupation)),
            who.occupation,
        ),
        Step(
            "wants",
            w(f"{ask}wants"),
            tick([w.label("wants", each) for each in who.wants], w.control("done")),
            list(who.wants),
        ),
        others(w, who),
        Step("review", w.first("registration.card", lines=()), choose(w.control("all_correct"))),
    ]


def complete(w: Speech, who: Who = Who()) -> list[Step]:
    """What somebody abroad adds to their profile."""
    ask = "registration.ask_"
    return [
        Step("since", w(f"{ask}since"), say(who.since), int(who.since)),
        Step("employer", w(f"{ask}employer"), _optional(w, who.employer), who.employer),
        Step("expertise", w(f"{ask}expertise"), say(who.expertise), who.expertise),
        Step("linkedin", w(f"{ask}linkedin"), _optional(w, who.linkedin)),
        Step("email", w(f"{ask}email"), _optional(w, who.email), who.email),
        Step(
            "spoken_languages",
            w(f"{ask}spoken_languages"),
            tick([w.spoken(code) for code in who.languages], w.control("done")),
            list(who.languages),
        ),
    ]


def complete_local(w: Speech, who: Who) -> list[Step]:
    """What somebody in the region adds to theirs."""
    ask, field = "registration.ask_", w.label("fields", who.field)
    return [
        Step("field", w(f"{ask}field"), choose(field), who.field),
        Step("email", w(f"{ask}email"), _optional(w, who.email), who.email),
    ]


def begin(w: Speech, survey: str) -> list[Step]:
    """Take up the survey that is offered."""
    return [Step("", w.title(survey), choose(w("survey.button_start")))]


def willingness(w: Speech, who: Who = Who()) -> list[Step]:
    """The survey, but for its first question, which was asked at registration."""
    survey = "willingness"
    day = date(2027, 5, 15)
    return [
        _ticked(w, survey, "roles", ("mentor", "speaker")),
        _chosen(w, survey, "how_often", "yearly"),
        _chosen(w, survey, "mode", "both"),
        Step("next_home", w.asked(survey, "next_home"), say("15.5.2027")),
        Step("next_home", w("common.did_you_mean"), choose(w.day(day)), day.isoformat()),
        Step("note", w.asked(survey, "note"), say(who.note), who.note),
    ]


def formats(w: Speech, who: Who = Who()) -> list[Step]:
    survey = "formats"
    given = {"ted_talk": "liked", "workshop": "possible", "meetup": "not_for_me"}
    shown = {
        w.choice(survey, "formats", option): w.level(survey, "formats", level)
        for option, level in given.items()
    }
    asked = w.asked(survey, "formats")
    return [
        Step("formats", asked, rate(shown, w.control("skip"), w.control("done")), given),
        Step("topics", w.asked(survey, "topics"), say(f"{who.note} 2"), f"{who.note} 2"),
    ]


def skills(w: Speech, who: Who = Who()) -> list[Step]:
    survey = "skills"
    needed = ("public_speaking", "resilience", "teamwork")
    labels = [w.choice(survey, "needed", each) for each in needed]
    return [
        _ticked(w, survey, "used", ("communication", "languages")),
        Step("needed", w.asked(survey, "needed"), rank(labels, w.control("done")), list(needed)),
        _ticked(w, survey, "offered", ("creativity", "leadership")),
        Step("comment", w.asked(survey, "comment"), choose(w.control("skip")), None),
    ]


def _chosen(w: Speech, survey: str, key: str, option: str) -> Step:
    return Step(key, w.asked(survey, key), choose(w.choice(survey, key, option)), option)


def _ticked(w: Speech, survey: str, key: str, options: Sequence[str]) -> Step:
    labels = [w.choice(survey, key, each) for each in options]
    return Step(key, w.asked(survey, key), tick(labels, w.control("done")), list(options))
