"""What is thrown away in time (event ids, old messages, people who never consented, used codes),
and the pauses that end.

Rows carry their own dates, so a missed night changes nothing; APScheduler only says when to look.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from blueprints.schema import Timings
from storage import living, retention
from storage.database import Database
from storage.errors import StorageError

EVERY_MINUTES = 10
TIDY_HOUR = 2  # UTC: the log is emptied when nearly everybody sleeps
FIRST_AFTER = 30.0  # seconds: not while everything else starts

log = structlog.get_logger(__name__)


def _nothing_more() -> None:
    """Stands for what follows, where nothing does."""


class Housekeeping:
    """Purges in small units, so that no turn waits behind one. ``purged`` is called after each
    look: what was thrown away leaves the database's log within minutes."""

    def __init__(
        self,
        database: Database,
        timings: Timings,
        clock: Callable[[], datetime],
        purged: Callable[[], None] = _nothing_more,
    ) -> None:
        self._purged = purged
        self._database = database
        self._timings = timings
        self._clock = clock
        self._scheduler: AsyncIOScheduler | None = None
        self._first: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._scheduler.add_job(
            self.look,
            IntervalTrigger(minutes=EVERY_MINUTES),
            coalesce=True,
            misfire_grace_time=None,
        )
        night = CronTrigger(hour=TIDY_HOUR, timezone="UTC")  # else the machine's zone
        self._scheduler.add_job(self.tidy, night, misfire_grace_time=3600)
        self._scheduler.start()
        self._first = asyncio.create_task(self._soon())

    async def stop(self) -> None:
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)
        if self._first is not None:
            self._first.cancel()
            await asyncio.gather(self._first, return_exceptions=True)

    async def _soon(self) -> None:
        await asyncio.sleep(FIRST_AFTER)
        await self.look()

    async def tidy(self) -> None:
        """Leave nothing erased behind in the database's log."""
        try:
            await asyncio.to_thread(self._database.tidy)
        except StorageError as problem:
            log.warning("the database could not be tidied", reason=str(problem))

    async def look(self) -> None:
        """Throw away what is past its time, a slice at a time until nothing is left."""
        days = self._timings
        purges = (
            (retention.purge_received, days.event_ids_days),
            (retention.purge_tasks, days.delivery_days),
            (retention.purge_stubs, days.abandoned_days),
            (retention.purge_inbox, days.inbox_days),
        )
        try:
            for purge, limit in purges:
                while await self._database.write(purge, self._clock(), limit):
                    await asyncio.sleep(0.05)
            await self._purge_deliveries()
            await self._database.write(retention.purge_codes, self._clock())
            await self._database.write(retention.purge_joinings, self._clock(), days.joined_days)
            await self._database.write(living.end_pauses, self._clock().date())
        except StorageError as problem:
            log.warning("housekeeping has to wait", reason=str(problem))
        self._purged()

    async def _purge_deliveries(self) -> None:
        """Through all that are old enough: some of them stay, for as long as their event."""
        after: int | None = 0
        while after is not None:
            after = await self._database.write(
                retention.purge_deliveries, self._clock(), self._timings.delivery_days, after
            )
            await asyncio.sleep(0.05)
