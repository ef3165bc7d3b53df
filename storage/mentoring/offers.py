"""Offers of mentors, as the rows stand in the table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson

from storage.mentoring.shapes import Shape, all_plain, among, held, words
from storage.statements import sql
from storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class OfferRow:
    """What a mentor offers; see the table."""

    person_id: int
    status: str
    capacity: int
    skills: tuple[str, ...]
    topics: str
    languages: tuple[str, ...]
    mode: str
    hours: tuple[str, ...]
    break_until: date | None
    break_reason: str | None
    source: str
    created_at: datetime
    updated_at: datetime

    def free_on(self, day: date) -> bool:
        """Whether they take new pairs on this day, as far as places allow."""
        return self.status == "active" and (self.break_until is None or self.break_until <= day)


SHAPE = Shape(
    OfferRow,
    "mentor_offer",
    key="person_id",
    unfold={"skills": words, "languages": words, "hours": words},
    days=("break_until",),
)
_START = {
    "status": "active", "capacity": 2, "skills": (), "topics": "", "languages": (), "mode": "both",
    "hours": (), "source": "person",
}  # fmt: skip

_ALL = among(SHAPE.select, "mentor_offer.person_id")
_LOCKED = held(SHAPE.select + " WHERE mentor_offer.person_id = :person", "mentor_offer")
_PUT = sql(
    SHAPE.inserting()
    + " ON CONFLICT (person_id) DO UPDATE SET "
    + ", ".join(
        f"{name} = excluded.{name}"
        for name in SHAPE.columns
        if name not in ("person_id", "created_at")
    )
)


def by_people(tx: Transaction, people: Iterable[int]) -> dict[int, OfferRow]:
    """person -> what they offer, of those who offer something."""
    wanted = sorted(set(people))
    if not wanted:
        return {}
    rows = tx.run(_ALL.on(tx.dialect), ids=orjson.dumps(wanted).decode())
    return {offer.person_id: offer for offer in map(SHAPE.of, rows)}


def of_person(tx: Transaction, person: int | None) -> OfferRow | None:
    return by_people(tx, [person]).get(person) if person is not None else None


def locked(tx: Transaction, person: int) -> OfferRow | None:
    """The offer, held until the transaction ends: its places are given one at a time."""
    row = tx.run(_LOCKED.on(tx.dialect), person=person).fetchone()
    return SHAPE.of(row) if row else None


def put(tx: Transaction, person: int, values: Mapping[str, Any]) -> None:
    """Store an offer, in place of an earlier one, which keeps its ``created_at``."""
    tx.run(_PUT, **SHAPE.row({**values, "person_id": person}, _START))


def update(tx: Transaction, person: int, values: Mapping[str, Any]) -> None:
    """Set these columns. Raises KeyError for a column that there is not."""
    if values:
        tx.run(SHAPE.update(tuple(values)), the_row=person, **all_plain(values))
