"""``python -m tests.system.later run``: the program, on a clock that a test moves.

Its clock is the machine's plus the days that stand in the file which LATER names, read anew each
time. Nothing that measures how long something takes is moved.
"""

from __future__ import annotations

import os
import runpy
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

FILE = "LATER"
MODULE = "tests.system.later"


def now() -> datetime:
    """The moment that the file says."""
    return datetime.now(UTC) + moved(Path(os.environ[FILE]))


def moved(file: Path) -> timedelta:
    """How far the clock is ahead."""
    return timedelta(days=float(file.read_text(encoding="utf-8"))) if file.exists() else timedelta()


def move(file: Path, days: float) -> None:
    """Move the clock on, for every process at once."""
    made = file.with_suffix(".new")
    made.write_text(str(moved(file) / timedelta(days=1) + days), encoding="utf-8")
    made.replace(file)


def main() -> None:
    import bot.now

    bot.now.now = now  # before anything takes the real one with it
    sys.argv[0] = "domov"
    runpy.run_module("bot", run_name="__main__")


if __name__ == "__main__":
    main()
