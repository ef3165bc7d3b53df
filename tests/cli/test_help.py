"""``--help`` and ``--version``, the reference in docs/cli.md, and how failures read."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
from typer.testing import CliRunner

from bot import __version__
from bot.cli.lazy import LazyGroup, Listed
from bot.cli.main import Commands, app, expected
from bot.cli.options import ExportFormat, Language
from tests.cli.running import ROOT, domov

DOCS = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")


def walk(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Every command with the words that run it."""
    children = getattr(command, "commands", {})
    if not children:
        yield name, command
    for word, child in children.items():
        declared = command.declared(word) if isinstance(command, LazyGroup) else child
        yield from walk(declared, f"{name} {word}")


COMMANDS = dict(walk(typer.main.get_command(app), "domov"))


def options(command: Any) -> list[str]:
    return [
        name
        for parameter in command.params
        for name in parameter.opts
        if name.startswith("--") and name != "--help"
    ]


def section(name: str) -> str:
    found = re.search(rf"^## `{re.escape(name)}`$(.*?)(?=^## |\Z)", DOCS, re.DOTALL | re.MULTILINE)
    assert found, f"docs/cli.md has no section on `{name}`"
    return found[1]


def test_the_commands_are_those_of_the_issues() -> None:
    assert set(COMMANDS) == {
        "domov run", "domov migrate", "domov check", "domov demo", "domov chat",
        "domov backup", "domov restore",
        "domov people list", "domov export people", "domov export answers",
        "domov blueprint check", "domov rehearse",
        "domov audience count", "domov audience save", "domov audience list",
        "domov audience show", "domov audience delete", "domov audience fields",
        "domov event create", "domov event announce", "domov event change", "domov event cancel",
        "domov event close", "domov event list", "domov event show", "domov event export",
        "domov event checkin", "domov event post", "domov event windows",
        "domov broadcast create", "domov broadcast preview", "domov broadcast test",
        "domov broadcast review", "domov broadcast send", "domov broadcast schedule",
        "domov broadcast pause", "domov broadcast resume", "domov broadcast cancel",
        "domov broadcast correct", "domov broadcast withdraw", "domov broadcast show",
        "domov broadcast list", "domov broadcast export",
        "domov deliveries list", "domov deliveries release", "domov deliveries hold",
        "domov deliveries cancel",
        "domov match round", "domov match list", "domov match show", "domov match approve",
        "domov match swap", "domov match forbid", "domov match forbidden", "domov match wishes",
        "domov match allow", "domov match close", "domov match export",
        "domov match requests", "domov match mentors", "domov match figures",
        "domov match request", "domov match offer",
        "domov inbox list", "domov inbox show", "domov inbox reply", "domov inbox done",
        "domov staff add", "domov staff list", "domov staff show", "domov staff remove",
        "domov staff role", "domov staff login", "domov staff code", "domov staff log",
    }  # fmt: skip


@pytest.mark.parametrize("name", COMMANDS)
def test_docs_name_every_option_of_a_command(name: str) -> None:
    told = section(name)
    for option in options(COMMANDS[name]):
        assert f"`{option}" in told, f"docs/cli.md, {name}: {option} is missing"


@pytest.mark.parametrize("name", COMMANDS)
def test_docs_name_no_option_that_is_not_there(name: str) -> None:
    told = set(re.findall(r"^\| `(--[a-z-]+)", section(name), re.MULTILINE))
    assert told == set(options(COMMANDS[name]))


def test_docs_name_no_command_that_is_not_there() -> None:
    told = set(re.findall(r"^## `(domov [^`]+)`$", DOCS, re.MULTILINE))
    assert told == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_a_command_has_an_example(name: str) -> None:
    result = CliRunner().invoke(app, [*name.split()[1:], "--help"])
    assert result.exit_code == 0
    assert re.search(rf"Examples?:\s+.*{name}", result.output, re.DOTALL), result.output
    for option in options(COMMANDS[name]):
        assert option in result.output


@pytest.mark.parametrize("listed", Commands.listed, ids=lambda listed: listed.name)
def test_what_is_listed_is_what_the_command_says_of_itself(listed: Listed) -> None:
    told = Commands().declared(listed.name).help
    assert " ".join(told.split("\n\n")[0].split()) == listed.help


def test_version_is_the_packages() -> None:
    result = CliRunner().invoke(app, ["--version"])
    assert (result.exit_code, result.output) == (0, f"domov {__version__}\n")
    assert f'version = "{__version__}"' in (ROOT / "pyproject.toml").read_text()


def test_nothing_asked_for_shows_help_as_wrong_usage() -> None:
    result = CliRunner().invoke(app, [])
    assert result.exit_code == 2
    assert "Usage" in result.output


@pytest.mark.parametrize(
    "arguments",
    [
        ["jump"],
        ["run", "--fast"],
        ["chat", "--language", "xx"],
        ["export", "people"],
        ["export", "people", "--format", "pdf", "--output", "-"],
        ["export", "people", "--format", "csv"],
        ["people", "list", "--limit", "-1"],
        ["demo", "--seed", "many"],
        ["blueprint", "check"],
    ],
)
def test_wrong_usage_ends_with_2(arguments: list[str]) -> None:
    assert CliRunner().invoke(app, arguments).exit_code == 2


HEAVY = {
    "bot.cli": "pydantic sqlalchemy telegram slack_sdk aiohttp jinja2 babel rich pyarrow starlette",
    "bot.cli.people": "sqlalchemy jinja2 rapidfuzz email_validator psycopg numpy starlette",
    "bot.cli.running": "sqlalchemy alembic telegram slack_sdk aiohttp icalendar email_validator"
    " psycopg numpy pyarrow",
}


def test_starting_loads_nothing_heavy() -> None:
    """`domov --version` answers at once, and a start costs little: what takes long to import, or
    much memory, is imported where it is needed."""
    code = (
        "import importlib, sys\n"
        f"for module, heavy in {HEAVY!r}.items():\n"
        "    importlib.import_module(module)\n"
        "    print([name for name in heavy.split() if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True, timeout=60,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.stdout.decode().splitlines() == ["[]"] * len(HEAVY)


def test_an_expected_failure_is_one_line_without_traceback(tmp_path: Path) -> None:
    ended = domov("people", "list", folder=tmp_path)
    assert ended.code == 1
    assert ended.out == ""
    assert ended.err == (
        "domov: there is no database at domov.sqlite3; make it with `domov migrate`\n"
    )


def test_every_package_with_errors_for_readers_is_expected() -> None:
    from blueprints.load import BlueprintError
    from bot.errors import BotError
    from messages.errors import MessagesError
    from outreach.errors import OutreachError
    from storage.errors import StorageError

    assert set(expected()) == {
        BotError, BlueprintError, StorageError, MessagesError, OutreachError
    }  # fmt: skip


def test_languages_and_formats_are_the_programs() -> None:
    from blueprints.load import SUPPORTED_LANGUAGES
    from storage.exports import FORMATS

    assert tuple(each.value for each in Language) == SUPPORTED_LANGUAGES
    assert tuple(each.value for each in ExportFormat) == FORMATS
