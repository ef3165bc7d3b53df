"""Blueprints as a later release could bring them: questions and options added, removed, moved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from blueprints.schema import Blueprint, Survey, SurveyQuestion

Change = Callable[[Survey], tuple[SurveyQuestion, ...]]


def mutations(blueprint: Blueprint) -> Iterator[tuple[str, Blueprint]]:
    """(what was changed, the blueprint with it)."""
    yield "as it is", blueprint
    for where, place in (("first", 0), ("in the middle", 1), ("last", 99)):
        yield f"a question added {where}", _surveys(blueprint, _with_new(place))
    yield "questions the other way round", _surveys(blueprint, lambda s: s.questions[::-1])
    for survey in blueprint.surveys:
        for question in survey.questions:
            name = f"{survey.key}.{question.key}"
            yield f"{name} removed", _surveys(blueprint, _without(name))
            yield f"{name} made needed", _surveys(blueprint, _changed(name, needed=True))
            if question.options:
                fewer = question.options[1:] if len(question.options) > 1 else question.options
                yield (
                    f"{name} without its first option",
                    _surveys(blueprint, _changed(name, options=fewer)),
                )
            if question.kind in ("multi", "rank", "rating"):
                yield f"{name} limited to one", _surveys(blueprint, _changed(name, maximum=1))
            if question.levels:
                yield (
                    f"{name} without its last level",
                    _surveys(blueprint, _changed(name, levels=question.levels[:-1])),
                )
        others = tuple(each for each in blueprint.surveys if each.key != survey.key)
        yield f"{survey.key} removed", blueprint.model_copy(update={"surveys": others})
    for name in ("regions", "fields", "occupations", "wants", "skills", "purposes"):
        fewer_things = getattr(blueprint, name)[1:]
        yield f"{name} without the first", blueprint.model_copy(update={name: fewer_things})


def _surveys(blueprint: Blueprint, change: Change) -> Blueprint:
    surveys = tuple(
        survey.model_copy(update={"questions": change(survey)}) for survey in blueprint.surveys
    )
    return blueprint.model_copy(update={"surveys": surveys})


def _with_new(place: int) -> Change:
    def change(survey: Survey) -> tuple[SurveyQuestion, ...]:
        new = survey.questions[0].model_copy(
            update={"key": "brand_new", "kind": "text", "options": (), "levels": (),
                    "needed": True, "column": None, "when": None, "maximum": None}
        )  # fmt: skip
        return (*survey.questions[:place], new, *survey.questions[place:])

    return change


def _without(name: str) -> Change:
    return lambda survey: tuple(
        each for each in survey.questions if f"{survey.key}.{each.key}" != name
    )


def _changed(name: str, **update: Any) -> Change:
    return lambda survey: tuple(
        each.model_copy(update=update) if f"{survey.key}.{each.key}" == name else each
        for each in survey.questions
    )
