"""The person's page, on a platform that has one: how they stand, what there is to do, their events,
what waits for staff, and the doors to everything else."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import chain

from bot.turn import cards, effects, events
from bot.turn.context import Turn
from bot.turn.staff import access, review
from messages import rich
from messages.message import MENU, Look, Message, Option, Panel
from outreach import inbox
from outreach.events import cards as event_cards
from outreach.events import listing, showing
from outreach.events.buttons import reference
from outreach.staff import COORDINATOR, Actor
from storage import conversations, living
from storage import events as store
from storage.events import EventRow, RsvpRow
from storage.mentoring import lists, matches, offers

REGISTERED = frozenset({"active", "paused"})
MOST_EVENTS = 5
MOST_UNFINISHED = 3
DOORS = ("profile", "surveys", "mentor")
RARE = ("privacy", "mydata", "link", "help", "about")
RULE = Panel(look=Look.RULE)


def show(turn: Turn) -> None:
    """Bring the page up to date, once for all that this turn has changed."""
    if turn.can("home"):
        turn.home(home(turn))


def home(turn: Turn) -> Message:
    """The page as it is now."""
    if turn.who.status not in REGISTERED:
        return _of_stranger(turn)
    seen = _Seen.of(turn)
    parts = (
        (_line(turn, "hello", Look.HEADING, name=turn.who.name or ""), _status(turn)),
        _to_do(turn, seen),
        _events(turn, seen),
        _staff(turn),
        (*_profile(turn), *_doors(turn)),
    )
    return page(turn, parts)


def page(turn: Turn, parts: tuple[tuple[Panel, ...], ...]) -> Message:
    """Parts below each other, a line between; who pays for it all stands at the end."""
    shown = [part for part in parts if part]
    panels = list(chain.from_iterable((*part, RULE) for part in shown))
    panels[-1] = cards.funding(turn)
    text = rich.concat(*(panel.text for panel in panels))
    return Message(text, turn.who.language, panels=tuple(panels))


def _of_stranger(turn: Turn) -> Message:
    """What there is for somebody who has not registered, staff among them."""
    begun = _unfinished(turn)
    return page(turn, ((*cards.welcome(turn), *begun), _staff(turn)))


@dataclass(frozen=True, slots=True)
class _Seen:
    """Their events, with what they answered."""

    rows: tuple[EventRow, ...]
    own: dict[int, RsvpRow]
    coming: dict[int, int]

    @classmethod
    def of(cls, turn: Turn) -> _Seen:
        person = turn.who.person
        rows = listing.open_to(turn.tx, person, turn.blueprint, turn.now)
        shown = tuple(rows[:MOST_EVENTS])
        coming = store.coming(turn.tx, [row.id for row in shown])
        return cls(shown, store.rsvps_of(turn.tx, person), coming)


def _line(turn: Turn, key: str, look: Look, **values: object) -> Panel:
    return Panel(turn.labels.say(f"home.{key}", **values), look)


def _say(turn: Turn, key: str, **values: object) -> str:
    return turn.labels.words.text(f"home.{key}", turn.who.language, **values)


def _status(turn: Turn) -> Panel:
    """Who looks after them, what they get, and what they give."""
    parts = []
    organisation = turn.blueprint.organisation(turn.who.organisation or "")
    if organisation is not None:
        parts.append(_say(turn, "with_organisation", organisation=organisation.name))
    wanted = living.consents(turn.tx, turn.who.person).get("invitations")
    paused = turn.who.status == "paused"
    parts.append(_say(turn, "paused" if paused else f"invitations_{'on' if wanted else 'off'}"))
    parts += _mentoring(turn)
    return _line(turn, "status", Look.SMALL, line=" · ".join(parts))


def _mentoring(turn: Turn) -> list[str]:
    offer = offers.of_person(turn.tx, turn.who.person)
    if offer is None or not offer.free_on(turn.today):
        return []
    free = offer.capacity - matches.places_taken(turn.tx, turn.who.person)
    return [_say(turn, "mentor", count=free) if free > 0 else _say(turn, "mentor_full")]


def _to_do(turn: Turn, seen: _Seen) -> tuple[Panel, ...]:
    """What waits for them: a kept place first, for it goes to somebody else."""
    panels = [_kept(turn, row, seen.own[row.id]) for row in seen.rows if _is_kept(row, seen)]
    panels += _unfinished(turn)
    begun = {
        str(params.get("survey"))
        for _, flow, params in conversations.parked(turn.tx, turn.who.person)
        if flow == "survey"
    }
    surveys = [each for each in effects.open_surveys(turn) if each.key not in begun]
    for survey in surveys[:1]:
        title = turn.labels.text(cards.texts(survey.title))
        text = turn.labels.say("home.survey", title=title, minutes=survey.minutes)
        button = turn.button(f"survey.{survey.key}", _say(turn, "button_open"))
        panels.append(Panel(text, buttons=(_meant(button),)))
    for button in cards.complete_button(turn):
        panels.append(Panel(turn.labels.say("home.to_complete"), buttons=(button,)))
    return (Panel(turn.labels.say("home.to_do")), *panels) if panels else ()


def _meant(option: Option) -> Option:
    return Option(option.key, option.press, option.label, "on")


def _is_kept(row: EventRow, seen: _Seen) -> bool:
    own = seen.own.get(row.id)
    return own is not None and own.state == "offered"


def _kept(turn: Turn, row: EventRow, rsvp: RsvpRow) -> Panel:
    card = events.card_of(turn, row, rsvp)
    deadline = card.moment(rsvp.offered_until or row.starts_at)
    text = turn.labels.say("home.kept_place", title=card.title, deadline=deadline)
    take, *_ = card.buttons.answers(rsvp, turn.now)
    return Panel(text, ref=reference(row.id), buttons=(_meant(take),))


def _unfinished(turn: Turn) -> tuple[Panel, ...]:
    """What was begun: the open conversation, and those left for later."""
    talk = turn.who.talk
    found = [(0, talk.flow, talk.params)] if talk is not None and talk.flow != "join" else []
    if turn.who.person:
        found += conversations.parked(turn.tx, turn.who.person)
    panels = []
    for number, flow, params in found[:MOST_UNFINISHED]:
        if flow not in cards.TITLED and not flow.startswith(access.FLOWS):
            continue
        title = turn.labels.text(cards.title_of(turn, flow, params))
        press = f"continue.{number}" if number else "again"
        text = turn.labels.say("home.unfinished", title=title)
        panels.append(Panel(text, buttons=(turn.button(press, _say(turn, "button_go_on")),)))
    return tuple(panels)


def _events(turn: Turn, seen: _Seen) -> tuple[Panel, ...]:
    rows = [_event(turn, row, seen) for row in seen.rows if not _is_kept(row, seen)]
    if not rows:
        return ()
    every = turn.button("events", _say(turn, "button_all_events"))
    more = (Panel(buttons=(every,)),) if len(seen.rows) == MOST_EVENTS else ()
    return (Panel(turn.labels.say("home.events")), *rows, *more)


def _event(turn: Turn, row: EventRow, seen: _Seen) -> Panel:
    """One event with the own answer: answered already, what else there is stands behind "⋮"."""
    own = seen.own.get(row.id)
    card = events.card_of(turn, row, own)
    title, when, answer = event_cards.lines(card)
    place = event_cards.chosen(row.place, turn.who.language, turn.blueprint)[0]
    text = turn.labels.say(
        "home.event", title=title, when=when, place=place, answer=answer,
        count=seen.coming.get(row.id, 0),
    )  # fmt: skip
    if own is None:
        button = turn.button(f"event.{row.key}", _say(turn, "button_answer"))
        return Panel(text, buttons=(button,))
    options = tuple(each for each in showing.options(card) if not each.label.startswith("✓"))
    return Panel(text, ref=reference(row.id), more=options)


def _staff(turn: Turn) -> tuple[Panel, ...]:
    """What waits for whoever is of the staff, and what they begin most often."""
    actor = access.actor_of(turn) if turn.who.person else None
    if actor is None or not actor.roles:
        return ()
    own = access.organisations(turn, actor, COORDINATOR)
    roles = ", ".join(
        f"{review.organisation_name(turn, key)}: {review.say(turn, f'role_{role}')}"
        for key, role in actor.roles.items()
    )
    text = turn.labels.say("home.staff", roles=roles, line=" · ".join(_waiting(turn, own)))
    return (Panel(text), Panel(buttons=_staff_doors(turn, actor, own)))


def _waiting(turn: Turn, own: tuple[str, ...]) -> list[str]:
    counts = {
        "messages_waiting": inbox.waiting(turn.tx, own, turn.blueprint)[0] if own else 0,
        "proposals_waiting": sum(lists.count_proposed(turn.tx, key) for key in own),
        "drafts_waiting": sum(
            row.status == "draft" for key in own for row in store.events(turn.tx, key)
        ),
    }
    return [_say(turn, key, count=count) for key, count in counts.items() if count]


def _staff_doors(turn: Turn, actor: Actor, own: tuple[str, ...]) -> tuple[Option, ...]:
    button = partial(review.button, turn)
    begins = (button("new_event", "event"), button("new_broadcast", "broadcast")) if own else ()
    drafts = (button("drafts", "drafts"),) if own else ()
    looks = (button("inbox", "inbox"), button("coming", "coming"), button("mentoring", "mentoring"))
    return (*begins, *looks, *drafts, button("menu", "menu"))


def _profile(turn: Turn) -> tuple[Panel, ...]:
    """What we know of them, below all that changes more often."""
    none = turn.labels.words.text("common.nothing", turn.who.language)
    lines = tuple(line for line in cards.profile_lines(turn) if line[1] != none)
    return (Panel(turn.labels.say("home.profile", lines=lines)),) if lines else ()


def _doors(turn: Turn) -> tuple[Panel, ...]:
    """Profile, surveys, mentoring, the pause, the language; what is rarely wanted behind "⋮"."""
    there = cards.items(turn)
    pause = "resume" if turn.who.status == "paused" else "pause"
    names = (*(name for name in DOORS if name in there), pause)
    return (
        Panel(
            ref=MENU,
            buttons=tuple(turn.command_button(name) for name in names),
            choices=cards.languages(turn),
            hint=_say(turn, "language"),
            more=tuple(turn.command_button(name) for name in RARE),
        ),
    )
