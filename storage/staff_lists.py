"""What staff look at: who is coming to an event, and an organisation's people in numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from storage.moments import maybe_moment
from storage.statements import sql
from storage.transaction import Transaction

# Where answers stand in a list; who cannot come is only counted.
_ORDER = "CASE r.state WHEN 'going' THEN 0 WHEN 'offered' THEN 1 WHEN 'waiting' THEN 2 ELSE 3 END"
_ANSWERED = sql(
    "SELECT r.state, r.guests, r.checked_in_at, p.name, p.organisation,"
    " EXISTS (SELECT 1 FROM consent c WHERE c.person_id = p.id AND c.purpose = 'sharing'"
    " AND c.given) FROM rsvp r JOIN person p ON p.id = r.person_id"
    " WHERE r.event_id = :event AND r.state <> 'no'"
    f" ORDER BY {_ORDER}, r.queued_at, p.name, p.id LIMIT :limit"
)
_FIGURES = sql(
    "SELECT status, persona, residence, country, count(*) FROM person"
    " WHERE organisation = :organisation AND status <> 'new'"
    " GROUP BY status, persona, residence, country"
)
_SEEN = sql(
    "SELECT r.state, p.organisation, EXISTS (SELECT 1 FROM consent c WHERE c.person_id = p.id"
    " AND c.purpose = 'sharing' AND c.given), count(*), sum(r.guests)"
    " FROM rsvp r JOIN person p ON p.id = r.person_id WHERE r.event_id = :event GROUP BY 1, 2, 3"
)
Cell: TypeAlias = tuple[str, str | None, str | None, str | None, int]
COUNTED = ("active", "paused")  # who finished the registration


@dataclass(frozen=True, slots=True)
class Comer:
    """Somebody who answered an invitation. ``shared``: they let the other organisations see
    them."""

    state: str
    guests: int
    checked_in_at: datetime | None
    name: str | None
    organisation: str | None
    shared: bool


@dataclass(frozen=True, slots=True)
class PeopleFigures:
    """An organisation's people. ``statuses`` counts everybody; the others only those who are
    registered."""

    statuses: Counter[str] = field(default_factory=Counter)
    personas: Counter[str] = field(default_factory=Counter)
    residences: Counter[str] = field(default_factory=Counter)
    countries: Counter[str] = field(default_factory=Counter)

    @property
    def registered(self) -> int:
        return sum(self.statuses[status] for status in COUNTED)


def answers(tx: Transaction, event: int) -> list[tuple[str, str | None, bool, int, int]]:
    """Who answered an invitation: (state, organisation, whether they let the others see them, how
    many, their guests)."""
    rows = tx.run(_SEEN, event=event).fetchall()
    return [(row[0], row[1], bool(row[2]), int(row[3]), int(row[4] or 0)) for row in rows]


def comers(tx: Transaction, event: int, limit: int) -> list[Comer]:
    """Who comes, has an offer, waits or may come, in this order; who waits as they stand in
    line, the others by name."""
    return [
        Comer(state, guests, maybe_moment(seen), name, organisation,
              bool(shared))
        for state, guests, seen, name, organisation, shared in tx.run(
            _ANSWERED, event=event, limit=limit
        ).fetchall()
    ]  # fmt: skip


def cells(tx: Transaction, organisation: str) -> list[Cell]:
    """Everybody of an organisation: (status, persona, residence, country, how many). With a million
    people it takes a second."""
    return [tuple(row) for row in tx.run(_FIGURES, organisation=organisation)]


def figures(
    of: Iterable[Cell], rounded: Callable[[int], int] = lambda count: count
) -> PeopleFigures:
    """An organisation's people put together from :func:`cells`, each ``rounded`` first."""
    found = PeopleFigures()
    for status, persona, residence, country, exact in of:
        count = rounded(exact)
        found.statuses[status] += count
        if status in COUNTED:
            for counter, key in (
                (found.personas, persona),
                (found.residences, residence),
                (found.countries, country),
            ):
                if key:
                    counter[key] += count
    return found
