"""When two meet: suggested, agreed, dated by themselves, put into a calendar."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.turn import conversing
from bot.turn.context import Turn
from bot.turn.mentoring import showing
from bot.turn.mentoring.replying import looked, refused, say
from bot.turn.mentoring.showing import again, reply
from outreach.mentoring import buttons, life
from outreach.mentoring.buttons import Pressed
from outreach.mentoring.together import TOGETHER
from storage.mentoring.matches import MatchRow

YEAR = timedelta(days=366)
"""No meeting is agreed further ahead."""


def suggest(turn: Turn, row: MatchRow, moment: datetime) -> None:
    """This one would like to meet then."""
    outcome = life.suggest(turn.tx, row.id, turn.who.person, moment, turn.now, turn.blueprint)
    if refused(turn, row, outcome):
        return
    now = outcome.row or row
    if now.meeting_at == moment:
        _agreed(turn, now)
    else:
        values = {"name": showing.name(turn, now), "when": showing.moment(turn, moment)}
        reply(turn, now, say(turn, "suggested", **values), again(turn, now).only(buttons.SHOW))


def dated(turn: Turn, row: MatchRow, moment: datetime) -> None:
    """They have agreed on a time between them."""
    outcome = life.dated(turn.tx, row.id, turn.who.person, moment, turn.now, turn.blueprint)
    if not refused(turn, row, outcome):
        _agreed(turn, outcome.row or row)


def too_far(turn: Turn, moment: datetime) -> bool:
    return moment - turn.now > YEAR


def time(turn: Turn, row: MatchRow, said: Pressed) -> None:
    if said.at is None or too_far(turn, said.at):
        reply(turn, row, say(turn, "time_too_far"), again(turn, row).only(buttons.TIMES))
    else:
        suggest(turn, row, said.at)


def ok(turn: Turn, row: MatchRow, _said: Pressed) -> None:
    outcome = life.accept_time(turn.tx, row.id, turn.who.person, turn.now, turn.blueprint)
    if refused(turn, row, outcome):
        return
    now = outcome.row or row
    if now.meeting_at is None:
        turn.send(showing.card(turn, now))  # it is their own suggestion
        conversing.carry_on(turn)
    else:
        _agreed(turn, now, instead=True)


def _agreed(turn: Turn, row: MatchRow, *, instead: bool = False) -> None:
    when = showing.moment(turn, row.meeting_at) if row.meeting_at else ""
    text = say(turn, "agreed", name=showing.name(turn, row), when=when)
    reply(turn, row, text, again(turn, row).agreed(), instead=instead)


def times(turn: Turn, row: MatchRow, said: Pressed) -> None:
    """Other times, and a day of their own."""
    if together(turn, row):
        turn.send(showing.times(turn, looked(turn, row), said.number))
        conversing.carry_on(turn)


def own_time(turn: Turn, row: MatchRow, _said: Pressed) -> None:
    if together(turn, row):
        conversing.begin(turn, "mentor_date", params={"match": row.id, "what": "suggest"})


def date(turn: Turn, row: MatchRow, _said: Pressed) -> None:
    if together(turn, row):
        conversing.begin(turn, "mentor_date", params={"match": row.id, "what": "date"})


def together(turn: Turn, row: MatchRow) -> bool:
    """Whether they know each other and it goes on; else that is told."""
    if row.state in TOGETHER:
        return True
    reply(turn, row, say(turn, "too_late"), again(turn, row).only(buttons.SHOW))
    return False


def ics(turn: Turn, row: MatchRow, _said: Pressed) -> None:
    if not together(turn, row):
        return
    row = looked(turn, row)
    file = showing.calendar(turn, row)
    if file is None:
        reply(turn, row, say(turn, "no_time_yet"), again(turn, row).only(buttons.TIMES))
        return
    turn.send(turn.message(say(turn, "calendar"), file=file))
    conversing.carry_on(turn)
