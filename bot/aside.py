"""A pure function, run in a process of its own.

What thinks for a minute (a round of mentoring) would make every message wait for Python's
interpreter in between, and could not be stopped. In its own process it does neither, and its
memory goes with it.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from outreach.clock import BesideFailed, reason_of

T = TypeVar("T")
POLITE = 10  # the niceness of such a process: people's messages go first
ONE_CORE = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")


async def aside(function: Callable[..., T], *arguments: Any) -> T:
    """What ``function(*arguments)`` gives: function, arguments and result can be pickled. Ends the
    process when it is cancelled. Raises BesideFailed."""
    given = await asyncio.to_thread(_pickled, (function, arguments))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", __name__,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, env=_environment(),
    )  # fmt: skip
    try:
        answer, _ = await process.communicate(given)
    except BaseException:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        raise
    if process.returncode != 0:
        raise BesideFailed(f"its process ended with {process.returncode}")
    # Only our own two processes talk here.
    reason, result = await asyncio.to_thread(pickle.loads, answer)
    if reason is not None:
        raise BesideFailed(reason)
    found: T = result
    return found


def _pickled(something: object) -> bytes:
    return pickle.dumps(something, pickle.HIGHEST_PROTOCOL)


def _environment() -> dict[str, str]:
    return {
        **os.environ,
        **dict.fromkeys(ONE_CORE, "1"),
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }


def main() -> None:
    """The process: reads function and arguments, writes (None, result) or (reason, None)."""
    if hasattr(os, "nice"):
        os.nice(POLITE)
    answer: tuple[str | None, Any]
    try:
        function, arguments = pickle.load(sys.stdin.buffer)  # noqa: S301
        answer = None, function(*arguments)
    except Exception as error:
        answer = reason_of(error), None
    try:
        sys.stdout.buffer.write(_pickled(answer))
        sys.stdout.buffer.flush()
    except BrokenPipeError:  # who asked was killed meanwhile
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
