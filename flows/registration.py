"""Registration: what the blueprint's persona is asked, a card at the end, and the rest later.

The same flow shows and changes the profile: opened with what is known as answers ("review"), it
waits at the card. ``complete`` asks what a profile lacks.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from blueprints.facts import WITH_OPTIONS, Ask, Fact
from blueprints.remembered import once_a_blueprint
from blueprints.schema import Blueprint
from flows.asking import NAME_LIMIT, WITH_REGION, Step, ask_of, name_of, options, question_of
from flows.choices import Choice, Guessed, Permissions, Review
from flows.engine import Snapshot, flow
from flows.join import other_consents, which_persona
from flows.places import City, Country, HomeRegion, Residence, Timezone, Town, areas_of
from flows.questions import Item, Question
from flows.script import Json, Script, Template, Texts, ask, recall, say
from flows.script import Step as Asked
from flows.understand import fields, places
from flows.understand.text import fold
from flows.understand.zones import zones_of

__all__ = ["NAME_LIMIT", "Completed", "Registration", "answers_of", "lines", "options"]

CARD = Review(key="review", text=Template("registration.card"), folded=True)
CHOSEN = WITH_OPTIONS | {"region", "field", "willingness"}
HOME, PLACE, FIELD, PROFESSION = "home_region", "place", "field", "profession"


@dataclass(frozen=True, slots=True)
class Registration:
    """``facts``: key -> what is to be stored (storage.profile); those that were not asked are not
    in it. ``consents``: of the purposes ``asked`` for, those that were given."""

    persona: str
    facts: Mapping[str, Json]
    consents: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Completed:
    """What was added to a profile."""

    facts: Mapping[str, Json]


@dataclass(slots=True)
class _Told:
    """What one conversation has told so far. ``unknown``: facts that may stay unknown.
    ``only_recall``: a profile that an earlier release opened, which knew of no new facts."""

    me: Snapshot
    persona: str
    facts: dict[str, Json] = field(default_factory=dict)
    unknown: frozenset[str] = frozenset()
    only_recall: bool = False

    @property
    def blueprint(self) -> Blueprint:
        return self.me.blueprint


@flow("registration")
def registration(me: Snapshot) -> Script[Registration]:
    """``me.params``: ``review`` true to look at a profile, whose facts ``unknown`` may stay so;
    ``consents`` the purposes to ask for, in that order."""
    review, before = bool(me.params.get("review")), "unknown" not in me.params
    persona = str(me.facts.get("persona"))
    if review and not before and len(me.blueprint.personas) > 1:
        persona = yield from ask(_which_persona(me.blueprint))
    unknown = frozenset(me.params.get("unknown") or ())
    told = _Told(me, persona, unknown=unknown, only_recall=review and before)
    wanted = tuple(me.params.get("consents") or ())
    asks = me.blueprint.asks(persona)
    count = len(asks) + (1 if wanted else 0)
    for number, each in enumerate(asks, start=1):
        yield from _one(told, each, None if review else Step(number, count))
    yield from _rest(told, review=review)
    given: tuple[str, ...] = ()
    if wanted:
        given = yield from ask(_consents(me.blueprint, wanted, count))
    yield from ask(CARD)
    return Registration(persona, told.facts, given, wanted)


@flow("complete")
def complete(me: Snapshot) -> Script[Completed]:
    """``me.params["missing"]``: the facts that the profile lacks, in order."""
    told = _Told(me, str(me.facts.get("persona")))
    missing = [str(key) for key in me.params.get("missing") or ()]
    asks = {each.fact: each for each in me.blueprint.later(told.persona) if each.fact in missing}
    yield from say("registration.complete_opening")
    for number, each in enumerate(asks.values(), start=1):
        yield from _later(told, each, Step(number, len(asks)), asked=True)
    return Completed({key: value for key, value in told.facts.items() if value is not None})


def _one(told: _Told, each: Ask, step: Step | None) -> Generator[Asked, Any, None]:
    """One step of the registration, with whatever must be asked within it."""
    fact = told.blueprint.asked(each)
    if fact is None or not _answerable(fact):  # a release took it away
        return
    if fact.key == PLACE:
        yield from _place(told, fact, step)
        return
    optional = fact.skippable or fact.key in told.unknown
    question = _question(told.blueprint, told.persona, fact.key, optional, step)
    value = yield from (recall(question) if told.only_recall else ask(question))
    if value is None and told.only_recall:
        return
    told.facts[fact.key] = _plain(value)
    if fact.key == PROFESSION and FIELD not in _keys(told) and value is not None:
        told.facts[FIELD] = yield from ask(_field(told.blueprint, str(value), step))


def _answerable(fact: Fact) -> bool:
    """Whether there is something to choose, where something is to be chosen."""
    return bool(fact.options) or fact.kind not in CHOSEN


def _keys(told: _Told) -> frozenset[str]:
    return _keys_of(told.blueprint, told.persona)


@once_a_blueprint
def _keys_of(blueprint: Blueprint, persona: str) -> frozenset[str]:
    return frozenset(fact.key for fact in blueprint.facts_of(persona))


def _rest(told: _Told, *, review: bool) -> Generator[Asked, Any, None]:
    """What is asked later: part of a profile that is looked at, and of what an earlier release had
    asked at registration."""
    for each in told.blueprint.later(told.persona):
        yield from _later(told, each, None, asked=review)


def _later(
    told: _Told, each: Ask, step: Step | None, *, asked: bool
) -> Generator[Asked, Any, None]:
    fact = told.blueprint.asked(each)
    if fact is None or not _answerable(fact):
        return
    if fact.key == PLACE and asked:
        yield from _place(told, fact, step)
        return
    question = _question(told.blueprint, told.persona, fact.key, True, step)
    value = yield from (ask(question) if asked else recall(question))
    if asked or value is not None:
        told.facts[fact.key] = _plain(value)


@once_a_blueprint
def _question(
    blueprint: Blueprint, persona: str, key: str, optional: bool, step: Step | None
) -> Question[Any]:
    fact = next(fact for fact in blueprint.facts_of(persona) if fact.key == key)
    return question_of(blueprint, fact, optional=optional, step=step)


def _plain(value: Any) -> Json:
    return list(value) if isinstance(value, tuple) else value


# ---- where somebody lives ----


def _place(told: _Told, fact: Fact, step: Step | None) -> Generator[Asked, Any, None]:
    """Town, country and time zone, each asked only where what was said before doesn't tell it; and
    of who lives in the region itself, which it is."""
    inside = HOME not in _keys(told)
    optional = fact.key in told.unknown
    question = _residence(told.blueprint, told.persona, inside, optional, step)
    town, home = (yield from recall(question)), None
    if town is None:
        town, home = yield from _before(told, inside)
    if town is None:
        town = yield from ask(question)
    if town is None:
        return
    if town.country is None:
        country = yield from ask(_country(told.blueprint))
        town = replace(town, country=country)
    zone = town.timezone
    if zone is None:
        zone = yield from _zone(town.country)
    told.facts[PLACE] = {
        "name": town.name, "country": town.country, "geonameid": town.geonameid, "timezone": zone,
    }  # fmt: skip
    if inside:
        home = home or region_of(told.blueprint, town)
        told.facts[HOME] = home or (yield from ask(_home_region(told.blueprint)))


def _before(told: _Told, inside: bool) -> Generator[Asked, Any, tuple[Town | None, str | None]]:
    """The town, and of who lives in it the region, where an earlier release asked for the country
    or the region first, and then for a town in it."""
    blueprint, home = told.blueprint, None
    if inside:
        home = yield from recall(_home_region(blueprint))
        country = None if home is None else _country_of(blueprint, home)
    else:
        country = yield from recall(_country(blueprint))
    town = None if country is None else (yield from ask(_city(country)))
    return town, home


def _zone(country: str) -> Generator[Asked, Any, str]:
    zones = zones_of(country)
    if len(zones) <= 1:
        return zones[0] if zones else "UTC"
    return (yield from ask(_timezone(country)))


def region_of(blueprint: Blueprint, town: Town) -> str | None:
    """The blueprint's region that a town is in: one that names it; one that GeoNames calls so; the
    country's only one, where neither could say otherwise."""
    there = [each for each in blueprint.regions if each.country == town.country]
    for each in there:
        if fold(town.name) in map(fold, each.towns):
            return each.key
    known = places.place(town.geonameid) if town.geonameid is not None else None
    if known is not None and known.region:
        named = fold(known.region)
        return next((e.key for e in there if named in map(fold, e.name.root.values())), None)
    return there[0].key if len(there) == 1 and not there[0].towns else None


