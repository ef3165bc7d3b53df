"""Processes of a measurement: started on a core of their own, stopped politely."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
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


def measured(
    name: str,
    server: list[str],
    command: Callable[[str], tuple[list[str], dict[str, str]]],
    folder: Path,
) -> dict[str, Any]:
    """What a server (a module and its options) tells of one run of what it is asked to measure.

    The server says its port on its first line and takes the process to look at on its own; then
    ``command`` of its address is started on the other core, until the server has told all as JSON.
    What was logged is shown with BENCH_LOG, and when ``name`` did not run.
    """
    asked = start(
        [sys.executable, "-m", *server],
        SERVER_CORE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with ended(asked):
        assert asked.stdin
        assert asked.stdout
        line, environment = command(f"http://127.0.0.1:{int(asked.stdout.readline())}")
        with (folder / "log").open("w+") as log:
            tested = start(line, TESTED_CORE, environment, stdout=log, stderr=log)
            with ended(tested):
                print(tested.pid, file=asked.stdin, flush=True)
                told = asked.stdout.readline()
            log.seek(0)
            if os.environ.get("BENCH_LOG") or not told:
                print(log.read()[-5000:], file=sys.stderr)
            if not told:
                raise SystemExit(f"{name} did not run")
    seen: dict[str, Any] = json.loads(told)
    return seen
