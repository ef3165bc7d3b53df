"""What no fault is put into.

Annotations, docstrings, ``__all__``, decorators, assertions for the type checker, logs and metrics,
the texts of errors: nobody could notice, or no test should look. And what is for PostgreSQL alone,
because faults are looked for on SQLite.
"""

from __future__ import annotations

import ast
import re

from tests.mutants.source import Source

_UNSEEN = re.compile(
    r"^(?:_?log(?:ger)?|structlog|metrics|self\._?(?:log|metrics)|warnings)\b|\.(?:labels|observe)\("
)
_POSTGRESQL = re.compile(
    r"\b(?:json_array_elements|jsonb?_each|set_config|pg_\w+|SKIP LOCKED|FOR (?:NO KEY )?UPDATE"
    r"|LATERAL|timestamptz|bytea)|::\w"
)
_JUMPS = (ast.Return, ast.Raise, ast.Continue, ast.Break)


def left_out(source: Source, node: ast.AST) -> bool:
    """Whether a node stands where a fault changes nothing, or only what no test should look at."""
    if isinstance(node, ast.Call | ast.Expr) and _UNSEEN.search(source.segment(node)):
        return True
    if isinstance(node, ast.If | ast.IfExp) and _asks_for_sqlite(node.test) is not None:
        return True
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        return True
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    if isinstance(node, ast.Constant | ast.JoinedStr):
        # A docstring; a part of an f-string, which is looked at as a whole.
        if isinstance(source.parents.get(node), ast.Expr | ast.JoinedStr | ast.FormattedValue):
            return True
        if _POSTGRESQL.search(source.segment(node)):
            return True
    inner = node
    for outer in source.ancestors(node):
        if _nobody_could_notice(source, outer, inner) or _for_postgresql(outer, inner):
            return True
        inner = outer
    return False


def _nobody_could_notice(source: Source, outer: ast.AST, inner: ast.AST) -> bool:
    match outer:
        case ast.Assert() | ast.Raise(exc=ast.Call()):
            return True
        case ast.AnnAssign() | ast.arg():
            return inner is outer.annotation
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return inner in outer.decorator_list or inner is getattr(outer, "returns", None)
        case ast.If(test=test) if "TYPE_CHECKING" in ast.unparse(test):
            return True
        case ast.Assign(targets=[ast.Name(id="__all__" | "__slots__")]):
            return True
        case ast.Call():
            return bool(_UNSEEN.search(source.segment(outer)))
    return False


def _for_postgresql(outer: ast.AST, inner: ast.AST) -> bool:
    match outer:
        case ast.Dict():
            pairs = zip(outer.keys, outer.values, strict=True)
            keys = [key for key, value in pairs if value is inner]
            return any(isinstance(key, ast.Constant) and key.value == "postgresql" for key in keys)
        case ast.keyword(arg="postgresql"):
            return True
        case ast.Assign(targets=[ast.Name(id=name)]) if name.endswith("POSTGRESQL"):
            return True
        case ast.If() | ast.IfExp() if (sqlite := _asks_for_sqlite(outer.test)) is not None:
            other = outer.orelse if sqlite else outer.body
            return inner is outer.test or (
                inner in other if isinstance(other, list) else inner is other
            )
        case ast.FunctionDef() | ast.AsyncFunctionDef() if _runs_on_postgresql_alone(outer):
            return True
        case ast.FunctionDef() | ast.AsyncFunctionDef() if inner in outer.body:
            before = outer.body[: outer.body.index(inner)]
            return any(
                isinstance(each, ast.If)
                and _asks_for_sqlite(each.test)
                and isinstance(each.body[-1], _JUMPS)
                for each in before
            )
    return False


def _runs_on_postgresql_alone(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether it uses a statement of PostgreSQL's, whichever database there is."""
    named = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    asks = any(
        isinstance(node, ast.Attribute) and node.attr == "dialect" for node in ast.walk(function)
    )
    others = asks or any(name.endswith("SQLITE") or name == "dialect" for name in named)
    return not others and any(name.endswith("_POSTGRESQL") for name in named)


def _asks_for_sqlite(test: ast.expr) -> bool | None:
    """Whether a condition holds on SQLite; None if it asks something else."""
    match test:
        case ast.Compare(
            left=ast.Name(id="dialect") | ast.Attribute(attr="dialect"),
            ops=[ast.Eq()],
            comparators=[ast.Constant(value="sqlite" | "postgresql" as name)],
        ):
            return bool(name == "sqlite")
    return None
