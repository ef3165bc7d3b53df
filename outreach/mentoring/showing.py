"""What the messages about a pair or a request are made of: their parts, for one reader. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from blueprints.schema import Blueprint
from messages import rich
from messages.message import MENU, Kind, Message, Option, Rich, Widget
from messages.words import Words, capitalised
from outreach import hours
from outreach.mentoring import meeting, people, reasons
from outreach.mentoring.buttons import Buttons, RequestButtons
from outreach.mentoring.meeting import Free
from outreach.mentoring.people import Other
from outreach.reader import Reader
from storage.mentoring.matches import MatchRow
from storage.mentoring.offers import OfferRow
from storage.mentoring.requests import RequestRow

GOAL_LIMIT = 1000  # characters of a goal or of topics: with all the rest it fits one message
INTRODUCED = frozenset({"introduced", "met", "done", "ended"})


@dataclass(frozen=True, slots=True)
class Card:
    """What one message is made of. ``match`` is None for what is about a request alone; ``me`` is
    the reader, in ``role`` "mentor" or "mentee"; ``request`` the mentee's, ``offer`` the mentor's;
    ``other`` is the other of the two, as far as there still is one. ``variant`` tells notices of
    one kind apart (see outreach.mentoring.plans)."""

    match: MatchRow | None
    request: RequestRow | None
    offer: OfferRow | None
    me: Reader
    role: str
    other: Other | None
    words: Words
    blueprint: Blueprint
    now: datetime
    variant: str = ""

    @property
    def language(self) -> str:
        """The reader's, or the blueprint's for one it no longer speaks."""
        return self.words.spoken(self.me.language, self.blueprint.language)

    @property
    def buttons(self) -> Buttons:
        return Buttons(self.words, self.language, self.match.id if self.match else 0)

    @property
    def request_buttons(self) -> RequestButtons:
        return RequestButtons(self.words, self.language, self.request.id if self.request else 0)

    @property
    def named(self) -> bool:
        """Whether the reader knows who the other is: both said yes."""
        return self.match is not None and self.match.introduced_at is not None

    @property
    def name(self) -> str:
        """The other's, once the reader may know it; else what they are to the reader."""
        if self.named and self.other is not None and self.other.name:
            return self.other.name
        return self.line("your_mentor" if self.role == "mentee" else "your_mentee")

    def say(self, block: str, **values: Any) -> Rich:
        return self.words.rich(f"match.{block}", self.language, **values)

    def line(self, block: str, **values: Any) -> str:
        return self.words.text(f"match.{block}", self.language, **values)

    def label(self, block: str) -> str:
        """What something that was chosen is called in the conversation."""
        key = f"mentor.{block}"
        known = self.words.keys()
        return self.words.text(key, self.language) if key in known else ""

    def moment(self, at: datetime) -> str:
        """A time at the reader's, with the other's clock beside it where that shows another."""
        return both_clocks(self, at)

    def message(self, text: Rich, options: tuple[Option, ...] = ()) -> Message:
        """With the pair's buttons."""
        widget = self.buttons.widget(options) if self.match else None
        return Message(text, self.language, widget)

    def commanding(self, text: Rich, *commands: tuple[str, str]) -> Message:
        """With buttons that are commands: (label's block, command)."""
        options = tuple(
            Option(command, f"={command}", self.line(f"button_{label}"))
            for label, command in commands
        )
        return Message(text, self.language, Widget(Kind.BUTTONS, MENU, options))


def moment(words: Words, language: str, at: datetime, timezone: str) -> str:
    """ "Tuesday 24 November, 18:00", in a zone."""
    here = at.astimezone(hours.known(timezone))
    return f"{words.date(here.date(), language, 'weekday')}, {here:%H:%M}"


def both_clocks(card: Card, at: datetime) -> str:
    own = moment(card.words, card.language, at, card.me.timezone)
    if not card.named or card.other is None:
        return own
    zone = people.zone(card.other, card.blueprint)
    here, there = at.astimezone(hours.known(card.me.timezone)), at.astimezone(hours.known(zone))
    if here.replace(tzinfo=None) == there.replace(tzinfo=None):
        return own
    shown = f"{there:%H:%M}"
    if here.date() != there.date():
        shown = moment(card.words, card.language, at, zone)
    place = card.words.timezone(hours.known(zone).key, card.language)
    return card.line("at_place", moment=own, there=shown, place=place)


