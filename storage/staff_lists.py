"""What staff look at: who is coming to an event, and an organisation's people in numbers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

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


def figures(tx: Transaction, organisation: str) -> PeopleFigures:
    """Counts everybody of an organisation: with a million people it takes a second."""
    found = PeopleFigures()
    for status, persona, residence, country, count in tx.run(_FIGURES, organisation=organisation):
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
