"""What messages are made of: the broadcasts, events and answers that they are about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from storage import broadcasts, events
from storage.broadcasts import BroadcastRow
from storage.deliveries import Candidate
from storage.events import EventRow, RsvpRow
from storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Sources:
    """By number; answers by (event, person). What is not there any more is left out."""

    broadcasts: Mapping[int, BroadcastRow] = field(default_factory=dict)
    events: Mapping[int, EventRow] = field(default_factory=dict)
    rsvps: Mapping[tuple[int, int], RsvpRow] = field(default_factory=dict)


def load(tx: Transaction, rows: Iterable[Candidate]) -> Sources:
    """What these messages are about."""
    wanted = tuple(rows)
    pairs = {
        (row.event, row.person)
        for row in wanted
        if row.event is not None and row.person is not None
    }
    return Sources(
        broadcasts.by_ids(tx, {row.broadcast for row in wanted if row.broadcast is not None}),
        events.by_ids(tx, {row.event for row in wanted if row.event is not None}),
        events.rsvps(tx, pairs),
    )
