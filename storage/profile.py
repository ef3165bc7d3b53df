"""What is known of a person: facts by their key, as the blueprint declares them.

A fact is plain JSON, as a question stores its answer: a text, a number, an option's key, a list of
keys, or of ``place`` ``{"name", "country", "geonameid", "timezone"}``. What the program acts on has
columns of its own; of the rest what has options goes to ``trait`` and what was typed to ``answer``,
so that a new fact needs no migration.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from blueprints.facts import Fact
from blueprints.schema import Blueprint
from storage import living
from storage.living import Trait
from storage.moments import moment
from storage.statements import sql
from storage.transaction import Transaction

SURVEY, ROUND = "profile", "profile"
"""The survey and round under which facts that were typed stand among the answers."""
DOMESTIC, INTERNATIONAL = "domestic", "international"

COLUMNS = (
    "name", "home_region", "profession", "field", "employer", "expertise", "linkedin", "email",
    "since", "occupation", "willingness",
)  # fmt: skip
"""Facts that are a column of the person."""
_PLACE = ("city", "country", "geonameid", "timezone")
_FOLLOWS = ("residence", "organisation")
"""Columns that follow from the home region and the place."""
_TRAITS = frozenset({"choice", "multi", "rank", "yes_no", "languages"})
_LISTS = frozenset({"multi", "rank", "languages"})

_ALL = (*COLUMNS, *_PLACE, *_FOLLOWS, "language")
_READ = sql(f"SELECT {', '.join(_ALL)} FROM person WHERE id = :id")
_WRITE = sql(
    "UPDATE person SET "
    + ", ".join(f"{column} = :{column}" for column in (*COLUMNS, *_PLACE, *_FOLLOWS))
    + ", confirmed_at = :now WHERE id = :id"
)
_TRAITS_OF = sql("SELECT kind, value FROM trait WHERE person_id = :id ORDER BY kind, rank, value")
_TYPED = sql(
    "SELECT question, value FROM answer"
    " WHERE person_id = :id AND survey = :survey AND round = :round"
)
_FORGET = sql(
    "DELETE FROM answer WHERE person_id = :id AND survey = :survey AND round = :round"
    " AND question = :question"
)
_TYPE = sql(
    "INSERT INTO answer (person_id, survey, round, question, value, answered_at)"
    " VALUES (:id, :survey, :round, :question, :value, :at)"
)


def load(tx: Transaction, person: int, blueprint: Blueprint) -> dict[str, Any]:
    """Every fact that is known, by key; what isn't known is not in it."""
    row = tx.run(_READ, id=person).fetchone()
    if row is None:
        return {}
    columns = dict(zip(_ALL, row, strict=True))
    found = {key: columns[key] for key in COLUMNS if columns[key] is not None}
    if columns["country"] is not None or columns["city"] is not None:
        found["place"] = {
            "name": columns["city"],
            "country": columns["country"],
            "geonameid": columns["geonameid"],
            "timezone": columns["timezone"],
        }
    many: dict[str, list[str]] = {}
    for kind, value in tx.run(_TRAITS_OF, id=person).fetchall():
        many.setdefault(kind, []).append(value)
    for key, values in many.items():
        fact = blueprint.fact(key)
        if fact is not None and fact.kind in _TRAITS and key not in COLUMNS:
            found[key] = values if fact.kind in _LISTS else values[0]
    for question, value in tx.run(_TYPED, id=person, survey=SURVEY, round=ROUND).fetchall():
        found[question] = orjson.loads(value)
    return found


def save(
    tx: Transaction,
    person: int,
    blueprint: Blueprint,
    facts: Mapping[str, Any],
    source: str,
    now: datetime,
) -> None:
    """Set the ``facts`` given (None: not known any more), and note their source and that they were
    confirmed now; every other fact stays. Who looks after somebody, and whether they live in the
    home region's country, follows anew."""
    row = tx.run(_READ, id=person).fetchone()
    if row is None:
        return
    known = dict(zip(_ALL, row, strict=True))
    for key, value in facts.items():
        fact = blueprint.fact(key)
        if key == "place":
            known |= _place(value or {})
        elif key in COLUMNS:
            known[key] = value
        elif fact is not None and fact.kind in _TRAITS:
            _trait(tx, person, fact, value)
        elif fact is not None:
            _typed(tx, person, key, value, now)
    known |= _following(blueprint, known)
    columns = {name: value for name, value in known.items() if name != "language"}
    tx.run(_WRITE, id=person, now=moment(now), **columns)
    named = [name for key, value in facts.items() if value is not None for name in _named(key)]
    living.confirm(tx, person, named, source, now)


def _named(key: str) -> tuple[str, ...]:
    """What stands in ``provenance`` for a fact."""
    return _PLACE if key == "place" else (key,)


def _place(place: Mapping[str, Any]) -> dict[str, Any]:
    return {column: place.get("name" if column == "city" else column) for column in _PLACE}


def _trait(tx: Transaction, person: int, fact: Fact, value: Any) -> None:
    values = value if isinstance(value, list | tuple) else () if value is None else (value,)
    ranked = [Trait(str(each), rank) for rank, each in enumerate(values, 1)]
    living.set_traits(tx, person, fact.key, ranked)


def _typed(tx: Transaction, person: int, key: str, value: Any, now: datetime) -> None:
    where = {"id": person, "survey": SURVEY, "round": ROUND, "question": key}
    tx.run(_FORGET, **where)
    if value is not None:
        tx.run(_TYPE, **where, value=orjson.dumps(value).decode(), at=moment(now))


def _following(blueprint: Blueprint, known: Mapping[str, Any]) -> dict[str, Any]:
    """What follows from the columns that are ``known``: domestic is in the home region's country,
    wherever in it."""
    home, country = known["home_region"], known["country"]
    organisation = blueprint.organisation_for(home, country, known["language"])
    domestic = country == home_country(blueprint, home)
    return {
        "organisation": organisation.key,
        "residence": None if country is None else DOMESTIC if domestic else INTERNATIONAL,
    }


def home_country(blueprint: Blueprint, home: str | None) -> str:
    """The home region's country; of one without, that of the organisation that looks after it."""
    region = blueprint.region(home) if home else None
    if region and region.country:
        return region.country
    return blueprint.organisation_for(home).country
