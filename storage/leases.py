"""Who is alive and who leads, among processes that share a PostgreSQL database.

A process holds an advisory lock on its own number as long as it lives: whoever can take that lock
knows that the process is gone. On SQLite there is only ever one process, and nothing is locked.
"""

from __future__ import annotations

import secrets
import threading
import zlib

from storage.connections import Link, storage_error
from storage.errors import ConnectionLost, StorageError
from storage.statements import sql
from storage.urls import Address, parse_url

_TAKE_POSTGRESQL = sql("SELECT pg_try_advisory_lock(CAST(:key AS bigint))")
_ALIVE = sql("SELECT 1")


class Leases:
    """Locks held by one process, on a connection of their own. Calls block: keep them off the
    event loop."""

    def __init__(self, url: str) -> None:
        self._address: Address = parse_url(url)
        self._guard = threading.Lock()
        self._link: Link | None = None
        self._held: set[int] = set()
        self.owner = str(secrets.randbelow(2**62) + 1)

    def live(self) -> None:
        """Be known as alive under :attr:`owner`. Raises StorageError without a connection."""
        self._take(int(self.owner))

    def lead(self, what: str) -> bool:
        """Whether this process is the one that does ``what``; asks again when it was not, and
        notices when the connection and so the lead was lost."""
        return self._take(zlib.crc32(what.encode()))

    def close(self) -> None:
        """Let go of everything."""
        with self._guard:
            self._drop()

    def _take(self, key: int) -> bool:
        if self._address.dialect == "sqlite":
            return True
        with self._guard:
            try:
                return self._locked(key)
            except StorageError:
                self._drop()
                raise

    def _locked(self, key: int) -> bool:
        if self._link is not None and not self._answers(self._link):
            self._drop()
        if self._link is None:
            self._link = Link(self._address, reading=False)
            lost, self._held = self._held, set()
            for held in lost:
                self._lock(self._link, held)
        return key in self._held or self._lock(self._link, key)

    def _lock(self, link: Link, key: int) -> bool:
        row = self._ask(link, _TAKE_POSTGRESQL.postgresql, {"key": key})
        if row and row[0]:
            self._held.add(key)
            return True
        return False

    def _answers(self, link: Link) -> bool:
        try:
            self._ask(link, _ALIVE.postgresql, {})
        except StorageError:
            return False
        return True

    def _ask(self, link: Link, statement: str, params: dict[str, int]) -> tuple[bool, ...] | None:
        """One question, in a transaction of its own: session locks outlive it."""
        try:
            row: tuple[bool, ...] | None = link.raw.execute(statement, params).fetchone()
            link.commit()
        except Exception as error:
            raise storage_error(error, link) or ConnectionLost(str(error)) from error
        return row

    def _drop(self) -> None:
        if self._link is not None:
            self._link.close()
            self._link = None
