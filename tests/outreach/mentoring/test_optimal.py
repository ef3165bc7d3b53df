"""Rounds are assigned optimally: as an independent solver does (scipy's, for dense matrices)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from scipy.optimize import linear_sum_assignment

from outreach.mentoring import assigning
from outreach.mentoring.assigning import Assigned, assign


@dataclass(frozen=True, slots=True)
class Given:
    """Scores that are there as a matrix."""

    scores: npt.NDArray[Any]

    @property
    def n(self) -> int:
        return int(self.scores.shape[0])

    @property
    def m(self) -> int:
        return int(self.scores.shape[1])

    def rows(self, begin: int, end: int) -> npt.NDArray[Any]:
        return self.scores[begin:end].copy()


def optimum(scores: npt.NDArray[Any], places: list[int]) -> int:
    """Each place a column of its own; a pair that is not allowed is worth as much as none."""
    columns = np.repeat(scores, places, axis=1)
    return int(columns[linear_sum_assignment(columns, maximize=True)].sum())


def greedy(scores: npt.NDArray[Any], places: list[int]) -> int:
    left, seated, total = list(places), set(), 0
    for number in np.argsort(-scores, axis=None, kind="stable").tolist():
        i, j = divmod(number, scores.shape[1])
        if scores[i, j] and left[j] and i not in seated:
            left[j] -= 1
            seated.add(i)
            total += int(scores[i, j])
    return total


def checked(scores: npt.NDArray[Any], places: list[int]) -> Assigned:
    """An assignment, of which is checked that it keeps to the rules."""
    found = assign(Given(scores), places)
    assert [i for i, _ in found.pairs] == sorted({i for i, _ in found.pairs})
    taken = np.bincount([j for _, j in found.pairs], minlength=len(places))
    assert (taken <= np.maximum(places, 0)).all()
    assert all(scores[i, j] > 0 for i, j in found.pairs)
    assert found.total == sum(int(scores[i, j]) for i, j in found.pairs)
    return found


def some_round(seed: int) -> tuple[npt.NDArray[Any], list[int]]:
    """Up to 12 × 12, of many kinds: few values and many equals, hardly any pair allowed, places
    too few or far too many, some of them none."""
    chance = np.random.default_rng(seed)
    n, m = chance.integers(1, 13, 2)
    scores = chance.integers(1, chance.choice([2, 4, 30, 20_000]), (n, m), endpoint=True)
    scores += chance.choice([0, 1000, 10**6]) * chance.integers(0, 3, (n, 1))  # who waits
    scores[chance.random((n, m)) < chance.choice([0, 0.3, 0.8])] = 0
    return scores.astype(np.int32), chance.integers(0, chance.choice([2, 3, 5]), m).tolist()


@pytest.mark.parametrize("hundred", range(10))
@pytest.mark.parametrize("listed", [2, 64])
def test_small_rounds_are_optimal(
    hundred: int, listed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thousand of them, looked at wholly and by lists of the best few that must be widened."""
    if listed == 2:
        monkeypatch.setattr(assigning, "SMALL", 0)
        monkeypatch.setattr(assigning, "LISTED", 2)
    for seed in range(100 * hundred, 100 * hundred + 100):
        scores, places = some_round(seed)
        found = checked(scores, places)
        assert found.total == found.bound == optimum(scores, places), seed
        assert found.total >= greedy(scores, places), seed
