"""``domov run`` as a process of its own: started, killed, started again, its log read."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import aiohttp

from tests.waiting import PATIENCE, until

ROOT = Path(__file__).parents[2]
LISTENS = re.compile(r"Domov listens on (http://\S+?)/? ")
QUICKLY = 10.0
"""Seconds in which it ends, when it waits for nothing that hangs: Telegram's answers are waited for
as long, Slack's twice."""
KEY = "the key of the system tests, as long as needed"


class Ended(AssertionError):
    """The process ended although it should run."""


class Program:
    """One ``domov run``. ``lines`` is everything it ever printed, over all its lives; ``module``
    what Python runs, ``name`` how PostgreSQL knows it."""

    module = "bot"

    def __init__(self, folder: Path, settings: Mapping[str, str], name: str = "domov") -> None:
        self.folder = folder
        self.name = name
        self.settings = dict(settings)
        self.lines: list[str] = []
        self.address = ""
        self.lives = 0
        self._process: asyncio.subprocess.Process | None = None
        self._readers: list[asyncio.Task[None]] = []
        self._listening = asyncio.Event()

    @property
    def log(self) -> str:
        return "\n".join(self.lines)

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
        return {
            **kept,
            "PGAPPNAME": self.name,
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "PYTHONWARNINGS": "default::ResourceWarning",
            "PORT": "0",
            "LOG_LEVEL": "debug",
            "SECRET_KEY": KEY,
            **self.settings,
        }

    async def start(self, *, wait: bool = True) -> None:
        """Start it; with ``wait`` until it listens. Raises Ended with its words when it ends."""
        self.lives += 1
        self._listening.clear()
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", self.module, "run",
            cwd=self.folder, env=self.environment, stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, limit=2**24,
        )  # fmt: skip
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        self._readers = [
            asyncio.create_task(self._read(self._process.stdout)),
            asyncio.create_task(self._read(self._process.stderr)),
        ]
        if wait:
            await self.listening()

    async def listening(self) -> None:
        """Until it listens."""
        heard = asyncio.create_task(self._listening.wait())
        ended = asyncio.create_task(self._ended())
        try:
            async with asyncio.timeout(PATIENCE):
                await asyncio.wait({heard, ended}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            heard.cancel()
            ended.cancel()
        if not self._listening.is_set():
            raise Ended(f"ended with {self.code} before it listened:\n{self.log[-4000:]}")

    async def up(self) -> None:
        """Until it listens, however often it was killed before."""
        await until(lambda: self.running and self._listening.is_set(), "the program to listen")

    async def _read(self, stream: asyncio.StreamReader) -> None:
        while line := await stream.readline():
            text = line.decode(errors="replace").rstrip("\n")
            self.lines.append(text)
            found = LISTENS.search(text + " ")
            if found:
                self.address = found[1].rstrip("/")
                self._listening.set()

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])

    @property
    def code(self) -> int | None:
        return self._process.returncode if self._process is not None else None

    async def _ended(self) -> int:
        assert self._process is not None
        code = await self._process.wait()
        await asyncio.gather(*self._readers)
        return code

    async def ended(self, within: float = PATIENCE) -> int:
        """The exit code, when it ends by itself."""
        async with asyncio.timeout(within):
            return await self._ended()

    async def kill(self) -> None:
        """SIGKILL: whatever it was doing, it is gone."""
        await self._signal(signal.SIGKILL)

    async def stop(self) -> tuple[int, float]:
        """SIGTERM; the exit code, and the seconds it took."""
        begun = time.monotonic()
        code = await self._signal(signal.SIGTERM)
        return code, time.monotonic() - begun

    async def _signal(self, number: signal.Signals) -> int:
        assert self._process is not None
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(number)
        return await self.ended()

    async def restart(self) -> None:
        """Kill it, and start it on the same database."""
        await self.kill()
        await self.start()

    async def get(self, path: str) -> tuple[int, str]:
        """Status and text of one of its pages."""
        async with aiohttp.ClientSession() as session, session.get(self.address + path) as answer:
            return answer.status, await answer.text()


class Front:
    """What stands before the program in the internet: one address, whichever process is behind
    it. While there is none, connections are refused."""

    def __init__(self) -> None:
        self.behind: Program | None = None
        self.silent = False  # what the program answers is lost on the way
        self._server: asyncio.Server | None = None
        self._pipes: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self.address = ""

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.address = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for pipe in self._pipes:
            pipe.cancel()
        await asyncio.gather(*self._pipes, return_exceptions=True)
        for writer in self._writers:  # what nobody reads any more would stay open
            writer.transport.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        program = self.behind
        self._writers.add(writer)
        try:
            if program is None or not program.running or not program.address:
                raise ConnectionRefusedError
            other, to_other = await asyncio.open_connection("127.0.0.1", program.port)
        except OSError:
            writer.transport.abort()
            return
        self._writers.add(to_other)
        for source, target, lost in ((reader, to_other, False), (other, writer, True)):
            pipe = asyncio.create_task(self._pour(source, target, can_be_lost=lost))
            self._pipes.add(pipe)
            pipe.add_done_callback(self._pipes.discard)

    async def _pour(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, *, can_be_lost: bool
    ) -> None:
        try:
            while data := await source.read(65536):
                if not (self.silent and can_be_lost):
                    target.write(data)
                    await target.drain()
        except ConnectionError:
            target.transport.abort()
        finally:
            target.close()
            if target.transport.get_write_buffer_size() == 0:
                self._writers.discard(target)
