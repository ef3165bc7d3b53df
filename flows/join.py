"""The first minute: hello, consent in layers, persona.

Nothing is stored of a person before the consent to be registered, but what is needed to answer.
The short words stand first and the whole notice behind a button, in parts that fit a phone (EDPB
guidelines 05/2020 on consent, 2018 on transparency: a layered notice).
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Any

from blueprints.remembered import once_a_blueprint
from blueprints.schema import Blueprint
from flows.choices import Agreement, Called, Choice, Multi, Permissions
from flows.engine import Snapshot, flow
from flows.questions import Item
from flows.script import Label, Plain, Script, Step, Template, Texts, ask, recall, say

START, DATA = "start", "data"
AGREE, READ, NEXT, DECLINE = "agree", "read", "next", "decline"
YES, NO = "yes", "no"
GO_ON = "go_on"

NO_THANKS = Item(DECLINE, Template("join.button_decline"))
I_AGREE = Item(AGREE, Template("join.button_agree"))


@dataclass(frozen=True, slots=True)
class Joined:
    """Consents given (purpose keys) of those that were ``asked`` for, and the persona."""

    consents: tuple[str, ...]
    persona: str
    asked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Declined:
    """They do not want to, or are too young: nothing is kept."""


def yes_no() -> tuple[Item, ...]:
    return (Item(YES, Template("common.button_yes")), Item(NO, Template("common.button_no")))


def purposes(blueprint: Blueprint) -> tuple[Item, ...]:
    return tuple(Item(each.key, Texts(each.label.root)) for each in blueprint.purposes)


def needed(blueprint: Blueprint) -> tuple[str, ...]:
    """The purposes without which there is no registration."""
    return tuple(each.key for each in blueprint.purposes if each.needed)


@once_a_blueprint
def consent_question(blueprint: Blueprint, words: str = "join.ask_consents") -> Multi:
    """All purposes at once. None is ticked beforehand; only the needed ones hold anybody up."""
    return Multi(
        key="consents",
        text=Template(words, {"purposes": _explained(blueprint)}),
        options=purposes(blueprint),
        needed=needed(blueprint),
    )


@once_a_blueprint
def other_consents(blueprint: Blueprint) -> Permissions:
    """What nobody needs to agree to: all of it, each alone, or nothing."""
    return Permissions(
        key="consents",
        text=Template("join.ask_others"),
        name=Template("join.label_others"),
        options=tuple(item for item in purposes(blueprint) if item.key not in needed(blueprint)),
    )


def _explained(blueprint: Blueprint) -> tuple[tuple[Texts, Texts], ...]:
    return tuple((Texts(p.label.root), Texts(p.detail.root)) for p in blueprint.purposes)


# ---- the first message, and the short words ----


@once_a_blueprint
def hello(blueprint: Blueprint) -> Agreement:
    """Who writes and what for, in at most 60 words; the funding (Regulation (EU) 2021/1060, Annex
    IX) as its last line."""
    programme = blueprint.programme
    name = {"name": Texts(programme.short_name.root)}
    said = Texts(programme.hello.root) if programme.hello else Template("join.hello_plain", name)
    funding = Texts(programme.funding_statement.root)
    return Agreement(
        key="hello",
        text=Template("join.hello", {"hello": said, "funding": funding}),
        options=(
            Item(START, Template("join.button_start")),
            Item(DATA, Template("join.button_data")),
        ),
        yes=START,
        no=NO_THANKS,
        unclear="hello.unclear",
        onward=True,
    )


@once_a_blueprint
def consent(blueprint: Blueprint) -> Agreement:
    """The first layer, in at most 80 words: who, what for, how long, free to leave, how old."""
    programme = blueprint.programme
    names = tuple(each.name for each in blueprint.organisations)
    said = (
        Texts(programme.short_notice.root)
        if programme.short_notice
        else Template("join.short_plain", {"names": names})
    )
    values = {
        "short": said,
        "until": programme.ends_on,
        "age": programme.minimum_age,
    }
    return Agreement(
        key="agree",
        text=Template("join.consent", values),
        options=(I_AGREE, Item(READ, Template("join.button_read")), NO_THANKS),
        yes=AGREE,
        no=NO_THANKS,
        unclear="consent.unclear",
    )


# ---- the whole notice ----


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the notice that fits a phone screen: the key of its title, and what it says."""

    key: str
    paragraphs: tuple[Label, ...] = ()
    lines: tuple[tuple[Label, Label], ...] = ()


