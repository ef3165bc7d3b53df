"""The clock: looks every second for what is due, and has it done in small units.

The schedule is in the database (:mod:`storage.tasks`). APScheduler only says when to look: a missed
second, an hour's sleep or a night of clock changes lose nothing and double nothing. On PostgreSQL
every process looks; what one has in hand the others pass over.

What is to be done beside (outreach.clock.Beside) is looked up on a snapshot, thought about in a
process of its own, and written in slices, one such task after the other, while the clock goes on.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.aside import aside
from outreach.clock import (
    Context,
    Handlers,
    Leased,
    SliceFailed,
    Ticked,
    note_failure,
    note_failure_beside,
    proceed,
    renew,
    tick,
)
from storage import tasks
from storage.database import Database
from storage.errors import StorageError
from storage.transaction import Transaction

EVERY = 1.0  # seconds between two looks
AT_THE_LATEST = 5.0  # where the machine's clock was set back, and the scheduler waits for it
BEAT_EVERY = 30.0  # seconds between two signs of life
LONGEST_WAIT = 30.0  # seconds between two looks while the database is away

log = structlog.get_logger(__name__)


class Clock:
    """``context`` is asked anew for every slice; ``wake`` is told when something was planned, so
    that the dispatcher need not wait for its own next look. ``begin`` is done once, before the
    first look, to plan what follows from the blueprint alone; ``beat`` every half a minute: the
    program is alive."""

    def __init__(
        self,
        database: Database,
        handlers: Handlers,
        context: Callable[[], Context],
        wake: Callable[[], None] = lambda: None,
        begin: Callable[[Transaction, Context], None] = lambda tx, context: None,
        beat: Callable[[Transaction, Context], None] = lambda tx, context: None,
    ) -> None:
        self._begun_with = begin
        self._beat_with = beat
        self._beaten = -math.inf  # when
        self._database = database
        self._handlers = handlers
        self._context = context
        self._wake = wake
        self._scheduler: AsyncIOScheduler | None = None
        self._work: asyncio.Task[None] | None = None
        self._due = asyncio.Event()
        self._beside: set[asyncio.Task[None]] = set()
        self._one = asyncio.Lock()

    def start(self) -> None:
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._scheduler.add_job(
            self._due.set,
            IntervalTrigger(seconds=EVERY),
            coalesce=True,
            misfire_grace_time=None,
        )
        self._scheduler.start()
        self._due.set()
        self._work = asyncio.create_task(self._run(), name="clock")

    async def stop(self) -> None:
        """A slice that is under way is committed or not at all; the next process goes on."""
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)
        if self._work is not None:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)
        for work in self._beside:
            work.cancel()
        await asyncio.gather(*self._beside, return_exceptions=True)

    async def _run(self) -> None:
        wait, begun = EVERY, False
        while True:
            try:
                async with asyncio.timeout(AT_THE_LATEST):
                    await self._due.wait()
            except TimeoutError:
                pass
            self._due.clear()
            try:
                if not begun:
                    await self._begin()
                    begun = True
                await self._beat()
                await self.drain()
                wait = EVERY
            except StorageError as problem:
                log.warning("what is due has to wait", reason=str(problem), seconds=wait)
                await asyncio.sleep(wait)
                wait = min(wait * 2, LONGEST_WAIT)
            except Exception:
                log.exception("the clock stumbled")

    async def _begin(self) -> None:
        """Whatever was given up is tried anew: this may be the release that mends it."""
        await self._database.write(self._begun_with, self._context())
        count = await self._database.write(tasks.retry, self._context().now)
        if count:
            log.info("tasks that were given up are tried again", count=count)

    async def _beat(self) -> None:
        """Leave a sign of life now and then; that there was none for a while is seen here, too."""
        now = time.monotonic()
        if now - self._beaten >= BEAT_EVERY:
            await self._database.write(self._beat_with, self._context())
            self._beaten = now

    async def drain(self) -> int:
        """Do everything that is due; how many slices there were. Raises StorageError."""
        slices = 0
        while True:
            begun = time.monotonic()
            ticked = await self._slice()
            if ticked is None:
                return slices
            slices += 1
            if isinstance(ticked, Ticked):
                log.debug("done", kind=ticked.kind, subject=ticked.subject, state=ticked.state)
                self._wake()
                if ticked.beside is not None:
                    self._go_beside(ticked.beside)
            # People's turns go through the same writer: it is ours at most half of the time.
            await asyncio.sleep(time.monotonic() - begun)

    async def _slice(self) -> Ticked | SliceFailed | None:
        try:
            return await self._database.write(tick, self._handlers, self._context())
        except SliceFailed as failure:
            await self._failed(failure)
            return failure

    def _go_beside(self, leased: Leased) -> None:
        work = asyncio.create_task(self._do_beside(leased), name=f"beside {leased.task.kind}")
        self._beside.add(work)
        work.add_done_callback(self._beside.discard)

    async def finish_beside(self) -> None:
        """Wait until nothing is being done beside."""
        while self._beside:
            await asyncio.gather(*self._beside)

    async def _do_beside(self, leased: Leased) -> None:
        """Whatever goes wrong here, the lease ends and the task is due again."""
        try:
            async with self._one:
                await self._beside_now(leased)
        except StorageError as problem:
            log.warning("what is done beside has to wait", reason=str(problem))
        except Exception:
            log.exception("the clock stumbled")

    async def _beside_now(self, begun: Leased) -> None:
        leased = await self._database.write(renew, begun, self._context().now)
        if leased is None:
            return  # it stood in line for too long, and is begun anew
        try:
            seen = await self._database.read(leased.work.look)
            found = await aside(leased.work.think, seen)
        except StorageError:
            raise
        except Exception as error:
            await self._failed_beside(leased, SliceFailed(leased.task, error))
        else:
            await self._write_found(leased, found)

    async def _write_found(self, leased: Leased, found: object) -> None:
        following: Leased | None = leased
        state: object = None
        while following is not None:
            begun, now = time.monotonic(), self._context().now
            try:
                written = await self._database.write(proceed, following, found, state, now)
            except SliceFailed as failure:
                await self._failed_beside(following, failure)
                return
            following, state = written.leased, written.state
            self._wake()
            await asyncio.sleep(time.monotonic() - begun)

    async def _failed_beside(self, leased: Leased, failure: SliceFailed) -> None:
        now = self._context().now
        self._tell(failure, await self._database.write(note_failure_beside, leased, failure, now))

    async def _failed(self, failure: SliceFailed) -> None:
        now = self._context().now
        self._tell(failure, await self._database.write(note_failure, failure, now))

    def _tell(self, failure: SliceFailed, given_up: bool) -> None:
        log.error(
            "a planned task was given up" if given_up else "a planned task failed, trying again",
            kind=failure.task.kind,
            subject=failure.task.subject,
            attempt=failure.task.attempts + 1,
            reason=failure.reason,
        )
