"""What `domov run` does by itself, on a clock that a test moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from blueprints.schema import Blueprint
from messages.words import Words
from outreach.claiming import claim
from outreach.clock import Context, tick
from outreach.composing import Composer
from outreach.deciding import Rules
from outreach.events import life
from outreach.events.model import Details, details_of
from outreach.handlers import HANDLERS
from outreach.staff import console_actor
from storage import events, outbox
from storage.database import Database
from storage.outbox import Settled
from storage.transaction import Transaction
from tests.outreach import sending
from tests.outreach.due import next_look

QUARTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Got:
    """A message that somebody got, at their own time."""

    at: datetime
    person: int
    kind: str
    variant: str


class Program:
    """What `domov run` does by itself, on a clock that a test moves."""

    def __init__(self, database: Database, blueprint: Blueprint, words: Words) -> None:
        self.database = database
        self.blueprint = blueprint
        self.now = datetime(2026, 1, 1, tzinfo=UTC)
        self._composer = Composer(words, blueprint, lambda: self.now)
        self.got: list[Got] = []

    def run(self, start: datetime, end: datetime, step: timedelta = QUARTER) -> None:
        """From ``start`` to ``end``, looking every ``step``; where nothing is due nobody needs to
        look."""
        with self.database.transaction() as tx:
            self.now = start
            while self.now <= end:
                self._look(tx)
                self.now = next_look(tx, self.now, step, end)

    def _look(self, tx: Transaction) -> None:
        context = Context(self.now, self.blueprint, ("telegram",))
        while tick(tx, HANDLERS, context) is not None:
            pass
        while self._send(tx):
            pass

    def _send(self, tx: Transaction) -> int:
        rules = Rules.of(self.blueprint)
        batch = claim(tx, "1", "telegram", "bot", 50, frozenset(), self.now, rules)
        for claimed in batch.claimed:
            self._composer.compose(claimed, batch.sources)
            assert claimed.reader is not None
            at = self.now.astimezone(ZoneInfo(claimed.reader.timezone))
            self.got.append(Got(at, claimed.reader.person, claimed.kind, claimed.variant))
        outbox.settle(
            tx, [Settled(each.delivery, "sent", None, "m") for each in batch.claimed], self.now
        )
        return len(batch.claimed)

    def announced(self, starts: datetime, now: datetime, going: Sequence[int]) -> int:
        details = Details(
            key="brunch", organisation="cike", title={"en": "Brunch"}, starts_at=starts,
            ends_at=starts + timedelta(hours=2), timezone="Europe/Bratislava",
            audience="organisation:cike",
        )  # fmt: skip
        with self.database.transaction() as tx:
            made = life.create(tx, details, console_actor(), now)
            for person in going:
                sending.answered(tx, made.id, person, "going")
            life.announce(tx, made.id, console_actor(), now, self.blueprint)
        return made.id

    def moved(self, event: int, starts: datetime) -> None:
        with self.database.transaction() as tx:
            found = events.by_ids(tx, [event])[event]
            details = replace(
                details_of(found), starts_at=starts, ends_at=starts + timedelta(hours=2)
            )
            life.change(tx, event, details, console_actor(), self.now, self.blueprint)

    def reminders(self, person: int) -> list[tuple[str, str]]:
        """(variant without its start, when at theirs) of somebody."""
        return [
            (each.variant.partition("@")[0], f"{each.at:%m-%d %H:%M}")
            for each in self.got
            if each.person == person and "reminder" in each.kind
        ]
