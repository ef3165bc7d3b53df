"""The time by which the server forgets, and ends long polls."""

from __future__ import annotations

import asyncio


def now() -> float:
    """Seconds, by the clock of the running loop: ``tests.waiting.jump`` moves it ahead."""
    return asyncio.get_running_loop().time()
