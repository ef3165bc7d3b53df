"""What ``domov match`` lists and writes: matches, requests, mentors, figures, the export."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

import typer

from blueprints.schema import Blueprint
from bot.cli.exporting import STANDARD_OUTPUT, destination, terminable
from bot.cli.opening import Opened, opened
from bot.cli.options import LedgerFormat, ListFormat, ShowFormat
from bot.cli.staff import read_about
from bot.cli.tabular import show
from bot.errors import Misuse
from bot.house import now
from outreach.mentoring import figures, listing
from outreach.mentoring.listing import Seen
from outreach.staff import VIEWER, Actor, account_name, console_actor
from storage.database import Database
from storage.exports.matches import export_matches
from storage.mentoring import lists
from storage.mentoring.lines import MatchLine, MentorLine, RequestLine, Side
from storage.states import LIVE_MATCHES, MATCH_STATES

LIVE = "live"
PAGE = 1_000  # rows read at once
MOST = 10_000  # rows of a table: its columns fit only when all are known

MATCH_TITLES = {
    "id": "No.", "state": "State", "mentee_shown": "Mentee", "mentor_shown": "Mentor",
    "score": "Score", "created_at": "Proposed (UTC)", "deadline": "Answer by (UTC)",
    "introduced_at": "Introduced (UTC)", "meetings": "Met", "silent": "Silent",
}  # fmt: skip
MATCH_COLUMNS = (
    "id", "state", "round", "request", "score", "mentee_id", "mentee", "mentee_organisation",
    "mentor_id", "mentor", "mentor_organisation", "created_at", "deadline", "introduced_at",
    "meeting_at", "meetings", "mentor_seen_at", "mentee_seen_at", "silent", "ended_at",
    "ended_by", "reason",
)  # fmt: skip
REQUEST_TITLES = {
    "id": "No.", "shown": "Who", "organisation": "Organisation", "days": "Days",
    "urgency": "Urgency", "goal": "What for", "skills": "Skills", "languages": "Languages",
    "passed_over": "Rounds", "state": "Now",
}  # fmt: skip
REQUEST_COLUMNS = (
    "id", "person_id", "name", "organisation", "days", "goal", "skills", "field", "languages",
    "mode", "urgency", "rhythm", "hours", "waiting_since", "passed_over", "ahead", "match",
    "state",
)  # fmt: skip
MENTOR_TITLES = {
    "shown": "Who", "organisation": "Organisation", "standing": "Now", "places": "Free",
    "capacity": "Places", "taken": "Taken", "skills": "Skills", "languages": "Languages",
    "mode": "How", "break_until": "Break until",
}  # fmt: skip
MENTOR_COLUMNS = (
    "person_id", "name", "organisation", "standing", "places", "capacity", "taken", "skills",
    "topics", "languages", "mode", "hours", "break_until", "break_reason", "source",
)  # fmt: skip
BLOCK_TITLES = {"who": "Who", "other": "Not with", "by": "Asked by", "at": "Since (UTC)"}
FIGURES = {
    "requests": "Open requests",
    "asked": "of these with a mentor being asked or proposed",
    "long": "of these waiting too long",
    "waits": "Median wait, days",
    "longest": "Longest wait, days",
    "mentors": "Mentors",
    "resting": "of these on a break or paused",
    "places": "Their places",
    "taken": "Places taken",
    "free": "Places free",
    "proposed": "Proposals to approve",
    "asked_mentor": "Mentors being asked",
    "asked_mentee": "Mentees being asked",
    "pairs": "Pairs introduced so far",
    "going": "Pairs that go on",
    "met": "Pairs that have met",
    "again": "Pairs that have met again",
    "meetings": "Real meetings",
    "lately": "of these in the last 30 days",
}


def reader(organisation: str | None) -> Actor:
    """Who reads a list on the command line: everybody's names for the region's, for one
    organisation's what its staff may see."""
    if organisation is None:
        return console_actor()
    return Actor(None, f"command line ({account_name()})", {organisation: VIEWER})


