"""What ``domov match`` lists and writes: matches, requests, mentors, figures, the export."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import typer

from blueprints.schema import Blueprint
from bot.cli.exporting import STANDARD_OUTPUT, destination, terminable
from bot.cli.opening import Opened, opened
from bot.cli.options import LedgerFormat, ListFormat, ShowFormat
from bot.cli.separating import separator_of
from bot.cli.staff import read_about
from bot.cli.tabular import show
from bot.errors import Misuse
from bot.now import now
from outreach.mentoring import figures, listing
from outreach.mentoring.listing import Seen
from outreach.staff import VIEWER, Actor, account_name, console_actor
from storage.database import Database
from storage.exports.matches import export_matches
from storage.mentoring import lists
from storage.mentoring.lines import MatchLine
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
    most = most_of(limit, format_)
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
        noted(house, "match list", shown, organisation, state=state)
    say_more(shown, most, format_, "There is none.")


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
    format_: LedgerFormat,
    output: str,
    state: str | None,
    organisation: str | None,
    separator: str | None,
) -> None:
    """Write a row a match."""
    parted = separator_of(separator, format_.value)
    out, states = destination(output, format_.value), states_of(state)
    with opened() as house, terminable():
        house.organisation(organisation)
        count = export_matches(
            house.database,
            format_.value,
            out,
            organisation=organisation,
            states=states,
            separator=parted,
        )
        noted(house, "match export", count, organisation, state=state, format=format_.value)
    where = "standard output" if output == STANDARD_OUTPUT else output
    typer.echo(f"{count:,} matches in {where}", err=True)


def most_of(limit: int | None, format_: ListFormat) -> int | None:
    """A table's columns fit only when all rows are known: it has at most so many."""
    return min(limit or MOST, MOST) if format_ is ListFormat.TABLE else limit


def noted(
    house: Opened, what: str, count: int, organisation: str | None, **chosen: str | None
) -> None:
    read_about(what, count, database=house.database, organisation=organisation, **chosen)


def say_more(shown: int, most: int | None, format_: ListFormat, none: str) -> None:
    if not shown and format_ is ListFormat.TABLE:
        typer.echo(none)
    elif most is not None and shown == most:
        typer.echo(f"There may be more than these {shown:,}: --limit 0 shows all.", err=True)
