"""What audiences are made of: conditions in SQL over ``p`` (a row of person), every value bound.

Facts with several values are looked up person by person (EXISTS): planning goes through people in
slices, and a slice must not read what everybody said. Where all people are asked about at once
(counting), those who said something are listed by the index over what was said, in a third of the
time. Indexes: trait, consent and rsvp by their keys, identity and delivery by the person.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple, TypeAlias

import orjson

from blueprints.schema import Blueprint
from storage import homes
from storage.profile import ROUND, SURVEY

Value: TypeAlias = str | int

ANY = "any"  # whatever it is: "willingness:any" are those who have said something
NEVER = "never"
SHARING = "sharing"  # the purpose that lets the other organisation in (blueprints.values)


class Condition(NamedTuple):
    """``known``: it is true or false of everybody, never NULL."""

    sql: str
    known: bool = True


class Binder:
    """Gives values their names: f0, f1, …; one value one name. ``whole``: the database is asked
    about all people at once."""

    def __init__(self, letter: str = "f", *, whole: bool = False) -> None:
        self._letter = letter
        self.whole = whole
        self._names: dict[tuple[type, Value], str] = {}

    def bind(self, value: Value) -> str:
        """The parameter that stands for the value, with its colon."""
        name = self._names.setdefault((type(value), value), f"{self._letter}{len(self._names)}")
        return f":{name}"

    def one_of(self, expression: str, values: Sequence[Value]) -> str:
        """``expression`` is any of the values."""
        names = [self.bind(value) for value in dict.fromkeys(values)]
        return (
            f"{expression} = {names[0]}"
            if len(names) == 1
            else (f"{expression} IN ({', '.join(names)})")
        )

    @property
    def params(self) -> dict[str, Value]:
        return {name: value for (_, value), name in self._names.items()}


Make: TypeAlias = Callable[[Sequence[Value], Binder, Blueprint], Condition]

_NEVER_NULL = frozenset({"status", "language"})
# Of an answer to an event's invitation. Who was there came, whatever they had answered.
_STATES = {
    "going": "(r.state = 'going' OR r.checked_in_at IS NOT NULL)",
    "maybe": "r.state = 'maybe'",
    "no": "r.state = 'no'",
    "waiting": "r.state IN ('waiting', 'offered')",
    "attended": "r.checked_in_at IS NOT NULL",
}
STATES_OF_EVENTS = ("going", "maybe", "no", "waiting", "attended", "invited")
"""What may stand behind an event's key; the first when nothing does."""


def column(name: str) -> Make:
    """A column of person."""

    def make(values: Sequence[Value], binder: Binder, blueprint: Blueprint) -> Condition:
        if ANY in values:
            return Condition(f"p.{name} IS NOT NULL")
        return Condition(binder.one_of(f"p.{name}", values), name in _NEVER_NULL)

    return make


def trait(kind: str) -> Make:
    """A fact with several values; of a rated one only the levels that count."""

    def make(values: Sequence[Value], binder: Binder, blueprint: Blueprint) -> Condition:
        parts = [f"t.kind = {binder.bind(kind)}"]
        if ANY not in values:
            parts.append(binder.one_of("t.value", values))
        found = blueprint.column(kind)
        counted = [level.key for level in found[1].levels if level.counts] if found else []
        if binder.whole and ANY not in values and not counted:
            listed = f"SELECT t.person_id FROM trait t WHERE {' AND '.join(parts)}"
            return Condition(f"p.id IN ({listed})")
        parts.insert(0, "t.person_id = p.id")
        if counted:
            parts.append(f"(t.level IS NULL OR {binder.one_of('t.level', counted)})")
        return Condition(f"EXISTS (SELECT 1 FROM trait t WHERE {' AND '.join(parts)})")

    return make


def number(kind: str) -> Make:
    """A number or year in a row of trait: "<2015", ">2015", "=2015", "2010-2015" or ANY."""
    # Other kinds' values are no numbers, and PostgreSQL looks at conditions in any order.
    stored = f"CASE WHEN t.kind = '{_key(kind)}' THEN CAST(t.value AS bigint) END"

    def make(values: Sequence[Value], binder: Binder, blueprint: Blueprint) -> Condition:
        parts = [_compared(stored, value, binder) for value in dict.fromkeys(map(str, values))]
        return _of_trait(f"({' OR '.join(parts)})", kind, binder)

    return make


def _of_trait(condition: str, kind: str, binder: Binder) -> Condition:
    where = f"t.kind = {binder.bind(kind)} AND {condition}"
    if binder.whole:
        return Condition(f"p.id IN (SELECT t.person_id FROM trait t WHERE {where})")
    return Condition(f"EXISTS (SELECT 1 FROM trait t WHERE t.person_id = p.id AND {where})")


def typed(question: str) -> Make:
    """A fact that was typed, among the answers to the profile."""
    among = (
        "EXISTS (SELECT 1 FROM answer a WHERE a.person_id = p.id"
        f" AND a.survey = '{SURVEY}' AND a.round = '{ROUND}' AND a.question = '{_key(question)}'"
    )

    def make(values: Sequence[Value], binder: Binder, blueprint: Blueprint) -> Condition:
        if ANY in values:
            return Condition(f"{among})")
        stored: list[Value] = [orjson.dumps(str(value)).decode() for value in values]
        return Condition(f"{among} AND {binder.one_of('a.value', stored)})")

    return make


def _key(key: str) -> str:
    """A blueprint's key, as it may stand in a statement. Raises ValueError."""
    if not key.replace("-", "_").isidentifier():
        raise ValueError(f"{key!r} is no key")
    return key


