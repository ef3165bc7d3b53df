"""A Slack workspace, the channel connected to it, and a turn that only notes what it gets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from bot.channels.slack import people
from bot.channels.slack.channel import SlackChannel
from bot.incoming import Incoming, Said
from tests.fakes.slack import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, SlackServer
from tests.waiting import PATIENCE, idle, until


class Turn:
    """Stands for the real turn: notes events, waits or fails when told to."""

    def __init__(self) -> None:
        self.heard: list[Incoming] = []
        self.failures = 0
        self.waiting = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self._changed = asyncio.Condition()
        self.wrong: dict[str, str] | None = None  # in a window
        self.then: Callable[[Incoming], Awaitable[None]] | None = None

    async def __call__(self, incoming: Incoming, /) -> dict[str, str] | None:
        self.waiting += 1
        await self.gate.wait()
        self.waiting -= 1
        if self.failures:
            self.failures -= 1
            raise RuntimeError("the database is away")
        async with self._changed:
            self.heard.append(incoming)
            self._changed.notify_all()
        if self.then is not None:
            await self.then(incoming)
        return self.wrong

    @property
    def said(self) -> list[Said]:
        return [incoming.said for incoming in self.heard]

    async def held(self) -> None:
        """Wait until an event stands before the closed gate, and nothing else moves."""
        await until(lambda: self.waiting)
        await idle()

    async def until(self, count: int) -> list[Incoming]:
        """Wait until so many events were played."""
        async with asyncio.timeout(PATIENCE), self._changed:
            await self._changed.wait_for(lambda: len(self.heard) >= count)
        return self.heard


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine may take more than a second to look somebody up."""
    monkeypatch.setattr(people, "LOOKUP_SECONDS", PATIENCE)


@pytest.fixture
def turn() -> Turn:
    return Turn()


@pytest.fixture
async def server() -> AsyncIterator[SlackServer]:
    async with SlackServer(retry_after=(0.0, 0.1, 0.2), ack_seconds=PATIENCE) as running:
        yield running


@asynccontextmanager
async def connected(
    server: SlackServer, turn: Turn, **settings: Any
) -> AsyncIterator[SlackChannel]:
    """A started channel in Socket Mode."""
    given = {"app_token": APP_TOKEN, "api_url": server.api_url, **settings}
    channel = SlackChannel(given.pop("bot_token", BOT_TOKEN), turn, **given)
    await channel.start()
    try:
        yield channel
    finally:
        await channel.stop()


@asynccontextmanager
async def mounted(server: SlackServer, turn: Turn, **settings: Any) -> AsyncIterator[SlackChannel]:
    """A started channel behind a web server at /slack/events, where Slack delivers to."""
    given = {"signing_secret": SIGNING_SECRET, "api_url": server.api_url, **settings}
    channel = SlackChannel(BOT_TOKEN, turn, **given)

    async def answer(request: web.Request) -> web.Response:
        status, headers, body = await channel.http(dict(request.headers), await request.read())
        return web.Response(status=status, headers=headers, body=body)

    app = web.Application()
    app.router.add_post("/slack/events", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    await channel.start()
    host, port = runner.addresses[0][:2]
    server.post.events_url = f"http://{host}:{port}/slack/events"
    try:
        yield channel
    finally:
        server.post.events_url = None
        await channel.stop()
        await runner.cleanup()


@pytest.fixture
async def channel(server: SlackServer, turn: Turn) -> AsyncIterator[SlackChannel]:
    async with connected(server, turn) as started:
        yield started


@pytest.fixture(params=["socket", "http"])
async def either(
    request: pytest.FixtureRequest, server: SlackServer, turn: Turn
) -> AsyncIterator[SlackChannel]:
    """The channel, once over Socket Mode and once over HTTP."""
    way = connected if request.param == "socket" else mounted
    async with way(server, turn) as started:
        yield started
