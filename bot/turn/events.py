"""Events in the conversation: the list, the card and its buttons, deep links, check-in, feedback.

A press is answered at any time. In the middle of a conversation the card is brought up to date
and the open question asked again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Literal, cast

from bot.turn import conversing, news, opening
from bot.turn.cards import refresh_home
from bot.turn.context import Turn
from messages import rich
from messages.base36 import from_base36
from messages.labels import fit
from messages.message import File, Message, Rich
from outreach import codes
from outreach.events import cards, checkin, line, listing, rsvp
from outreach.events.buttons import MOST_GUESTS, PREFIX, Buttons
from outreach.events.showing import Card
from outreach.kinds import REMINDERS
from outreach.reader import Reader
from storage import events, living, people, posts
from storage.events import EventRow, RsvpRow

LINK, CHECK_IN = "event_", "checkin_"
"""What the payloads of deep links begin with."""
CODE_LENGTH = 20  # more is no code
BUTTON = 40  # characters of a title on a button: what a telephone shows
FRESH = timedelta(days=7)  # so long a typed yes is an answer to what was sent last
REGISTERED = frozenset({"active", "paused"})


def is_link(payload: str) -> bool:
    """Whether a deep link leads to an event."""
    return payload.lower().startswith((LINK, CHECK_IN))


def arrive(turn: Turn, payload: str) -> None:
    """Somebody came by a link to an event. Who is not registered does that first."""
    if turn.who.status in REGISTERED:
        _arrived(turn, payload)
        conversing.carry_on(turn)
    else:
        _register_first(turn, payload)


def arrived_before(turn: Turn, said: Rich) -> bool:
    """After a registration: go on with the event that somebody came for, if they did."""
    payload = people.source(turn.tx, turn.who.person)
    if payload is None or not is_link(payload):
        return False
    before = len(turn.out)
    _arrived(turn, payload)
    first = turn.out[before]
    turn.out[before] = replace(
        first, message=replace(first.message, text=rich.concat(said, first.message.text))
    )
    return True


def _arrived(turn: Turn, payload: str) -> None:
    if payload.lower().startswith(CHECK_IN):
        _check_in(turn, payload[len(CHECK_IN) :])
        return
    event = visible(events.by_key(turn.tx, payload[len(LINK) :].lower()))
    if event is None:
        turn.say("event.unknown")
    else:
        turn.send(cards.with_picture(card_of(turn, event)))


def _register_first(turn: Turn, payload: str) -> None:
    people.came_by(turn.tx, turn.who.person, payload)
    event = None
    if payload.lower().startswith(LINK):
        event = visible(events.by_key(turn.tx, payload[len(LINK) :].lower()))
    before = cards.announced(card_of(turn, event)) if event else ()
    if turn.who.status == "joining":
        opening.registration(turn, before)
    else:
        conversing.ask_again(turn, before)


def pressed(turn: Turn, ref: str, press: str) -> None:
    """A button of a card or notice. Old, forged and doubled presses do no harm: each says what
    is wanted, and what is not allowed now is told by the card as it is."""
    number = from_base36(ref.removeprefix(PREFIX))
    event = visible(events.by_ids(turn.tx, (number,)).get(number)) if number else None
    key = press.removeprefix("=")
    act = _ACTS.get(key)
    if event is None or act is None or press == key:
        conversing.ask_again(turn, turn.labels.say("event.unknown"))
    elif turn.who.status not in REGISTERED:
        _register_first(turn, f"{LINK}{event.key}")
    else:
        act(turn, event)


def shown_of(turn: Turn, number: int) -> Message | None:
    """The card of an event as it is now, with its buttons; None for one that is not there."""
    event = visible(events.by_ids(turn.tx, (number,)).get(number))
    if event is None or turn.who.status not in REGISTERED:
        return None
    card = card_of(turn, event)
    if cards.asked_for_feedback(card) and turn.now >= event.ends_at:
        return card.message((), (Buttons(card.words, card.reader.language, event).feedback(),))
    return cards.plain_card(card)


def still_coming(turn: Turn, said: Rich) -> bool:
    """After words that staff will read: the answers of the event that they may be about, which is
    the one that the last message was about, else the next that this person said they would come to.
    Whether there is one."""
    own = events.rsvps_of(turn.tx, turn.who.person)
    live = {number: row for number, row in own.items() if row.state in cards.CONCERNED}
    if turn.who.status not in REGISTERED or not live:
        return False
    open_ = [event for event in events.upcoming(turn.tx, turn.now) if event.id in live]
    told = listing.last_told(turn.tx, turn.who.person)
    event = next((each for each in open_ if told and each.id == told.event), None)
    if event is None and not open_:
        return False
    event = event or open_[0]
    card = card_of(turn, event, live[event.id])
    asked = turn.labels.say("inbox.coming", title=card.title)
    shown = cards.plain_card(card)
    turn.send(replace(shown, text=rich.concat(said, asked, cards.standing(card))))
    return True


def _answer(wanted: str, guests: int | None) -> Callable[[Turn, EventRow], None]:
    def act(turn: Turn, event: EventRow) -> None:
        answer = cast(Literal["going", "maybe", "no"], wanted)
        outcome = rsvp.answer(
            turn.tx, event.id, turn.who.person, answer, guests, turn.now, turn.blueprint
        )
        if not outcome.reason or outcome.reason == "full":
            posts.recount(turn.tx, event.id, turn.now)
        now_known = events.by_ids(turn.tx, (event.id,)).get(event.id, event)
        refused = outcome.reason in ("no_room", "guests")
        note = turn.labels.say("event.no_room_for_guests") if refused else ()
        if turn.incoming.where != "chat":
            refresh_home(turn)
        if turn.incoming.where == "home" and not refused:
            return  # it says so by itself
        card = card_of(turn, now_known)
        if turn.incoming.where == "channel":  # the card itself stands there for everybody
            turn.send(cards.brief(card, note))
            return
        _show(turn, cards.plain_card(card), note)

    return act


def _show(turn: Turn, card: Message, note: Rich = ()) -> None:
    """The card as it is now, in place of the one that was pressed."""
    card = replace(card, text=rich.concat(note, card.text))
    if turn.incoming.message is not None and turn.can("edit"):
        turn.edit(card)
    else:
        turn.send(card)
    conversing.carry_on(turn)


def _calendar(turn: Turn, event: EventRow) -> None:
    """The event as a file for calendars (RFC 5545)."""
    from outreach.events import calendar  # noqa: PLC0415 - its library takes 25 ms

    card = card_of(turn, event)
    shown = event if cards.shows_link(card) else replace(event, link=None)
    text = calendar.ics(shown, card.reader, turn.house.words, turn.blueprint)
    file = File(f"{event.key}.ics", "text/calendar", text)
    turn.send(
        turn.message(
            turn.labels.say("event.calendar", title=card.title, promised=_told(turn)), file=file
        )
    )
    conversing.carry_on(turn)


def _feedback(turn: Turn, event: EventRow) -> None:
    """The survey after an event, for those who were there; answered before: to be changed."""
    card, survey = card_of(turn, event), turn.blueprint.feedback
    if turn.now < event.ends_at or event.status == "cancelled":
        said = turn.labels.say("event.feedback_not_yet", promised=_told(turn))
        conversing.ask_again(turn, said)
    elif survey is None or not cards.asked_for_feedback(card):
        conversing.ask_again(turn, turn.labels.say("event.feedback_not_there"))
    else:
        about = {key: text for key, text in event.title.items() if text.strip()}
        opening.survey(turn, survey, {"round": event.key, "about": about})


def _told(turn: Turn) -> bool:
    """Whether they are told of changes, reminded and asked afterwards: unless they refused it."""
    return living.consents(turn.tx, turn.who.person).get(REMINDERS) is not False


_ACTS: Mapping[str, Callable[[Turn, EventRow], None]] = {
    "going": _answer("going", None),
    "maybe": _answer("maybe", None),
    "no": _answer("no", None),
    **{f"g{count}": _answer("going", count) for count in range(MOST_GUESTS + 1)},
    "ics": _calendar,
    "feedback": _feedback,
}


def events_list(turn: Turn, _argument: str) -> None:
    """What is open to them, with their own answers."""
    if turn.who.status not in REGISTERED:
        opening.registration(turn)
        return
    found = listing.open_to(turn.tx, turn.who.person, turn.blueprint, turn.now)
    own = events.rsvps_of(turn.tx, turn.who.person)
    listed = [card_of(turn, event, own.get(event.id)) for event in found[: listing.MOST]]
    menu = turn.command_button("menu")
    if not listed:
        words, asked = news.asked(turn)
        said = turn.labels.say("event.list_empty", promised=news.promised(turn))
        turn.send(turn.message(rich.concat(said, words), asked or (menu,)))
        return
    lines = tuple(cards.lines(card) for card in listed)
    buttons = tuple(
        turn.button(f"event.{each.event.key}", fit(each.title, BUTTON)) for each in listed
    )
    turn.send(turn.message(turn.labels.say("event.list", events=lines), (*buttons, menu)))


def event_card(turn: Turn, argument: str) -> None:
    """The card of one event, by its key."""
    arrive(turn, f"{LINK}{argument.strip()}")


def check_in(turn: Turn, argument: str) -> None:
    """They are at an event, and say so by its code."""
    if not argument.strip():
        turn.say("event.checkin_ask")
        conversing.carry_on(turn)
    elif turn.who.status in REGISTERED:
        _check_in(turn, argument)
        conversing.carry_on(turn)
    else:
        _register_first(turn, f"{CHECK_IN}{argument.strip()}")


def _check_in(turn: Turn, code: str) -> None:
    given = codes.typed(code)[:CODE_LENGTH]
    found = checkin.by_code(turn.tx, given, turn.who.person, turn.now)
    title = card_of(turn, found.event).title if found.event is not None else ""
    turn.say(_CHECKED[found.outcome], title=title)


_CHECKED = {
    "in": "event.checkin_done",
    "again": "event.checkin_again",
    "unknown": "event.checkin_wrong",
    "early": "event.checkin_early",
    "late": "event.checkin_over",
}


def visible(event: EventRow | None) -> EventRow | None:
    """A draft is nobody's business yet. Any other is open to who has its link: the audience says
    who is invited, not who may come."""
    return None if event is None or event.status == "draft" else event


def card_of(turn: Turn, event: EventRow, known: RsvpRow | None = None) -> Card:
    """The event with this person's own answer as it is now."""
    row = known or events.rsvp(turn.tx, event.id, turn.who.person)
    waiting = row if row is not None and row.state == "waiting" else None
    place = events.place_in_line(turn.tx, waiting) if waiting else None
    house = turn.house
    free = line.free(turn.tx, event)
    return Card(
        event,
        reader(turn),
        row,
        house.words,
        house.blueprint,
        turn.now,
        place,
        full=free is not None and free <= 0,
    )


def reader(turn: Turn) -> Reader:
    """The person of this turn, as a message needs to know them."""
    who = turn.who
    return Reader(
        person=who.person,
        language=who.language,
        timezone=who.timezone or turn.blueprint.zone(who.organisation),
        name=who.name or "",
        organisation=who.organisation or "",
        persona=who.persona or "",
    )
