"""No test sleeps, and none allows less time than a busy machine takes.

Sleeping to see that nothing happens can only pass falsely, and a limit of a second fails what is
right. How to wait instead: ``tests/waiting.py``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
FREELY = {TESTS / "waiting.py", *(TESTS / "fakes").rglob("*.py")}  # whose latency is their own
NOT_YET = {TESTS / "sending"}
LEAST = 10.0
"""Seconds: a smaller limit is one that a busy machine breaks."""
LIMITS = {"timeout": 0, "wait_for": 1, "within": None, "until": None, "join": 0}
ELAPSED = {"monotonic", "perf_counter", "time"}


def name_of(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def number(node: ast.AST | None) -> float | None:
    """What a literal says."""
    value = getattr(node, "value", None)
    return float(value) if isinstance(value, int | float) else None


def faults(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and what is wrong there."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if name_of(node) == "sleep" and number(node.args[0]) != 0:
                yield node.lineno, "sleeps"
            if any(limit < LEAST for limit in limits(node)):
                yield node.lineno, f"allows less than {LEAST:g} s"
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Lt | ast.LtE):
            clocks = [each for each in ast.walk(node.left) if isinstance(each, ast.Call)]
            most = number(node.comparators[0])
            if {name_of(each) for each in clocks} & ELAPSED and most is not None and most < LEAST:
                yield node.lineno, f"must be done within {LEAST:g} s"


def limits(call: ast.Call) -> Iterator[float]:
    """The seconds that a call allows, where they are written down."""
    place = LIMITS.get(name_of(call))
    if place is not None and len(call.args) > place:
        given = number(call.args[place])
        if given is not None:
            yield given
    for keyword in call.keywords:
        seconds = number(keyword.value)
        if keyword.arg in ("timeout", "within", "patience") and seconds is not None:
            yield seconds


def test_no_test_sleeps_or_hurries() -> None:
    found = [
        f"{path.relative_to(TESTS)}:{line} {what}"
        for path in sorted(TESTS.rglob("*.py"))
        if path not in FREELY and not NOT_YET & set(path.parents)
        for line, what in faults(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        "time.sleep(1)", "await asyncio.sleep(0.1)", "asyncio.sleep(wait)", "sleep(2)",
        "asyncio.timeout(3)", "await asyncio.wait_for(it, 1)", "thread.join(2)",
        "await anna.expect(within=2.5)", "run(timeout=5)", "assert time.monotonic() - begun < 1",
        "assert loop.time() - begun <= 4.5",
    ],
)  # fmt: skip
def test_what_sleeps_or_hurries_is_seen(code: str) -> None:
    assert list(faults(ast.parse(code)))


@pytest.mark.parametrize(
    "code",
    [
        "await asyncio.sleep(0)", "asyncio.timeout(PATIENCE)", "await until(lambda: done)",
        "thread.join()", "assert time.monotonic() - begun >= 2", "run(timeout=120)",
        "', '.join(names)", "assert time.thread_time() - begun < 3",
    ],
)  # fmt: skip
def test_what_waits_patiently_is_right(code: str) -> None:
    assert not list(faults(ast.parse(code)))
