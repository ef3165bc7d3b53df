"""A pair or a request as a message: the notices that are sent by themselves, and the pair's card.

Pure: all that is shown comes in. Nobody's name or contact stands in anything that is sent before
both said yes, whatever comes in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from blueprints.schema import Blueprint
from messages import rich
from messages.message import Message, Option, Rich
from messages.words import Words
from outreach.mentoring import buttons, endings, people, showing
from outreach.mentoring.people import Other
from outreach.mentoring.showing import Card, moment
from outreach.reader import Reader
from storage.mentoring.matches import MatchRow
from storage.mentoring.offers import OfferRow
from storage.mentoring.requests import RequestRow

__all__ = ["NOTICES", "Card", "card", "moment", "pair", "times"]

GOING_ON = frozenset({"introduced", "met"})


def card(
    kind: str | None,
    match: MatchRow | None,
    request: RequestRow | None,
    offer: OfferRow | None,
    me: Reader,
    role: str,
    other: Other | None,
    words: Words,
    blueprint: Blueprint,
    now: datetime,
    variant: str = "",
) -> Message:
    """A notice of ``kind`` (one of :data:`outreach.kinds.KINDS`), or the pair's card by itself;
    what comes in is told at :class:`Card`. Raises KeyError for a kind that is none of NOTICES."""
    made = Card(match, request, offer, me, role, other, words, blueprint, now, variant)
    return NOTICES[kind](made) if kind else pair(made)


def pair(card: Card) -> Message:
    """How things stand between the two, and what can be pressed."""
    match = card.match
    state = match.state if match else ""
    if state == f"asked_{card.role}":
        return _asked(card)
    if state == "asked_mentee":
        return card.message(card.say("pair_asked"), card.buttons.take_back())
    if state in ("proposed", "asked_mentor") and card.role == "mentee":
        return card.message(card.words.rich("mentor.request_asked", card.language))
    if match is None or not card.named:
        return card.message(card.say("pair_came_to_nothing"))
    text = rich.concat(card.say(f"pair_{_other_role(card)}", name=card.name), _goal(card))
    if state not in GOING_ON:
        return card.message(rich.concat(text, card.say("pair_over"), showing.counted(card)))
    text = rich.concat(text, showing.contacts(card), _standing(card))
    return card.message(text, _standing_buttons(card))


def times(card: Card, page: int = 1) -> Message:
    """Other times to meet at: page 0 are those of the introduction."""
    text, options = showing.times(card, page)
    return card.message(text, options)


def _other_role(card: Card) -> str:
    return "mentee" if card.role == "mentor" else "mentor"


def _goal(card: Card) -> Rich:
    """What it is about: for the mentor to remember."""
    goal = showing.shortened(card.request.goal) if card.request else ""
    return card.say("goal", goal=goal) if goal and card.role == "mentor" else ()


def _standing(card: Card) -> Rich:
    match = card.match
    if match is None:
        return ()
    said: Rich = ()
    if match.meeting_at is not None and match.meeting_at > card.now:
        said = card.say("pair_meeting", when=card.moment(match.meeting_at))
    elif match.suggested_at is not None and match.suggested_at > card.now:
        block = "pair_own_suggestion" if match.suggested_by == card.role else "suggested"
        said = card.say(block, when=card.moment(match.suggested_at), name=card.name)
    return rich.concat(said, showing.counted(card) or card.say("pair_not_met"))


def _standing_buttons(card: Card) -> tuple[Option, ...]:
    match, press = card.match, card.buttons
    if match is None:
        return ()
    following = match.meetings + 1
    stop = press.only(buttons.STOP)
    if _ahead(match.meeting_at, card.now):
        return (*press.agreed(), *press.held(following), *stop)
    theirs = match.suggested_at if match.suggested_by != card.role else None
    if theirs is not None and theirs > card.now:
        return (*press.suggested(theirs), *press.held(following), *stop)
    return (*press.standing(following), *stop)


def _ahead(at: datetime | None, now: datetime) -> bool:
    return at is not None and at > now


def _asked(card: Card, before: Rich = ()) -> Message:
    """The question to the mentor, or to the mentee."""
    about = showing.wanted(card) if card.role == "mentor" else showing.offered(card)
    text = rich.concat(
        before or card.say(f"{card.role}_ask", name=card.me.name),
        about,
        showing.fitting(card),
        showing.deadline(card),
    )
    return card.message(text, card.buttons.ask())


def _ask_reminder(card: Card) -> Message:
    return _asked(card, card.say("ask_reminder", role=card.role))


def _introduction(card: Card) -> Message:
    match = card.match
    own = (match.mentor_contact if card.role == "mentor" else match.mentee_contact) if match else ()
    names = {"chat": card.line("chat"), "linkedin": "LinkedIn", "email": _mail(card)}
    shared = [names[kind] for kind in people.CONTACTS if kind in own]
    suggested, options = showing.times(card)
    text = rich.concat(
        card.say("introduction", name=card.name),
        _goal(card),
        showing.contacts(card) or card.say("no_contact"),
        card.say("own_contacts", contacts=shared) if shared else (),
        card.say("questions"),
        suggested,
    )
    return card.message(text, (*options, *card.buttons.only(buttons.STOP)))


def _mail(card: Card) -> str:
    return card.words.text("registration.label_email", card.language)


def _suggested(card: Card) -> Message:
    match = card.match
    if match is None or match.suggested_at is None:
        return pair(card)
    said = card.say("suggested", name=card.name, when=card.moment(match.suggested_at))
    return card.message(
        rich.concat(said, card.say("suits")), card.buttons.suggested(match.suggested_at)
    )


def _set(card: Card) -> Message:
    match = card.match
    if match is None or match.meeting_at is None:
        return pair(card)
    text = rich.concat(
        card.say("agreed", when=card.moment(match.meeting_at)),
        showing.contacts(card) or card.say("with_whom", name=card.name),
        card.say("agree_where"),
    )
    return card.message(text, (*card.buttons.agreed(), *card.buttons.only(buttons.STOP)))


def _nudge(card: Card) -> Message:
    """Did you meet? Variants: days since the introduction, "after@…" a date, "again@…"."""
    match = card.match
    number = (match.meetings if match else 0) + 1
    what = card.variant.partition("@")[0]
    if what == "after" and match is not None and match.meeting_at is not None:
        said = card.say("nudge_after", name=card.name, when=card.moment(match.meeting_at))
    elif what == "again":
        said = card.say("nudge_again", name=card.name)
    elif match is not None and match.introduced_at is not None and _days(card) > 0:
        said = card.say("nudge_days", name=card.name, count=_days(card))
    else:
        said = card.say("nudge_first", name=card.name)
    return _did_you_meet(card, said, number)


def _did_you_meet(card: Card, said: Rich, number: int) -> Message:
    options = (*card.buttons.did_you_meet(number), *card.buttons.only(buttons.STOP))
    return card.message(said, options)


def _days(card: Card) -> int:
    since = card.match.introduced_at if card.match else None
    return (card.now - since).days if since else 0


def _reminder(card: Card) -> Message:
    number = (card.match.meetings if card.match else 0) + 1
    return _did_you_meet(card, card.say("reminder", name=card.name), number)


def _check(which: str) -> Callable[[Card], Message]:
    def made(card: Card) -> Message:
        counted = showing.counted(card) if which != "first" else ()
        text = rich.concat(
            card.say(f"check_{which}", name=card.name), counted, card.say("only_staff")
        )
        press = card.buttons
        last = press.at_the_end() if which == "end" else press.only(buttons.STOP)
        return card.message(text, (*press.check(which), *last))

    return made


NOTICES: Mapping[str, Callable[[Card], Message]] = {
    "mentor_ask": _asked,
    "mentee_ask": _asked,
    "ask_reminder": _ask_reminder,
    "introduction": _introduction,
    "meeting_suggested": _suggested,
    "meeting_set": _set,
    "meet_nudge": _nudge,
    "meet_reminder": _reminder,
    "check_first": _check("first"),
    "check_midway": _check("midway"),
    "check_end": _check("end"),
    "match_ended": endings.ended,
    "match_lapsed": endings.lapsed,
    "mentor_break": endings.on_break,
    "request_unmatched": endings.unmatched,
    "request_reopened": endings.reopened,
}
"""Kinds of deliveries about a pair or a request, and how each is written."""
