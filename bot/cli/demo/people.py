"""Who the demo people are: made up from a seed, the same each time. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import Generic, TypeVar

from babel.languages import get_official_languages

from blueprints.schema import Blueprint, Organisation, Region
from bot.cli.demo.voices import Work, voice
from flows.understand import places
from flows.understand.gazetteer import gazetteer
from flows.understand.reading import Understood
from flows.understand.text import fold

T = TypeVar("T")

TARGET = 10  # in the country and abroad each, where the blueprint sets no target
LOCALS = 8  # a good number of them, over all organisations
DOMAINS = ("example.org", "example.com", "example.net")  # RFC 2606: nobody's
SOURCES = (None, "poster", "linkedin", "newsletter", "friend")
MOST_OF_SEVEN = 6
TOWNS = 8  # the largest of a country, where no file names any


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody who does not exist. ``since`` counts years ago, ``days_ago`` the registration."""

    persona: str
    language: str
    name: str
    region: Region
    country: str
    town: str
    work: Work
    profession: str
    spoken: tuple[str, ...]
    since: int
    email: str | None
    linkedin: str | None
    consents: tuple[str, ...]
    source: str | None
    days_ago: int
    paused: bool
    at_home: bool = False  # in the region itself


def crowd(blueprint: Blueprint, random: Random, residents: int = LOCALS) -> Iterator[DemoPerson]:
    """As many for each organisation as its target says, then its part of the ``residents``
    (people of the region itself)."""
    away = [each.key for each in blueprint.personas if not inside(blueprint, each.key)]
    at_home = [each.key for each in blueprint.personas if inside(blueprint, each.key)]
    share = -(-residents // len(blueprint.organisations))
    for organisation in blueprint.organisations:
        maker = _Maker(blueprint, organisation, random)
        if away:
            target = blueprint.target(organisation.key)
            for number in range(target.domestic if target else TARGET):
                yield maker.domestic(away[number % len(away)])
            for number in range(target.international if target else TARGET):
                yield maker.abroad(away[number % len(away)])
        if at_home and maker.region.country:
            for number in range(share):
                yield maker.local(at_home[number % len(at_home)])


def inside(blueprint: Blueprint, persona: str) -> bool:
    """Whether people of this persona live in the region: it follows from their town."""
    return "home_region" not in {fact.key for fact in blueprint.facts_of(persona)}


class _Maker:
    """Makes an organisation's people; no two with one surname until all are used."""

    def __init__(self, blueprint: Blueprint, organisation: Organisation, random: Random) -> None:
        self._blueprint = blueprint
        self._organisation = organisation
        self._random = random
        self._voice = voice(organisation.language)
        self.region = _region(blueprint, organisation)
        self._country = self.region.country or organisation.country
        self._surnames = _Deck(self._voice.surnames, random)
        self._works = {
            each: _Deck(voice(each).works, random) for each in (organisation.language, "en")
        }
        self._towns = _Deck(known_towns(self._country, self._voice.domestic), random)
        foreign = [place for place in self._voice.abroad if place[0] != self._country]
        self._foreign = _Deck(foreign, random)
        self._languages = _Deck([*[organisation.language] * MOST_OF_SEVEN, "en"], random)

    def domestic(self, persona: str) -> DemoPerson:
        return self._make(persona, self._country, self._towns.draw())

    def abroad(self, persona: str) -> DemoPerson:
        return self._make(persona, *self._foreign.draw())

    def local(self, persona: str) -> DemoPerson:
        named = self._voice.region.get(self.region.key, ())
        town = self._random.choice(known_towns(self._country, named or self._voice.domestic))
        return self._make(persona, self._country, town, at_home=True)

    def _make(self, persona: str, country: str, town: str, *, at_home: bool = False) -> DemoPerson:
        random = self._random
        language = self._language()
        woman = random.random() < 0.5
        first = random.choice(self._voice.women if woman else self._voice.men)
        hers, his = self._surnames.draw()
        name = f"{first} {hers if woman else his}"
        work = self._works[language if language in self._works else "en"].draw()
        return DemoPerson(
            persona=persona,
            language=language,
            name=name,
            region=self.region,
            country=country,
            town=town,
            work=work,
            profession=work.woman if woman else work.man,
            spoken=self._spoken(country),
            since=random.randint(2, 22),
            email=self._email(name),
            linkedin=self._linkedin(name),
            consents=self._consents(),
            source=random.choice(SOURCES),
            days_ago=random.randint(1, 90),
            paused=random.random() < 0.05,
            at_home=at_home,
        )

    def _language(self) -> str:
        """Mostly the organisation's; one in seven prefers English."""
        wanted = self._languages.draw()
        known = self._blueprint.languages
        return wanted if wanted in known else known[0]

    def _spoken(self, country: str) -> tuple[str, ...]:
        own = (self._organisation.language, "en")
        there = [code for code in get_official_languages(country) if len(code) == 2]
        return tuple(dict.fromkeys((*own, *there[:1])))

    def _email(self, name: str) -> str | None:
        if self._random.random() < 0.25:
            return None
        return f"{fold(name).replace(' ', '.')}@{self._random.choice(DOMAINS)}"

    def _linkedin(self, name: str) -> str | None:
        if self._random.random() < 0.4:
            return None
        return f"https://linkedin.example.org/in/{fold(name).replace(' ', '-')}"

    def _consents(self) -> tuple[str, ...]:
        likely = {"invitations": 0.85, "mentoring": 0.55, "sharing": 0.6, "public": 0.35}
        return tuple(
            each.key
            for each in self._blueprint.purposes
            if each.needed or self._random.random() < likely.get(each.key, 0.5)
        )


class _Deck(Generic[T]):
    """Draws each once, in random order, before any comes again."""

    def __init__(self, items: Sequence[T], random: Random) -> None:
        self._items = list(items)
        self._random = random
        self._left: list[T] = []

    def draw(self) -> T:
        if not self._left:
            self._left = self._random.sample(self._items, len(self._items))
        return self._left.pop()


def _region(blueprint: Blueprint, organisation: Organisation) -> Region:
    """A region the organisation looks after; else one that nobody does; else the first."""
    own = [each for each in blueprint.regions if each.organisation == organisation.key]
    nobodys = [each for each in blueprint.regions if each.organisation is None]
    return (own or nobodys or list(blueprint.regions))[0]


def known_towns(country: str, named: Sequence[str]) -> list[str]:
    """Those of ``named`` that are in ``country``; where none is, its largest."""
    known = [town for town in named if _known(town, country)]
    return known or [place.name for place in islice(gazetteer().in_country(country), TOWNS)]


def _known(town: str, country: str) -> bool:
    reading = places.city(town, country, "en")
    return isinstance(reading, Understood) and reading.value.geonameid is not None
