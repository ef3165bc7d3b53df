"""A planned message, made at the moment it is sent: in the reader's language as it is now, about
the event, broadcast, pair or request as it is now.

Pure: what a message is made of was read with the claim (:mod:`outreach.sources`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import orjson
import structlog

from blueprints.schema import Blueprint
from messages import stored
from messages.message import Message
from messages.words import Words
from outreach import (
    away,
    bringing_back,
    bringing_back_words,
    ending_words,
    footer,
    freshness_words,
    noticing,
)
from outreach.broadcasts.rendering import render, withdrawn
from outreach.errors import OutreachError
from outreach.events import cards
from outreach.kinds import AWAY, BRING_BACK, FACTS, HOME, LINK
from outreach.mentoring import cards as pairs
from storage.events import EventRow, RsvpRow

if TYPE_CHECKING:
    from outreach.claiming import Claimed
    from outreach.reader import Reader
    from outreach.sources import Sources

# Of whose answers which notices make sense; those who answered otherwise meanwhile get none.
# (None: who has not answered.)
WANTED: dict[str, frozenset[str | None]] = {
    "invitation": frozenset({None}),
    "reminder": frozenset({"going", "maybe"}),
    "last_reminder": frozenset({"going", "maybe"}),
    "change": frozenset({"going", "maybe", "waiting", "offered"}),
    "cancellation": frozenset({"going", "maybe", "waiting", "offered"}),
    "thanks": frozenset({"going"}),
    "feedback_reminder": frozenset({"going"}),
}
AFTER = frozenset({"thanks", "feedback_reminder"})
CORRECTION, WITHDRAWAL, DELETE = "correction", "withdrawal", "delete"

log = structlog.get_logger(__name__)


class NothingToSay(OutreachError):
    """There is no message to make of it any more; the reason is what the ledger shall say."""


class Composer:
    """Makes messages in all languages of ``words``. ``clock`` gives the moment of sending."""

    def __init__(self, words: Words, blueprint: Blueprint, clock: Callable[[], datetime]) -> None:
        self._words = words
        self._blueprint = blueprint
        self._clock = clock

    def compose(self, claimed: Claimed, sources: Sources) -> Message:
        """The message of a delivery. Raises NothingToSay, also for one that cannot be made: it must
        not hold up the others."""
        try:
            return self._made(claimed, sources)
        except NothingToSay:
            raise
        except Exception as fault:
            log.exception("a message cannot be made", delivery=claimed.delivery, kind=claimed.kind)
            raise NothingToSay(f"it cannot be made: {type(fault).__name__}") from fault

    def _made(self, claimed: Claimed, sources: Sources) -> Message:
        if claimed.payload is not None:
            return stored.load(claimed.payload).message
        if claimed.action == DELETE:
            return Message(())
        if claimed.kind == noticing.NOTICE and claimed.reader is not None:
            if claimed.variant.startswith(f"{ending_words.REMINDER}:"):
                return self._reminder(claimed.variant, claimed.reader)
            return noticing.notice(claimed.variant, claimed.reader.language, self._words)
        if claimed.kind == AWAY and claimed.reader is not None:
            return self._away(claimed, sources, claimed.reader)
        if claimed.kind == LINK and claimed.reader is not None:
            language = claimed.reader.language
            return Message(self._words.rich(f"link.told_{claimed.variant}", language), language)
        if claimed.broadcast is not None:
            return self._broadcast(claimed, sources, claimed.broadcast)
        if claimed.event is not None:
            made = self._about_event(claimed, sources, claimed.event)
            kind = "invitation" if claimed.kind == "test" else claimed.kind
            sender: str | None = sources.events[claimed.event].organisation
        elif claimed.match is not None or claimed.request is not None:
            made, kind = self._mentoring(claimed, sources), claimed.kind
            sender = _mentoring_sender(claimed, sources)
        elif claimed.kind in ending_words.NOTICES:
            return self._before_erasure(claimed)
        elif claimed.kind in (FACTS, HOME, BRING_BACK) and claimed.reader is not None:
            made, kind = self._asking_again(claimed, sources, claimed.reader), claimed.kind
            sender = claimed.reader.organisation
        else:
            raise NothingToSay("it is about nothing")
        return footer.signed(made, kind, sender, self._words, self._blueprint)

    def _asking_again(self, claimed: Claimed, sources: Sources, me: Reader) -> Message:
        """Whether what is known of them still holds, when they are next at home, or whether they
        go on with what they left."""
        if claimed.kind == BRING_BACK:
            return self._brought_back(sources, me)
        if claimed.kind == FACTS:
            known, before = sources.known.get(me.person), int(claimed.variant)
            made = freshness_words.facts(me, known, before, self._words, self._blueprint)
        else:
            told, today = sources.homes.get(me.person), self._clock().date()
            made = freshness_words.home(me, told, today, self._words, self._blueprint)
        if made is None:
            raise NothingToSay("they have answered meanwhile")
        return made

    def _brought_back(self, sources: Sources, me: Reader) -> Message:
        """What they left unfinished."""
        left, now = sources.left.get(me.person), self._clock()
        if left is None or not bringing_back.still_left(left, now, self._blueprint):
            raise NothingToSay("they have gone on meanwhile")
        made = bringing_back_words.unfinished(me, left, self._words, self._blueprint)
        if made is None:
            raise NothingToSay("the survey is not asked any more")
        return made

    def _reminder(self, variant: str, me: Reader) -> Message:
        """To staff, of the programme's end."""
        today = self._clock().astimezone(ZoneInfo(self._blueprint.zone(None))).date()
        own = self._words.spoken(me.language, self._blueprint.language)
        return ending_words.reminder(variant, own, self._words, self._blueprint, today)

    def _before_erasure(self, claimed: Claimed) -> Message:
        """What will be erased of them, and when: ``variant`` is the day."""
        day, ends_on = date.fromisoformat(claimed.variant), self._blueprint.programme.ends_on
        if claimed.reader is None:
            raise NothingToSay("the reader is gone")
        if claimed.kind == ending_words.FAREWELL and (ends_on is None or ends_on > day):
            raise NothingToSay("the end was put off")
        return ending_words.NOTICES[claimed.kind](claimed.reader, day, self._words, self._blueprint)

    def _away(self, claimed: Claimed, sources: Sources, reader: Reader) -> Message:
        """That the program was away, below it the buttons of what they may have answered."""
        about, title = None, ""
        if claimed.event is not None:
            rsvp = sources.rsvps.get((claimed.event, reader.person))
            asked = replace(claimed, kind="offer" if rsvp else "invitation")
            about = self._about_event(asked, sources, claimed.event)
            event = sources.events[claimed.event]
            title = cards.Card(
                event, reader, rsvp, self._words, self._blueprint, self._clock()
            ).title
        elif claimed.match is not None:
            match = sources.matches.get(claimed.match)
            mentor = match is not None and match.side(reader.person) == "mentor"
            asked = replace(claimed, kind="mentor_ask" if mentor else "mentee_ask")
            about = self._mentoring(asked, sources)
        return away.line(reader.language, self._words, about, title)

    def _broadcast(self, claimed: Claimed, sources: Sources, number: int) -> Message:
        found = sources.broadcasts.get(number)
        if found is None or claimed.reader is None:
            raise NothingToSay("the broadcast or its reader is gone")
        if claimed.kind == WITHDRAWAL:
            return withdrawn(claimed.reader, self._words, self._blueprint)
        # What they pressed below the first text stays below the corrected one.
        pressed = claimed.kind == CORRECTION and claimed.variant
        answer = orjson.loads(claimed.variant) if pressed else None
        return render(found, claimed.reader, self._words, self._blueprint, answer)

    def _mentoring(self, claimed: Claimed, sources: Sources) -> Message:
        """About a pair, or about a request alone."""
        me = claimed.reader
        match = sources.matches.get(claimed.match) if claimed.match is not None else None
        number = match.request_id if match is not None else claimed.request
        request = sources.requests.get(number) if number is not None else None
        if me is None or (match is None and request is None):
            raise NothingToSay("it is about nobody any more")
        role = match.side(me.person) if match is not None else "mentee"
        if role is None:
            raise NothingToSay("it is about others now")
        offer, other = None, None
        if match is not None:
            offer = sources.offers.get(match.mentor_id or 0)
            there = match.person("mentee" if role == "mentor" else "mentor")
            other = sources.others.get((me.person, there or 0))
        return pairs.card(
            claimed.kind, match, request, offer, me, role, other, self._words, self._blueprint,
            self._clock(), claimed.variant,
        )  # fmt: skip

    def _about_event(self, claimed: Claimed, sources: Sources, number: int) -> Message:
        event = sources.events.get(number)
        if event is None:
            raise NothingToSay("the event is gone")
        now = self._clock()
        reader = claimed.reader
        if claimed.kind == "post":
            return self._post(event, claimed.variant, now, sources.coming.get(number, 0))
        if reader is None:
            raise NothingToSay("the reader is gone")
        rsvp = sources.rsvps.get((number, reader.person))
        if claimed.kind == "test":
            return cards.card(
                event, reader, None, self._words, self._blueprint, now, notice="invitation"
            )
        _worth_saying(claimed.kind, claimed.variant, event, rsvp, now)
        return cards.card(
            event, reader, rsvp, self._words, self._blueprint, now,
            notice=claimed.kind, variant=claimed.variant,
        )  # fmt: skip

    def _post(self, event: EventRow, language: str, now: datetime, coming: int) -> Message:
        """``language``: the variant of a post; else that of the organisation's staff."""
        organisation = self._blueprint.organisation(event.organisation)
        if not language:
            language = organisation.language if organisation else self._blueprint.language
        return cards.post(event, language, self._words, self._blueprint, now, coming)


