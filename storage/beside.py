"""The small files that stand beside the database: what was sent, what was begun, who was erased."""

from __future__ import annotations

from pathlib import Path


def beside(database: Path | None, folder: Path | None, name: str) -> Path | None:
    """Where the file of this name is kept: beside an SQLite file, else in ``folder``
    (STATE_DIRECTORY); None: nowhere."""
    if database is not None:
        return database.with_name(f"{database.name}-{name}")
    return None if folder is None else folder / f"domov-{name}"
