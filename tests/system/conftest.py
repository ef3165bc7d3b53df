"""The product as a process of its own, on a real database, between both platforms."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio

from tests.system.world import World, world

Worlds = Callable[..., AbstractAsyncContextManager[World]]


@pytest.fixture
def worlds(sqlite_url: str, tmp_path: Path) -> Worlds:
    """Makes a world on SQLite: ``async with worlds("polling", "http") as world: …``"""
    return partial(world, sqlite_url, tmp_path)


@pytest.fixture
def postgresql_worlds(postgresql_url: str, tmp_path: Path) -> Worlds:
    """Makes a world on PostgreSQL."""
    return partial(world, postgresql_url, tmp_path)


async def _running(template: Path, folder: Path, *modes: str) -> AsyncIterator[World]:
    path = folder / "domov.sqlite3"
    shutil.copyfile(template, path)
    async with world(f"sqlite:///{path}", folder, *modes) as made:
        await made.start()
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def asking(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    """A running program that asks the platforms for events: polling and Socket Mode. Shared by
    the tests of a module; each makes people of its own."""
    folder = tmp_path_factory.mktemp("asking")
    async for made in _running(sqlite_template, folder, "polling", "socket"):
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def called(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    """A running program that the platforms call: webhook and HTTP."""
    folder = tmp_path_factory.mktemp("called")
    async for made in _running(sqlite_template, folder, "webhook", "http"):
        yield made
