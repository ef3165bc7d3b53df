"""What ``domov event`` does."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import typer

from blueprints.schema import Blueprint
from bot.cli import staff as reading
from bot.cli.chat.screen import safe
from bot.cli.confirming import confirm_count
from bot.cli.event_shown import lines_of, plain
from bot.cli.exporting import destination, language_of, terminable
from bot.cli.opening import Opened, opened
from bot.cli.options import ExportFormat, Language, ListFormat
from bot.cli.separating import separator_of
from bot.cli.tabular import show
from bot.errors import Misuse
from bot.now import now
from bot.settings import sending_channels
from outreach.audience import Counted, remarks
from outreach.audience.counting import REASONS
from outreach.events import checkin, file, life, listed
from outreach.events.model import Details
from outreach.staff import console_actor
from storage import events, notices, tasks
from storage.events import EventRow
from storage.exports.attendance import export_attendance
from storage.people import find_person
from storage.transaction import Transaction

OPEN = ("draft", "announced", "closed")
TITLES = {
    "key": "Key", "title": "Title", "organisation": "Organisation", "status": "Status",
    "starts": "Begins there", "timezone": "Where", "capacity": "Places", "going": "Going",
    "guests": "Guests", "maybe": "Maybe", "no": "Can't", "waiting": "Waiting",
}  # fmt: skip
COLUMNS = (*TITLES, "offered", "checked_in", "starts_at", "ends_at", "audience")
WHY = {
    "no_consent": "without consent to invitations",
    "paused": "paused",
    "unreachable": "unreachable",
    "over_budget": "had enough messages this week (invited when there is room again)",
}


def create_event(path: Path) -> None:
    """Make a draft."""
    with opened() as house, house.database.transaction() as tx:
        details = file.load(path, house.blueprint, _finder(tx))
        at = now()
        life.check_audience(tx, details.audience, house.blueprint, at)
        doubts = remarks(tx, details.audience)
        event = life.create(tx, details, console_actor(), at)
    if event.answers_until <= at:
        doubts = (*doubts, "its time to answer is over: give it a later one before you announce it")
    for doubt in (*doubts, *_untranslated(event, house.blueprint)):
        typer.echo(f"Remark: {doubt}", err=True)
    typer.echo(f"{event.key} is a draft. Invite its audience: domov event announce {event.key}")


def _finder(tx: Transaction) -> Callable[[str | int], int | None]:
    return lambda who: find_person(tx, who)


def _untranslated(event: EventRow, blueprint: Blueprint) -> list[str]:
    """A language without a text is shown another's; staff should know."""
    found = []
    for name, texts in (("title", event.title), ("description", event.description)):
        missing = [code for code in blueprint.languages if code not in texts]
        if missing and texts and "" not in texts:
            instead = next((code for code in ("en", *texts) if code in texts), "")
            found.append(f"no {name} in {', '.join(missing)}: readers get it in {instead}")
    return found


def announce_event(key: str, *, sure: bool) -> None:
    """Invite the audience after a look at how many that is."""
    with opened() as house:
        channels = sending_channels(house.settings)
        with house.database.reading() as tx:
            event = life.find(tx, key)
            counted = life.review(tx, event, house.blueprint, now(), channels)
        _say(event, counted, house, channels)
        invited = counted.reachable
        confirm_count(f"announce {event.key} and invite {invited:,} people", invited, sure=sure)
        with house.database.transaction() as tx:
            life.announce(tx, event.id, console_actor(), now(), house.blueprint, invited)
    typer.echo(f"{event.key} is announced; domov event show {event.key} tells how it goes.")


def _say(event: EventRow, counted: Counted, house: Opened, channels: tuple[str, ...]) -> None:
    typer.echo(f"{counted.matched:,} people are meant.", err=True)
    for why in REASONS:
        if counted.excluded.get(why):
            typer.echo(f"  {counted.excluded[why]:,} {WHY[why]}", err=True)
    for each in (counted.languages, counted.channels):
        if each:
            told = ", ".join(f"{name} {people:,}" for name, people in each.items())
            typer.echo(f"  {told}", err=True)
    if not channels:
        typer.echo("Remark: nobody is reachable: no platform has a token", err=True)
    for doubt in _untranslated(event, house.blueprint):
        typer.echo(f"Remark: {doubt}", err=True)


def change_event(
    key: str, path: Path | None, settings: list[str], notes: list[str], *, sure: bool
) -> None:
    """Change an event as a file or single settings say."""
    if (path is None) == (not settings):
        raise Misuse("name a file, or say --set NAME=VALUE")
    with opened() as house:
        with house.database.reading() as tx:
            event = life.find(tx, key)
            details = _wanted(tx, event, path, settings, house)
            note = _notes(notes, event, house.blueprint)
            effect = life.effect(tx, event, details)
        if not effect.names:
            typer.echo(f"{event.key} is like that already.")
            return
        if effect.told:
            what = f"change {event.key} and tell {effect.told:,} people"
            confirm_count(what, effect.told, sure=sure)
        with house.database.transaction() as tx:
            at, actor = now(), console_actor()
            # From what it is now: somebody else may have changed something meanwhile.
            event = life.find(tx, key)
            details = _wanted(tx, event, path, settings, house)
            done = life.change(tx, event.id, details, actor, at, house.blueprint, note)
    typer.echo(f"{event.key}: changed {', '.join(sorted(done.names))}; {_told(done.told)}")


def _wanted(
    tx: Transaction, event: EventRow, path: Path | None, settings: list[str], house: Opened
) -> Details:
    if path is not None:
        return file.load(path, house.blueprint, _finder(tx))
    return file.with_settings(event, settings, house.blueprint, _finder(tx), Path())