def wanted(card: Card) -> Rich:
    """What the mentee asks for, in their own words and in ours."""
    request = card.request
    if request is None:
        return ()
    goal = shortened(request.goal)
    said = card.say("goal", goal=goal) if goal else ()
    facts = card.say(
        "wanted",
        skills=_skills(card, request.skills),
        field=card.blueprint.field_label(request.field, card.language) if request.field else "",
        spoken=_languages(card, request.languages),
        mode=card.label(f"mode_{request.mode}"),
        rhythm=card.label(f"rhythm_{request.rhythm}"),
        urgency=card.label(f"urgency_{request.urgency}"),
    )
    return rich.concat(said, facts)


def offered(card: Card) -> Rich:
    """What the mentor offers: no name, no contact."""
    offer, other = card.offer, card.other
    if offer is None:
        return ()
    field = other.field if other else None
    facts = card.say(
        "offered",
        skills=_skills(card, offer.skills),
        topics=shortened(offer.topics),
        field=card.blueprint.field_label(field, card.language) if field else "",
        country=(other.country if other else None) or "",
        spoken=_languages(card, offer.languages),
        mode=card.label(f"mode_{offer.mode}"),
    )
    return rich.concat(card.say("about_mentor"), facts)


def _skills(card: Card, keys: tuple[str, ...]) -> str:
    return ", ".join(card.blueprint.skill_label(key, card.language) for key in keys)


def _languages(card: Card, codes: tuple[str, ...]) -> list[str]:
    return [card.words.language_name(code, card.language) for code in codes]


def shortened(text: str) -> str:
    text = text.strip()
    return text if len(text) <= GOAL_LIMIT else text[: GOAL_LIMIT - 1].rstrip() + "…"


def fitting(card: Card) -> Rich:
    """A sentence for each reason, as a list."""
    given = card.match.reasons if card.match else ()
    said = reasons.sentences(given, card.role, card.words, card.language, card.blueprint)
    return rich.concat(card.say("why"), rich.bullets(said)) if said else ()


def deadline(card: Card) -> Rich:
    """Until when to answer, and that nobody is named before."""
    if card.match is None or card.match.deadline is None:
        return ()
    until = card.words.datetime(
        card.match.deadline, card.language, hours.known(card.me.timezone).key
    )
    return card.say("answer_by", deadline=until)


def contacts(card: Card) -> Rich:
    """How the other can be reached, as far as they agreed; nothing before both said yes."""
    match, other = card.match, card.other
    if match is None or other is None or not card.named:
        return ()
    agreed = match.mentor_contact if card.role == "mentee" else match.mentee_contact
    lines = people.lines(other, agreed, card.words, card.language)
    return rich.concat(card.say("contacts", name=card.name), lines) if lines else ()


def counted(card: Card) -> Rich:
    """How many meetings there were, if there was one."""
    count = card.match.meetings if card.match else 0
    return card.say("meetings", count=count) if count else ()


def times(card: Card, page: int = 0) -> tuple[Rich, tuple[Option, ...]]:
    """Times that suit both, as text with both clocks and as buttons with the reader's."""
    suggested = meeting.suggest(*frees(card), card.now, page)
    shown = [capitalised(card.moment(at)) for at in suggested.times]
    labels = [moment(card.words, card.language, at, card.me.timezone) for at in suggested.times]
    options = card.buttons.times(
        list(zip(suggested.times, map(capitalised, labels), strict=True)), page
    )
    text = rich.concat(
        card.say("times", fit=suggested.fit), rich.bullets(shown), card.say("times_how")
    )
    return text, options


def frees(card: Card) -> tuple[Free, Free]:
    """When mentor and mentee have time."""
    zone = people.zone(card.other, card.blueprint) if card.other else card.me.timezone
    zones = (card.me.timezone, zone) if card.role == "mentor" else (zone, card.me.timezone)
    offer, request = card.offer, card.request
    return (
        Free(zones[0], offer.hours if offer else ()),
        Free(zones[1], request.hours if request else ()),
    )
