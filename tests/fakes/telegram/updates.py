"""A bot's queue of updates: what getUpdates and the webhook take from."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.telegram import clock
from tests.fakes.telegram.errors import bad, conflict

NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}
MESSAGES_KEPT = 24 * 3600.0  # https://core.telegram.org/bots/api#getting-updates
PRESSES_KEPT = 150.0


@dataclass(slots=True)
class Pending:
    id: int
    kind: str
    key: tuple[str, int]  # the webhook keeps order within a key only
    update: dict[str, Any]
    created: float


@dataclass(slots=True)
class Updates:
    """Updates stay until a higher offset confirms them or they grow too old."""

    next_id: int = 1000
    pending: list[Pending] = field(default_factory=list)
    allowed: frozenset[str] | None = None  # None: everything but NOT_BY_DEFAULT
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    emptied: asyncio.Event = field(default_factory=asyncio.Event)
    poll: int = 0  # the number of the newest getUpdates: an older one that waits is terminated
    times: int = 1  # each update is handed out so many times …
    shuffled: bool = False  # … and batches in random order
    presses_kept: float = PRESSES_KEPT
    confirmed: list[Pending] = field(default_factory=list)
    keep_confirmed: bool = True
    again: list[Pending] = field(default_factory=list)  # handed out once more whatever the offset

    def add(self, kind: str, key: tuple[str, int], content: dict[str, Any]) -> Pending | None:
        """A new update, or None where the bot did not ask for this kind."""
        wanted = kind not in NOT_BY_DEFAULT if self.allowed is None else kind in self.allowed
        if not wanted:
            return None
        self.next_id += 1
        update = {"update_id": self.next_id, kind: content}
        pending = Pending(self.next_id, kind, key, update, clock.now())
        self.pending.append(pending)
        self.arrived.set()
        self.emptied.clear()
        return pending

    def allow(self, kinds: list[str] | None) -> None:
        """``allowed_updates``: None keeps what was, an empty list is the default set."""
        if kinds is not None:
            self.allowed = frozenset(kinds) or None

    def replay(self) -> None:
        """Hand out everything that was confirmed once more, as Telegram does after trouble."""
        self.again += self.confirmed
        self.arrived.set()

    def _confirm_below(self, offset: int) -> None:
        if self.pending and self.pending[0].id < offset:
            if self.keep_confirmed:
                self.confirmed += [each for each in self.pending if each.id < offset]
            self.keep([each for each in self.pending if each.id >= offset])

    def keep(self, pending: list[Pending]) -> None:
        """Only these wait any longer."""
        self.pending = pending
        if not pending:
            self.emptied.set()

    def _expire(self) -> None:
        now = clock.now()
        self.pending = [
            each
            for each in self.pending
            if now - each.created
            < (self.presses_kept if each.kind == "callback_query" else MESSAGES_KEPT)
        ]

    def _batch(self, limit: int) -> list[dict[str, Any]]:
        chosen = (self.again + self.pending)[:limit]
        self.again = self.again[limit:]
        batch = [each.update for each in chosen for _ in range(self.times)]
        if self.shuffled:
            random.shuffle(batch)
        return batch

    async def get(self, offset: int, limit: int, within: float) -> list[dict[str, Any]]:
        """One getUpdates call.

        Raises:
            ApiError: 409 when a later getUpdates came while this one waited.
        """
        if not 0 <= limit <= 100:
            raise bad("limit must be between 1 and 100")
        self.poll += 1
        mine = self.poll
        self.arrived.set()  # wakes an older poll, which then finds itself replaced
        if offset < 0:
            offset = self.pending[offset].id if len(self.pending) >= -offset else 0
        self._confirm_below(offset)
        end = clock.now() + within
        while True:
            self._expire()
            if self.poll != mine:
                raise conflict(
                    "terminated by other getUpdates request; "
                    "make sure that only one bot instance is running"
                )
            if self.pending or self.again:
                return self._batch(limit or 100)
            left = end - clock.now()
            if left <= 0:
                return []
            self.arrived.clear()
            try:
                await asyncio.wait_for(self.arrived.wait(), left)
            except TimeoutError:
                return []
