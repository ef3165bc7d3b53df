"""An event as a message: the card, and the notices that are sent about it.

Pure: all that is shown comes in. The card says what, when and where; the reader's own answer;
and what can be pressed. A notice has a word above it (:data:`NOTICES`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from blueprints.schema import Blueprint
from messages import rich
from messages.message import Link, Message, Option, Picture, Rich
from messages.words import Words
from outreach.events import times
from outreach.events.buttons import Buttons
from outreach.reader import Reader
from storage.events import EventRow, RsvpRow

COMING = frozenset({"going", "maybe"})
WITH_LINK = COMING | {"offered"}
TEXT_LIMIT = 2500  # characters of a description: with all the rest it fits one message everywhere


@dataclass(frozen=True, slots=True)
class Card:
    """What one card is made of. ``place``: where somebody stands in the waiting line (None: not
    known); ``variant`` tells notices of one kind apart (see the deliveries)."""

    event: EventRow
    reader: Reader
    rsvp: RsvpRow | None
    words: Words
    blueprint: Blueprint
    now: datetime
    place: int | None = None
    variant: str = ""

    @property
    def language(self) -> str:
        """The reader's, or the blueprint's for one it no longer speaks."""
        spoken = self.reader.language
        return spoken if spoken in self.words.languages else self.blueprint.language

    @property
    def state(self) -> str | None:
        return self.rsvp.state if self.rsvp else None

    @property
    def status(self) -> str:
        """What has become of the event: its status, "begun", "over", or "closed" to answers."""
        event = self.event
        if event.status == "cancelled":
            return "cancelled"
        if event.status == "over" or self.now >= event.ends_at:
            return "over"
        if self.now >= event.starts_at:
            return "begun"
        closed = event.status == "closed" or self.now >= event.answers_until
        return "closed" if closed else event.status

    @property
    def buttons(self) -> Buttons:
        return Buttons(self.words, self.language, self.event)

    @property
    def title(self) -> str:
        return chosen(self.event.title, self.language, self.blueprint)[0] or self.event.key

    def say(self, block: str, **values: Any) -> Rich:
        return self.words.rich(f"event.{block}", self.language, **values)

    def line(self, block: str, **values: Any) -> str:
        return self.words.text(f"event.{block}", self.language, **values)

    def moment(self, moment: datetime) -> str:
        """Day and time of day at the reader's."""
        own, event = self.reader.timezone, self.event.timezone
        return times.moment_in(self.words, self.language, moment, own, event)

    def when(self) -> times.When:
        event = self.event
        return times.when(
            self.words, self.language, event.starts_at, event.ends_at,
            self.reader.timezone, event.timezone,
        )  # fmt: skip

    def message(self, text: Rich, options: tuple[Option, ...], **more: Any) -> Message:
        return Message(text, self.language, self.buttons.widget(options), **more)


def chosen(texts: Mapping[str, str], language: str, blueprint: Blueprint) -> tuple[str, str]:
    """The text in this language, else in the nearest there is, and the language it is in."""
    for code in (language, "en", *blueprint.languages, *texts):
        if texts.get(code, "").strip():
            return texts[code].strip(), code
    return "", language


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
    text = rich.concat(before, _body(card), standing(card), after)
    return card.message(text, _options(card), **more)


@dataclass(frozen=True, slots=True)
class _Body:
    """All that the unchanging part of a card depends on: thousands of readers share it."""

    key: tuple[Any, ...]
    card: Card = field(compare=False)


def _body(card: Card) -> Rich:
    event = card.event
    texts = (*event.title.values(), *event.place.values(), event.host, event.speaker, event.link)
    reader = (card.language, card.reader.timezone, card.state in WITH_LINK)
    version = (id(card.words), event.uid, event.revision, event.updated_at, event.starts_at)
    key = (*version, *texts, *reader)
    return _made_body(_Body(key, card))


@lru_cache(maxsize=512)
def _made_body(body: _Body) -> Rich:
    return rich.concat(_title(body.card), _description(body.card), _facts(body.card))


def _title(card: Card) -> Rich:
    event = card.event
    label = card.blueprint.format_label(event.format, card.language) if event.format else ""
    title = card.say("title", title=card.title, format=label)
    languages = [
        chosen(texts, card.language, card.blueprint)[1]
        for texts in (event.title, event.description)
    ]
    other = next((each for each in languages if each != card.language), None)
    return rich.concat(title, card.say("only_in", language=other) if other else ())


def _description(card: Card) -> Rich:
    text = chosen(card.event.description, card.language, card.blueprint)[0]
    if len(text) > TEXT_LIMIT:
        text = text[: TEXT_LIMIT - 1].rstrip() + "…"
    return rich.paragraphs(text)


def _facts(card: Card) -> Rich:
    event, when = card.event, card.when()
    place = chosen(event.place, card.language, card.blueprint)[0]
    organisation = card.blueprint.organisation(event.organisation)
    return card.say(
        "facts",
        when=when.own,
        zone=when.zone,
        there=when.there,
        there_zone=when.there_zone,
        place=place,
        link=event.link or "" if shows_link(card) else "",
        online=bool(event.link and not place),
        speaker=event.speaker or "",
        host=event.host or "",
        organisation=organisation.name if organisation else event.organisation,
        places=event.capacity or 0,
    )


