"""Fixtures that all tests share: an empty, migrated database, on SQLite and on PostgreSQL.

Hypothesis makes the same examples in every run, so that a change that fails has failed by itself;
``make test-all`` makes ten times as many, by chance.
"""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.examples import LONG
from tests.postgresql import Databases, one_at_a_time, server

if TYPE_CHECKING:
    from storage.database import Database

# Time is measured in bench/: on a busy machine a deadline fails what is right.
settings.register_profile("domov", deadline=None, derandomize=True, database=None)
settings.register_profile("long", deadline=None, max_examples=1000, print_blob=True)
settings.load_profile("long" if LONG else "domov")


def pytest_configure() -> None:
    """A shell lets what it starts in the background ignore SIGINT, and so would the programs that
    we start and interrupt."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


LONGEST = ("tests/system/", "tests/test_clock", "tests/outreach/mentoring/test_any_")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first, so that no worker is left alone with it in the end."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of this test run share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def postgresql_server(run_folder: Path) -> Iterator[str]:
    """The address of the server, with ``{}`` where the database's name goes."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or str(os.getpid())
    with server(run_folder, run) as address:
        yield address


@pytest.fixture(scope="session")
def postgresql_databases(postgresql_server: str) -> Iterator[Databases]:
    """This worker's databases."""
    databases = Databases(postgresql_server)
    yield databases
    databases.close()


@pytest.fixture(scope="session")
def sqlite_template(run_folder: Path) -> Path:
    """A migrated SQLite file to copy."""
    from storage.migrate import migrate

    path = run_folder / "template.sqlite3"
    with one_at_a_time(run_folder):
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
def postgresql_url(postgresql_databases: Databases) -> Iterator[str]:
    """The address of an empty, migrated PostgreSQL database."""
    with postgresql_databases.lend() as url:
        yield url


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
