"""One match for staff: who, why, who would be next best; approved, swapped, forbidden, closed."""

from __future__ import annotations

from functools import partial

from bot.turn.context import Turn
from bot.turn.staff import access, mentoring
from bot.turn.staff.mentoring import pair, whose
from bot.turn.staff.review import button, say
from messages.base36 import base36, from_base36
from messages.message import Option, Rich
from outreach.errors import NotAllowed, NotFound
from outreach.mentoring import acts, listing, reasons, rounds
from outreach.staff import COORDINATOR, Actor, require
from outreach.staff import log as note
from storage.mentoring import lists, offers, requests
from storage.mentoring.lines import MatchLine
from storage.mentoring.requests import RequestRow
from storage.transaction import Transaction

ASKED = ("proposed", "asked_mentor", "asked_mentee")
GOING_ON = ("introduced", "met")
AT_ONCE = 50  # approved in one transaction
CLOSING = ("time", "fit", "silent", "other")
"""Why staff close a match; only they see it."""


def match(turn: Turn, actor: Actor, argument: str) -> None:
    """All about one match of which one side is of an organisation of theirs."""
    line = _own(turn, actor, argument)
    people = [side.person for side in (line.mentee, line.mentor) if side.person is not None]
    note(turn.tx, actor, "match.read", turn.now, organisation=_whose(actor, line),
         subject=f"match:{line.id}", people=len(people))  # fmt: skip
    _show(turn, actor, line)


def _own(turn: Turn, actor: Actor, argument: str) -> MatchLine:
    """The match whose number is ``argument`` in base 36. Raises NotFound, NotAllowed."""
    line = lists.match(turn.tx, from_base36(argument) or 0)
    if line is None:
        raise NotFound(argument)
    if not listing.sees(actor, line):
        raise NotAllowed(argument)
    return line


def _whose(actor: Actor, line: MatchLine) -> str | None:
    """For which organisation they looked at it."""
    return next(
        (
            side.organisation
            for side in (line.mentee, line.mentor)
            if side.organisation is not None and actor.may(side.organisation)
        ),
        None,
    )


def _show(turn: Turn, actor: Actor, line: MatchLine, before: Rich = ()) -> None:
    request = requests.one(turn.tx, line.request)
    told = reasons.sentences(
        line.reasons, "staff", turn.labels.words, turn.who.language, turn.blueprint
    )
    text = turn.labels.say(
        "staff.match",
        pair=pair(turn, actor, line),
        state=say(turn, f"match_state_{line.state}"),
        lines=(
            *_wanted(turn, actor, line, request),
            *_offered(turn, actor, line),
            *_standing(turn, line, actor),
        ),
        reasons=told if line.state in ASKED else (),
    )
    turn.send(turn.message((*before, *text), _acts(turn, actor, line)))


def _wanted(
    turn: Turn, actor: Actor, line: MatchLine, request: RequestRow | None
) -> list[tuple[str, str]]:
    """What the mentee asks for; their words only where their name is seen."""
    if request is None:
        return []
    words, language = turn.labels.words, turn.who.language
    lines: list[tuple[str, str]] = []
    if request.goal and listing.seen(actor, line.mentee) is listing.Seen.NAMED:
        lines.append((words.text("mentor.label_goal", language), request.goal))
    spoken = ", ".join(words.language_name(code, language) for code in request.languages)
    for key, value in (
        ("skills", mentoring.skills(turn, request.skills)),
        ("languages", spoken),
        ("mode", words.text(f"mentor.mode_{request.mode}", language)),
    ):
        if value:
            lines.append((words.text(f"mentor.label_{key}", language), value))
    return lines


def _offered(turn: Turn, actor: Actor, line: MatchLine) -> list[tuple[str, str]]:
    """What the mentor passes on."""
    if listing.seen(actor, line.mentor) is not listing.Seen.NAMED:
        return []
    offer = offers.of_person(turn.tx, line.mentor.person)
    if offer is None:
        return []
    told = [mentoring.skills(turn, offer.skills), mentoring.shortened(offer.topics)]
    said = " · ".join(each for each in told if each)
    return [(say(turn, "match_offers"), said)] if said else []


