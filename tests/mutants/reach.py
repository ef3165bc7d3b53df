"""Which test reaches which line, and so which tests could notice a fault.

Measured once for each file of tests, and kept until that file or the room's sources change. (What
changes elsewhere moves no line here. A test that fails since then is seen in the end.)
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.mutants.source import Fault, Source

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(slots=True)
class Reach:
    """``seconds``: what each test costs of the processor, in the order of the files;
    ``lines``: file -> line -> the tests that reach it."""

    seconds: dict[str, float] = field(default_factory=dict)
    lines: dict[str, dict[int, set[str]]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    def add(self, answer: dict[str, Any]) -> None:
        """Take in what was measured of a file of tests; what fails without a fault is left out."""
        tests = list(answer["seconds"])
        self.failed |= answer["failed"]
        self.seconds |= {
            test: cost for test, cost in answer["seconds"].items() if test not in self.failed
        }
        for path, lines in answer["lines"].items():
            known = self.lines.setdefault(path, {})
            for line, reached in lines.items():
                names = {tests[number] for number in reached} - self.failed.keys()
                known.setdefault(int(line), set()).update(names)

    def at(self, path: str, lines: Iterable[int]) -> set[str]:
        """The tests that reach any of these lines."""
        known = self.lines.get(path, {})
        return {test for line in lines for test in known.get(line, ())}

    def of_fault(self, sources: Mapping[str, Source], fault: Fault) -> set[str]:
        """The tests that could notice a fault; empty if nothing reaches it.

        What is run at import (also in a function) is reached by whatever runs a function of the
        room that uses the name, and by tests that run none and look at what stands there; or else
        by all tests.
        """
        source = sources[fault.path]
        statement = _innermost(source, fault)
        inside = [up for up in source.ancestors(statement) if isinstance(up, _FUNCTIONS)]
        if inside:
            first = source.text.count(b"\n", 0, fault.start) + 1
            last = source.text.count(b"\n", 0, fault.end) + 1
            header = range(statement.lineno, _header_end(statement) + 1)
            found = self.at(fault.path, range(first, last + 1)) or self.at(fault.path, header)
            known = self.lines.get(fault.path, {})
            if found or not any(line in known for line in header):
                return found
        elif isinstance(statement, _FUNCTIONS):  # a default
            return self.at(fault.path, _body(statement))
        top = _top(source, statement)
        names = _names_through(source, top)
        own = {node for node in ast.walk(top) if isinstance(node, _FUNCTIONS)} - {top}
        found = set()
        for path, each in sources.items():
            for one in (node for node in ast.walk(each.tree) if isinstance(node, _FUNCTIONS)):
                if one in own or _mentions(one, names):
                    found |= self.at(path, _body(one))
        return found | self._run_nothing() if found else set(self.seconds)

    def _run_nothing(self) -> set[str]:
        running = (tests for lines in self.lines.values() for tests in lines.values())
        return set(self.seconds).difference(*running)

    def in_order(
        self, tests: Iterable[str], files: Sequence[str], budget: float
    ) -> dict[str, float]:
        """The tests that belong to these files, nearest and cheapest first, with what they cost;
        as many as the budget (seconds of the processor) lets in."""
        place = {file: number for number, file in enumerate(files)}
        mine = [test for test in tests if test.partition("::")[0] in place]
        mine.sort(
            key=lambda test: (round(self.seconds[test], 1), place[test.partition("::")[0]], test)
        )
        spent = 0.0
        chosen: dict[str, float] = {}
        for test in mine:
            spent += self.seconds[test]
            if spent <= budget or not chosen:
                chosen[test] = self.seconds[test]
        return chosen


class Kept:
    """Measurements in a folder, under what they depend on."""

    def __init__(self, folder: Path, root: Path, sources: Mapping[str, Source]) -> None:
        folder.mkdir(exist_ok=True)
        self._folder = folder
        self._root = root
        self._sources = b"".join(path.encode() + one.text for path, one in sources.items())

    def get(self, tests: str) -> dict[str, Any] | None:
        """What was measured of a file of tests; None if it isn't known."""
        path = self._path(tests)
        if not path.exists():
            return None
        measured: dict[str, Any] = json.loads(path.read_text())
        return measured

    def put(self, tests: str, measured: dict[str, Any]) -> None:
        """Keep what was measured."""
        path = self._path(tests)
        unfinished = path.with_suffix(".new")
        unfinished.write_text(json.dumps(measured))
        unfinished.replace(path)

    def _path(self, tests: str) -> Path:
        text = tests.encode() + (self._root / tests).read_bytes()
        return self._folder / f"{hashlib.sha256(self._sources + text).hexdigest()[:24]}.json"


def _innermost(source: Source, fault: Fault) -> ast.stmt:
    around = [
        node
        for node in ast.walk(source.tree)
        if isinstance(node, ast.stmt)
        and source.start(node) <= fault.start
        and fault.end <= source.end(node)
    ]
    return min(around, key=lambda node: source.end(node) - source.start(node))


def _header_end(statement: ast.stmt) -> int:
    body = getattr(statement, "body", None)
    return int(body[0].lineno) - 1 if body else statement.end_lineno or statement.lineno


def _body(function: ast.FunctionDef | ast.AsyncFunctionDef) -> range:
    return range(function.body[0].lineno, (function.end_lineno or function.lineno) + 1)


def _mentions(node: ast.AST, names: set[str]) -> bool:
    return any(isinstance(part, ast.Name) and part.id in names for part in ast.walk(node))


def _top(source: Source, statement: ast.stmt) -> ast.AST:
    outer = [statement, *source.ancestors(statement)]
    return next(node for node in outer if isinstance(source.parents[node], ast.Module))


def _names_through(source: Source, statement: ast.AST) -> set[str]:
    """The names that a statement of the module gives a value, and those made of them."""
    names = set(_given(statement))
    while True:
        made = {
            name for other in source.tree.body if _mentions(other, names) for name in _given(other)
        }
        if made <= names:
            return names
        names |= made


def _given(statement: ast.AST) -> Iterator[str]:
    if isinstance(statement, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        yield statement.name
    elif isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign):
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield node.id
