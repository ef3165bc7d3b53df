"""The buttons of a request, below the honest word that nobody was found yet."""

from __future__ import annotations

from bot.turn import commands, conversing, events
from bot.turn.context import Turn
from bot.turn.events import REGISTERED
from bot.turn.mentoring import command
from outreach.mentoring import buttons, requests
from storage.mentoring import requests as stored

FORMATS = "formats"
"""The column of the living database that the survey about other formats feeds."""


def pressed(turn: Turn, ref: str, press: str) -> None:
    """Do what a button below a message about a request says. Old and forged ones do no harm."""
    number, said = buttons.number(ref), buttons.read_request(press)
    row = stored.one(turn.tx, number) if number else None
    own = row is not None and row.person_id == turn.who.person
    if row is None or said is None or not own or turn.who.status not in REGISTERED:
        conversing.ask_again(turn, turn.labels.say("mentor.gone"))
    elif said == buttons.EVENTS:
        events.events_list(turn, "")
        conversing.carry_on(turn)
    elif said == buttons.FORMATS:
        _formats(turn)
    elif row.status == "closed":
        conversing.ask_again(turn, turn.labels.say("mentor.request_not_open"))
    elif said == buttons.EDIT:
        command.command(turn, "edit")
    elif said == buttons.WITHDRAW:
        command.withdraw(turn)
    else:
        requests.keep_waiting(turn.tx, turn.who.person, turn.now)
        conversing.ask_again(turn, turn.labels.say("mentor.request_waits"))


def _formats(turn: Turn) -> None:
    """The survey about formats, where this person is asked it; else all of theirs."""
    found = turn.blueprint.column(FORMATS)
    commands.survey(turn, found[0].key if found else "")
