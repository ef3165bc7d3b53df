"""The facts about a person, with where each comes from. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from babel import Locale

from bot.turn.copy.html import Section, Table
from bot.turn.copy.made import Copy, Row
from outreach import facts_told
from storage import profile
from storage.exports.columns import in_language, words
from storage.exports.labels import Labels

INTERNAL = frozenset(
    {"id", "geonameid", "paused_until", "notice_version", "joined_to", "joined_until"}
)
"""Of a person: a number, another spelling of the city, and what other parts of the page tell."""
ASKED = frozenset(
    {
        *("name", "home_region", "country", "city", "timezone", "since", "profession", "field"),
        *("employer", "expertise", "linkedin", "email", "spoken_languages", "occupation", "wants"),
    }
)
"""What the registration asks for, and has names for."""


def about(copy: Copy, labels: Labels) -> Section:
    named = words()["people"]
    sources = {row["field"]: row for row in copy.rows("provenance")}
    rows = []
    for column, value in copy.person.items():
        if column in INTERNAL or value in (None, ""):
            continue
        shown = _value(copy, labels, column, value)
        rows.append((_heading(copy, named, column), shown, *_origin(copy, sources.get(column))))
    for row in copy.rows("answer"):
        fact = copy.blueprint.fact(row["question"])
        if (row["survey"], row["round"]) == (profile.SURVEY, profile.ROUND) and fact is not None:
            told = facts_told.value_of(fact, row["value"], copy.words, copy.language)
            heading = _heading(copy, named, fact.key)
            rows.append((heading, told, *_origin(copy, sources.get(fact.key))))
    for kind, values in _by_kind(copy).items():
        shown = "; ".join(_trait(copy, labels, kind, each) for each in values)
        rows.append((_heading(copy, named, kind), shown, *_origin(copy, sources.get(kind))))
    heads = (copy.say("what"), copy.say("value"), copy.say("source"), copy.say("confirmed"))
    return Section(
        copy.say("about_title"), table=Table(heads, tuple(rows)), note=copy.say("kept_erasure")
    )


def _heading(copy: Copy, named: Mapping[str, Any], column: str) -> str:
    """As the registration calls it, else as an export does."""
    if column in ASKED:
        return copy.words.text(f"registration.label_{column}", copy.language)
    fact = copy.blueprint.fact(column)
    if fact is not None and not fact.built_in:
        return facts_told.name_of(fact, copy.words, copy.language)
    if column in named:
        return in_language(named[column]["label"], copy.language)
    return copy.say(f"column_{column}")


def _value(copy: Copy, labels: Labels, column: str, value: Any) -> str:
    if column.endswith("_at"):
        return copy.moment(value)
    language = copy.language
    if column in ("country", "language"):
        known: Mapping[str, str] = (
            Locale.parse(language).territories
            if column == "country"
            else Locale.parse(language).languages
        )
        return known.get(value) or str(value)
    return (labels.of(column) or {}).get(value, str(value))


def _by_kind(copy: Copy) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in sorted(copy.rows("trait"), key=lambda row: (row["kind"], row["rank"] or 0)):
        found.setdefault(row["kind"], []).append(row)
    return found


def _trait(copy: Copy, labels: Labels, kind: str, row: Row) -> str:
    value = row["value"]
    label = (labels.of(kind) or {}).get(value, value)
    found = copy.blueprint.column(kind)
    level = found[1].level(row["level"]) if found and row["level"] else None
    return f"{label} ({level.label[copy.language]})" if level else label


def _origin(copy: Copy, row: Row | None) -> tuple[str, str]:
    """Where a fact comes from, and when it was confirmed."""
    if row is None:
        return "", ""
    who, _, where = row["source"].partition(":")
    key = {"person": "source_you", "staff": "source_staff"}.get(who)
    platform = (Labels(copy.blueprint, copy.language).of("channels") or {}).get(where, where)
    if key is None:
        told = row["source"]
    else:
        told = copy.say(key, platform=platform) if where else copy.say("source_us")
    return told, copy.moment(row["confirmed_at"])
