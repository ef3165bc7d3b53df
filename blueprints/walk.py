"""A raw blueprint beside its models: unknown keys, missing translations, types and patterns."""

from __future__ import annotations

import re
import types
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Annotated, TypeGuard, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from blueprints.problems import Finding, Place, did_you_mean
from blueprints.schema import Blueprint
from blueprints.values import PATTERNS, Texts, Ways

# Slack refuses a section above this (PLATFORMS: Block Kit, section text).
LONGEST_TEXT = 3000

# What a type asks for, by pydantic's name of the error.
_TYPES = {
    "string_type": "a text in quotes",
    "string_too_short": "a text that is not empty",
    "int_type": "a whole number without quotes",
    "bool_type": "true or false, without quotes",
    "tuple_type": "a list: [ … ]",
    "list_type": "a list: [ … ]",
    "model_type": "a table: [name] or { … }",
    "model_attributes_type": "a table: [name] or { … }",
    "dict_type": "a table: [name] or { … }",
}


@dataclass(frozen=True, slots=True)
class _Languages:
    needed: tuple[str, ...]
    known: tuple[str, ...]


def structure(raw: Mapping[str, object], needed: Set[str], known: Set[str]) -> Iterator[Finding]:
    """Unknown keys and wrong translations anywhere in ``raw``. ``needed``: languages that every
    text must have; ``known``: those that it may have."""
    yield from _table(Blueprint, raw, (), _Languages(tuple(sorted(needed)), tuple(sorted(known))))


def validation(error: ValidationError, raw: Mapping[str, object]) -> Iterator[Finding]:
    """Pydantic's complaints in our words, without those that :func:`structure` makes."""
    for each in error.errors(include_url=False):
        place = tuple(each["loc"])
        if each["type"] == "extra_forbidden" or _of_texts(place, each["type"]):
            continue
        if _in_named_list(place, raw):
            continue  # told where the list itself stands
        yield _finding(place, each)


def _table(
    model: type[BaseModel], raw: Mapping[str, object], place: Place, languages: _Languages
) -> Iterator[Finding]:
    for key, value in raw.items():
        field = model.model_fields.get(key)
        if field is None:
            remedy = did_you_mean(key, model.model_fields)
            yield Finding((*place, key), f'unknown key "{key}"', remedy)
        else:
            yield from _value(field.annotation, value, (*place, key), languages)


def _value(
    annotation: object, value: object, place: Place, languages: _Languages
) -> Iterator[Finding]:
    inner = _plain(annotation)
    if inner is Texts:
        yield from _texts(value, place, languages)
    elif inner is Ways:
        yield from _ways(value, place, languages)
    elif _is_model(inner) and isinstance(value, dict):
        yield from _table(inner, value, place, languages)
    elif get_origin(inner) is tuple and isinstance(value, list):
        for index, item in enumerate(value):
            yield from _value(get_args(inner)[0], item, (*place, index), languages)


def _plain(annotation: object) -> object:
    """The annotation without ``| None`` and ``Annotated``."""
    if get_origin(annotation) in (Union, types.UnionType):
        return _plain(next(arg for arg in get_args(annotation) if arg is not type(None)))
    if get_origin(annotation) is Annotated:
        return _plain(get_args(annotation)[0])
    return annotation


def _texts(value: object, place: Place, languages: _Languages) -> Iterator[Finding]:
    name = place[-1]
    if not isinstance(value, dict):
        first = languages.known[0]
        remedy = f'Write one text for each language: {name}.{first} = "…".'
        yield Finding(place, "needs a text in each language", remedy)
        return
    for language in languages.needed:
        if language not in value:
            yield Finding(place, f"{language} is missing", f'Add {name}.{language} = "…".')
    for language, text in value.items():
        yield from _text(language, text, (*place, language), languages)