def city(values: Sequence[Value], binder: Binder, blueprint: Blueprint) -> Condition:
    """A place by number, or by name where it has none."""
    if ANY in values:
        return Condition("p.city IS NOT NULL")
    numbers = [value for value in values if isinstance(value, int)]
    names = [value for value in values if isinstance(value, str)]
    by_name = binder.one_of("p.city", names)
    if not numbers:
        return Condition(by_name, known=False)
    return Condition(f"({binder.one_of('p.geonameid', numbers)} OR {by_name})", known=False)


def event(values: Sequence[Value], binder: Binder, blueprint: Blueprint) -> Condition:
    """Answers to events, ``key/state`` each."""
    keys: dict[str, list[Value]] = {}
    for value in values:
        key, _, state = str(value).partition("/")
        keys.setdefault(state, []).append(key)
    parts = [_event(state, named, binder) for state, named in keys.items()]
    return Condition(parts[0] if len(parts) == 1 else f"({' OR '.join(parts)})")


def _event(state: str, keys: Sequence[Value], binder: Binder) -> str:
    ids = f"(SELECT e.id FROM event e WHERE {binder.one_of('e.key', keys)})"
    if state == "invited":
        # Through the person: they have few deliveries, an event has very many. (The sum keeps
        # SQLite from going through the event.)
        return (
            "EXISTS (SELECT 1 FROM delivery d WHERE d.person_id = p.id"
            f" AND d.event_id + 0 IN {ids} AND d.kind = 'invitation'"
            " AND d.state IN ('sent', 'unknown'))"
        )
    return (
        "EXISTS (SELECT 1 FROM rsvp r WHERE r.person_id = p.id"
        f" AND r.event_id IN {ids} AND {_STATES[state]})"
    )


def since(name: str) -> Make:
    """A moment in a column of person, before or after another."""

    def make(values: Sequence[Value], binder: Binder, blueprint: Blueprint) -> Condition:
        parts = []
        for value in dict.fromkeys(map(str, values)):
            if value == NEVER:
                parts.append(f"p.{name} IS NULL")
            else:
                # "<30d" is less than 30 days ago: after that moment.
                sign = ">" if value[0] == "<" else "<"
                parts.append(f"p.{name} {sign} {binder.bind(value[1:])}")
        return Condition(parts[0] if len(parts) == 1 else f"({' OR '.join(parts)})", known=False)

    return make


def home(values: Sequence[Value], binder: Binder, blueprint: Blueprint) -> Condition:
    """At home on some day of any of the stretches, ``first..last`` each."""
    parts = []
    for value in dict.fromkeys(map(str, values)):
        first, _, last = value.partition("..")
        begins = binder.bind(homes.stored(homes.reach(date.fromisoformat(first))))
        parts.append(homes.within(begins, binder.bind(homes.stored(date.fromisoformat(last)))))
    there = parts[0] if len(parts) == 1 else f"({' OR '.join(f'({part})' for part in parts)})"
    if binder.whole and len(parts) == 1:
        return Condition(f"p.id IN (SELECT a.person_id FROM answer a WHERE {there})")
    return Condition(f"EXISTS (SELECT 1 FROM answer a WHERE a.person_id = p.id AND {there})")


def _compared(stored: str, value: str, binder: Binder) -> str:
    """``value`` is "<2015", ">2015", "=2015", "2010-2015" or ANY."""
    if value == ANY:
        return f"{stored} IS NOT NULL"
    if value[0] in "<>=":
        return f"{stored} {value[0]} {binder.bind(int(value[1:]))}"
    first, last = (binder.bind(int(each)) for each in value.split("-"))
    return f"{stored} BETWEEN {first} AND {last}"


def source(values: Sequence[Value], binder: Binder, blueprint: Blueprint) -> Condition:
    """How they came, in full or by its beginning."""
    exact = [value for value in map(str, values) if not value.endswith("*")]
    parts = [binder.one_of("p.source", exact)] if exact else []
    for value in map(str, values):
        if value.endswith("*"):
            beginning = value[:-1]
            parts.append(f"substr(p.source, 1, {len(beginning)}) = {binder.bind(beginning)}")
    return Condition(parts[0] if len(parts) == 1 else f"({' OR '.join(parts)})", known=False)


def channel(values: Sequence[Value], binder: Binder, blueprint: Blueprint) -> Condition:
    """An account there, whether it can be reached at present or not."""
    return Condition(
        "EXISTS (SELECT 1 FROM identity i WHERE i.person_id = p.id AND "
        + binder.one_of("i.channel", values)
        + ")"
    )


def consent(values: Sequence[Value], binder: Binder, blueprint: Blueprint) -> Condition:
    return Condition(
        "EXISTS (SELECT 1 FROM consent c WHERE c.person_id = p.id AND c.given AND "
        + binder.one_of("c.purpose", values)
        + ")"
    )


def person(values: Sequence[Value], binder: Binder, blueprint: Blueprint) -> Condition:
    return Condition(binder.one_of("p.id", values))


def allowed(organisation: str, binder: Binder) -> str:
    """Whether this organisation may write to ``p``: it looks after them, or they share."""
    own, sharing = binder.bind(organisation), binder.bind(SHARING)
    return (
        f"(p.organisation = {own} OR EXISTS (SELECT 1 FROM consent s WHERE s.person_id = p.id"
        f" AND s.purpose = {sharing} AND s.given))"
    )


def negated(condition: Condition) -> Condition:
    """Who has not said where they live does not live in Germany: NULL counts as no."""
    if condition.known:
        return Condition(f"NOT {condition.sql}")
    return Condition(f"({condition.sql}) IS NOT TRUE")
