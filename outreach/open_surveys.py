"""Which surveys are open to somebody: of their persona, not answered in the present round."""

from __future__ import annotations

from typing import Any

from blueprints.schema import Blueprint, Survey
from flows.survey import holds
from storage import living
from storage.transaction import Transaction


def told_early(blueprint: Blueprint, persona: str, survey: Survey) -> frozenset[str]:
    """The survey's questions that this persona is asked at registration already."""
    asked = {each.fact for each in blueprint.asks(persona)}
    return frozenset(q.key for q in survey.questions if q.column in asked)


def begun(blueprint: Blueprint, persona: str, survey: Survey, answers: dict[str, Any]) -> bool:
    """Whether all that is answered is what was told at registration."""
    return bool(answers) and told_early(blueprint, persona, survey).issuperset(answers)


def of(tx: Transaction, person: int, blueprint: Blueprint, persona: str) -> list[Survey]:
    """The surveys of the menu that are still to be answered, in order."""
    done = living.answered(tx, person)
    return [
        survey
        for survey in blueprint.surveys_for(persona)
        if (survey.key, survey.round) not in done
        or _goes_on(tx, person, blueprint, persona, survey)
    ]


def _goes_on(
    tx: Transaction, person: int, blueprint: Blueprint, persona: str, survey: Survey
) -> bool:
    """Whether more is asked than was told at registration. A remark that could be added is no
    reason to ask."""
    if not told_early(blueprint, persona, survey):
        return False
    answers = living.answers(tx, person, survey.key, survey.round)
    if not begun(blueprint, persona, survey, answers):
        return False
    return any(
        question.kind != "text" or question.needed
        for question in survey.questions_for(persona)
        if question.key not in answers and (question.when is None or holds(question.when, answers))
    )
