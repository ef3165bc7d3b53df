"""What comes of a conversation about mentoring."""

from __future__ import annotations

from datetime import time

from bot.turn import conversing, effects, events, passing_on
from bot.turn.context import Turn
from bot.turn.mentoring import command, own, when
from bot.turn.mentoring.showing import again, reply
from flows.mentoring import Avoided, Offered, OnBreak, Requested
from flows.mentoring_pair import Agreed, Dated, Noted
from messages import rich
from messages.message import Rich
from outreach import entitled, hours
from outreach.mentoring import buttons, life, offers, requests
from outreach.mentoring.moving import Outcome
from storage import living
from storage.conversations import Talk
from storage.mentoring import matches, wishes

RESULTS = (Requested, Offered, OnBreak, Avoided, Agreed, Dated, Noted)


def apply(
    turn: Turn,
    talk: Talk,
    result: Requested | Offered | OnBreak | Avoided | Agreed | Dated | Noted,
    said: Rich,
) -> None:
    """Apply a result in the turn's transaction."""
    match result:
        case Requested() if entitled.mentee(turn.tx, turn.who.person, turn.blueprint):
            _may_not(turn)
        case Requested():
            _requested(turn, result, said)
        case Offered() if entitled.mentor(turn.tx, turn.who.person, turn.blueprint):
            _may_not(turn)
        case Offered():
            row = offers.save(turn.tx, turn.who.person, result, turn.now, turn.blueprint)
            own.offer(turn, row, rich.concat(said, turn.labels.say("mentor.offer_saved")))
            words, asked = command.shared(turn)
            if asked:
                turn.send(turn.message(words, asked))
        case OnBreak(until):
            offers.take_break(turn.tx, turn.who.person, until, turn.now, turn.blueprint)
            _afterwards(turn, talk, turn.labels.say("mentor.break_taken", until=until))
        case Avoided(name):
            _afterwards(turn, talk, _avoided(turn, name))
        case Agreed():
            _agreed(turn, talk, result)
        case Dated():
            _dated(turn, talk, result)
        case Noted():
            _noted(turn, talk, result)


def _may_not(turn: Turn) -> None:
    """A conversation that was begun when it was allowed, or a press that was forged: what is there
    for them instead, or the consent that is missing."""
    turn.say("mentor.gone")
    command.command(turn, "")


def _requested(turn: Turn, result: Requested, said: Rich) -> None:
    before = own.current_request(turn)
    row = requests.open_request(turn.tx, turn.who.person, result, turn.now, turn.blueprint)
    if before is not None:
        own.request(turn, row, rich.concat(said, turn.labels.say("mentor.request_changed")))
        return
    thanks = rich.concat(said, turn.labels.say("mentor.request_saved"))
    words, buttons = command.shared(turn)
    if buttons:
        turn.send(turn.message(rich.concat(thanks, words), buttons))
    elif effects.open_surveys(turn):
        effects.offer_survey(turn, thanks)
    else:
        effects.offer_menu(turn, thanks)


def _avoided(turn: Turn, name: str) -> Rich:
    """Staff see to it. Whether there is somebody of that name must not show."""
    kept = passing_on.keep(turn, wishes.KIND, name)
    if kept.full:
        return passing_on.told(turn, kept)
    return turn.labels.say("mentor.avoid_noted")


def _agreed(turn: Turn, talk: Talk, result: Agreed) -> None:
    person = turn.who.person
    if result.email is not None:
        source = f"person:{turn.incoming.channel}"
        living.give_email(turn.tx, person, result.email, source, turn.now)
    outcome = life.answer(
        turn.tx, result.match, person, True, turn.now, turn.blueprint, contacts=result.contacts
    )
    side = outcome.row.side(person) if outcome.row is not None else None
    said = f"said_yes_{side}" if outcome.reason in ("", "already") and side else "too_late"
    _answered(turn, talk, outcome, said)


def _answered(turn: Turn, talk: Talk, outcome: Outcome, said: str) -> None:
    """In words, with the pair to be looked at; then back to what was interrupted."""
    text = turn.labels.say(f"mentor.{said}")
    if outcome.row is None:
        _afterwards(turn, talk, text)
        return
    reply(turn, outcome.row, text, again(turn, outcome.row).only(buttons.SHOW))
    _back(turn, talk)


def _dated(turn: Turn, talk: Talk, result: Dated) -> None:
    """By the clock of who said it; an hour that is past, or a year ahead, is asked once more."""
    row = matches.one(turn.tx, result.match)
    if row is None or row.side(turn.who.person) is None:
        _afterwards(turn, talk, turn.labels.say("mentor.gone"))
        return
    hour = time.fromisoformat(result.hour)
    moment = hours.local(result.day, hour, hours.known(events.reader(turn).timezone))
    wrong = "time_past" if moment <= turn.now else "time_too_far"
    if moment <= turn.now or when.too_far(turn, moment):
        conversing.begin(
            turn, "mentor_date", params=talk.params, before=turn.labels.say(f"mentor.{wrong}")
        )
        return
    (when.suggest if result.what == "suggest" else when.dated)(turn, row, moment)
    _back(turn, talk)


def _noted(turn: Turn, talk: Talk, result: Noted) -> None:
    if result.note is not None:
        life.because(
            turn.tx, result.match, turn.who.person, "other", result.note, turn.now, turn.blueprint
        )
    _afterwards(turn, talk, turn.labels.say("mentor.because"))


def _afterwards(turn: Turn, talk: Talk, said: Rich) -> None:
    """Back to what was interrupted; else the menu."""
    then = talk.params.get("then")
    if not (then and conversing.resume(turn, int(then), said)):
        effects.offer_menu(turn, said)


def _back(turn: Turn, talk: Talk) -> None:
    """Back to what was interrupted, if anything was."""
    then = talk.params.get("then")
    if then:
        conversing.resume(turn, int(then))
