"""What stands in the log when something fails: where, never what people wrote, never a secret."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
import structlog

from bot import logs

SAID = "I live in Berlin"
SECRET = "a key that must not be seen " * 4


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Logging is the process's own: put it back."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in logs.QUIET}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)
    structlog.reset_defaults()


def fail(said: str) -> None:
    secret = SECRET
    raise ValueError(f"{len(secret)} and {len(said)}")


@pytest.mark.parametrize("style", ["text", "json"])
@pytest.mark.parametrize("whose", ["ours", "a library's"])
def test_a_traceback_shows_no_values_and_no_secret(
    capsys: pytest.CaptureFixture[str], style: str, whose: str
) -> None:
    logs.set_up("debug", style, [SECRET])
    log = structlog.get_logger("x") if whose == "ours" else logging.getLogger("x")
    try:
        fail(SAID)
    except ValueError:
        log.exception("an event failed")
    log.info(f"token {SECRET}")
    shown = capsys.readouterr().err
    assert "an event failed" in shown
    assert "ValueError: 112 and 16" in shown
    assert "in fail" in shown
    assert "Berlin" not in shown
    assert "must not be seen" not in shown
    assert len(shown.splitlines()) == 2 if style == "json" else "Traceback" in shown
