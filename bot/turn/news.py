"""Whether we may write to somebody about events: nothing is promised that a missing consent
forbids. Whoever asks for news, or would be told "we'll write", is asked there and then."""

from __future__ import annotations

from bot.turn import allowing
from bot.turn.allowing import NOTHING, Beside
from bot.turn.context import Turn
from storage import living

PURPOSE = "invitations"


def promised(turn: Turn) -> bool:
    """Whether "we'll write to you" is true."""
    return allowing.given(turn, PURPOSE)


def asked(turn: Turn) -> Beside:
    """The question for the consent, with its buttons; nothing where it is given, or where this
    region has no such purpose."""
    return allowing.asked(turn, PURPOSE)


def asked_for(turn: Turn) -> Beside:
    """The same, to somebody who said that they want news of events."""
    wish = turn.blueprint.outreach.wish
    if wish is None or wish.option not in living.traits(turn.tx, turn.who.person, wish.fact):
        return NOTHING
    return asked(turn)
