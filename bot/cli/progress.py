"""How far something got, told on standard error once it takes longer than a second."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import typer

PATIENCE = 1.0  # seconds before anything is said
EVERY = 5.0  # seconds between two lines where there is no terminal to draw on
REDRAWN = 0.1  # seconds between two states of the bar


class Progress(Protocol):
    """Hears how many are done, and of how many, where that is known."""

    def __call__(self, done: int, total: int | None = None, /) -> None: ...


@contextmanager
def progress(what: str) -> Iterator[Progress]:
    """A bar at a terminal, otherwise a line now and then; nothing for quick work."""
    reporter = _Bar(what) if sys.stderr.isatty() else _Lines(what)
    try:
        yield reporter
    finally:
        reporter.end()


class _Lines:
    def __init__(self, what: str) -> None:
        self._what = what
        self._next = time.monotonic() + PATIENCE

    def __call__(self, done: int, total: int | None = None, /) -> None:
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + EVERY
            of = f" of {total:,}" if total else ""
            typer.echo(f"{self._what}: {done:,}{of} …", err=True)

    def end(self) -> None:
        """Nothing to tidy up."""


class _Bar:
    def __init__(self, what: str) -> None:
        self._what = what
        self._next = time.monotonic() + PATIENCE
        self._drawn = False

    def __call__(self, done: int, total: int | None = None, /) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + REDRAWN
        if not self._drawn:
            self._start()
        self._bar.update(self._task, completed=done, total=total)

    def _start(self) -> None:
        from rich.console import Console  # noqa: PLC0415 - only for what takes long
        from rich.progress import BarColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415
        from rich.progress import Progress as RichProgress  # noqa: PLC0415

        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed:,.0f}"),
            TimeElapsedColumn(),
        )
        self._bar = RichProgress(*columns, console=Console(stderr=True), transient=True)
        self._task = self._bar.add_task(self._what, total=None)
        self._bar.start()
        self._drawn = True

    def end(self) -> None:
        if self._drawn:
            self._bar.stop()
