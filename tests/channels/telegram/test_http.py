"""The HTTP client against servers that do all that HTTP allows, and some that it does not."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvloop

from bot.channels.telegram.http import (
    Answer,
    LateAnswerError,
    NoAnswerError,
    NotConnectedError,
    Origin,
    head,
)
from bot.channels.telegram.pool import Pool
from tests.waiting import idle, jump, latency, until

CERTIFICATE = Path(__file__).with_name("tls") / "certificate.pem"
KEY = CERTIFICATE.with_name("key.pem")
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
LONG = 50.0  # seconds that nothing here takes, but for what never comes
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(serve: Serve, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A server that runs ``serve`` for each connection; its port."""

    tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        tasks.add(task)
        try:
            await serve(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)
    yield server.sockets[0].getsockname()[1]
    server.close()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.sleep(0)


async def read_request(reader: asyncio.StreamReader) -> bytes:
    return await reader.readuntil(b"\r\n\r\n") + await reader.readexactly(4)


def always(*answers: bytes) -> Serve:
    """Sends the answers one after the other, the last again and again."""
    left = list(answers)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await read_request(reader)
            writer.write(left.pop(0) if len(left) > 1 else left[0])
            await writer.drain()

    return serve


def once(answer: bytes) -> Serve:
    """One answer a connection, which is then closed."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(answer)
        await writer.drain()

    return serve


async def ask(
    pool: Pool, read: float | None = LONG, connect: float = LONG, wait: float = LONG
) -> Answer:
    request = head("/", "localhost", {"Content-Type": "text/plain"}, 4) + b"ping"
    return await pool.ask(request, connect_seconds=connect, read_seconds=read, pool_seconds=wait)


def plain(port: int, size: int = 4) -> Pool:
    return Pool(Origin("127.0.0.1", port), size)


@pytest.mark.parametrize(
    ("answer", "status", "body"),
    [
        (OK, 200, b"ok"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, b""),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: x\r\n\r\n",
            200,
            b"abcde",
        ),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + OK, 200, b"ok"),
        (b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 3\r\n\r\nbad", 502, b"bad"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b""),
    ],
)
async def test_answer_of_every_form_is_read(answer: bytes, status: int, body: bytes) -> None:
    async with serving(always(answer)) as port:
        pool = plain(port)
        for _ in range(3):
            assert await ask(pool) == Answer(status, body)
        pool.close()


async def test_answer_is_read_byte_by_byte() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        for byte in OK:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0)
        await reader.read()

    async with serving(serve) as port:
        pool = plain(port)
        assert await ask(pool) == Answer(200, b"ok")
        pool.close()


async def test_body_without_length_ends_with_the_connection() -> None:
    async with serving(once(b"HTTP/1.1 200 OK\r\n\r\nall there is")) as port:
        pool = plain(port)
        assert await ask(pool) == Answer(200, b"all there is")
        pool.close()


async def test_connection_is_used_again() -> None:
    connections = 0
    serve = always(OK)

    async def counted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await serve(reader, writer)

    async with serving(counted) as port:
        pool = plain(port)
        for _ in range(5):
            await ask(pool)
        pool.close()
    assert connections == 1


@pytest.mark.parametrize(
    "answer",
    [OK, b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"],
)
async def test_connection_closed_between_requests_is_replaced(answer: bytes) -> None:
    async with serving(once(answer)) as port:
        pool = plain(port)
        for _ in range(5):
            assert await ask(pool) == Answer(200, b"ok")
            await idle()
        pool.close()


async def test_connection_whose_end_nobody_noticed_is_not_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The other end hangs up while this process is too busy to see it."""
    monkeypatch.setattr("bot.channels.telegram.http.FRESH_SECONDS", 0.0)
    async with serving(once(OK)) as port:
        pool = plain(port)
        for _ in range(5):
            assert await ask(pool) == Answer(200, b"ok")
            (connection,) = pool._idle
            transport = connection._transport
            assert transport
            transport.pause_reading()  # the loop sees nothing from here on
            await idle()
            assert not transport.is_closing()
        pool.close()


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        b"SMTP ready\r\n",
    ],
)
async def test_answer_that_breaks_off_leaves_the_outcome_open(answer: bytes) -> None:
    requests = 0
    serve = once(answer)

    async def counted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal requests
        requests += 1
        await serve(reader, writer)

    async with serving(counted) as port:
        pool = plain(port)
        with pytest.raises(NoAnswerError):
            await ask(pool)
        pool.close()
    assert requests == 1, "a request that may have been carried out must not be repeated"