def _mentoring_sender(claimed: Claimed, sources: Sources) -> str | None:
    """Whose request it is about looks after the pair."""
    match = sources.matches.get(claimed.match) if claimed.match is not None else None
    if match is not None and match.organisation:
        return match.organisation
    return claimed.reader.organisation if claimed.reader is not None else None


def _worth_saying(
    kind: str, variant: str, event: EventRow, rsvp: RsvpRow | None, now: datetime
) -> None:
    """Much can happen between planning and sending. Raises NothingToSay."""
    if kind not in cards.NOTICES:
        raise NothingToSay(f"there is no notice {kind!r} about an event")
    if event.status == "draft":
        raise NothingToSay("the event is a draft again")
    if (event.status == "cancelled") != (kind == "cancellation"):
        raise NothingToSay("event cancelled" if kind != "cancellation" else "not cancelled")
    if kind not in AFTER and kind != "cancellation" and now >= event.ends_at:
        raise NothingToSay("event over")
    state = rsvp.state if rsvp else None
    if kind == "offer":
        _open_offer(variant, rsvp, now)
    elif state not in WANTED[kind]:
        raise NothingToSay(f"their answer is {state}" if state else "they have not answered")


def _open_offer(variant: str, rsvp: RsvpRow | None, now: datetime) -> None:
    """An offer is worth something while it is open; that it lapsed, while they have not answered
    anew."""
    if variant.startswith("x"):
        if rsvp is None or rsvp.state != "no":
            raise NothingToSay("they have answered anew")
    elif rsvp is None or rsvp.state != "offered":
        raise NothingToSay("the offer is not open any more")
    elif rsvp.offered_until is not None and now >= rsvp.offered_until:
        raise NothingToSay("the offer has run out")
