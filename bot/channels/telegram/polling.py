"""Long polling that confirms an update only after it was dealt with.

The library's own loop confirms a batch before it is handled: killed then, the bot loses it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

from telegram.error import Conflict, InvalidToken, TelegramError

from bot.channels.telegram.parsing import Raw
from bot.channels.telegram.request import FloodError

_log = logging.getLogger(__name__)

TIMEOUT = 25  # seconds Telegram may keep a request open; proxies cut at 30 or 60
BATCH = 100  # https://core.telegram.org/bots/api#getupdates
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0
GOODBYE = 1.0  # seconds to confirm the last batch when stopping
FINISH = 10.0  # seconds for a batch to be committed when stopping

# (offset, timeout, limit) -> updates
Fetch: TypeAlias = Callable[[int, int, int], Awaitable[Sequence[Raw]]]
# updates -> how many of them, from the first on, are dealt with
Receive: TypeAlias = Callable[[Sequence[Raw]], Awaitable[int]]


class Polling:
    """Fetches batches and hands them to ``receive``; where that reports fewer than it was given,
    the rest is fetched again after a wait."""

    def __init__(self, fetch: Fetch, receive: Receive) -> None:
        self._fetch = fetch
        self._receive = receive
        self._offset = 0
        self._confirmed = 0  # the offset Telegram was told last
        self._trouble = 0  # failures in a row
        self._stopping = asyncio.Event()
        self._fetching: asyncio.Task[Sequence[Raw]] | None = None

    async def run(self) -> None:
        """Until :meth:`stop`."""
        while not self._stopping.is_set():
            try:
                batch = await self._next()
                if batch:
                    await self._taken(batch)
                else:
                    self._recovered()
            except asyncio.CancelledError:
                if self._stopping.is_set():
                    break
                raise
            except TelegramError as error:
                await self._wait(_explained(error))
            except Exception:
                _log.exception("receiving from Telegram failed")
                await self._wait("receiving from Telegram failed")
        await self._goodbye()

    async def stop(self) -> None:
        """Ends the waiting request; a batch in hand is finished first, by :meth:`run`."""
        self._stopping.set()
        if self._fetching:
            self._fetching.cancel()

    async def _next(self) -> Sequence[Raw]:
        # Its own task, so that stop() ends this request and nothing else.
        self._fetching = asyncio.ensure_future(self._fetch(self._offset, TIMEOUT, BATCH))
        try:
            batch = await self._fetching
        finally:
            self._fetching.cancel()
            self._fetching = None
        self._confirmed = self._offset
        return batch

    async def _taken(self, batch: Sequence[Raw]) -> None:
        batch = sorted(batch, key=lambda update: update["update_id"])
        done = await self._receive(batch)
        if done == len(batch):
            self._offset = batch[-1]["update_id"] + 1
            self._recovered()
        else:
            self._offset = batch[done]["update_id"]
            await self._wait("messages could not be stored; they stay with Telegram")

    def _recovered(self) -> None:
        if self._trouble:
            _log.warning("receiving from Telegram again after %d failures", self._trouble)
        self._trouble = 0

    async def _wait(self, reason: str) -> None:
        seconds = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(self._trouble, 10)) * random.uniform(
            0.8, 1.2
        )
        self._trouble += 1
        _log.warning("%s; trying again in %.1f s", reason, seconds)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()

    async def _goodbye(self) -> None:
        """Confirm what was committed last, so that it does not come again after a restart."""
        if self._confirmed == self._offset:
            return
        with contextlib.suppress(TelegramError, TimeoutError):
            async with asyncio.timeout(GOODBYE):
                await self._fetch(self._offset, 0, 1)


def _explained(error: TelegramError) -> str:
    if isinstance(error, Conflict):
        return (
            "another program polls with this bot's token (or set a webhook): "
            "run only one, or give each its own bot"
        )
    if isinstance(error, InvalidToken):
        return "Telegram refuses the bot's token: check TELEGRAM_BOT_TOKEN"
    if isinstance(error, FloodError):
        return f"Telegram asks to wait {error.seconds:g} s"
    return f"no updates from Telegram: {error.message}"
