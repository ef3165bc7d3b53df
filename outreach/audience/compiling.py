"""From an audience's text to a condition that the database understands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from blueprints.schema import Blueprint
from outreach.audience.fields import fields_of
from outreach.audience.nodes import And, Everybody, Node, Not, Or, Saved, Term
from outreach.audience.parsing import parse, tidy
from outreach.audience.pointing import Problem, bad
from outreach.audience.values import Unfit
from outreach.errors import BadFilter
from outreach.told import why
from storage.conditions import Binder, Condition, Value, allowed, negated

MOST_BOUND = 30_000  # SQLite binds 32,766 to a statement, PostgreSQL twice as many


@dataclass(frozen=True, slots=True)
class Filter:
    """An SQL condition over alias ``p`` (a row of person), the same on both databases; its
    values are bound as ``params``, named f0, f1, …"""

    where: str
    params: Mapping[str, Value]


def compile_filter(
    text: str,
    blueprint: Blueprint,
    now: datetime,
    *,
    organisation: str | None = None,
    whole: bool = False,
) -> Filter:
    """The condition of an audience's text. Spans ("<30d") end at ``now``.

    ``whole``: made for asking about all people at once, not slice by slice; it means the same.
    ``organisation``: only people whom it may write to, its own and those of others who consented
    to sharing. People who never agreed to anything are in no audience. Saved audiences must
    have been put in by :func:`outreach.audience.expand`. Raises BadFilter with all values that
    are wrong.
    """
    binder = Binder(whole=whole)
    parts = ["p.status <> 'new' AND p.joined_to IS NULL"]
    text = tidy(text)
    node = parse(text, fields_of(blueprint))
    if not isinstance(node, Everybody):
        parts.append(_Compiler(text, blueprint, now, binder).bracketed(node))
    if organisation is not None:
        parts.append(allowed(organisation, binder))
    if len(binder.params) > MOST_BOUND:
        raise BadFilter(why("many_bound", most=MOST_BOUND))
    return Filter(" AND ".join(parts), binder.params)


class _Compiler:
    """Compiles one tree; gathers what is wrong with its values."""

    def __init__(self, text: str, blueprint: Blueprint, now: datetime, binder: Binder) -> None:
        self.text = text
        self.blueprint = blueprint
        self.now = now
        self.binder = binder
        self.problems: list[Problem] = []

    def bracketed(self, node: Node) -> str:
        """The condition of the whole tree. Raises BadFilter."""
        condition = self.condition(node)
        if self.problems:
            raise bad(self.text, self.problems)
        return f"({condition.sql})"

    def condition(self, node: Node) -> Condition:
        match node:
            case Everybody():
                return Condition("1 = 1")
            case Term():
                return self.term(node)
            case Saved(key, at):
                self.problems.append(Problem(at, why("saved_unknown", key=key)))
                return Condition("1 = 1")
            case Not(inner):
                return negated(self.condition(inner))
            case And(nodes):
                return self.joined(" AND ", nodes)
            case Or(nodes):
                return self.joined(" OR ", nodes)

    def joined(self, word: str, nodes: tuple[Node, ...]) -> Condition:
        conditions = [self.condition(node) for node in nodes]
        known = all(each.known for each in conditions)
        return Condition(f"({word.join(each.sql for each in conditions)})", known)

    def term(self, term: Term) -> Condition:
        field = fields_of(self.blueprint)[term.field]
        values: list[Value] = []
        for value, at in zip(term.values, term.at, strict=True):
            try:
                values += field.read(value, self.blueprint, self.now)
            except Unfit as unfit:
                self.problems.append(
                    Problem(at, why("of_field", field=term.field, wrong=unfit.told))
                )
        if len(self.problems) or not values:
            return Condition("1 = 1")
        return field.condition(values, self.binder, self.blueprint)
