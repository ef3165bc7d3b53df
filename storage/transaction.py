"""What a unit of work gets: statements and, where wanted, model objects, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from storage.statements import Statement

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection
    from sqlmodel import Session


STREAM_ROWS = 2_000  # fetched from a server in one go
FEW_ROWS = 20  # up to so many, one statement a row is quicker than psycopg's pipeline


class Result(Protocol):
    """The rows of a statement; a row is a tuple. ``rowcount`` counts changed rows."""

    @property
    def rowcount(self) -> int: ...

    def fetchone(self) -> tuple[Any, ...] | None: ...

    def fetchall(self) -> list[tuple[Any, ...]]: ...

    def fetchmany(self, size: int = ..., /) -> list[tuple[Any, ...]]: ...

    def __iter__(self) -> Iterator[tuple[Any, ...]]: ...


class Transaction:
    """One transaction, or one unit's part of a transaction that several units share.

    Use it only inside the unit it was given to. A unit may be run a second time after a deadlock
    or a lost connection, so it must change nothing but the database.
    """

    __slots__ = ("_execute", "_raw", "_session", "_wrapped", "dialect")

    def __init__(
        self,
        raw: Any,
        dialect: str,
        execute: Callable[[Statement, Mapping[str, Any]], Any],
        wrapped: Callable[[], Connection],
    ) -> None:
        self.dialect = dialect
        self._raw = raw
        self._execute = execute
        self._wrapped = wrapped
        self._session: Session | None = None

    def run(self, statement: Statement, **params: Any) -> Result:
        """Run a prepared statement. Use RETURNING to learn new keys.

        Parameters are str, int, float, bool, bytes or None; moments by ``moment()``, days as
        ISO text. Raises the driver's IntegrityError for a violated constraint.
        """
        result: Result = self._execute(statement, params)
        return result

    def many(self, statement: Statement, rows: Iterable[Mapping[str, Any]]) -> None:
        """Run a statement once for every row of parameters. Returns no rows."""
        if self.dialect == "sqlite":
            self._raw.executemany(statement.sqlite, rows)
            return
        listed = list(rows)
        if len(listed) > FEW_ROWS:
            self._raw.cursor().executemany(statement.postgresql, listed)
            return
        for row in listed:
            self._execute(statement, row)

    def stream(self, statement: Statement, **params: Any) -> Generator[tuple[Any, ...], None, None]:
        """The rows of a long list, fetched as they are needed: constant memory.

        Whoever does not take them all closes it before the transaction ends.
        """
        if self.dialect == "sqlite":
            yield from self._execute(statement, params)
            return
        with self._raw.cursor(name="stream") as cursor:
            cursor.itersize = STREAM_ROWS
            yield from cursor.execute(statement.postgresql, params)

    @property
    def connection(self) -> Connection:
        """The SQLAlchemy connection underneath, for Core statements. Never commit it."""
        self.flush()
        return self._wrapped()

    @property
    def session(self) -> Session:
        """A session for model objects in this transaction; flushed before the commit.

        ``tx.run`` does not see objects that were not flushed: call ``tx.flush()`` in between.
        """
        if self._session is None:
            from sqlmodel import Session  # noqa: PLC0415 - exports and lists do without

            self._session = Session(
                bind=self._wrapped(),
                expire_on_commit=False,
                # A failed flush must not roll back the units that share this transaction.
                join_transaction_mode="create_savepoint",
            )
        return self._session

    def flush(self) -> None:
        """Write the session's changes now."""
        if self._session is not None:
            self._session.flush()

    def forget(self) -> None:
        """Make the session forget its objects: what they were read from is gone."""
        if self._session is not None:
            self._session.expunge_all()

    def finish(self) -> None:
        """The unit went well: write what the session still holds. For the database's use."""
        if self._session is not None:
            self._session.commit()
            self._session.close()
            self._session = None

    def abandon(self) -> None:
        """The unit failed: drop the session. For the database's use."""
        if self._session is not None:
            self._session.close()
            self._session = None
