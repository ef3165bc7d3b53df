"""Sends replies: in order within a chat, chats side by side, and what came of it into the ledger.

The promises are DESIGN's section 6 (docs/architecture.md, "Sending"): a reply that certainly was
not sent is sent again with growing waits; one whose answer was lost is sent once more, because a
person who waits for a question is worse off than one who reads it twice; a 429 is obeyed, for the
chat or for all as the platform says; after a 403 nothing more goes to that identity.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from pydantic import TypeAdapter

from bot.metrics import Metrics
from bot.outgoing import (
    Action,
    Moved,
    NotSent,
    Outgoing,
    Rejected,
    Sender,
    TooFast,
    Unknown,
    Unreachable,
)
from messages.message import Message
from storage import outbox
from storage.database import Database
from storage.errors import StorageError
from storage.moments import as_moment
from storage.outbox import Pending, Settled
from storage.transaction import Transaction

GIVE_UP = 600.0  # seconds of trying to open a connection
LONGEST_WAIT = 30.0  # seconds between two tries
UNKNOWN_TRIES = 2
STALE = timedelta(hours=24)  # a question older than this arrives too late to help
STOP_WAIT = 3.0  # seconds for what is under way when the program stops
ADOPT_EVERY = 10.0  # seconds between looks for what dead processes left

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Stored:
    """What a delivery's payload holds."""

    message: Message
    target: str | None


_STORED = TypeAdapter(Stored)


@dataclass(slots=True)
class Account:
    """One bot account of one platform."""

    sender: Sender
    chats: dict[str, deque[Outgoing]] = field(default_factory=dict)
    open_at: float = 0.0  # loop time before which nothing may be sent to anybody


