"""A small HTTP/1.1 client: connections that are kept (:mod:`.pool`), POST, nothing more.

General clients cost more processor time a call than everything else the bot does with it
(bench/README.md). This one tells apart what a sender must know: did the request leave?
"""

from __future__ import annotations

import asyncio
import select
import ssl
from dataclasses import dataclass
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


def head(target: str, host: str, headers: Mapping[str, str], length: int) -> bytes:
    """The lines before a POST's body. ``target`` is path and query, already encoded."""
    lines = [f"POST {target} HTTP/1.1", f"Host: {host}", f"Content-Length: {length}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")
