"""What is made once for each blueprint: a replay asks the same questions of the same facts again
with every message, and making them took more time than asking."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

if TYPE_CHECKING:
    from blueprints.schema import Blueprint

P = ParamSpec("P")
T = TypeVar("T")

MOST = 2048  # kept for each function; more (tests load many blueprints) begin anew


def once_a_blueprint(
    make: Callable[Concatenate[Blueprint, P], T],
) -> Callable[Concatenate[Blueprint, P], T]:
    """Remember what ``make`` gives for a blueprint and further hashable arguments.

    Blueprints are frozen but costly to hash, so they are told apart by identity.
    """
    made: dict[tuple[Any, ...], tuple[Blueprint, T]] = {}

    @wraps(make)
    def remembered(blueprint: Blueprint, /, *args: P.args, **kwargs: P.kwargs) -> T:
        key = (id(blueprint), *args, *kwargs.items())
        found = made.get(key)
        if found is not None and found[0] is blueprint:
            return found[1]
        if len(made) >= MOST:
            made.clear()
        result = make(blueprint, *args, **kwargs)
        made[key] = (blueprint, result)
        return result

    return remembered