class Dispatcher:
    """Takes outgoing messages right after their turn's commit and sees them through."""

    def __init__(
        self,
        database: Database,
        owner: str,
        metrics: Metrics,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._owner = owner
        self._metrics = metrics
        self._clock = clock
        self._accounts: dict[tuple[str, str], Account] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._settled: list[Settled] = []
        self._ready = asyncio.Event()
        self._stopping = False

    def add(self, sender: Sender) -> None:
        """A channel account to send through."""
        self._accounts[sender.channel, sender.account] = Account(sender)

    def start(self) -> None:
        """Begin recording results and adopting what dead processes left."""
        self._spawn(self._record())
        self._spawn(self._adopt())

    async def stop(self) -> None:
        """Give what is under way a moment, then stop; the rest is sent by the next process."""
        self._stopping = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STOP_WAIT):
                while any(account.chats for account in self._accounts.values()):
                    await asyncio.sleep(0.02)
        await self._flush()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def submit(self, channel: str, account: str, messages: Iterable[Outgoing]) -> None:
        """Send these, in order, after what waits for the same chats."""
        through = self._accounts.get((channel, account))
        if through is None:
            return  # another account's: the process that has it adopts the rows
        for outgoing in messages:
            queue = through.chats.get(outgoing.chat)
            if queue is not None:
                queue.append(outgoing)
                continue
            through.chats[outgoing.chat] = deque((outgoing,))
            self._spawn(self._serve(through, outgoing.chat))

    def waiting(self) -> Mapping[str, int]:
        """How many messages wait, by channel."""
        return {
            key[0]: sum(len(queue) for queue in account.chats.values())
            for key, account in self._accounts.items()
        }

    async def _serve(self, account: Account, chat: str) -> None:
        """Send what waits for one chat until nothing does."""
        queue = account.chats[chat]
        try:
            while queue:
                outgoing = queue[0]
                settled = await self._see_through(account, outgoing)
                queue.popleft()
                self._note(account, outgoing, settled)
                if settled.state == "failed" and settled.reason == "unreachable":
                    await self._nobody_there(account, queue, outgoing)
        finally:
            account.chats.pop(chat, None)

    async def _see_through(self, account: Account, outgoing: Outgoing) -> Settled:
        """One message to its end, whatever happens on the way."""
        loop = asyncio.get_running_loop()
        begun, attempts, unknown = loop.time(), 0, 0
        while True:
            await self._gate(account, loop)
            attempts += 1
            try:
                sent = await account.sender.send(outgoing)
                return Settled(outgoing.delivery, "sent", message=sent, attempts=attempts)
            except TooFast as told:
                if told.everyone:
                    account.open_at = max(account.open_at, loop.time() + told.seconds)
                else:
                    await asyncio.sleep(told.seconds)
            except NotSent as problem:
                if loop.time() - begun > GIVE_UP or outgoing.action is Action.FORM:
                    return self._failed(outgoing, "not sent", attempts)
                log.warning("a message could not be sent yet", reason=str(problem))
                await asyncio.sleep(min(LONGEST_WAIT, 0.25 * 2 ** min(attempts, 8)))
            except Unknown:
                unknown += 1
                if unknown >= UNKNOWN_TRIES or outgoing.action is not Action.SEND:
                    return Settled(outgoing.delivery, "unknown", "answer lost", attempts=attempts)
            except Moved as told:
                await self._move(account, outgoing, told.chat)
                outgoing = _to(outgoing, told.chat)
            except Unreachable:
                return self._failed(outgoing, "unreachable", attempts)
            except Rejected as problem:
                log.warning("the platform refused a message", reason=str(problem))
                return self._failed(outgoing, f"rejected: {problem}"[:200], attempts)
            except Exception:
                log.exception("a message could not be made", action=outgoing.action.value)
                return self._failed(outgoing, "error", attempts)

    async def _gate(self, account: Account, loop: asyncio.AbstractEventLoop) -> None:
        while (wait := account.open_at - loop.time()) > 0:
            await asyncio.sleep(wait)

    def _failed(self, outgoing: Outgoing, reason: str, attempts: int) -> Settled:
        return Settled(outgoing.delivery, "failed", reason, attempts=attempts)

    def _note(self, account: Account, outgoing: Outgoing, settled: Settled) -> None:
        self._metrics.delivery(account.sender.channel, settled.state)
        if outgoing.delivery:
            self._settled.append(settled)
            self._ready.set()

    async def _nobody_there(
        self, account: Account, queue: deque[Outgoing], outgoing: Outgoing
    ) -> None:
        """They blocked the bot: nothing else that waits for them is tried."""
        for other in queue:
            self._note(account, other, self._failed(other, "unreachable", 0))
        queue.clear()
        sender = account.sender
        await self._write(outbox.unreachable, sender.channel, sender.account, outgoing.user)

    async def _move(self, account: Account, outgoing: Outgoing, chat: str) -> None:
        sender = account.sender
        await self._write(outbox.moved, sender.channel, sender.account, outgoing.user, chat)

    async def _record(self) -> None:
        """Write results as they come, all that wait in one unit."""
        while True:
            await self._ready.wait()
            self._ready.clear()
            await self._flush()

    async def _flush(self) -> None:
        results, self._settled = self._settled, []
        if results:
            await self._write(outbox.settle, results, self._clock())

    async def _write(self, unit: Callable[..., None], *args: object) -> None:
        """A unit that must get through: the database may be away for a while."""
        wait = 0.1
        while True:
            try:
                await self._database.write(unit, *args)
            except StorageError as problem:
                if self._stopping:
                    log.error("a result could not be recorded", reason=str(problem))
                    return
                log.warning("the database cannot be written, trying again", reason=str(problem))
                await asyncio.sleep(wait)
                wait = min(wait * 2, 5)
            else:
                return

    async def _adopt(self) -> None:
        """Send what processes that died left half-sent."""
        while True:
            try:
                pending = await self._database.write(_adopted, self._owner, self._clock())
            except StorageError as problem:
                log.warning("the outbox cannot be read, trying again", reason=str(problem))
                pending = []
            for each in pending:
                self._resend(each)
            await asyncio.sleep(0 if pending else ADOPT_EVERY)

    def _resend(self, pending: Pending) -> None:
        if self._clock() - as_moment(pending.created_at) > STALE:
            self._settled.append(Settled(pending.id, "expired", "older than a day"))
            self._ready.set()
            return
        stored = _STORED.validate_json(pending.payload)
        outgoing = Outgoing(
            Action(pending.action), pending.chat, pending.user, stored.message, stored.target,
            delivery=pending.id,
        )  # fmt: skip
        self.submit(pending.channel, pending.account, (outgoing,))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _adopted(tx: Transaction, owner: str, now: datetime) -> list[Pending]:
    return outbox.adopt(tx, owner, now)


def _to(outgoing: Outgoing, chat: str) -> Outgoing:
    return Outgoing(
        outgoing.action, chat, outgoing.user, outgoing.message, outgoing.target,
        outgoing.trigger, outgoing.delivery,
    )  # fmt: skip
