"""What ``domov match`` does: a round, and what staff decide about its proposals."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import typer

from bot.cli import match_shown
from bot.cli.chat.screen import safe
from bot.cli.confirming import confirm_count
from bot.cli.opening import Opened, opened
from bot.cli.options import ListFormat, ShowFormat
from bot.cli.staff import read_about
from bot.cli.tabular import show
from bot.errors import Misuse
from bot.now import now
from bot.settings import sending_channels
from outreach.errors import WrongState
from outreach.mentoring import acts, rounds
from outreach.mentoring.buttons import STOP_REASONS
from outreach.mentoring.proposals import Plan, Proposal
from outreach.staff import console_actor
from storage.mentoring import lists
from storage.mentoring.lines import Side
from storage.mentoring.matches import MatchRow
from storage.people import find_person
from storage.transaction import Transaction

SLICE = 100  # approved in one transaction, beside a running program
NAMES = 5_000  # looked up in one statement
MOST_SHOWN = 100  # lines of a round in a table
TITLES = {
    "mentee_shown": "Mentee", "mentor_shown": "Mentor", "score": "Score", "why": "Why",
    "next": "Next best",
}  # fmt: skip
WHY_NOT = {
    "mentors": "there is no mentor at the moment",
    "language": "no mentor with a language in common",
    "organisation": "mentors only of another organisation, not shared",
    "mode": "nobody to meet in the way they want",
    "barred": "those who fit were asked before or are kept apart",
    "places": "no place left with those who fit",
}


def run_round(organisation: str | None, format_: ShowFormat, *, dry: bool, sure: bool) -> None:
    """Show the best round there is and, unless ``dry``, store it."""
    with opened() as house:
        house.organisation(organisation)
        blueprint, at = house.blueprint, now()
        if sys.stderr.isatty():  # with ten thousand requests it takes a minute
            typer.echo("Looking for the best round …", err=True)
        plan = rounds.look(
            house.database, organisation, at, blueprint, sending_channels(house.settings)
        )
        _show(house, plan, format_)
        count = len(plan.proposals)
        if dry or not count:
            read_about("match round", count, database=house.database, organisation=organisation)
            return
        unattended = blueprint.mentoring.unattended
        if unattended:
            confirm_count(f"ask {_mentors(count)} at once", count, sure=sure)
        row = rounds.keep(
            house.database, plan, organisation, console_actor(), at, blueprint,
            unattended=unattended,
        )  # fmt: skip
    _say_kept(row.proposed, unattended=unattended)


def _say_kept(count: int, *, unattended: bool) -> None:
    if unattended:
        typer.echo(_being_asked(count), err=True)
    else:
        what = "proposals wait" if count != 1 else "proposal waits"
        typer.echo(f"{count:,} {what}: domov match list --state proposed", err=True)


def _mentors(count: int) -> str:
    return "1 mentor" if count == 1 else f"{count:,} mentors"


def _being_asked(count: int) -> str:
    return f"{_mentors(count)} {'is' if count == 1 else 'are'} being asked."


def _show(house: Opened, plan: Plan, format_: ShowFormat) -> None:
    proposals: Sequence[Proposal] = plan.proposals
    if format_ is ShowFormat.TABLE:
        proposals = proposals[:MOST_SHOWN]
    people = _people(house, plan, proposals)
    if format_ is ShowFormat.JSON:
        whole = {
            "requests": plan.requests, "places": plan.places, "score": plan.score,
            "bound": plan.bound, "proposals": [_row(each, people) for each in proposals],
            "left_out": [
                {**_who("mentee", each.person, people), "request": each.request, "why": each.why}
                for each in plan.left_out
            ],
        }  # fmt: skip
        show([whole], {}, ListFormat.JSON, columns=tuple(whole))
        return
    typer.echo(f"{plan.requests:,} requests, {plan.places:,} places")
    if proposals:
        show((_row(each, people) for each in proposals), TITLES, ListFormat.TABLE)
    if len(plan.proposals) > len(proposals):
        typer.echo(f"… {len(plan.proposals):,} in all; --format json shows every one.")
    for line in _left_out(plan, people):
        typer.echo(safe(line))
    if plan.proposals:
        typer.echo(f"Score {plan.score:,} of at most {plan.bound:,}{_near(plan)}")


def _near(plan: Plan) -> str:
    """How near that is to the best there can be."""
    if plan.score == plan.bound:
        return ": no round of these people could be better."
    return f": at most {(plan.bound - plan.score) / plan.bound:.3%} could be gained."


def _row(proposal: Proposal, people: Mapping[int, Side]) -> dict[str, Any]:
    following = [
        {**_who("mentor", person, people), "score": score}
        for person, score in proposal.alternatives
    ]
    return {
        **_who("mentee", proposal.seeker.person, people),
        **_who("mentor", proposal.mentor.person, people),
        "request": proposal.seeker.request,
        "score": proposal.score,
        "reasons": [[each.key, each.values] for each in proposal.reasons],
        "why": [each.key for each in proposal.reasons],
        "alternatives": following,
        "next": [each["mentor_shown"] for each in following],
    }


def _who(role: str, person: int, people: Mapping[int, Side]) -> dict[str, Any]:
    side = people.get(person)
    name = side.name if side else None
    return {
        f"{role}_id": person,
        role: name,
        f"{role}_shown": f"{name or '—'} ({person})",
    }


def _left_out(plan: Plan, people: Mapping[int, Side]) -> Iterator[str]:
    """Why how many found nobody, and the first of them by name."""
    found: dict[str, list[int]] = {}
    for each in plan.left_out:
        found.setdefault(each.why, []).append(each.person)
    for why, persons in found.items():
        named = ", ".join(str(_who("x", each, people)["x_shown"]) for each in persons[:5])
        more = ", …" if len(persons) > 5 else ""
        yield f"{len(persons):,} without: {WHY_NOT.get(why, why)} ({named}{more})"


def _people(house: Opened, plan: Plan, proposals: Iterable[Proposal]) -> dict[int, Side]:
    """Everybody who is shown."""
    numbers = {each.person for each in plan.left_out}
    for each in proposals:
        numbers |= {each.seeker.person, each.mentor.person}
        numbers |= {person for person, _ in each.alternatives}
    wanted = sorted(numbers)
    found: dict[int, Side] = {}
    for begin in range(0, len(wanted), NAMES):
        with house.database.reading() as tx:
            found |= lists.names(tx, wanted[begin : begin + NAMES])
    return found


def approve_matches(
    numbers: list[int], organisation: str | None, *, all_: bool, sure: bool
) -> None:
    """Have mentors asked."""
    if all_ == bool(numbers):
        raise Misuse("say which: numbers of matches, or --all")
    if organisation is not None and not all_:
        raise Misuse("--organisation goes with --all")
    with opened() as house:
        house.organisation(organisation)
        if all_:
            with house.database.reading() as tx:
                numbers = lists.proposed(tx, organisation)
        numbers = list(dict.fromkeys(numbers))
        if not numbers:
            typer.echo("No proposal is waiting.")
            return
        if all_ or len(numbers) > 1:
            confirm_count(f"ask {_mentors(len(numbers))}", len(numbers), sure=sure)
        done = 0
        for begin in range(0, len(numbers), SLICE):
            if begin:
                time.sleep(0.05)  # the running program writes in between
            with house.database.transaction() as tx:
                part = numbers[begin : begin + SLICE]
                at, actor = now(), console_actor()
                done += len(acts.approve(tx, part, actor, at, house.blueprint, skip=all_))
    typer.echo(_being_asked(done))
    if done < len(numbers):
        typer.echo(f"{len(numbers) - done:,} could no longer be approved.", err=True)


def swap_mentor(number: int, mentor: str | None) -> None:
    """Another mentor for a proposal."""
    with opened() as house, house.database.transaction() as tx:
        person = _person(tx, mentor, "--mentor") if mentor is not None else None
        new = acts.swap(tx, number, console_actor(), now(), house.blueprint, person)
        shown = _shown(tx, new)
    typer.echo(f"Instead of match {number} now {shown}")


def forbid_pair(first: str, mentor: str | None) -> None:
    """Never bring these two together (again)."""
    with opened() as house, house.database.transaction() as tx:
        actor, at = console_actor(), now()
        if mentor is not None:
            pair = (_person(tx, first, "MENTEE"), _person(tx, mentor, "MENTOR"))
            new = acts.forbid(tx, pair, actor, at, house.blueprint)
        else:
            if not first.isdecimal() or not 0 < int(first) < 2**63:
                raise Misuse("name a match by its number, or two people: MENTEE MENTOR")
            new = acts.forbid(tx, int(first), actor, at, house.blueprint)
        shown = _shown(tx, new) if new is not None else None
    typer.echo("These two won't be matched again.")
    if shown is not None:
        typer.echo(f"Next best: {shown}")


def allow_pair(first: str, second: str) -> None:
    """Take back what staff forbade."""
    with opened() as house, house.database.transaction() as tx:
        pair = (_person(tx, first, "MENTEE"), _person(tx, second, "MENTOR"))
        done = acts.allow(tx, pair, console_actor(), now())
    if not done:
        raise WrongState("staff forbade nothing between these two; see domov match forbidden")
    typer.echo("These two may be brought together again, unless one of them asked otherwise.")


def close_match(number: int, reason: str, *, reopen: bool) -> None:
    """End a match."""
    if reason not in STOP_REASONS:
        raise Misuse(f"--reason: there is no {reason!r}; there is {', '.join(STOP_REASONS)}")
    with opened() as house, house.database.transaction() as tx:
        row = acts.close(tx, number, reason, console_actor(), now(), house.blueprint, reopen=reopen)
    typer.echo(f"Match {number} is {row.state}.")


def _person(tx: Transaction, who: str, name: str) -> int:
    """The number of a person given by number or address. Raises Misuse."""
    found = find_person(tx, who)
    if found is None:
        raise Misuse(f"{name}: there is nobody (or more than one) with {who!r}")
    return found


def _shown(tx: Transaction, row: MatchRow) -> str:
    line = lists.match(tx, row.id)
    if line is None:
        return f"match {row.id}"
    names = match_shown.both(line, console_actor())
    return safe(f"match {row.id} ({row.state}): {names}")
