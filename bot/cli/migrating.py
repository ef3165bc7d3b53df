"""``domov migrate``."""

from __future__ import annotations

import typer

from bot import settings
from storage.migrate import migrate as migrate_database


def migrate() -> None:
    """Bring the database to this release; makes the SQLite file when there is none.

    What is there stays. Safe to run at every start; two at once wait for each other.

    \b
    Example:
      domov migrate && domov run
    """
    given = settings.read()
    steps = migrate_database(given.database_url.get_secret_value(), on_progress=typer.echo)
    typer.echo("The database is up to date." if not steps else f"Done: {len(steps)} step(s).")
