"""A small HTTP/1.1 client for one server: keep-alive connections, POST, nothing more.

General clients cost more processor time a call than everything else the bot does with it
(bench/README.md). This one tells apart what a sender must know: did the request leave?
"""

from __future__ import annotations

import asyncio
import select
import ssl
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import httptools

if TYPE_CHECKING:
    from collections.abc import Mapping

IDLE_SECONDS = 30.0  # an unused connection older than this is not used again
FRESH_SECONDS = 0.5  # a connection used this recently is not looked at before it is used again
MAX_ANSWER = 64 * 1024 * 1024  # bytes; a getUpdates batch is at most a few megabytes


class HttpError(Exception):
    """A call that got no answer.

    HttpError
    ├── NotConnectedError   nothing was sent
    └── NoAnswerError       sent, at least in part; the server may have acted on it
        └── LateAnswerError   … not within the time allowed
    """


class NotConnectedError(HttpError):
    """No connection could be had: the request was not sent."""


class NoAnswerError(HttpError):
    """The connection broke, or what came back was not HTTP."""


class LateAnswerError(NoAnswerError):
    """No answer within the time allowed."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Origin:
    """Where to connect to; ``tls`` None for plain HTTP."""

    host: str
    port: int
    tls: ssl.SSLContext | None = None


class Connection(asyncio.Protocol):
    """One connection; one request at a time."""

    def __init__(self) -> None:
        self.reusable = False
        self.idle_since = 0.0
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[Answer] | None = None
        self._reset()

    def _reset(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._body: list[bytes] = []
        self._size = 0
        self._length: int | None = None
        self._chunked = False
        self._in_body = False

    # ---- the loop's side ----

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        if self._answer is None:  # nobody asked: not an answer to anything
            self.close()
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as problem:
            self._fail(NoAnswerError(f"the answer is not HTTP: {type(problem).__name__}"))

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self.reusable = False
        if self._in_body and self._length is None and exc is None and not self._chunked:
            self._complete()  # RFC 9112 6.3: the body ends with the connection
        else:
            reason = type(exc).__name__ if exc else "end of stream"
            self._fail(NoAnswerError(f"the connection broke: {reason}"))

    # ---- the parser's side (httptools' names) ----

    def on_header(self, name: bytes, value: bytes) -> None:
        name = name.lower()
        if name == b"content-length":
            self._length = int(value)
        elif name == b"transfer-encoding":
            self._chunked = value.lower().endswith(b"chunked")

    def on_message_begin(self) -> None:
        self._length = None
        self._chunked = False

    def on_headers_complete(self) -> None:
        self._in_body = self._parser.get_status_code() >= 200

    def on_body(self, body: bytes) -> None:
        self._size += len(body)
        if self._size > MAX_ANSWER:
            self._fail(NoAnswerError("the answer is too large"))
        self._body.append(body)

    def on_message_complete(self) -> None:
        if self._parser.get_status_code() >= 200:  # 1xx is followed by the answer proper
            self.reusable = self._parser.should_keep_alive()
            self._complete()

    # ---- the caller's side ----

    def _complete(self) -> None:
        answer, self._answer = self._answer, None
        if answer is not None and not answer.done():
            answer.set_result(Answer(self._parser.get_status_code(), b"".join(self._body)))

    def _fail(self, error: HttpError) -> None:
        answer, self._answer = self._answer, None
        if answer is not None and not answer.done():
            answer.set_exception(error)
        self.close()

    def _late(self, seconds: float) -> None:
        self._fail(LateAnswerError(f"no answer in {seconds:g} s"))

    def usable(self, now: float) -> bool:
        """Whether the other end still seems to listen. Only a hint: it may hang up any moment."""
        if self._transport is None or self._transport.is_closing():
            return False
        idle = now - self.idle_since
        return idle < FRESH_SECONDS or (idle < IDLE_SECONDS and not _readable(self._transport))

    async def ask(self, request: bytes, seconds: float | None) -> Answer:
        """Send ``request`` and wait for the answer.

        Raises:
            NotConnectedError: the connection was gone before anything was written.
            NoAnswerError: it broke later; LateAnswerError: ``seconds`` went by.
        """
        if self._transport is None or self._transport.is_closing():
            raise NotConnectedError("the connection was closed")
        self._reset()
        self.reusable = False
        answer: asyncio.Future[Answer] = self._loop.create_future()
        self._answer = answer
        timer = None if seconds is None else self._loop.call_later(seconds, self._late, seconds)
        try:
            self._transport.write(request)
            return await answer
        finally:
            if timer:
                timer.cancel()
            if not self.reusable:  # cancelled, failed, or the server wants it closed
                self._answer = None
                self.close()

    def close(self) -> None:
        self.reusable = False
        if self._transport:
            self._transport.abort()


def _readable(transport: asyncio.Transport) -> bool:
    """Something waits to be read on an idle connection: the other end hung up, and the loop
    had no time yet to say so."""
    poll = select.poll()
    poll.register(transport.get_extra_info("socket").fileno(), select.POLLIN)
    return bool(poll.poll(0))


@dataclass(slots=True)
class Pool:
    """Up to ``size`` connections to one server; who finds none free waits in turn."""

    origin: Origin
    size: int
    _idle: list[Connection] = field(default_factory=list)
    _used: set[Connection] = field(default_factory=set)
    _opening: int = 0
    _waiting: deque[asyncio.Future[None]] = field(default_factory=deque)

    async def ask(
        self,
        request: bytes,
        *,
        connect_seconds: float | None,
        read_seconds: float | None,
        pool_seconds: float | None,
    ) -> Answer:
        """Send ``request`` over a free or a new connection.

        Raises:
            NotConnectedError: no connection, or none free within ``pool_seconds``.
            NoAnswerError: see :meth:`Connection.ask`.
        """
        while True:
            connection = self._free()
            new = connection is None
            if connection is None:
                connection = await self._opened(connect_seconds, pool_seconds)
            self._used.add(connection)
            try:
                return await connection.ask(request, read_seconds)
            except NotConnectedError:
                if new:
                    raise
                # closed while it was idle: nothing was sent, another one will do
            finally:
                self._give_back(connection)

    def _free(self) -> Connection | None:
        now = asyncio.get_running_loop().time()
        while self._idle:
            connection = self._idle.pop()
            if connection.usable(now):
                return connection
            connection.close()
        return None

    def _give_back(self, connection: Connection) -> None:
        self._used.discard(connection)
        if connection.reusable:
            connection.idle_since = asyncio.get_running_loop().time()
            self._idle.append(connection)
        self._wake()

    def _wake(self) -> None:
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return

    async def _opened(
        self, connect_seconds: float | None, pool_seconds: float | None
    ) -> Connection:
        again = False
        while len(self._used) + self._opening >= self.size:
            await self._turn(pool_seconds, first=again)
            if free := self._free():
                return free
            again = True
        self._opening += 1
        try:
            return await self._connect(connect_seconds)
        except BaseException:
            self._wake()
            raise
        finally:
            self._opening -= 1

    async def _turn(self, seconds: float | None, *, first: bool) -> None:
        waiter = asyncio.get_running_loop().create_future()
        if first:  # woken, but somebody else was quicker: keeps its place
            self._waiting.appendleft(waiter)
        else:
            self._waiting.append(waiter)
        try:
            async with asyncio.timeout(seconds):
                await waiter
        except TimeoutError:
            raise NotConnectedError("all connections are in use") from None
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():
                self._wake()  # pass the turn on
            raise

    async def _connect(self, seconds: float | None) -> Connection:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(seconds):
                _, connection = await loop.create_connection(
                    Connection, self.origin.host, self.origin.port, ssl=self.origin.tls
                )
        except TimeoutError:
            raise NotConnectedError("connecting took too long") from None
        except (OSError, ssl.SSLError) as problem:
            raise NotConnectedError(f"cannot connect: {problem.strerror or problem}") from None
        return connection

    def close(self) -> None:
        for connection in (*self._idle, *self._used):
            connection.close()
        self._idle.clear()


def head(target: str, host: str, headers: Mapping[str, str], length: int) -> bytes:
    """The lines before a POST's body. ``target`` is path and query, already encoded."""
    lines = [f"POST {target} HTTP/1.1", f"Host: {host}", f"Content-Length: {length}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")
