"""What holds of every assignment, whatever the scores."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from outreach.mentoring import assigning
from outreach.mentoring.assigning import Assigned, assign
from tests.outreach.mentoring.test_optimal import Given, checked, greedy, optimum

shapes = st.tuples(st.integers(1, 9), st.integers(1, 9))


@st.composite
def rounds(draw: st.DrawFn) -> tuple[npt.NDArray[Any], list[int]]:
    n, m = draw(shapes)
    few, most = draw(st.sampled_from([(0, 1), (0, 5), (0, 20_000), (0, 10**9)]))
    scores = draw(arrays.arrays(np.int32, (n, m), elements=st.integers(few, most)))
    return scores, draw(st.lists(st.integers(0, 4), min_size=m, max_size=m))


@settings(deadline=None)
@given(rounds())
def test_an_assignment_lies_between_greedy_and_its_bound(
    given_: tuple[npt.NDArray[Any], list[int]],
) -> None:
    scores, places = given_
    found = checked(scores, places)
    assert greedy(scores, places) <= found.total == found.bound == optimum(scores, places)


@settings(deadline=None)
@given(rounds())
def test_the_same_scores_give_the_same_pairs(given_: tuple[npt.NDArray[Any], list[int]]) -> None:
    scores, places = given_
    assert assign(Given(scores), places) == assign(Given(scores.copy()), list(places))


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0)])
def test_nobody_to_assign_is_no_pair(shape: tuple[int, int]) -> None:
    assert assign(Given(np.ones(shape, dtype=np.int32)), [2] * shape[1]) == Assigned((), 0, 0)


def test_no_places_and_no_allowed_pairs_are_no_pair() -> None:
    assert assign(Given(np.ones((3, 2), dtype=np.int32)), [0, 0]) == Assigned((), 0, 0)
    assert assign(Given(np.zeros((3, 2), dtype=np.int32)), [1, 2]) == Assigned((), 0, 0)


def structured(kind: str, n: int, m: int) -> npt.NDArray[Any]:
    """Rounds that are hard for auctions: everybody alike, or everybody wants the same people."""
    chance = np.random.default_rng(7)
    if kind == "alike":
        return np.full((n, m), 5_000, dtype=np.int32)
    if kind == "few":
        return 1_000 * chance.integers(1, 4, (n, m), dtype=np.int32)
    if kind == "product":
        return (chance.random((n, 1)) * chance.random((1, m)) * 10_000 + 1).astype(np.int32)
    if kind == "quality":
        base = chance.integers(0, 1_000, (n, 1)) + chance.integers(0, 1_000, (1, m))
        return (base + chance.integers(1, 300, (n, m))).astype(np.int32)
    sparse = chance.integers(1, 10_000, (n, m), dtype=np.int32)
    sparse[chance.random((n, m)) < 1 - 6 / m] = 0
    return sparse


@pytest.mark.parametrize("kind", ["alike", "few", "product", "quality", "sparse"])
@pytest.mark.parametrize("seekers", [300, 401, 420, 700])
def test_hard_rounds_are_optimal_by_lists_too(
    kind: str, seekers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Barely enough places (400), one and twenty too few, far too few; lists of sixteen."""
    monkeypatch.setattr(assigning, "SMALL", 0)
    monkeypatch.setattr(assigning, "LISTED", 16)
    scores = structured(kind, seekers, 200)
    found = checked(scores, [2] * 200)
    assert found.total == found.bound == optimum(scores, [2] * 200)
