"""People who talk without a pause for a long time, and what that does to the tested process."""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Callable
from typing import Any

import orjson
import psutil

from bench.people import Figures

STUCK = 30.0  # seconds without an answer to anybody


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--turns", type=int, default=0, help="until so many are answered")
    parser.add_argument("--every", type=int, default=10_000, help="turns between two lines")


async def without_pause(
    figures: Figures,
    tested: psutil.Process,
    options: argparse.Namespace,
    others: Callable[[], int] = lambda: 0,
) -> dict[str, Any]:
    """Until ``options.turns`` are answered: a line goes out every so many, ``others`` says how many
    other messages came by then. What was wrong comes last."""
    began = time.perf_counter()
    for goal in range(options.every, options.turns + 1, options.every):
        await _answered(figures, goal)
        times = tested.cpu_times()
        row = {
            "turns": figures.answered,
            "broadcast": others(),
            "seconds": time.perf_counter() - began,
            "cpu": times.user + times.system,
            "rss": tested.memory_info().rss,
        }
        print(orjson.dumps(row).decode(), flush=True)
        figures.waits.clear()
    return {"over": True, "astray": len(figures.astray), "doubled": figures.doubled}


async def _answered(figures: Figures, goal: int) -> None:
    before, moved = figures.answered, time.perf_counter()
    while figures.answered < goal:
        await asyncio.sleep(0.05)
        if figures.answered > before:
            before, moved = figures.answered, time.perf_counter()
        elif time.perf_counter() - moved > STUCK:
            raise SystemExit(f"nobody was answered any more after {before} turns")
