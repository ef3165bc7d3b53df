"""Connections of our own making: the driver's, for speed and small memory."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from storage.errors import CannotConnect, CannotWrite, ConnectionLost, StorageError, UnitFailed
from storage.statements import Statement
from storage.transaction import Transaction
from storage.urls import Address, check_folder

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from storage.prepared import Prepared
    from storage.wrapping import Wrapping

BUSY_SECONDS = 5  # how long a writer waits for another process (the command line beside `run`)
CONNECT_SECONDS = 10
CACHED_STATEMENTS = 512

_SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

# SQLite's answers that mean the whole transaction is gone, or that nothing can be written.
_SQLITE_UNWRITABLE = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
    }
)
# PostgreSQL: serialization_failure and deadlock_detected. Doing it again helps.
_AGAIN = frozenset({"40001", "40P01"})
_POSTGRESQL_UNWRITABLE = frozenset({"53100", "53200", "25006"})  # disk, memory, read-only


def _connect(address: Address) -> Any:
    """The driver's connection. Raises CannotConnect."""
    if address.path is not None:
        check_folder(address.path)
        try:
            _private(address.path)
            return sqlite3.connect(
                address.path,
                timeout=BUSY_SECONDS,
                isolation_level=None,  # we say BEGIN ourselves
                check_same_thread=False,
                cached_statements=CACHED_STATEMENTS,
            )
        except (sqlite3.Error, OSError) as error:
            raise CannotConnect(f"cannot open the database {address}: {error}") from error
    import psycopg  # noqa: PLC0415 - SQLite needs no PostgreSQL driver

    try:
        return psycopg.connect(
            address.server, connect_timeout=CONNECT_SECONDS, prepare_threshold=None
        )
    except psycopg.Error as error:
        raise CannotConnect(f"cannot open the database {address}: {error}") from None


def _private(path: Path) -> None:
    """Make the file where there is none, for this user alone whatever the umask: what SQLite puts
    beside it gets the same mode (its os_unix.c, findCreateFileMode)."""
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


class Link:
    """One connection with one owner at a time. ``reading`` ones refuse to write."""

    def __init__(self, address: Address, *, reading: bool) -> None:
        self.address = address
        self.dialect = address.dialect
        self._reading = reading
        self._wrapping: Wrapping | None = None
        self.raw: Any = _connect(address)
        self._prepared: Prepared | None = None
        try:
            self._prepare()
        except Exception as error:
            self.close()
            raise CannotConnect(f"cannot open the database {address}: {error}") from error

    def _prepare(self) -> None:
        if self.dialect == "sqlite":
            self.raw.execute("PRAGMA journal_mode=WAL")
            self.raw.execute("PRAGMA synchronous=NORMAL")
            self.raw.execute("PRAGMA foreign_keys=ON")
            self.raw.execute("PRAGMA secure_delete=ON")  # erased is erased, in the file as well
            if self._reading:
                self.raw.execute("PRAGMA query_only=ON")
            return
        from storage.prepared import Prepared  # noqa: PLC0415 - see _connect

        self._prepared = Prepared(self.raw)
        self._prepared.command(b"SET TIME ZONE 'UTC'")

    def transaction(self) -> Transaction:
        """What a unit of work gets to see of this connection."""
        execute = self._execute if self._prepared is None else self._prepared.execute
        return Transaction(self.raw, self.dialect, execute, self._wrapped)

    def _execute(self, statement: Statement, params: Mapping[str, Any]) -> Any:
        return self.raw.execute(statement.sqlite, params)

    def _wrapped(self) -> Connection:
        """SQLAlchemy's connection around the driver's, made when first asked for."""
        if self._wrapping is None:
            from storage.wrapping import Wrapping  # noqa: PLC0415 - 40 MB that exports do without

            self._wrapping = Wrapping(self.raw, self.dialect)
        return self._wrapping.connection

    def command(self, text: str) -> None:
        """Run one of the statements that begin and end (parts of) a transaction."""
        if self._prepared is None:
            self.raw.execute(text)
        else:
            self._prepared.command(text.encode())

    def begin(self) -> None:
        if self._prepared is not None:
            self.command(_SNAPSHOT if self._reading else "BEGIN")
        else:
            self.command("BEGIN" if self._reading else "BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Commit. Raises when the transaction was not committed."""
        if self._prepared is None:
            self.command("COMMIT")
        elif self._prepared.command(b"COMMIT") != b"COMMIT":
            raise UnitFailed("the transaction was given up after a statement that failed")

    def rollback(self) -> None:
        """Undo the transaction, if there still is one."""
        if self.dialect == "sqlite":
            if self.raw.in_transaction:
                self.command("ROLLBACK")
        elif not self.raw.closed:
            self.raw.rollback()

    def close(self) -> None:
        try:
            if self._wrapping is not None:
                self._wrapping.close()
        finally:
            self.raw.close()

    @property
    def usable(self) -> bool:
        """Whether the connection still stands."""
        return self.dialect == "sqlite" or not self.raw.closed

    def check(self) -> None:
        """Raises UnitFailed where a unit went on after a statement that PostgreSQL refused."""
        if self._prepared is not None and not self._prepared.sound:
            raise UnitFailed("a statement failed, and the unit of work went on as if it had not")


def driver_error(error: BaseException) -> BaseException:
    """The driver's own exception where SQLAlchemy has wrapped one."""
    return getattr(error, "orig", None) or error


def wants_again(error: BaseException) -> bool:
    """Whether this is a deadlock or serialization failure, that goes away when done again."""
    return getattr(driver_error(error), "sqlstate", None) in _AGAIN


def storage_error(error: BaseException, link: Link | None) -> StorageError | None:
    """The error of the database itself that stands behind a driver's exception, if one does."""
    cause = driver_error(error)
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", None)
        if code is not None and code & 0xFF in _SQLITE_UNWRITABLE:
            return CannotWrite(f"the database cannot be written: {cause}")
        return None
    if link is not None and not link.usable:
        return ConnectionLost("the connection to the database was lost")
    if getattr(cause, "sqlstate", None) in _POSTGRESQL_UNWRITABLE:
        return CannotWrite(f"the database cannot be written: {cause}")
    return None
