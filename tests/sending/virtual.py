"""An event loop whose clock moves when nothing is left to do, and then to what is due next.

So a test of waits of seconds takes milliseconds, sees each moment exactly, and is the same on a
busy machine. What other threads do (the database's writer, executors) is waited for before the
clock moves: to the loop it takes no time at all.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from storage.writer import Writer

EPOCH = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
"""What the clock on the wall says when the loop's says nought."""


class VirtualLoop(asyncio.SelectorEventLoop):
    """``elsewhere`` is how many things other threads do for it. ``latest`` is the test's own."""

    latest: VirtualLoop

    def __init__(self) -> None:
        VirtualLoop.latest = self
        self.now = 0.0
        self.elsewhere = 0
        super().__init__(_Selector(self))

    def time(self) -> float:
        return self.now

    def run_in_executor(self, *args: Any) -> asyncio.Future[Any]:  # type: ignore[override]
        return self.counted(super().run_in_executor(*args))

    async def shutdown_default_executor(self) -> None:
        self.elsewhere += 1
        try:
            await super().shutdown_default_executor()
        finally:
            self.elsewhere -= 1

    def counted(self, future: asyncio.Future[Any]) -> asyncio.Future[Any]:
        """This future is fulfilled by another thread."""
        self.elsewhere += 1
        future.add_done_callback(self._came)
        return future

    def _came(self, _future: asyncio.Future[Any]) -> None:
        self.elsewhere -= 1


class _Selector(selectors.DefaultSelector):
    """Waits for other threads, else moves the clock."""

    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready: list[tuple[selectors.SelectorKey, int]]
        if self._loop.elsewhere:
            ready = super().select(timeout if timeout == 0 else None)
            return ready
        ready = super().select(0)
        if not ready and timeout != 0:
            assert timeout is not None, "nothing will ever happen any more"
            self._loop.now += timeout
        return ready


def clock() -> datetime:
    """The moment on the wall, for any thread of the test."""
    return EPOCH + timedelta(seconds=VirtualLoop.latest.now)


def watch_writers(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a database writes is waited for."""
    submit = Writer.submit

    def counted(
        self: Writer, unit: Callable[..., Any], arguments: tuple[Any, ...]
    ) -> asyncio.Future[Any]:
        future, loop = submit(self, unit, arguments), asyncio.get_running_loop()
        return loop.counted(future) if isinstance(loop, VirtualLoop) else future

    monkeypatch.setattr(Writer, "submit", counted)


def gaps(times: Sequence[float]) -> list[float]:
    """Seconds between each and the next."""
    return [after - before for before, after in pairwise(times)]


async def passes(seconds: float) -> None:
    """So much time passes, on the loop's clock."""
    await asyncio.sleep(seconds)
