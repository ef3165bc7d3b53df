"""What a survey's questions say about each other: kinds, options, limits, conditions."""

from __future__ import annotations

from collections.abc import Iterator

from blueprints.checks import unique
from blueprints.option_checks import LONGEST_ANSWER, option_checks
from blueprints.problems import Finding, Place, did_you_mean
from blueprints.raw import (
    Placed,
    Raw,
    keys,
    kind_of,
    number,
    options,
    questions,
    tables,
    top,
    words,
)

_WITH_OPTIONS = ("choice", "multi", "rank", "rating")
_WITH_LIMITS = ("multi", "rank", "number")
_CAN_DECIDE = ("choice", "multi", "rank", "yes_no")
# Column of the living database -> (the kinds that can feed it, the list that its keys are from).
_COLUMNS: dict[str, tuple[tuple[str, ...], str | None]] = {
    "willingness": (("choice",), None),
    "roles": (("multi", "rank", "choice"), None),
    "formats": (("rating", "multi", "rank"), "formats"),
    "skills_used": (("multi", "rank"), "skills"),
    "skills_needed": (("multi", "rank"), "skills"),
    "skills_offered": (("multi", "rank"), "skills"),
}


QUICK = "broadcast"  # the survey's key under which quick answers to broadcasts are kept


def survey_checks(raw: Raw) -> Iterator[Finding]:
    for place, survey in top(raw, "surveys"):
        yield from _survey(raw, place, survey)
    yield from _after_events(raw)
    yield from _columns(raw)
    for _, (place, question) in questions(raw):
        yield from _options(raw, place, question)
        yield from _levels(place, question)
        yield from _limits(raw, place, question)


def _survey(raw: Raw, place: Place, survey: Raw) -> Iterator[Finding]:
    if survey.get("questions") == []:
        yield Finding((*place, "questions"), "is empty", "Add at least one [[surveys.questions]].")
    if survey.get("personas") == []:
        remedy = 'Name who is asked, like ["expat"].'
        yield Finding((*place, "personas"), "is empty", remedy)
    yield from _personas((*place, "personas"), survey.get("personas"), keys(top(raw, "personas")))
    yield from unique(tables(survey.get("questions"), *place, "questions"))
    earlier: list[Placed] = []
    for question in tables(survey.get("questions"), *place, "questions"):
        personas = words(survey.get("personas"))
        yield from _personas(
            (*question[0], "personas"), question[1].get("personas"), personas, "the survey's"
        )
        yield from _condition(raw, question, earlier, personas)
        earlier.append(question)


def _after_events(raw: Raw) -> Iterator[Finding]:
    """One survey follows events. It is answered again after each, so it feeds no column: what was
    said after the last would take the place of what the person says of themselves."""
    after = [each for each in top(raw, "surveys") if each[1].get("after_events") is True]
    for place, _ in after[1:]:
        remedy = f'Keep one; "{after[0][1].get("key")}" is asked after events already.'
        yield Finding((*place, "after_events"), "another survey is asked after events", remedy)
    for place, survey in after:
        for at, question in tables(survey.get("questions"), *place, "questions"):
            if question.get("column") is not None:
                remedy = "Remove it, or ask this in a survey of the menu."
                yield Finding((*at, "column"), "an after_events survey feeds no column", remedy)
    for place, survey in top(raw, "surveys"):
        if survey.get("key") == QUICK:
            remedy = "Give the survey another key."
            yield Finding((*place, "key"), f'"{QUICK}" is where answers to broadcasts are', remedy)


def _personas(
    place: Place, given: object, known: list[str], whose: str = "the blueprint's"
) -> Iterator[Finding]:
    for index, persona in enumerate(words(given)):
        if persona not in known:
            message = f'"{persona}" is not one of {whose} personas'
            yield Finding((*place, index), message, did_you_mean(persona, known))


def _options(raw: Raw, place: Place, question: Raw) -> Iterator[Finding]:
    fill = "Add [[{}]] with key and label, or write the options here."
    yield from option_checks(raw, place, question, kind_of(question), _WITH_OPTIONS, fill)


def _levels(place: Place, question: Raw) -> Iterator[Finding]:
    kind, given = kind_of(question), question.get("levels")
    where = (*place, "levels")
    levels = list(tables(given, *where))
    if kind == "rating" and len(levels) < 2:
        remedy = "Give at least two: [{ key = …, emoji = …, label = … }, …]."
        yield Finding(where if given else place, "rating needs levels", remedy)
    elif kind == "rating" and not any(level.get("counts") is True for _, level in levels):
        remedy = "Write counts = true at the levels that mean yes."
        yield Finding(where, "no level counts as chosen", remedy)
    elif kind and kind != "rating" and given:
        yield Finding(where, f"{kind} has no levels", "Remove them or change the kind to rating.")
    yield from unique(levels)


