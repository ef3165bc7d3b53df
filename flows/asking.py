"""A fact of the blueprint as a question: one maker for each kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from blueprints.facts import Fact
from blueprints.options import Option
from blueprints.schema import Blueprint
from flows.choices import Choice, Multi, Rank
from flows.join import yes_no
from flows.places import HomeRegion, Residence, areas_of
from flows.questions import (
    Email,
    Item,
    Languages,
    LinkedIn,
    Number,
    PersonName,
    Question,
    Text,
    Url,
    Year,
)
from flows.script import Label, Template, Texts

NAME_LIMIT, WORK_LIMIT, EXPERTISE_LIMIT = 80, 120, 300
TEXT_LIMIT, RANK_LIMIT, NUMBER_LIMIT = 500, 3, 1_000_000
_LIMITS = {
    "profession": WORK_LIMIT, "employer": WORK_LIMIT, "expertise": EXPERTISE_LIMIT,
}  # fmt: skip
"""Characters of what the program asks by itself."""
WITH_REGION = "region"
"""The words for the home region of somebody who lives in it."""


@dataclass(frozen=True, slots=True)
class Step:
    """How far one is: question ``number`` of ``count``."""

    number: int
    count: int

    def told(self, words: Label) -> Label:
        return Template(
            "registration.step", {"number": self.number, "count": self.count, "words": words}
        )


def options(listed: Iterable[Option]) -> tuple[Item, ...]:
    """A blueprint's options as things to choose."""
    return tuple(Item(option.key, Texts(option.label.root)) for option in listed)


def ask_of(blueprint: Blueprint, fact: Fact, asked: str = "") -> Label:
    """The question in the blueprint's words, else in the program's (``asked``: of which fact)."""
    if fact.ask is not None:
        return Texts(fact.ask.root)
    if fact.kind == "willingness" and (found := blueprint.column("willingness")):
        return Texts(found[1].text.root)
    return Template(f"registration.ask_{asked or fact.key}")


def name_of(fact: Fact) -> Label | None:
    """What it is called on a card; None: as it is asked."""
    if fact.name is not None:
        return Texts(fact.name.root)
    return Template(f"registration.label_{fact.key}") if fact.built_in else None


def question_of(
    blueprint: Blueprint,
    fact: Fact,
    *,
    optional: bool,
    step: Step | None = None,
    asked: str = "",
) -> Question[Any]:
    """The question for a fact. ``asked``: other words of the program's own."""
    words = ask_of(blueprint, fact, asked)
    common: dict[str, Any] = {
        "key": fact.key,
        "text": step.told(words) if step else words,
        "name": name_of(fact) or words,
        "hint": Texts(fact.hint.root) if fact.hint else None,
        "optional": optional,
        "why": Texts(fact.why.root) if fact.why else None,
    }
    return _KINDS[fact.kind or "text"](blueprint, fact, common)


def _text(blueprint: Blueprint, fact: Fact, common: dict[str, Any]) -> Text:
    own = fact.built_in
    return Text(**common, maximum=fact.limit or _LIMITS.get(fact.key, TEXT_LIMIT), lines=not own)


def _choice(blueprint: Blueprint, fact: Fact, common: dict[str, Any]) -> Choice:
    return Choice(**common, options=options(fact.options))


def _region(blueprint: Blueprint, fact: Fact, common: dict[str, Any]) -> HomeRegion:
    return HomeRegion(**common, options=options(fact.options), areas=areas_of(blueprint.regions))


def _residence(blueprint: Blueprint, fact: Fact, common: dict[str, Any]) -> Residence:
    return Residence(**common)


def _languages(blueprint: Blueprint, fact: Fact, common: dict[str, Any]) -> Languages:
    return Languages(**common, common=tuple(dict.fromkeys((*blueprint.languages, "en", "de"))))


_KINDS: Mapping[str, Callable[[Blueprint, Fact, dict[str, Any]], Question[Any]]] = {
    "name": lambda _, fact, common: PersonName(**common, maximum=fact.limit or NAME_LIMIT),
    "text": _text,
    "profession": _text,
    "choice": _choice,
    "field": _choice,
    "willingness": _choice,
    "region": _region,
    "place": _residence,
    "languages": _languages,
    "multi": lambda _, fact, common: Multi(
        **common, options=options(fact.options), minimum=1, maximum=fact.limit
    ),
    "rank": lambda _, fact, common: Rank(
        **common, options=options(fact.options), minimum=1, maximum=fact.limit or RANK_LIMIT
    ),
    "yes_no": lambda _, fact, common: Choice(**common, options=yes_no()),
    "url": lambda _, fact, common: Url(**common),
    "email": lambda _, fact, common: Email(**common),
    "linkedin": lambda _, fact, common: LinkedIn(**common),
    "year": lambda _, fact, common: Year(**common),
    "number": lambda _, fact, common: Number(**common, minimum=0, maximum=NUMBER_LIMIT),
}
