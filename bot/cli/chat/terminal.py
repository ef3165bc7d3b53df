"""The conversation of ``domov chat``: lines in, messages out."""

from __future__ import annotations

import contextlib
import secrets
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import structlog
import typer

from blueprints.load import load
from bot import logs, settings
from bot.cli.chat import recording
from bot.cli.chat.recording import Recording, steady_clock
from bot.cli.chat.screen import show, wrapped
from bot.cli.chat.session import Session
from bot.errors import Misuse
from bot.house import build_house
from bot.now import now
from bot.settings import Settings
from bot.turn.context import House
from messages.words import Words
from storage.database import Database
from storage.errors import StorageError
from storage.migrate import migrate
from storage.temporary import private_folder

OWNER = "terminal"
PROMPT = "> "

log = structlog.get_logger(__name__)


def converse(locale: str | None, *, record: Path | None, keep: bool, user: str) -> None:
    """Talk until the input ends; then write the recording, if one is wanted."""
    given = settings.read()
    logs.set_up(given.log_level, given.log_format, given.secrets)
    _open_minded()
    with _opened(given, keep=keep) as (database, house):
        clock = steady_clock() if record else now
        session = Session(database, house, user, locale, clock)
        recorded = Recording(house, locale, user)
        _greet(given, keep=keep, record=record)
        with contextlib.suppress(KeyboardInterrupt):
            for line in _lines():
                _turn(session, recorded, line)
        if record is not None:
            _write(recorded, record)
    typer.echo("Goodbye.", err=True)


def _open_minded() -> None:
    """Whatever bytes a pipe brings, and whatever a terminal can't show, must not end the talk."""
    for stream in (sys.stdin, sys.stdout):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")


@contextlib.contextmanager
def _opened(given: Settings, *, keep: bool) -> Iterator[tuple[Database, House]]:
    """The database to talk to: the real one, or one that is thrown away afterwards."""
    if keep:
        house = build_house(given, OWNER)
        with contextlib.closing(Database.open(given.database_url.get_secret_value())) as database:
            yield database, house
        return
    blueprint = load(given.blueprint)
    house = House(blueprint, Words(blueprint.languages), secrets.token_hex(), OWNER)
    with private_folder() as folder:
        url = f"sqlite:///{folder}/chat.sqlite3"
        migrate(url)
        with contextlib.closing(Database.open(url)) as database:
            yield database, house


def _greet(given: Settings, *, keep: bool, record: Path | None) -> None:
    if keep:
        typer.echo("What you say is kept in the database of DATABASE_URL.", err=True)
    else:
        typer.echo("Nothing of this is kept (--keep talks to the real database).", err=True)
    if record is not None:
        day = recording.STARTS_AT.date()
        typer.echo(f"Recorded in {record} at the end; its clock begins on {day}.", err=True)
    for remark in settings.unknown_names():
        typer.echo(f"Remark: .env: {remark}", err=True)


def _lines() -> Iterator[str]:
    """What is typed, without empty lines. At a terminal the bot is started at once; a pipe says
    everything itself, and what it said is shown."""
    if not sys.stdin.isatty():
        for line in sys.stdin:
            if line.strip():
                typer.echo(f"{PROMPT}{line.strip()}")
                yield line.strip()
        return
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401, PLC0415 - line editing; not on every platform
    yield "/start"
    while True:
        try:
            line = input(PROMPT)
        except EOFError:
            typer.echo()
            return
        if line.strip():
            yield line.strip()


def _turn(session: Session, recorded: Recording, line: str) -> None:
    """Play a line and show what comes of it. The talk goes on whatever happens: this is also
    where a broken flow is looked at."""
    try:
        step = session.take(line)
    except StorageError:
        raise
    except Exception:
        log.exception("an event failed", channel="terminal")
        typer.echo("\nThe bot failed at this; nothing of it was stored.\n")
        return
    recorded.add(step, session.stored)
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    for message in step.shown:
        text = show(message)
        typer.echo(f"\n{wrapped(text, width) if width else text}\n")


def _write(recorded: Recording, path: Path) -> None:
    try:
        recording.write(recorded.case(), path)
    except OSError as problem:
        raise Misuse(f"{path} cannot be written: {problem.strerror}") from problem
    typer.echo(f"{len(recorded.steps)} steps in {path}.", err=True)
