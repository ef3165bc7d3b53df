"""The door to the living database: units of work, each a plain function of a transaction.

The program writes ``await database.write(rename, 7, "Ana")`` on its event loop; the command line
``with database.transaction() as tx: rename(tx, 7, "Ana")``.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Concatenate, ParamSpec, TypeVar

from storage.connections import Link, storage_error
from storage.errors import CannotConnect, Closed, StorageError
from storage.lock import FileLock
from storage.schema import check_schema
from storage.statements import Statement, sql
from storage.transaction import Result, Transaction
from storage.urls import Address, parse_url
from storage.writer import Writer

__all__ = ["Database", "Result", "Statement", "Transaction", "sql"]

P = ParamSpec("P")
T = TypeVar("T")

TIDY_PATIENCE_MS = 250  # nobody writes while it waits for a reader
READERS = 4  # threads, each with a connection of its own


class Database:
    """One open database. Make it with :meth:`open`, end it with :meth:`close`."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self.dialect = address.dialect
        self._closed = False
        self._lock: FileLock | None = None
        self._writer: Writer | None = None
        self._readers: ThreadPoolExecutor | None = None
        self._local = threading.local()
        self._reading: list[Link] = []
        self._guard = threading.Lock()

    @classmethod
    def open(cls, url: str, *, check: bool = True) -> Database:
        """Connect, and see that the tables are this release's (unless ``check`` is False).

        Raises WrongUrl, CannotConnect or NotMigrated.
        """
        database = cls(parse_url(url))
        path = database.address.path
        if check and path is not None and path.parent.is_dir() and not path.exists():
            raise CannotConnect(f"there is no database at {path}; make it with `domov migrate`")
        try:
            with contextlib.closing(database._link(reading=False)) as link:
                if check:
                    check_schema(link)
        except BaseException:
            database.close()
            raise
        return database

    def exclusive(self) -> None:
        """Be the only running process on an SQLite file, until :meth:`close` or death.

        Raises AlreadyRunning. On PostgreSQL processes share the work, and nothing is locked.
        """
        path = self.address.path
        if path is not None and self._lock is None:
            lock = FileLock(path.with_name(path.name + "-lock"))
            lock.acquire()
            self._lock = lock

    async def write(
        self, unit: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run ``unit(tx, *args)`` in a transaction and return its result after the commit.

        Units run one after the other, in the order of the calls. What a unit raises comes out
        here, and its changes are undone; CannotConnect, ConnectionLost and CannotWrite say that
        the database itself failed. A unit may be run twice (see :class:`Transaction`).
        """
        if kwargs:
            raise TypeError("units take positional arguments only")
        if self._writer is None:
            self._writer = self._start_writer()
        result: T = await self._writer.submit(unit, args)
        return result

    @property
    def trouble(self) -> StorageError | None:
        """What kept the database from taking what was last handed in (a full disk, a lost server);
        None: it was taken."""
        return None if self._writer is None else self._writer.trouble

    async def read(
        self, unit: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run ``unit(tx, *args)`` on a snapshot, beside the writers. It cannot change anything."""
        if kwargs:
            raise TypeError("units take positional arguments only")
        if self._closed:
            raise Closed("the database was closed")
        if self._readers is None:
            self._readers = ThreadPoolExecutor(READERS, "domov-reader")
        loop = asyncio.get_running_loop()
        result: T = await loop.run_in_executor(self._readers, self._read, unit, args)
        return result

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """A transaction on the caller's own thread, committed at the end of the block."""
        with contextlib.closing(self._link(reading=False)) as link:
            yield from _block(link, commit=True)

    @contextlib.contextmanager
    def reading(self) -> Iterator[Transaction]:
        """A snapshot to read from on the caller's own thread."""
        with contextlib.closing(self._link(reading=True)) as link:
            yield from _block(link, commit=False)

    def tidy(self) -> bool:
        """Leave nothing erased behind in SQLite's log, and keep the log small; whether it could be
        done. Where somebody reads or writes just now it gives way soon: to be tried again.

        Off the event loop: it waits for the disk.
        """
        if self.dialect != "sqlite":
            return True
        with contextlib.closing(self._link(reading=False)) as link:
            link.raw.execute(f"PRAGMA busy_timeout={TIDY_PATIENCE_MS}")
            row = link.raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            return bool(row[0] == 0)

    def close(self) -> None:
        """Finish what was handed in, close the connections, let go of the lock."""
        self._closed = True
        if self._writer is not None:
            self._writer.close()
        if self._readers is not None:
            self._readers.shutdown()
        for link in self._reading:
            link.close()
        self._reading.clear()
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _link(self, *, reading: bool) -> Link:
        if self._closed:
            raise Closed("the database was closed")
        return Link(self.address, reading=reading)

    def _start_writer(self) -> Writer:
        if self._closed:
            raise Closed("the database was closed")
        return Writer(lambda: Link(self.address, reading=False))

    def _read(self, unit: Callable[..., T], args: tuple[Any, ...]) -> T:
        """On a reader's thread, with its own connection; once more where that was lost."""
        fresh = not hasattr(self._local, "link")
        try:
            return self._read_once(unit, args)
        except Exception as error:
            link: Link | None = getattr(self._local, "link", None)
            if link is not None and not link.usable:
                del self._local.link
                if not fresh:
                    return self._read_once(unit, args)
            raise storage_error(error, link) or error from error

    def _read_once(self, unit: Callable[..., T], args: tuple[Any, ...]) -> T:
        link: Link | None = getattr(self._local, "link", None)
        if link is None:
            link = self._local.link = self._link(reading=True)
            with self._guard:
                self._reading = [old for old in self._reading if old.usable] + [link]
        with contextlib.contextmanager(_block)(link, commit=False) as transaction:
            return unit(transaction, *args)


def _block(link: Link, *, commit: bool) -> Iterator[Transaction]:
    """Begin, hand out the transaction, and end it the right way."""
    transaction = link.transaction()
    try:
        link.begin()
        yield transaction
        if commit:
            transaction.finish()
            link.commit()
    except Exception as error:
        found = storage_error(error, link)
        if found is not None:
            raise found from error
        raise
    finally:
        with contextlib.suppress(Exception):
            transaction.abandon()
        with contextlib.suppress(Exception):
            link.rollback()
