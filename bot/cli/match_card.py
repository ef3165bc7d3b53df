"""``domov match show``: all about one match."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import typer

from blueprints.schema import Blueprint
from bot.cli import match_shown
from bot.cli.chat.screen import safe
from bot.cli.opening import opened
from bot.cli.options import ListFormat, ShowFormat
from bot.cli.staff import read_about
from bot.cli.tabular import show
from bot.now import now
from messages.words import Words
from outreach.errors import NotFound
from outreach.mentoring import course, listing, plans, reasons
from outreach.staff import console_actor
from outreach.told import why
from storage import tasks
from storage.mentoring import lists, matches, requests
from storage.mentoring.lines import MatchLine, MessageLine, Side
from storage.mentoring.matches import LogRow, MatchRow, MeetingRow
from storage.mentoring.requests import RequestRow
from storage.tasks import TaskRow
from storage.transaction import Transaction

ENGLISH = "en"
PAST = {
    "proposed": "proposed",
    course.APPROVE: "approved, the mentor asked",
    course.DROP: "not approved",
    course.YES: "said yes",
    course.NO: "said no",
    course.LAPSE: "no answer in time",
    course.LEAVE: "no longer there",
    course.CLOSE: "closed",
    course.MET: "a real meeting",
    course.STOP: "stopped",
    course.SILENT: "let go, nothing heard",
    course.NEVER: "let go, never met",
    course.OVER: "ended, nothing heard any more",
    course.FINISH: "come to its end",
    "again": "asked again",
    "because": "said why",
    "new": "wanted someone else",
    "suggested": "suggested a time",
    "agreed": "agreed to the time",
    "dated": "named a time both agreed on",
    "remind": "had the other reminded",
    "not_met": "not met yet",
    "check_first": "after the first meeting",
    "check_midway": "half-way",
    "check_end": "at the end",
    "more": "wanted to go on",
}
"""What happened (the log's keys) in words."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A match with everything around it."""

    line: MatchLine
    row: MatchRow
    request: RequestRow | None
    people: dict[int, Side]
    meetings: list[MeetingRow]
    planned: list[TaskRow]
    messages: list[MessageLine]
    history: list[LogRow]


def show_match(number: int, format_: ShowFormat) -> None:
    """Print it. Raises NotFound."""
    with opened() as house:
        with house.database.reading() as tx:
            whole = read(tx, number)
        read_about(
            "match show", 2, database=house.database,
            organisation=whole.line.mentee.organisation, about=str(number),
        )  # fmt: skip
        if format_ is ShowFormat.JSON:
            plain = as_plain(whole, house.blueprint)
            show([plain], {}, ListFormat.JSON, columns=tuple(plain))
            return
        for word, text in lines_of(whole, house.blueprint):
            typer.echo(f"{word:<11} {safe(text)}")


def read(tx: Transaction, number: int) -> Whole:
    """A match as it stands. Raises NotFound."""
    line, row = lists.match(tx, number), matches.by_ids(tx, [number]).get(number)
    if line is None or row is None:
        raise NotFound(why("no_match", match=str(number)))
    planned = [task for task in tasks.of(tx, plans.subject(number)) if task.state == "open"]
    return Whole(
        line, row, requests.one(tx, row.request_id),
        lists.names(tx, [person for person, _ in row.alternatives]),
        matches.meetings(tx, number), planned, lists.messages(tx, number),
        matches.history(tx, number),
    )  # fmt: skip


def as_plain(whole: Whole, blueprint: Blueprint) -> dict[str, Any]:
    """As JSON."""
    row = match_shown.match_row(whole.line, console_actor(), blueprint, now())
    row = {name: row.get(name) for name in match_shown.MATCH_COLUMNS}
    return {
        **row,
        "note": whole.row.note,
        "goal": whole.request.goal if whole.request else None,
        "skills": whole.request.skills if whole.request else (),
        "reasons": list(whole.row.reasons),
        "alternatives": [
            {"mentor_id": person, "mentor": _name(whole, person), "score": score}
            for person, score in whole.row.alternatives
        ],
        "mentor_contact": whole.row.mentor_contact,
        "mentee_contact": whole.row.mentee_contact,
        "held": [asdict(each) for each in whole.meetings],
        "planned": [_planned(task) for task in whole.planned],
        "messages": [asdict(each) for each in whole.messages],
        "history": [asdict(each) for each in whole.history],
    }


def _planned(task: TaskRow) -> dict[str, Any]:
    return {"at": task.due_at, "what": task.kind, "variant": task.variant}


def _name(whole: Whole, person: int) -> str | None:
    side = whole.people.get(person)
    return side.name if side else None


def lines_of(whole: Whole, blueprint: Blueprint) -> Iterator[tuple[str, str]]:
    """A word and what it is, line by line; times in UTC."""
    line, row = whole.line, whole.row
    actor = console_actor()
    yield (
        "Match",
        f"{line.id}, {line.state}, score {line.score:,}"
        + (f", round {line.round}" if line.round else ""),
    )
    for word, role, side in (("Mentee", "mentee", line.mentee), ("Mentor", "mentor", line.mentor)):
        name = listing.name(side, role, listing.seen(actor, side))
        yield word, f"{name}, {side.organisation or '—'}"
    if whole.request is not None:
        yield from _wanted(whole.request, blueprint)
    words = Words((ENGLISH,))
    for sentence in reasons.sentences(row.reasons, "staff", words, ENGLISH, blueprint):
        yield "Why", sentence
    for person, score in row.alternatives:
        yield "Next best", f"{_name(whole, person) or '—'} ({person}), score {score:,}"
    yield from _so_far(line, row, blueprint)
    for meeting in whole.meetings:
        yield "Met", f"{meeting.number}. {_at(meeting.held_at)}"
    for task in whole.planned:
        what = f"{task.kind.partition('.')[2]} {task.variant.partition('@')[0]}"
        yield "Planned", f"{_at(task.due_at)}  {what}".rstrip()
    for each in whole.messages:
        reason = f" ({each.reason})" if each.reason else ""
        kind = f"{each.kind} {each.variant}".strip()
        yield "Message", f"{_at(each.at)}  {kind} to {each.person or '—'}: {each.state}{reason}"
    for event in whole.history:
        told = f"{PAST.get(event.what, event.what)} ({event.who})"
        told += f": {event.detail}" if event.detail else ""
        yield "Happened", f"{_at(event.at)}  {told}"


def _wanted(request: RequestRow, blueprint: Blueprint) -> Iterator[tuple[str, str]]:
    if request.goal:
        yield "What for", request.goal
    skills = [blueprint.skill_label(key, ENGLISH) for key in request.skills]
    field = blueprint.field_label(request.field, ENGLISH) if request.field else None
    asked = [*skills, field, *request.languages, request.mode, request.rhythm, request.urgency]
    yield "Wanted", ", ".join(each for each in asked if each)


def _so_far(line: MatchLine, row: MatchRow, blueprint: Blueprint) -> Iterator[tuple[str, str]]:
    """When what was."""
    for word, moment in (
        ("Proposed", row.created_at), ("Approved", row.approved_at),
        ("Mentor", row.mentor_asked_at), ("Mentee", row.mentee_asked_at),
        ("Answer by", row.deadline), ("Introduced", row.introduced_at),
        ("They meet", row.meeting_at),
    ):  # fmt: skip
        if moment is not None:
            asked = "asked " if word in ("Mentor", "Mentee") else ""
            yield word, f"{asked}{_at(moment)}"
    contacts = {"mentor": row.mentor_contact, "mentee": row.mentee_contact}
    for role, agreed in contacts.items():
        if agreed:
            yield "Contacts", f"of the {role}: {', '.join(agreed)}"
    silent = listing.silent(line, blueprint, now())
    if silent:
        yield "Silent", " and ".join(silent)
    if row.ended_at is not None:
        because = f": {row.reason}" if row.reason else ""
        yield "Ended", f"{_at(row.ended_at)} by {row.ended_by or '—'}{because}"
    if row.note:
        yield "Note", row.note


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
