"""How events, interactions and commands reach the app: Socket Mode or signed HTTP, with retries.

https://docs.slack.dev/apis/events-api/using-socket-mode, https://docs.slack.dev/apis/events-api
and https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Literal, TypeAlias
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from tests.fakes.slack.check import Json
from tests.fakes.slack.faults import Faults
from tests.waiting import PATIENCE

Kind: TypeAlias = Literal["events_api", "interactive", "slash_commands"]

ACK_SECONDS = 3.0


@dataclass
class Attempt:
    """One try to hand a payload over, and what came of it: "ok", "timeout", "500", …"""

    retry: int
    outcome: str = ""
    seconds: float = 0.0
    answer: Json | None = None


@dataclass
class Delivery:
    """One payload on its way. ``await delivery`` waits until Slack gave up or was told."""

    kind: Kind
    payload: Json
    attempts: list[Attempt] = field(default_factory=list)
    task: asyncio.Task[None] | None = None

    @property
    def acknowledged(self) -> bool:
        return any(attempt.outcome == "ok" for attempt in self.attempts)

    @property
    def answer(self) -> Json | None:
        """What the app said with its acknowledgement."""
        return next((a.answer for a in self.attempts if a.outcome == "ok"), None)

    async def done(self) -> Delivery:
        if self.task is not None:
            await asyncio.wait_for(asyncio.shield(self.task), PATIENCE)
        return self


@dataclass
class Connection:
    """One Socket Mode connection of the app."""

    number: int
    socket: web.WebSocketResponse
    waiting: dict[str, asyncio.Future[Json]] = field(default_factory=dict)
    leaving: bool = False

    def acknowledge(self, message: Json) -> None:
        future = self.waiting.pop(str(message.get("envelope_id")), None)
        if future is not None and not future.done():
            future.set_result(message.get("payload") or {})


class Post:
    """Delivers, retries and redelivers. ``retry_after`` are Slack's waits (0 s, 1 min, 5 min),
    shortened; commands and interactions are never retried."""

    def __init__(
        self,
        faults: Faults,
        signing_secret: str,
        *,
        ack_seconds: float = ACK_SECONDS,
        retry_after: tuple[float, ...] = (0.0, 0.3, 1.0),
    ) -> None:
        self.faults = faults
        self.signing_secret = signing_secret
        self.ack_seconds = ack_seconds
        self.retry_after = retry_after
        self.events_url: str | None = None
        # Awaited before the second and any later try: by then, minutes later, the app is up again.
        self.later: Callable[[], Awaitable[object]] | None = None
        self.deaf = False  # acknowledgements over sockets are lost on the way
        self.connections: list[Connection] = []
        self.deliveries: list[Delivery] = []
        self._arrived = asyncio.Event()
        self._numbers = count(1)
        self._shuffled: list[Delivery] = []
        self._shuffler: asyncio.Task[None] | None = None
        self._session: aiohttp.ClientSession | None = None
        self._closed = False

    def deliver(self, kind: Kind, payload: Json) -> Delivery:
        """Hand a payload over in the background, as often as the faults say."""
        copies = [Delivery(kind, payload) for _ in range(max(1, self.faults.deliveries))]
        self.deliveries.extend(copies)
        if self._closed:
            return copies[0]
        if self.faults.shuffle:
            self._shuffled.extend(copies)
            if self._shuffler is None or self._shuffler.done():
                self._shuffler = asyncio.create_task(self._shuffle())
        else:
            for copy in copies:
                copy.task = asyncio.create_task(self._carry(copy))
        return copies[0]

    async def _shuffle(self) -> None:
        await asyncio.sleep(self.faults.shuffle_seconds)
        batch, self._shuffled = self._shuffled, []
        self.faults.random.shuffle(batch)
        for delivery in batch:
            delivery.task = asyncio.create_task(self._carry(delivery))

    async def idle(self) -> None:
        """Wait until nothing is on its way."""
        async with asyncio.timeout(PATIENCE):
            while self._shuffler is not None and not self._shuffler.done():
                await self._shuffler
            for delivery in list(self.deliveries):
                if delivery.task is not None:
                    await asyncio.shield(delivery.task)

    async def close(self) -> None:
        self._closed = True
        tasks = [d.task for d in self.deliveries if d.task is not None and not d.task.done()]
        if self._shuffler is not None:
            tasks.append(self._shuffler)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for connection in list(self.connections):
            with suppress(TimeoutError):
                await asyncio.wait_for(connection.socket.close(), 1.0)
        if self._session is not None:
            await self._session.close()

    async def _carry(self, delivery: Delivery) -> None:
        waits = (None, *self.retry_after) if delivery.kind == "events_api" else (None,)
        for retry, wait in enumerate(waits):
            if wait:
                await asyncio.sleep(wait)
                if self.later is not None:
                    await self.later()
            reason = delivery.attempts[-1].outcome if delivery.attempts else ""
            attempt = Attempt(retry)
            delivery.attempts.append(attempt)
            began = time.monotonic()
            await self._attempt(delivery, attempt, reason)
            attempt.seconds = time.monotonic() - began
            if attempt.outcome == "ok":
                return

    async def _attempt(self, delivery: Delivery, attempt: Attempt, reason: str) -> None:
        try:
            if self.events_url is not None:
                await self._by_http(self.events_url, delivery, attempt, reason)
            else:
                await self._by_socket(delivery, attempt, reason)
        except TimeoutError:
            attempt.outcome = "timeout"
        except aiohttp.ClientError:
            attempt.outcome = "connection_failed"

    # Socket Mode

    async def connection(self) -> Connection:
        """Any open connection; waits for one when there is none."""
        while not (ready := [c for c in self.connections if not (c.leaving or c.socket.closed)]):
            self._arrived.clear()
            await self._arrived.wait()
        return ready[next(self._numbers) % len(ready)]

    async def _by_socket(self, delivery: Delivery, attempt: Attempt, reason: str) -> None:
        connection = await self.connection()
        envelope_id = f"{next(self._numbers):08d}-envelope"
        envelope: Json = {
            "envelope_id": envelope_id,
            "type": delivery.kind,
            "payload": delivery.payload,
            "accepts_response_payload": delivery.kind != "events_api",
        }
        if delivery.kind == "events_api":
            envelope |= {"retry_attempt": attempt.retry, "retry_reason": reason}
        future: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        connection.waiting[envelope_id] = future
        try:
            await connection.socket.send_json(envelope)
            attempt.answer = await asyncio.wait_for(future, self.ack_seconds)
            attempt.outcome = "ok"
        except (ConnectionError, asyncio.CancelledError) as gone:
            if isinstance(gone, asyncio.CancelledError) and not future.cancelled():
                raise
            attempt.outcome = "disconnected"
        finally:
            connection.waiting.pop(envelope_id, None)

    async def serve_socket(self, request: web.Request) -> web.WebSocketResponse:
        """One WebSocket from opening to closing."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        connection = Connection(next(self._numbers), socket)
        self.connections.append(connection)
        await socket.send_json(
            {
                "type": "hello",
                "num_connections": len(self.connections),
                "debug_info": {"host": "fake", "approximate_connection_time": 3600},
                "connection_info": {"app_id": "A0DOMOV"},
            }
        )
        self._arrived.set()
        try:
            async for message in socket:
                if message.type is aiohttp.WSMsgType.TEXT and not self.deaf:
                    connection.acknowledge(json.loads(message.data))
        finally:
            self.connections.remove(connection)
            for future in connection.waiting.values():
                future.cancel()
        return socket

    async def ask_to_reconnect(
        self, *, reason: str = "refresh_requested", close_after: float = 0.5
    ) -> None:
        """What Slack does every few hours: `disconnect`, and soon the connection is gone."""
        for connection in list(self.connections):
            connection.leaving = True
            await connection.socket.send_json(
                {"type": "disconnect", "reason": reason, "debug_info": {"host": "fake"}}
            )
            asyncio.get_running_loop().call_later(close_after, self._close_soon, connection)

    def _close_soon(self, connection: Connection) -> None:
        if not connection.socket.closed:
            self._closing = asyncio.ensure_future(connection.socket.close())

    def cut(self) -> None:
        """The line breaks: no close frame, nothing."""
        for connection in list(self.connections):
            transport = connection.socket._req.transport if connection.socket._req else None
            if transport is not None:
                transport.abort()

    # HTTP

    def sign(self, body: str, timestamp: int) -> str:
        base = f"v0:{timestamp}:{body}".encode()
        return "v0=" + hmac.new(self.signing_secret.encode(), base, hashlib.sha256).hexdigest()

    def request(self, kind: Kind, payload: Json) -> tuple[dict[str, str], str]:
        """Headers and body of a signed request, as of now."""
        if kind == "events_api":
            body, content = json.dumps(payload), "application/json"
        else:
            fields = {"payload": json.dumps(payload)} if kind == "interactive" else payload
            body, content = urlencode(fields), "application/x-www-form-urlencoded"
        now = int(time.time())
        headers = {
            "Content-Type": content,
            "X-Slack-Request-Timestamp": str(now),
            "X-Slack-Signature": self.sign(body, now),
        }
        return headers, body

    async def _by_http(self, url: str, delivery: Delivery, attempt: Attempt, reason: str) -> None:
        headers, body = self.request(delivery.kind, delivery.payload)
        if attempt.retry:
            headers |= {"X-Slack-Retry-Num": str(attempt.retry), "X-Slack-Retry-Reason": reason}
        if self._session is None:
            self._session = aiohttp.ClientSession()
        timeout = aiohttp.ClientTimeout(total=self.ack_seconds)
        async with self._session.post(url, data=body, headers=headers, timeout=timeout) as answer:
            text = await answer.text()
            if not 200 <= answer.status < 300:
                attempt.outcome = str(answer.status)
                return
            if text.startswith("{"):
                attempt.answer = json.loads(text)
            attempt.outcome = "ok"
