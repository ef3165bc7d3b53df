"""A pair as one of the two sees it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.turn import conversing, events
from bot.turn.context import Turn
from messages.message import File, Message, Option, Rich
from outreach.mentoring import cards, people
from outreach.mentoring.buttons import OWN, PAGES, Buttons
from outreach.mentoring.cards import Card
from outreach.mentoring.course import MENTEE, MENTOR
from storage.mentoring import offers, requests
from storage.mentoring.matches import MatchRow


def made(turn: Turn, row: MatchRow) -> Card:
    """All that a message about this pair is made of, for the person of this turn."""
    me = turn.who.person
    role = row.side(me) or MENTEE
    them = row.person(MENTEE if role == MENTOR else MENTOR)
    other = people.others(turn.tx, [(me, them)]).get((me, them)) if them is not None else None
    return Card(
        row,
        requests.one(turn.tx, row.request_id),
        offers.of_person(turn.tx, row.mentor_id),
        events.reader(turn),
        role,
        other,
        turn.labels.words,
        turn.blueprint,
        turn.now,
    )


def card(turn: Turn, row: MatchRow) -> Message:
    """How things stand between the two, and what can be pressed."""
    return cards.pair(made(turn, row))


def times(turn: Turn, row: MatchRow, page: int) -> Message:
    """Other times to meet at; beside them, a day of their own."""
    message = cards.times(made(turn, row), min(page, PAGES - 1))
    widget = message.widget
    if widget is None:
        return message
    label = turn.labels.words.text("mentor.button_own_time", turn.who.language)
    options = (*widget.options, Option(OWN, f"={OWN}", label))
    return replace(message, widget=replace(widget, options=options))


def name(turn: Turn, row: MatchRow) -> str:
    """The other's name; what they are, as long as nobody is named."""
    return made(turn, row).name


def moment(turn: Turn, at: datetime) -> str:
    """A moment by the reader's clock."""
    language, zone = turn.who.language, events.reader(turn).timezone
    return cards.moment(turn.labels.words, language, at, zone)


def own_contacts(turn: Turn, row: MatchRow) -> dict[str, str]:
    """The kinds of contact by which the other could reach this person, and what each is."""
    me = turn.who.person
    them = row.mentee_id if row.mentor_id == me else row.mentor_id
    if them is None:
        return {}
    seen = people.others(turn.tx, [(them, me)]).get((them, me))
    return {} if seen is None else people.contacts(seen)


def calendar(turn: Turn, row: MatchRow) -> File | None:
    """The agreed meeting as a file for calendars; None: no time is agreed."""
    from outreach.mentoring import calendar as files  # noqa: PLC0415 - its library takes 25 ms

    card = made(turn, row)
    text = files.ics(row, card.me, card.role, card.other, card.words, card.blueprint, card.now)
    return None if text is None else File("mentoring.ics", "text/calendar", text)


def again(turn: Turn, row: MatchRow) -> Buttons:
    """The buttons of this pair."""
    return Buttons(turn.labels.words, turn.who.language, row.id)


def reply(
    turn: Turn,
    row: MatchRow,
    text: Rich,
    options: tuple[Option, ...] = (),
    *,
    instead: bool = False,
) -> None:
    """Say something about a pair; ``instead`` of the message that was pressed. Then back to the
    open question, if there is one."""
    message = Message(text, turn.who.language, again(turn, row).widget(options))
    if instead and turn.incoming.message is not None and turn.can("edit"):
        turn.edit(message)
    else:
        turn.send(message)
    conversing.carry_on(turn)
