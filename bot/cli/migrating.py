"""``domov migrate``."""

from __future__ import annotations

import contextlib
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import typer

from bot import settings
from outreach import backups
from storage.migrate import migrate as migrate_database
from storage.migrate import pending
from storage.schema import current_revision
from storage.urls import parse_url


def migrate() -> None:
    """Bring the database to this release; makes the SQLite file when there is none.

    What is there stays. Safe to run at every start; two at once wait for each other. An SQLite
    database is backed up first, when there is anything to do.

    \b
    Example:
      domov migrate && domov run
    """
    given = settings.read()
    url = given.database_url.get_secret_value()
    _back_up(given, url)
    steps = migrate_database(url, on_progress=typer.echo)
    typer.echo("The database is up to date." if not steps else f"Done: {len(steps)} step(s).")


def _back_up(given: settings.Settings, url: str) -> None:
    """What the tables were before they change: the way back to the release before."""
    path = parse_url(url).path
    if path is None or not path.exists() or not pending(url) or not _has_tables(path):
        return
    folder = backups.folder_for(path, given.backup_directory)
    made = backups.make(path, folder, given.state_directory, datetime.now(UTC))
    typer.echo(f"Backed up first: {made.path}")


def _has_tables(path: Path) -> bool:
    with contextlib.closing(sqlite3.connect(path)) as raw:
        return current_revision(raw, "sqlite") is not None
