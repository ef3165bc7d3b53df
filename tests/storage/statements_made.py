"""Statements that the product puts together when they are needed: for each place that makes some,
those that stand for all it can make, on a transaction's database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from typing import Any

from blueprints.load import default_path, load
from outreach.audience import compile_filter, count
from outreach.events import listing
from storage import (
    broadcast_changes,
    ending,
    events,
    facts,
    layout,
    planning,
    privacy,
    readers,
    rehearsing,
    scratch,
    staff_log,
)
from storage.exports import attendance, matches, query
from storage.mentoring import lists, pool
from storage.planning import Wanted
from storage.statements import Statement
from storage.states import MATCH_STATES
from storage.transaction import Transaction
from tests.outreach.audience.trees import VALUES
from tests.outreach.sending import event
from tests.storage.statements_found import shapes

Makes = Callable[[Transaction], Iterable[Statement]]

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
BLUEPRINT = load(default_path())
CHANNELS = (("telegram",), ("telegram", "slack"), ("telegram", "slack", "preview", "demo"), ())
ORGANISATIONS = (None, "cike")
REQUESTS = tuple(
    query.Request("; ", organisation, levels, ranked, days)
    for organisation, levels, ranked, days in product(
        ORGANISATIONS, ({}, {"formats": ("liked", "possible")}), ((), ("skills_used",)),
        (False, True),
    )
)  # fmt: skip


class Noting:
    """A transaction that notes the statements it runs."""

    def __init__(self, tx: Transaction) -> None:
        self.statements: list[Statement] = []

        def execute(statement: Statement, params: Mapping[str, object]) -> object:
            self.statements.append(statement)
            return tx._execute(statement, params)

        self.tx = Transaction(tx._raw, tx.dialect, execute, tx._wrapped)


def _texts() -> Iterator[str]:
    """Audiences that ask of every field in every way, one by one and together."""
    asked = {name: [f'"{each}"' for each in values] for name, values in VALUES.items()}
    single = [f"{name}:{value}" for name, values in asked.items() for value in values]
    several = [f"{name}:{','.join(values)}" for name, values in asked.items()]
    yield from ("", *single, *several, *(f"not {each}" for each in (*single, *several)))
    yield " or ".join(f"({each} and not {single[0]})" for each in several)


def _counted(tx: Transaction) -> list[Statement]:
    noting = Noting(tx)
    for text in _texts():
        count(noting.tx, text, BLUEPRINT, NOW, "cike", CHANNELS[0])
    for organisation, channels in product(ORGANISATIONS, CHANNELS):
        count(noting.tx, "", BLUEPRINT, NOW, organisation, channels)
    return noting.statements


def _listening(tx: Transaction) -> list[Statement]:
    number = event(tx)
    noting = Noting(tx)
    for text in _texts():
        found = events.by_ids(tx, {number})[number]
        listing.in_audience(noting.tx, replace(found, audience=text), 1, BLUEPRINT, NOW)
    return noting.statements


def _planned(tx: Transaction) -> Iterator[Statement]:
    """As outreach.planning asks for it: for everybody, for those who answered, for one person."""
    conditions = [
        (found.where, found.params)
        for text in _texts()
        for found in (compile_filter(text, BLUEPRINT, NOW, organisation="cike"),)
    ]
    abouts: tuple[dict[str, Any], ...] = (
        {"broadcast": 1}, {"event": 1}, {"match": 1}, {"request": 1},
    )  # fmt: skip
    everybody = Wanted(1, "change", CHANNELS[1])
    wanted = [replace(everybody, where=where, params=params) for where, params in conditions]
    wanted += [
        replace(everybody, channels=channels, purpose=purpose, answers=answers, **about)
        for channels, purpose, answers, about in product(
            CHANNELS, (None, "invitations"), (None, ("going",)), abouts
        )
    ]
    for each, zoned in product(wanted, (False, True)):
        yield planning._statement(each, tx.dialect, zoned=zoned)


def _mentoring_lists(tx: Transaction) -> list[Statement]:
    noting = Noting(tx)
    for organisation in ORGANISATIONS:
        lists.requests(noting.tx, organisation)
        lists.mentors(noting.tx, organisation)
        lists.free_mentors(noting.tx, NOW.date(), organisation)
        for states in ((), MATCH_STATES):
            lists.matches(noting.tx, organisation, states)
        lists.quiet(noting.tx, organisation, NOW, NOW, NOW)
    lists.match(noting.tx, 1)
    return noting.statements


def _pool(tx: Transaction) -> list[Statement]:
    noting = Noting(tx)
    today = NOW.date()
    for organisation, channels, asked, answered, only in product(
        ORGANISATIONS, (None, *CHANNELS), (False, True), (None, NOW), (None, [1])
    ):
        who = pool.Who(today, organisation, channels, asked, answered)
        pool.seekers(noting.tx, who, only)
        pool.mentors(noting.tx, who, only)
        pool.barred(noting.tx, NOW, only)
    pool.hold(noting.tx, [1], [1])
    return noting.statements


def _exported(make: Callable[[query.Request, str], Statement]) -> Makes:
    return lambda tx: [make(request, tx.dialect) for request in REQUESTS]


def _attendance(tx: Transaction) -> Iterator[Statement]:
    for request, answered in product(REQUESTS, (False, True)):
        yield attendance.attendance_statement(request, tx.dialect, answered=answered)


def _attending(tx: Transaction) -> list[Statement]:
    noting = Noting(tx)
    for statement in _attendance(tx):
        attendance._total(noting.tx, statement, 1)
    return noting.statements


def _of_a_person(make: Callable[[layout.Layout, str], Statement]) -> Makes:
    def made(tx: Transaction) -> Iterator[Statement]:
        for table, users in product(layout.tables(), (0, 1, 3)):
            belongs = privacy._belongs(table, users)
            if belongs is not None:
                yield make(table, belongs)

    return made


def _scratch(tx: Transaction) -> Iterator[Statement]:
    for part in scratch.PARTS:
        yield scratch._reading(part, tx.dialect)


def _staff_log(tx: Transaction) -> list[Statement]:
    noting = Noting(tx)
    values = {"organisation": "cike", "staff": 1, "action": "event", "subject": "x", "since": NOW}
    for names in ([], *([name] for name in values), list(values)):
        wanted = staff_log.Wanted(**{name: values[name] for name in names})  # type: ignore[arg-type]
        staff_log.latest(noting.tx, wanted, 5)
    return noting.statements


def _rehearsing(tx: Transaction) -> list[Statement]:
    noting = Noting(tx)
    rehearsing.accounts(noting.tx, CHANNELS[1])
    return noting.statements


def _events(tx: Transaction) -> Iterator[Statement]:
    names = tuple(name for name in layout.table("event").columns if name != "id")
    yield from (events._update((name,)) for name in names)
    yield events._update(names)


def _shapes(tx: Transaction) -> Iterator[Statement]:
    for shape in shapes():
        names = [name for name in shape.columns if name not in (shape._key, "person_id")]
        yield from (shape.update([name]) for name in names)
        yield shape.update(names)


MADE: Mapping[str, Makes] = {
    "outreach.events.listing.in_audience": _listening,
    "storage.audiences.outcomes": _counted,
    "storage.broadcast_changes._statements": lambda tx: [
        statement
        for kind in ("correction", "withdrawal")
        for statement in broadcast_changes._statements(kind, tx.dialect, 100)
    ],
    "storage.ending._clearing": lambda tx: map(ending._clearing, ending.leftovers()),
    "storage.ending._unfinished": lambda tx: map(ending._unfinished, CHANNELS),
    "storage.events._update": _events,
    "storage.exports.attendance._total": _attending,
    "storage.exports.attendance.attendance_statement": _attendance,
    "storage.exports.matches._statement": lambda tx: [
        matches._statement(states) for states in ((), ("proposed",), MATCH_STATES)
    ],
    "storage.exports.query.answers_statement": _exported(query.answers_statement),
    "storage.exports.query.count_statement": lambda tx: [
        query.count_statement(request, export)
        for request in REQUESTS
        for export in ("people", "answers")
    ],
    "storage.exports.query.people_lines_statement": _exported(query.people_lines_statement),
    "storage.exports.query.people_statement": _exported(query.people_statement),
    "storage.exports.query.person_statement": _exported(query.person_statement),
    "storage.facts.deleting": lambda tx: map(facts.deleting, facts.TABLES),
    "storage.facts.reading": lambda tx: map(facts.reading, facts.TABLES),
    "storage.facts.writing": lambda tx: map(facts.writing, facts.TABLES),
    "storage.mentoring.lists._statement": _mentoring_lists,
    "storage.mentoring.pool._statement": _pool,
    "storage.mentoring.shapes.update": _shapes,
    "storage.planning._prepared": _planned,
    "storage.privacy._deleting": _of_a_person(privacy._deleting),
    "storage.privacy._reading": _of_a_person(privacy._reading),
    "storage.readers._statement": lambda tx: map(readers._statement, CHANNELS),
    "storage.rehearsing.accounts": _rehearsing,
    "storage.scratch._reading": _scratch,
    "storage.staff_log.latest": _staff_log,
}
"""``module.function`` -> what it makes."""
