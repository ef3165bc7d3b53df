"""What is pressed below what the bot asks anew: still right, and when they are next at home."""

from __future__ import annotations

from bot.turn import conversing
from bot.turn.context import Turn
from flows.home import NextHome
from messages.message import Rich
from outreach import entitled, freshness
from storage import homes, profile

_LONGEST = 12  # digits of a moment in seconds


def confirm(turn: Turn, asked: str) -> None:
    """*Still right*: all facts that the message was about are confirmed."""
    if asked.isdecimal() and len(asked) <= _LONGEST and _registered(turn):
        freshness.confirm(turn.tx, turn.who.person, int(asked), turn.now, turn.blueprint)
        said = turn.labels.say("fresh.confirmed")
        turn.send(turn.message(said, (turn.command_button("menu"),)))
    conversing.carry_on(turn)


def visit(turn: Turn, when: str) -> None:
    """They know when they are next at home, or don't know yet."""
    if when == "later":
        turn.say("fresh.home_later")
        conversing.carry_on(turn)
    elif _registered(turn):
        conversing.begin(turn, "home")
    else:
        conversing.ask_again(turn)


def save(turn: Turn, result: NextHome) -> Rich:
    """Keep the day; what is said then."""
    if _registered(turn):
        homes.save(turn.tx, turn.who.person, result.day, profile.SURVEY, turn.now)
    return turn.labels.say("fresh.home_saved", visit=result.day)


def _registered(turn: Turn) -> bool:
    return turn.who.status in entitled.REGISTERED
