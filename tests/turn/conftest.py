"""A bot without platforms: the real turn on a real database, and a fake user to talk to it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from blueprints.load import default_path, load
from bot.turn.context import House
from messages.words import Words
from storage.database import Database
from tests.examples import CONVERSATIONS
from tests.fakes.chat import Chat
from tests.turn.staff.world import World, make

Worlds: TypeAlias = Callable[[str], World]
SECRET = "a key that only the tests know, 32+"
TINY = Path(__file__).parents[1] / "blueprints" / "tiny.toml"


@pytest.fixture(scope="session")
def house() -> House:
    """The real blueprint and all its words."""
    blueprint = load(default_path())
    return House(blueprint, Words(blueprint.languages), SECRET, "1")


@pytest.fixture(scope="session")
def tiny_house() -> House:
    """Another region: nothing of the first blueprint is in it."""
    blueprint = load(TINY)
    return House(blueprint, Words(blueprint.languages), SECRET, "1")


@pytest.fixture(params=CONVERSATIONS)
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty, migrated database."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def chat(database: Database, house: House) -> Callable[..., Chat]:
    """Makes fake users: ``chat(user="u2", locale="sk")``."""

    def make(**about: object) -> Chat:
        return Chat(database, house, **about)  # type: ignore[arg-type]

    return make


@pytest.fixture(scope="session")
def worlds(request: pytest.FixtureRequest, house: House, tmp_path_factory: Any) -> Iterator[Worlds]:
    """Makes the world of a kind of database when it is first asked for: one for all cases,
    because nothing that is done in it stays."""
    with ExitStack() as until:

        @cache
        def world(dialect: str) -> World:
            if dialect == "sqlite":
                path = tmp_path_factory.mktemp("roles") / "domov.sqlite3"
                shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
                url = f"sqlite:///{path}"
            else:
                url = until.enter_context(request.getfixturevalue("postgresql_databases").lend())
            database = Database.open(url)
            until.callback(database.close)
            return make(database, house)

        yield world


@pytest.fixture
def world(request: pytest.FixtureRequest, worlds: Worlds) -> World:
    """On SQLite, unless a test asks for another."""
    return worlds(getattr(request, "param", "sqlite"))
