"""What is known of a person: facts by their key, as the blueprint declares them.

A fact is plain JSON, as a question stores its answer: a text, a number, an option's key, a list of
keys, or of ``place`` ``{"name", "country", "geonameid", "timezone"}``. What the program acts on has
columns of its own; of the rest what has options goes to ``trait`` and what was typed to ``answer``,
so that a new fact needs no migration.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

import orjson

from blueprints.facts import Fact
from blueprints.schema import Blueprint
from storage import living
from storage.living import Trait
from storage.mentoring.shapes import Numbers, among
from storage.moments import as_moment, moment
from storage.statements import sql
from storage.transaction import Transaction

SURVEY, ROUND = "profile", "profile"
"""The survey and round under which facts that were typed stand among the answers."""
DOMESTIC, INTERNATIONAL = "domestic", "international"

COLUMNS = ("name", "home_region", "field", "linkedin", "email", "willingness")
"""Facts that are a column of the person: what the program acts on."""
_PLACE = ("city", "country", "geonameid", "timezone")
_FOLLOWS = ("residence", "organisation")
"""Columns that follow from the home region and the place."""
_TRAITS = frozenset({"choice", "multi", "rank", "yes_no", "languages", "number", "year"})
_LISTS = frozenset({"multi", "rank", "languages"})
_NUMBERS = frozenset({"number", "year"})

_ALL = (*COLUMNS, *_PLACE, *_FOLLOWS, "language")
_READ = sql(f"SELECT {', '.join(_ALL)} FROM person WHERE id = :id")
_PEOPLE = among(f"SELECT id, {', '.join(_ALL)} FROM person", "id")
_WRITE = sql(
    "UPDATE person SET "
    + ", ".join(f"{column} = :{column}" for column in (*COLUMNS, *_PLACE, *_FOLLOWS))
    + ", confirmed_at = :now WHERE id = :id"
)
_NO_SOURCE = sql("DELETE FROM provenance WHERE person_id = :id AND field = :field")
_TRAITS_OF = among(
    "SELECT person_id, kind, value FROM trait",
    "person_id",
    " ORDER BY person_id, kind, rank, value",
)
_TYPED = among(
    "SELECT person_id, question, value FROM answer",
    "person_id",
    f" AND survey = '{SURVEY}' AND round = '{ROUND}'",
)
_CONFIRMED = among(
    "SELECT person_id, field, confirmed_at FROM provenance",
    "person_id",
    " AND confirmed_at IS NOT NULL",
)


Lives: TypeAlias = Literal["column", "trait", "typed"]


@dataclass(frozen=True, slots=True)
class Held:
    """What is stored of somebody, before a blueprint says which facts there are.

    ``traits``: kind -> values in order; ``typed``: key -> value; ``confirmed``: field of
    ``provenance`` -> when."""

    columns: Mapping[str, Any]
    traits: Mapping[str, tuple[str, ...]]
    typed: Mapping[str, Any]
    confirmed: Mapping[str, datetime]


def held(tx: Transaction, people: Iterable[int]) -> dict[int, Held]:
    """By person; who is not there is left out."""
    ids = orjson.dumps(sorted(set(people))).decode()
    traits: defaultdict[int, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for person, kind, value in _read(tx, _TRAITS_OF, ids):
        traits[person][kind] = (*traits[person].get(kind, ()), value)
    typed: defaultdict[int, dict[str, Any]] = defaultdict(dict)
    for person, question, value in _read(tx, _TYPED, ids):
        typed[person][question] = orjson.loads(value)
    confirmed: defaultdict[int, dict[str, datetime]] = defaultdict(dict)
    for person, field, at in _read(tx, _CONFIRMED, ids):
        confirmed[person][field] = as_moment(at)
    return {
        row[0]: Held(
            dict(zip(_ALL, row[1:], strict=True)), traits[row[0]], typed[row[0]], confirmed[row[0]]
        )
        for row in _read(tx, _PEOPLE, ids)
    }


def _read(tx: Transaction, statement: Numbers, ids: str) -> list[tuple[Any, ...]]:
    return tx.run(statement.on(tx.dialect), ids=ids).fetchall()


def load(tx: Transaction, person: int, blueprint: Blueprint) -> dict[str, Any]:
    """Every fact that is known, by key; what isn't known is not in it."""
    found = held(tx, [person]).get(person)
    return {} if found is None else facts(found, blueprint)


