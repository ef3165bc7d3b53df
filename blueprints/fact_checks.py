"""What facts and the personas that are asked them say about each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from blueprints.facts import BUILT_IN, ONLY_BUILT_IN, RESERVED, WITH_LIMIT, WITH_OPTIONS, FactKind
from blueprints.option_checks import LONGEST_ANSWER, option_checks
from blueprints.problems import Finding, Place, did_you_mean
from blueprints.raw import (
    Placed,
    Raw,
    keys,
    number,
    options,
    questions,
    tables,
    top,
    words,
)

_NEEDED = "name"  # whoever registers is called by it


def fact_checks(raw: Raw) -> Iterator[Finding]:
    """Whatever is no table, list or text is told by the schema and passed over here."""
    fed = _columns(raw)
    for place, fact in top(raw, "facts"):
        yield from _kind(place, fact)
        yield from _options(raw, place, fact)
        yield from _limit(place, fact)
        yield from _key(place, fact, fed)
        yield from _words(place, fact)
    for place, persona in top(raw, "personas"):
        yield from _asked(raw, place, persona, fed)
    known = keys(top(raw, "personas"))
    for place, purpose in top(raw, "purposes"):
        for index, key in enumerate(words(purpose.get("personas"))):
            if key not in known:
                message = f'there is no persona "{key}"'
                yield Finding((*place, "personas", index), message, did_you_mean(key, known))
    yield from _picks(raw)


def _columns(raw: Raw) -> dict[str, Placed]:
    """Columns of the living database -> the survey question that feeds them."""
    fed = {}
    for _, question in questions(raw):
        if isinstance(column := question[1].get("column"), str):
            fed[column] = question
    return fed


def _known_kind(fact: Raw) -> str | None:
    """Its kind; None where it has none or an unknown one, which is told elsewhere."""
    key, kind = fact.get("key"), fact.get("kind")
    if kind is None and isinstance(key, str) and key in BUILT_IN:
        return BUILT_IN[key].kind
    return kind if kind in get_args(FactKind) else None


def _kind(place: Place, fact: Raw) -> Iterator[Finding]:
    key, kind = fact.get("key"), fact.get("kind")
    built_in = BUILT_IN.get(key) if isinstance(key, str) else None
    if built_in is not None:
        if kind in get_args(FactKind) and kind != built_in.kind:
            remedy = f'Remove the kind, or give the fact another key; "{key}" is {built_in.kind}.'
            yield Finding((*place, "kind"), f'the program knows "{key}" otherwise', remedy)
    elif "kind" not in fact:
        remedy = 'Add kind = "text", or another of docs/blueprint.md.'
        yield Finding((*place, "kind"), "is missing", remedy)
    elif kind in ONLY_BUILT_IN:
        own = next(name for name, each in BUILT_IN.items() if each.kind == kind)
        remedy = f'Use the fact "{own}", or choose another kind.'
        yield Finding((*place, "kind"), f'"{kind}" is the kind of "{own}" alone', remedy)


def _options(raw: Raw, place: Place, fact: Raw) -> Iterator[Finding]:
    key, fill = fact.get("key"), 'Add options to the list "{}", or write them here.'
    own = isinstance(key, str) and key in BUILT_IN
    yield from option_checks(raw, place, fact, _known_kind(fact), WITH_OPTIONS, fill, has_own=own)


def _limit(place: Place, fact: Raw) -> Iterator[Finding]:
    kind, limit, where = _known_kind(fact), number(fact.get("limit")), (*place, "limit")
    if kind is None or limit is None:
        return
    if kind not in WITH_LIMIT:
        remedy = f"Remove it; {', '.join(sorted(WITH_LIMIT))} have one."
        yield Finding(where, f"{kind} has no limit", remedy)
    elif kind == "text" and limit > LONGEST_ANSWER:
        yield Finding(where, f"{limit} is too long", f"At most {LONGEST_ANSWER} characters fit.")


def _key(place: Place, fact: Raw, fed: dict[str, Placed]) -> Iterator[Finding]:
    key, where = fact.get("key"), (*place, "key")
    if not isinstance(key, str):
        return
    if key in RESERVED:
        yield Finding(where, f'"{key}" means something else', "Give the fact another key.")
    elif key in fed and key not in BUILT_IN:
        remedy = "Give the fact another key, or take the column from the survey's question."
        yield Finding(where, f'a survey feeds "{key}" already', remedy)


def _words(place: Place, fact: Raw) -> Iterator[Finding]:
    key = fact.get("key")
    if isinstance(key, str) and key not in BUILT_IN and "ask" not in fact:
        remedy = "Add ask = { en = … } with a text in each language."
        yield Finding((*place, "ask"), "is missing", remedy)


def _asked(raw: Raw, place: Place, persona: Raw, fed: dict[str, Placed]) -> Iterator[Finding]:
    known = [*BUILT_IN, *(key for key in keys(top(raw, "facts")) if key not in BUILT_IN)]
    seen: set[str] = set()
    for name in ("asks", "later"):
        given = persona.get(name)
        for index, item in enumerate(given if isinstance(given, list) else []):
            key = item.get("fact") if isinstance(item, dict) else item
            where: Place = (*place, name, index, *(("fact",) if isinstance(item, dict) else ()))
            if not isinstance(key, str):
                continue
            if key not in known:
                yield Finding(where, f'there is no fact "{key}"', did_you_mean(key, known))
            elif key in seen:
                message = f'"{key}" is asked twice'
                yield Finding(where, message, "Keep it in asks or in later, once.")
            elif reason := _unanswerable(raw, key, fed):
                yield Finding(where, f'"{key}" has nothing to choose from', reason)
            seen.add(key)
    asks = persona.get("asks")
    if isinstance(asks, list) and _NEEDED not in seen.intersection(_keys_of(asks)):
        message = "is empty" if not asks else f'"{_NEEDED}" is missing'
        yield Finding((*place, "asks"), message, f'Add "{_NEEDED}": people are called by it.')


def _keys_of(asks: list[Any]) -> set[str]:
    given = (item.get("fact") if isinstance(item, dict) else item for item in asks)
    return {key for key in given if isinstance(key, str)}


def _unanswerable(raw: Raw, key: str, fed: dict[str, Placed]) -> str:
    """What is missing for a built-in fact to be asked."""
    if key == "willingness":
        return "" if key in fed else 'Feed it by a survey\'s question: column = "willingness".'
    declared: Raw = next((fact for _, fact in top(raw, "facts") if fact.get("key") == key), {})
    listed = BUILT_IN[key].listed if key in BUILT_IN else ""
    if not listed or declared.get("options") or raw.get(listed):
        return ""
    return f"Add at least one [[{listed}]]."


def _picks(raw: Raw) -> Iterator[Finding]:
    """``wish`` and ``offer`` name an option that there is."""
    choices = _choices(raw)
    for table, side in (("mentoring", "wish"), ("mentoring", "offer"), ("outreach", "wish")):
        given = raw.get(table)
        pick, place = given.get(side) if isinstance(given, dict) else None, (table, side)
        if not isinstance(pick, dict) or not isinstance(pick.get("fact"), str):
            continue
        if pick["fact"] not in choices:
            message = f'there is no fact or column "{pick["fact"]}" with options'
            yield Finding((*place, "fact"), message, did_you_mean(pick["fact"], choices))
        elif isinstance(pick.get("option"), str) and pick["option"] not in choices[pick["fact"]]:
            message = f'"{pick["option"]}" is no option of "{pick["fact"]}"'
            remedy = did_you_mean(pick["option"], choices[pick["fact"]])
            yield Finding((*place, "option"), message, remedy)


def _choices(raw: Raw) -> dict[str, list[str]]:
    """Facts and columns with options -> their options' keys."""
    found: dict[str, list[str]] = {}
    for own, built_in in BUILT_IN.items():
        if built_in.kind in WITH_OPTIONS:
            found[own] = keys(top(raw, built_in.listed))
    for _, fact in top(raw, "facts"):
        key, given = fact.get("key"), options(raw, fact)
        if isinstance(key, str) and given:
            found[key] = keys(tables(given))
    for column, (_, question) in _columns(raw).items():
        found[column] = keys(tables(options(raw, question)))
    return found
