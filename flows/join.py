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
from flows.remembered import once_a_blueprint
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


@once_a_blueprint
def consent_question(blueprint: Blueprint, words: str = "join.ask_consents") -> Multi:
    """None is ticked beforehand; only the needed ones hold anybody up."""
    details = tuple((Texts(p.label.root), Texts(p.detail.root)) for p in blueprint.purposes)
    return Multi(
        key="consents",
        text=Template(words, {"purposes": details}),
        options=purposes(blueprint),
        needed=tuple(each.key for each in blueprint.purposes if each.needed),
    )


@once_a_blueprint
def notice(blueprint: Blueprint) -> Choice:
    """What must be said before the first question (GDPR Art. 13)."""
    programme = blueprint.programme
    words = Template(
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
    choices = (
        Item(GO_ON, Template("join.button_go_on")),
        Item(DECLINE, Template("join.button_decline")),
    )
    return Choice(key="notice", text=words, options=choices)


@once_a_blueprint
def _old_enough(blueprint: Blueprint) -> Choice:
    age = {"age": blueprint.programme.minimum_age}
    return Choice(key="old_enough", text=Template("join.ask_age", age), options=yes_no())


@flow("join")
def join(me: Snapshot) -> Script[Joined | Declined]:
    blueprint = me.blueprint
    start = yield from ask(notice(blueprint))
    if start == DECLINE:
        return Declined("declined")
    old_enough = yield from ask(_old_enough(blueprint))
    if old_enough == NO:
        return Declined("age")
    consents = yield from ask(consent_question(blueprint))
    persona = yield from _persona(blueprint)
    yield from say("join.thanks")
    return Joined(consents, persona)


def _persona(blueprint: Blueprint) -> Generator[Step, Any, str]:
    """Which of the blueprint's personas they are; not asked where there is only one."""
    if len(blueprint.personas) == 1:
        return blueprint.personas[0].key
    return (yield from ask(_which_persona(blueprint)))


@once_a_blueprint
def _which_persona(blueprint: Blueprint) -> Choice:
    personas = blueprint.personas
    told = tuple((Texts(each.label.root), Texts(each.detail.root)) for each in personas)
    return Choice(
        key="persona",
        text=Template("join.ask_persona", {"personas": told}),
        options=tuple(Item(each.key, Texts(each.label.root)) for each in personas),
    )
