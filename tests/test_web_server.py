"""What one connection may make the server hold or wait for is bounded."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
import uvicorn

from bot import web_server
from bot.web import MAX_BODY, WebParts, create_app
from tests.waiting import jump, until

LINES: list[Line] = []  # of this test
HELLO = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"


class Hook:
    """Takes what Telegram would bring."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    async def webhook(self, body: bytes, secret: str | None) -> int:
        self.bodies.append(body)
        return 200


async def nothing() -> None:
    """A probe that finds everything well."""


@pytest.fixture
def hook() -> Hook:
    return Hook()


@pytest.fixture
async def server(hook: Hook) -> AsyncIterator[uvicorn.Server]:
    app = create_app(WebParts(nothing, telegram=hook, hosts=frozenset({"bot.example.org"})))
    running = uvicorn.Server(web_server.configured(app))
    bound = socket.create_server(("127.0.0.1", 0))
    serving = asyncio.create_task(running.serve(sockets=[bound]))
    await until(lambda: running.started)
    yield running
    running.should_exit = True
    for each in LINES:
        each.writer.close()
        await asyncio.gather(each.writer.wait_closed(), return_exceptions=True)
    LINES.clear()
    await serving


class Line:
    """One connection of a client that writes what it likes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        LINES.append(self)

    async def say(self, *pieces: bytes) -> None:
        for piece in pieces:
            self.writer.write(piece)
            try:
                await self.writer.drain()
            except ConnectionError:
                return

    async def answer(self) -> int:
        """The status of the next answer; 0 when there is none."""
        try:
            head = await self.reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return 0
        length = next(
            int(line.partition(b":")[2])
            for line in head.lower().split(b"\r\n")
            if line.startswith(b"content-length")
        )
        await self.reader.readexactly(length)
        return int(head.split()[1])

    async def closed(self) -> bool:
        try:
            return await self.reader.read() == b""
        except ConnectionError:
            return True


async def line(server: uvicorn.Server) -> Line:
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    return Line(*await asyncio.open_connection(host, port))


async def asked(server: uvicorn.Server, *pieces: bytes) -> int:
    one = await line(server)
    await one.say(*pieces)
    return await one.answer()


async def test_what_is_within_the_bounds_is_answered(server: uvicorn.Server) -> None:
    some = b"".join(b"X-%d: %s\r\n" % (n, b"v" * 300) for n in range(90))
    one = await line(server)
    for _ in range(3):  # on one connection
        await one.say(HELLO, some, b"\r\n")
        assert await one.answer() == 200


@pytest.mark.parametrize(
    ("pieces", "status"),
    [
        ((HELLO, b"X: ", *[b"v" * 10_000] * 5), 431),  # and its end never comes
        ((HELLO, b"X: " + b"v" * 40_000 + b"\r\n\r\n"), 431),
        ((HELLO, b"v" * 70_000), 431),
        ((HELLO, *(b"X-%d: v\r\n" % n for n in range(200)), b"\r\n"), 431),
        ((b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",), 414),
        ((b"GET /", *[b"a" * 3_000] * 4), 414),
        ((b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc",), 400),
        ((b"GET /\xff\xfe HTTP/1.1\r\nHost: localhost\r\n\r\n",), 400),
        ((b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n",), 404),
        ((b"GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n",), 404),
    ],
)
async def test_what_is_beyond_them_is_refused(
    server: uvicorn.Server, pieces: tuple[bytes, ...], status: int
) -> None:
    found = await asked(server, *pieces)
    assert found in (status, 0)  # 0: it was hung up on while it was still writing
    assert await asked(server, HELLO, b"\r\n") == 200


async def test_body_is_bounded_as_it_comes(server: uvicorn.Server, hook: Hook) -> None:
    one = await line(server)
    await one.say(
        b"POST /telegram/webhook HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    piece = b"x" * 50_000
    for _ in range(2 * MAX_BODY // len(piece)):
        await one.say(b"%x\r\n%s\r\n" % (len(piece), piece))
    assert await one.answer() in (413, 0)
    assert hook.bodies == []


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"\r\n",
        b"GET /healthz HT",
        HELLO + b"X-Slow: ",
        b"POST /telegram/webhook HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nabc",
    ],
)
async def test_who_does_not_go_on_is_hung_up_on(
    server: uvicorn.Server, hook: Hook, begun: bytes
) -> None:
    one = await line(server)
    await one.say(begun)
    await until(lambda: len(server.server_state.connections) == 1)
    assert await asked(server, HELLO, b"\r\n") == 200  # and what was begun has arrived
    jump(web_server.BODY_SECONDS + 1)
    assert await one.answer() in (408, 0)
    assert hook.bodies == []


async def test_idle_connection_is_hung_up_on(server: uvicorn.Server) -> None:
    one, other = await line(server), await line(server)
    for each in (one, other):
        await each.say(HELLO, b"\r\n")
        assert await each.answer() == 200
    await other.say(b"\r\n")  # empty lines keep nothing open
    await until(lambda: len(server.server_state.connections) == 2)
    assert await asked(server, HELLO, b"\r\n") == 200
    jump(web_server.IDLE_SECONDS + 1)
    assert await one.closed()
    assert await other.answer() in (408, 0)


async def test_the_slowest_makes_room_for_the_next(
    server: uvicorn.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_server, "MOST_OPEN", 3)
    slow: list[Line] = []
    while len(slow) < 3:
        slow.append(await line(server))
        await until(lambda: len(server.server_state.connections) == len(slow))
    assert await asked(server, HELLO, b"\r\n") == 200
    assert await slow[0].answer() == 408
    for each in slow[1:]:
        await each.say(HELLO, b"\r\n")
        assert await each.answer() == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("127.0.0.1:8000", 200),
        ("[::1]:8000", 200),
        ("bot.example.org", 200),
        ("BOT.example.org:443", 200),
        ("evil.example.org", 421),
        ("bot.example.org.evil.example", 421),
        ("10.0.0.5", 421),
        ("", 421),
        ("[::1", 421),
        ("localhost@evil.example", 421),
    ],
)
@pytest.mark.parametrize("path", ["/healthz", "/metrics"])
async def test_health_and_figures_are_told_under_known_names_alone(
    server: uvicorn.Server, path: str, host: str, status: int
) -> None:
    request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n"
    assert await asked(server, request.encode()) == status
