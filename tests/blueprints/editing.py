"""Changing a blueprint's text in a test, line by line, as somebody with an editor would."""

from __future__ import annotations

from pathlib import Path

from blueprints.load import BlueprintError, loads
from blueprints.schema import Blueprint

TINY = Path(__file__).with_name("tiny.toml")


def tiny() -> str:
    return TINY.read_text("utf-8")


def change(text: str, old: str, new: str) -> str:
    """``old`` must be there exactly once, so that a test cannot pass by changing nothing."""
    assert text.count(old) == 1, f"{text.count(old)} × {old!r}"
    return text.replace(old, new)


def after(text: str, mark: str, old: str, new: str) -> str:
    """Change the first ``old`` that stands after ``mark``."""
    head, found, tail = text.partition(mark)
    assert found, mark
    assert old in tail, old
    return head + found + tail.replace(old, new, 1)


def load_text(text: str) -> Blueprint:
    return loads(text, "region.toml")


def told(text: str) -> list[str]:
    """The problems of a blueprint, each as "line key: message. remedy"."""
    try:
        load_text(text)
    except BlueprintError as error:
        return [f"{problem.line} {problem}" for problem in error.problems]
    return []
