"""The world of the staff's tests, made once for all of them on each kind of database."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from typing import Any, TypeAlias

import pytest

from bot.turn.context import House
from storage.database import Database
from tests.turn.staff.world import Case, World, make

Worlds: TypeAlias = Callable[[str], World]


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


@pytest.fixture
def eva(world: World) -> Iterator[Case]:
    """A coordinator of cike at work."""
    with world.case("coordinator") as case:
        yield case
