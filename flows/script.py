"""The words a flow is written in: ``ask``, ``say``, and the labels they carry.

A flow is a plain generator. It may not read a clock, a file or a database, and no ``try``,
``with`` or ``finally`` may stand around a question: every message replays it from the top.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

if TYPE_CHECKING:
    from flows.questions import Question

T = TypeVar("T")
R = TypeVar("R")

Json: TypeAlias = Any  # what json.loads gives: None, bool, int, float, str, list, dict
Answers: TypeAlias = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Template:
    """A message template by key ("registration.ask_city") with its variables."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Texts:
    """A text of the blueprint: language -> words."""

    by_language: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Name:
    """A name that every language has its own of: kind "country", "language", "timezone", "date"
    or "city" (its GeoNames number), and its code. ``fallback`` where there is none."""

    kind: str
    code: str
    fallback: str = ""


@dataclass(frozen=True, slots=True)
class Plain:
    """Somebody's own words, the same in every language."""

    text: str


@dataclass(frozen=True, slots=True)
class Many:
    """Several labels, listed ("mentor, speaker and host")."""

    items: tuple[Label, ...]


Label: TypeAlias = Template | Texts | Name | Plain | Many


@dataclass(frozen=True, slots=True)
class Say:
    """A line that only informs."""

    label: Label


@dataclass(frozen=True, slots=True)
class Recall:
    """What an earlier release asked: its answer counts where there is one, and it is not asked
    any more."""

    question: Question[Any]


Step: TypeAlias = "Say | Recall | Question[Any]"
Script: TypeAlias = Generator[Step, Any, R]


def ask(question: Question[T]) -> Generator[Step, Any, T]:
    """Ask, and get the answer in the question's type."""
    value: T = yield question
    return value


def ask_optional(question: Question[T]) -> Generator[Step, Any, T | None]:
    """Ask what may be skipped: None when it was."""
    value: T | None = yield question
    return value


def recall(question: Question[T]) -> Generator[Step, Any, T | None]:
    """What was answered when an earlier release asked this; None where it was not."""
    value: T | None = yield Recall(question)
    return value


def say(key: str, **values: Any) -> Generator[Step, Any, None]:
    """Say the template ``key``. Only what follows the answer just given is sent."""
    yield Say(Template(key, values))
