"""Doing what is planned: one slice of one due task a transaction.

A handler does a task, or a slice of it, in the transaction it is given: what it changed and how
far it got are committed together, so a program that dies in between has done it wholly or not at
all. Nothing here knows when to look; :mod:`bot.clock` does, and the rehearsal on a virtual clock.

What has to think for longer than the database's writer may be held is done *beside*: the task is
leased, looked up on a snapshot, thought about in no transaction, and written in slices.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Generic, TypeAlias, TypeVar

from blueprints.schema import Blueprint
from outreach.errors import OutreachError
from storage import tasks
from storage.tasks import TaskRow
from storage.transaction import Transaction

Seen = TypeVar("Seen")
Found = TypeVar("Found")

LEASE = timedelta(minutes=10)  # what is done beside and not heard of for so long is begun anew


@dataclass(frozen=True, slots=True)
class Context:
    """What handlers know of the world: the present moment, the region, the ``channels``
    ("telegram", "slack", …) that this program can send through, and the ``secret`` that keys what
    is left of the erased.

    ``now`` is made UTC: adding hours to a local time is arithmetic on what a clock on the wall
    shows, and on one night of the year never gets past two o'clock."""

    now: datetime
    blueprint: Blueprint
    channels: tuple[str, ...]
    secret: str = ""

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


@dataclass(frozen=True, slots=True)
class Further:
    """A slice of what was found beside is written; the next goes on from ``state``."""

    state: Any


@dataclass(frozen=True, slots=True)
class Beside(Generic[Seen, Found]):
    """More than a slice may take. ``look`` reads on a snapshot; ``think`` has no transaction and
    may run in another process: it, what it is given and what it gives can be pickled. ``then``
    writes what was found, slice by slice, with None at first and then the state it gave. Each
    may be run again from the start, where the program died in between."""

    look: Callable[[Transaction], Seen]
    think: Callable[[Seen], Found]
    then: Callable[[Transaction, Found, Any], Further | Done | Again]


Outcome: TypeAlias = Done | Again | Beside[Any, Any]
Handler: TypeAlias = Callable[[Transaction, TaskRow, Context], Outcome]
Handlers: TypeAlias = Mapping[str, Handler]


@dataclass(frozen=True, slots=True)
class Leased:
    """A task that is to be done beside, by whoever got this, before ``until``."""

    task: TaskRow
    until: datetime
    work: Beside[Any, Any]


@dataclass(frozen=True, slots=True)
class Ticked:
    """What was done: ``state`` "done", "expired", "failed" (cut short too often), or "open"
    (there is more of it; ``beside`` then is what is to be done beside)."""

    kind: str
    subject: str
    state: str
    beside: Leased | None = None


class BesideFailed(OutreachError):
    """What was thought about beside failed in its own process; the message says how."""


class SliceFailed(OutreachError):
    """A handler raised; nothing of its slice is kept. ``orig`` is what it raised: the database
    looks there for errors of its own, which have the unit run again or mean that it is away."""

    def __init__(self, task: TaskRow, orig: Exception) -> None:
        super().__init__(f"{task.kind} of {task.subject} failed: {reason_of(orig)}")
        self.task = task
        self.orig = orig

    @property
    def reason(self) -> str:
        return reason_of(self.orig)


def reason_of(error: BaseException) -> str:
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
        case Beside() as work:
            return _lease(tx, task, work, context.now)


def _lease(tx: Transaction, task: TaskRow, work: Beside[Any, Any], now: datetime) -> Ticked:
    if task.attempts > len(tasks.WAITS):
        tasks.failed(tx, task, f"cut short {task.attempts} times", now)
        return Ticked(task.kind, task.subject, "failed")
    tasks.lease(tx, task, now + LEASE)
    return Ticked(task.kind, task.subject, "open", Leased(task, now + LEASE, work))


@dataclass(frozen=True, slots=True)
class Written:
    """A slice of what was found beside is written: ``leased`` and ``state`` are for the next;
    ``leased`` None: there is none, it is done or somebody else does it."""

    leased: Leased | None = None
    state: Any = None


def renew(tx: Transaction, leased: Leased, now: datetime) -> Leased | None:
    """The same with a lease from now on; None where it is over."""
    if not tasks.leased(tx, leased.task, leased.until):
        return None
    until = max(leased.until, now + LEASE)
    tasks.lease(tx, leased.task, until)
    return Leased(leased.task, until, leased.work)


def proceed(tx: Transaction, leased: Leased, found: Any, state: Any, now: datetime) -> Written:
    """Write a slice of what was found beside; repeat with what it gives. Raises SliceFailed."""
    task = leased.task
    if not tasks.leased(tx, task, leased.until):
        return Written()  # it took too long: another process has begun anew
    try:
        outcome = leased.work.then(tx, found, state)
    except Exception as error:
        raise SliceFailed(task, error) from error
    match outcome:
        case Further(state=following):
            return Written(renew(tx, leased, now), following)
        case Again(cursor=cursor, due_at=due_at):
            tasks.again(tx, task, cursor, due_at)
        case Done():
            tasks.done(tx, task, now)
    return Written()


def note_failure_beside(
    tx: Transaction, leased: Leased, failure: SliceFailed, now: datetime
) -> bool:
    """As :func:`note_failure`, for what was done beside; nothing where the lease is over."""
    if not tasks.leased(tx, leased.task, leased.until):
        return False
    tasks.release(tx, leased.task)
    return note_failure(tx, failure, now)


def tick_through(tx: Transaction, handlers: Handlers, context: Context) -> Ticked | None:
    """:func:`tick`, and what is to be done beside at once, in the same transaction: for the
    rehearsal and wherever nobody waits."""
    ticked = tick(tx, handlers, context)
    if ticked is None or ticked.beside is None:
        return ticked
    leased, state = ticked.beside, None
    try:
        found = leased.work.think(leased.work.look(tx))
    except Exception as error:
        raise SliceFailed(leased.task, error) from error
    following: Leased | None = leased
    while following is not None:
        written = proceed(tx, following, found, state, context.now)
        following, state = written.leased, written.state
    return Ticked(ticked.kind, ticked.subject, "done")


def _outcome(tx: Transaction, task: TaskRow, handlers: Handlers, context: Context) -> Outcome:
    try:
        return handlers[task.kind](tx, task, context)
    except Exception as error:
        raise SliceFailed(task, error) from error


def note_failure(tx: Transaction, failure: SliceFailed, now: datetime) -> bool:
    """Have the task tried again after a while; whether it was given up instead."""
    return tasks.failed(tx, failure.task, failure.reason, now)
