"""The blueprint and the words."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterator

from blueprints.load import SUPPORTED_LANGUAGES, BlueprintError, load, warnings
from blueprints.schema import Blueprint
from bot.cli.check.finding import Finding, ok, problem, remark
from bot.settings import Settings
from bot.turn import notice
from bot.turn.context import House
from messages import check
from messages.errors import MessagesError
from messages.words import Words
from storage.database import Database
from storage.errors import StorageError


def blueprint(given: Settings) -> Generator[Finding, None, Blueprint | None]:
    """Every problem and remark; returns the blueprint where it can be used."""
    try:
        found = load(given.blueprint)
    except BlueprintError as error:
        for each in error.problems:
            where = f"{given.blueprint.name}:{each.line}" if each.line else given.blueprint.name
            yield problem("Blueprint", f"{where}: {each}")
        return None
    name = found.programme.name[found.language]
    yield ok("Blueprint", f"{name}, notice {found.programme.notice_version}, {given.blueprint}")
    for told in warnings(found):
        yield remark("Blueprint", told)
    return found


def translations(blueprint: Blueprint | None) -> Iterator[Finding]:
    """The words of the program in the blueprint's languages."""
    languages = blueprint.languages if blueprint else SUPPORTED_LANGUAGES
    remedy = "Install this release again; whoever translates runs `python -m messages.check`"
    try:
        faults = check.problems(Words(languages))
    except MessagesError as error:
        yield problem("Translations", f"{error}. {remedy}")
        return
    for fault in faults:
        yield problem("Translations", f"{fault}. {remedy}")
    if not faults:
        yield ok("Translations", f"complete in {', '.join(languages)}")


def notice_words(given: Settings, found: Blueprint | None) -> Iterator[Finding]:
    """Whether what people agreed to still says the same. Nothing without a database, or without a
    blueprint: that is told elsewhere."""
    if found is None:
        return
    try:
        house = House(found, Words(found.languages), "", "check")
        url = given.database_url.get_secret_value()
        with contextlib.closing(Database.open(url)) as database, database.reading() as tx:
            problems = notice.changed(tx, house)
    except (StorageError, MessagesError):
        return
    for each in problems:
        yield problem("Notice", f"{given.blueprint}: {each}")
    if not problems:
        version = found.programme.notice_version
        yield ok("Notice", f"the words of {version} are those that people agreed to")
