"""A limited number of connections to one server, used again and again."""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from dataclasses import dataclass, field

from bot.channels.telegram.http import (
    IDLE_SECONDS,
    Answer,
    Connection,
    NotConnectedError,
    Origin,
)


@dataclass(slots=True)
class Pool:
    """Up to ``size`` connections to one server; who finds none free waits in turn."""

    origin: Origin
    size: int
    _idle: deque[Connection] = field(default_factory=deque)  # the one used last is last
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
            now = connection.idle_since = asyncio.get_running_loop().time()
            self._idle.append(connection)
            while now - self._idle[0].idle_since > IDLE_SECONDS:  # fewer are needed than before
                self._idle.popleft().close()
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
