"""Everything that the bot says leaves through here: two lanes for each account of a platform.

The promises are DESIGN's section 6 (docs/architecture.md, "Sending"). Replies go at once and are
seen through (:mod:`.replies`); planned messages to many go beside them, as fast as the platform
allows and no faster (:mod:`.bulk`, :mod:`.window`). What came of each is in the ledger.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog

from bot.metrics import Metrics
from bot.outgoing import Outgoing, Sender
from bot.sending.account import Account
from bot.sending.bulk import Bulk
from bot.sending.journal import Journal
from bot.sending.ledger import Ledger
from bot.sending.limits import NONE, Limits
from bot.sending.replies import Replies
from bot.sending.source import Source
from storage.database import Database
from storage.errors import StorageError
from storage.outbox import Settled

STOP_WAIT = 1.5  # seconds for what is under way when the program stops
COUNT_EVERY = 30.0  # between counts of what is planned
WATCH_EVERY = 5.0  # between looks whether platforms still know us
ADOPT_EVERY = 5.0  # seconds between looks for what dead processes left

log = structlog.get_logger(__name__)


def _always(_what: str) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Many:
    """What sending to many needs. ``lead`` says whether this process is the one that does
    "send:channel:account" (it may block and raise StorageError); ``journal`` what is begun."""

    source: Source
    journal: Journal = field(default_factory=lambda: Journal(None, ""))
    lead: Callable[[str], bool] = _always


@dataclass(slots=True)
class Lanes:
    """An account with its two lanes."""

    account: Account
    replies: Replies
    bulk: Bulk | None


class Dispatcher:
    """Takes replies right after their turn's commit, and planned messages when they are due.

    ``limits`` by channel; a channel not named has none. Without ``many`` only replies are sent.
    """

    def __init__(
        self,
        database: Database,
        owner: str,
        metrics: Metrics,
        clock: Callable[[], datetime],
        *,
        limits: Mapping[str, Limits] | None = None,
        many: Many | None = None,
    ) -> None:
        recorded = many.journal.forget if many is not None else None
        self._ledger = Ledger(database, owner, clock, recorded)
        self._metrics = metrics
        self._clock = clock
        self._limits = limits or {}
        self._many = many
        self._accounts: dict[tuple[str, str], Lanes] = {}
        self._early: dict[tuple[str, str], list[Outgoing]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = False

    async def add(self, sender: Sender) -> None:
        """An account to send through from now on: first what dead processes left half-sent, then
        what its turns said meanwhile."""
        account = Account(sender, self._limits.get(sender.channel, NONE))
        self._metrics.watch(sender.channel, account.waiting)
        owed = await self._owed(account.key)
        while owed is None:
            await asyncio.sleep(1.0)
            owed = await self._owed(account.key)
        if self._stopping:
            return
        self._accounts[account.key] = self._lanes(account)
        self._again(account.key, owed)
        self.submit(*account.key, self._early.pop(account.key, ()))

    def _lanes(self, account: Account) -> Lanes:
        lanes = Lanes(account, Replies(account, self._ledger, self._start, self._done), None)
        if self._many is not None:
            lanes.bulk = Bulk(
                account, self._ledger, self._many.journal, self._many.source, self._metrics,
                self._clock, lead=self._many.lead,
            )  # fmt: skip
            lanes.bulk.start()
            self._metrics.watch_bulk(account.sender.channel, lanes.bulk.rate)
        return lanes

    def remove(self, sender: Sender) -> None:
        """Another process sends for this account now; what is under way here is finished."""
        lanes = self._accounts.pop((sender.channel, sender.account), None)
        if lanes is not None and lanes.bulk is not None:
            self._start(lanes.bulk.stop())

    def start(self) -> None:
        """Begin recording results and looking for what dead processes left."""
        if self._many is not None:
            self._many.journal.open()
        self._start(self._ledger.record())
        self._start(self._look())
        self._start(self._watch())
        if self._many is not None:
            self._start(self._count())

    def wake(self) -> None:
        """Something was planned or released: look now what is due."""
        for lanes in self._accounts.values():
            if lanes.bulk is not None:
                lanes.bulk.wake()

    async def stop(self) -> None:
        """Give what is under way a moment, then stop; the rest is sent by the next process."""
        self._stopping = True
        bulks = [lanes.bulk for lanes in self._accounts.values() if lanes.bulk is not None]
        await asyncio.gather(*(bulk.stop() for bulk in bulks))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STOP_WAIT):
                while any(lanes.account.chats for lanes in self._accounts.values()) or any(
                    bulk.flying for bulk in bulks
                ):
                    await asyncio.sleep(0.02)
        await self._ledger.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for bulk in bulks:
            bulk.cancel()
        if self._many is not None:
            self._many.journal.close(keep=self._ledger.unrecorded > 0)

    def submit(self, channel: str, account: str, messages: Iterable[Outgoing]) -> None:
        """Send these, in order, after what waits for the same chats. For an account that is still
        being started they are kept."""
        if self._stopping:
            return  # they are in the outbox: the next process sends them
        lanes = self._accounts.get((channel, account))
        if lanes is None:
            early = self._early.setdefault((channel, account), [])
            for outgoing in messages:
                self._ledger.take(outgoing.delivery)
                early.append(outgoing)
            return
        for outgoing in messages:
            self._ledger.take(outgoing.delivery)
            lanes.replies.submit(outgoing)

    def waiting_for(self, channel: str, account: str, chat: str) -> int:
        """How many replies are on their way to a chat."""
        lanes = self._accounts.get((channel, account))
        return 0 if lanes is None else len(lanes.account.chats.get(chat, ()))

    async def _look(self) -> None:
        """Send what processes that died left half-sent."""
        while True:
            await asyncio.sleep(ADOPT_EVERY)
            for key in tuple(self._accounts):
                self._again(key, await self._owed(key) or [])

    async def _watch(self) -> None:
        """Ask platforms that were not heard of for a while."""
        while True:
            await asyncio.sleep(WATCH_EVERY)
            for lanes in tuple(self._accounts.values()):
                await lanes.account.look()

    def refused(self) -> set[str]:
        """The channels whose platform refuses the bot itself."""
        accounts = [lanes.account for lanes in self._accounts.values()]
        return {each.sender.channel for each in accounts if each.refused}

    async def _count(self) -> None:
        """Figures for whoever watches."""
        while True:
            with contextlib.suppress(StorageError):
                self._metrics.waiting(*await self._ledger.planned())
                self._metrics.unanswered(await self._ledger.unanswered())
            await asyncio.sleep(COUNT_EVERY)

    async def _owed(self, key: tuple[str, str]) -> list[Outgoing] | None:
        """What nobody is sending; None when the outbox cannot be read now."""
        try:
            return await self._ledger.owed(*key)
        except StorageError as problem:
            log.warning("the outbox cannot be read, trying again", reason=str(problem))
            return None

    def _again(self, key: tuple[str, str], owed: list[Outgoing]) -> None:
        """Send what may have been sent before."""
        lanes = self._accounts.get(key)
        if lanes is not None:
            lanes.account.repeated.update(outgoing.delivery for outgoing in owed)
            self.submit(*key, owed)

    def _done(self, account: Account, settled: Settled) -> None:
        self._metrics.delivery(account.sender.channel, settled.state)
        if settled.state == "sent":
            self._metrics.sent(account.sender.channel, 0)
        self._ledger.note(settled)

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
