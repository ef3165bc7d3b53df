"""Recorded conversations are played like others: see tests/examples.py."""

from __future__ import annotations

import pytest

from tests.examples import CONVERSATIONS


@pytest.fixture(params=CONVERSATIONS)
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty, migrated database."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url
