"""Which columns an export has, what they hold, and what they are called in each language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from blueprints.facts import Fact
from blueprints.schema import Blueprint
from blueprints.values import Texts
from storage import profile
from storage.profile import Lives


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
    """A column of an export. ``key`` is its name in the data and never changes. ``stored``: where
    the fact lives (storage.profile.lives). ``fact``: that the blueprint declares, from whose words
    heading and meaning are."""

    key: str
    holds: Holds = Holds.TEXT
    stored: Lives = "column"
    fact: Fact | None = None


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
    Column("since", Holds.NUMBER, "trait"),
    Column("language"),
    Column("profession", stored="typed"),
    Column("occupation", stored="trait"),
    Column("field"),
    Column("employer", stored="typed"),
    Column("expertise", stored="typed"),
    Column("linkedin"),
    Column("email"),
    Column("spoken_languages", Holds.LIST, "trait"),
    Column("willingness"),
    Column("roles", Holds.LIST, "trait"),
    Column("wants", Holds.LIST, "trait"),
    Column("formats", Holds.LIST, "trait"),
    Column("skills_used", Holds.LIST, "trait"),
    Column("skills_needed", Holds.LIST, "trait"),
    Column("skills_offered", Holds.LIST, "trait"),
    Column("consents", Holds.LIST),
    Column("channels", Holds.LIST),
    Column("source"),
    Column("registered_at", Holds.MOMENT),
    Column("last_active_at", Holds.MOMENT),
    Column("confirmed_at", Holds.MOMENT),
)
_FACTS_BEFORE = "consents"


def people_columns(blueprint: Blueprint) -> tuple[Column, ...]:
    """PEOPLE, and the facts that the blueprint declares beyond those built in, in its order."""
    known = {column.key: column for column in PEOPLE}
    own = {each.key: each for each in blueprint.facts}
    place = next(n for n, column in enumerate(PEOPLE) if column.key == _FACTS_BEFORE)
    built_in = [replace(column, fact=own.get(column.key)) for column in PEOPLE]
    declared = [
        _column(fact) for key, fact in own.items() if key not in known and not fact.built_in
    ]
    return (*built_in[:place], *declared, *built_in[place:])


def _column(fact: Fact) -> Column:
    holds = Holds.NUMBER if profile.is_number(fact) else Holds.TEXT
    holds = Holds.LIST if profile.several(fact) else holds
    return Column(fact.key, holds, profile.lives(fact), fact)


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


def heading(export: str, column: Column, language: str) -> str:
    """What a column is called; ``export`` is "people" or "answers"."""
    told = _told(column)
    return (
        told[0][language] if told else in_language(words()[export][column.key]["label"], language)
    )


def meaning(export: str, column: Column, language: str) -> str:
    """What a column holds, in a sentence; of a fact that the blueprint declares, what is asked."""
    told = _told(column)
    if told and column.key not in words()[export]:
        return told[1][language]
    return in_language(words()[export][column.key]["meaning"], language)


def _told(column: Column) -> tuple[Texts, Texts] | None:
    """The blueprint's own name of a fact, and its question."""
    fact = column.fact
    if fact is None:
        return None
    named, asked = fact.name or (None if fact.built_in else fact.ask), fact.ask or fact.name
    return (named, asked) if named is not None and asked is not None else None


def in_language(texts: Mapping[str, str], language: str) -> str:
    """The text in the reader's language, in English where there is none."""
    return texts.get(language) or texts["en"]
