"""Why something cannot be done, in the reader's language."""

from __future__ import annotations

from bot.turn.context import Turn
from messages.message import Rich
from outreach.errors import BadFilter, NotAllowed, NotFound, OutreachError


def explained(turn: Turn, error: OutreachError) -> Rich:
    """What to say of an error. One that cannot be said in the reader's language is left to the
    command line: its English stays away from the bot."""
    if error.told is not None:
        problem = error.told.text(turn.labels.words, turn.who.language)
        key = "refused.audience_unreadable" if isinstance(error, BadFilter) else "staff.failed"
        return turn.labels.say(key, problem=problem)
    if isinstance(error, NotAllowed):
        return turn.labels.say("staff.not_allowed")
    if isinstance(error, NotFound):
        return turn.labels.say("staff.gone")
    return turn.labels.say("staff.not_now")


def tell(turn: Turn, error: OutreachError) -> None:
    """Send that."""
    turn.send(turn.message(explained(turn, error)))
