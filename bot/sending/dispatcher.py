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
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

import structlog

from bot.sending.ledger import STALE, Ledger
from bot.metrics import Metrics
from bot.outgoing import (
    Action,
    Moved,
    NotSent,
    Outgoing,
    Sender,
    SendError,
    TooFast,
    Unknown,
    Unreachable,
)
from storage import outbox
from storage.database import Database
from storage.errors import StorageError
from storage.outbox import Settled

GIVE_UP = STALE.total_seconds()  # of trying to open a connection
LONGEST_WAIT = 30.0  # seconds between two tries
UNKNOWN_TRIES = 10  # of a message whose answer was lost (two minutes); it may be read twice
STOP_WAIT = 1.5  # seconds for what is under way when the program stops
ADOPT_EVERY = 5.0  # seconds between looks for what dead processes left

log = structlog.get_logger(__name__)


@runtime_checkable
class Settling(Protocol):
    """A sender that can look a new message up: True it is there, False it is not, None who
    knows."""

    async def settle(self, chat: str, delivery_id: int) -> bool | None: ...


@dataclass(slots=True)
class Account:
    """One bot account of one platform."""

    sender: Sender
    chats: dict[str, deque[Outgoing]] = field(default_factory=dict)
    repeated: set[int] = field(default_factory=set)  # deliveries that may have arrived before
    open_at: float = 0.0  # loop time before which nothing may be sent to anybody

    def waiting(self) -> int:
        """How many messages wait."""
        return sum(len(queue) for queue in self.chats.values())

    async def send(self, outgoing: Outgoing) -> str:
        """Send it, unless it may have been sent before and the platform says that it has it."""
        if outgoing.delivery in self.repeated:
            self.repeated.discard(outgoing.delivery)
            if await self._arrived(outgoing):
                return ""
        return await self.sender.send(outgoing)

    async def _arrived(self, outgoing: Outgoing) -> bool:
        """Only Slack can tell, and only of new messages."""
        if outgoing.action is not Action.SEND or not isinstance(self.sender, Settling):
            return False
        return await self.sender.settle(outgoing.chat, outgoing.delivery) is True


@dataclass(slots=True)
class Tries:
    """How often one message was tried; ``begun`` in loop time, ``unknown`` lost answers."""

    outgoing: Outgoing
    begun: float
    made: int = 0
    unknown: int = 0

    def end(self, state: str, reason: str | None = None, message: str | None = None) -> Settled:
        return Settled(self.outgoing.delivery, state, reason, message, self.made)


