"""What staff look at: who is coming, figures, drafts, and what was done."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import partial
from itertools import groupby

from bot.turn.context import Turn
from bot.turn.staff import access, drafting
from bot.turn.staff.review import button, counted, organisation_name, say
from messages import rich
from messages.base36 import base36
from messages.message import Option, Rich
from outreach.events import cards
from outreach.fives import fives
from outreach.staff import COORDINATOR, VIEWER, Actor
from outreach.staff import log as note
from storage import broadcasts, events, notices, staff_lists, staff_log
from storage.events import EventRow
from storage.staff_lists import Cell, Comer
from storage.staff_log import LogLine, Wanted
from storage.transaction import Transaction

RECENT = timedelta(days=60)  # an event that is over stands in the list so long
MOST_EVENTS = 12
MOST_NAMES = 60  # on one page; the command line exports all
MOST_DRAFTS = 8
MOST_LINES = 15
MOST_COUNTRIES = 8
ANSWERS = ("going", "offered", "waiting", "maybe", "no")


def coming(turn: Turn, actor: Actor, _argument: str) -> None:
    """Their organisations' events to choose from, the next first."""
    own = [
        row
        for key in access.organisations(turn, actor, VIEWER)
        for row in events.events(turn.tx, key)
        if row.status not in ("draft", "cancelled") and row.ends_at > turn.now - RECENT
    ]
    own.sort(key=lambda row: (row.ends_at < turn.now, row.starts_at))
    buttons = tuple(
        turn.button(f"staff.event.{base36(row.id)}", _short(turn, row)) for row in own[:MOST_EVENTS]
    )
    words = "staff.events" if own else "staff.no_events"
    turn.send(turn.message(turn.labels.say(words), (*buttons, button(turn, "menu", "menu"))))


def _short(turn: Turn, row: EventRow) -> str:
    day = turn.labels.words.date(row.starts_at.date(), turn.who.language, "short")
    return f"{day} · {_title(turn, row)}"


def _title(turn: Turn, row: EventRow) -> str:
    return cards.chosen(row.title, turn.who.language, turn.blueprint)[0]


def event(turn: Turn, actor: Actor, argument: str) -> None:
    """Who is coming to an event of their organisation, in numbers and by name."""
    row = drafting.own_event(turn, actor, argument, VIEWER)
    zone, language = row.timezone, turn.who.language
    exact = actor.may(row.organisation, COORDINATOR)
    when = turn.labels.words.datetime(row.starts_at, language, zone)
    head = turn.labels.say(
        "staff.event",
        title=_title(turn, row),
        status=say(turn, f"status_{row.status}"),
        when=f"{when} ({turn.labels.words.timezone(zone, language)})",
        lines=_tallies(turn, row) if exact else _seen_tallies(turn, actor, row),
    )
    comers = staff_lists.comers(turn.tx, row.id, MOST_NAMES + 1)
    text = rich.concat(head, *_names(turn, actor, comers[:MOST_NAMES], exact=exact))
    if len(comers) > MOST_NAMES and exact:
        tallies = events.counts(turn.tx, row.id)
        everybody = sum(tally.people for state, tally in tallies.items() if state != "no")
        text = rich.concat(text, turn.labels.say("staff.more_people", count=everybody - MOST_NAMES))
    note(
        turn.tx, actor, "event.read", turn.now, organisation=row.organisation,
        subject=f"event:{row.key}", people=min(len(comers), MOST_NAMES),
    )  # fmt: skip
    number = base36(row.id)
    turn.send(
        turn.message(
            text,
            (
                button(turn, f"event.{number}", "refresh"),
                button(turn, "coming", "coming"),
                button(turn, "menu", "menu"),
            ),
        )
    )


def _seen_tallies(turn: Turn, actor: Actor, row: EventRow) -> tuple[tuple[str, str], ...]:
    """For viewers: who is named below, and of the others fives (see :mod:`outreach.fives`). What is
    counted of everybody together (invitations, places) would give the others away."""
    named: Counter[str] = Counter()
    hidden: Counter[str] = Counter()
    for state, organisation, shared, people, _ in staff_lists.answers(turn.tx, row.id):
        seen = shared or actor.may(organisation or "?")
        (named if seen else hidden)[state] += people
    return tuple(
        (say(turn, f"state_{state}"), counted(turn, named[state] + fives(hidden[state])))
        for state in ANSWERS
        if named[state] + fives(hidden[state])
    )


def _tallies(turn: Turn, row: EventRow) -> tuple[tuple[str, str], ...]:
    tallies = events.counts(turn.tx, row.id)
    invited = notices.states(turn.tx, row.id).get("invitation", {})
    lines = [(say(turn, "invited"), f"{invited.get('sent', 0)}/{sum(invited.values())}")]
    lines += [
        (
            say(turn, f"state_{state}"),
            say(turn, "tally", people=tallies[state].people, count=tallies[state].guests),
        )
        for state in ANSWERS
        if state in tallies
    ]
    there = sum(tally.checked_in for tally in tallies.values())
    if there:
        lines.append((say(turn, "state_checked_in"), str(there)))
    if row.capacity is not None:
        taken = events.places_taken(turn.tx, row.id)
        lines.append((say(turn, "places"), f"{taken}/{row.capacity}"))
    lines.append((say(turn, "code"), row.code))
    return tuple(lines)


