"""What was claimed for many and is not in anybody's hand: after a crash, after a lost commit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog

from bot.outgoing import Action
from bot.sending.account import Account, Settling
from bot.sending.ledger import Ledger
from storage.outbox import Left, Settled

EVERY = 5.0  # seconds between two looks
DOUBT = 60.0  # seconds after a claim whose commit may have been lost
CRASHED = "the program stopped while it was sent"

log = structlog.get_logger(__name__)


class Recovery:
    """Looks after one account's rows; called between two claims, never beside one."""

    def __init__(self, account: Account, ledger: Ledger, clock: Callable[[], datetime]) -> None:
        self._account = account
        self._ledger = ledger
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
        for each in left:
            self._ledger.take(each.id)
        for each in left:
            await self._settle(each)
        self._next = asyncio.get_running_loop().time() + EVERY

    async def _settle(self, left: Left) -> None:
        """Slack knows what arrived; elsewhere nobody does, and nothing is repeated."""
        arrived: bool | None = None
        sender = self._account.sender
        if isinstance(sender, Settling) and left.action == Action.SEND.value:
            arrived = await sender.settle(left.chat, left.id)
        if arrived is False:
            await self._ledger.give_back([left.id], self._clock(), tried=1)
            return
        state, reason = ("sent", None) if arrived else ("unknown", CRASHED)
        self._ledger.note(Settled(left.id, state, reason, attempts=left.attempts + 1))
