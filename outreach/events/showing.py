"""What an event's card is made of: its parts, for one reader. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from blueprints.schema import Blueprint
from messages import rich
from messages.message import Message, Option, Picture, Rich
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
    known); ``variant`` tells notices of one kind apart (see the deliveries); ``full``: whoever
    comes now goes to the waiting list."""

    event: EventRow
    reader: Reader
    rsvp: RsvpRow | None
    words: Words
    blueprint: Blueprint
    now: datetime
    place: int | None = None
    variant: str = ""
    full: bool = False

    @property
    def language(self) -> str:
        """The reader's, or the blueprint's for one it no longer speaks."""
        return self.words.spoken(self.reader.language, self.blueprint.language)

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
        return Buttons(self.words, self.language, self.event, full=self.full)

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


@dataclass(frozen=True, slots=True)
class _Body:
    """All that the unchanging part of a card depends on: thousands of readers share it."""

    key: tuple[Any, ...]
    card: Card = field(compare=False)


def body(card: Card) -> Rich:
    """Title, description and facts: what does not depend on anybody's answer."""
    event = card.event
    texts = (*event.title.values(), *event.place.values(), event.host, event.speaker, event.link)
    reader = (card.language, card.reader.timezone, card.state in WITH_LINK)
    version = (id(card.words), event.uid, event.revision, event.updated_at, event.starts_at)
    key = (*version, *texts, *reader)
    return _made_body(_Body(key, card))


@lru_cache(maxsize=512)
def _made_body(body: _Body) -> Rich:
    return rich.concat(title(body.card), description(body.card), _facts(body.card))


def title(card: Card) -> Rich:
    """The title with the format, and which language it falls back to."""
    event = card.event
    label = card.blueprint.format_label(event.format, card.language) if event.format else ""
    title = card.say("title", title=card.title, format=label)
    languages = [
        chosen(texts, card.language, card.blueprint)[1]
        for texts in (event.title, event.description)
    ]
    other = next((each for each in languages if each != card.language), None)
    return rich.concat(title, card.say("only_in", language=other) if other else ())


def description(card: Card) -> Rich:
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
        link=event.link if shows_link(card) else None,
        online=bool(event.link and not place),
        speaker=event.speaker,
        host=event.host,
        organisation=organisation.name if organisation else event.organisation,
        places=event.capacity,
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
    if status == "begun" and card.state in ("waiting", "offered"):
        return said  # no place comes free any more
    if rsvp is not None and status not in ("cancelled", "over"):
        said = rich.concat(said, _own_answer(card, rsvp))
    elif status == "announced" and card.event.rsvp_until is not None:
        said = card.say("answer_by", deadline=card.moment(card.event.answers_until))
    # Who waits knows it.
    full = card.full and status == "announced" and card.state in (None, "maybe", "no")
    return rich.concat(card.say("full"), said) if full else said


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


def options(card: Card) -> tuple[Option, ...]:
    """What can be pressed below the card."""
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


def picture(card: Card) -> Picture | None:
    """The event's picture, if it has one."""
    event = card.event
    if event.media_id is None or event.media_name is None or event.media_type is None:
        return None
    return Picture(event.media_id, event.media_name, event.media_type, card.title)


def note(card: Card) -> Rich:
    """What staff said about a change or cancellation."""
    return rich.paragraphs(chosen(card.event.note, card.language, card.blueprint)[0])
