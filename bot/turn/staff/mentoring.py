"""Mentoring for staff: open requests by age, free places, proposals to approve, quiet pairs.

Lists are looked up beside the turns; what is pressed is looked at again when it is done.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeAlias

from bot.turn.context import Turn
from bot.turn.staff import access
from bot.turn.staff.review import button, counted, organisation_name, say
from messages.base36 import base36
from messages.message import Option
from outreach.fives import of_mentoring
from outreach.mentoring import figures, listing
from outreach.mentoring.listing import Seen
from outreach.staff import COORDINATOR, VIEWER, Actor
from outreach.staff import log as note
from storage.mentoring import lists
from storage.mentoring.figures import MentoringFigures
from storage.mentoring.lines import MatchLine, MentorLine, RequestLine, Side
from storage.transaction import Transaction

MOST_LINES = 15
MOST_BUTTONS = 8
GOAL_LENGTH = 120  # characters of a goal in a list

Look: TypeAlias = Callable[[str, Transaction], Any]
Tell: TypeAlias = Callable[[str, Turn, Actor, Any], None]


def _later(turn: Turn, organisations: Sequence[str], look: Look, tell: Tell) -> None:
    """Look something up for each organisation beside the turns, then tell it."""
    for key in organisations:
        access.look_up(turn, key, VIEWER, partial(look, key), partial(tell, key))


def door(turn: Turn, actor: Actor) -> Option:
    """The button in the menu; to who may approve them it says how many proposals wait."""
    own = access.organisations(turn, actor, COORDINATOR)
    count = sum(lists.count_proposed(turn.tx, key) for key in own)
    label = say(turn, "button_mentoring")
    return turn.button("staff.mentoring", f"{label} ({count})" if count else label)


def overview(turn: Turn, actor: Actor, _argument: str) -> None:
    """Their organisations' mentoring in numbers, and the doors to its lists."""
    blueprint, now = turn.blueprint, turn.now

    def look(organisation: str, tx: Transaction) -> Any:
        found = figures.figures(tx, organisation, blueprint, now)
        return found, bool(listing.quiet(tx, organisation, blueprint, now, 1))

    _later(turn, access.organisations(turn, actor, VIEWER), look, _overview)


def _overview(organisation: str, turn: Turn, actor: Actor, seen: Any) -> None:
    found: MentoringFigures = seen[0]
    quiet: bool = seen[1]
    exact = actor.may(organisation, COORDINATOR)
    asked = found.states["asked_mentor"] + found.states["asked_mentee"]
    counts = {
        "requests": found.requests, "long": found.long, "proposed": found.states["proposed"],
        "asked": asked, "free": found.free, "pairs": found.pairs, "met": found.met,
        "meetings": found.meetings,
    }  # fmt: skip
    if not exact:
        counts = of_mentoring(counts)
    lines = [
        (say(turn, f"mentoring_{key}"), counted(turn, count, exact=exact))
        for key, count in counts.items()
        if count or key in ("requests", "meetings") or not exact
    ]
    if found.waits is not None and counts["requests"]:
        lines.insert(1, (say(turn, "mentoring_waits"), say(turn, "days", count=found.waits.days)))
    doors = ["requests", "mentors"]
    if found.states["proposed"]:
        doors.insert(0, "proposals")
    if quiet:
        doors.append("quiet")
    if actor.may(organisation, COORDINATOR) and found.requests > found.asked and found.free:
        doors.append("round")
    title = organisation_name(turn, organisation)
    text = turn.labels.say("staff.mentoring", organisation=title, lines=tuple(lines))
    buttons = tuple(button(turn, f"{door}.{organisation}", door) for door in doors)
    turn.send(turn.message(text, (*buttons, button(turn, "menu", "menu"))))


def _own(turn: Turn, actor: Actor, argument: str, role: str = VIEWER) -> tuple[str, ...]:
    """The organisations that a button or command means, of those in which they have a role."""
    own = access.organisations(turn, actor, role)
    return (argument,) if argument in own else own


def requests(turn: Turn, actor: Actor, argument: str) -> None:
    """Open requests, who has waited longest first."""

    def look(organisation: str, tx: Transaction) -> Any:
        return lists.requests(tx, organisation, MOST_LINES + 1)

    _later(turn, _own(turn, actor, argument), look, _requests)


def _requests(
    organisation: str, turn: Turn, actor: Actor, found: list[RequestLine]
) -> None:  # fmt: skip
    lines = tuple(_request(turn, line) for line in found[:MOST_LINES])
    _list(turn, actor, organisation, "requests", lines, more=len(found) > MOST_LINES)


def _request(turn: Turn, line: RequestLine) -> tuple[str, str]:
    days = max(0, (turn.now - line.waiting_since).days)
    head = say(turn, "request", name=line.who.name or "—", days=days)
    parts = [shortened(line.goal)] if line.goal else []
    parts += [skills(turn, line.skills)] if line.skills else []
    parts += [turn.labels.words.text(f"mentor.urgency_{line.urgency}", turn.who.language)
              for _ in [0] if line.urgency]  # fmt: skip
    if line.state is not None:
        parts.append(say(turn, f"match_state_{line.state}"))
    return head, " · ".join(parts) or "—"


