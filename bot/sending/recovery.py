"""What was claimed for many and is not in anybody's hand: after a crash, after a lost commit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from itertools import groupby

import structlog

from bot.outgoing import Action
from bot.sending.account import Account, Settling
from bot.sending.journal import Fate, Journal, Note
from bot.sending.ledger import Ledger
from storage.outbox import Left, Settled

EVERY = 5.0  # seconds between two looks
DOUBT = 60.0  # seconds after a claim whose commit may have been lost
WAITING = Note(Fate.WAITING)
CRASHED = "the program stopped while it was sent"

log = structlog.get_logger(__name__)


class Recovery:
    """Looks after one account's rows; called between two claims, never beside one."""

    def __init__(
        self,
        account: Account,
        ledger: Ledger,
        journal: Journal,
        clock: Callable[[], datetime],
    ) -> None:
        self._account = account
        self._ledger = ledger
        self._journal = journal
        self._clock = clock
        self._next = 0.0
        self._doubt_until = 0.0

    def doubtful(self) -> None:
        """A claim's answer was lost: rows may be ours without our knowing."""
        self._next = 0.0
        self._doubt_until = asyncio.get_running_loop().time() + DOUBT

    async def look(self) -> None:
        """Settle what others left behind; give back what we never got. Raises StorageError."""
        now = asyncio.get_running_loop().time()
        if now < self._next:
            return
        if now < self._doubt_until:
            await self._ledger.give_back_forgotten(*self._account.key)
        left = await self._ledger.left(*self._account.key)
        if left:
            log.warning("messages were on their way when a program stopped", count=len(left))
        for owner, theirs in groupby(sorted(left, key=_owner), _owner):
            await self._settle_all(owner, list(theirs))
        if left or self._next == 0.0:
            await self._tidy()
        self._next = asyncio.get_running_loop().time() + EVERY

    async def _settle_all(self, owner: str, left: list[Left]) -> None:
        """What one dead process left: what it noted of each says what to do."""
        noted = await asyncio.to_thread(self._journal.of, owner)
        for each in left:
            self._ledger.take(each.id)
        if noted is None:
            for each in left:
                await self._look_up(each)
            return
        waiting = []
        for each in left:
            note = noted.get(each.id, WAITING)
            match note.fate:
                case Fate.WAITING:
                    waiting.append(each.id)
                case Fate.SENT:
                    self._ended(each, "sent", message=note.message)
                case Fate.BEGUN:
                    await self._look_up(each)
        await self._ledger.give_back(waiting, self._clock())

    async def _look_up(self, left: Left) -> None:
        """Slack knows what arrived; elsewhere nobody does, and nothing is repeated."""
        arrived: bool | None = None
        sender = self._account.sender
        if isinstance(sender, Settling) and left.action == Action.SEND.value:
            arrived = await sender.settle(left.chat, left.id)
        if arrived is False:
            await self._ledger.give_back([left.id], self._clock(), tried=1)
        elif arrived:
            self._ended(left, "sent")
        else:
            self._ended(left, "unknown", CRASHED)

    def _ended(
        self, left: Left, state: str, reason: str | None = None, message: str | None = None
    ) -> None:
        self._ledger.note(Settled(left.id, state, reason, message, left.attempts + 1))

    async def _tidy(self) -> None:
        """No journals are kept of processes that left nothing. (Where others run beside this one,
        theirs are left alone.)"""
        if not self._ledger.shared:
            owners = await self._ledger.senders()
            await asyncio.to_thread(self._journal.forget_all_but, owners)


def _owner(left: Left) -> str:
    return left.owner
