"""Words on a button that is in sight, typed: "Begin", "Neskôr", "1", "the second one".

What can be pressed below a reply is noted with it (its ``variant``): of each button what it means
and a hash of its label, so that no words stay behind. What stands below a message that the bot sent
by itself is made anew of what that is about. Below an open question the question knows.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from bot.turn import conversing, events
from bot.turn.context import Turn
from bot.turn.labels import Labels
from flows.choices import Choice
from flows.understand import words
from flows.understand.ordinals import pick
from flows.understand.text import fold
from messages.base36 import base36
from messages.message import MENU, Message
from outreach.errors import OutreachError
from outreach.last import shown
from storage.last_sent import LastSent, last_sent

FRESH = timedelta(days=7)  # so long what was sent last is in sight
MOST = 24  # buttons of one message; more are no menu that anybody counts
LONGEST = 80  # characters of what may be a button's words
_LATER = "=later"  # beside it stands what yes means
_ANY_TIME = (MENU, "@")
"""Refs of widgets that work at any time."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One button: the press that it makes, and the hash of its label."""

    ref: str
    press: str
    label: str


def noted(message: Message) -> str:
    """What can be pressed below a message, to be kept with it; "" for nothing."""
    widget = message.widget
    if widget is None or not widget.ref.startswith(_ANY_TIME) or "." in widget.ref:
        return ""
    options = (*widget.options, *widget.controls)[:MOST]
    return " ".join([widget.ref, *(f"{each.press}~{_hash(each.label)}" for each in options)])


def typed(turn: Turn, text: str) -> tuple[str, str] | None:
    """Ref and press of the button whose words (or place) these are, of the open question or else
    of the last message; None for none. Of a question only its very words: the rest it reads."""
    if len(text) > LONGEST:
        return None
    if turn.who.talk is not None:
        return _below_the_question(turn, text)
    if turn.who.status == "new":
        return None
    last = last_sent(turn.tx, turn.who.person)
    if last is None or turn.now - last.at > FRESH:
        return None
    return _meant(turn, text, _offers(turn, last))


def _below_the_question(turn: Turn, text: str) -> tuple[str, str] | None:
    """Labels that are no word of the bot's and that the question would not read: those that sound
    like a question, and some controls. To look for others would cost every typed message 0.1 ms."""
    if not text.rstrip().endswith("?") and fold(text) not in _controls(turn.labels):
        return None
    talk, waiting = turn.who.talk, conversing.waiting(turn)
    if talk is None or waiting is None:
        return None
    state = conversing.state_of(talk)
    widget = conversing.presenter(turn, talk).widget(talk.id, waiting, state)
    chosen = widget.options if isinstance(waiting.question, Choice) else ()
    said = _hash(text)
    for option in (*widget.controls, *chosen):
        if _hash(option.label) == said:
            return widget.ref, option.press
    return None


@lru_cache(maxsize=16)
def _controls(labels: Labels) -> frozenset[str]:
    names = ("all_correct", "form")
    return frozenset(fold(labels.words.text(f"common.button_{n}", labels.language)) for n in names)


def _meant(turn: Turn, text: str, offers: list[Offer]) -> tuple[str, str] | None:
    labels = {each.label: each for each in reversed(offers)}
    if found := labels.get(_hash(text)):
        return found.ref, found.press
    yes = words.yes_no(text)
    if yes is not None:
        key = "common.button_yes" if yes else "common.button_no"
        answer = labels.get(_hash(turn.labels.words.text(key, turn.who.language)))
        if answer is None and len(offers) == 2 and offers[1].press == _LATER:
            answer = offers[0 if yes else 1]
        return (answer.ref, answer.press) if answer is not None else None
    number = pick(text, len(offers))
    return (offers[number].ref, offers[number].press) if number is not None else None


def _offers(turn: Turn, last: LastSent) -> list[Offer]:
    if last.kind == "reply":
        return _kept(last.variant)
    if last.event is not None:
        message = events.shown_of(turn, last.event)
    else:
        try:
            message = shown(
                turn.tx, last, events.reader(turn), turn.house.words, turn.blueprint, turn.now
            )
        except OutreachError:
            return []
    return _kept(noted(message)) if message is not None else []


def _kept(noted_: str) -> list[Offer]:
    ref, *presses = noted_.split(" ") if noted_ else ("",)
    found = []
    for each in presses:
        press, tilde, label = each.rpartition("~")
        if tilde:
            found.append(Offer(ref, press, label))
    return found


def _hash(label: str) -> str:
    return base36(zlib.crc32((fold(label) or label.strip()).encode()))
