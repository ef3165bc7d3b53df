"""What an audience's text says, as a tree, and the text of a tree."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

KEYWORDS = ("and", "or", "not", "everybody")
_PLAIN = re.compile(r"[^\s(),:\"“„”\\]+")


class Span(NamedTuple):
    """A stretch of the text: from ``start`` to before ``end``."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Everybody:
    """All who ever agreed to something."""


@dataclass(frozen=True, slots=True)
class Term:
    """Those of whom the field has any of the values. ``at``: where the values stand."""

    field: str
    values: tuple[str, ...]
    at: tuple[Span, ...] = dataclasses.field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved audience, by its key: ``@vienna``."""

    key: str
    at: Span = dataclasses.field(default=Span(0, 0), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Not:
    node: Node


@dataclass(frozen=True, slots=True)
class And:
    """Two or more conditions that all hold."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Two or more conditions of which one holds at least."""

    nodes: tuple[Node, ...]


Node: TypeAlias = Everybody | Term | Saved | Not | And | Or


def show(node: Node) -> str:
    """The text of a tree; ``parse(show(node)) == node``."""
    match node:
        case Everybody():
            return "everybody"
        case Term(name, values):
            return f"{name}:{','.join(_value(value) for value in values)}"
        case Saved(key):
            return f"@{key}"
        case Not(inner):
            return f"not {_inside(inner, And | Or)}"
        case And(nodes):
            return " and ".join(_inside(each, And | Or) for each in nodes)
        case Or(nodes):
            return " or ".join(_inside(each, Or) for each in nodes)


def _inside(node: Node, bracketed: object) -> str:
    text = show(node)
    return f"({text})" if isinstance(node, bracketed) else text  # type: ignore[arg-type]


def _value(value: str) -> str:
    if _PLAIN.fullmatch(value) and value.lower() not in KEYWORDS:
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
