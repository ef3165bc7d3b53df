"""Looking into a raw blueprint (what the TOML parser gave) that may be wrong anywhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias, get_args

from blueprints.problems import Place
from blueprints.values import QuestionKind

Raw: TypeAlias = Mapping[str, Any]
Placed: TypeAlias = tuple[Place, Raw]

# Lists of options that a survey question may name instead of repeating them.
NAMED_LISTS = ("skills", "formats", "fields", "occupations", "wants")


def tables(value: object, *place: str | int) -> Iterator[Placed]:
    """The tables in a list, each with its place; whatever is not a table is passed over."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, dict):
                yield (*place, index), item


def top(raw: Raw, name: str) -> Iterator[Placed]:
    return tables(raw.get(name), name)


def questions(raw: Raw) -> Iterator[tuple[Placed, Placed]]:
    """Every (survey, question)."""
    for place, survey in top(raw, "surveys"):
        for question in tables(survey.get("questions"), *place, "questions"):
            yield (place, survey), question


def words(value: object) -> list[str]:
    """The texts in a list."""
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def keys(items: Iterator[Placed]) -> list[str]:
    return [table["key"] for _, table in items if isinstance(table.get("key"), str)]


def named_lists(raw: Raw) -> tuple[str, ...]:
    """The names of lists that questions and facts may take their options from."""
    return (*NAMED_LISTS, *keys(top(raw, "lists")))


def listed(raw: Raw, name: str) -> object:
    """The options of a named list."""
    if name in NAMED_LISTS:
        return raw.get(name)
    return next(
        (each.get("options") for _, each in top(raw, "lists") if each.get("key") == name), None
    )


def options(raw: Raw, question: Raw) -> list[Any]:
    """The options of a question or fact, looked up where it names a list."""
    given: object = question.get("options")
    if isinstance(given, str):
        given = listed(raw, given)
    return given if isinstance(given, list) else []


def kind_of(question: Raw) -> str | None:
    """Its kind; None for one that is missing or unknown, which the schema tells."""
    kind = question.get("kind")
    return kind if kind in get_args(QuestionKind) else None


def number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def resolved(raw: Raw) -> dict[str, Any]:
    """A copy of ``raw`` in which every question and fact has its options in full."""
    whole = dict(raw)
    surveys, facts = raw.get("surveys"), raw.get("facts")
    if isinstance(surveys, list):
        whole["surveys"] = [_survey(raw, survey) for survey in surveys]
    if isinstance(facts, list):
        whole["facts"] = [_question(raw, fact) for fact in facts]
    return whole


def _survey(raw: Raw, survey: Any) -> Any:
    if not isinstance(survey, dict) or not isinstance(survey.get("questions"), list):
        return survey
    return {**survey, "questions": [_question(raw, question) for question in survey["questions"]]}


def _question(raw: Raw, question: Any) -> Any:
    if not isinstance(question, dict) or not isinstance(question.get("options"), str):
        return question
    return {**question, "options": [_option(each) for each in options(raw, question)]}


def _option(item: Any) -> Any:
    """Skills and fields have more keys than an option; a question needs only the option."""
    if not isinstance(item, dict):
        return item
    return {key: value for key, value in item.items() if key not in ("esco", "words", "skills")}
