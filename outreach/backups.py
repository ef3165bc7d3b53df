"""Backups with what belongs to them: the counter of what was sent and the marks of who was erased.

A backup knows nothing of what was sent or erased after it was made. What stands beside the database
when it is put back says more, or nothing (another machine): so whatever is put back holds
all messages but replies until staff release them, and keeps every mark that either of the two has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from outreach import erased, restored
from outreach.erased import ErasedFile
from outreach.restored import SentFile
from storage import backups, restoring
from storage.backups import Backup
from storage.errors import CannotWrite, NotMigrated
from storage.schema import HEAD

SENT, ERASED = "sent", "erased"
FOLDER = "backups"
"""Where backups go when nobody says where: beside the database."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What came of it. ``aside``: where the old files are; ``held``: planned messages that wait for
    staff; ``behind``: the backup is of an older release, to be migrated before the start."""

    aside: Path | None
    held: int
    behind: bool


def folder_for(database: Path, given: Path | None) -> Path:
    """The folder of backups: as set (BACKUP_DIRECTORY), else beside the database."""
    return given or database.parent / FOLDER


def make(database: Path, folder: Path, state: Path | None, now: datetime) -> Backup:
    """A new backup. Raises CannotWrite, NotABackup (what was copied is damaged)."""
    return backups.make(database, folder, _beside(database, state), now)


def restore(database: Path, backup: Path, state: Path | None, now: datetime) -> Restored:
    """Put a backup in the place of the database. Raises NotABackup, NotMigrated (of a newer
    release), AlreadyRunning, CannotWrite: then nothing was changed."""
    looked = backups.look(backup)
    if looked.revision > HEAD:
        raise NotMigrated(
            f"{backup} is of a newer release (revision {looked.revision}, this one knows {HEAD});"
            " install that release"
        )

    def beside() -> None:
        try:
            _merge(database, state, looked.beside)
        except OSError as error:
            raise CannotWrite(f"{error.filename}: {error.strerror}") from error

    aside, held = restoring.restore(database, backup, now, beside)
    return Restored(aside, held, looked.revision != HEAD)


def _beside(database: Path, state: Path | None) -> dict[str, Path]:
    paths = {
        SENT: restored.path_for(database, state),
        ERASED: erased.path_for(database, state),
    }
    return {name: path for name, path in paths.items() if path is not None}


def _merge(database: Path, state: Path | None, kept: Mapping[str, bytes]) -> None:
    """What the backup's small files say beyond those that stand here."""
    paths = _beside(database, state)
    here = SentFile(paths[SENT])
    numbers = dict(here.read())
    for name, number in restored.numbers_in(kept.get(SENT, b"")).items():
        if number > numbers.get(name, -1):
            channel, _, account = name.partition(":")
            here.note(channel, account, number)
    marks = ErasedFile(paths[ERASED])
    marks.add(erased.marks_in(kept.get(ERASED, b"").decode("ascii", "replace")) - marks.read())