@once_a_blueprint
def _residence(
    blueprint: Blueprint, persona: str, inside: bool, optional: bool, step: Step | None
) -> Residence:
    fact = next(fact for fact in blueprint.facts_of(persona) if fact.key == PLACE)
    asked = "town" if inside else ""
    made = question_of(blueprint, fact, optional=optional, step=step, asked=asked)
    assert isinstance(made, Residence)  # noqa: S101 - of its kind
    near = dict.fromkeys(each.country for each in blueprint.regions if each.country)
    return replace(made, near=tuple(near))


@once_a_blueprint
def _home_region(blueprint: Blueprint) -> HomeRegion:
    """Who lives in the region itself lives in one of the regions, never in "another"."""
    inside = tuple(region for region in blueprint.regions if region.country)
    return HomeRegion(
        key=HOME,
        text=Template(f"registration.ask_{WITH_REGION}"),
        name=Template(f"registration.label_{HOME}"),
        options=tuple(Item(each.key, Texts(each.name.root)) for each in inside),
        areas=areas_of(inside),
    )


@once_a_blueprint
def _country(blueprint: Blueprint) -> Country:
    common = tuple(dict.fromkeys(each.country for each in blueprint.organisations))
    return Country(**_words("country"), common=common)


@lru_cache(maxsize=512)
def _city(country: str) -> City:
    return City(**_words("city"), country=country)


