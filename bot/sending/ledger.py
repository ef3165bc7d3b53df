"""What came of the messages, written into the outbox; and what the outbox still owes.

A reply is in the outbox before it is sent (its turn wrote it). Here its end is recorded, all that
wait in one unit, and replies are found that nobody is sending: those of a process that died, and
those whose turn was committed although the database could not say so any more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog

from bot.outgoing import Action, Outgoing
from messages import stored
from storage import deliveries, inbox, outbox
from storage.database import Database
from storage.errors import StorageError
from storage.moments import as_moment
from storage.outbox import Left, Pending, Settled
from storage.transaction import Transaction

STALE = timedelta(hours=24)  # a question older than this arrives too late to help
FORGOTTEN = timedelta(seconds=5)  # ours, written so long ago, and yet nobody is sending it
PATIENCE = 0.01  # seconds: at 1,000 messages a second a commit for ten
LONGEST_WAIT = 5.0  # seconds between two tries to write

log = structlog.get_logger(__name__)


class Ledger:
    """The outbox as the dispatcher sees it. ``owner`` names this process in it; ``recorded`` hears
    of the deliveries whose result is in the database."""

    def __init__(
        self,
        database: Database,
        owner: str,
        clock: Callable[[], datetime],
        recorded: Callable[[Sequence[int]], None] | None = None,
    ) -> None:
        self._database = database
        self._owner = owner
        self._clock = clock
        self._recorded = recorded
        self._settled: list[Settled] = []
        self._ready = asyncio.Event()
        self._in_hand: set[int] = set()  # being sent, or sent and not yet recorded
        self._stopping = False

    def take(self, delivery: int) -> None:
        """This message is being seen to."""
        if delivery:
            self._in_hand.add(delivery)

    def note(self, settled: Settled, *, patient: bool = False) -> None:
        """A message came to its end. A ``patient`` one is written a moment later, with others."""
        if not settled.id:
            return
        self._settled.append(settled)
        if not patient:
            self._ready.set()
        elif len(self._settled) == 1:
            asyncio.get_running_loop().call_later(PATIENCE, self._ready.set)

    async def record(self) -> None:
        """Write results as they come, for ever."""
        while True:
            await self._ready.wait()
            self._ready.clear()
            await self._flush()

    async def stop(self) -> None:
        """Write what was noted; from now on a database that is away is not waited for."""
        self._stopping = True
        await self._flush()

    async def _flush(self) -> None:
        results, self._settled = self._settled, []
        if results and await self.write(outbox.settle, results, self._clock()):
            self._out_of_hand([each.id for each in results])

    def _out_of_hand(self, deliveries: Sequence[int]) -> None:
        if self._recorded is not None:
            self._recorded(deliveries)
        self._in_hand.difference_update(deliveries)

    async def write(self, unit: Callable[..., None], *args: object) -> bool:
        """A unit that must get through: the database may be away for a while. Whether it did: when
        the program stops it is not waited for."""
        wait = 0.1
        while True:
            try:
                await self._database.write(unit, *args)
            except StorageError as problem:
                if self._stopping:
                    log.error("a result could not be recorded", reason=str(problem))
                    return False
                log.warning("the database cannot be written, trying again", reason=str(problem))
                await asyncio.sleep(wait)
                wait = min(wait * 2, LONGEST_WAIT)
            else:
                return True

    async def give_back(self, ids: Sequence[int], due_at: datetime, *, tried: int = 0) -> None:
        """Planned messages that were certainly not sent wait again, until ``due_at`` at least."""
        if await self.write(deliveries.release, list(ids), due_at, self._clock(), tried):
            self._out_of_hand(ids)

    async def give_back_forgotten(self, channel: str, account: str) -> None:
        """Planned messages that we claimed without hearing of it wait again. Never to be called
        while a claim is under way. Raises StorageError."""
        await self._database.write(
            _give_back_forgotten, self._owner, channel, account, self._clock(),
            frozenset(self._in_hand),
        )  # fmt: skip

    async def left(self, channel: str, account: str) -> list[Left]:
        """Planned messages that processes that died were sending, and whose end is not being
        recorded yet. Raises StorageError."""
        left = await self._database.write(
            outbox.left_behind, self._owner, channel, account, self._clock()
        )
        return [each for each in left if each.id not in self._in_hand]

    async def senders(self) -> set[str]:
        """All processes whose planned messages are being sent. Raises StorageError."""
        return await self._database.read(outbox.senders)

    async def planned(self) -> tuple[int, int]:
        """How many planned messages are queued, and how many held. Raises StorageError."""
        return await self._database.read(outbox.planned)

    async def unanswered(self) -> int:
        """How many messages to the staff wait for an answer. Raises StorageError."""
        count, _ = await self._database.read(inbox.waiting, None, "")
        return count

    @property
    def unrecorded(self) -> int:
        """How many messages are in hand, or were sent and are not recorded yet."""
        return len(self._in_hand)

    @property
    def shared(self) -> bool:
        """Whether other processes may be sending beside this one."""
        return self._database.dialect != "sqlite"

    async def owed(self, channel: str, account: str) -> list[Outgoing]:
        """Replies of this account that nobody is sending, oldest first; they are ours now.
        Raises StorageError."""
        pending = await self._database.write(
            _owed, self._owner, channel, account, self._clock(), frozenset(self._in_hand)
        )
        return [made for each in pending if (made := self._made(each)) is not None]

    def _made(self, pending: Pending) -> Outgoing | None:
        if self._clock() - as_moment(pending.created_at) > STALE:
            self.note(Settled(pending.id, "expired", "older than a day"))
            return None
        held = stored.load(pending.payload)
        return Outgoing(
            Action(pending.action), pending.chat, pending.user, held.message, held.target,
            delivery=pending.id,
        )  # fmt: skip


def _owed(
    tx: Transaction,
    owner: str,
    channel: str,
    account: str,
    now: datetime,
    in_hand: frozenset[int],
) -> list[Pending]:
    forgotten = outbox.forgotten(tx, owner, channel, account, now - FORGOTTEN)
    mine = [each for each in forgotten if each.id not in in_hand]
    return mine + outbox.adopt(tx, owner, channel, account, now)


def _give_back_forgotten(
    tx: Transaction,
    owner: str,
    channel: str,
    account: str,
    now: datetime,
    in_hand: frozenset[int],
) -> None:
    claimed = outbox.claimed(tx, owner, channel, account)
    deliveries.release(tx, [each for each in claimed if each not in in_hand], now, now, 0)
