"""The HTTP server: uvicorn's, with bounds on what one connection may make it hold or wait for.

The parser puts a header together as it comes, however long: one of 120 MB held everybody up for
seven seconds. So a request's head is bounded in bytes, headers and the length of its first line,
its arrival in seconds, and connections in number: when there are too many, the one that has been
slowest to ask anything goes.
"""

from __future__ import annotations

import asyncio
import http
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_LINE = 8_192  # bytes of path and query; a deep link has some hundred
MAX_HEADERS = 100
MAX_HEAD = 32_768  # bytes of all headers and the first line; proxies send a few thousand
HEAD_SECONDS = 10.0  # from a connection, or a request's first byte, to the end of its head
BODY_SECONDS = 30.0  # … to the end of its body
IDLE_SECONDS = 15  # between two requests of a connection; proxies keep some open
MOST_OPEN = 512  # connections


class Refused(Exception):
    """A request that goes beyond a bound."""


class BoundedProtocol(HttpToolsProtocol):
    """One connection."""

    _head = 0  # bytes of the head that came so far
    _asking = True  # the head of a request is awaited, or on its way
    _refusal = 400
    _deadline: asyncio.TimerHandle | None = None
    _stalled: asyncio.TimerHandle | None = None
    _since = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn does
        super().connection_made(transport)
        self._since = self.loop.time()
        if len(self.connections) > MOST_OPEN and not self._make_room():
            self._refuse(503)
            return
        self._due(HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        self._cancel()
        if self._stalled is not None:
            self._stalled.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        head = self._head if self._asking else None
        super().data_received(data)
        if self.transport.is_closing():
            return
        answered = self.cycle is None or self.cycle.response_complete
        if answered and self._deadline is None and self.timeout_keep_alive_task is None:
            self._due(HEAD_SECONDS)  # something came that begins no request: empty lines
        if not self._asking or head is None:
            return
        self._head = head + len(data)
        if self._head > MAX_HEAD:
            self._refuse(431)

    # what the parser tells

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._asking, self._head, self._since = True, 0, self.loop.time()
        self._due(HEAD_SECONDS)

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        if len(self.url) > MAX_LINE:
            self._refusal = 414
            raise Refused

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        if len(self.headers) > MAX_HEADERS:
            self._refusal = 431
            raise Refused

    def on_headers_complete(self) -> None:
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if size > MAX_HEAD:
            self._refusal = 431
            raise Refused
        self._asking = False
        self._due(BODY_SECONDS)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._cancel()
        super().on_message_complete()

    def pause_writing(self) -> None:
        """Somebody does not read what they asked for."""
        super().pause_writing()
        self._stalled = self.loop.call_later(BODY_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    # what follows

    def send_400_response(self, msg: str) -> None:
        self._refuse(self._refusal)

    def _refuse(self, status: int) -> None:
        """Answer and hang up; in the middle of an answer only hang up."""
        self._cancel()
        if self.transport.is_closing():
            return
        if self.cycle is None or self.cycle.response_complete:
            words = http.HTTPStatus(status).phrase
            self.transport.write(
                f"HTTP/1.1 {status} {words}\r\ncontent-type: text/plain; charset=utf-8\r\n"
                f"content-length: {len(words) + 1}\r\nconnection: close\r\n\r\n{words}\n".encode()
            )
        self.transport.close()

    def _make_room(self) -> bool:
        """Hang up on the one that has been slowest to ask; whether there was one."""
        asking = [
            each
            for each in self.connections
            if isinstance(each, BoundedProtocol) and each is not self and each._asking
        ]
        slowest = min(asking, key=lambda each: each._since, default=None)
        if slowest is None:
            return False
        slowest._refuse(408)
        return True

    def _due(self, seconds: float) -> None:
        self._cancel()
        self._deadline = self.loop.call_later(seconds, self._refuse, 408)

    def _cancel(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def configured(app: Any) -> uvicorn.Config:
    """How the web application is served."""
    return uvicorn.Config(
        app, http=BoundedProtocol, ws="none", log_config=None, lifespan="off", access_log=False,
        timeout_graceful_shutdown=3, timeout_keep_alive=IDLE_SECONDS, server_header=False,
    )  # fmt: skip
