"""What stands against something, as a template of ``messages/templates/problem.j2`` with values.

The command line says it in English (``str``), the bot in the reader's language (``text``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol, TypeAlias, Union

from messages import rich

if TYPE_CHECKING:
    from messages.words import Words

Value: TypeAlias = Union[str, int, "Told", tuple["Told", ...]]


class Sayable(Protocol):
    """Something that can be said in any language; ``str`` of it is English."""

    def text(self, words: Words, language: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Told:
    """One sentence: the name of its block, and values, which may be sentences themselves."""

    key: str
    values: tuple[tuple[str, Value], ...] = ()

    def text(self, words: Words, language: str) -> str:
        """The sentence in ``language``, as plain text."""
        values = {name: _said(value, words, language) for name, value in self.values}
        return rich.plain(words.rich(f"problem.{self.key}", language, **values))

    def __str__(self) -> str:
        return self.text(_english(), "en")


@dataclass(frozen=True, slots=True)
class Listed:
    """Several, each on a line of its own."""

    problems: tuple[Told, ...]

    def text(self, words: Words, language: str) -> str:
        return "\n".join(each.text(words, language) for each in self.problems)

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


def why(key: str, /, **values: Value) -> Told:
    """The sentence ``problem.key`` with these values."""
    return Told(key, tuple(values.items()))


def _said(value: Value, words: Words, language: str) -> object:
    if isinstance(value, Told):
        return value.text(words, language)
    if isinstance(value, tuple):
        return [each.text(words, language) for each in value]
    return value


@lru_cache(maxsize=1)
def _english() -> Words:
    from messages.words import Words  # noqa: PLC0415 - most commands have nothing to tell

    return Words(("en",))
