"""Figures for viewers, from which no group under five can be told, also not by subtraction.

Everything is put together from cells that have nobody in common, each rounded down to a multiple of
five. So a figure changes only where a cell fills a five: of two worlds that differ in a group of
less than five a viewer sees the same, and the difference of any two figures is a multiple of five.
What is shown is a lower bound; nothing at all means "fewer than five", not "nobody".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

FEW = 5


def fives(count: int) -> int:
    """A cell as it may be shown."""
    return max(count, 0) // FEW * FEW


def at_least(cells: Iterable[int]) -> int:
    """A figure made of cells that have nobody in common."""
    return sum(map(fives, cells))


def of_mentoring(counts: Mapping[str, int]) -> dict[str, int]:
    """Mentoring's figures; ``long`` are some of the ``requests``, ``met`` some of the ``pairs``."""
    found = {key: fives(count) for key, count in counts.items()}
    for whole, part in (("requests", "long"), ("pairs", "met")):
        found[whole] = at_least((counts[part], counts[whole] - counts[part]))
    return found


def of_broadcast(counts: Mapping[str, int], answers: Mapping[str, int]) -> dict[str, int]:
    """A broadcast's figures: who answered was ``sent`` it, and all others are some of the
    ``planned``."""
    found = {name: fives(count) for name, count in counts.items()}
    silent = counts["sent"] - sum(answers.values())
    found["sent"] = at_least((*answers.values(), silent))
    found["planned"] = sum(count for name, count in found.items() if name != "planned")
    return found
