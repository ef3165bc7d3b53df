"""How tests wait, and the only place where one lets real time pass (tests/docs/test_waiting.py).

A test that sleeps to see that nothing happens passes also where it happens a moment later, and one
that allows a second fails on a busy machine. So: wait *until* what must be there is there; see that
all is *idle* where nothing may be; or have the loop's clock *jump* to what is due later.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from random import Random
from typing import Any

PATIENCE = 60.0
"""Seconds until something that must happen is given up. Only a failure ever takes so long."""

_TURNS = 200
_FIRST_PAUSE, _LONGEST_PAUSE = 0.002, 0.05


async def until(
    true: Callable[[], Any],
    about: str | Callable[[], str] = "",
    *,
    within: float = PATIENCE,
    aside: bool = False,
) -> Any:
    """Wait until ``true()`` is, and give what it gave. ``aside``: ask in a thread, for what reads
    a database while the loop has to go on. Raises AssertionError that says what ``about``."""
    end, pause = time.monotonic() + within, _FIRST_PAUSE
    while not (found := await asyncio.to_thread(true) if aside else true()):
        if time.monotonic() > end:
            told = about() if callable(about) else about
            raise AssertionError(f"waited {within:g} s for {told or true}")
        await asyncio.sleep(pause)
        pause = min(pause * 1.3, _LONGEST_PAUSE)
    return found


async def idle() -> None:
    """Let happen whatever can happen by itself at once, on both sides of a connection within this
    process: the loop goes round, and looks at its sockets, often enough for all that follows from
    what is ready now. Not for threads, other processes and what is due later."""
    for _ in range(_TURNS):
        await asyncio.sleep(0)


def jump(seconds: float) -> None:
    """Move the running loop's clock ahead: what was to happen within ``seconds`` is due now.
    Lasts as long as the loop, which is the test's own."""
    loop = asyncio.get_running_loop()
    before = loop.time
    loop.time = lambda: before() + seconds  # type: ignore[method-assign]


async def latency(seconds: float) -> None:
    """A server or a reader that takes its time."""
    await asyncio.sleep(seconds)


async def some_moment(chance: Random, most: float) -> None:
    """A moment of chance, ``most`` seconds at the most: when a program is killed next."""
    await asyncio.sleep(chance.uniform(0, most))


def work(seconds: float) -> None:
    """Something that keeps its thread or process for a while."""
    time.sleep(seconds)