def _limits(raw: Raw, place: Place, question: Raw) -> Iterator[Finding]:
    kind = kind_of(question)
    low, high = number(question.get("minimum")), number(question.get("maximum"))
    length = number(question.get("max_length"))
    if kind == "rank" and question.get("maximum") is None:
        yield Finding(place, "rank needs a maximum", "Write how many to rank: maximum = 3.")
    for name, value in (("minimum", low), ("maximum", high)):
        if value is not None and kind and kind not in _WITH_LIMITS:
            remedy = f"Remove it; {', '.join(_WITH_LIMITS)} have one."
            yield Finding((*place, name), f"{kind} has no {name}", remedy)
    if low is not None and high is not None and low > high:
        remedy = f"Write at most {high}, or raise the maximum."
        yield Finding((*place, "minimum"), f"{low} is more than the maximum, {high}", remedy)
    if kind in ("multi", "rank"):
        yield from _picks(place, low, high, len(options(raw, question)))
    if length is not None and kind and kind != "text":
        remedy = "Remove it; only text has one."
        yield Finding((*place, "max_length"), f"{kind} has no max_length", remedy)
    elif length is not None and length > LONGEST_ANSWER:
        remedy = f"At most {LONGEST_ANSWER} fit."
        yield Finding((*place, "max_length"), f"{length} is too long", remedy)


def _picks(place: Place, low: int | None, high: int | None, count: int) -> Iterator[Finding]:
    """How many options to pick."""
    if high == 0:
        yield Finding((*place, "maximum"), "0 lets nobody answer", "At least 1.")
    if count:
        for name, value in (("minimum", low), ("maximum", high)):
            if value is not None and value > count:
                message = f"{value} is more than the {count} options"
                yield Finding((*place, name), message, f"At most {count}.")


def _columns(raw: Raw) -> Iterator[Finding]:
    fed: set[str] = set()
    for _, (place, question) in questions(raw):
        column, kind, where = question.get("column"), kind_of(question), (*place, "column")
        if not isinstance(column, str) or column not in _COLUMNS:
            continue
        if column in fed:
            remedy = "One question a column: remove one of the two."
            yield Finding(where, f'another question feeds "{column}" already', remedy)
        fed.add(column)
        kinds, named = _COLUMNS[column]
        if kind and kind not in kinds:
            remedy = f"Ask it as {' or '.join(kinds)}."
            yield Finding(where, f'"{column}" cannot be fed by {kind}', remedy)
        elif named and options(raw, question) and question["options"] != named:
            remedy = f'Write options = "{named}".'
            yield Finding(where, f'"{column}" needs the options of {named}', remedy)


def _condition(
    raw: Raw, question: Placed, earlier: list[Placed], personas: list[str]
) -> Iterator[Finding]:
    place, condition = (*question[0], "when"), question[1].get("when")
    if not isinstance(condition, dict) or not isinstance(condition.get("question"), str):
        return
    name = condition["question"]
    found = next((table for _, table in earlier if table.get("key") == name), None)
    if found is None:
        message = f'there is no earlier question "{name}" in this survey'
        yield Finding((*place, "question"), message, did_you_mean(name, keys(iter(earlier))))
        return
    kind = kind_of(found)
    if kind and kind not in _CAN_DECIDE:
        remedy = f"Only {', '.join(_CAN_DECIDE)} can decide."
        yield Finding((*place, "question"), f'"{name}" is a {kind}', remedy)
        return
    yield from _answers(raw, place, condition, found)
    asked = set(words(question[1].get("personas")) or personas)
    if missed := asked - set(words(found.get("personas")) or personas):
        remedy = "Limit this question to the same personas, or ask the earlier one of all."
        message = f'"{name}" is never asked of {", ".join(sorted(missed))}'
        yield Finding((*place, "question"), message, remedy)


def _answers(raw: Raw, place: Place, condition: Raw, decides: Raw) -> Iterator[Finding]:
    if decides.get("kind") == "yes_no":
        known = ["yes", "no"]
    else:
        known = keys(tables(options(raw, decides)))
    wanted, unwanted = words(condition.get("any")), words(condition.get("none"))
    if not condition.get("any") and not condition.get("none"):
        remedy = f'Name answers: any = ["{known[0] if known else "…"}"].'
        yield Finding(place, "has neither any nor none", remedy)
    for name, given in (("any", wanted), ("none", unwanted)):
        for index, key in enumerate(given):
            if key not in known:
                message = f'"{key}" is no answer to "{condition["question"]}"'
                yield Finding((*place, name, index), message, did_you_mean(key, known))
    for key in sorted(set(wanted) & set(unwanted)):
        yield Finding(place, f'"{key}" is in any and in none', "Remove it from one of them.")