def states_of(state: str | None) -> tuple[str, ...]:
    """What --state means. Raises Misuse."""
    if state is None:
        return ()
    if state == LIVE:
        return LIVE_MATCHES
    if state not in MATCH_STATES:
        known = ", ".join((*MATCH_STATES, LIVE))
        raise Misuse(f"--state: there is no {state!r}; there is {known}")
    return (state,)


def list_matches(
    state: str | None,
    organisation: str | None,
    limit: int | None,
    format_: ListFormat,
    *,
    quiet: bool,
) -> None:
    """Print matches, at most ``limit``."""
    states = states_of(state)
    if quiet and states:
        raise Misuse("--quiet is about pairs that go on: leave --state out")
    most = _most(limit, format_)
    with opened() as house:
        actor, at = reader(house.organisation(organisation)), now()
        if quiet:
            with house.database.reading() as tx:
                upto = most or lists.MOST
                found = iter(listing.quiet(tx, organisation, house.blueprint, at, upto))
        else:
            found = _matches(house.database, organisation, states, most)
        rows = (match_row(line, actor, house.blueprint, at) for line in found)
        shown = show(rows, MATCH_TITLES, format_, columns=MATCH_COLUMNS)
        _noted(house, "match list", shown, organisation, state=state)
    _say_more(shown, most, format_, "There is none.")


def _matches(
    database: Database, organisation: str | None, states: Sequence[str], limit: int | None
) -> Iterator[MatchLine]:
    """Page by page: constant memory however many there are."""
    before, left = lists.FIRST, limit
    while left is None or left > 0:
        wanted = PAGE if left is None else min(PAGE, left)
        with database.reading() as tx:
            page = lists.matches(tx, organisation, states, before=before, limit=wanted)
        yield from page
        if len(page) < wanted:
            return
        before = page[-1].id
        left = None if left is None else left - len(page)


def match_row(
    line: MatchLine, actor: Actor, blueprint: Blueprint, at: datetime
) -> dict[str, Any]:  # fmt: skip
    """A match ready for a table, with the names that ``actor`` may see."""
    values: dict[str, Any] = {
        name: getattr(line, name) for name in MATCH_COLUMNS if hasattr(line, name)
    }
    for role, side in (("mentee", line.mentee), ("mentor", line.mentor)):
        how = listing.seen(actor, side)
        values |= {
            role: side.name if how is Seen.NAMED else None,
            f"{role}_id": side.person if how is Seen.NAMED else None,
            f"{role}_organisation": side.organisation,
            f"{role}_shown": listing.name(side, role, how),
        }
    return values | {"silent": list(listing.silent(line, blueprint, at))}


def both(line: MatchLine, actor: Actor) -> str:
    """Mentee and mentor, as ``actor`` may see them."""
    return " – ".join(
        listing.name(side, role, listing.seen(actor, side))
        for role, side in (("mentee", line.mentee), ("mentor", line.mentor))
    )


def list_requests(organisation: str | None, limit: int | None, format_: ListFormat) -> None:
    """Print open requests, the oldest first."""
    most = _most(limit, format_)
    with opened() as house:
        house.organisation(organisation)
        with house.database.reading() as tx:
            found = lists.requests(tx, organisation, most or lists.FIRST)
        at = now()
        rows = (request_row(line, at) for line in found)
        shown = show(rows, REQUEST_TITLES, format_, columns=REQUEST_COLUMNS)
        _noted(house, "match requests", shown, organisation)
    _say_more(shown, most, format_, "Nobody is waiting for a mentor.")


def request_row(line: RequestLine, at: datetime) -> dict[str, Any]:
    """An open request ready for a table."""
    values = {name: getattr(line, name) for name in REQUEST_COLUMNS if hasattr(line, name)}
    return values | {**_who(line.who), "days": max(0, (at - line.waiting_since).days)}


def list_mentors(
    organisation: str | None, limit: int | None, format_: ListFormat, *, free: bool
) -> None:
    """Print mentors with their places."""
    most = _most(limit, format_)
    with opened() as house:
        house.organisation(organisation)
        today = listing.day_of(house.blueprint, organisation, now())
        found = _mentors(house.database, organisation, most, today, free=free)
        rows = (mentor_row(line, today) for line in found)
        shown = show(rows, MENTOR_TITLES, format_, columns=MENTOR_COLUMNS)
        _noted(house, "match mentors", shown, organisation)
    _say_more(shown, most, format_, "Nobody offers to be a mentor.")


