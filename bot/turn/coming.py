"""Answers to invitations in one's own words: what is meant is shown, and counts after a tap.

Meant is the event that was last written about; else the only one there is, or which of them is
asked by buttons.
"""

from __future__ import annotations

from bot.turn import conversing, events
from bot.turn.context import Turn
from flows.understand import answering, words
from flows.understand.answering import Meant
from messages.base36 import base36, from_base36
from messages.labels import fit
from outreach.events import cards, listing
from outreach.events.buttons import reference
from storage import events as stored
from storage.events import EventRow

COMMAND, NOTHING = "come", "nothing"
"""Commands: "come.5k.going", "come.5k.g2" with two guests; and that nothing was meant."""
MOST = 5  # events to choose from


def typed(turn: Turn, text: str) -> bool:
    """Whether these words are about coming to an event, and were answered."""
    if turn.who.status not in events.REGISTERED or len(text) > answering.LONGEST:
        return False
    meant = answering.meant(text, words.yes_no(text))
    found = _about(turn, meant) if meant is not None else []
    if meant is None or not found:
        return False
    _ask(turn, found, meant)
    return True


def _about(turn: Turn, meant: Meant) -> list[EventRow]:
    """The events that may be meant. A mere yes or no is an answer to the last message alone."""
    told = listing.last_told(turn.tx, turn.who.person, whatever_came_since=not meant.plain)
    if told is not None and turn.now - told.at <= events.FRESH:
        event = events.visible(stored.by_ids(turn.tx, (told.event,)).get(told.event))
        if event is not None and turn.now < event.starts_at:
            return [event]
    if meant.plain:
        return []
    open_ = listing.open_to(turn.tx, turn.who.person, turn.blueprint, turn.now)
    own = stored.rsvps_of(turn.tx, turn.who.person)
    answered = [each for each in open_ if each.id in own and own[each.id].state in cards.CONCERNED]
    if meant.answer == "going" and meant.guests is None:
        return open_[:MOST]
    return (answered or open_)[:MOST]


def _ask(turn: Turn, found: list[EventRow], meant: Meant) -> None:
    """Is this what you mean? With several events: which?"""
    key = f"g{meant.guests}" if meant.guests is not None else meant.answer
    say, language = turn.labels.words.text, turn.who.language
    titles = {each.id: events.card_of(turn, each).title for each in found}
    none = turn.button(NOTHING, say("common.button_no", language))
    if len(found) == 1:
        event = found[0]
        if (meant.guests or 0) > event.guests:
            said = turn.labels.say("event.brings_nobody", title=titles[event.id], most=event.guests)
            conversing.ask_open(turn, said)
            return
        values = {"count": meant.guests} if meant.guests is not None else {}
        block = "guests" if meant.guests is not None else meant.answer
        asked = turn.labels.say(f"event.meant_{block}", title=titles[event.id], **values)
        yes = turn.button(f"{COMMAND}.{base36(event.id)}.{key}", say("common.button_yes", language))
        turn.send(turn.message(asked, (yes, none)))
        return
    choices = [
        turn.button(f"{COMMAND}.{base36(each.id)}.{key}", fit(titles[each.id], events.BUTTON))
        for each in found
    ]
    neither = turn.button(NOTHING, say("event.button_none_of_them", language))
    asked = turn.labels.say("event.meant_which")
    turn.send(turn.message(asked, (*choices, neither)))


def confirmed(turn: Turn, argument: str) -> None:
    """They meant it."""
    number, _, key = argument.partition(".")
    event = from_base36(number)
    if event is None:
        nothing(turn, "")
    else:
        events.pressed(turn, reference(event), f"={key}")


def nothing(turn: Turn, _argument: str) -> None:
    """They did not: all stays as it is, and the open question is asked again."""
    conversing.ask_open(turn, turn.labels.say("common.cancelled"))
