"""A strict Bot API server, a channel that runs against it, and what it was handed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from bot.channels.telegram.channel import TelegramChannel
from bot.incoming import Incoming
from tests.fakes.telegram import TelegramServer
from tests.waiting import PATIENCE


class Turns:
    """Stands in for the turn: remembers what it was handed; ``fails`` is how often it raises
    before; ``then`` is awaited with each event."""

    def __init__(self) -> None:
        self.events: list[Incoming] = []
        self.fails = 0
        self.then: Callable[[Incoming], Awaitable[Any]] | None = None
        self._new = asyncio.Event()

    async def __call__(self, incoming: Incoming) -> None:
        if self.fails:
            self.fails -= 1
            raise RuntimeError("the database is away")
        if self.then:
            await self.then(incoming)
        self.events.append(incoming)
        self._new.set()

    async def wait_for(self, number: int) -> list[Incoming]:
        """Until there were so many events."""
        async with asyncio.timeout(PATIENCE):
            while len(self.events) < number:
                self._new.clear()
                await self._new.wait()
        return self.events


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer() as server:
        yield server


@pytest.fixture
def turns() -> Turns:
    return Turns()


@pytest.fixture
async def channel(server: TelegramServer, turns: Turns) -> AsyncIterator[TelegramChannel]:
    """Not started: sends, but does not receive."""
    channel = TelegramChannel(server.token, server.url, turns)
    yield channel
    await channel.stop()


@pytest.fixture
async def polling(channel: TelegramChannel) -> TelegramChannel:
    """Receives by polling."""
    await channel.start()
    return channel
