"""Questions are made once a blueprint, and never mixed up between two."""

from __future__ import annotations

from blueprints import remembered
from blueprints.load import default_path, load
from blueprints.remembered import once_a_blueprint
from blueprints.schema import Blueprint

BLUEPRINT = load(default_path())


def test_once_a_blueprint_makes_once_for_the_same_arguments() -> None:
    made: list[str] = []

    @once_a_blueprint
    def make(blueprint: Blueprint, word: str) -> tuple[str, int]:
        made.append(word)
        return word, len(made)

    assert make(BLUEPRINT, "a") is make(BLUEPRINT, "a")
    assert make(BLUEPRINT, "b") == ("b", 2)
    assert made == ["a", "b"]


def test_once_a_blueprint_tells_equal_blueprints_apart() -> None:
    make = once_a_blueprint(lambda blueprint: blueprint)
    other = BLUEPRINT.model_copy()
    assert other == BLUEPRINT
    assert make(BLUEPRINT) is BLUEPRINT
    assert make(other) is other


def test_once_a_blueprint_does_not_keep_without_end() -> None:
    make = once_a_blueprint(lambda blueprint, number: [number])
    first = make(BLUEPRINT, -1)
    for number in range(remembered.MOST):
        make(BLUEPRINT, number)
    assert make(BLUEPRINT, -1) is not first
