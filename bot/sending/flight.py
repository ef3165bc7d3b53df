"""From claimed to settled: planned messages leave evenly spread, and what came of each is noted."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.metrics import Metrics
from bot.outgoing import Action, Outgoing
from bot.sending.account import Account
from bot.sending.attempt import Attempt, Result
from bot.sending.in_flight import InFlight, Start
from bot.sending.journal import Journal
from bot.sending.ledger import Ledger
from bot.sending.source import Item, NothingToSend, Source, Taken
from bot.sending.window import Hold
from storage.outbox import Settled

IN_HAND = 1.0  # seconds after which a message that waits goes back
AT_ONCE = 16  # messages begun in one go; then others have their turn
RATE_SECONDS = 10
SOON = 0.0005  # seconds until the next look for a place
WRITING = 0.01  # … until the results of others may have been written

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Waiting:
    """A claimed message on the way to its start; ``since`` in loop time. ``outgoing`` is made
    when its turn comes."""

    item: Item
    taken: Taken
    since: float
    outgoing: Outgoing | None = None
    parts: int = 1


class Flight:
    """The claimed messages of one account. ``freed`` is called when there is room for more,
    ``returned`` with the seconds after which one that went back is due again."""

    def __init__(
        self,
        account: Account,
        ledger: Ledger,
        journal: Journal,
        source: Source,
        metrics: Metrics,
        clock: Callable[[], datetime],
        freed: Callable[[], None],
        returned: Callable[[float], None],
    ) -> None:
        self._account = account
        self._ledger = ledger
        self._journal = journal
        self._source = source
        self._metrics = metrics
        self._clock = clock
        self._freed = freed
        self._returned = returned
        self._loop = asyncio.get_running_loop()
        self._attempt = Attempt(account, ledger)
        self._in_flight = InFlight(most=account.limits.most)
        self._hand: deque[Waiting] = deque()
        self._flying: dict[int, str] = {}  # delivery -> chat
        self._tasks: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._stopped = False
        self._sent: deque[tuple[int, int]] = deque(maxlen=RATE_SECONDS)  # second -> how many

    def rate(self) -> float:
        """Messages that were sent, a second, over the last ten."""
        since = int(self._loop.time()) - RATE_SECONDS
        return sum(count for second, count in self._sent if second >= since) / RATE_SECONDS

    @property
    def flying(self) -> int:
        """How many are on their way."""
        return len(self._flying)

    @property
    def allowed(self) -> int:
        """How many may be on their way now."""
        return 1 if self.failing else self._in_flight.allowed

    def pace(self, now: float) -> float:
        """How many leave a second while as many are on their way as are allowed."""
        return 0.0 if self.failing else self._in_flight.pace(now)

    @property
    def in_hand(self) -> int:
        """How many were claimed and not begun."""
        return len(self._hand)

    @property
    def failing(self) -> bool:
        """Nothing goes out at present; one at a time tries."""
        return self._attempt.failing

    def chats(self) -> set[str]:
        """Who is being written to."""
        return {*self._flying.values(), *(waiting.item.chat for waiting in self._hand)}

    def wait(self, now: float) -> float:
        """Seconds until anything may be sent to many at all."""
        return max(self._account.open_at, self._attempt.again_at) - now

    def take(self, taken: Taken) -> None:
        """Send these; they are ``sending`` in the database."""
        now = self._loop.time()
        for item in taken.items:
            self._ledger.take(item.delivery)
            self._hand.append(Waiting(item, taken, now))
        self._pump()

    def halt(self) -> None:
        """Begin nothing more."""
        self._stopped = True
        if self._timer is not None:
            self._timer.cancel()

    async def hand_back(self) -> None:
        """What was not begun goes back."""
        left, self._hand = [waiting.item.delivery for waiting in self._hand], deque()
        if left:
            await self._give_back(left, 0.0)

    def cancel(self) -> None:
        """End what is still on its way: its answer is lost."""
        for task in self._tasks:
            task.cancel()

    # ---- beginning ----

    def _pump(self) -> None:
        """Begin what may begin now, and come back when the next may."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        loop = self._loop
        for _ in range(AT_ONCE):
            now = loop.time()
            if not self._hand or self._stopped:
                return
            if (wait := self.wait(now)) > 0 or now - self._hand[0].since > IN_HAND:
                self._all_back(wait)
                return
            if len(self._flying) >= self.allowed:
                self._in_flight.full()
                return  # whoever is answered calls again
            if self._journal.full:
                self._timer = loop.call_at(now + WRITING, self._pump)
                return
            if (when := self._begin(self._hand[0], now)) > now:
                self._timer = loop.call_at(when, self._pump)
                return
        self._timer = loop.call_at(loop.time(), self._pump)

    def _begin(self, waiting: Waiting, now: float) -> float:
        """Begin the first in hand, or say when there is a place for it (loop time)."""
        window = self._account.window
        if window is not None and waiting.outgoing is None and not window.room(now):
            return max(window.next_room(now), now + SOON)
        if not self._make(waiting, now):
            self._hand.popleft()
            return now
        hold = None
        if window is not None:
            if not window.fits(now, waiting.parts):
                return now + window.gap
            hold = window.take(now, bulk=True, parts=waiting.parts)
        self._hand.popleft()
        item, outgoing = waiting.item, waiting.outgoing
        assert outgoing is not None  # noqa: S101 - just made
        self._account.note(item.chat, now)
        self._flying[item.delivery] = item.chat
        self._journal.begun(item.delivery)
        self._spawn(self._send(item, outgoing, hold, self._in_flight.begun(now)))
        return now

    def _make(self, waiting: Waiting, now: float) -> bool:
        """Whether there is something to send to this chat now."""
        item, account = waiting.item, self._account
        if (wait := account.chat_wait(item.chat, now)) > 0:
            self._spawn(self._give_back([item.delivery], wait))
            return False
        if waiting.outgoing is not None:
            return True
        try:
            message, target = self._source.message(item, waiting.taken)
        except NothingToSend as reason:
            self._failed(item, str(reason))
            return False
        except Exception:
            log.exception("a planned message could not be made", delivery=item.delivery)
            self._failed(item, "error")
            return False
        waiting.outgoing = Outgoing(
            Action(item.action), item.chat, item.user, message, target,
            delivery=item.delivery, paid=account.limits.paid,
        )  # fmt: skip
        waiting.parts = account.parts(waiting.outgoing)
        return True

    async def _send(self, item: Item, outgoing: Outgoing, hold: Hold | None, start: Start) -> None:
        result = await self._attempt.make(outgoing, hold)
        del self._flying[item.delivery]
        if result.trouble:
            self._in_flight.failed()
        else:
            self._in_flight.answered(start, self._loop.time())
        self._finish(item, result)
        if self._hand and self._timer is None:
            self._pump()
        self._freed()

    # ---- ending ----

    def _finish(self, item: Item, result: Result) -> None:
        if result.state == "again":
            self._journal.forget([item.delivery])
            self._spawn(self._give_back([item.delivery], result.wait, tried=result.tried))
            return
        tried = item.attempts + result.tried
        if result.state == "sent":
            self._journal.sent(item.delivery, result.message)
            self._count_sent(item.lane)
        self._done(Settled(item.delivery, result.state, result.reason, result.message, tried))

    def _count_sent(self, lane: int) -> None:
        self._metrics.sent(self._account.sender.channel, lane)
        second = int(self._loop.time())
        if self._sent and self._sent[-1][0] == second:
            self._sent[-1] = (second, self._sent[-1][1] + 1)
        else:
            self._sent.append((second, 1))

    def _failed(self, item: Item, reason: str) -> None:
        self._done(Settled(item.delivery, "failed", reason, attempts=item.attempts))

    def _done(self, settled: Settled) -> None:
        self._metrics.delivery(self._account.sender.channel, settled.state)
        self._ledger.note(settled, patient=True)

    def _all_back(self, wait: float) -> None:
        left, self._hand = [waiting.item.delivery for waiting in self._hand], deque()
        self._spawn(self._give_back(left, wait))

    async def _give_back(self, deliveries: Sequence[int], wait: float, *, tried: int = 0) -> None:
        """Certainly not sent: queued again, so that consent is looked at again."""
        wait = max(wait, 0.0)
        await self._ledger.give_back(
            deliveries, self._clock() + timedelta(seconds=wait), tried=tried
        )
        self._returned(wait)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
