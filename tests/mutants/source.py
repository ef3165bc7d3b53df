"""A piece of source text, and a fault: one stretch of it replaced by something else."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Fault:
    """``new`` instead of the bytes from ``start`` to ``end`` of the file ``path``."""

    path: str
    kind: str
    start: int
    end: int
    new: str
    line: int
    before: str
    after: str

    def put_into(self, source: bytes) -> bytes:
        """The source with the fault in it."""
        return source[: self.start] + self.new.encode() + source[self.end :]


class Source:
    """A file of Python: its syntax tree, with parents and positions in bytes."""

    def __init__(self, path: str, text: bytes) -> None:
        self.path = path
        self.text = text
        self.tree = ast.parse(text)
        self.parents = {
            child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)
        }

    @cached_property
    def _starts(self) -> list[int]:
        starts = [0]
        for line in self.text.splitlines(keepends=True):
            starts.append(starts[-1] + len(line))
        return starts

    def start(self, node: ast.expr | ast.stmt) -> int:
        """The position of a node's first byte."""
        return self._starts[node.lineno - 1] + node.col_offset

    def end(self, node: ast.expr | ast.stmt) -> int:
        """The position after a node's last byte."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._starts[node.end_lineno - 1] + node.end_col_offset

    def segment(self, node: ast.expr | ast.stmt) -> str:
        """A node as it is written."""
        return self.text[self.start(node) : self.end(node)].decode()

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """What a node stands in, from the inside out."""
        while node in self.parents:
            node = self.parents[node]
            yield node

    def statement(self, node: ast.AST) -> ast.stmt | None:
        """The innermost statement that a node is part of, or is itself."""
        for found in (node, *self.ancestors(node)):
            if isinstance(found, ast.stmt):
                return found
        return None

    def fault(self, kind: str, start: int, end: int, new: str) -> Fault | None:
        """The fault; None when nothing changes or what results is no Python."""
        changed = self.text[:start] + new.encode() + self.text[end:]
        if changed == self.text or not _compiles(changed):
            return None
        first = self.text.count(b"\n", 0, start)
        old, lines = self.text.splitlines(), changed.splitlines()
        upto = self.text.count(b"\n", 0, end) + 1
        before, after = old[first:upto], lines[first : upto + len(lines) - len(old)]
        while len(before) > 1 and len(after) > 1 and before[0] == after[0]:
            before, after, first = before[1:], after[1:], first + 1
        while len(before) > 1 and len(after) > 1 and before[-1] == after[-1]:
            before, after = before[:-1], after[:-1]
        shown = _one_line(before), _one_line(after)
        return Fault(self.path, kind, start, end, new, first + 1, *shown)


def _compiles(text: bytes) -> bool:
    try:
        compile(text, "fault", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


def _one_line(lines: list[bytes]) -> str:
    return " ".join(b" ".join(lines).decode().split())
