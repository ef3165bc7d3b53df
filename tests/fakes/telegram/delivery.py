"""Updates to a webhook: in order within a chat, several chats at once, again until a 2xx."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import aiohttp
import orjson

from tests.fakes.telegram.bots import Bot, Webhook
from tests.fakes.telegram.updates import Pending

Reply: TypeAlias = Callable[[Bot, dict[str, Any]], Awaitable[None]]
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"


class Delivery:
    """Takes a bot's pending updates to its webhook.

    ``first_wait`` seconds are waited after a failure, doubled each time up to ``longest_wait``.
    ``reply`` carries out the method call a webhook may answer with.
    """

    def __init__(
        self, reply: Reply, *, first_wait: float = 0.05, longest_wait: float = 1.0
    ) -> None:
        self._reply = reply
        self._first_wait = first_wait
        self.longest_wait = longest_wait
        self._tasks: set[asyncio.Task[None]] = set()
        self._busy: set[tuple[str, int]] = set()
        self._flying: set[int] = set()
        self._session: aiohttp.ClientSession | None = None
        self.statuses: list[tuple[int, int]] = []  # (update_id, HTTP status; 0 no answer)

    def pump(self, bot: Bot) -> None:
        """Start every delivery that may start now."""
        hook = bot.webhook
        if hook is None:
            return
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=30)
            )
        waiting = [*bot.updates.again, *bot.updates.pending]
        if bot.updates.shuffled:
            random.shuffle(waiting)
        for pending in waiting:
            if len(self._flying) >= hook.max_connections:
                return
            key = ("", pending.id) if bot.updates.shuffled else pending.key
            if key in self._busy or pending.id in self._flying:
                continue
            self._busy.add(key)
            self._flying.add(pending.id)
            task = asyncio.create_task(self._deliver(bot, hook, pending, key))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _deliver(
        self, bot: Bot, hook: Webhook, pending: Pending, key: tuple[str, int]
    ) -> None:
        try:
            if not await self._until_taken(bot, hook, pending):
                return
            for _ in range(bot.updates.times - 1):
                await self._post(bot, hook, pending)
            self._done(bot, pending)
        finally:
            self._busy.discard(key)
            self._flying.discard(pending.id)
            if not asyncio.current_task().cancelling():  # type: ignore[union-attr]
                self.pump(bot)

    async def _until_taken(self, bot: Bot, hook: Webhook, pending: Pending) -> bool:
        wait = self._first_wait
        while not 200 <= await self._post(bot, hook, pending) <= 299:
            await asyncio.sleep(wait)
            wait = min(wait * 2, self.longest_wait)
            if bot.webhook is not hook:
                return False
        return True

    @staticmethod
    def _done(bot: Bot, pending: Pending) -> None:
        updates = bot.updates
        if pending in updates.again:
            updates.again.remove(pending)
        else:
            updates.confirmed.append(pending)
            updates.keep([each for each in updates.pending if each is not pending])

    async def _post(self, bot: Bot, hook: Webhook, pending: Pending) -> int:
        """The HTTP status, 0 when no answer came."""
        assert self._session
        headers = {"Content-Type": "application/json"}
        if hook.secret:
            headers[SECRET_HEADER] = hook.secret
        body = orjson.dumps(pending.update)
        try:
            async with self._session.post(hook.url, data=body, headers=headers) as answer:
                status, text = answer.status, await answer.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as problem:
            hook.last_error = f"Connection failed: {type(problem).__name__}"
            self.statuses.append((pending.id, 0))
            return 0
        self.statuses.append((pending.id, status))
        if not 200 <= status <= 299:
            hook.last_error = f"Wrong response from the webhook: {status}"
        elif text.strip().startswith(b"{"):
            await self._reply(bot, orjson.loads(text))
        return status

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session:
            await self._session.close()