def _mentors(
    database: Database, organisation: str | None, limit: int | None, today: date, *, free: bool
) -> Iterator[MentorLine]:
    if free:
        with database.reading() as tx:
            yield from lists.free_mentors(tx, today, organisation, limit or lists.FIRST)
        return
    after, left = 0, limit
    while left is None or left > 0:
        wanted = PAGE if left is None else min(PAGE, left)
        with database.reading() as tx:
            page = lists.mentors(tx, organisation, after=after, limit=wanted)
        yield from page
        if len(page) < wanted:
            return
        after = page[-1].who.person or 0
        left = None if left is None else left - len(page)


def mentor_row(line: MentorLine, today: date) -> dict[str, Any]:
    """A mentor ready for a table."""
    values = {name: getattr(line, name) for name in MENTOR_COLUMNS if hasattr(line, name)}
    day = line.break_until.isoformat() if line.break_until else None
    return values | {**_who(line.who), "standing": line.standing(today), "break_until": day}


def _who(side: Side) -> dict[str, Any]:
    return {
        "person_id": side.person, "name": side.name, "organisation": side.organisation,
        "shown": f"{side.name or '—'} ({side.person})",
    }  # fmt: skip


def list_forbidden(organisation: str | None, limit: int | None, format_: ListFormat) -> None:
    """Print who is kept apart."""
    most = _most(limit, format_)
    with opened() as house:
        actor = reader(house.organisation(organisation))
        with house.database.reading() as tx:
            found = lists.blocks(tx, organisation, most or lists.FIRST)
        rows = [
            {
                **{
                    role: listing.name(side, "person", listing.seen(actor, side))
                    for role, side in (("who", line.who), ("other", line.other))
                },
                "by": line.by, "at": line.at,
            }
            for line in found
        ]  # fmt: skip
        shown = show(rows, BLOCK_TITLES, format_)
        _noted(house, "match forbidden", shown, organisation)
    _say_more(shown, most, format_, "Nobody is kept apart.")


def show_figures(organisation: str | None, format_: ShowFormat) -> None:
    """Print mentoring in numbers."""
    with opened() as house:
        house.organisation(organisation)
        with house.database.reading() as tx:
            found = dict(figures.lines(figures.figures(tx, organisation, house.blueprint, now())))
    if format_ is ShowFormat.JSON:
        show([found], FIGURES, ListFormat.JSON)
        return
    width = max(map(len, FIGURES.values()))
    for key, title in FIGURES.items():
        number = found[key]
        typer.echo(f"{title:<{width}}  {'—' if number is None else f'{number:,}'}")


def export_all(
    format_: LedgerFormat, output: str, state: str | None, organisation: str | None
) -> None:
    """Write a row a match."""
    out, states = destination(output, format_.value), states_of(state)
    with opened() as house, terminable():
        house.organisation(organisation)
        count = export_matches(
            house.database, format_.value, out, organisation=organisation, states=states
        )
        _noted(house, "match export", count, organisation, state=state, format=format_.value)
    where = "standard output" if output == STANDARD_OUTPUT else output
    typer.echo(f"{count:,} matches in {where}", err=True)


def _most(limit: int | None, format_: ListFormat) -> int | None:
    """A table's columns fit only when all rows are known: it has at most so many."""
    return min(limit or MOST, MOST) if format_ is ListFormat.TABLE else limit


def _noted(
    house: Opened, what: str, count: int, organisation: str | None, **chosen: str | None
) -> None:
    read_about(what, count, database=house.database, organisation=organisation, **chosen)


def _say_more(shown: int, most: int | None, format_: ListFormat, none: str) -> None:
    if not shown and format_ is ListFormat.TABLE:
        typer.echo(none)
    elif most is not None and shown == most:
        typer.echo(f"There may be more than these {shown:,}: --limit 0 shows all.", err=True)
