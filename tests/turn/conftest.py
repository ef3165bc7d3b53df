"""A bot without platforms: the real turn on a real database, and a fake user to talk to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from blueprints.load import default_path, load
from bot.turn.context import House
from messages.words import Words
from storage.database import Database
from tests.examples import CONVERSATIONS
from tests.fakes.chat import Chat

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
