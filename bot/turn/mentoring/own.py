"""What somebody has to do with mentoring, as they see it: their request, their offer, whom they
would rather not meet."""

from __future__ import annotations

from typing import Any

from bot.turn import events
from bot.turn.context import Turn
from bot.turn.mentoring import showing
from bot.turn.present import Presenter
from flows.dialogue import State
from flows.engine import Snapshot, Waiting, play
from flows.engine import find as find_flow
from flows.mentoring import Offered, Requested, offer_answers, request_answers
from messages import rich
from messages.labels import fit
from messages.message import Option, Rich
from outreach import hours
from outreach.mentoring.course import MENTOR, asked
from storage import living
from storage.mentoring import blocks, matches, offers, requests
from storage.mentoring.matches import MatchRow
from storage.mentoring.offers import OfferRow
from storage.mentoring.requests import RequestRow

BUTTON = 40  # characters of a name on a button: what a telephone shows
MOST_PAIRS = 6  # have a button of their own
SEEN = ("asked_mentor", "asked_mentee", "introduced", "met")
"""States of a match that its mentor knows of."""


def request(turn: Turn, row: RequestRow, before: Rich = ()) -> None:
    """The own request: how it stands, and what can be done about it."""
    live = matches.live_of_request(turn.tx, row.id)
    state, pair = _request_state(turn, row, live)
    lines = _lines(turn, "mentor_request", request_answers(wanted(row)))
    text = turn.labels.say("mentor.request", state=state, lines=lines)
    buttons = [] if pair is None else [pair]
    names = ("edit", "withdraw", "avoid") if row.status == "open" else ("avoid",)
    buttons += [_button(turn, name) for name in names]
    _send(turn, rich.concat(before, text), buttons)


def _request_state(turn: Turn, row: RequestRow, live: MatchRow | None) -> tuple[str, Option | None]:
    """In words, and the button of the pair, where they know of one."""
    if (live is None or live.state == "proposed") and turn.who.status == "paused":
        return _text(turn, "paused"), None
    if live is None or live.state == "proposed":
        here = hours.known(events.reader(turn).timezone)
        day = row.waiting_since.astimezone(here).date()
        since = turn.labels.words.date(day, turn.who.language)
        return _text(turn, "request_looking", since=since), None
    if live.state == "asked_mentor":
        return _text(turn, "request_asked"), None
    if live.state == "asked_mentee":
        return _text(turn, "request_your_turn"), _pair_button(turn, live)
    return _text(turn, "request_introduced", name=showing.name(turn, live)), _pair_button(
        turn, live
    )


def offer(turn: Turn, row: OfferRow, before: Rich = ()) -> None:
    """The own offer, those they mentor, and what can be done about it."""
    person = turn.who.person
    pairs = [
        each for each in matches.of_person(turn.tx, person, SEEN) if each.side(person) == MENTOR
    ]
    free = row.capacity - matches.places_taken(turn.tx, person)
    lines = _lines(turn, "mentor_offer", offer_answers(offered(row)))
    label = turn.labels.words.text("mentor.label_pair", turn.who.language)
    told = tuple((label, _pair_line(turn, each)) for each in pairs)
    text = turn.labels.say(
        "mentor.offer",
        state=_offer_state(turn, row, free),
        lines=(*lines, *told),
    )
    buttons = [_pair_button(turn, each) for each in pairs[:MOST_PAIRS]]
    buttons += [_button(turn, name) for name in _offer_buttons(turn, row)]
    _send(turn, rich.concat(before, text), buttons)


def _offer_state(turn: Turn, row: OfferRow, free: int) -> str:
    if row.status == "off":
        return _text(turn, "offer_off")
    if _on_break(turn, row):
        return _text(turn, "offer_break", until=row.break_until)
    if turn.who.status == "paused":
        return _text(turn, "paused")
    return _text(turn, "offer_free", count=free) if free > 0 else _text(turn, "offer_full")


def _on_break(turn: Turn, row: OfferRow) -> bool:
    return row.break_until is not None and row.break_until > turn.today


