"""Requests for a mentor, as the rows stand in the table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from storage.mentoring.shapes import Shape, all_plain, among, held, words
from storage.statements import sql
from storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class RequestRow:
    """What somebody wants a mentor for; see the table. ``skills`` the most wanted first."""

    id: int
    person_id: int
    status: str
    goal: str
    skills: tuple[str, ...]
    field: str | None
    languages: tuple[str, ...]
    mode: str
    urgency: str | None
    rhythm: str | None
    hours: tuple[str, ...]
    waiting_since: datetime
    passed_over: int
    ahead: int
    entered_by: int | None
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None = None
    reason: str | None = None


SHAPE = Shape(
    RequestRow,
    "mentoring_request",
    unfold={"skills": words, "languages": words, "hours": words},
    moments=("waiting_since",),
)
_START = {
    "status": "open", "goal": "", "skills": (), "languages": (), "mode": "both", "hours": (),
    "passed_over": 0, "ahead": 0,
}  # fmt: skip

_ALL = among(SHAPE.select, "mentoring_request.id")
_LOCKED = held(SHAPE.select + " WHERE mentoring_request.id = :id", "mentoring_request")
_CURRENT = sql(SHAPE.select + " WHERE person_id = :person AND status <> 'closed'")
_CURRENT_LOCKED = held(
    SHAPE.select + " WHERE person_id = :person AND status <> 'closed'", "mentoring_request"
)
_OF = sql(SHAPE.select + " WHERE person_id = :person ORDER BY id")
_INSERT = sql(SHAPE.inserting() + " RETURNING id")


def by_ids(tx: Transaction, ids: Iterable[int]) -> dict[int, RequestRow]:
    """The requests of these numbers, as far as there are such."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    rows = tx.run(_ALL.on(tx.dialect), ids=orjson.dumps(wanted).decode())
    return {request.id: request for request in map(SHAPE.of, rows)}


def one(tx: Transaction, request: int | None) -> RequestRow | None:
    return by_ids(tx, [request]).get(request) if request is not None else None


def locked(tx: Transaction, request: int | None) -> RequestRow | None:
    """The request, held until the transaction ends."""
    if request is None:
        return None
    row = tx.run(_LOCKED.on(tx.dialect), id=request).fetchone()
    return SHAPE.of(row) if row else None


def current(tx: Transaction, person: int, *, lock: bool = False) -> RequestRow | None:
    """The request of somebody that is not closed: there is one at the most."""
    statement = _CURRENT_LOCKED.on(tx.dialect) if lock else _CURRENT
    row = tx.run(statement, person=person).fetchone()
    return SHAPE.of(row) if row else None


def of_person(tx: Transaction, person: int) -> list[RequestRow]:
    """All of somebody's requests, the oldest first."""
    return [SHAPE.of(row) for row in tx.run(_OF, person=person)]


def insert(tx: Transaction, values: Mapping[str, Any]) -> int:
    """A new request; what is not in ``values`` is as the table begins. Gives its number. Raises
    the driver's IntegrityError where the person has one that is not closed."""
    row = tx.run(_INSERT, **SHAPE.row(values, _START)).fetchone()
    assert row is not None  # noqa: S101 - RETURNING always returns
    return int(row[0])


def update(tx: Transaction, request: int, values: Mapping[str, Any]) -> None:
    """Set these columns. Raises KeyError for a column that there is not."""
    if values:
        tx.run(SHAPE.update(tuple(values)), the_row=request, **all_plain(values))
