"""What the tests of sending share: a loop whose clock is virtual."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

import pytest

from tests.sending.virtual import VirtualLoop, watch_writers


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"virtual": VirtualLoop}


@pytest.fixture(autouse=True)
def _writers_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    watch_writers(monkeypatch)
