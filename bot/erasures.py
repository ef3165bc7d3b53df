"""After an erasure: its mark goes into the file beside the database, and the erased words out of
SQLite's log, within minutes whatever else goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog

from outreach.erased import Erasures
from storage.errors import StorageError

AGAIN = 60.0  # seconds between two tries

log = structlog.get_logger(__name__)


class AfterErasures:
    """Does what an erasure leaves to be done, as often as it takes."""

    def __init__(
        self, erasures: Erasures, since: Callable[[], datetime | None] = lambda: None
    ) -> None:
        """``since``: from when on marks are kept at present."""
        self._erasures = erasures
        self._since = since
        self._task: asyncio.Task[None] | None = None
        self._more = False

    def happened(self) -> None:
        """Somebody was erased; to be called on the event loop, after the commit."""
        self._more = True
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._see_to_it())

    async def stop(self) -> None:
        """What is not done is done by the next start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def done(self) -> None:
        """Until all that happened so far is seen to."""
        if self._task is not None:
            await self._task

    async def _see_to_it(self) -> None:
        while self._more:
            self._more = False
            while not await self._tried():
                await asyncio.sleep(AGAIN)

    async def _tried(self) -> bool:
        try:
            await asyncio.to_thread(self._erasures.keep, self._since())
            return await asyncio.to_thread(self._erasures.database.tidy)
        except (StorageError, OSError) as problem:
            log.warning("an erasure is not finished yet, trying again", reason=str(problem))
            return False