def _standing(turn: Turn, line: MatchLine, actor: Actor) -> list[tuple[str, str]]:
    """How far it is, and who would be next."""
    words, language = turn.labels.words, turn.who.language
    zone = turn.who.timezone or turn.blueprint.zone(line.mentee.organisation)
    moments = {"deadline": line.deadline, "introduced": line.introduced_at,
               "meeting": line.meeting_at}  # fmt: skip
    lines = [
        (say(turn, f"match_{key}"), words.datetime(moment, language, zone))
        for key, moment in moments.items()
        if moment is not None
    ]
    if line.meetings:
        lines.append((say(turn, "mentoring_meetings"), words.number(line.meetings, language)))
    for role in listing.silent(line, turn.blueprint, turn.now):
        side = line.mentor if role == "mentor" else line.mentee
        heard = line.heard(role)
        day = words.date(heard.date(), language) if heard else "—"
        since = say(turn, "silent_since", name=whose(turn, actor, side, role), day=day)
        lines.append((say(turn, "match_silent"), since))
    if line.ended_at is not None and line.reason in CLOSING:
        lines.append((say(turn, "match_reason"), say(turn, f"button_close_{line.reason}")))
    if line.state in ASKED and line.alternatives:
        lines.append((say(turn, "match_next"), _next(turn, actor, line)))
    return lines


def _next(turn: Turn, actor: Actor, line: MatchLine) -> str:
    """Who is next best, in order."""
    ranked = [int(person) for person, _score in line.alternatives]
    known = lists.names(turn.tx, ranked)
    return ", ".join(
        whose(turn, actor, known[person], "mentor") for person in ranked if person in known
    )


def _acts(turn: Turn, actor: Actor, line: MatchLine) -> tuple[Option, ...]:
    """What they may do with it: coordinators of the mentee's organisation."""
    number = base36(line.id)
    acts: list[tuple[str, str]] = []
    if actor.may(line.mentee.organisation or "?", COORDINATOR):
        if line.state == "proposed":
            acts = [(f"approve.{number}", "approve"), (f"swap.{number}", "swap")]
        elif line.state in (*ASKED, *GOING_ON):
            acts = [(f"close_match.{number}", "close_match")]
        if line.state in (*ASKED, *GOING_ON):
            acts.append((f"forbid.{number}", "forbid"))
    back = "quiet" if line.state in GOING_ON else "proposals"
    acts += [(back, back), ("mentoring", "mentoring")]
    return tuple(button(turn, page, key) for page, key in acts)


def _again(turn: Turn, actor: Actor, match: int, before: Rich) -> None:
    """How it stands after something was done."""
    line = lists.match(turn.tx, match)
    if line is None:
        raise NotFound(str(match))
    _show(turn, actor, line, before)


def approve(turn: Turn, actor: Actor, argument: str) -> None:
    """The mentor of a proposal is asked."""
    line = _own(turn, actor, argument)
    if line.state != "proposed":
        _show(turn, actor, line, turn.labels.say("staff.match_gone_on"))
        return
    acts.approve(turn.tx, [line.id], actor, turn.now, turn.blueprint)
    turn.send(turn.message(turn.labels.say("staff.approved", count=1), _onward(turn)))


def approve_all(turn: Turn, actor: Actor, argument: str) -> None:
    """All proposals of an organisation, as many as the button said."""
    organisation, _, confirmed = argument.partition(".")
    require(actor, organisation, COORDINATOR)
    look = partial(mentoring.waiting, organisation)
    tell = partial(_approve_all, organisation, int(confirmed) if confirmed.isdecimal() else 0)
    access.look_up(turn, organisation, COORDINATOR, look, tell)


def _approve_all(
    organisation: str, confirmed: int, turn: Turn, actor: Actor, found: list[int]
) -> None:
    if not found or len(found) > confirmed:
        # More than the button said: they look at them first.
        key = "staff.changed_proposals" if found else "staff.no_proposals"
        buttons = (button(turn, f"proposals.{organisation}", "proposals"),)
        turn.send(turn.message(turn.labels.say(key, count=len(found)), buttons))
    else:
        _approve_some(organisation, tuple(found), 0, turn, actor, None)


