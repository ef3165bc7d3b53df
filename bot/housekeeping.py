"""What is thrown away in time (event ids, old messages, people who never consented or never
finished, used codes, logs, marks of erasures), and the pauses that end.

Rows carry their own dates, so a missed night changes nothing; APScheduler only says when to look.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bot.turn.context import House
from outreach import unfinished
from storage import living, retention
from storage.database import Database
from storage.errors import StorageError
from storage.transaction import Transaction

EVERY_MINUTES = 10
TIDY_HOUR = 2  # UTC: the log is emptied when nearly everybody sleeps
PAUSE = 0.05  # seconds between two slices
FIRST_AFTER = 30.0  # seconds: not while everything else starts

Purge: TypeAlias = Callable[[Transaction, datetime, int], int]
PURGES: dict[str, Purge] = {
    "event_ids_days": retention.purge_received,
    "abandoned_days": retention.purge_stubs,
    "inbox_days": retention.purge_inbox,
    "unanswered_days": retention.purge_unanswered,
    "joined_days": retention.purge_joinings,
    "quarantine_days": retention.purge_quarantine,
    "staff_log_days": retention.purge_staff_log,
    "proof_days": retention.purge_proofs,
    "erasure_days": retention.purge_marks,
}
"""The days in ``[timings]`` and what ends with them. The tasks and messages of ``delivery_days``,
and the people of ``unfinished_days``, have ways of their own."""

log = structlog.get_logger(__name__)


def _nothing_more() -> None:
    """Stands for what follows, where nothing does."""


class Housekeeping:
    """Purges in small units, so that no turn waits behind one. ``purged`` is called after each
    look: what was thrown away leaves the database's log within minutes."""

    def __init__(
        self,
        database: Database,
        house: House,
        clock: Callable[[], datetime],
        purged: Callable[[], None] = _nothing_more,
    ) -> None:
        self._purged = purged
        self._database = database
        self._house = house
        self._timings = house.blueprint.timings
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
        try:
            for name, purge in PURGES.items():
                while await self._write(purge, getattr(self._timings, name)):
                    await asyncio.sleep(PAUSE)
            while await self._write(retention.purge_tasks, self._timings.delivery_days):
                await asyncio.sleep(PAUSE)
            await self._write(retention.purge_staff, self._timings.staff_log_days)
            await self._look_at_unfinished()
            await self._purge_deliveries()
            await self._database.write(retention.purge_codes, self._clock())
            await self._database.write(living.end_pauses, self._clock().date())
        except StorageError as problem:
            log.warning("housekeeping has to wait", reason=str(problem))
        self._purged()

    async def _write(self, purge: Purge, days: int) -> int:
        return await self._database.write(purge, self._clock(), days)

    async def _look_at_unfinished(self) -> None:
        """Through all who have been away for long: some of them were only told so far."""
        house, after, more = self._house, None, True
        while more:
            after = await self._database.write(
                unfinished.look, self._clock(), house.blueprint, house.secret, house.channels, after
            )
            more = after is not None

    async def _purge_deliveries(self) -> None:
        """Through all that are old enough: some of them stay, for as long as their event."""
        after: int | None = 0
        while after is not None:
            after = await self._database.write(
                retention.purge_deliveries, self._clock(), self._timings.delivery_days, after
            )
            await asyncio.sleep(PAUSE)
