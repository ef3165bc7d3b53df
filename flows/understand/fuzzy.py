"""Names that differ from what was typed by a slip or two of the finger."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

SHORTEST = 5  # "Iran" and "Irak", "Mali" and "Malta": shorter words are too close together
MOST_SLIPS = 2
_LONG = 8
_MOST = 20


def nearest(
    typed: str, names: Sequence[str], limit: int | None = _MOST, shortest: int = SHORTEST
) -> list[tuple[str, int]]:
    """The ``names`` within one edit of ``typed`` (two when it has eight letters), nearest first,
    each with its distance. An edit is a letter too many, missing, wrong, or two swapped. Words of
    less than ``shortest`` letters have none."""
    if len(typed) < shortest:
        return []
    allowed = MOST_SLIPS if len(typed) >= _LONG else 1
    found = process.extract(
        typed, names, scorer=OSA.distance, processor=None, limit=limit, score_cutoff=allowed
    )
    return [(name, int(distance)) for name, distance, _ in found if len(name) >= shortest - 1]