def _approve_some(
    organisation: str, left: tuple[int, ...], done: int, turn: Turn, actor: Actor, _found: None
) -> None:
    """Some at a time, so that others' turns come in between; then how many it were."""
    some, rest = left[:AT_ONCE], left[AT_ONCE:]
    approved = acts.approve(turn.tx, some, actor, turn.now, turn.blueprint, skip=True)
    done += len(approved)
    if rest:
        go_on = partial(_approve_some, organisation, rest, done)
        access.look_up(turn, organisation, COORDINATOR, _nothing, go_on)
    else:
        turn.send(turn.message(turn.labels.say("staff.approved", count=done), _onward(turn)))


def _nothing(_tx: Transaction) -> None:
    """There is nothing to look up."""


def _onward(turn: Turn) -> tuple[Option, ...]:
    return button(turn, "proposals", "proposals"), button(turn, "mentoring", "mentoring")


def swap(turn: Turn, actor: Actor, argument: str) -> None:
    """The next best instead."""
    line = _own(turn, actor, argument)
    new = acts.swap(turn.tx, line.id, actor, turn.now, turn.blueprint)
    shown = lists.match(turn.tx, new.id)
    if shown is None:
        raise NotFound(str(new.id))
    name = whose(turn, actor, shown.mentor, "mentor")
    _show(turn, actor, shown, turn.labels.say("staff.swapped", mentor=name))


def forbid(turn: Turn, actor: Actor, argument: str) -> None:
    """Never again, once it is confirmed."""
    number, _, sure = argument.partition(".")
    line = _own(turn, actor, number)
    require(actor, line.mentee.organisation, COORDINATOR)
    if sure != "yes":
        text = turn.labels.say("staff.really_forbid", pair=pair(turn, actor, line))
        ways = ((f"forbid.{number}.yes", "really_forbid"), (f"match.{number}", "keep_match"))
        turn.send(turn.message(text, tuple(button(turn, page, key) for page, key in ways)))
        return
    acts.forbid(turn.tx, line.id, actor, turn.now, turn.blueprint)
    turn.send(turn.message(turn.labels.say("staff.forbidden"), _onward(turn)))


def close(turn: Turn, actor: Actor, argument: str) -> None:
    """Ended, once staff have said why."""
    number, _, reason = argument.partition(".")
    line = _own(turn, actor, number)
    require(actor, line.mentee.organisation, COORDINATOR)
    if reason not in CLOSING:
        text = turn.labels.say("staff.why_close", pair=pair(turn, actor, line))
        ways = [(f"close_match.{number}.{each}", f"close_{each}") for each in CLOSING]
        ways.append((f"match.{number}", "keep_match"))
        turn.send(turn.message(text, tuple(button(turn, page, key) for page, key in ways)))
        return
    acts.close(turn.tx, line.id, reason, actor, turn.now, turn.blueprint)
    _again(turn, actor, line.id, turn.labels.say("staff.match_closed"))


def round_now(turn: Turn, actor: Actor, argument: str) -> None:
    """A round at once; where it would ask mentors unattended, confirmed first."""
    organisation, _, sure = argument.partition(".")
    require(actor, organisation, COORDINATOR)
    if turn.blueprint.mentoring.unattended and sure != "yes":
        look, tell = partial(_open, organisation), partial(_ask, organisation)
        access.look_up(turn, organisation, COORDINATOR, look, tell)
        return
    rounds.ask_for(turn.tx, organisation, actor, turn.now)
    turn.send(turn.message(turn.labels.say("staff.round_begun"), _onward(turn)))


def _open(organisation: str, tx: Transaction) -> int:
    return sum(line.state is None for line in lists.requests(tx, organisation))


def _ask(organisation: str, turn: Turn, _actor: Actor, found: int) -> None:
    text = turn.labels.say("staff.round_unattended", count=found)
    begin = button(turn, f"round.{organisation}.yes", "begin_round")
    turn.send(turn.message(text, (begin, button(turn, "mentoring", "mentoring"))))
