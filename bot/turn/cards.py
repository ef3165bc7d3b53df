"""Menus and cards: what is shown outside a question."""

from __future__ import annotations

from typing import Any

from blueprints.schema import Texts as BlueprintTexts
from bot.turn.context import Turn
from bot.turn.present import Presenter
from bot.turn.staff import access
from flows.dialogue import State
from flows.engine import Snapshot, Waiting, play
from flows.engine import find as find_flow
from flows.registration import answers_of
from flows.script import Template, Texts
from messages import rich
from messages.message import MENU, Kind, Message, Option, Rich, Widget
from storage import living

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
    for name in items(turn):
        buttons.append(turn.command_button("resume" if name == "pause" and paused else name))
    text = rich.concat(before, turn.labels.say("menu.title", name=turn.who.name or ""))
    return turn.message(text, tuple(buttons))


def items(turn: Turn) -> tuple[str, ...]:
    """What the menu holds: no mentoring in a region that has none."""
    there = turn.blueprint.purpose("mentoring") is not None
    return tuple(name for name in MENU_ITEMS if there or name != "mentor")


def _go_on(turn: Turn, conversation: int, flow: str, params: dict[str, Any]) -> Option:
    found = turn.blueprint.survey(str(params.get("survey"))) if flow == "survey" else None
    named = "mentor_request" if flow == "mentor_request" else "registration"
    title: Any = texts(found.title) if found else Template(f"menu.{named}")
    if flow.startswith(access.FLOWS):
        title = access.title_of(flow)
    label = turn.labels.text(Template("menu.button_go_on", {"title": title}))
    return turn.button(f"continue.{conversation}", label)


def profile_answers(turn: Turn) -> dict[str, Any]:
    """The person's facts as the registration's answers."""
    person = turn.who.person
    return answers_of(
        living.read_profile(turn.tx, person),
        living.traits(turn.tx, person, "spoken_languages"),
        living.traits(turn.tx, person, "wants"),
    )


def profile_lines(turn: Turn) -> tuple[tuple[str, str], ...]:
    """The registration's card as names and values; empty before the registration is done."""
    return lines_of(turn, profile_answers(turn), turn.who.persona, turn.who.organisation)


def lines_of(
    turn: Turn, answers: dict[str, Any], persona: str | None, organisation: str | None
) -> tuple[tuple[str, str], ...]:
    """The card that these answers to the registration make."""
    facts = {"persona": persona, "organisation": organisation}
    snapshot = Snapshot(turn.blueprint, turn.today, turn.who.language, facts)
    result = play(find_flow("registration"), snapshot, answers)
    if not isinstance(result, Waiting):
        return ()
    return Presenter(turn.labels).card(result, State(answers))


def home(turn: Turn) -> Message:
    """The person's page on a platform that has one: their card, and the menu."""
    if turn.who.status not in ("active", "paused"):
        return empty(turn)
    text = turn.labels.say(
        "home.card",
        name=turn.who.name or "",
        lines=profile_lines(turn),
        funding=texts(turn.blueprint.programme.funding_statement),
    )
    return turn.message(text, tuple(turn.command_button(name) for name in items(turn)))


def empty(turn: Turn) -> Message:
    """The page of somebody who has not registered."""
    programme = turn.blueprint.programme
    text = turn.labels.say(
        "home.welcome",
        programme=texts(programme.name),
        purpose=texts(programme.purpose),
        funding=texts(programme.funding_statement),
    )
    return Message(
        text,
        turn.who.language,
        Widget(Kind.BUTTONS, MENU, (turn.command_button("start"),)),
    )


def refresh_home(turn: Turn) -> None:
    """Bring the page up to date, where there is one."""
    if turn.can("home"):
        turn.home(home(turn))


def empty_home(turn: Turn) -> None:
    """After an erasure nothing of the person may stay on the page."""
    if turn.can("home"):
        turn.home(empty(turn))
        turn.unledgered.add(len(turn.out) - 1)
