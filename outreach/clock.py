"""Doing what is planned: one slice of one due task a transaction.

A handler does a task, or a slice of it, in the transaction it is given: what it changed and how
far it got are committed together, so a program that dies in between has done it wholly or not at
all. Nothing here knows when to look; :mod:`bot.clock` does, and the rehearsal on a virtual clock.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from blueprints.schema import Blueprint
from outreach.errors import OutreachError
from storage import tasks
from storage.tasks import TaskRow
from storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Context:
    """What handlers know of the world: the present moment, the region, and the ``channels``
    ("telegram", "slack", …) that this program can send through.

    ``now`` is made UTC: adding hours to a local time is arithmetic on what a clock on the wall
    shows, and on one night of the year never gets past two o'clock."""

    now: datetime
    blueprint: Blueprint
    channels: tuple[str, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "now", self.now.astimezone(UTC))


@dataclass(frozen=True, slots=True)
class Done:
    """The task is done."""


@dataclass(frozen=True, slots=True)
class Again:
    """A slice is done; the next begins at ``cursor``, at once or at ``due_at``."""

    cursor: int = 0
    due_at: datetime | None = None


Outcome: TypeAlias = Done | Again
Handler: TypeAlias = Callable[[Transaction, TaskRow, Context], Outcome]
Handlers: TypeAlias = Mapping[str, Handler]


@dataclass(frozen=True, slots=True)
class Ticked:
    """What was done: ``state`` "done", "expired", or "open" (there is more of it)."""

    kind: str
    subject: str
    state: str


class SliceFailed(OutreachError):
    """A handler raised; nothing of its slice is kept. ``orig`` is what it raised: the database
    looks there for errors of its own, which have the unit run again or mean that it is away."""

    def __init__(self, task: TaskRow, orig: Exception) -> None:
        super().__init__(f"{task.kind} of {task.subject} failed: {_reason(orig)}")
        self.task = task
        self.orig = orig

    @property
    def reason(self) -> str:
        return _reason(self.orig)


def _reason(error: Exception) -> str:
    """Our own words in full; of any other error kind and place, for its text may quote a
    person."""
    if isinstance(error, OutreachError):
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)
    at = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return type(error).__name__ + at


def tick(tx: Transaction, handlers: Handlers, context: Context) -> Ticked | None:
    """Do one slice of the task that has been due longest; None when nothing is due.

    Raises SliceFailed, after which the transaction is to be given up and :func:`note_failure`
    run in another.
    """
    task = tasks.take(tx, context.now)
    if task is None:
        return None
    if task.expires_at is not None and task.expires_at <= context.now:
        tasks.expired(tx, task, context.now)
        return Ticked(task.kind, task.subject, "expired")
    match _outcome(tx, task, handlers, context):
        case Done():
            tasks.done(tx, task, context.now)
            return Ticked(task.kind, task.subject, "done")
        case Again(cursor=cursor, due_at=due_at):
            tasks.again(tx, task, cursor, due_at)
            return Ticked(task.kind, task.subject, "open")


def _outcome(tx: Transaction, task: TaskRow, handlers: Handlers, context: Context) -> Outcome:
    try:
        return handlers[task.kind](tx, task, context)
    except Exception as error:
        raise SliceFailed(task, error) from error


def note_failure(tx: Transaction, failure: SliceFailed, now: datetime) -> bool:
    """Have the task tried again after a while; whether it was given up instead."""
    return tasks.failed(tx, failure.task, failure.reason, now)
