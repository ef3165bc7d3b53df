"""Socket Mode: envelopes over a WebSocket, each acknowledged once its effects are committed.

The library's own client closes a connection before it opens the next one, acknowledges on
whichever is the newest, and after a failed handshake tries the same used-up address for ever.
Here the next connection is opened first, the old one is read until its last envelope is
acknowledged, and every attempt gets its own address.
https://docs.slack.dev/apis/events-api/using-socket-mode
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, TypeAlias

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.channels.slack.errors import ACCOUNT, NETWORK, code, send_error
from bot.outgoing import TooFast

# With what an envelope may be acknowledged; None when it may not be.
Receive: TypeAlias = Callable[[SocketModeRequest], Awaitable[dict[str, Any] | None]]

HEARTBEAT = 15.0  # Slack expects an answer to its pings, and we one to ours
DRAIN_SECONDS = 3.0  # Slack waits no longer for an acknowledgement
LONGEST_PAUSE = 30.0
STEADY_SECONDS = 10.0  # a connection that lived so long begins the pauses anew


class _Line:
    """One connection: reads until it closes; ``over`` is set when another one is needed."""

    def __init__(
        self,
        socket: aiohttp.ClientWebSocketResponse,
        receive: Receive,
        contact: Callable[[], None],
    ) -> None:
        self.over = asyncio.Event()
        self._socket = socket
        self._receive = receive
        self._contact = contact
        self._playing: set[asyncio.Task[None]] = set()
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        try:
            while True:
                message = await self._socket.receive()
                if message.type is aiohttp.WSMsgType.TEXT:
                    self._take(json.loads(message.data))
                elif message.type is aiohttp.WSMsgType.PING:
                    await self._socket.pong(message.data)
                elif message.type is not aiohttp.WSMsgType.PONG:
                    return
                self._contact()
        except (ConnectionError, ValueError, aiohttp.ClientError) as error:
            structlog.get_logger().warning("slack.line_broken", error=type(error).__name__)
        finally:
            self.over.set()

    def _take(self, message: dict[str, Any]) -> None:
        if message.get("type") == "disconnect":
            structlog.get_logger().info("slack.asked_to_reconnect", reason=message.get("reason"))
            self.over.set()
        request = SocketModeRequest.from_dict(message)
        if request is not None:
            task = asyncio.create_task(self._play(request))
            self._playing.add(task)
            task.add_done_callback(self._playing.discard)

    async def _play(self, request: SocketModeRequest) -> None:
        """Acknowledge what was committed; what was not, Slack brings again."""
        payload = await self._receive(request)
        if payload is None:
            return
        said = {"envelope_id": request.envelope_id, **({"payload": payload} if payload else {})}
        with suppress(ConnectionError, aiohttp.ClientError):
            await self._socket.send_json(said)

    async def close(self) -> None:
        """Take nothing more, let what is being played be acknowledged, hang up."""
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)
        if self._playing:
            await asyncio.wait(self._playing, timeout=DRAIN_SECONDS)
        for task in self._playing:
            task.cancel()
        with suppress(*NETWORK):
            await asyncio.wait_for(self._socket.close(), 1.0)

    async def leave(self) -> None:
        """Be read until it is closed by Slack, or for as long as Slack waits; then hang up."""
        await asyncio.wait([self._reader], timeout=DRAIN_SECONDS)
        await self.close()


class SocketMode:
    """Keeps a connection open; ``receive`` says whether an envelope may be acknowledged, and
    with what."""

    def __init__(
        self,
        client: AsyncWebClient,
        session: aiohttp.ClientSession,
        app_token: str,
        receive: Receive,
        contact: Callable[[], None],
    ) -> None:
        self._client = client
        self._session = session
        self._app_token = app_token
        self._receive = receive
        self._contact = contact
        self._line: _Line | None = None
        self._leaving: set[asyncio.Task[None]] = set()
        self._keeper: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Open the first connection. Raises SlackApiError where Slack refuses the token; after
        any other trouble (one address a minute is all that Slack promises) it goes on trying."""
        wait = 0.0
        try:
            self._line = await self._open()
        except (SlackApiError, TooFast, *NETWORK) as error:
            if isinstance(error, SlackApiError) and code(error) in ACCOUNT:
                raise
            wait = _told_to_wait(error, 1)
        self._keeper = asyncio.create_task(self._keep(wait))

    async def stop(self) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        for task in self._leaving:
            task.cancel()
        if self._line is not None:
            await self._line.close()

    @property
    def connected(self) -> bool:
        return self._line is not None and not self._line.over.is_set()

    async def _open(self) -> _Line:
        answer = await self._client.apps_connections_open(app_token=self._app_token)
        socket = await self._session.ws_connect(
            str(answer["url"]), heartbeat=HEARTBEAT, autoping=False, proxy=self._client.proxy
        )
        self._contact()
        return _Line(socket, self._receive, self._contact)

    async def _keep(self, wait: float) -> None:
        """Replace each connection that is over; one that died young after a pause."""
        await asyncio.sleep(wait)
        loop = asyncio.get_running_loop()
        began, short_lived = loop.time(), 0
        while True:
            old = self._line
            if old is not None:
                await old.over.wait()
                short_lived = short_lived + 1 if loop.time() - began < STEADY_SECONDS else 0
                await asyncio.sleep(_pause(short_lived))
            self._line = await self._reopen()
            began = loop.time()
            if old is not None:
                self._let_go(old)

    async def _reopen(self) -> _Line:
        failures = 0
        while True:
            try:
                return await self._open()
            except (SlackApiError, TooFast, *NETWORK) as error:
                failures += 1
                await asyncio.sleep(_told_to_wait(error, failures))

    def _let_go(self, old: _Line) -> None:
        task = asyncio.create_task(old.leave())
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)


def _told_to_wait(error: BaseException, failures: int) -> float:
    """Seconds until the next attempt to connect: Slack's, where it says so."""
    reason = code(error) if isinstance(error, SlackApiError) else type(error).__name__
    structlog.get_logger().warning("slack.not_connected", reason=reason, tries=failures)
    meaning = send_error(error)
    return meaning.seconds if isinstance(meaning, TooFast) else _pause(failures + 1)


def _pause(failures: int) -> float:
    """None at first, then 1, 2, 4 … 30 s, spread so that not everybody comes at once."""
    if failures <= 1:
        return 0.0
    return min(LONGEST_PAUSE, 2.0 ** (failures - 2)) * random.uniform(0.75, 1.25)
