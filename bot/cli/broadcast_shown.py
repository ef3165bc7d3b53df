"""``domov broadcast show``, ``list`` and ``export``: how far, what became of it."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import click
import orjson
import typer

from blueprints.schema import Blueprint
from bot.cli.exporting import STANDARD_OUTPUT, destination, terminable
from bot.cli.opening import Opened, opened
from bot.cli.options import ListFormat
from bot.cli.separating import separator_of
from bot.cli.staff import read_about
from bot.cli.tabular import show
from bot.now import now
from outreach.broadcasts import life
from outreach.broadcasts.figures import Figures, figures
from outreach.broadcasts.rendering import label_of
from outreach.staff import console_actor
from storage import broadcast_ledger as ledger
from storage import broadcasts
from storage.broadcasts import BroadcastRow
from storage.database import Database
from storage.exports.listing import ListColumn, ListFile, write_list
from storage.transaction import Transaction

EVERY = 2.0  # seconds between two looks of --watch
ENDED = ("done", "cancelled")
STATES = ("sent", "sending", "queued", "held", "unknown", "failed", "expired", "cancelled")
MEANINGS = {
    "sent": "sent",
    "sending": "on their way",
    "queued": "waiting",
    "held": "held back",
    "unknown": "may have arrived or not",
    "failed": "failed",
    "expired": "too late",
    "cancelled": "cancelled",
}
LIST_TITLES = {
    "key": "Key",
    "organisation": "Organisation",
    "title": "Title",
    "status": "Status",
    "due_at": "Due (UTC)",
    "planned": "Planned",
    "sent": "Sent",
    "failed": "Failed",
    "unknown": "Unknown",
}
LEDGER = (
    ListColumn("person_id", "number", 9),
    ListColumn("language", width=9),
    ListColumn("channel", width=10),
    ListColumn("state", width=10),
    ListColumn("reason", width=24),
    ListColumn("message_id", width=24),
    ListColumn("attempts", "number", 9),
    ListColumn("planned_at", "moment", 17),
    ListColumn("due_at", "moment", 17),
    ListColumn("sent_at", "moment", 17),
    ListColumn("answer", width=16),
    ListColumn("corrected", width=10),
    ListColumn("withdrawn", width=10),
)


def show_broadcast(key: str, *, watch: bool, as_json: bool) -> None:
    """Print the figures; with ``watch`` again and again until there is nothing to wait for."""
    with opened() as house:
        found, took = _figures(house.database, key), 0.0
        while True:
            _say(found, house.blueprint, as_json=as_json)
            if not watch or found.row.status in (*ENDED, "draft"):
                return
            time.sleep(max(EVERY, took * 10))  # what takes long to count is counted seldom
            before = time.monotonic()
            found = _figures(house.database, key)
            took = time.monotonic() - before


def _figures(database: Database, key: str) -> Figures:
    with database.reading() as tx:
        row = life.find(tx, console_actor(), key)
        found = figures(tx, row.id, now())
    assert found is not None  # noqa: S101 - it was found right there
    return found


def _say(found: Figures, blueprint: Blueprint, *, as_json: bool) -> None:
    if as_json:
        typer.echo(orjson.dumps(_plain(found)).decode())
        return
    if sys.stdout.isatty():
        click.clear()
    row = found.row
    name = f" ({row.title})" if row.title else ""
    typer.echo(f"{row.key}{name}, {row.organisation}: {row.status}{_when(row, blueprint)}")
    lines = [("planned", found.planned)]
    lines += [(MEANINGS[state], found.states.get(state, 0)) for state in STATES]
    lines += [("erased since", found.erased)]
    for label, count in lines:
        if count or label in ("planned", "sent"):
            typer.echo(f"  {label:<26}{count:>10,}")
    for line in _more(found):
        typer.echo(f"  {line}")


def _when(row: BroadcastRow, blueprint: Blueprint) -> str:
    if row.status != "scheduled" or row.due_at is None:
        return ""
    if row.local_time:
        return f", from {row.due_at:%Y-%m-%d} on at {row.local_time} of each reader's own time"
    return f" for {row.due_at:%Y-%m-%d %H:%M} UTC"


def _more(found: Figures) -> Iterator[str]:
    """What went wrong; rate and time left; reasons; what became of changes; answers."""
    if found.problem:
        yield f"cannot go on, {found.problem}"
        yield "mend what it says, then pause and resume it"
    if found.rate:
        yield f"{found.rate:.1f} a second"
    if found.left is not None:
        yield f"about {_duration(found.left)} left"
    if found.later and found.last_due:
        until = f"{found.last_due:%Y-%m-%d %H:%M} UTC"
        yield f"{found.later:,} wait for their hour, the last until {until}"
    for (state, reason), count in found.reasons.items():
        yield f"{count:,} {MEANINGS[state]}: {reason}"
    for what, counts in (("corrections", found.corrections), ("withdrawals", found.withdrawals)):
        if counts:
            yield f"{what}: " + ", ".join(f"{n:,} {MEANINGS[s]}" for s, n in counts.items())
    for key, count in found.answers.items():
        yield f"answered {label_of(found.row, key, 'en')!r}: {count:,}"


def _duration(span: timedelta) -> str:
    minutes, seconds = divmod(round(span.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min {seconds:02} s" if minutes else f"{seconds} s"


def _plain(found: Figures) -> dict[str, Any]:
    row = found.row
    return {
        "key": row.key,
        "organisation": row.organisation,
        "title": row.title,
        "status": row.status,
        "audience": row.audience,
        "due_at": row.due_at,
        "local_time": row.local_time,
        "expires_at": row.expires_at,
        "started_at": row.started_at,
        "finished_at": row.finished_at,
        "revision": row.revision,
        "planned": found.planned,
        "states": {state: found.states.get(state, 0) for state in STATES},
        "erased": found.erased,
        "waiting": found.waiting,
        "later": found.later,
        "rate": round(found.rate, 2),
        "seconds_left": found.left.total_seconds() if found.left is not None else None,
        "corrections": dict(found.corrections),
        "withdrawals": dict(found.withdrawals),
        "reasons": [
            {"state": state, "reason": reason, "count": count}
            for (state, reason), count in found.reasons.items()
        ],
        "answers": dict(found.answers),
        "problem": found.problem,
    }


def list_broadcasts(organisation: str | None, limit: int, format_: ListFormat) -> None:
    """Print broadcasts, the newest first."""
    with opened() as house:
        key = house.organisation(organisation)
        with house.database.reading() as tx:
            rows = [_line(tx, row) for row in broadcasts.newest(tx, limit, key)]
    show(rows, LIST_TITLES, format_)


def _line(tx: Transaction, row: BroadcastRow) -> dict[str, Any]:
    states = ledger.counts(tx, row.id).get(ledger.BROADCAST, {})
    return {
        "key": row.key,
        "organisation": row.organisation,
        "title": row.title,
        "status": row.status,
        "due_at": row.due_at,
        "planned": row.planned,
        **{state: states.get(state, 0) for state in ("sent", "failed", "unknown")},
    }


def export_ledger(key: str, format_: str, output: str, separator: str | None) -> None:
    """Write a row a recipient."""
    parted = separator_of(separator, format_)
    out = destination(output, format_)
    with opened() as house, terminable():
        count = _export(house, key, cast(ListFile, format_), out, parted)
    where = "standard output" if output == STANDARD_OUTPUT else output
    typer.echo(f"{count:,} recipients in {where}", err=True)


def _export(house: Opened, key: str, format_: ListFile, out: Any, separator: str) -> int:
    with house.database.reading() as tx:
        row = life.find(tx, console_actor(), key)
        with contextlib.closing(ledger.ledger(tx, row.id, row.key)) as rows:
            count = write_list(out, format_, row.key[:31], LEDGER, map(_recipient, rows), separator)
    read_about(
        "broadcast export", count, database=house.database,
        organisation=row.organisation, broadcast=row.key, format=format_,
    )  # fmt: skip
    return count


def _recipient(row: ledger.LedgerRow) -> Mapping[str, Any]:
    return {
        "person_id": row.person,
        "language": row.language,
        "channel": row.channel,
        "state": row.state,
        "reason": row.reason,
        "message_id": row.message,
        "attempts": row.attempts,
        "planned_at": _utc(row.planned_at),
        "due_at": _utc(row.due_at),
        "sent_at": _utc(row.sent_at),
        "answer": orjson.loads(row.answer) if row.answer else None,
        "corrected": row.corrected,
        "withdrawn": row.withdrawn,
    }


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.astimezone(UTC)
