"""What is thrown away in time (event ids, old messages, people who never consented or never
finished, used codes, logs, marks of erasures), and the pauses that end.

Rows carry their own dates, so a missed night changes nothing; APScheduler only says when to look.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias, TypeVar

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bot.backing_up import DailyBackup
from bot.turn.context import House
from outreach import unfinished
from storage import living, retention
from storage.database import Database
from storage.ending import Unfinished
from storage.errors import StorageError
from storage.transaction import Transaction

EVERY_MINUTES = 10
TIDY_HOUR = 2  # UTC: the log is emptied when nearly everybody sleeps
PAUSE = 0.05  # seconds between two slices
FIRST_AFTER = 30.0  # seconds: not while everything else starts

Cursor = TypeVar("Cursor")
Purge: TypeAlias = Callable[[Transaction, datetime, int], int]
PURGES: dict[str, Purge] = {
    "event_ids_days": retention.purge_received,
    "delivery_days": retention.purge_tasks,
    "abandoned_days": retention.purge_stubs,
    "inbox_days": retention.purge_inbox,
    "unanswered_days": retention.purge_unanswered,
    "joined_days": retention.purge_joinings,
    "quarantine_days": retention.purge_quarantine,
    "staff_log_days": retention.purge_staff_log,
    "proof_days": retention.purge_proofs,
    "erasure_days": retention.purge_marks,
}
"""The days in ``[timings]`` and what ends with them. The messages of ``delivery_days`` and the
people of ``unfinished_days`` are gone through: some of them stay."""

log = structlog.get_logger(__name__)


def _nothing_more() -> None:
    """Stands for what follows, where nothing does."""


class Housekeeping:
    """Purges in small units, so that no turn waits behind one. ``purged`` is called after each
    look: what was thrown away leaves the database's log within minutes. ``backup``: made daily."""

    def __init__(
        self,
        database: Database,
        house: House,
        clock: Callable[[], datetime],
        purged: Callable[[], None] = _nothing_more,
        backup: DailyBackup | None = None,
    ) -> None:
        self._backup = backup
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
            await self._write(retention.purge_staff, self._timings.staff_log_days)
            await self._through(self._unfinished)
            await self._through(self._deliveries)
            await self._database.write(retention.purge_codes, self._clock())
            await self._database.write(living.end_pauses, self._clock().date())
        except StorageError as problem:
            log.warning("housekeeping has to wait", reason=str(problem))
        self._purged()
        if self._backup is not None:
            await self._backup.look(self._clock())

    async def _write(self, purge: Purge, days: int) -> int:
        return await self._database.write(purge, self._clock(), days)

    async def _through(self, some: Callable[[Transaction, Cursor | None], Cursor | None]) -> None:
        """Through all of a kind, a slice at a time; ``some`` gives where to go on."""
        after: Cursor | None = None
        while (after := await self._database.write(some, after)) is not None:
            await asyncio.sleep(PAUSE)

    def _unfinished(self, tx: Transaction, after: Unfinished | None) -> Unfinished | None:
        house = self._house
        return unfinished.look(
            tx, self._clock(), house.blueprint, house.secret, house.channels, after
        )

    def _deliveries(self, tx: Transaction, after: int | None) -> int | None:
        days = self._timings.delivery_days
        return retention.purge_deliveries(tx, self._clock(), days, after or 0)
