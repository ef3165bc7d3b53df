"""From start to end: the program's parts begin, take turns with other processes, and stop."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import structlog
import uvicorn

from bot.app import App
from bot.errors import BadSettings, Unavailable
from bot.outgoing import Channel
from bot.settings import Settings
from bot.web_server import configured
from storage.errors import StorageError
from storage.leases import Leases

LEAD_EVERY = 5.0  # seconds between two looks whether the lead is free or still ours
LONGEST_WAIT = 60.0  # seconds between two tries to start a channel
STOP_WAIT = 1.5  # seconds for a channel to finish what it has in hand
BACKLOG = 2048  # connections that wait to be accepted

log = structlog.get_logger(__name__)


async def run(app: App, ready: Callable[[str], None]) -> None:
    """Run until a signal says stop. ``ready`` is told the address of the chat page.

    Raises BadSettings where nothing can listen at HOST and PORT, BadToken where a platform does
    not know us.
    """
    settings = app.settings
    try:
        listening = listen(settings)
    except BaseException:
        _close(app)
        raise
    server = Server(configured(app.web), ready)
    stop = asyncio.Event()
    with _signals(stop):
        work = [
            asyncio.create_task(_stay_alive(app), name="lease"),
            *(asyncio.create_task(_serve(app, name), name=name) for name in app.channels),
        ]
        app.dispatcher.start()
        app.clock.start()
        app.housekeeping.start()
        serving = asyncio.create_task(server.serve([listening]), name="web")
        try:
            await _until(stop, serving, work)
        finally:
            server.should_exit = True
            await _end(app, work)
            await asyncio.gather(serving, return_exceptions=True)
            _close(app)


def listen(settings: Settings) -> socket.socket:
    """The socket that the web application listens on. Raises BadSettings when it is taken."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=BACKLOG)
    except OSError as problem:
        where = f"{settings.host}:{settings.port}"
        reason = os.strerror(problem.errno) if problem.errno else str(problem)
        raise BadSettings(
            [f"PORT: nothing can listen on {where} ({reason}); set another PORT (or HOST)"]
        ) from None


class Server(uvicorn.Server):
    """Tells when it listens, and on which port; leaves signals to us (uvicorn would end the
    process before what is in hand is finished)."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[str], None]) -> None:
        super().__init__(config)
        self._ready = ready

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        gc.freeze()  # what there is now stays: it need not be looked through for garbage again
        if self.started and sockets:
            host, port = sockets[0].getsockname()[:2]
            shown = f"[{host}]" if ":" in host else host
            self._ready(f"http://{shown}:{port}/")


@contextmanager
def _signals(stop: asyncio.Event) -> Iterator[None]:
    """SIGINT and SIGTERM say stop; a second one ends the process at once."""
    loop = asyncio.get_running_loop()
    wanted = (signal.SIGINT, signal.SIGTERM)
    before = {each: signal.getsignal(each) for each in wanted}

    def heard(number: int, _frame: Any) -> None:
        signal.signal(number, before[signal.Signals(number)])
        loop.call_soon_threadsafe(stop.set)

    for each in wanted:
        signal.signal(each, heard)
    try:
        yield
    finally:
        for each in wanted:
            signal.signal(each, before[each])


async def _until(
    stop: asyncio.Event, serving: asyncio.Task[None], work: list[asyncio.Task[None]]
) -> None:
    """Wait for a signal; whatever fails for good ends everything."""
    stopped = asyncio.create_task(stop.wait())
    pending: set[asyncio.Task[Any]] = {stopped, serving, *work}
    try:
        while {stopped, serving} <= pending:
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
    finally:
        stopped.cancel()


async def _end(app: App, work: list[asyncio.Task[None]]) -> None:
    """What was received is committed, what is being sent is sent (or left to the next process),
    and the connections are closed, in a few seconds whatever happens."""
    for task in work:
        task.cancel()
    await asyncio.gather(*work, return_exceptions=True)
    await app.clock.stop()
    await app.dispatcher.stop()
    await asyncio.gather(*map(_stopped, app.channels.values()))
    await app.housekeeping.stop()
    await app.erasures.stop()


async def _stopped(channel: Channel) -> None:
    try:
        async with asyncio.timeout(STOP_WAIT):
            await channel.stop()
    except TimeoutError:
        log.warning("stopped in the middle; what was in hand comes again", channel=channel.channel)
    except Exception:
        log.exception("could not be stopped", channel=channel.channel)


def _close(app: App) -> None:
    app.database.close()
    app.leases.close()


async def _serve(app: App, name: str) -> None:
    """Start a channel. One that only one process at a time may serve waits for its turn, and
    gives way when another process has taken over."""
    channel = app.channels[name]
    if name not in app.polled:
        await _begin(app, channel)
        return
    what = f"{name}:{channel.account}"
    while True:
        await _lead(app.leases, what)
        await _begin(app, channel)
        if app.database.dialect == "sqlite":
            return  # there is no other process
        await _lost(app.leases, what)
        log.warning("another process has taken this over", what=name)
        await channel.stop()
        app.dispatcher.remove(channel)


async def _begin(app: App, channel: Channel) -> None:
    wait = 1.0
    while True:
        try:
            await channel.start()
            break
        except Unavailable as problem:
            log.warning("trying again", reason=str(problem), seconds=wait)
        await asyncio.sleep(wait)
        wait = min(wait * 2, LONGEST_WAIT)
    await app.dispatcher.add(channel)


async def _lead(leases: Leases, what: str) -> None:
    """Until this process is the one that does ``what``."""
    waited = False
    while not await _asked(leases.lead, what):
        if not waited:
            log.info("another process does this at present, waiting", what=what.partition(":")[0])
            waited = True
        await asyncio.sleep(LEAD_EVERY)


async def _lost(leases: Leases, what: str) -> None:
    """Until another process does ``what``. While the database is away nobody can take over."""
    while await _asked(leases.lead, what) is not False:
        await asyncio.sleep(LEAD_EVERY)


async def _stay_alive(app: App) -> None:
    """Be known as alive, also after a connection was lost: else others would send our replies."""
    while app.database.dialect != "sqlite":
        await asyncio.sleep(LEAD_EVERY)
        await _asked(app.leases.live)


async def _asked(question: Callable[..., bool | None], *about: str) -> bool | None:
    """The answer; None when the database does not answer."""
    try:
        return await asyncio.to_thread(question, *about)
    except StorageError as problem:
        log.warning("the database does not answer", reason=str(problem))
        return None