class Dispatcher:
    """Takes outgoing messages right after their turn's commit and sees them through."""

    def __init__(
        self,
        database: Database,
        owner: str,
        metrics: Metrics,
        clock: Callable[[], datetime],
    ) -> None:
        self._ledger = Ledger(database, owner, clock)
        self._metrics = metrics
        self._accounts: dict[tuple[str, str], Account] = {}
        self._early: dict[tuple[str, str], list[Outgoing]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = False

    async def add(self, sender: Sender) -> None:
        """An account to send through from now on: first what dead processes left half-sent, then
        what its turns said meanwhile."""
        key, account = (sender.channel, sender.account), Account(sender)
        self._metrics.watch(sender.channel, account.waiting)
        owed = await self._owed(key)
        while owed is None:
            await asyncio.sleep(1.0)
            owed = await self._owed(key)
        self._accounts[key] = account
        self._again(key, owed)
        self.submit(*key, self._early.pop(key, ()))

    def remove(self, sender: Sender) -> None:
        """Another process sends for this account now; what is under way here is finished."""
        self._accounts.pop((sender.channel, sender.account), None)

    def start(self) -> None:
        """Begin recording results and looking for what dead processes left."""
        self._spawn(self._ledger.record())
        self._spawn(self._look())

    async def stop(self) -> None:
        """Give what is under way a moment, then stop; the rest is sent by the next process."""
        self._stopping = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STOP_WAIT):
                while any(account.chats for account in self._accounts.values()):
                    await asyncio.sleep(0.02)
        await self._ledger.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def submit(self, channel: str, account: str, messages: Iterable[Outgoing]) -> None:
        """Send these, in order, after what waits for the same chats. For an account that is still
        being started they are kept."""
        if self._stopping:
            return  # they are in the outbox: the next process sends them
        through = self._accounts.get((channel, account))
        if through is None:
            early = self._early.setdefault((channel, account), [])
            for outgoing in messages:
                self._ledger.take(outgoing.delivery)
                early.append(outgoing)
            return
        for outgoing in messages:
            self._ledger.take(outgoing.delivery)
            queue = through.chats.get(outgoing.chat)
            if queue is not None:
                queue.append(outgoing)
                continue
            through.chats[outgoing.chat] = deque((outgoing,))
            self._spawn(self._serve(through, outgoing.chat))

    async def _look(self) -> None:
        """Send what processes that died left half-sent."""
        while True:
            await asyncio.sleep(ADOPT_EVERY)
            for key in tuple(self._accounts):
                self._again(key, await self._owed(key) or [])

    async def _owed(self, key: tuple[str, str]) -> list[Outgoing] | None:
        """What nobody is sending; None when the outbox cannot be read now."""
        try:
            return await self._ledger.owed(*key)
        except StorageError as problem:
            log.warning("the outbox cannot be read, trying again", reason=str(problem))
            return None

    def _again(self, key: tuple[str, str], owed: list[Outgoing]) -> None:
        """Send what may have been sent before."""
        through = self._accounts.get(key)
        if through is not None:
            through.repeated.update(outgoing.delivery for outgoing in owed)
            self.submit(*key, owed)

    async def _serve(self, account: Account, chat: str) -> None:
        """Send what waits for one chat until nothing does."""
        queue = account.chats[chat]
        try:
            while queue:
                outgoing = queue[0]
                settled = await self._see_through(account, outgoing)
                queue.popleft()
                self._note(account, settled)
                if settled.state == "failed" and settled.reason == "unreachable":
                    await self._nobody_there(account, queue, outgoing)
        finally:
            account.chats.pop(chat, None)

    async def _see_through(self, account: Account, outgoing: Outgoing) -> Settled:
        """One message to its end, whatever happens on the way."""
        loop = asyncio.get_running_loop()
        tries = Tries(outgoing, loop.time())
        while True:
            await self._gate(account, loop)
            tries.made += 1
            try:
                sent = await account.send(tries.outgoing)
                return tries.end("sent", message=sent)
            except Moved as told:
                await self._move(account, outgoing, told.chat)
                tries.outgoing = _to(outgoing, told.chat)
            except SendError as problem:
                ended = await self._after(account, tries, problem)
                if ended is not None:
                    return ended
            except Exception:
                log.exception("a message could not be made", action=outgoing.action.value)
                return tries.end("failed", "error")

    async def _after(self, account: Account, tries: Tries, problem: SendError) -> Settled | None:
        """What a refusal means: the message's end, or None after waiting for the next try."""
        late = tries.outgoing.action is Action.FORM  # a window cannot be opened later
        now = asyncio.get_running_loop().time()
        match problem:
            case TooFast(seconds=seconds, everyone=True):
                account.open_at = max(account.open_at, now + seconds)
            case TooFast(seconds=seconds):
                await asyncio.sleep(seconds)
            case NotSent():
                if late or now - tries.begun > GIVE_UP:
                    return tries.end("failed", "not sent")
                log.warning("a message could not be sent yet", reason=str(problem))
                await asyncio.sleep(min(LONGEST_WAIT, 0.25 * 2 ** min(tries.made, 8)))
            case Unknown():
                tries.unknown += 1
                if late or tries.unknown >= UNKNOWN_TRIES:
                    return tries.end("unknown", "answer lost")
                account.repeated.add(tries.outgoing.delivery)
                await asyncio.sleep(min(LONGEST_WAIT, 0.25 * 2**tries.unknown))
            case Unreachable():
                return tries.end("failed", "unreachable")
            case _:
                log.warning("the platform refused a message", reason=str(problem))
                return tries.end("failed", f"rejected: {problem}"[:200])
        return None

    async def _gate(self, account: Account, loop: asyncio.AbstractEventLoop) -> None:
        while (wait := account.open_at - loop.time()) > 0:
            await asyncio.sleep(wait)

    def _note(self, account: Account, settled: Settled) -> None:
        self._metrics.delivery(account.sender.channel, settled.state)
        self._ledger.note(settled)

    async def _nobody_there(
        self, account: Account, queue: deque[Outgoing], outgoing: Outgoing
    ) -> None:
        """They blocked the bot: nothing else that waits for them is tried."""
        for other in queue:
            self._note(account, Settled(other.delivery, "failed", "unreachable", attempts=0))
        queue.clear()
        sender = account.sender
        await self._ledger.write(outbox.unreachable, sender.channel, sender.account, outgoing.user)

    async def _move(self, account: Account, outgoing: Outgoing, chat: str) -> None:
        sender = account.sender
        await self._ledger.write(outbox.moved, sender.channel, sender.account, outgoing.user, chat)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _to(outgoing: Outgoing, chat: str) -> Outgoing:
    return Outgoing(
        outgoing.action, chat, outgoing.user, outgoing.message, outgoing.target,
        outgoing.trigger, outgoing.delivery,
    )  # fmt: skip
