"""Why two people were proposed to each other: a sentence a reason, in the reader's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from blueprints.schema import Blueprint
from blueprints.values import MODES
from messages.words import Words

_COUNTED = {"hours": "hours", "waiting": "days", "passed_over": "rounds"}


def sentences(
    reasons: Iterable[tuple[str, Mapping[str, Any]]],
    role: str,
    words: Words,
    language: str,
    blueprint: Blueprint,
) -> tuple[str, ...]:
    """One for each of a match's ``reasons`` (see outreach.mentoring.model.Reason); those of another
    release are left out. ``role`` of the reader: "mentor", "mentee" or "staff"."""
    made = (_sentence(key, values, role, words, language, blueprint) for key, values in reasons)
    return tuple(sentence for sentence in made if sentence)


def _sentence(
    key: str,
    values: Mapping[str, Any],
    role: str,
    words: Words,
    language: str,
    blueprint: Blueprint,
) -> str:
    block, shown = f"match.reason_{key}", dict[str, object](role=role)
    if key == "skills":
        labels = (blueprint.skill_label(each, language) for each in values.get("skills", ()))
        skills = ", ".join(labels)
        return words.text(block, language, **shown, skills=skills) if skills else ""
    if key == "field" and values.get("field"):
        field = blueprint.field_label(str(values["field"]), language)
        return words.text(block, language, **shown, field=field)
    if key == "mode" and values.get("mode") in MODES:
        return words.text(f"match.reason_{values['mode']}", language, **shown)
    if key in _COUNTED:
        count = int(values.get(_COUNTED[key], 0))
        return words.text(block, language, **shown, count=count) if count > 0 else ""
    return words.text(block, language, **shown) if key == "ahead" else ""
