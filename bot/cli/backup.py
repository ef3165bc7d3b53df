"""``domov backup`` and ``domov restore``."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot import settings
from bot.errors import Misuse
from outreach import backups
from storage import backups as files
from storage.urls import parse_url

PG_DUMP = (
    "backups of PostgreSQL are made with pg_dump and put back with pg_restore;"
    " docs/operating.md says how"
)


def backup(
    output: Annotated[
        Path | None,
        typer.Option(
            help="The folder, made where it is missing. Unless told: BACKUP_DIRECTORY, else"
            " backups beside the database.",
            metavar="DIR",
        ),
    ] = None,
    keep: Annotated[
        int | None,
        typer.Option(help="Delete all but the N newest backups there.", min=1, metavar="N"),
    ] = None,
) -> None:
    """Back the database up, also while Domov runs.

    One file with everything but the secret key: the database, how much was sent, who was erased.
    Only this user can read it; it was opened and looked over before it got its name.

    \b
    Examples:
      domov backup
      domov backup --output /mnt/backup --keep 30
    """
    given = settings.read()
    database = _file(given)
    folder = backups.folder_for(database, output or given.backup_directory)
    made = backups.make(database, folder, given.state_directory, datetime.now(UTC))
    typer.echo(f"{made.path}: {made.path.stat().st_size:,} bytes, looked over: sound")
    for gone in files.keep(folder, database.stem, keep) if keep else ():
        typer.echo(f"{gone}: deleted")


def restore(
    file: Annotated[Path, typer.Argument(help="A backup.", metavar="FILE")],
) -> None:
    """Put a backup in the place of the database; the old files are moved aside, not deleted.

    Refused while Domov runs. Everything but replies is held afterwards, since the backup does not
    know what was sent after it was made: look with `domov deliveries list --state held`.

    \b
    Example:
      domov restore backups/domov-20261201T020000Z.sqlite3
    """
    given = settings.read()
    database = _file(given)
    done = backups.restore(database, file, given.state_directory, datetime.now(UTC))
    typer.echo(f"{database}: is now {file}")
    if done.aside is not None:
        typer.echo(f"{done.aside}: what was there before")
    if done.behind:
        typer.echo("It is of an earlier release; next: domov migrate")
    typer.echo(
        f"Held: {done.held:,} planned messages, and all that would be planned from now on."
        " Look at them (domov deliveries list --state held), give up what went out already"
        " (domov deliveries cancel), let the rest go (domov deliveries release --all)."
    )


def _file(given: settings.Settings) -> Path:
    """The SQLite file. Raises Misuse, which says what to do on PostgreSQL."""
    address = parse_url(given.database_url.get_secret_value())
    if address.path is None:
        raise Misuse(PG_DUMP)
    if not address.path.exists() and not address.path.parent.is_dir():
        raise Misuse(f"DATABASE_URL: there is no folder {address.path.parent}")
    return address.path
