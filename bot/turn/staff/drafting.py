"""What both guided conversations share: keys, parameters, one's own events and broadcasts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, TypeAlias, TypeVar

from bot.turn import conversing
from bot.turn.context import Turn
from bot.turn.staff import access
from flows.understand.text import fold
from messages.base36 import from_base36
from messages.message import Rich
from outreach.errors import NotAllowed, NotFound
from outreach.staff import COORDINATOR, VIEWER, Actor, require
from storage import audiences, broadcasts, events
from storage.broadcasts import BroadcastRow
from storage.conversations import Talk
from storage.events import EventRow
from storage.transaction import Transaction

KEY_WORDS = 22  # characters of a key that come from the title; the day makes it unlike others
MOST_SAVED = 6  # audiences on buttons
LONGEST_SAVED = 38  # bytes that fit a button's data

Row = TypeVar("Row", EventRow, BroadcastRow)
ByIds: TypeAlias = Callable[[Transaction, Iterable[int]], dict[int, Row]]


def params(turn: Turn, actor: Actor) -> dict[str, Any]:
    """What a guided conversation is opened with. Raises NotAllowed."""
    organisations = access.organisations(turn, actor, COORDINATOR)
    if not organisations:
        raise NotAllowed
    saved = [
        row.key
        for row in audiences.listed(turn.tx)
        if row.organisation in (None, *organisations) and len(row.key) <= LONGEST_SAVED
    ]
    return {"organisations": list(organisations), "audiences": saved[:MOST_SAVED]}


def new_key(title: str, day: date, taken: Callable[[str], bool]) -> str:
    """A key that tells what it is: "vianocny-brunch-1213"."""
    words = fold(title).encode("ascii", "ignore").decode().split()
    key = "-".join(words)[:KEY_WORDS].strip("-") or "new"
    key = f"{key}-{day:%m%d}"
    return next(
        each for each in (key, *(f"{key}-{n}" for n in range(2, 10_000))) if not taken(each)
    )


def once_more(turn: Turn, talk: Talk, told: Rich) -> None:
    """Back to the conversation's card, with what stands against it."""
    answers = {key: value for key, value in talk.answers.items() if key != "review"}
    conversing.begin(turn, talk.flow, params=talk.params, answers=answers, before=told)


def own_event(turn: Turn, actor: Actor, argument: str, role: str = COORDINATOR) -> EventRow:
    """The event whose number is ``argument`` in base 36. Raises NotFound, NotAllowed."""
    return _own(turn, actor, argument, role, events.by_ids)


def own_broadcast(turn: Turn, actor: Actor, argument: str, role: str = VIEWER) -> BroadcastRow:
    """The broadcast whose number is ``argument`` in base 36. Raises NotFound, NotAllowed."""
    return _own(turn, actor, argument, role, broadcasts.by_ids)


def _own(turn: Turn, actor: Actor, argument: str, role: str, by_ids: ByIds[Row]) -> Row:
    number = from_base36(argument) or 0
    row = by_ids(turn.tx, (number,)).get(number)
    if row is None:
        raise NotFound(argument)
    require(actor, row.organisation, role)
    return row
