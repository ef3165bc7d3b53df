"""The first conversation: who asks and what for, age, consent, persona.

Nothing is stored of a person before the consent to be registered, but what is needed to answer.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

from blueprints.schema import Blueprint
from flows.choices import Choice, Multi
from flows.engine import Snapshot, flow
from flows.questions import Item
from flows.script import Script, Step, Template, Texts, ask, say

GO_ON, DECLINE = "go_on", "decline"
YES, NO = "yes", "no"


@dataclass(frozen=True, slots=True)
class Joined:
    """Consents given (purpose keys) and persona ("expat" or "local")."""

    consents: tuple[str, ...]
    persona: str


@dataclass(frozen=True, slots=True)
class Declined:
    """They do not want to, or are too young: nothing is kept. ``reason`` "declined", "age"."""

    reason: str


def yes_no() -> tuple[Item, ...]:
    return (Item(YES, Template("common.button_yes")), Item(NO, Template("common.button_no")))


def purposes(blueprint: Blueprint) -> tuple[Item, ...]:
    return tuple(Item(each.key, Texts(each.label.root)) for each in blueprint.purposes)


def consent_question(blueprint: Blueprint, words: str = "join.ask_consents") -> Multi:
    """None is ticked beforehand; only the needed ones hold anybody up."""
    details = tuple((Texts(p.label.root), Texts(p.detail.root)) for p in blueprint.purposes)
    return Multi(
        key="consents",
        text=Template(words, {"purposes": details}),
        options=purposes(blueprint),
        needed=tuple(each.key for each in blueprint.purposes if each.needed),
    )


def notice(blueprint: Blueprint) -> Template:
    """What must be said before the first question (GDPR Art. 13)."""
    programme = blueprint.programme
    return Template(
        "join.notice",
        {
            "programme": Texts(programme.name.root),
            "purpose": Texts(programme.purpose.root),
            "controllers": tuple(Texts(each.controller.root) for each in blueprint.organisations),
            "retention": Texts(programme.retention.root),
            "rights": Texts(programme.rights.root),
            "funding": Texts(programme.funding_statement.root),
        },
    )


def welcome_choices() -> tuple[Item, ...]:
    return (
        Item(GO_ON, Template("join.button_go_on")),
        Item(DECLINE, Template("join.button_decline")),
    )


@flow("join")
def join(me: Snapshot) -> Script[Joined | Declined]:
    blueprint = me.blueprint
    start = yield from ask(Choice(key="notice", text=notice(blueprint), options=welcome_choices()))
    if start == DECLINE:
        return Declined("declined")
    age = {"age": blueprint.programme.minimum_age}
    old_enough = yield from ask(
        Choice(key="old_enough", text=Template("join.ask_age", age), options=yes_no())
    )
    if old_enough == NO:
        return Declined("age")
    consents = yield from ask(consent_question(blueprint))
    persona = yield from _persona(blueprint)
    yield from say("join.thanks")
    return Joined(consents, persona)


def _persona(blueprint: Blueprint) -> Generator[Step, Any, str]:
    """Which of the blueprint's personas they are; not asked where there is only one."""
    personas = blueprint.personas
    if len(personas) == 1:
        return personas[0].key
    told = tuple((Texts(each.label.root), Texts(each.detail.root)) for each in personas)
    question = Choice(
        key="persona",
        text=Template("join.ask_persona", {"personas": told}),
        options=tuple(Item(each.key, Texts(each.label.root)) for each in personas),
    )
    return (yield from ask(question))
