"""Registration: three minutes, a card at the end with every line to be changed.

The same flow shows and changes the profile later: opened with the known facts as answers, it
waits at the card.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from blueprints.schema import Blueprint
from flows.choices import Choice, Multi, Review
from flows.engine import Snapshot, flow
from flows.join import other_consents
from flows.places import City, Country, HomeRegion, Timezone, Town, areas_of
from flows.questions import Email, Item, Languages, LinkedIn, PersonName, Text, Year
from flows.remembered import once_a_blueprint
from flows.script import Json, Script, Step, Template, Texts, ask, ask_optional
from flows.understand.zones import zones_of

EXPAT, LOCAL = "expat", "local"
DOMESTIC, INTERNATIONAL = "domestic", "international"
NAME_LIMIT, WORK_LIMIT, EXPERTISE_LIMIT = 80, 120, 300


@dataclass(frozen=True, slots=True)
class Registration:
    """``profile``: column of the person -> value. The others are many-valued facts."""

    profile: Mapping[str, Json]
    spoken_languages: tuple[str, ...] = ()
    wants: tuple[str, ...] = ()
    consents: tuple[str, ...] | None = None


def _words(key: str, asked: str | None = None) -> dict[str, Any]:
    """Key, text and name on the card of a question; ``asked`` where the wording differs."""
    return {
        "key": key,
        "text": Template(f"registration.ask_{asked or key}"),
        "name": Template(f"registration.label_{key}"),
    }


NAME = PersonName(**_words("name"), maximum=NAME_LIMIT)
SINCE = Year(**_words("since"))
PROFESSION = Text(**_words("profession"), maximum=WORK_LIMIT)
EMPLOYER = Text(**_words("employer"), maximum=WORK_LIMIT, optional=True)
EXPERTISE = Text(**_words("expertise"), maximum=EXPERTISE_LIMIT)
LINKEDIN = LinkedIn(**_words("linkedin"), optional=True)
EMAIL = Email(**_words("email"), optional=True)
CARD = Review(key="review", text=Template("registration.card"))


@flow("registration")
def registration(me: Snapshot) -> Script[Registration]:
    if me.facts.get("persona") == LOCAL:
        return _local(me)
    return _expat(me)


def _expat(me: Snapshot) -> Script[Registration]:
    blueprint = me.blueprint
    name = yield from ask(NAME)
    home = yield from ask(_home_region(blueprint, "home_region"))
    country = yield from ask(_country(blueprint))
    town, timezone = yield from _town(country)
    since = yield from ask(SINCE)
    profession = yield from ask(PROFESSION)
    work = yield from ask(_field(blueprint))
    employer = yield from ask_optional(EMPLOYER)
    expertise = yield from ask(EXPERTISE)
    linkedin = yield from ask_optional(LINKEDIN)
    email = yield from ask_optional(EMAIL)
    spoken = yield from ask(_spoken(blueprint))
    consents = yield from _consents(me)
    yield from ask(CARD)
    profile = {
        "name": name,
        "home_region": home,
        "since": since,
        "profession": profession,
        "field": work,
        "employer": employer,
        "expertise": expertise,
        "linkedin": linkedin,
        "email": email,
        **_residence(blueprint, home, country, town, timezone),
    }
    return Registration(profile, spoken_languages=spoken, consents=consents)


def _local(me: Snapshot) -> Script[Registration]:
    blueprint = me.blueprint
    name = yield from ask(NAME)
    occupation = yield from ask(_occupation(blueprint))
    home = yield from ask(_home_region(blueprint, "region"))
    country = _country_of(blueprint, home)
    town, timezone = yield from _town(country)
    work = yield from ask(_field(blueprint))
    wants = yield from ask(_wants(blueprint))
    email = yield from ask_optional(EMAIL)
    consents = yield from _consents(me)
    yield from ask(CARD)
    profile = {
        "name": name,
        "occupation": occupation,
        "home_region": home,
        "field": work,
        "email": email,
        **_residence(blueprint, home, country, town, timezone),
    }
    return Registration(profile, wants=wants, consents=consents)


def _consents(me: Snapshot) -> Generator[Step, Any, tuple[str, ...] | None]:
    """The consents that the first minute did not ask for (flows.join); None: it asked for all."""
    if not me.params.get("consents"):
        return None
    return (yield from ask(other_consents(me.blueprint)))


def options(listed: Any) -> tuple[Item, ...]:
    """A blueprint's options as things to choose."""
    return tuple(Item(option.key, Texts(option.label.root)) for option in listed)


