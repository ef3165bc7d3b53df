"""The field of work that a profession points at."""

from __future__ import annotations

from collections.abc import Iterable

from flows.understand.text import fold

_SHORTEST = 4  # letters of a label's word that may be compared by its beginning


def guess(profession: str, fields: Iterable[tuple[str, Iterable[str], Iterable[str]]]) -> list[str]:
    """The keys of the ``fields`` that ``profession`` ("product lead at a bank") points at, the
    likeliest first. A field is its key, how professions in it begin ("nurs"), and its labels.

    What a longer beginning fits counts for more; a word of a label counts like a beginning.
    """
    typed = fold(profession).split()
    points = {}
    for key, beginnings, labels in fields:
        known = [fold(each) for each in beginnings]
        known += [
            word[:-1] for label in labels for word in fold(label).split() if len(word) > _SHORTEST
        ]
        longest = max((len(each) for each in known if _fits(typed, each)), default=0)
        if longest:
            points[key] = longest
    return sorted(points, key=lambda key: -points[key])


def _fits(typed: list[str], beginning: str) -> bool:
    """Whether a word begins so; a beginning of two letters or of several words must be whole."""
    if " " in beginning:
        return f" {beginning}" in f" {' '.join(typed)}"
    if len(beginning) < 3:
        return beginning in typed
    return any(word.startswith(beginning) for word in typed)