def facts(known: Held, blueprint: Blueprint) -> dict[str, Any]:
    """The facts in what is stored."""
    columns = known.columns
    found = {key: columns[key] for key in COLUMNS if columns[key] is not None}
    if columns["country"] is not None or columns["city"] is not None:
        found["place"] = {
            "name": columns["city"],
            "country": columns["country"],
            "geonameid": columns["geonameid"],
            "timezone": columns["timezone"],
        }
    for key, values in known.traits.items():
        fact = blueprint.fact(key)
        if fact is not None and lives(fact) == "trait":
            found[key] = _read_trait(fact, values)
    return found | dict(known.typed)


def of_pieces(pieces: Mapping[str, Any], blueprint: Blueprint) -> dict[str, Any]:
    """The same of what a record says in pieces (storage.facts)."""
    traits = {
        key.removeprefix("trait."): tuple(row["value"] for row in sorted(rows, key=_rank))
        for key, rows in pieces.items()
        if key.startswith("trait.")
    }
    typed = {
        row["question"]: orjson.loads(row["value"])
        for key, rows in pieces.items()
        if key.startswith("typed.")
        for row in rows
    }
    columns = {name: pieces.get(f"person.{name}") for name in _ALL}
    return facts(Held(columns, traits, typed, {}), blueprint)


def _rank(row: Mapping[str, Any]) -> tuple[int, str]:
    return row["rank"] if isinstance(row["rank"], int) else 0, str(row["value"])


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
        elif fact is not None and lives(fact) == "trait":
            _trait(tx, person, fact, value)
        elif fact is not None:
            living.save_answer(tx, person, SURVEY, ROUND, key, value, now)
    known |= _following(blueprint, known)
    columns = {name: value for name, value in known.items() if name != "language"}
    tx.run(_WRITE, id=person, now=moment(now), **columns)
    fields = [name for key, value in facts.items() if value is not None for name in named(key)]
    living.confirm(tx, person, fields, source, now)
    gone = [name for key, value in facts.items() if value is None for name in named(key)]
    if gone:  # what is not known any more can't grow old
        tx.many(_NO_SOURCE, [{"id": person, "field": name} for name in gone])


def lives(fact: Fact) -> Lives:
    """Where a fact is stored: in a column of the person (what the program acts on), in rows of
    ``trait`` (keys of options, numbers, years: indexed) or as a typed answer."""
    if fact.key in COLUMNS or fact.key == "place":
        return "column"
    return "trait" if fact.kind in _TRAITS else "typed"


def several(fact: Fact) -> bool:
    """Whether it has several values."""
    return fact.kind in _LISTS


def is_number(fact: Fact) -> bool:
    return fact.kind in _NUMBERS


def _read_trait(fact: Fact, values: tuple[str, ...]) -> Any:
    if several(fact):
        return list(values)
    return int(values[0]) if is_number(fact) else values[0]


def named(key: str) -> tuple[str, ...]:
    """What stands in ``provenance`` for a fact."""
    return _PLACE if key == "place" else (key,)


def _place(place: Mapping[str, Any]) -> dict[str, Any]:
    return {column: place.get("name" if column == "city" else column) for column in _PLACE}


def _trait(tx: Transaction, person: int, fact: Fact, value: Any) -> None:
    values = value if isinstance(value, list | tuple) else () if value is None else (value,)
    ranked = [Trait(str(each), rank) for rank, each in enumerate(values, 1)]
    living.set_traits(tx, person, fact.key, ranked)


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
