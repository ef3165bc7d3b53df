"""Plays a rehearsal and shows what comes of it."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

import typer

from bot.cli import staff
from bot.cli.chat.screen import safe
from bot.cli.exporting import destination, terminable
from bot.cli.opening import Opened, opened
from bot.cli.options import RehearsalFormat
from bot.cli.progress import progress
from bot.cli.rehearsed import Summary
from bot.errors import Misuse
from bot.now import now
from bot.settings import sending_channels
from messages.words import Words
from outreach.clock import Context
from outreach.composing import Composer
from outreach.handlers import HANDLERS
from outreach.rehearsal import Entry, Rehearsal, VirtualClock
from storage import rehearsing, scratch
from storage.exports.listing import ListColumn, write_list
from storage.exports.output import opened as written

LONGEST = timedelta(days=366)
COLUMNS = (
    ListColumn("at", "moment", 17),
    ListColumn("local", width=17),
    ListColumn("timezone", width=20),
    ListColumn("person", "number", 9),
    ListColumn("name", width=26),
    ListColumn("channel", width=10),
    ListColumn("language", width=9),
    ListColumn("kind", width=18),
    ListColumn("about", width=30),
    ListColumn("organisation"),
    ListColumn("outcome", width=11),
    ListColumn("reason", width=24),
    ListColumn("missing", width=9),
)
# Of the table that people read: column -> (title, width). Rows stream, so widths are given.
TABLE = {
    "at": ("When (UTC)", 16),
    "local": ("At theirs", 16),
    "person": ("Person", 8),
    "name": ("Name", 20),
    "channel": ("Channel", 8),
    "language": ("In", 3),
    "kind": ("Kind", 17),
    "about": ("About", 26),
    "said": ("What happens", 30),
}


def rehearse_to(
    until: str, organisation: str | None, format_: RehearsalFormat, output: str
) -> None:
    """Rehearse, write every message where it is wanted, and sum up on standard error."""
    out = destination(output, format_.value)
    with opened() as house, terminable():
        key = house.organisation(organisation)
        begun = now()
        end = _moment(until, ZoneInfo(house.blueprint.zone(key)), begun)
        summary = Summary()
        with (
            progress("Rehearsing") as told,
            scratch.copied(house.database, begun) as tx,
        ):
            played = _rehearsal(house, tx, begun)
            entries = summary.of(_only(played.play(end), key), told)
            _write(out, format_, map(_row, entries))
            people = rehearsing.people(tx, key)
        staff.read_about("rehearse", people, database=house.database, organisation=key, until=until)
        for line in summary.lines(end, people, [*played.failures]):
            typer.echo(line, err=True)


def _rehearsal(house: Opened, tx: Any, begun: datetime) -> Rehearsal:
    blueprint, settings = house.blueprint, house.settings
    channels = sending_channels(settings)
    if not channels:
        typer.echo("Remark: no channel is set up, so nobody can be reached", err=True)
    clock = VirtualClock(begun)
    composer = Composer(Words(blueprint.languages), blueprint, clock)
    rates = {"telegram": settings.telegram_rate, "slack": settings.slack_rate}
    return Rehearsal(tx, HANDLERS, Context(begun, blueprint, channels), composer, clock, rates)


def _moment(text: str, zone: ZoneInfo, begun: datetime) -> datetime:
    """The end of a day, or a moment, of ``zone``. Raises Misuse."""
    try:
        if len(text) == len("2026-12-24"):
            found = datetime.combine(date.fromisoformat(text), time.max, zone)
        else:
            found = datetime.fromisoformat(text)
            found = found if found.tzinfo else found.replace(tzinfo=zone)
    except ValueError:
        raise Misuse(
            f"--until: {text!r} isn't a day or moment; write 2026-12-24 or 2026-12-24T18:00"
        ) from None
    if found < begun:
        raise Misuse(f"--until: {text} is over; a rehearsal looks ahead")
    if found > begun + LONGEST:
        raise Misuse(f"--until: {text} is more than a year ahead")
    return found


def _only(entries: Iterable[Entry], organisation: str | None) -> Iterator[Entry]:
    return (each for each in entries if organisation in (None, each.organisation))


def _row(entry: Entry) -> dict[str, Any]:
    local = entry.at.astimezone(ZoneInfo(entry.timezone))
    return {
        "at": entry.at,
        "local": f"{local:%Y-%m-%d %H:%M}",
        "timezone": entry.timezone,
        "person": entry.person,
        "name": entry.name,
        "channel": entry.channel,
        "language": entry.language,
        "kind": entry.kind,
        "about": entry.about,
        "organisation": entry.organisation,
        "outcome": entry.outcome,
        "reason": entry.reason,
        "missing": entry.missing,
    }


def _write(out: Path | BinaryIO, format_: RehearsalFormat, rows: Iterable[dict[str, Any]]) -> None:
    match format_:
        case RehearsalFormat.TABLE:
            _table(out, rows)
        case RehearsalFormat.CSV:
            write_list(out, "csv", "Rehearsal", COLUMNS, rows)
        case RehearsalFormat.JSON:
            write_list(out, "json", "Rehearsal", COLUMNS, rows)
        case RehearsalFormat.XLSX:
            write_list(out, "xlsx", "Rehearsal", COLUMNS, rows)


def _table(out: Path | BinaryIO, rows: Iterable[dict[str, Any]]) -> None:
    with written(out) as file:
        text = io.TextIOWrapper(file, "utf-8", write_through=True)
        try:
            titles = {key: title for key, (title, _) in TABLE.items()}
            text.write(_line(titles))
            for row in rows:
                at = f"{row['at']:%Y-%m-%d %H:%M}"
                text.write(_line({**row, "at": at, "said": _said(row)}))
        finally:
            text.detach()


def _said(row: dict[str, Any]) -> str:
    """What becomes of a message, in a few words."""
    parts = [row["outcome"]]
    if row["reason"]:
        after = "after waiting: " if row["outcome"] == "sent" else ""
        parts.append(f"{after}{row['reason']}")
    if row["missing"]:
        parts.append(f"no text in {row['missing']}")
    return "; ".join(parts)


def _line(cells: dict[str, Any]) -> str:
    shown = ((key, width, _cell(cells.get(key))) for key, (_, width) in TABLE.items())
    return (
        "  ".join(
            text if key == "said" else _fitted(text, width) for key, width, text in shown
        ).rstrip()
        + "\n"
    )


def _cell(value: Any) -> str:
    return "" if value is None else safe(str(value))


def _fitted(text: str, width: int) -> str:
    return text.ljust(width) if len(text) <= width else text[: width - 1] + "…"