def _told(people: int) -> str:
    if not people:
        return "nobody needs to be told."
    return f"{people:,} {'person is' if people == 1 else 'people are'} told."


def cancel_event(key: str, notes: list[str], *, sure: bool) -> None:
    """Call an event off."""
    with opened() as house:
        with house.database.reading() as tx:
            event = life.find(tx, key)
            count = life.concerned(tx, event) if event.status != "draft" else 0
            note = _notes(notes, event, house.blueprint)
        confirm_count(f"cancel {event.key} and tell {count:,} people", count, sure=sure)
        with house.database.transaction() as tx:
            done = life.cancel(tx, event.id, console_actor(), now(), note)
    typer.echo(f"{event.key} is cancelled; {_told(done.told)}")


def _notes(notes: list[str], event: EventRow, blueprint: Blueprint) -> dict[str, str]:
    """language -> text. Raises Misuse."""
    found: dict[str, str] = {}
    for note in notes:
        language, equals, text = note.partition("=")
        if not equals or language.strip() not in blueprint.languages or not text.strip():
            known = ", ".join(blueprint.languages)
            raise Misuse(f'--note: write LANGUAGE=TEXT, like --note "en=…"; languages: {known}')
        if len(text.strip()) > life.NOTE_LIMIT:
            raise Misuse(f"--note: {language} is longer than {life.NOTE_LIMIT} characters")
        found[language.strip()] = text.strip()
    return found


def close_event(key: str) -> None:
    """Take no more answers."""
    with opened() as house, house.database.transaction() as tx:
        event = life.find(tx, key)
        life.close(tx, event.id, console_actor(), now())
    typer.echo(f"{event.key} takes no more answers.")


def list_events(organisation: str | None, format_: ListFormat, *, past: bool) -> None:
    """Print the events."""
    with opened() as house:
        house.organisation(organisation)
        with house.database.reading() as tx:
            found = [
                _line(event, events.counts(tx, event.id), house.blueprint)
                for event in events.events(tx, organisation)
                if past or event.status in OPEN
            ]
    shown = show(found, TITLES, format_, columns=COLUMNS)
    if not shown and format_ is ListFormat.TABLE:
        typer.echo("There is none yet: domov event create FILE.toml")


def _line(
    event: EventRow, counts: Mapping[str, events.Tally], blueprint: Blueprint
) -> dict[str, Any]:
    people = {state: counts[state].people if state in counts else 0 for state in events.STATES}
    return {
        **plain(event, blueprint),
        **people,
        "guests": sum(counts[state].guests for state in events.HOLDING if state in counts),
        "checked_in": sum(tally.checked_in for tally in counts.values()),
    }


def show_event(key: str, format_: ListFormat) -> None:
    """Print all about one event."""
    with opened() as house, house.database.reading() as tx:
        event = life.find(tx, key)
        line = _line(event, events.counts(tx, event.id), house.blueprint)
        sent = notices.states(tx, event.id)
        planned = [
            (task.due_at, f"{task.kind.removeprefix('event.')} {task.variant.partition('@')[0]}")
            for task in tasks.of(tx, f"event:{event.id}")
            if task.state == "open"
        ]
    if format_ is ListFormat.TABLE:
        for word, text in lines_of(event, line, sent, planned):
            typer.echo(f"{word:<9} {safe(text)}")
        return
    whole = {
        **line, "code": event.code, "link": event.link, "place": event.place,
        "description": event.description, "rsvp_until": event.rsvp_until, "sent": sent,
        "planned": [{"at": at.isoformat(), "what": what.strip()} for at, what in planned],
    }  # fmt: skip
    show([whole], TITLES, format_, columns=tuple(whole))


def export_event(
    key: str,
    format_: ExportFormat,
    output: str,
    language: Language | None,
    separator: str | None,
    *,
    answered: bool,
) -> None:
    """Write who was invited and who came."""
    parted = separator_of(separator, format_.value)
    out = destination(output, format_)
    with opened() as house, terminable():
        with house.database.reading() as tx:
            event = life.find(tx, key)
        count = export_attendance(
            house.database, event.id, format_.value, out,
            answered=answered,
            language=language_of(house.blueprint, event.organisation, language),
            blueprint=house.blueprint, separator=parted,
        )  # fmt: skip
        reading.read_about(
            "event export", count, database=house.database, organisation=event.organisation,
            about=event.key, format=format_.value,
        )  # fmt: skip
    where = "standard output" if output == "-" else output
    typer.echo(f"{count:,} people in {where}", err=True)


def check_in(key: str, people: list[str], path: Path | None) -> None:
    """Note who was there."""
    named = [*people, *_listed(path)]
    if not named:
        raise Misuse("say who was there: numbers, addresses, or --file FILE")
    with opened() as house, house.database.transaction() as tx:
        event = life.find(tx, key)
        found = {who: find_person(tx, who) for who in named}
        numbers = [number for number in found.values() if number is not None]
        noted = checkin.by_list(tx, event, numbers, console_actor(), now())
    for who, number in found.items():
        if number is None:
            typer.echo(f"There is nobody (or more than one) with {who!r}.", err=True)
    typer.echo(f"{len(noted.checked_in):,} checked in, {len(noted.again):,} were already.")
    if None in found.values():
        raise typer.Exit(1)


def _listed(path: Path | None) -> Iterable[str]:
    """Whom a file names (outreach.events.listed)."""
    if path is None:
        return []
    try:
        content = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    except OSError as error:
        raise Misuse(f"--file: {path} cannot be read: {error.strerror or error}") from None
    try:
        return listed.people(content)
    except listed.BadList as error:
        raise Misuse(f"--file: {path}: {error}") from None
