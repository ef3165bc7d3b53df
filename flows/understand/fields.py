"""The field of work that a profession points at."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from flows.understand.text import fold

Beginnings: TypeAlias = tuple[str, tuple[str, ...]]
"""A field's key, and the beginnings that point at it, the longest first."""

_SHORTEST = 4  # letters of a label's word that may be compared by its beginning


def beginnings(
    fields: Iterable[tuple[str, Iterable[str], Iterable[str]]],
) -> tuple[Beginnings, ...]:
    """What is looked for: of each field its key, how professions in it begin ("nurs"), and its
    labels, each of whose longer words counts like a beginning."""
    found = []
    for key, begun, labels in fields:
        named = [word for label in labels for word in fold(label).split()]
        known = [fold(each) for each in begun]
        known += [word[:-1] for word in named if len(word) > _SHORTEST]
        found.append((key, tuple(sorted(known, key=len, reverse=True))))
    return tuple(found)


def guess(profession: str, fields: Iterable[Beginnings]) -> list[str]:
    """The keys of the ``fields`` that ``profession`` ("product lead at a bank") points at, the
    likeliest first: what a longer beginning fits counts for more."""
    typed = fold(profession).split()
    points = {
        key: longest
        for key, known in fields
        if (longest := next((len(each) for each in known if _fits(typed, each)), 0))
    }
    return sorted(points, key=lambda key: -points[key])


def _fits(typed: list[str], beginning: str) -> bool:
    """Whether a word begins so; a beginning of two letters or of several words must be whole."""
    if " " in beginning:
        return f" {beginning}" in f" {' '.join(typed)}"
    if len(beginning) < 3:
        return beginning in typed
    return any(word.startswith(beginning) for word in typed)
