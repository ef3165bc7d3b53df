"""Days and weeks of a pair in one transaction: what `domov run` does by itself, on a clock that
the test moves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from messages.words import Words
from outreach.claiming import claim
from outreach.clock import Context, tick
from outreach.composing import Composer
from outreach.deciding import Rules
from outreach.handlers import HANDLERS
from storage import outbox
from storage.database import Transaction
from storage.outbox import Settled
from storage.rehearsing import savepoint
from tests.outreach.due import next_look
from tests.outreach.inviting import CHANNELS, NOW, expats

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
Spans = Iterable[tuple[datetime, datetime]]


class Killed(Exception):
    """The program, before its commit."""


@cache
def words() -> Words:
    return Words(expats().languages)


@dataclass(frozen=True, slots=True)
class Got:
    """A message that somebody got, at their own time."""

    at: datetime
    person: int
    kind: str
    variant: str
    text: str


class Days:
    """``killed``: whatever is done is first done without a commit, and then again."""

    def __init__(self, tx: Transaction, *, killed: bool = False) -> None:
        self.tx = tx
        self.now = NOW
        self.got: list[Got] = []
        self._killed = killed
        self._rules = Rules.of(expats())
        self._composer = Composer(words(), expats(), lambda: self.now)

    def run(self, start: datetime, end: datetime, step: timedelta = HOUR, down: Spans = ()) -> None:
        """From ``start`` up to ``end``, looking every ``step`` but in the spans ``down``; where
        nothing is due nobody needs to look."""
        spans = list(down)
        self.now = start
        while self.now <= end:
            if any(since <= self.now < until for since, until in spans):
                self.now += step
            else:
                self.look()
                self.now = next_look(self.tx, self.now, step, end)

    def look(self) -> None:
        """Do what is due, and send what may go."""
        while self._tick():
            pass
        while self._send():
            pass

    def _tick(self) -> bool:
        context = Context(self.now, expats(), CHANNELS)
        if self._killed:
            try:
                with savepoint(self.tx):
                    tick(self.tx, HANDLERS, context)
                    raise Killed
            except Killed:
                pass
        return tick(self.tx, HANDLERS, context) is not None

    def _send(self) -> int:
        batch = claim(
            self.tx, "1", "demo", "demo", 50, frozenset(), self.now, self._rules
        )  # fmt: skip
        for each in batch.claimed:
            text = str(self._composer.compose(each, batch.sources).text)
            assert each.reader is not None
            at = self.now.astimezone(ZoneInfo(each.reader.timezone))
            self.got.append(Got(at, each.reader.person, each.kind, each.variant, text))
        sent = [Settled(each.delivery, "sent", None, "m") for each in batch.claimed]
        outbox.settle(self.tx, sent, self.now)
        return len(batch.claimed)

    def of(self, person: int) -> list[str]:
        """What somebody got, in order: "kind" or "kind:variant", variants without their times."""
        found = []
        for each in self.got:
            if each.person == person:
                variant = each.variant.partition("@")[0]
                found.append(f"{each.kind}:{variant}" if variant else each.kind)
        return found

    def when(self, person: int, kind: str, variant: str = "") -> list[str]:
        """When somebody got it, at theirs."""
        return [
            f"{each.at:%m-%d %H:%M}"
            for each in self.got
            if (each.person, each.kind) == (person, kind) and each.variant.startswith(variant)
        ]

    def never_twice(self) -> bool:
        return all(
            count == 1
            for count in Counter((e.person, e.kind, e.variant) for e in self.got).values()
        )

    def decent(self) -> bool:
        """Nothing came in the night but an introduction to who had just said yes."""
        return all(9 <= each.at.hour < 20 for each in self.got if each.kind != "introduction")