def _names(turn: Turn, actor: Actor, comers: list[Comer], *, exact: bool) -> list[Rich]:
    """A list a state. Names are those of people whom an organisation of theirs looks after, and
    of others' who allowed it; the rest are a number to coordinators, and nothing to viewers."""
    parts = []
    for state, group in groupby(comers, key=lambda comer: comer.state):
        people = list(group)
        seen = [comer for comer in people if comer.shared or actor.may(comer.organisation or "?")]
        names = tuple(_named(turn, comer) for comer in seen)
        hidden = len(people) - len(seen)
        if hidden and exact:
            names = (*names, say(turn, "other_people", count=hidden))
        if names:
            parts.append(
                turn.labels.say("staff.names", state=say(turn, f"state_{state}"), names=names)
            )
    return parts


def _named(turn: Turn, comer: Comer) -> str:
    name = comer.name or "—"
    if comer.guests:
        name = say(turn, "with_guests", name=name, count=comer.guests)
    return f"✓ {name}" if comer.checked_in_at else name


def figures(turn: Turn, actor: Actor, _argument: str) -> None:
    """Their organisations' people in numbers; counted beside the turns."""
    for key in access.organisations(turn, actor, VIEWER):
        access.look_up(turn, key, VIEWER, partial(_count, key), partial(_figures, key))


def _count(organisation: str, tx: Transaction) -> list[Cell]:
    return staff_lists.cells(tx, organisation)


def _figures(organisation: str, turn: Turn, actor: Actor, cells: list[Cell]) -> None:
    """Viewers see only fives: see :mod:`outreach.fives`."""
    words, language = turn.labels.words, turn.who.language
    exact = actor.may(organisation, COORDINATOR)
    found = staff_lists.figures(cells) if exact else staff_lists.figures(cells, fives)
    named: list[tuple[str, int]] = [(say(turn, "figures_people"), found.registered)]
    for status in ("paused", "joining", "mapped"):
        named.append((say(turn, f"figures_{status}"), found.statuses[status]))
    for persona in turn.blueprint.personas:
        label = persona.label[language] or persona.key
        named.append((say(turn, "quoted", text=label), found.personas[persona.key]))
    for residence in ("domestic", "international"):
        named.append((say(turn, f"figures_{residence}"), found.residences[residence]))
    named += [(words.country(code, language), people) for code, people in _leading(found.countries)]
    shown = [named[0], *(each for each in named[1:] if each[1] or not exact)]
    lines = tuple((name, counted(turn, people, exact=exact)) for name, people in shown)
    title = organisation_name(turn, organisation)
    note(turn.tx, actor, "people.figures", turn.now, organisation=organisation,
         people=found.registered)  # fmt: skip
    text = turn.labels.say("staff.figures", organisation=title, lines=lines)
    turn.send(turn.message(text, (button(turn, "menu", "menu"),)))


def _leading(countries: Counter[str]) -> list[tuple[str, int]]:
    """Where most live."""
    return [each for each in countries.most_common(MOST_COUNTRIES) if each[1]]


def drafts(turn: Turn, actor: Actor, _argument: str) -> None:
    """Drafts of events, and broadcasts: drafts and what goes or went out."""
    own = access.organisations(turn, actor, COORDINATOR)
    waiting = [row for key in own for row in events.events(turn.tx, key) if row.status == "draft"]
    latest = [
        row
        for row in broadcasts.newest(turn.tx)
        if row.organisation in own and row.status != "cancelled"
    ]
    buttons: list[Option] = [
        turn.button(
            f"staff.review_event.{base36(row.id)}", _marked(turn, _title(turn, row), "draft")
        )
        for row in waiting[-MOST_DRAFTS:]
    ]
    buttons += [
        turn.button(f"staff.broadcast.{base36(row.id)}", _marked(turn, row.title, row.status))
        for row in latest[:MOST_DRAFTS]
    ]
    words = "staff.drafts" if buttons else "staff.no_drafts"
    turn.send(turn.message(turn.labels.say(words), (*buttons, button(turn, "menu", "menu"))))


def _marked(turn: Turn, title: str, status: str) -> str:
    return f"{title} · {say(turn, f'status_{status}')}"


def log(turn: Turn, actor: Actor, _argument: str) -> None:
    """The latest of what was done for organisations in which they are a coordinator."""
    lines = [
        line
        for key in access.organisations(turn, actor, COORDINATOR)
        for line in staff_log.latest(turn.tx, Wanted(organisation=key), MOST_LINES)
    ]
    lines.sort(key=lambda line: line.id, reverse=True)
    shown = tuple(_logged(turn, line) for line in lines[:MOST_LINES])
    text = turn.labels.say("staff.log", lines=shown) if shown else turn.labels.say("staff.no_log")
    turn.send(turn.message(text, (button(turn, "menu", "menu"),)))


def _logged(turn: Turn, line: LogLine) -> tuple[str, str]:
    zone = turn.who.timezone or turn.blueprint.zone(line.organisation)
    when = turn.labels.words.datetime(line.at, turn.who.language, zone)
    did = _did(turn, line.action)
    about = (line.subject or "").partition(":")[2]
    told = f"{did}: {about}" if about else did
    if line.people is not None:
        told += f" · {say(turn, 'log_people', count=line.people)}"
    return f"{when} · {line.actor}", told


def _did(turn: Turn, action: str) -> str:
    """What was done, in words; its key where there are none yet."""
    key = f"staff.did_{action.replace('.', '_')}"
    words = turn.labels.words
    known = words.keys()
    return words.text(key, turn.who.language) if key in known else action
