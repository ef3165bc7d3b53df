"""Facts of a person in words: what each is called and what its value says. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from blueprints.facts import BUILT_IN, Fact
from blueprints.schema import Blueprint
from flows.understand.places import city_name
from messages.words import Words

_SAID = {True: "yes", False: "no", "yes": "yes", "no": "no"}


def name_of(fact: Fact, words: Words, language: str) -> str:
    """What a fact is called on cards and in messages."""
    told = fact.name or (None if fact.key in BUILT_IN else fact.ask)
    if told is not None:
        return told[language]
    return words.text(f"registration.label_{fact.key}", language)


def value_of(fact: Fact, value: Any, words: Words, language: str) -> str:
    """A value as it stands on one line."""
    if isinstance(value, list | tuple):
        return ", ".join(_single(fact, each, words, language) for each in value)
    return _single(fact, value, words, language)


def _single(fact: Fact, value: Any, words: Words, language: str) -> str:
    if fact.kind == "place":
        return _place(value, words, language)
    if fact.kind == "languages":
        return words.language_name(str(value), language)
    if fact.kind == "yes_no" and value in _SAID:
        return words.text(f"common.button_{_SAID[value]}", language)
    option = fact.option(str(value))
    return option.label[language] if option is not None else str(value)


def _place(place: Mapping[str, Any], words: Words, language: str) -> str:
    number, country = place.get("geonameid"), place.get("country")
    town = (city_name(int(number), language) if number else None) or place.get("name")
    named = words.country(country, language) if country else None
    return ", ".join(each for each in (town, named) if each)


def lines(
    known: Mapping[str, Any], persona: str, words: Words, language: str, blueprint: Blueprint
) -> list[tuple[str, str, str]]:
    """Key, name and value of what is known, in the order in which the persona is asked it."""
    found = []
    for fact in blueprint.facts_of(persona):
        value = known.get(fact.key)
        if value not in (None, "", [], ()):
            told = value_of(fact, value, words, language)
            found.append((fact.key, name_of(fact, words, language), told))
    return found
