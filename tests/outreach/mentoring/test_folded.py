"""A list on its way to another process is what it was."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.mentoring.folded import PIECE, Folded

LISTS = st.lists(st.integers(), max_size=3 * PIECE)


@given(LISTS, st.integers(-4 * PIECE, 4 * PIECE), st.integers(-4 * PIECE, 4 * PIECE))
def test_a_folded_list_is_the_list(items: list[int], begin: int, end: int) -> None:
    folded = pickle.loads(pickle.dumps(Folded(items)))

    assert len(folded) == len(items)
    assert list(folded) == items
    assert folded == items
    assert list(folded[begin:end]) == items[begin:end]
    assert [folded[at] for at in range(-len(items), len(items))] == items + items


@given(LISTS)
def test_a_folded_list_ends(items: list[int]) -> None:
    folded = Folded(items)
    for beyond in (len(items), -len(items) - 1):
        with pytest.raises(IndexError):
            folded[beyond]
    with pytest.raises(ValueError, match="in order"):
        folded[::2]
