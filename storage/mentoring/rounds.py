"""Rounds and what came of them, as the rows stand in the table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storage.mentoring.pool import LISTED, LIVE, as_json
from storage.mentoring.shapes import Shape
from storage.statements import sql
from storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class RoundRow:
    """A round; see the table."""

    id: int
    organisation: str | None
    trigger: str
    unattended: int
    requests: int
    places: int
    proposed: int
    score: int
    bound: int
    created_by: int | None
    created_at: datetime


SHAPE = Shape(RoundRow, "mentoring_round")
_INSERT = sql(SHAPE.inserting() + " RETURNING id")
_ONE = sql(SHAPE.select + " WHERE id = :id")
_LATEST = sql(SHAPE.select + " ORDER BY id DESC LIMIT :limit")
_PROPOSED = sql(
    "UPDATE mentoring_round SET proposed = proposed + :proposed, score = score + :score"
    " WHERE id = :id"
)
_SERVED = {
    name: sql(f"UPDATE mentoring_request SET ahead = 0 WHERE ahead <> 0 AND id IN {each}")
    for name, each in ((name, each.format("requests")) for name, each in LISTED.items())
}
_PASSED_OVER = {
    name: sql(
        "UPDATE mentoring_request SET passed_over = passed_over + 1 WHERE status = 'open'"
        f" AND id IN {each} AND NOT EXISTS (SELECT 1 FROM mentoring_match m"
        f" WHERE m.request_id = mentoring_request.id AND m.state IN ({LIVE}))"
    )
    for name, each in ((name, each.format("requests")) for name, each in LISTED.items())
}


def insert(tx: Transaction, values: dict[str, Any]) -> int:
    """A new round; its number."""
    start = {"unattended": 0, "requests": 0, "places": 0, "proposed": 0, "score": 0, "bound": 0}
    row = tx.run(_INSERT, **SHAPE.row(values, start)).fetchone()
    assert row is not None  # noqa: S101 - RETURNING always returns
    return int(row[0])


def one(tx: Transaction, number: int) -> RoundRow | None:
    row = tx.run(_ONE, id=number).fetchone()
    return SHAPE.of(row) if row else None


def latest(tx: Transaction, limit: int = 20) -> list[RoundRow]:
    """The latest rounds, the last first."""
    return [SHAPE.of(row) for row in tx.run(_LATEST, limit=limit)]


def proposed(tx: Transaction, number: int, count: int, score: int) -> None:
    """So many more of its proposals are stored, of so much score."""
    tx.run(_PROPOSED, id=number, proposed=count, score=score)


def served(tx: Transaction, requests: Iterable[int]) -> None:
    """These were proposed to somebody: they go to the head of no further round for it."""
    tx.run(_SERVED[tx.dialect], requests=as_json(requests))


def passed_over(tx: Transaction, requests: Iterable[int]) -> int:
    """A round found these nobody; how many of them still wait."""
    return tx.run(_PASSED_OVER[tx.dialect], requests=as_json(requests)).rowcount
