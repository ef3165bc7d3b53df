"""Connections of our own making: the driver's for speed, SQLAlchemy's around the same one."""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from storage.errors import CannotConnect, CannotWrite, ConnectionLost, StorageError
from storage.transaction import Transaction
from storage.urls import Address, check_folder

BUSY_SECONDS = 5  # how long a writer waits for another process (the command line beside `run`)
CACHED_STATEMENTS = 512

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


def make_engine(address: Address) -> Engine:
    """An engine without a pool: every connection has one owner for its whole life."""
    if address.dialect == "sqlite":
        arguments: dict[str, Any] = {
            "isolation_level": None,  # we say BEGIN ourselves
            "check_same_thread": False,
            "cached_statements": CACHED_STATEMENTS,
            "timeout": BUSY_SECONDS,
        }
    else:
        arguments = {"connect_timeout": 10, "prepare_threshold": 2}
    return create_engine(address.url, poolclass=NullPool, connect_args=arguments)


class Link:
    """One connection with one owner at a time. ``reading`` ones refuse to write."""

    def __init__(self, address: Address, engine: Engine, *, reading: bool) -> None:
        self.address = address
        self.dialect = address.dialect
        self._reading = reading
        if address.path is not None:
            check_folder(address.path)
        try:
            self._connection = engine.connect()
        except DBAPIError as error:
            raise CannotConnect(f"cannot open the database {address}: {error.orig}") from error
        self.raw: Any = self._connection.connection.driver_connection
        try:
            self._prepare()
        except Exception as error:
            self.close()
            raise CannotConnect(f"cannot open the database {address}: {error}") from error
        # SQLAlchemy believes in one endless transaction; the real ones are begun and ended here.
        self._connection.begin()

    def _prepare(self) -> None:
        if self.dialect == "sqlite":
            self.raw.execute("PRAGMA journal_mode=WAL")
            self.raw.execute("PRAGMA synchronous=NORMAL")
            self.raw.execute("PRAGMA foreign_keys=ON")
            self.raw.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
            if self._reading:
                self.raw.execute("PRAGMA query_only=ON")
            return
        import psycopg  # noqa: PLC0415 - SQLite needs no PostgreSQL driver

        self.raw.rollback()
        self.raw.execute("SET TIME ZONE 'UTC'")
        self.raw.commit()
        if self._reading:
            self.raw.read_only = True
            self.raw.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ

    def transaction(self) -> Transaction:
        """What a unit of work gets to see of this connection."""
        return Transaction(self._connection, self.raw, self.dialect)

    def begin(self) -> None:
        if self.dialect == "sqlite":
            self.raw.execute("BEGIN" if self._reading else "BEGIN IMMEDIATE")
        # psycopg begins with the first statement.

    def commit(self) -> None:
        if self.dialect == "sqlite":
            self.raw.execute("COMMIT")
        else:
            self.raw.commit()

    def rollback(self) -> None:
        """Undo the transaction, if there still is one."""
        if self.dialect == "sqlite":
            if self.raw.in_transaction:
                self.raw.execute("ROLLBACK")
        elif not self.raw.closed:
            self.raw.rollback()

    def close(self) -> None:
        try:
            self.raw.close()
        finally:
            self._connection.invalidate()
            self._connection.close()

    @property
    def usable(self) -> bool:
        """Whether the connection still stands."""
        return self.dialect == "sqlite" or not self.raw.closed

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open and able to go on."""
        if self.dialect == "sqlite":
            return bool(self.raw.in_transaction)
        return int(self.raw.info.transaction_status) == 2  # INTRANS (libpq)


def driver_error(error: BaseException) -> BaseException:
    """The driver's own exception where SQLAlchemy has wrapped one."""
    return error.orig if isinstance(error, DBAPIError) and error.orig is not None else error


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