def shows_link(card: Card) -> bool:
    """Where there is a place, a link only tells more; else it is the door to the event, for those
    who come."""
    place = chosen(card.event.place, card.language, card.blueprint)[0]
    return bool(card.event.link and (place or card.state in WITH_LINK))


def standing(card: Card) -> Rich:
    """What has become of the event, and the reader's own answer to it."""
    status, rsvp = card.status, card.rsvp
    said: Rich = ()
    if status in ("cancelled", "over", "begun"):
        said = card.say(f"status_{status}")
    elif status == "closed" and card.state != "offered":
        said = card.say("status_closed")
    if rsvp is not None and rsvp.checked_in_at is not None:
        return rich.concat(said, card.say("checked_in"))
    if rsvp is not None and status not in ("cancelled", "over"):
        return rich.concat(said, _own_answer(card, rsvp))
    if status == "announced" and card.event.rsvp_until is not None:
        return card.say("answer_by", deadline=card.moment(card.event.answers_until))
    return said


def _own_answer(card: Card, rsvp: RsvpRow) -> Rich:
    match rsvp.state:
        case "going":
            return card.say("state_going", guests=rsvp.guests)
        case "waiting":
            return card.say("state_waiting", place=card.place or 0)
        case "offered":
            until = rsvp.offered_until or card.event.starts_at
            return card.say("state_offered", deadline=card.moment(until))
        case state:
            return card.say(f"state_{state}")


def _options(card: Card) -> tuple[Option, ...]:
    options = card.buttons.answers(card.rsvp, card.now)
    if card.state in COMING and card.status in ("announced", "closed", "begun"):
        options = (*options, card.buttons.calendar())
    if card.status == "over" and asked_for_feedback(card):
        options = (*options, card.buttons.feedback())
    return options


def asked_for_feedback(card: Card) -> bool:
    """Whether this reader was there, as far as is known, and is asked what it was like."""
    rsvp, survey = card.rsvp, card.blueprint.feedback
    persona = card.reader.persona
    if survey is None or (persona and persona not in survey.personas) or rsvp is None:
        return False
    return rsvp.checked_in_at is not None or rsvp.state == "going"


def announced(card: Card) -> Rich:
    """What somebody came for who has to register first."""
    return card.say("after_registration", title=card.title, when=card.when().own)


def lines(card: Card) -> tuple[str, str, str]:
    """One event of a list: title, time, and the own answer or what has become of it."""
    said = " ".join(rich.plain(standing(card)).split())
    return card.title, card.when().own, said


def _picture(card: Card) -> Picture | None:
    event = card.event
    if event.media_id is None or event.media_name is None or event.media_type is None:
        return None
    return Picture(event.media_id, event.media_name, event.media_type)


def with_picture(card: Card) -> Message:
    """The card where it is shown for the first time."""
    return _carded(card, picture=_picture(card))


def _invitation(card: Card) -> Message:
    """Who invites is named in the card; the funding stands below, as the programme's rules on
    publicity want (Regulation (EU) 2021/1060, Article 50)."""
    programme = card.blueprint.programme
    funding = rich.paragraph(programme.funding_statement[card.language])
    return _carded(
        card,
        before=card.say("invitation", name=card.reader.name),
        after=rich.concat(funding, card.say("way_out")),
        picture=_picture(card),
    )


def _reminder(card: Card) -> Message:
    event = card.event
    block, count = times.until(event.starts_at, card.now, card.reader.timezone, event.timezone)
    values = {"count": count} if count and block.startswith("in_") else {}
    asked = card.say("decided") if card.state == "maybe" else ()
    return _carded(card, before=card.say(block, **values), after=asked)


CHANGES = {"t": "new_time", "p": "new_place", "l": "new_link"}


def _change(card: Card) -> Message:
    letters = card.variant.lstrip("s").lstrip("0123456789")
    what = [card.line(CHANGES[letter]) for letter in letters if letter in CHANGES]
    before = rich.concat(card.say("change", what=what), _note(card))
    return _carded(card, before=before, after=card.say("stands"))


def _note(card: Card) -> Rich:
    """What staff said about a change or cancellation."""
    return rich.paragraphs(chosen(card.event.note, card.language, card.blueprint)[0])


def _cancellation(card: Card) -> Message:
    text = rich.concat(
        card.say("cancellation"),
        _title(card),
        card.say("was_planned", when=card.when().own),
        _note(card),
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
    text = rich.concat(card.say("feedback_reminder", title=card.title), card.say("way_out"))
    return card.message(text, (card.buttons.feedback(),))


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


def post(
    event: EventRow, language: str, words: Words, blueprint: Blueprint, now: datetime
) -> Message:
    """The card for a group or channel: its button opens the chat with the bot at this event.

    Everybody reads it, so times are the event's own and nobody's answer stands in it.
    """
    reader = Reader(0, language, event.timezone, organisation=event.organisation)
    card = Card(event, reader, None, words, blueprint, now)
    programme = blueprint.programme
    funding = rich.paragraph(programme.funding_statement[card.language])
    links: tuple[Link, ...] = ()
    if card.status in ("announced", "closed", "begun"):
        links = (Link(card.line("button_chat"), f"start:event_{event.key}"),)
    text = rich.concat(_body(card), standing(card), funding)
    return Message(text, card.language, links=links, picture=_picture(card))
