"""After the programme's end: nobody new is registered."""

from __future__ import annotations

from datetime import datetime

from bot.incoming import Command, Left, Opened, Press
from bot.turn.context import House, Turn
from bot.turn.staff import access
from flows.understand import words
from outreach import ending
from outreach.ending_words import contacts

UNREGISTERED = frozenset({"new", "joining"})
ALLOWED = frozenset({"privacy", "mydata", "forget", "language", "staff"})
"""What somebody whose registration was never finished can still do until they are erased."""


def is_over(house: House, now: datetime) -> bool:
    """Whether the last day of the programme has begun."""
    return ending.has_ended(house.blueprint, now)


def answered(turn: Turn) -> bool:
    """Tell somebody who is not registered that it is over, and that was all; False where the turn
    goes on as ever: it is not over, they are registered or of the staff, or they look after their
    own data."""
    who, said = turn.who, turn.incoming.said
    if not is_over(turn.house, turn.now) or who.status not in UNREGISTERED:
        return False
    if isinstance(said, Left | Opened) or _allowed(turn) or access.actor_of(turn) is not None:
        return False
    tell(turn)
    return True


def tell(turn: Turn) -> None:
    """That it has ended, and whom to ask. Nothing of it is stored."""
    programme = turn.blueprint.programme
    turn.say(
        "ending.over",
        loose=True,
        programme=programme.short_name[turn.who.language],
        contacts=contacts(turn.blueprint),
    )


def _allowed(turn: Turn) -> bool:
    if turn.who.talk is not None and turn.who.talk.flow in ALLOWED:
        return True
    match turn.incoming.said:
        case Command(name, _):
            return name in ALLOWED
        case Press(_, press):
            return press.lstrip("=!").partition(".")[0] in ALLOWED
        case said:
            return (words.command(getattr(said, "text", "")) or "") in ALLOWED