def _ways(value: object, place: Place, languages: _Languages) -> Iterator[Finding]:
    """Lists of texts; a wrong item of one is told by the schema."""
    name = place[-1]
    if not isinstance(value, dict):
        first = languages.known[0]
        remedy = f'Write a list for each language: {name}.{first} = ["…", "…"].'
        yield Finding(place, "needs a list in each language", remedy)
        return
    for language in languages.needed:
        if not value.get(language):
            yield Finding(place, f"{language} is missing", f'Add {name}.{language} = ["…"].')
    for language in value:
        if language not in languages.known:
            remedy = f"Remove it; languages are {', '.join(languages.known)}."
            message = f'"{language}" is not one of the blueprint\'s languages'
            yield Finding((*place, language), message, remedy)


def _text(language: str, text: object, place: Place, languages: _Languages) -> Iterator[Finding]:
    if language not in languages.known:
        remedy = (
            f"Add it to languages or remove the text; languages are {', '.join(languages.known)}."
        )
        yield Finding(place, f'"{language}" is not one of the blueprint\'s languages', remedy)
    elif not isinstance(text, str):
        yield Finding(place, "is not a text", "Put it in quotes.")
    elif not text.strip():
        yield Finding(place, "is empty", "Write the text, in this language.")
    elif len(text) > LONGEST_TEXT:
        message = f"has {len(text)} characters"
        yield Finding(place, message, f"Shorten it to {LONGEST_TEXT} (Slack's limit).")


def _of_texts(place: Place, kind: str) -> bool:
    """Is this about the inside of a Texts (or about a Texts that is no table)?"""
    inner: object = Blueprint
    for step, part in enumerate(place):
        if isinstance(part, int):
            inner = _plain(get_args(inner)[0]) if get_origin(inner) is tuple else None
        elif _is_model(inner):
            field = inner.model_fields.get(part)
            inner = _plain(field.annotation) if field else None
        if inner is Texts or (inner is Ways and step == len(place) - 1):
            return kind != "missing" or step < len(place) - 1
    return False


def _in_named_list(place: Place, raw: Mapping[str, object]) -> bool:
    """Is this inside ``options`` that only name a list ("skills")?"""
    value: object = raw
    for part in place:
        if isinstance(value, str):
            return True
        try:
            value = value[part]  # type: ignore[index] # the except clause is the check
        except (KeyError, IndexError, TypeError):
            return False
    return False


def _finding(place: Place, error: ErrorDetails) -> Finding:
    kind = error["type"]
    got = _shown(error["input"])
    context = error.get("ctx", {})
    if kind == "missing":
        return Finding(place, "is missing", f"Add {_example(place)}.")
    if kind == "literal_error":
        words = re.findall(r"'([^']*)'", context["expected"])
        return Finding(place, f"{got} is not known", did_you_mean(str(error["input"]), words))
    if kind == "greater_than_equal":
        return Finding(place, f"{got} is too small", f"At least {context['ge']}.")
    if kind == "less_than_equal":
        return Finding(place, f"{got} is too great", f"At most {context['le']}.")
    wanted = PATTERNS.get(context.get("pattern", "")) or _TYPES.get(kind, error["msg"])
    return Finding(place, f"{got} does not fit", f"Write {wanted}.")


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value[:60]}"'
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list | tuple):
        return "a list"
    return str(value)


def _example(place: Place) -> str:
    """What a missing value could look like, from the model that lacks it."""
    inner: object = Blueprint
    for part in place:
        if isinstance(part, int):
            inner = _plain(get_args(inner)[0])
        elif _is_model(inner):
            inner = _plain(inner.model_fields[part].annotation)
    name = str(place[-1])
    header = ".".join(part for part in place if isinstance(part, str))
    if inner is Texts:
        return f"{name} = {{ en = … }} with a text in each language"
    if get_origin(inner) is tuple:
        return f"[[{header}]]" if _is_model(_plain(get_args(inner)[0])) else f"{name} = [ … ]"
    if _is_model(inner):
        return f"[{header}]"
    if inner is int:
        return f"{name} = a whole number"
    return f'{name} = "…"'


def _is_model(inner: object) -> TypeGuard[type[BaseModel]]:
    return isinstance(inner, type) and issubclass(inner, BaseModel)
