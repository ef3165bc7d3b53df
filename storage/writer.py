"""The one thread that writes: everything that waits goes into one transaction (group commit).

Units run in the order in which they were handed in. With more than one in a transaction each has
a savepoint of its own, so a failing unit takes nobody along; callers hear after the commit.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any

from storage.connections import Link, storage_error, wants_again
from storage.errors import CannotConnect, CannotWrite, Closed, ConnectionLost, StorageError
from storage.transaction import Transaction

GROUP_UNITS = 200
GROUP_SECONDS = 0.005
TRIES = 5  # of one unit that meets deadlocks

_NOT_TAKEN = (CannotConnect, CannotWrite, ConnectionLost)

Future = asyncio.Future[Any]


class Job:
    """A unit of work, who waits for it, and how it ended."""

    __slots__ = ("arguments", "error", "future", "loop", "result", "unit")

    def __init__(
        self, unit: Callable[..., Any], arguments: tuple[Any, ...], future: Future
    ) -> None:
        self.unit = unit
        self.arguments = arguments
        self.future = future
        self.loop = future.get_loop()
        self.result: Any = None
        self.error: BaseException | None = None


class _NotCommitted(Exception):
    """The transaction of a group is gone for certain; its units must be run one by one."""


class Writer:
    """Owns the writing connection and its thread; ``connect`` opens a connection.

    ``trouble`` is what kept the database from taking the last units; None: it took some.
    """

    def __init__(self, connect: Callable[[], Link]) -> None:
        self._connect = connect
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._link: Link | None = connect()
        self._closed = False
        self._stopping = False
        self.trouble: StorageError | None = None
        self._thread = threading.Thread(target=self._serve, name="domov-writer", daemon=True)
        self._thread.start()

    def submit(self, unit: Callable[..., Any], arguments: tuple[Any, ...]) -> Future:
        """Hand a unit in. To be called on an event loop; the future is of that loop."""
        if self._closed:
            raise Closed("the database was closed")
        future = asyncio.get_running_loop().create_future()
        self._jobs.put(Job(unit, arguments, future))
        return future

    def close(self) -> None:
        """Finish what waits, then stop."""
        if not self._closed:
            self._closed = True
            self._jobs.put(None)
            self._thread.join()

    def _serve(self) -> None:
        while not self._stopping:
            job = self._jobs.get()
            if job is None:
                break
            group: list[Job] = []
            try:
                self._run_group(job, group)
            except _NotCommitted:
                for each in group:
                    self._run_alone(each)
            except BaseException as error:  # the thread must outlive any unit
                self._drop_link()
                for each in group:
                    each.error = each.error or error
            self.trouble = _trouble(group)
            _answer(group)
        self._drop_link()

    def _next(self, group: list[Job], until: float) -> Job | None:
        """The next waiting unit, while the group has room and time."""
        if len(group) >= GROUP_UNITS or time.monotonic() > until:
            return None
        try:
            job = self._jobs.get_nowait()
        except Empty:
            return None
        self._stopping = job is None
        return job

    def _run_group(self, first: Job, group: list[Job]) -> None:
        """Run what waits in one transaction; ``group`` collects it.

        Raises _NotCommitted when the transaction broke down, anything else when it is unknown
        whether it was committed.
        """
        group.append(first)
        until = time.monotonic() + GROUP_SECONDS
        try:
            link = self._begin()
        except Exception as error:
            first.error = storage_error(error, self._link) or error
            self._drop_link()
            return
        written = 0  # units whose work the transaction holds
        job: Job | None = first
        while job is not None:
            if job is not first:
                group.append(job)
            written += self._run_in_group(link, job, alone=written == 0)
            job = self._next(group, until)
        _commit(link)

    def _run_in_group(self, link: Link, job: Job, *, alone: bool) -> bool:
        """Run one unit of a group; whether it went well.

        The first needs no savepoint: rolling back the transaction undoes nobody else's work.
        """
        transaction = link.transaction()
        try:
            if not alone:
                link.command("SAVEPOINT unit")
            job.result = job.unit(transaction, *job.arguments)
            transaction.finish()
            link.check()
            if not alone:
                link.command("RELEASE SAVEPOINT unit")
        except BaseException as error:
            job.error = error
            if wants_again(error) or storage_error(error, link) is not None:
                raise self._broken(link, transaction) from error
            try:
                transaction.abandon()
                if alone:
                    link.rollback()
                    link.begin()
                else:
                    link.command("ROLLBACK TO SAVEPOINT unit")
                    link.command("RELEASE SAVEPOINT unit")
            except Exception as broken:
                raise self._broken(link, transaction) from broken
            return False
        return True

    def _broken(self, link: Link, transaction: Transaction) -> _NotCommitted:
        with contextlib.suppress(Exception):
            transaction.abandon()
        try:
            link.rollback()
        except Exception:
            self._drop_link()
        return _NotCommitted()

    def _run_alone(self, job: Job) -> None:
        """Run a unit in a transaction of its own, again where that helps."""
        for attempt in range(TRIES):
            job.error = None
            try:
                link = self._open()
                job.result = run_unit(link, job.unit, job.arguments)
            except _Unfinished as unfinished:
                cause = unfinished.cause
                lost = self._link is None or not self._link.usable
                job.error = storage_error(cause, self._link) or cause
                if not (wants_again(cause) or (lost and attempt == 0)):
                    return
                time.sleep(random.uniform(0.01, 0.05) * attempt)
            except BaseException as error:
                job.error = storage_error(error, self._link) or error
                return
            else:
                return

    def _begin(self) -> Link:
        """A connection with a transaction begun; a new one where the old was lost while idle."""
        link = self._open()
        try:
            link.begin()
        except Exception:
            if link.usable:
                raise
            link = self._open()
            link.begin()
        return link

    def _open(self) -> Link:
        if self._link is not None and not self._link.usable:
            self._drop_link()
        if self._link is None:
            self._link = self._connect()
        return self._link

    def _drop_link(self) -> None:
        if self._link is not None:
            with contextlib.suppress(Exception):
                self._link.close()
            self._link = None


class _Unfinished(Exception):
    """A unit failed before its transaction was committed; ``cause`` says why."""

    def __init__(self, cause: BaseException) -> None:
        self.cause = cause


def run_unit(link: Link, unit: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    """Run a unit in its own transaction. Raises _Unfinished when nothing was committed."""
    transaction = link.transaction()
    try:
        link.begin()
        result = unit(transaction, *arguments)
        transaction.finish()
        link.check()
    except BaseException as error:
        with contextlib.suppress(Exception):
            transaction.abandon()
        with contextlib.suppress(Exception):
            link.rollback()
        raise _Unfinished(error) from error
    try:
        _commit(link)
    except _NotCommitted as error:
        raise _Unfinished(error.__cause__ or error) from error
    return result


def _commit(link: Link) -> None:
    """Commit. Raises _NotCommitted when the database refused, ConnectionLost when unknown."""
    try:
        link.commit()
    except Exception as error:
        if not link.usable:
            raise ConnectionLost(
                "the connection to the database was lost while committing"
            ) from error
        link.rollback()
        raise _NotCommitted from error


def _trouble(group: list[Job]) -> StorageError | None:
    """What is wrong with the database itself, where no unit came through."""
    found = [job.error for job in group if isinstance(job.error, _NOT_TAKEN)]
    return found[0] if found and len(found) == len(group) else None


def _answer(group: list[Job]) -> None:
    """Tell the callers, with one wake-up a loop."""
    loops = {job.loop for job in group}
    for loop in loops:
        jobs = group if len(loops) == 1 else [job for job in group if job.loop is loop]
        with contextlib.suppress(RuntimeError):  # the loop was closed: nobody waits any more
            loop.call_soon_threadsafe(_resolve, jobs)


def _resolve(jobs: list[Job]) -> None:
    for job in jobs:
        if job.future.done():
            continue  # the caller was cancelled
        if job.error is None:
            job.future.set_result(job.result)
        else:
            job.future.set_exception(job.error)
