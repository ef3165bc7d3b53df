"""The lane of messages to many: exactly as many are claimed as can go out now.

A claim commits rows as ``sending``; then they leave within milliseconds, evenly spread over the
second (:mod:`.flight`). So after a crash only what was on its way is ``unknown``, and consent,
pause and budget, which the claim looks at, hold for the moment of sending. What would have to
wait goes back into the queue instead of staying in hand. A message whose answer was lost is never
repeated.

On PostgreSQL one process at a time does this for an account; all send their own replies, which
its window does not see.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog

from bot.metrics import Metrics
from bot.sending.account import Account
from bot.sending.flight import Flight
from bot.sending.journal import SLOTS, Journal
from bot.sending.ledger import Ledger
from bot.sending.recovery import Recovery
from bot.sending.source import Source
from storage.errors import StorageError

LOOK_EVERY = 1.0  # seconds between two looks for what is due
LEAD_EVERY = 5.0  # between two looks whether this process may send
TAKE_OVER = 1.0  # after another process has died
AHEAD = 0.04  # so long before its turn a message is claimed, at least
MOST_AHEAD = 0.1
CLAIMS_AHEAD = 2  # … and so many times as long as claims take
STOCK = 256  # messages in a claim at most, and kept in hand
BATCH = 0.02  # so much of a second's messages are worth a claim
FAIR = 32  # … or so many
LINGER = 0.05  # seconds after which fewer are
DATABASE_WAIT = 1.0  # seconds after the database could not be written
FINISH = 1.0  # seconds for a claim that is under way when the program stops

log = structlog.get_logger(__name__)


class Bulk:
    """One account's messages to many. ``lead`` says whether this process is the one that does
    "send:channel:account"; it may block, and raise StorageError."""

    def __init__(
        self,
        account: Account,
        ledger: Ledger,
        journal: Journal,
        source: Source,
        metrics: Metrics,
        clock: Callable[[], datetime],
        lead: Callable[[str], bool],
    ) -> None:
        self._account = account
        self._ledger = ledger
        self._source = source
        self._clock = clock
        self._lead = lead
        self._led_until = 0.0
        self._follows = False  # another process is the one, or was
        self._flight = Flight(
            account, ledger, journal, source, metrics, clock, self._freed, self._returned
        )
        self._recovery = Recovery(account, ledger, journal, clock)
        self._changed = asyncio.Event()
        self._quiet_until = 0.0  # nothing is due before then
        self._claimed_at = 0.0
        self._takes = 0.0  # seconds that a claim takes, lately
        self._enough = 0  # so many on their way and in hand are not added to
        self._work: asyncio.Task[None] | None = None
        self._stopped = False

    @property
    def flying(self) -> int:
        """How many messages are on their way."""
        return self._flight.flying

    def rate(self) -> float:
        """Messages that were sent, a second, over the last ten."""
        return self._flight.rate()

    def start(self) -> None:
        self._work = asyncio.get_running_loop().create_task(self._run())

    def wake(self) -> None:
        """Something was planned."""
        self._quiet_until = 0.0
        self._changed.set()

    async def stop(self) -> None:
        """Begin nothing more; what was claimed and not begun goes back."""
        self._stopped = True
        self._flight.halt()
        self._changed.set()
        if self._work is not None:
            await asyncio.wait({self._work}, timeout=FINISH)
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)
        await self._flight.hand_back()

    def cancel(self) -> None:
        """End what is still on its way: its answer is lost."""
        self._flight.cancel()

    async def _run(self) -> None:
        while not self._stopped:
            try:
                if await self._leading():
                    await self._recovery.look()
                    await self._round()
                else:
                    await self._sleep(LEAD_EVERY)
            except StorageError as problem:
                log.warning("what is due cannot be claimed, trying again", reason=str(problem))
                self._recovery.doubtful()
                await self._sleep(DATABASE_WAIT)
            except Exception:
                log.exception("what is due could not be claimed")
                self._recovery.doubtful()
                await self._sleep(DATABASE_WAIT)

    async def _leading(self) -> bool:
        """Whether this process is the one that sends for the account."""
        now = asyncio.get_running_loop().time()
        if now >= self._led_until:
            channel, account = self._account.key
            if not await asyncio.to_thread(self._lead, f"send:{channel}:{account}"):
                self._follows = True
                return False
            if self._follows:  # what the one before sent in its last second is not known here
                await asyncio.sleep(TAKE_OVER)
                self._follows = False
            self._led_until = now + LEAD_EVERY
        return True

    async def _round(self) -> None:
        """Claim what can go out now, or wait until something can."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        self._changed.clear()
        most = self._room(now)
        if now < self._quiet_until or most < self._least(now):
            await self._sleep(self._pause(now))
            return
        busy = self._account.busy(now) | self._flight.chats()
        taken = await self._source.take(*self._account.key, most, frozenset(busy))
        self._claimed_at = loop.time()
        self._takes += ((self._claimed_at - now) - self._takes) / 4
        self._flight.take(taken)
        if len(taken.items) < most and not self._changed.is_set():
            self._quiet_until = loop.time() + self._until_due(taken.next_due)

    def _room(self, now: float) -> int:
        """How many messages could leave within the next moment."""
        flight, window = self._flight, self._account.window
        if self._stopped or flight.wait(now) > 0 or self._ledger.unrecorded > SLOTS:
            return 0
        self._enough = flight.allowed + self._stock(now)
        room = min(self._enough - flight.flying - flight.in_hand, STOCK)
        if window is not None:
            room = min(room, window.room(now, self._ahead) - flight.in_hand)
        return room

    def _stock(self, now: float) -> int:
        """How many should be in hand while as many as are allowed are on their way: what leaves
        until others are claimed."""
        return min(int(self._flight.pace(now) * self._ahead), STOCK)

    @property
    def _ahead(self) -> float:
        return min(max(AHEAD, self._takes * CLAIMS_AHEAD), MOST_AHEAD)

    def _least(self, now: float) -> int:
        """For how many a claim is worth its commit."""
        if self._flight.failing or now - self._claimed_at > LINGER:
            return 1
        rate = self._account.limits.rate
        return self._fair if rate is None else max(1, min(self._fair, int(rate * BATCH)))

    @property
    def _fair(self) -> int:
        return max(1, min(FAIR, self._flight.allowed // 4))

    def _pause(self, now: float) -> float:
        """Seconds until there may be something to do."""
        if (wait := max(self._quiet_until, now + self._flight.wait(now)) - now) > 0:
            return wait
        window = self._account.window
        place = 0.0 if window is None else window.next_room(now) - now - self._ahead / 2
        return max(place, AHEAD / 4)

    async def _sleep(self, seconds: float) -> None:
        if self._stopped:
            return
        try:
            async with asyncio.timeout(min(seconds, LEAD_EVERY)):
                await self._changed.wait()
        except TimeoutError:
            pass

    def _until_due(self, due: datetime | None) -> float:
        if due is None:
            return LOOK_EVERY
        return min(max((due - self._clock()).total_seconds(), 0.0), LOOK_EVERY)

    def _freed(self) -> None:
        """A message was answered: perhaps there is room for a claim."""
        if not self._changed.is_set() and self._account.window is None:
            flight = self._flight
            if flight.flying + flight.in_hand <= self._enough - self._fair:
                self._changed.set()

    def _returned(self, wait: float) -> None:
        """A message went back, and is due again then."""
        due = asyncio.get_running_loop().time() + wait
        self._quiet_until = min(self._quiet_until, due)
