"""Which columns an export has, what they hold, and what they are called in each language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any


class Holds(StrEnum):
    """What the cells of a column are."""

    NUMBER = "number"
    TEXT = "text"
    LIST = "list"  # several keys
    MOMENT = "moment"  # UTC
    DAY = "day"
    ANSWER = "answer"  # JSON: a text, a number, keys, or keys with levels


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an export. ``key`` is its name in the data and never changes."""

    key: str
    holds: Holds = Holds.TEXT


PEOPLE: tuple[Column, ...] = (
    Column("person_id", Holds.NUMBER),
    Column("organisation"),
    Column("persona"),
    Column("status"),
    Column("name"),
    Column("home_region"),
    Column("residence"),
    Column("country"),
    Column("city"),
    Column("timezone"),
    Column("since", Holds.NUMBER),
    Column("language"),
    Column("profession"),
    Column("occupation"),
    Column("field"),
    Column("employer"),
    Column("expertise"),
    Column("linkedin"),
    Column("email"),
    Column("spoken_languages", Holds.LIST),
    Column("willingness"),
    Column("roles", Holds.LIST),
    Column("wants", Holds.LIST),
    Column("formats", Holds.LIST),
    Column("skills_used", Holds.LIST),
    Column("skills_needed", Holds.LIST),
    Column("skills_offered", Holds.LIST),
    Column("consents", Holds.LIST),
    Column("channels", Holds.LIST),
    Column("source"),
    Column("registered_at", Holds.MOMENT),
    Column("last_active_at", Holds.MOMENT),
    Column("confirmed_at", Holds.MOMENT),
)

ANSWERS: tuple[Column, ...] = (
    Column("person_id", Holds.NUMBER),
    Column("organisation"),
    Column("survey"),
    Column("round"),
    Column("question"),
    Column("value", Holds.ANSWER),
    Column("day", Holds.DAY),
)


@cache
def words() -> Mapping[str, Any]:
    """columns.toml: headings, meanings and labels, each a mapping from language to text."""
    return tomllib.loads(files("storage.exports").joinpath("columns.toml").read_text("utf-8"))


def heading(export: str, key: str, language: str) -> str:
    """What a column is called; ``export`` is "people" or "answers"."""
    return in_language(words()[export][key]["label"], language)


def meaning(export: str, key: str, language: str) -> str:
    """What a column holds, in a sentence."""
    return in_language(words()[export][key]["meaning"], language)


def in_language(texts: Mapping[str, str], language: str) -> str:
    """The text in the reader's language, in English where there is none."""
    return texts.get(language) or texts["en"]