async def test_request_lost_on_a_used_connection_is_not_repeated() -> None:
    requests = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal requests
        while True:
            await read_request(reader)
            requests += 1
            if requests == 2:
                return
            writer.write(OK)

    async with serving(serve) as port:
        pool = plain(port)
        assert await ask(pool) == Answer(200, b"ok")
        with pytest.raises(NoAnswerError):
            await ask(pool)
        assert requests == 2
        assert await ask(pool) == Answer(200, b"ok")
        pool.close()


async def test_late_answer_is_told_and_its_connection_not_used_again() -> None:
    asked = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        body = (await read_request(reader))[-4:]
        if not asked.is_set():
            asked.set()
            await latency(LONG + 1)
        writer.write(OK.replace(b"ok", body[:2]))
        await reader.read()

    async with serving(serve) as port:
        pool = plain(port)
        first = asyncio.create_task(ask(pool))
        await asked.wait()
        jump(LONG)
        await idle()
        assert first.done()
        with pytest.raises(LateAnswerError, match=f"no answer in {LONG:g} s"):
            await first
        second = asyncio.create_task(ask(pool))
        jump(1)  # the answer to the first comes now
        assert await second == Answer(200, b"pi")
        pool.close()


async def test_refused_connection_was_not_sent() -> None:
    async with serving(always(OK)) as port:
        pass
    pool = plain(port)
    with pytest.raises(NotConnectedError, match="cannot connect"):
        await ask(pool)
    assert pool._opening == 0


async def test_pool_keeps_to_its_size_and_serves_in_turn() -> None:
    running = most = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal running, most
        while True:
            await read_request(reader)
            running += 1
            most = max(most, running)
            await latency(0.005)
            running -= 1
            writer.write(OK)

    async with serving(serve) as port:
        pool = plain(port, 3)
        answers = await asyncio.gather(*(ask(pool) for _ in range(20)))
        pool.close()
    assert answers == [Answer(200, b"ok")] * 20
    assert most == 3


async def test_waiting_too_long_for_a_connection_was_not_sent() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with serving(silent) as port:
        pool = plain(port, 1)
        first = asyncio.create_task(ask(pool, read=None))
        await until(lambda: pool._used)
        second = asyncio.create_task(ask(pool))
        await until(lambda: pool._waiting)
        jump(LONG)
        await idle()
        assert second.done()
        with pytest.raises(NotConnectedError, match="all connections are in use"):
            await second
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        pool.close()


async def test_cancelled_caller_gives_its_connection_up() -> None:
    async with serving(always(OK)) as port:
        pool = plain(port, 1)
        for _ in range(5):
            task = asyncio.create_task(ask(pool))
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        assert await ask(pool) == Answer(200, b"ok")
        pool.close()


def server_tls() -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE, KEY)
    return context


async def test_tls_is_spoken_with_a_server_that_is_known() -> None:
    trusted = ssl.create_default_context(cafile=CERTIFICATE)
    async with serving(always(OK), server_tls()) as port:
        pool = Pool(Origin("localhost", port, trusted), 2)
        for _ in range(3):
            assert await ask(pool) == Answer(200, b"ok")
        pool.close()
        await idle()


async def test_server_with_a_strange_certificate_is_not_spoken_to() -> None:
    async with serving(always(OK), server_tls()) as port:
        pool = Pool(Origin("localhost", port, ssl.create_default_context()), 2)
        with pytest.raises(NotConnectedError, match="cannot connect"):
            await ask(pool)
        pool.close()


async def test_connecting_too_long_was_not_sent() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with serving(silent) as port:  # never shakes hands
        pool = Pool(Origin("127.0.0.1", port, ssl.create_default_context()), 2)
        asking = asyncio.create_task(ask(pool))
        await until(lambda: pool._opening)
        await idle()
        jump(LONG)
        await idle()
        assert asking.done()
        with pytest.raises(NotConnectedError, match="connecting took too long"):
            await asking
        pool.close()


@pytest.mark.parametrize("secure", [False, True])
def test_same_works_on_uvloop(secure: bool) -> None:
    async def main() -> None:
        tls = ssl.create_default_context(cafile=CERTIFICATE) if secure else None
        async with serving(always(OK), server_tls() if secure else None) as port:
            pool = Pool(Origin("localhost" if secure else "127.0.0.1", port, tls), 2)
            answers = await asyncio.gather(*(ask(pool) for _ in range(10)))
            assert answers == [Answer(200, b"ok")] * 10
            pool.close()
            await idle()
        with pytest.raises(NotConnectedError):
            await ask(pool)
        async with serving(once(OK)) as port:
            pool = plain(port)
            for _ in range(5):
                assert await ask(pool) == Answer(200, b"ok")
                await idle()
            pool.close()

    uvloop.run(main())
