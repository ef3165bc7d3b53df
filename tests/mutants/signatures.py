"""Which arguments a function of the product can't be called without."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable


class Signatures:
    """Looked up by the bare name: of two functions of a name, both must want the argument."""

    def __init__(self, trees: Iterable[ast.Module]) -> None:
        self._required: dict[str, list[set[str]]] = defaultdict(list)
        for tree in trees:
            for node in ast.walk(tree):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    self._required[node.name].append(_of_function(node.args))
                elif isinstance(node, ast.ClassDef):
                    self._required[node.name].append(_of_class(node))

    def required(self, function: str, argument: str) -> bool:
        """Whether a call of ``function`` without ``argument`` is an error everywhere."""
        known = self._required.get(function)
        return bool(known) and all(argument in one for one in known or [])


def _of_function(args: ast.arguments) -> set[str]:
    ordered = [*args.posonlyargs, *args.args]
    bare = ordered[: len(ordered) - len(args.defaults)]
    named = zip(args.kwonlyargs, args.kw_defaults, strict=True)
    return {arg.arg for arg in bare} | {arg.arg for arg, default in named if default is None}


def _of_class(node: ast.ClassDef) -> set[str]:
    """The fields without a default, or what ``__init__`` wants."""
    for part in node.body:
        if isinstance(part, ast.FunctionDef) and part.name == "__init__":
            return _of_function(part.args)
    return {
        part.target.id
        for part in node.body
        if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name) and not part.value
    }