def mentors(turn: Turn, actor: Actor, argument: str) -> None:
    """Mentors with free places, most of them first."""
    blueprint, now = turn.blueprint, turn.now

    def look(organisation: str, tx: Transaction) -> Any:
        today = listing.day_of(blueprint, organisation, now)
        return lists.free_mentors(tx, today, organisation, MOST_LINES + 1)

    _later(turn, _own(turn, actor, argument), look, _mentors)


def _mentors(organisation: str, turn: Turn, actor: Actor, found: list[MentorLine]) -> None:
    lines = tuple(_mentor(turn, line) for line in found[:MOST_LINES])
    _list(turn, actor, organisation, "mentors", lines, more=len(found) > MOST_LINES)


def _mentor(turn: Turn, line: MentorLine) -> tuple[str, str]:
    free = say(turn, "places_free", count=line.places, capacity=line.capacity)
    spoken = ", ".join(
        turn.labels.words.language_name(code, turn.who.language) for code in line.languages
    )
    parts = [free, skills(turn, line.skills), shortened(line.topics), spoken]
    return line.who.name or "—", " · ".join(part for part in parts if part)


def _list(
    turn: Turn, actor: Actor, organisation: str, what: str, lines: tuple[tuple[str, str], ...],
    *, more: bool,
) -> None:  # fmt: skip
    if more:
        lines = (*lines, ("…", f"domov match {what} --organisation {organisation}"))
    _read(turn, actor, organisation, len(lines))
    words = turn.labels.say(f"staff.{what}", lines=lines) if lines else None
    text = words if words is not None else turn.labels.say(f"staff.no_{what}")
    turn.send(turn.message(text, _ways(turn)))


def proposals(turn: Turn, actor: Actor, argument: str) -> None:
    """What waits for staff's approval, the oldest first."""

    def look(organisation: str, tx: Transaction) -> Any:
        numbers = waiting(organisation, tx)
        shown = (lists.match(tx, number) for number in numbers[:MOST_BUTTONS])
        return len(numbers), [line for line in shown if line is not None]

    _later(turn, _own(turn, actor, argument), look, _proposals)


def waiting(organisation: str, tx: Transaction) -> list[int]:
    """The proposals for this organisation's mentees: theirs to approve."""
    return lists.proposed(tx, organisation)


def _proposals(organisation: str, turn: Turn, actor: Actor, seen: Any) -> None:
    count: int = seen[0]
    shown: list[MatchLine] = seen[1]
    text = turn.labels.say("staff.proposals" if count else "staff.no_proposals", count=count)
    buttons = list(_pairs(turn, actor, shown))
    if count and actor.may(organisation, COORDINATOR):
        every = f"approve_all.{organisation}.{count}"
        buttons.append(button(turn, every, "approve_all", count=count))
    _read(turn, actor, organisation, len(shown) * 2)
    turn.send(turn.message(text, (*buttons, *_ways(turn))))


def quiet(turn: Turn, actor: Actor, argument: str) -> None:
    """Introduced pairs of whom one says nothing, the longest silence first."""
    blueprint, now = turn.blueprint, turn.now

    def look(organisation: str, tx: Transaction) -> Any:
        return listing.quiet(tx, organisation, blueprint, now, MOST_BUTTONS)

    _later(turn, _own(turn, actor, argument), look, _quiet)


def _quiet(organisation: str, turn: Turn, actor: Actor, found: list[MatchLine]) -> None:
    text = turn.labels.say("staff.quiet" if found else "staff.no_quiet")
    _read(turn, actor, organisation, len(found) * 2)
    turn.send(turn.message(text, (*_pairs(turn, actor, found), *_ways(turn))))


def _pairs(turn: Turn, actor: Actor, found: Sequence[MatchLine]) -> tuple[Option, ...]:
    return tuple(
        turn.button(f"staff.match.{base36(line.id)}", pair(turn, actor, line))
        for line in found[:MOST_BUTTONS]
    )


def _read(turn: Turn, actor: Actor, organisation: str, people: int) -> None:
    if people:
        note(turn.tx, actor, "match.read", turn.now, organisation=organisation, people=people)


def _ways(turn: Turn) -> tuple[Option, ...]:
    return button(turn, "mentoring", "mentoring"), button(turn, "menu", "menu")


def pair(turn: Turn, actor: Actor, line: MatchLine) -> str:
    """Both of a match, as far as ``actor`` may see them."""
    return say(
        turn, "pair", mentee=whose(turn, actor, line.mentee, "mentee"),
        mentor=whose(turn, actor, line.mentor, "mentor"),
    )  # fmt: skip


def whose(turn: Turn, actor: Actor, side: Side, role: str) -> str:
    """A name; of somebody whom ``actor`` may not see only the organisation."""
    match listing.seen(actor, side):
        case Seen.NAMED:
            return side.name or "—"
        case Seen.ERASED:
            return say(turn, f"erased_{role}")
    title = organisation_name(turn, side.organisation)
    return say(turn, f"hidden_{role}", organisation=title)


def skills(turn: Turn, keys: Sequence[str]) -> str:
    """Skills by their names."""
    language = turn.who.language
    return ", ".join(turn.blueprint.skill_label(key, language) for key in keys)


def shortened(text: str) -> str:
    """Somebody's words in a list: on one line, not too long."""
    line = " ".join(text.split())
    return line if len(line) <= GOAL_LENGTH else line[: GOAL_LENGTH - 1].rstrip() + "…"
