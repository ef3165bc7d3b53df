"""The command ``domov`` and how its failures read: one line each, never a traceback for
something the reader can mend.

Which commands there are stands here; the module of one is imported when it is asked for.
"""

from __future__ import annotations

import gc
import sys
from typing import Annotated

import typer

from bot import __version__
from bot.cli.lazy import LazyGroup, Listed
from bot.errors import BotError, Misuse

FAILED, MISUSED = 1, 2
GARBAGE = 10_000  # new objects between two looks for garbage; Python's 700 took 6 % of a turn


class Commands(LazyGroup):
    """What ``domov`` can be asked for."""

    listed = (
        Listed(
            "run", "bot.cli.running:run", "Run all channels that have tokens, and the chat page."
        ),
        Listed(
            "migrate",
            "bot.cli.migrating:migrate",
            "Bring the database to this release; makes the SQLite file when there is none.",
        ),
        Listed(
            "check",
            "bot.cli.check.command:check",
            "Look everything over: what is wrong, and what to do.",
        ),
        Listed("backup", "bot.cli.backup:backup", "Back the database up, also while Domov runs."),
        Listed(
            "restore",
            "bot.cli.backup:restore",
            "Put a backup in the place of the database; the old files are moved aside, not"
            " deleted.",
        ),
        Listed(
            "demo",
            "bot.cli.demo.command:demo",
            "Fill the database with believable people who do not exist.",
        ),
        Listed("chat", "bot.cli.chat.command:chat", "Talk to the bot in this terminal."),
        Listed(
            "rehearse",
            "bot.cli.rehearse:rehearse",
            "Play everything planned until DATE on a virtual clock, and send nothing.",
        ),
        Listed("people", "bot.cli.people:app", "The people in the living database."),
        Listed(
            "deliveries",
            "bot.cli.deliveries:app",
            "Messages that the bot sends by itself: broadcasts, invitations, reminders, notices.",
        ),
        Listed("export", "bot.cli.export:app", "Write the living database into a file."),
        Listed("blueprint", "bot.cli.blueprint:app", "A region as data."),
        Listed(
            "audience",
            "bot.cli.audience:app",
            "Audiences: people of the living database, chosen by a small text.",
        ),
        Listed(
            "event",
            "bot.cli.event:app",
            "Events: draft, announced, closed, over; or cancelled. See docs/events.md.",
        ),
        Listed(
            "broadcast",
            "bot.cli.broadcast:app",
            "Messages to many: written in a file, previewed, counted, sent, followed.",
        ),
        Listed(
            "match",
            "bot.cli.match:app",
            "Mentoring: requests, mentors, rounds and pairs. See docs/mentoring.md.",
        ),
        Listed(
            "inbox",
            "bot.cli.inbox:app",
            "Messages to the staff: what people wrote that the bot could not place.",
        ),
        Listed(
            "staff",
            "bot.cli.staff_commands:app",
            "The staff: who may do what for which organisation, and what was done.",
        ),
    )


app = typer.Typer(
    name="domov",
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


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
