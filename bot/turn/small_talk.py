"""A kind word back, and what is open: "hi", "thanks", "ok", "bye"; "later" puts off what is open
and says when it will be brought up again."""

from __future__ import annotations

from datetime import timedelta

from bot.turn import conversing, effects
from bot.turn.context import Turn
from flows.questions import PersonName
from flows.questions import Text as FreeText
from flows.understand import small_talk
from flows.understand.small_talk import Kind
from outreach import bringing_back
from storage import conversations
from storage.inbox import REPLY
from storage.last_sent import last_sent

_PUT_OFF = frozenset({"registration", "survey"})


def instead(turn: Turn, text: str) -> bool:
    """Answer a kind word that can be no answer to the open question; whether it was one. In a text
    of one's own almost anything can be an answer."""
    kind = small_talk.kind(text)
    waiting = conversing.waiting(turn)
    if kind is None or waiting is None:
        return False
    if not isinstance(waiting.question, PersonName):
        put_off = kind == "later" and isinstance(waiting.question, FreeText)
        if not put_off or turn.who.talk is None or turn.who.talk.flow not in _PUT_OFF:
            return False
    _answer(turn, kind)
    return True


def otherwise(turn: Turn, text: str) -> bool:
    """Answer a kind word where nothing else was understood; whether it was one. A thank you for
    an answer of the staff is for them."""
    kind = small_talk.kind(text)
    if kind is None:
        return False
    last = last_sent(turn.tx, turn.who.person)
    if last is not None and last.kind == REPLY and turn.who.talk is None:
        return False
    _answer(turn, kind)
    return True


def _answer(turn: Turn, kind: Kind) -> None:
    if kind == "later":
        _later(turn)
        return
    said = turn.labels.say(f"small.{kind}", name=turn.who.name or "")
    if turn.who.talk is not None or turn.who.status == "new":
        conversing.ask_open(turn, () if kind == "fine" else said)
    elif kind == "hello" or conversations.parked(turn.tx, turn.who.person):
        effects.offer_menu(turn, said)
    else:
        conversing.ask_open(turn, said)


def _later(turn: Turn) -> None:
    """What can be gone on with is parked; anything else is left. Before anything was agreed to
    the question stays, and nobody is reminded of it."""
    talk = turn.who.talk
    if turn.who.status == "new":
        turn.say("small.later_new")
        return
    if talk is None:
        effects.offer_menu(turn, turn.labels.say("small.later_menu"))
        return
    parked = conversing.leave(turn)
    if parked is None:
        conversing.ask_open(turn, turn.labels.say("small.later_menu"))
        return
    days = bringing_back.in_days(turn.tx, turn.who.person, turn.now, turn.blueprint)
    said = (
        turn.labels.say("small.later_again", until=turn.today + timedelta(days=days))
        if days
        else turn.labels.say("small.later_parked")
    )
    turn.send(turn.message(said, (turn.button(f"continue.{parked}", _go_on(turn)),
                                  turn.command_button("menu"))))  # fmt: skip


def _go_on(turn: Turn) -> str:
    return turn.labels.words.text("small.button_go_on", turn.who.language)
