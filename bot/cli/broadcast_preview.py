"""``domov broadcast preview``: a message as each platform and language will show it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import typer

from blueprints.schema import Blueprint
from bot.channels.slack import outbound as slack_parts
from bot.channels.telegram.keyboard import keyboard
from bot.cli.opening import Opened, opened
from bot.cli.staff import read_about
from bot.now import now
from bot.settings import sending_channels
from messages import telegram, terminal, web
from messages.message import Message
from messages.rich import plain
from messages.words import Words
from outreach.broadcasts import life, trying
from outreach.broadcasts.file import Written, read
from outreach.broadcasts.rendering import render
from outreach.reader import Reader
from outreach.staff import console_actor
from storage.broadcasts import BroadcastRow

TITLES = {"telegram": "Telegram", "slack": "Slack", "web": "Chat page"}
RULE = 72  # characters


@dataclass(frozen=True, slots=True)
class Look:
    """What to look at; None: everything. ``person``: as they see it; ``bare``: as somebody who
    told nothing; ``raw``: as it is handed over."""

    language: str | None = None
    platform: str | None = None
    person: int | None = None
    bare: bool = False
    raw: bool = False


def show_preview(what: str, look: Look) -> None:
    """Print a broadcast, or a file that is not kept yet, as its readers will see it."""
    with opened() as house:
        row = _found(house, what)
        words = Words(house.blueprint.languages)
        for reader in _readers(house, row, look):
            message = render(row, reader, words, house.blueprint)
            for platform in (look.platform,) if look.platform else tuple(TITLES):
                _print(platform, message, words.own_name(reader.language), raw=look.raw)


def _found(house: Opened, what: str) -> BroadcastRow:
    """A broadcast of this key, or the one that a file would become."""
    path = Path(what).expanduser()
    if path.suffix or "/" in what:
        written = read(path, house.blueprint)
        for remark in written.remarks:
            typer.echo(f"Remark: {path.name}: {remark}", err=True)
        return _as_row(written, house.blueprint)
    with house.database.reading() as tx:
        return life.find(tx, console_actor(), what)


def _as_row(written: Written, blueprint: Blueprint) -> BroadcastRow:
    medium = written.medium
    return BroadcastRow(
        id=0,
        key=written.key,
        organisation=written.organisation or blueprint.organisations[0].key,
        status="draft",
        title=written.title,
        bodies=written.bodies,
        buttons=written.buttons,
        question=written.question,
        media_id=0 if medium else None,
        media_name=medium.name if medium else None,
        media_type=medium.media_type if medium else None,
        audience="",
        due_at=None,
        local_time=None,
        expires_at=written.expires_at,
        cursor=0,
        planned=0,
        revision=0,
        created_by=None,
        created_at=now(),
        started_at=None,
        finished_at=None,
    )


def _readers(house: Opened, row: BroadcastRow, look: Look) -> Iterator[Reader]:
    blueprint = house.blueprint
    if look.person is not None:
        with house.database.reading() as tx:
            found = trying.known(tx, look.person, sending_channels(house.settings))
        read_about("broadcast preview", 1, database=house.database, broadcast=row.key)
        yield trying.as_reader(found, look.language, blueprint)
        return
    for language in (look.language,) if look.language else blueprint.languages:
        yield trying.sample(row, language, blueprint, bare=look.bare)


def _print(platform: str, message: Message, language: str, *, raw: bool) -> None:
    if raw:
        typer.echo(orjson.dumps(_RAW[platform](message), option=orjson.OPT_INDENT_2).decode())
        return
    head = f"── {TITLES[platform]} · {language} "
    typer.echo(head + "─" * max(RULE - len(head), 0))
    if message.picture:
        typer.echo(f"[{message.picture.name}, {message.picture.media_type}]\n")
    typer.echo("\n\n".join((*_TEXTS[platform](message), *_below(platform, message))))
    typer.echo(f"({_size(platform, message)})\n")


def _telegram_texts(message: Message) -> list[str]:
    return [terminal.text(part) for part in telegram.split(message.text)]


def _one_text(message: Message) -> list[str]:
    return [terminal.text(message.text)]


def _below(platform: str, message: Message) -> list[str]:
    """The buttons, in the rows in which they stand."""
    rows: list[list[str]] = []
    if platform == "telegram":
        below = keyboard(message) or {"inline_keyboard": []}
        rows = [[_named(button) for button in row] for row in below["inline_keyboard"]]
    else:
        options = message.widget.options if message.widget else ()
        rows = [
            [f"[{option.label}]" for option in options],
            [f"[{link.label}: {link.url}]" for link in message.links],
        ]
    lines = "\n".join(" ".join(row) for row in rows if row)
    return [lines] if lines else []


def _named(button: Mapping[str, str]) -> str:
    address = button.get("url")
    return f"[{button['text']}: {address}]" if address else f"[{button['text']}]"


def _size(platform: str, message: Message) -> str:
    if platform == "telegram":
        parts = len(telegram.split(message.text))
        length = telegram.length(message.text)
        return f"{_messages(parts)}, {length:,} of {telegram.TEXT_LIMIT:,} characters each"
    if platform == "slack":
        return _messages(len(slack_parts.parts(message)))
    return f"{len(plain(message.text)):,} characters"


def _messages(count: int) -> str:
    return "1 message" if count == 1 else f"{count} messages"


def _telegram_raw(message: Message) -> Any:
    return {"texts": telegram.texts(message.text), "reply_markup": keyboard(message)}


def _slack_raw(message: Message) -> Any:
    return [part.arguments() for part in slack_parts.parts(message)]


def _web_raw(message: Message) -> Any:
    return {"html": web.html(message.text)}


_TEXTS: Mapping[str, Callable[[Message], list[str]]] = {
    "telegram": _telegram_texts,
    "slack": _one_text,
    "web": _one_text,
}
_RAW: Mapping[str, Callable[[Message], Any]] = {
    "telegram": _telegram_raw,
    "slack": _slack_raw,
    "web": _web_raw,
}
