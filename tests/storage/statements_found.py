"""Every statement of the product: what modules keep, and where others are made when needed."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from storage.mentoring.shapes import Shape
from storage.statements import Statement

ROOT = Path(__file__).parents[2]
PACKAGES = ("blueprints", "flows", "messages", "storage", "outreach", "console", "bot")
DIALECTS = ("sqlite", "postgresql")


class Kept(NamedTuple):
    """A statement and where it is found: ``storage.deliveries._CANDIDATES.sqlite.5.True.False``.
    One that is for a single database says so there."""

    place: str
    statement: Statement

    def runs_on(self, dialect: str) -> bool:
        named = [each for each in DIALECTS if each in self.place.lower()]
        return not named or dialect in named


@cache
def sources() -> dict[str, ast.Module]:
    """Module -> its tree, of those that make statements."""
    found = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            text = path.read_text("utf-8")
            if "sql(" in text and path.name != "statements.py":
                parts = path.relative_to(ROOT).with_suffix("").parts
                found[".".join(parts).removesuffix(".__init__")] = ast.parse(text)
    return found


@cache
def kept() -> tuple[Kept, ...]:
    """What modules keep under a name, within whatever they keep it."""
    found: dict[Statement, Kept] = {}
    for module in sources():
        for name, value in vars(importlib.import_module(module)).items():
            for each in _within(f"{module}.{name}", value):
                found.setdefault(each.statement, each)
    return tuple(found.values())


def _within(place: str, value: Any) -> Iterator[Kept]:
    match value:
        case Statement():
            yield Kept(place, value)
        case dict():
            for key, each in value.items():
                names = key if isinstance(key, tuple) else (key,)
                yield from _within(".".join((place, *map(str, names))), each)
        case tuple() | list() | set() | frozenset():
            for number, each in enumerate(value):
                yield from _within(f"{place}.{number}", each)
        case _ if is_dataclass(value) and not isinstance(value, type):
            for field in fields(value):
                yield from _within(f"{place}.{field.name}", getattr(value, field.name))


def shapes() -> list[Shape[Any]]:
    """Every kind of rows whose columns are set one by one."""
    modules = (importlib.import_module(name) for name in sources())
    return [each for module in modules for each in vars(module).values() if isinstance(each, Shape)]


def made_when_needed() -> set[str]:
    """``module.function`` of those that make statements after the import."""
    public = {
        name for tree in sources().values() for name in _names(tree) if not name.startswith("_")
    }
    return {
        f"{module}.{function.name}"
        for module, tree in sources().items()
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        if function.name not in public | _names(tree)
        if any(_called(call) == "sql" for call in _calls(function))
    }


def calls_at_import(tree: ast.Module) -> list[ast.Call]:
    """Where a module makes statements outside of functions."""
    return [
        call
        for part in tree.body
        if not isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)
        for call in _calls(part)
        if _called(call) == "sql"
    ]


def _names(tree: ast.Module) -> set[str]:
    """Functions that a module calls outside of functions."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    parts = [part for part in tree.body if not isinstance(part, functions)]
    return {_called(call) for part in parts for call in _calls(part)} - {""}


def _calls(tree: ast.AST) -> list[ast.Call]:
    return [each for each in ast.walk(tree) if isinstance(each, ast.Call)]


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""
