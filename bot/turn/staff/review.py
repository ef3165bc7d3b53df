"""Before the last button: whom something reaches, and who is left out why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, TypeAlias

from blueprints.schema import Blueprint
from bot.turn.context import House, Turn
from bot.turn.staff import access
from flows.staff_questions import EVERYBODY
from messages.message import MENU, Kind, Message, Option, Rich, Widget
from messages.words import capitalised
from outreach.audience import Counted, count
from outreach.errors import OutreachError
from outreach.fives import FEW
from outreach.staff import COORDINATOR, Actor
from storage.transaction import Transaction

Found: TypeAlias = Counted | OutreachError
Tell: TypeAlias = Callable[[Turn, Actor, Found], None]
GROWN = 20  # a count that grew by less than a twentieth is what was confirmed


def count_later(turn: Turn, audience: str, organisation: str, tell: Tell) -> None:
    """Count an audience once this turn is over, then ``tell`` it to a coordinator."""
    look = partial(_counted, audience, organisation, turn.house, turn.now)
    access.look_up(turn, organisation, COORDINATOR, look, tell)


def _counted(
    audience: str, organisation: str, house: House, now: datetime, tx: Transaction
) -> Found:
    try:
        return count(tx, audience, house.blueprint, now, organisation, house.channels)
    except OutreachError as error:
        return error


def still(counted: Counted, confirmed: int) -> bool:
    """Whether so many are near enough to what was confirmed."""
    return counted.reachable <= confirmed + confirmed // GROWN


def lines(turn: Turn, audience: str, counted: Counted) -> tuple[tuple[str, str], ...]:
    """Audience, languages, platforms, and who is left out, as names and values."""
    words, language = turn.house.words, turn.who.language
    named = words.language_name
    everybody = audience in ("", EVERYBODY)
    shown = [
        (say(turn, "review_audience"), say(turn, "review_everybody") if everybody else audience)
    ]
    by_language = {named(key, language): people for key, people in counted.languages.items()}
    by_channel = {channel_name(turn, key): people for key, people in counted.channels.items()}
    for name, counts in (("languages", by_language), ("channels", by_channel)):
        if counts:
            shown.append((say(turn, f"review_{name}"), _listed(turn, counts)))
    for reason, people in counted.excluded.items():
        if people:
            shown.append((say(turn, f"reason_{reason}"), words.number(people, language)))
    shown.append((say(turn, "review_others"), say(turn, "review_not_counted")))
    return tuple(shown)


def say(turn: Turn, key: str, **values: Any) -> str:
    """A line of the staff's words."""
    return turn.labels.words.text(f"staff.{key}", turn.who.language, **values)


def counted(turn: Turn, people: int, *, exact: bool = False) -> str:
    """A figure; not ``exact`` (see :mod:`outreach.fives`): a lower bound."""
    number = turn.labels.words.number(people, turn.who.language)
    if exact:
        return number
    return say(turn, "at_least", number=number) if people else say(turn, "few", count=FEW)


def organisation_name(turn: Turn, key: str | None) -> str:
    """An organisation's name; its key where the blueprint does not know it any more."""
    known = turn.blueprint.organisation(key or "")
    return known.name if known else key or "—"


def button(turn: Turn, press: str, key: str, **values: Any) -> Option:
    """A button of a page of theirs: ``press`` is the page with its argument."""
    return turn.button(f"staff.{press}", say(turn, f"button_{key}", **values))


def _listed(turn: Turn, counts: Mapping[str, int]) -> str:
    number = turn.labels.words.number
    return ", ".join(f"{name} {number(n, turn.who.language)}" for name, n in counts.items())


def channel_name(turn: Turn, channel: str) -> str:
    """What a platform is called."""
    if channel in ("preview", "demo"):
        return say(turn, f"channel_{channel}")
    return capitalised(channel)


def card(
    turn: Turn, title: str, audience: str, counted: Counted, buttons: tuple[Option, ...],
    before: Rich = (),
) -> Message:  # fmt: skip
    """The review itself."""
    text = turn.labels.say(
        "staff.review", title=title, count=counted.reachable, lines=lines(turn, audience, counted)
    )
    return turn.message((*before, *text), buttons)


def inert(message: Message) -> Message:
    """A message as people will see it, whose buttons only say that it is a preview."""
    if message.widget is None:
        return message
    options = tuple(
        Option(option.key, "=staff.preview", option.label, option.mark)
        for option in message.widget.options
    )
    widget = Widget(Kind.BUTTONS, MENU, options)
    return Message(
        message.text, message.language, widget, message.links, message.file,
        picture=message.picture,
    )  # fmt: skip


def languages(blueprint: Blueprint, organisation: str) -> tuple[str, ...]:
    """The blueprint's languages, the organisation's own first."""
    found = blueprint.organisation(organisation)
    own = found.language if found else blueprint.language
    return tuple(dict.fromkeys((own, *blueprint.languages)))