@once_a_blueprint
def sections(blueprint: Blueprint) -> tuple[Section, ...]:
    """All that must be said (GDPR, Article 13), in the order in which it is read."""
    return tuple(_sections(blueprint))


def _sections(blueprint: Blueprint) -> Iterator[Section]:
    programme = blueprint.programme
    purpose = [text.split("\n\n") for text in programme.purpose.root.values()]
    if all(len(paragraphs) > 1 for paragraphs in purpose):
        yield Section("purpose", (_part(programme.purpose.root, 0),))
        yield Section("basis", (_part(programme.purpose.root, 1),))
    else:
        yield Section("purpose", (Texts(programme.purpose.root),))
    yield Section("who", tuple(Texts(each.controller.root) for each in blueprint.organisations))
    seats = tuple(
        Plain(f"{each.legal_name}, {each.seat}") for each in blueprint.organisations if each.seat
    )
    recipients = (Texts(programme.recipients.root),) if programme.recipients else ()
    yield Section("how_long", (Texts(programme.retention.root),))
    if recipients or seats:
        yield Section("recipients", (*recipients, *seats))
    yield Section("rights", (Texts(programme.rights.root),))
    free = [each for each in blueprint.purposes if not each.needed]
    if free:
        told = tuple((Texts(p.label.root), Texts(p.detail.root)) for p in free)
        yield Section("purposes", lines=told)


def _part(texts: dict[str, str], number: int) -> Texts:
    """The first paragraph of a text (0), or all that follow it (1)."""
    cut = {language: text.split("\n\n", 1) for language, text in texts.items()}
    return Texts({language: parts[number] for language, parts in cut.items()})


@once_a_blueprint
def parts(blueprint: Blueprint) -> tuple[Agreement, ...]:
    """The notice, part by part; at each of them one can agree, and the last leads nowhere else."""
    told = sections(blueprint)
    onward = Item(NEXT, Template("join.button_next"))
    return tuple(
        Agreement(
            key=f"notice_{section.key}",
            text=Template(
                "join.part",
                {
                    "title": Template(f"join.title_{section.key}"),
                    "paragraphs": section.paragraphs,
                    "lines": section.lines,
                    "number": number,
                    "count": len(told),
                    "age": blueprint.programme.minimum_age,
                },
            ),
            options=(onward, I_AGREE) if number < len(told) else (I_AGREE, NO_THANKS),
            yes=AGREE,
            no=NO_THANKS,
            unclear="consent.unclear",
        )
        for number, section in enumerate(told, start=1)
    )


# ---- what an earlier release asked ----


_READ_BEFORE = Choice(
    key="notice",
    text=Template("join.button_start"),
    options=(Item(GO_ON, Template("join.button_start")),),
)


@flow("join")
def join(me: Snapshot) -> Script[Joined | Declined]:
    """Who had read the notice, or ticked the consents, when an earlier release asked for them is
    not asked for that again."""
    blueprint = me.blueprint
    first = START
    if (yield from recall(_READ_BEFORE)) is None:
        first = yield from ask(hello(blueprint))
        if first == DECLINE:
            return Declined()
    asked: tuple[str, ...] = tuple(each.key for each in blueprint.purposes)
    given = yield from recall(consent_question(blueprint))
    if given is None:
        if not (yield from _agreed(blueprint, at_once=first == DATA)):
            return Declined()
        given = asked = needed(blueprint)
    persona = yield from _persona(blueprint)
    yield from say("join.thanks")
    return Joined(given, persona, asked)


def _agreed(blueprint: Blueprint, *, at_once: bool) -> Generator[Step, Any, bool]:
    """Whether they agree to be registered; ``at_once``: after the whole notice."""
    if not at_once:
        answer = yield from ask(consent(blueprint))
        if answer != READ:
            return answer == AGREE
    *more, last = parts(blueprint)
    for part in more:
        answer = yield from ask(part)
        if answer != NEXT:
            return answer == AGREE
    return (yield from ask(last)) == AGREE


def _persona(blueprint: Blueprint) -> Generator[Step, Any, str]:
    """Which of the blueprint's personas they are; not asked where there is only one."""
    if len(blueprint.personas) == 1:
        return blueprint.personas[0].key
    return (yield from ask(which_persona(blueprint)))


@once_a_blueprint
def which_persona(blueprint: Blueprint) -> Choice:
    """Which of the blueprint's personas somebody is, in whatever words."""
    return Called(
        key="persona",
        text=Template("join.ask_persona"),
        options=tuple(Item(each.key, Texts(each.label.root)) for each in blueprint.personas),
        called={each.key: each.words for each in blueprint.personas},
    )
