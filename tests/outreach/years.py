"""Six years of a programme on a clock that a test moves: the clock's tasks, the claims, what is
sent, and housekeeping, as `domov run` has them, from one moment at which anything is due to the
next; and a start of the program every week."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from blueprints.schema import Blueprint
from bot.housekeeping import Housekeeping
from bot.turn.context import House
from messages import rich
from messages.words import Words
from outreach import noticing
from outreach.claiming import claim
from outreach.clock import Context, tick_through
from outreach.composing import Composer, NothingToSay
from outreach.deciding import Rules
from outreach.events.schedule import NEWCOMERS
from outreach.handlers import HANDLERS, begin
from outreach.rehearsal import seldom
from storage import outbox, tasks
from storage.database import Database
from storage.moments import maybe_moment, moment
from storage.outbox import Settled
from storage.statements import sql
from storage.transaction import Transaction

WEEK = timedelta(days=7)
CHANNELS = ("telegram",)
# As in a rehearsal: who comes into an audience, and whether staff have something to read, is
# looked up once a week instead of every few minutes.
_SELDOM = {**HANDLERS} | {kind: seldom(HANDLERS[kind], WEEK) for kind in (NEWCOMERS, noticing.TELL)}
_NEXT = sql("SELECT min(due_at) FROM delivery WHERE state = 'queued' AND due_at > :now")


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that went out; ``person`` None: to staff, in the chat ``chat``."""

    at: datetime
    person: int | None
    chat: str
    kind: str
    text: str


@dataclass(slots=True)
class Years:
    """``secret`` keys what is left of the erased."""

    database: Database
    blueprint: Blueprint
    words: Words
    now: datetime
    secret: str = "a key of six years"
    sent: list[Sent] = field(default_factory=list)

    @property
    def context(self) -> Context:
        return Context(self.now, self.blueprint, CHANNELS, self.secret)

    async def until(self, end: datetime, weekly: Callable[[], None]) -> None:
        """Live until ``end``; ``weekly`` is asked after each week's start and housekeeping."""
        house = House(self.blueprint, self.words, self.secret, "1", CHANNELS)
        housekeeping = Housekeeping(self.database, house, lambda: self.now)
        while self.now < end:
            with self.database.transaction() as tx:
                begin(tx, self.context)
                self._days(tx, min(self.now + WEEK, end))
            await housekeeping.look()
            weekly()

    def _days(self, tx: Transaction, end: datetime) -> None:
        while True:
            while tick_through(tx, _SELDOM, self.context) is not None:
                pass
            while self._send(tx):
                pass
            found = [tasks.next_due(tx), outbox_due(tx, self.now)]
            due = min((each for each in found if each is not None), default=end)
            if due > end:
                break
            self.now = max(due, self.now + timedelta(seconds=1))
        self.now = max(self.now, end)

    def _send(self, tx: Transaction) -> int:
        rules = Rules.of(self.blueprint)
        composer = Composer(self.words, self.blueprint, lambda: self.now)
        batch = claim(tx, "1", "telegram", "bot", 50, frozenset(), self.now, rules)
        settled = []
        for each in batch.claimed:
            try:
                message = composer.compose(each, batch.sources)
            except NothingToSay as reason:
                settled.append(Settled(each.delivery, "cancelled", str(reason), None))
                continue
            person = each.reader.person if each.reader is not None else None
            text = rich.plain(message.text)
            self.sent.append(Sent(self.now, person, each.chat, each.kind, text))
            settled.append(Settled(each.delivery, "sent", None, "m"))
        outbox.settle(tx, settled, self.now)
        return len(batch.claimed)


def outbox_due(tx: Transaction, now: datetime) -> datetime | None:
    """When the next message becomes due."""
    row = tx.run(_NEXT, now=moment(now)).fetchone()
    return maybe_moment(row[0]) if row else None
