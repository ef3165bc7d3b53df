"""What ``domov inbox`` does."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import typer

from bot.cli.chat.screen import safe
from bot.cli.match_shown import most_of, say_more
from bot.cli.opening import Opened, opened
from bot.cli.options import ListFormat, ShowFormat
from bot.cli.staff import read_about
from bot.cli.staffing import find as find_staff
from bot.cli.tabular import show
from bot.errors import Misuse
from bot.now import now
from bot.settings import sending_channels
from messages.words import Words
from outreach import inbox
from outreach.staff import actor_of, console_actor
from storage import broadcasts, events
from storage import inbox as store
from storage.inbox import Message, Reply
from storage.transaction import Transaction

PAGE = 1_000  # rows read at once
TITLES = {
    "id": "No.", "name": "Who", "organisation": "Organisation", "at": "Written (UTC)",
    "waits": "Waits", "standing": "Now", "short": "What",
}  # fmt: skip
COLUMNS = (
    "id", "state", "answered", "at", "waits_hours", "organisation", "person_id", "name", "persona",
    "city", "country", "language", "channel", "kind", "text", "asked", "asked_about", "asked_at",
)  # fmt: skip


def list_messages(
    organisation: str | None, limit: int | None, format_: ListFormat, *, everything: bool
) -> None:
    """Print messages, at most ``limit``."""
    most = most_of(limit, format_)
    with opened() as house:
        house.organisation(organisation)
        found = _found(house, organisation, most, everything=everything)
        shown = show((_listed(*each) for each in found), TITLES, format_, columns=COLUMNS)
        read_about("inbox list", shown, database=house.database, organisation=organisation)
    say_more(shown, most, format_, "No message waits.")


def _found(
    house: Opened, organisation: str | None, limit: int | None, *, everything: bool
) -> Iterator[tuple[dict[str, Any], Message]]:
    """Page by page: constant memory however many there are."""
    wanted = (organisation,) if organisation is not None else None
    actor, at, offset = console_actor(), now(), 0
    while limit is None or offset < limit:
        size = PAGE if limit is None else min(PAGE, limit - offset)
        with house.database.reading() as tx:
            page = inbox.listed(
                tx, actor, wanted, house.blueprint, at, size, offset, everything=everything
            )
            rows = [(row_of(tx, each.message, at), each.message) for each in page]
        yield from rows
        if len(page) < size:
            return
        offset += size


def _listed(row: dict[str, Any], message: Message) -> dict[str, Any]:
    standing = "done" if message.state == "done" else "answered" if message.answered else "waits"
    return row | {
        "standing": standing, "short": inbox.shortened(message.text) or f"({message.kind})",
    }  # fmt: skip


def row_of(tx: Transaction, message: Message, at: datetime) -> dict[str, Any]:
    """A message ready for a table."""
    about = message.about
    waited = max(at - message.at, timedelta())
    over = message.state == "done" or message.answered
    return {
        **asdict(message), "person_id": message.person,
        "waits": None if over else _told(waited),
        "waits_hours": None if over else int(waited.total_seconds() // 3600),
        "asked": about.get("survey") or about.get("flow") or about.get("kind"),
        "asked_about": _about(tx, message), "asked_at": about.get("at"),
    }  # fmt: skip


def _told(waited: timedelta) -> str:
    hours = int(waited.total_seconds() // 3600)
    return f"{waited.days} d" if waited.days else f"{hours} h" if hours else "< 1 h"


def _about(tx: Transaction, message: Message) -> str | None:
    """ "event:KEY", "broadcast:KEY", "match:12" …: what the bot had last written about."""
    about = message.about
    for name, rows in (("event", events.by_ids), ("broadcast", broadcasts.by_ids)):
        number = about.get(name)
        found = rows(tx, (number,)).get(number) if number else None
        if found is not None:
            return f"{name}:{found.key}"
    named = (f"{n}:{about[n]}" for n in ("match", "request") if about.get(n))
    return next(named, about.get("question"))


def show_message(number: int, format_: ShowFormat) -> None:
    """Print one message with its replies."""
    with opened() as house:
        with house.database.reading() as tx:
            message = inbox.find(tx, console_actor(), number, house.blueprint)
            row = row_of(tx, message, now())
            replies = [_reply(each) for each in store.replies(tx, number)]
        read_about("inbox show", 1, database=house.database, organisation=message.organisation)
    if format_ is ShowFormat.JSON:
        columns = (*COLUMNS, "replies")
        show([row | {"replies": replies}], TITLES, ListFormat.JSON, columns=columns)
        return
    named = {"id": "No.", "at": "Written", "waits": "Waits", "name": "Who", "persona": "Persona",
             "city": "City", "country": "Country", "organisation": "Organisation",
             "channel": "On", "kind": "Kind", "state": "State", "asked": "The bot had asked",
             "asked_about": "About", "asked_at": "At"}  # fmt: skip
    for key, title in named.items():
        value = row[key]
        if value not in (None, ""):
            shown = value.strftime("%Y-%m-%d %H:%M UTC") if isinstance(value, datetime) else value
            typer.echo(f"{title:<18} {safe(str(shown))}")
    typer.echo(f"\n{_lines(message.text)}")
    for each in replies:
        by = each["name"] or each["organisation"]
        typer.echo(f"\n{safe(by)}, {each['at']:%Y-%m-%d %H:%M} UTC ({each['standing']}):")
        typer.echo(_lines(each["text"]))


def _lines(text: str) -> str:
    return "\n".join(safe(line) for line in text.splitlines())


def _reply(reply: Reply) -> dict[str, Any]:
    """A reply ready to be shown. ``standing``: see outreach.inbox.standing."""
    return {
        "id": reply.id, "name": reply.name, "organisation": reply.organisation,
        "text": reply.text, "at": reply.at, "standing": reply.standing,
        "state": reply.state, "reason": reply.reason, "sent_at": reply.sent_at,
    }  # fmt: skip


def answer(number: int, text: str, who: str | None, *, done: bool, sure: bool) -> None:
    """Send a reply."""
    said = sys.stdin.read() if text == "-" else text
    with opened() as house:
        if not sure and text != "-":
            _confirm(house, number, said)
        words = Words(house.blueprint.languages)
        channels = sending_channels(house.settings)
        with house.database.transaction() as tx:
            by = actor_of(find_staff(tx, who)) if who is not None else None
            sent = inbox.reply(
                tx, console_actor(), number, said, now(), words, house.blueprint, channels, by
            )
            if done:
                inbox.done(tx, console_actor(), number, now(), house.blueprint)
    typer.echo(f"On its way to message {number}: {sent.standing}.")
    typer.echo(f"Whether it arrived: domov inbox show {number}", err=True)


def _confirm(house: Opened, number: int, text: str) -> None:
    """Who gets what, before it goes. Raises Misuse."""
    with house.database.reading() as tx:
        message = inbox.find(tx, console_actor(), number, house.blueprint)
    typer.echo(f"To {safe(message.name or '—')}: {safe(inbox.shortened(message.text))}", err=True)
    typer.echo(_lines(text), err=True)
    if not sys.stdin.isatty():
        return  # nobody there to ask: the text came with the command
    if not typer.confirm("Send it?", err=True):
        raise Misuse("nothing was sent")


def put_away(number: int) -> None:
    """It was dealt with. Raises Misuse where it was before."""
    with opened() as house, house.database.transaction() as tx:
        if not inbox.done(tx, console_actor(), number, now(), house.blueprint):
            raise Misuse(f"message {number} is off the list already")
    typer.echo(f"Message {number} is off the list.")