@once_a_blueprint
def _home_region(blueprint: Blueprint, words: str) -> Choice:
    """Locals live in one of the regions themselves, never in "another"."""
    chosen = [r for r in blueprint.regions if words == "home_region" or r.country]
    regions = tuple(Item(region.key, Texts(region.name.root)) for region in chosen)
    return HomeRegion(**_words("home_region", words), options=regions, areas=areas_of(chosen))


@once_a_blueprint
def _occupation(blueprint: Blueprint) -> Choice:
    return Choice(**_words("occupation"), options=options(blueprint.occupations))


@once_a_blueprint
def _field(blueprint: Blueprint) -> Choice:
    return Choice(**_words("field"), options=options(blueprint.fields))


@once_a_blueprint
def _wants(blueprint: Blueprint) -> Multi:
    return Multi(**_words("wants"), options=options(blueprint.wants), minimum=1)


@once_a_blueprint
def _country(blueprint: Blueprint) -> Country:
    common = tuple(dict.fromkeys(each.country for each in blueprint.organisations))
    return Country(**_words("country"), common=common)


@once_a_blueprint
def _spoken(blueprint: Blueprint) -> Languages:
    common = tuple(dict.fromkeys((*blueprint.languages, "en", "de")))
    return Languages(**_words("spoken_languages"), common=common)


@lru_cache(maxsize=512)
def _city(country: str) -> City:
    return City(**_words("city"), country=country)


@lru_cache(maxsize=512)
def _timezone(country: str) -> Timezone:
    return Timezone(**_words("timezone"), country=country)


def _town(country: str) -> Generator[Step, Any, tuple[Town, str]]:
    """The town and its time zone, which is asked only where neither town nor country tell."""
    town = yield from ask(_city(country))
    if town.timezone:
        return town, town.timezone
    zones = zones_of(country)
    if len(zones) <= 1:
        return town, zones[0] if zones else "UTC"
    timezone = yield from ask(_timezone(country))
    return town, timezone


def _country_of(blueprint: Blueprint, home: str) -> str:
    region = blueprint.region(home)
    if region and region.country:
        return region.country
    return blueprint.organisation_for(home).country


def _residence(
    blueprint: Blueprint, home: str, country: str, town: Town, timezone: str
) -> dict[str, Json]:
    """Domestic: in the home region's country, wherever in it."""
    domestic = country == _country_of(blueprint, home)
    return {
        "country": country,
        "city": town.name,
        "geonameid": town.geonameid,
        "timezone": timezone,
        "residence": DOMESTIC if domestic else INTERNATIONAL,
    }


def answers_of(
    profile: Mapping[str, Json], spoken: tuple[str, ...], wants: tuple[str, ...]
) -> dict[str, Json]:
    """The known facts as answers, so that the flow waits at the card."""
    plain = (
        "name", "home_region", "country", "since", "profession", "field", "employer",
        "expertise", "linkedin", "email", "occupation",
    )  # fmt: skip
    answers = {key: profile.get(key) for key in plain}
    zones = zones_of(profile["country"]) if profile.get("country") else ()
    known = profile.get("geonameid") is not None or len(zones) <= 1
    answers["city"] = {
        "name": profile.get("city"),
        "country": profile.get("country"),
        "geonameid": profile.get("geonameid"),
        "timezone": profile.get("timezone") if known else None,
    }
    answers["timezone"] = profile.get("timezone")
    answers["spoken_languages"] = list(spoken)
    answers["wants"] = list(wants)
    return answers
