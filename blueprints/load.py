"""Reading a blueprint file: a :class:`Blueprint`, or every problem that it has at once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from blueprints.checks import checks
from blueprints.fact_checks import fact_checks
from blueprints.lines import line_index
from blueprints.mentoring_checks import mentoring_checks
from blueprints.problems import BlueprintError, Finding, Place, Problem
from blueprints.raw import resolved, words
from blueprints.schema import Blueprint
from blueprints.survey_checks import survey_checks
from blueprints.values import KEY
from blueprints.walk import structure, validation

__all__ = [
    "SUPPORTED_LANGUAGES",
    "Blueprint",
    "BlueprintError",
    "Problem",
    "default_path",
    "load",
    "loads",
    "warnings",
]

# The languages that the program itself has words in (messages/locale; a test compares).
SUPPORTED_LANGUAGES = ("en", "sk", "sl")

# RFC 2606: names that belong to nobody, for examples.
_RESERVED = re.compile(r"(?:^|[@.])example\.(?:com|net|org)$|\.(?:example|invalid|test)$")


def default_path() -> Path:
    """The blueprint that comes with the program."""
    return Path(str(files("blueprints").joinpath("expats-for-home.toml")))


def load(path: Path | str, supported: tuple[str, ...] = SUPPORTED_LANGUAGES) -> Blueprint:
    """Read and check a blueprint. Raises :class:`BlueprintError` with all its problems."""
    path = Path(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise _unreadable(path, "does not exist", "Look at BLUEPRINT or the name.") from error
    except OSError as error:
        reason = f"cannot be read ({error.strerror})"
        raise _unreadable(path, reason, "It must be a file that this user may read.") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise _unreadable(path, "is not UTF-8 text", "Save it as UTF-8.", line) from error
    return loads(text, path, supported)


@lru_cache(maxsize=4)  # what was read never changes, and each command reads it
def loads(
    text: str, path: Path | str, supported: tuple[str, ...] = SUPPORTED_LANGUAGES
) -> Blueprint:
    """The same from text; ``path`` is only what problems are reported under."""
    path = Path(path)
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax(path, text, str(error)) from error
    blueprint, findings = _validated(raw)
    findings += structure(raw, *_languages(raw, supported))
    findings += checks(raw, supported)
    findings += survey_checks(raw)
    findings += fact_checks(raw)
    findings += mentoring_checks(raw)
    if findings or blueprint is None:
        raise BlueprintError(path, _told(findings, raw, line_index(text)))
    return blueprint


def _languages(raw: Mapping[str, Any], supported: tuple[str, ...]) -> tuple[set[str], set[str]]:
    """The languages in which a text must be and may be. Where the list itself is wrong, that is
    told once and not again at every text."""
    given = set(words(raw.get("languages")))
    needed = given & set(supported)
    return needed, given if given and given == needed else given | set(supported)


def _validated(raw: dict[str, Any]) -> tuple[Blueprint | None, list[Finding]]:
    try:
        return Blueprint.model_validate(resolved(raw)), []
    except ValidationError as error:
        return None, list(validation(error, raw))


def warnings(blueprint: Blueprint) -> tuple[str, ...]:
    """What is allowed but should not go live: placeholder addresses, free text that is not
    marked as personal, requests for a mentor that could wait for ever."""
    told = [
        f"organisations.{each.key}.{name}: {value} is a placeholder. "
        "Replace it before real people are asked."
        for each in blueprint.organisations
        for name, value in (("privacy_contact", each.privacy_contact), ("website", each.website))
        if _RESERVED.search(re.sub(r"^https://([^/]*).*", r"\1", value))
    ]
    told += [
        f"surveys.{survey.key}.{question.key}: free text can hold anything. Write personal = true."
        for survey in blueprint.surveys
        for question in survey.questions
        if question.kind == "text" and not question.personal
    ]
    weights = blueprint.mentoring.weights
    if weights.waiting == 0 and weights.passed_over == 0:
        told.append(
            "mentoring.weights: waiting and passed_over are both 0. "
            "Whoever fits nobody well may wait for ever."
        )
    return tuple(told)


def _told(
    findings: Iterable[Finding], raw: Mapping[str, Any], lines: Mapping[Place, int]
) -> list[Problem]:
    """Findings with line and readable key, in file order, each once."""
    problems = dict.fromkeys(
        Problem(_line(each.place, lines), _readable(each.place, raw), each.message, each.remedy)
        for each in findings
    )
    return sorted(problems, key=lambda problem: problem.line or 0)


def _line(place: Place, lines: Mapping[Place, int]) -> int | None:
    """The line of the place, or of the nearest thing around it that is in the file."""
    while place:
        if place in lines:
            return lines[place]
        place = place[:-1]
    return None


def _readable(place: Place, raw: Mapping[str, Any]) -> str:
    """``surveys.willingness.questions[2].text``: items of the top lists by their keys."""
    told = ""
    for depth, part in enumerate(place):
        if isinstance(part, str):
            told += f".{part}" if told else part
        else:
            told += f".{key}" if depth == 1 and (key := _key(raw, place)) else f"[{part}]"
    return told


def _key(raw: Mapping[str, Any], place: Place) -> str | None:
    """The key of the item of a top list, where it has one that nothing else there has."""
    items = raw[str(place[0])]
    found = [item.get("key") for item in items if isinstance(item, dict)]
    item = items[place[1]]
    key = item.get("key") if isinstance(item, dict) else None
    plain = isinstance(key, str) and re.match(KEY, key) and found.count(key) == 1
    return str(key) if plain else None


def _syntax(path: Path, text: str, message: str) -> BlueprintError:
    found = re.search(r"^(.*) \(at line (\d+), column (\d+)\)$", message, re.DOTALL)
    at_end = message.endswith("(at end of document)")
    line = int(found.group(2)) if found else text.count("\n") + 1 if at_end else None
    reason = found.group(1) if found else message.removesuffix(" (at end of document)")
    remedy = "Look at the quotes, brackets and = on this line and just before it."
    return BlueprintError(path, [Problem(line, "", f"is not valid TOML: {reason}", remedy)])


def _unreadable(path: Path, reason: str, remedy: str, line: int | None = None) -> BlueprintError:
    return BlueprintError(path, [Problem(line, "", reason, remedy)])
