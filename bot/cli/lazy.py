"""A group of commands whose modules are imported when one of them is asked for.

So a command's module imports at its top whatever the command works with, and ``domov --help`` still
answers at once: what it lists stands in the group itself (a test compares it with what the commands
say of themselves).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, ClassVar

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group


@dataclass(frozen=True, slots=True)
class Listed:
    """A command or a group of commands: its name, where it is declared ("module:name", a function
    or a Typer), and the first paragraph of its help."""

    name: str
    target: str
    help: str


class LazyGroup(TyperGroup):
    """The group of what is ``listed``, in this order."""

    listed: ClassVar[tuple[Listed, ...]] = ()

    def __init__(self, **about: Any) -> None:
        super().__init__(**about)
        for each in self.listed:
            self.add_command(TyperCommand(each.name, help=each.help))

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The command itself, in the place of what stands for it in the list."""
        name, listed, rest = super().resolve_command(ctx, args)
        return name, listed if name is None else self.declared(name), rest

    def declared(self, name: str) -> Any:
        """The command as its module declares it. Raises StopIteration for an unknown name."""
        return _declared(next(each for each in self.listed if each.name == name))


@cache
def _declared(listed: Listed) -> Any:
    module, _, name = listed.target.partition(":")
    found = getattr(import_module(module), name)
    if isinstance(found, typer.Typer):
        command: Any = get_group(found)
    else:
        alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        alone.command()(found)
        command = get_command(alone)
    command.name = listed.name
    return command
