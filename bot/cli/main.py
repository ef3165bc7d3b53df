"""The command ``domov`` and how its failures read: one line each, never a traceback for
something the reader can mend."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from blueprints.load import BlueprintError
from bot import __version__
from bot.cli import blueprint, running
from bot.errors import BotError
from messages.errors import MessagesError
from storage.errors import StorageError

EXPECTED = (BotError, BlueprintError, StorageError, MessagesError)
FAILED = 1
INTERRUPTED = 130  # 128 + SIGINT, as shells do

app = typer.Typer(
    name="domov",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Domov keeps a region in touch with its people abroad, on Telegram and Slack.",
)
app.add_typer(blueprint.app, name="blueprint")
app.command()(running.run)
app.command()(running.migrate)


def _version(wanted: bool) -> None:  # noqa: FBT001 - typer's callback
    if wanted:
        typer.echo(f"domov {__version__}")
        raise typer.Exit


@app.callback()
def domov(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    """Settings come from the environment or a file .env; see .env.example."""


def main() -> None:
    """Run the command line. Exit codes: 0 done, 1 something is wrong, 2 wrong usage."""
    try:
        app()
    except EXPECTED as problem:
        typer.echo(f"domov: {problem}", err=True)
        sys.exit(FAILED)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