def _offer_buttons(turn: Turn, row: OfferRow) -> tuple[str, ...]:
    if row.status == "off":
        return ("on", "avoid")
    return ("edit", "back" if _on_break(turn, row) else "break", "off", "avoid")


def _pair_line(turn: Turn, row: MatchRow) -> str:
    """A pair in one line, to its mentor."""
    if row.state == "asked_mentor":
        return _text(turn, "your_answer")
    if row.state == "asked_mentee":
        return _text(turn, "their_answer")
    name = showing.name(turn, row)
    return (
        _text(turn, "met", name=name, count=row.meetings)
        if row.meetings
        else _text(turn, "not_met", name=name)
    )


def _pair_button(turn: Turn, row: MatchRow) -> Option:
    """Leads to the pair's card."""
    if row.introduced_at is not None:
        label = _text(turn, "button_pair", name=showing.name(turn, row))
    elif asked(row.state) == row.side(turn.who.person):
        label = _text(turn, "button_answer")
    else:
        label = turn.labels.words.text("match.button_show", turn.who.language)
    return turn.button(f"mentor.pair_{row.id}", fit(label, BUTTON))


def avoided(turn: Turn, before: Rich = ()) -> None:
    """Whom they would rather not be matched with, as far as they know who that is."""
    person = turn.who.person
    own = [each for each in blocks.of_person(turn.tx, person) if each.by == "person"]
    known = {
        each.person("mentee" if each.side(person) == MENTOR else "mentor"): each
        for each in matches.of_person(turn.tx, person)
        if each.introduced_at is not None
    }
    named = [
        (
            each.other_id,
            showing.name(turn, known[each.other_id])
            if each.other_id in known
            else _text(turn, "somebody"),
        )
        for each in own
    ]
    if named:
        text = turn.labels.say("mentor.avoided", names=[name for _, name in named])
    else:
        text = turn.labels.say("mentor.avoided_nobody")
    again = [
        turn.button(
            f"mentor.unblock_{other}", fit(_text(turn, "button_unblock", name=name), BUTTON)
        )
        for other, name in named
    ]
    _send(turn, rich.concat(before, text), [*again, _button(turn, "avoid_more")])


def wanted(row: RequestRow) -> Requested:
    """A request as the conversation knows it."""
    return Requested(
        row.goal, row.skills, row.field, row.languages, row.mode, row.urgency, row.rhythm,
        row.hours,
    )  # fmt: skip


def offered(row: OfferRow) -> Offered:
    """An offer as the conversation knows it."""
    return Offered(row.capacity, row.topics, row.skills, row.languages, row.mode, row.hours)


def usual(turn: Turn) -> Offered:
    """What is offered by somebody who has not said: as the blueprint and their surveys have it."""
    person = turn.who.person
    known = {skill.key for skill in turn.blueprint.skills}
    skills = tuple(
        each for each in living.traits(turn.tx, person, "skills_offered") if each in known
    )
    spoken = living.traits(turn.tx, person, "spoken_languages") or (turn.who.language,)
    return Offered(turn.blueprint.mentoring.capacity, "", skills, spoken, "both", ())


def current_request(turn: Turn) -> RequestRow | None:
    """Their request, if there is one that is not closed."""
    return requests.current(turn.tx, turn.who.person)


def current_offer(turn: Turn) -> OfferRow | None:
    """Their offer, whether it stands or not."""
    return offers.of_person(turn.tx, turn.who.person)


def _lines(turn: Turn, flow: str, answers: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """The card of a conversation as names and values."""
    snapshot = Snapshot(turn.blueprint, turn.today, turn.who.language, {}, {})
    result = play(find_flow(flow), snapshot, answers)
    if not isinstance(result, Waiting):
        return ()
    return Presenter(turn.labels).card(result, State(answers))


def _text(turn: Turn, block: str, /, **values: Any) -> str:
    return turn.labels.words.text(f"mentor.{block}", turn.who.language, **values)


def _button(turn: Turn, name: str) -> Option:
    return turn.button(f"mentor.{name}", _text(turn, f"button_{name}"))


def _send(turn: Turn, text: Rich, buttons: list[Option]) -> None:
    turn.send(turn.message(text, (*buttons, turn.command_button("menu"))))
