"""What presses and conversations of a pair share: words, a sign of life, what was not possible."""

from __future__ import annotations

from bot.turn.context import Turn
from bot.turn.mentoring.showing import again, reply
from messages.message import Rich
from outreach.mentoring import buttons, life
from outreach.mentoring.life import Outcome
from storage.mentoring.matches import MatchRow


def looked(turn: Turn, row: MatchRow) -> MatchRow:
    """They have looked at their pair: a sign of life."""
    outcome = life.seen(turn.tx, row.id, turn.who.person, turn.now, turn.blueprint)
    return outcome.row or row


def say(turn: Turn, block: str, /, **values: object) -> Rich:
    return turn.labels.say(f"mentor.{block}", **values)


def refused(turn: Turn, row: MatchRow, outcome: Outcome) -> bool:
    """Whether nothing came of it; then why, with the pair as it is."""
    if outcome.reason in ("", "already", "noted"):
        return False
    name = "time_past" if outcome.reason == "past" else "too_late"
    row = outcome.row or row
    reply(turn, row, say(turn, name), again(turn, row).only(buttons.SHOW))
    return True
