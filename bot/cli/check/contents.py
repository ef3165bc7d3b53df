"""The blueprint and the words."""

from __future__ import annotations

from collections.abc import Generator, Iterator

from blueprints.load import SUPPORTED_LANGUAGES, BlueprintError, load, warnings
from blueprints.schema import Blueprint
from bot.cli.check.finding import Finding, ok, problem, remark
from bot.settings import Settings
from messages import check
from messages.errors import MessagesError
from messages.words import Words


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
