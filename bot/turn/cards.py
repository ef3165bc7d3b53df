"""Menus and cards: what is shown outside a question."""

from __future__ import annotations

from typing import Any

from blueprints.schema import Texts as BlueprintTexts
from bot.turn.context import Turn
from bot.turn.staff import access
from flows import registration
from flows.dialogue import line_label
from flows.script import Label, Template, Texts
from messages import rich
from messages.message import MENU, Kind, Look, Message, Option, Panel, Rich, Widget
from messages.words import capitalised
from storage import profile

MENU_ITEMS = (
    "events",
    "mentor",
    "profile",
    "surveys",
    "pause",
    "language",
    "privacy",
    "mydata",
    "link",
    "help",
    "about",
)


def texts(words: BlueprintTexts) -> Texts:
    """A blueprint's text as a label."""
    return Texts(words.root)


def menu(
    turn: Turn, unfinished: list[tuple[int, str, dict[str, Any]]], before: Rich = ()
) -> Message:
    """The menu; what was begun and not finished stands first."""
    buttons = [_go_on(turn, *each) for each in unfinished[:3]]
    paused = turn.who.status == "paused"
    if turn.who.status in ("active", "paused"):
        buttons += complete_button(turn)
    for name in items(turn):
        buttons.append(turn.command_button("resume" if name == "pause" and paused else name))
    text = rich.concat(before, turn.labels.say("menu.title", name=turn.who.name or ""))
    return turn.message(text, tuple(buttons))


def complete_button(turn: Turn) -> list[Option]:
    """ "Complete your profile (4 of 7)", while it lacks something."""
    known, count, missing = filled(turn)
    if not missing:
        return []
    label = Template("menu.button_complete", {"size": known, "most": count})
    return [turn.button("complete", turn.labels.text(label))]


def items(turn: Turn) -> tuple[str, ...]:
    """What the menu holds: no mentoring in a region that has none."""
    there = turn.blueprint.purpose("mentoring") is not None
    return tuple(name for name in MENU_ITEMS if there or name != "mentor")


def _go_on(turn: Turn, conversation: int, flow: str, params: dict[str, Any]) -> Option:
    title = title_of(turn, flow, params)
    label = turn.labels.text(Template("menu.button_go_on", {"title": title}))
    return turn.button(f"continue.{conversation}", label)


TITLED = frozenset({"registration", "complete", "survey", "mentor_request"})


def title_of(turn: Turn, flow: str, params: dict[str, Any]) -> Label:
    """What a conversation is called that was begun and not finished."""
    found = turn.blueprint.survey(str(params.get("survey"))) if flow == "survey" else None
    if found is not None:
        return texts(found.title)
    if flow.startswith(access.FLOWS):
        return access.title_of(flow)
    return Template(f"menu.{flow if flow in ('mentor_request', 'complete') else 'registration'}")


def facts(turn: Turn) -> dict[str, Any]:
    """What is known of the person."""
    return profile.load(turn.tx, turn.who.person, turn.blueprint)


def filled(turn: Turn) -> tuple[int, int, tuple[str, ...]]:
    """How much of the profile is known, of how much, and which facts it lacks."""
    return registration.filled(turn.blueprint, turn.who.persona, facts(turn))


def profile_lines(turn: Turn) -> tuple[tuple[str, str], ...]:
    """The profile as names and values; empty before the registration is done."""
    return lines_of(turn, facts(turn), turn.who.persona)


def lines_of(turn: Turn, known: dict[str, Any], persona: str | None) -> tuple[tuple[str, str], ...]:
    """The lines that these facts make."""
    none = Template("common.nothing")
    return tuple(
        (
            turn.labels.text(line_label(question)),
            turn.labels.text(none if stored is None else question.describe(stored)),
        )
        for question, stored in registration.lines(turn.blueprint, persona, known)
    )


def welcome(turn: Turn) -> tuple[Panel, ...]:
    """For somebody who has not registered: what this is, *Join*, and the language."""
    programme, labels = turn.blueprint.programme, turn.labels
    join = turn.button("start", labels.words.text("home.button_join", turn.who.language))
    return (
        Panel(labels.rich(texts(programme.name)), Look.HEADING),
        Panel(labels.rich(texts(programme.purpose))),
        Panel(labels.say("home.join_in")),
        Panel(
            buttons=(Option(join.key, join.press, join.label, "on"),),
            choices=languages(turn),
            hint=labels.words.text("home.language", turn.who.language),
        ),
    )


def languages(turn: Turn) -> tuple[Option, ...]:
    """The blueprint's languages, each by its own name; the reader's is marked."""
    own_name = turn.labels.words.own_name
    return tuple(
        Option(
            f"language_{code}", f"=language.{code}", capitalised(own_name(code)),
            "on" if code == turn.who.language else "",
        )
        for code in turn.blueprint.languages
    )  # fmt: skip


def funding(turn: Turn) -> Panel:
    """Who pays for it, in small print."""
    statement = texts(turn.blueprint.programme.funding_statement)
    return Panel(turn.labels.rich(statement), Look.SMALL)


def empty(turn: Turn) -> Message:
    """The page of somebody who has not registered: words, and what to press."""
    programme = turn.blueprint.programme
    text = turn.labels.say(
        "home.welcome",
        programme=texts(programme.name),
        purpose=texts(programme.purpose),
        funding=texts(programme.funding_statement),
    )
    start = turn.command_button("start")
    panels = (*welcome(turn), funding(turn))
    return Message(text, turn.who.language, Widget(Kind.BUTTONS, MENU, (start,)), panels=panels)


def introduce(turn: Turn) -> None:
    """One line to a channel that the bot was brought into."""
    programme = texts(turn.blueprint.programme.short_name)
    text = turn.labels.say("home.introduction", programme=programme)
    turn.tell_everybody(Message(text, turn.who.language))


def refresh_home(turn: Turn) -> None:
    """What the page shows has changed: it is shown anew once the turn is over."""
    turn.stale = True


def empty_home(turn: Turn) -> None:
    """After an erasure nothing of the person may stay on the page."""
    if turn.can("home"):
        turn.home(empty(turn))
        turn.unledgered.add(len(turn.out) - 1)
