"""An answer in words ("yes", "no, thanks"), where the last that was sent asks for one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from bot.turn.context import Turn
from bot.turn.events import REGISTERED
from bot.turn.mentoring import pressed
from flows.understand import words
from outreach.mentoring import asking, buttons, plans
from outreach.mentoring.buttons import Pressed
from storage.mentoring import matches

FRESH = timedelta(days=7)  # so long a typed yes is an answer to what was sent last

_MEANT: Mapping[str, tuple[str, str]] = {
    plans.MENTOR_ASK: (buttons.YES, buttons.NO),
    plans.MENTEE_ASK: (buttons.YES, buttons.NO),
    plans.ASK_REMINDER: (buttons.YES, buttons.NO),
    plans.MEETING_SUGGESTED: (buttons.OK, buttons.TIMES),
    plans.MEET_NUDGE: (buttons.MET, buttons.NOT_YET),
    plans.MEET_REMINDER: (buttons.MET, buttons.NOT_YET),
}
"""What yes and no mean to a message of each kind."""


def typed(turn: Turn, text: str) -> bool:
    """Whether it was an answer to the last message, and was taken as one."""
    yes = words.yes_no(text)
    told = asking.last_told(turn.tx, turn.who.person) if yes is not None else None
    if told is None or told.kind not in _MEANT or turn.now - told.at > FRESH:
        return False
    row = matches.one(turn.tx, told.match)
    if row is None or row.side(turn.who.person) is None or turn.who.status not in REGISTERED:
        return False
    what = _MEANT[told.kind][0 if yes else 1]
    number = row.meetings + 1 if what == buttons.MET else 1 if what == buttons.TIMES else 0
    pressed.act(turn, row, Pressed(what, number=number))
    return True
