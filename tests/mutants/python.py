"""Faults of Python, found in the syntax tree."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from tests.mutants import sql
from tests.mutants.left_out import left_out
from tests.mutants.source import Fault, Source

_FOUND = Iterator[tuple[str, int, int, str]]
_OPERATORS: dict[type[ast.cmpop], tuple[str, tuple[str, ...]]] = {
    ast.Lt: ("<", ("<=", ">=")),
    ast.LtE: ("<=", ("<", ">")),
    ast.Gt: (">", (">=", "<=")),
    ast.GtE: (">=", (">", "<")),
    ast.Eq: ("==", ("!=",)),
    ast.NotEq: ("!=", ("==",)),
    ast.Is: ("is", ("is not",)),
    ast.IsNot: (r"is\s+not", ("is",)),
    ast.In: ("in", ("not in",)),
    ast.NotIn: (r"not\s+in", ("in",)),
}
_SWAPPED = {
    "min": "max", "max": "min", "any": "all", "all": "any", "and_": "or_", "or_": "and_",
    "is_": "is_not", "is_not": "is_",
}  # fmt: skip
# Parts of a query that can be left out.
_CLAUSES = {"where", "order_by", "limit", "distinct", "filter", "having", "desc", "with_for_update"}
_STRICTNESS = {"strict", "slots", "frozen", "kw_only", "repr", "exc_info", "stacklevel"}
_JUMPS = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_EMPTY = {
    "list": "[]",
    "dict": "{}",
    "set": "set()",
    "str": '""',
    "int": "0",
    "Iterator": "iter(())",
}


def faults(source: Source, required: Callable[[str, str], bool]) -> list[Fault]:
    """All faults of a file, in its order.

    ``required``: whether a function must be given an argument.
    """
    found: dict[tuple[int, int, str], Fault] = {}
    for node in ast.walk(source.tree):
        if left_out(source, node):
            continue
        for kind, start, end, new in _of(source, node, required):
            fault = source.fault(kind, start, end, new)
            if fault is not None:
                found.setdefault((start, end, new), fault)
    return [found[key] for key in sorted(found)]


def _of(source: Source, node: ast.AST, required: Callable[[str, str], bool]) -> _FOUND:
    match node:
        case ast.Compare():
            yield from _comparison(source, node)
        case ast.BoolOp():
            yield from _and_or(source, node)
        case ast.UnaryOp(op=ast.Not()):
            yield "not dropped", source.start(node), source.start(node.operand), ""
        case ast.BinOp():
            yield from _arithmetic(source, node)
        case ast.AugAssign(op=ast.Add() | ast.Sub()):
            other = "-=" if isinstance(node.op, ast.Add) else "+="
            start = source.end(node.target)
            gap = source.text[start : source.start(node.value)].decode()
            yield "arithmetic", start, source.start(node.value), re.sub(r"[+-]=", other, gap)
        case ast.IfExp():
            whole = source.start(node), source.end(node)
            yield "choice", *whole, f"({source.segment(node.body)})"
            yield "choice", *whole, f"({source.segment(node.orelse)})"
        case ast.If() | ast.While():
            yield from _guard(source, node)
        case ast.comprehension():
            for condition in node.ifs:
                yield "condition dropped", source.start(condition), source.end(condition), "True"
        case ast.Expr(value=ast.Call() | ast.Await(value=ast.Call())):
            yield "call dropped", source.start(node), source.end(node), "pass"
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]) | ast.Delete():
            yield "assignment dropped", source.start(node), source.end(node), "pass"
        case ast.Continue() | ast.Break():
            other = "break" if isinstance(node, ast.Continue) else "continue"
            yield "jump", source.start(node), source.end(node), other
        case ast.Call():
            yield from _call(source, node, required)
        case ast.Constant() | ast.JoinedStr():
            yield from _constant(source, node)
        case ast.Return(value=ast.expr()):
            yield from _return(source, node)


def _comparison(source: Source, node: ast.Compare) -> _FOUND:
    left = node.left
    for operator, right in zip(node.ops, node.comparators, strict=True):
        written, others = _OPERATORS[type(operator)]
        start, end = source.end(left), source.start(right)
        for other in others:
            gap = re.sub(written, other, source.text[start:end].decode(), count=1)
            yield "comparison", start, end, gap
        left = right


def _and_or(source: Source, node: ast.BoolOp) -> _FOUND:
    old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
    values = [f"({source.segment(value)})" for value in node.values]
    whole = source.start(node), source.end(node)
    yield "and/or", *whole, f"({f' {new} '.join(values)})"
    for place in range(len(values)):
        kept = values[:place] + values[place + 1 :]
        yield "condition dropped", *whole, f"({f' {old} '.join(kept)})"


def _arithmetic(source: Source, node: ast.BinOp) -> _FOUND:
    other = {ast.Add: "-", ast.Sub: "+", ast.Mult: "//", ast.FloorDiv: "*"}.get(type(node.op))
    texts = (ast.JoinedStr, ast.List, ast.Tuple, ast.ListComp, ast.Set, ast.Dict)
    for side in (node.left, node.right):
        is_text = isinstance(side, ast.Constant) and isinstance(side.value, str | bytes)
        if other is None or is_text or isinstance(side, texts):
            return
    start, end = source.end(node.left), source.start(node.right)
    gap = source.text[start:end].decode()
    yield "arithmetic", start, end, re.sub(r"//|[-+*]", str(other), gap, count=1)


def _guard(source: Source, node: ast.If | ast.While) -> _FOUND:
    test = source.start(node.test), source.end(node.test)
    if isinstance(node, ast.If) and isinstance(node.body[-1], _JUMPS):
        yield "guard dropped", *test, "False"
    else:
        yield "condition dropped", *test, "True"


def _call(source: Source, node: ast.Call, required: Callable[[str, str], bool]) -> _FOUND:
    func = node.func
    name = getattr(func, "attr", getattr(func, "id", ""))
    if name in _SWAPPED:
        yield "swap", source.end(func) - len(name), source.end(func), _SWAPPED[name]
    if isinstance(func, ast.Attribute) and name in _CLAUSES:
        yield "clause dropped", source.end(func.value), source.end(node), ""
    arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
    for keyword in node.keywords:
        if keyword.arg is None or keyword.arg in _STRICTNESS or required(name, keyword.arg):
            continue
        start, end = source.start(keyword), source.end(keyword)  # type: ignore[arg-type]
        earlier = [source.end(other) for other in arguments if source.end(other) < start]
        # With the comma before it, or with the one after it where it is the first.
        start = max(earlier, default=start)
        after = re.match(rb"\s*,", source.text[end:]) if not earlier else None
        yield "argument dropped", start, end + (after.end() if after else 0), ""


def _constant(source: Source, node: ast.Constant | ast.JoinedStr) -> _FOUND:
    start, end = source.start(node), source.end(node)
    value = node.value if isinstance(node, ast.Constant) else ""
    if isinstance(value, bool):
        yield "true/false", start, end, str(not value)
    elif isinstance(value, int):
        yield "number", start, end, str(value + 1)
        if value > 1:
            yield "number", start, end, str(value - 1)
    elif isinstance(value, str):
        for change in sql.changes(source.segment(node)):
            before = len(source.segment(node)[: change.start].encode())
            upto = len(source.segment(node)[: change.end].encode())
            yield change.kind, start + before, start + upto, change.new


def _return(source: Source, node: ast.Return) -> _FOUND:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    function = next((up for up in source.ancestors(node) if isinstance(up, functions)), None)
    if function is None or function.returns is None or node.value is None:
        return
    kind = ast.unparse(function.returns)
    whole = source.start(node.value), source.end(node.value)
    if kind == "bool" and not isinstance(node.value, ast.Constant):
        yield "returned", *whole, "True"
        yield "returned", *whole, "False"
    elif kind.endswith("| None"):
        yield "returned", *whole, "None"
    else:
        empty = (
            "()" if re.fullmatch(r"tuple\[.*, \.\.\.\]", kind) else _EMPTY.get(kind.split("[")[0])
        )
        if empty is not None:
            yield "returned", *whole, empty
