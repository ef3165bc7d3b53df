"""The command ``domov`` and how its failures read: one line each, never a traceback for
something the reader can mend.

The modules of the commands only declare them; what a command works with is imported when it
runs, so that ``domov --help`` answers at once.
"""

from __future__ import annotations

import gc
import sys
from typing import Annotated

import typer

from bot import __version__
from bot.cli import (
    audience,
    blueprint,
    broadcast,
    deliveries,
    event,
    export,
    match,
    people,
    running,
    staff_commands,
)
from bot.cli.chat.command import chat
from bot.cli.check.command import check
from bot.cli.demo.command import demo
from bot.cli.rehearse import rehearse
from bot.errors import BotError, Misuse

FAILED, MISUSED = 1, 2
GARBAGE = 10_000  # new objects between two looks for garbage; Python's 700 took 6 % of a turn

app = typer.Typer(
    name="domov",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(running.run)
app.command()(running.migrate)
app.command()(check)
app.command()(demo)
app.command()(chat)
app.command()(rehearse)
app.add_typer(people.app, name="people")
app.add_typer(deliveries.app, name="deliveries")
app.add_typer(export.app, name="export")
app.add_typer(blueprint.app, name="blueprint")
app.add_typer(audience.app, name="audience")
app.add_typer(event.app, name="event")
app.add_typer(broadcast.app, name="broadcast")
app.add_typer(match.app, name="match")
app.add_typer(staff_commands.app, name="staff")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"domov {__version__}")
        raise typer.Exit


@app.callback()
def domov(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    """Domov keeps a region in touch with its people abroad, on Telegram and Slack.

    Settings come from the environment or a file .env; .env.example lists them all.
    Exit codes: 0 done, 1 something is wrong, 2 wrong usage, 130 interrupted.

    \b
    To begin:
      domov migrate     make the database
      domov demo        fill it with people who do not exist
      domov run         start; the chat page is at http://127.0.0.1:8000/
    """


def main() -> None:
    """Run the command line. Exit codes: 0 done, 1 something is wrong, 2 wrong usage, 130
    interrupted."""
    gc.set_threshold(GARBAGE, 20, 20)
    try:
        app()
    except Exception as problem:
        if not isinstance(problem, expected()):
            raise
        typer.echo(f"domov: {problem}", err=True)
        sys.exit(MISUSED if isinstance(problem, Misuse) else FAILED)


def expected() -> tuple[type[Exception], ...]:
    """The errors whose message is made for the reader."""
    from blueprints.load import BlueprintError  # noqa: PLC0415 - only when something failed
    from messages.errors import MessagesError  # noqa: PLC0415
    from outreach.errors import OutreachError  # noqa: PLC0415
    from storage.errors import StorageError  # noqa: PLC0415

    return BotError, BlueprintError, StorageError, MessagesError, OutreachError
