"""An event as a message: the card, and the notices that are sent about it.

Pure: all that is shown comes in. The card says what, when and where; the reader's own answer;
and what can be pressed. A notice has a word above it (:data:`NOTICES`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from blueprints.schema import Blueprint
from messages import rich
from messages.message import Link, Message, Rich
from messages.words import Words
from outreach.events import posted, times
from outreach.events.showing import (
    Card,
    asked_for_feedback,
    body,
    chosen,
    note,
    options,
    picture,
    shows_link,
    standing,
    title,
)
from outreach.reader import Reader
from storage.events import EventRow, RsvpRow

__all__ = [
    "NOTICES",
    "Card",
    "announced",
    "asked_for_feedback",
    "brief",
    "card",
    "chosen",
    "lines",
    "plain_card",
    "post",
    "shows_link",
    "standing",
    "with_picture",
]


def card(
    event: EventRow,
    reader: Reader,
    rsvp: RsvpRow | None,
    words: Words,
    blueprint: Blueprint,
    now: datetime,
    *,
    notice: str | None = None,
    variant: str = "",
    place: int | None = None,
) -> Message:
    """The event's card, or (``notice``: a kind of :data:`outreach.kinds.KINDS`) a notice about it.

    Raises KeyError for a kind that is none of :data:`NOTICES`.
    """
    made = Card(event, reader, rsvp, words, blueprint, now, place, variant)
    return NOTICES[notice](made) if notice else plain_card(made)


def plain_card(card: Card) -> Message:
    """The card by itself, as the conversation shows it."""
    return _carded(card)


def _carded(card: Card, before: Rich = (), after: Rich = (), **more: Any) -> Message:
    text = rich.concat(before, body(card), _news(card), standing(card), after)
    return card.message(text, options(card), **more)


def _news(card: Card) -> Rich:
    """What staff said with the last change: who comes later would have missed it."""
    told = card.status in ("announced", "closed", "begun") and card.state in CONCERNED
    said = note(card) if told and not card.variant.startswith("s") else ()
    return rich.concat(card.say("news"), said) if said else ()


def announced(card: Card) -> Rich:
    """What somebody came for who has to register first."""
    return card.say("after_registration", title=card.title, when=card.when().own)


def lines(card: Card) -> tuple[str, str, str]:
    """One event of a list: title, time, and the own answer or what has become of it."""
    said = " ".join(rich.plain(standing(card)).split())
    return card.title, card.when().own, said


def with_picture(card: Card) -> Message:
    """The card where it is shown for the first time."""
    return _carded(card, picture=picture(card))


def _invitation(card: Card) -> Message:
    """Who sends it and who pays for it stands below (outreach.footer)."""
    return _carded(
        card, before=card.say("invitation", name=card.reader.name), picture=picture(card)
    )


def _reminder(card: Card) -> Message:
    event = card.event
    block, count = times.until(event.starts_at, card.now, card.reader.timezone, event.timezone)
    values = {"count": count} if count and block.startswith("in_") else {}
    asked = card.say("decided") if card.state == "maybe" else ()
    return _carded(card, before=card.say(block, **values), after=asked)


CONCERNED = frozenset({"going", "maybe", "waiting", "offered"})
CHANGES = {"t": "new_time", "p": "new_place", "l": "new_link"}


def _change(card: Card) -> Message:
    letters = card.variant.lstrip("s").lstrip("0123456789")
    what = [card.line(CHANGES[letter]) for letter in letters if letter in CHANGES]
    before = rich.concat(card.say("change", what=what), note(card))
    return _carded(card, before=before, after=card.say("stands"))


def _cancellation(card: Card) -> Message:
    text = rich.concat(
        card.say("cancellation"),
        title(card),
        card.say("was_planned", when=card.when().own),
        note(card),
    )
    return card.message(text, ())


def _offer(card: Card) -> Message:
    """A place has come free; or (variant "x…") it went to the next in line."""
    lapsed = card.variant.startswith("x")
    return _carded(card, before=card.say("lapsed" if lapsed else "offer"))


def _thanks(card: Card) -> Message:
    thanks = card.say("thanks", title=card.title, name=card.reader.name)
    survey = card.blueprint.feedback
    if survey is None or not asked_for_feedback(card):
        return card.message(thanks, ())
    asked = card.say("ask_feedback", minutes=survey.minutes)
    return card.message(rich.concat(thanks, asked), (card.buttons.feedback(),))


def _feedback_reminder(card: Card) -> Message:
    return card.message(card.say("feedback_reminder", title=card.title), (card.buttons.feedback(),))


NOTICES: Mapping[str, Callable[[Card], Message]] = {
    "invitation": _invitation,
    "reminder": _reminder,
    "last_reminder": _reminder,
    "change": _change,
    "cancellation": _cancellation,
    "offer": _offer,
    "thanks": _thanks,
    "feedback_reminder": _feedback_reminder,
}
"""Kinds of deliveries about an event, and how each is written."""


def brief(card: Card, note: Rich = ()) -> Message:
    """What somebody answered, and what else they could, where the card itself stands above."""
    return card.message(rich.concat(note, title(card)[:1], standing(card)), options(card))


def post(
    event: EventRow, language: str, words: Words, blueprint: Blueprint, now: datetime,
    coming: int = 0,
) -> Message:  # fmt: skip
    """The card for a group or channel: its button opens the chat with the bot at this event.

    Everybody reads it, so times are the event's own and nobody's answer stands in it. On platforms
    that show pages it can be answered right there, and says how many are ``coming``.
    """
    reader = Reader(0, language, event.timezone, organisation=event.organisation)
    card = Card(event, reader, None, words, blueprint, now)
    programme = blueprint.programme
    funding = rich.paragraph(programme.funding_statement[card.language])
    links: tuple[Link, ...] = ()
    if card.status in ("announced", "closed", "begun"):
        links = (Link(card.line("button_chat"), f"start:event_{event.key}"),)
    text = rich.concat(body(card), standing(card), funding)
    organised = blueprint.organisation(event.organisation)
    by = rich.paragraph(organised.name) if organised else ()
    privately = card.say("seen_by") if links else ()
    shown = posted.panels(card, coming, by, funding, privately)
    return Message(text, card.language, links=links, picture=picture(card), panels=shown)
