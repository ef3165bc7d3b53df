"""Who of the staff is at work in a test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.turn.staff.world import Case, World


@pytest.fixture
def eva(world: World) -> Iterator[Case]:
    """A coordinator of cike at work."""
    with world.case("coordinator") as case:
        yield case
