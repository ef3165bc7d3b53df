"""What most commands begin with: settings, logging, blueprint, database."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

import typer

from blueprints.load import load
from blueprints.schema import Blueprint
from bot import logs, settings
from bot.errors import Misuse
from bot.settings import Settings
from storage.database import Database


@dataclass(frozen=True, slots=True)
class Opened:
    """What a command works with."""

    settings: Settings
    blueprint: Blueprint
    database: Database

    def organisation(self, key: str | None) -> str | None:
        """``key`` as given, when there is such an organisation. Raises Misuse naming those there
        are."""
        if key is None or self.blueprint.organisation(key) is not None:
            return key
        known = ", ".join(f"{each.key} ({each.name})" for each in self.blueprint.organisations)
        raise Misuse(f"--organisation: there is no {key!r}; there is {known}")


@contextlib.contextmanager
def opened() -> Iterator[Opened]:
    """Raises BadSettings, BlueprintError, StorageError. Closes the database at the end."""
    given = settings.read()
    logs.set_up(given.log_level, given.log_format, given.secrets)
    for remark in settings.unknown_names():
        typer.echo(f"Remark: .env: {remark}", err=True)
    blueprint = load(given.blueprint)
    url = given.database_url.get_secret_value()
    with contextlib.closing(Database.open(url)) as database:
        yield Opened(given, blueprint, database)
