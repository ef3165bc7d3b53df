"""Labels fit what a platform allows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.labels import SLACK_LABEL, fit
from tests.messages.strategies import patient, typed


@pytest.mark.parametrize(
    ("label", "limit", "fitted"),
    [
        ("Back", 4, "Back"),
        ("Go  back\nnow", 75, "Go back now"),
        ("Go back", 6, "Go ba…"),
        ("Go back", 4, "Go…"),
        ("cafe\u0301s", 5, "caf…"),  # the accent goes with its letter
        ("ok 👩\u200d💻!", 6, "ok…"),  # a joined emoji is one
        ("x", 0, "…"),
    ],
)
def test_fit_shortens_to_the_limit(label: str, limit: int, fitted: str) -> None:
    assert fit(label, limit) == fitted


@patient
@given(typed, st.integers(min_value=1, max_value=80))
def test_fit_is_one_line_within_the_limit(label: str, limit: int) -> None:
    assert len(fit(label, limit)) <= limit
    assert "\n" not in fit(label, limit)
    assert len(fit(label * 20)) <= SLACK_LABEL
