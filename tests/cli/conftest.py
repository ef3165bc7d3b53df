"""Commands in the test's own process: fast, on either database, with nothing left behind."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner, Result

from blueprints.load import default_path, load
from bot.cli.demo.filling import fill
from bot.cli.main import app, expected
from bot.errors import Misuse
from bot.settings import Settings
from bot.turn.context import House
from messages.words import Words
from storage.database import Database
from tests.examples import CONVERSATIONS

KEY = "a-key-for-tests-" * 3

Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """Commands set up logging for their process; here it goes on living."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {logger: logger.level for logger in _loggers()}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for logger in _loggers():
        logger.setLevel(levels.get(logger, logging.NOTSET))
    structlog.reset_defaults()


def _loggers() -> list[logging.Logger]:
    known = logging.root.manager.loggerDict.values()
    return [logger for logger in known if isinstance(logger, logging.Logger)]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory: without .env; the environment without our settings."""
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    return here


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """``run("people", "list", typed="…")``: the command's result, failures told as main() does."""

    def invoke(*arguments: str, typed: str | bytes = "") -> Result:
        result = CliRunner().invoke(app, list(arguments), input=typed)
        if isinstance(result.exception, expected()):
            # What bot.cli.main.main does around the same app.
            result.exit_code = 2 if isinstance(result.exception, Misuse) else 1
            result.stderr_bytes = f"domov: {result.exception}\n".encode()
        elif result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke


@pytest.fixture(params=CONVERSATIONS)
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty, migrated database."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def on_database(run: Run, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The same, with DATABASE_URL an empty, migrated database of either kind."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("SECRET_KEY", KEY)
    return run


@pytest.fixture
def on_sqlite(run: Run, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The same on SQLite alone: for what does not depend on the database."""
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    monkeypatch.setenv("SECRET_KEY", KEY)
    return run


@pytest.fixture(scope="session")
def expats() -> House:
    """The house of the blueprint that comes with the program."""
    blueprint = load(default_path())
    return House(blueprint, Words(blueprint.languages), KEY, "demo")


@pytest.fixture(scope="session")
def demo_template(
    sqlite_template: Path, expats: House, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A SQLite file with the demo people to copy."""
    path = tmp_path_factory.mktemp("demo") / "demo.sqlite3"
    shutil.copyfile(sqlite_template, path)
    database = Database.open(f"sqlite:///{path}")
    _fill(database, expats)
    database.close()
    return path


@pytest.fixture
def demo_people(
    database_url: str, expats: House, request: pytest.FixtureRequest
) -> Iterator[Database]:
    """A database with the demo people, of either kind."""
    _, is_sqlite, path = database_url.partition("sqlite:///")
    if is_sqlite:
        shutil.copyfile(request.getfixturevalue("demo_template"), path)
    database = Database.open(database_url)
    if not is_sqlite:
        _fill(database, expats)
    yield database
    database.close()


def _fill(database: Database, house: House) -> None:
    with database.transaction() as tx:
        fill(tx, house, 1, datetime(2026, 11, 22, tzinfo=UTC))
