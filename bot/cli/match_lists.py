"""What ``domov match`` lists of people: who waits, who has places, who is kept apart."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from bot.cli.match_shown import PAGE, most_of, noted, reader, say_more
from bot.cli.opening import opened
from bot.cli.options import ListFormat
from bot.cli.tabular import show
from bot.now import now
from outreach.mentoring import listing
from storage.database import Database
from storage.mentoring import lists
from storage.mentoring.lines import MentorLine, RequestLine, Side

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


def list_requests(organisation: str | None, limit: int | None, format_: ListFormat) -> None:
    """Print open requests, the oldest first."""
    most = most_of(limit, format_)
    with opened() as house:
        house.organisation(organisation)
        with house.database.reading() as tx:
            found = lists.requests(tx, organisation, most or lists.FIRST)
        at = now()
        rows = (request_row(line, at) for line in found)
        shown = show(rows, REQUEST_TITLES, format_, columns=REQUEST_COLUMNS)
        noted(house, "match requests", shown, organisation)
    say_more(shown, most, format_, "Nobody is waiting for a mentor.")


def request_row(line: RequestLine, at: datetime) -> dict[str, Any]:
    """An open request ready for a table."""
    values = {name: getattr(line, name) for name in REQUEST_COLUMNS if hasattr(line, name)}
    return values | {**_who(line.who), "days": max(0, (at - line.waiting_since).days)}


def list_mentors(
    organisation: str | None, limit: int | None, format_: ListFormat, *, free: bool
) -> None:
    """Print mentors with their places."""
    most = most_of(limit, format_)
    with opened() as house:
        house.organisation(organisation)
        today = listing.day_of(house.blueprint, organisation, now())
        found = _mentors(house.database, organisation, most, today, free=free)
        rows = (mentor_row(line, today) for line in found)
        shown = show(rows, MENTOR_TITLES, format_, columns=MENTOR_COLUMNS)
        noted(house, "match mentors", shown, organisation)
    say_more(shown, most, format_, "Nobody offers to be a mentor.")


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
    most = most_of(limit, format_)
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
        noted(house, "match forbidden", shown, organisation)
    say_more(shown, most, format_, "Nobody is kept apart.")
