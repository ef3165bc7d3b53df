"""What came of reading something typed: understood, unsure, or not understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeAlias, TypeVar

T = TypeVar("T")

MOST_CANDIDATES = 5


@dataclass(frozen=True, slots=True)
class Understood(Generic[T]):
    """It can only mean ``value``."""

    value: T


@dataclass(frozen=True, slots=True)
class Unsure(Generic[T]):
    """It may mean one of ``candidates`` (one to five, best first): "Did you mean…?"."""

    candidates: tuple[T, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.candidates) <= MOST_CANDIDATES:
            raise ValueError(f"1 to {MOST_CANDIDATES} candidates, not {len(self.candidates)}")


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """It means nothing here. ``reason`` is a key such as "email.invalid"; ``values`` go into
    the message made for it, for instance ``{"maximum": 80}``."""

    reason: str
    values: Mapping[str, object] = field(default_factory=dict)


Reading: TypeAlias = Understood[T] | Unsure[T] | NotUnderstood
