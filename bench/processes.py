"""Processes of a measurement: started on a core of their own, stopped politely."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
TESTED_CORE, SERVER_CORE = (CORES[0], CORES[-1]) if CORES else (None, None)


def start(
    command: list[str], core: int | None, environment: dict[str, str] | None = None, **how: Any
) -> subprocess.Popen[Any]:
    """A process on one core."""
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | (environment or {}), **how)
    if core is not None:  # before it has any other thread
        os.sched_setaffinity(process.pid, {core})
    return process


@contextlib.contextmanager
def ended(process: subprocess.Popen[Any]) -> Iterator[None]:
    """Stopped politely at the end of the block, so that it writes what it has."""
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