@lru_cache(maxsize=512)
def _timezone(country: str) -> Timezone:
    return Timezone(**_words("timezone"), country=country)


def _words(key: str) -> dict[str, Any]:
    return {
        "key": key,
        "text": Template(f"registration.ask_{key}"),
        "name": Template(f"registration.label_{key}"),
    }


def _country_of(blueprint: Blueprint, home: str) -> str:
    region = blueprint.region(home)
    if region and region.country:
        return region.country
    return blueprint.organisation_for(home).country


# ---- what somebody does, who they are, what may be done ----


def _field(blueprint: Blueprint, profession: str, step: Step | None) -> Choice:
    return _field_after(blueprint, _likely(blueprint, profession), step)


@once_a_blueprint
def _likely(blueprint: Blueprint, profession: str) -> tuple[str, ...]:
    return tuple(fields.guess(profession, _beginnings(blueprint))[:3])


@once_a_blueprint
def _beginnings(blueprint: Blueprint) -> tuple[fields.Beginnings, ...]:
    return fields.beginnings((e.key, e.words, e.label.root.values()) for e in blueprint.fields)


@once_a_blueprint
def _field_after(blueprint: Blueprint, likely: tuple[str, ...], step: Step | None) -> Choice:
    """The field of work: what the profession points at stands first, and is confirmed."""
    fact = blueprint.fact(FIELD)
    assert fact is not None  # noqa: S101 - it is built in
    first = [option for key in likely for option in fact.options if option.key == key]
    listed = options((*first, *(option for option in fact.options if option not in first)))
    common: dict[str, Any] = {"key": FIELD, "name": name_of(fact), "options": listed}
    if not first:
        words = ask_of(blueprint, fact)
        return Choice(**common, text=step.told(words) if step else words)
    words = Template("registration.ask_field_guessed", {"field": Texts(first[0].label.root)})
    return Guessed(**common, text=step.told(words) if step else words, likely=likely[0])


@once_a_blueprint
def _which_persona(blueprint: Blueprint) -> Choice:
    return replace(
        which_persona(blueprint),
        text=Template("registration.ask_persona"),
        name=Template("registration.label_persona"),
    )


@once_a_blueprint
def _consents(blueprint: Blueprint, wanted: tuple[str, ...], count: int) -> Permissions:
    asked = other_consents(blueprint)
    suits = tuple(item for item in asked.options if item.key in wanted)
    return replace(asked, text=Step(count, count).told(asked.text), options=suits)


# ---- a profile ----


def answers_of(
    blueprint: Blueprint, persona: str | None, facts: Mapping[str, Json]
) -> tuple[dict[str, Json], tuple[str, ...]]:
    """The known ``facts`` as answers with which the flow waits at the card, and which of those
    that this persona is asked are unknown."""
    asked = [fact.key for fact in blueprint.facts_of(str(persona))]
    unknown = tuple(key for key in asked if facts.get(key) is None)
    return {**facts, "persona": persona, **dict.fromkeys(unknown)}, unknown


def lines(
    blueprint: Blueprint, persona: str | None, facts: Mapping[str, Json]
) -> list[tuple[Question[Any], Json]]:
    """The profile's lines: each fact's question, and what is known (None: nothing)."""
    keys = [fact.key for fact in blueprint.facts_of(str(persona))]
    shown = [_question(blueprint, str(persona), key, True, None) for key in keys]
    found = [(question, facts.get(question.key)) for question in shown]
    for key, question in (
        (HOME, _home_region(blueprint)),
        (FIELD, _field_after(blueprint, (), None)),
    ):
        if key not in keys and facts.get(key) is not None:
            found.append((question, facts[key]))
    return found


def filled(
    blueprint: Blueprint, persona: str | None, facts: Mapping[str, Json]
) -> tuple[int, int, tuple[str, ...]]:
    """How much of the profile is known: how many facts, of how many, and which of those asked
    later are missing."""
    asked = [fact.key for fact in blueprint.facts_of(str(persona))]
    later = [each.fact for each in blueprint.later(str(persona))]
    known = [key for key in asked if facts.get(key) is not None]
    return len(known), len(asked), tuple(key for key in later if facts.get(key) is None)
