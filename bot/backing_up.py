"""The daily backup: made beside the turns, thinned out to seven days and four weeks."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog

from outreach import backups
from storage import backups as files
from storage.errors import StorageError

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class DailyBackup:
    """Of the SQLite file ``database`` into ``folder``; ``state``: the state directory."""

    database: Path
    folder: Path
    state: Path | None

    async def look(self, now: datetime) -> None:
        """Make a backup where the last is a day old. One that fails is logged, and tried again at
        the next look; old ones are deleted only after a new one was made."""
        if not files.due(self.folder, self.database.stem, now):
            return
        try:
            made = await asyncio.to_thread(self._make, now)
        except StorageError as problem:
            log.error("the daily backup could not be made", reason=str(problem))
        else:
            log.info("a backup was made", file=str(made))

    def _make(self, now: datetime) -> Path:
        made = backups.make(self.database, self.folder, self.state, now)
        files.thin_out(self.folder, self.database.stem)
        return made.path
