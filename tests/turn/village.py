"""People on several platforms, the bot between them, and a clock that a test moves.

What they write and press goes through the real turn; what the bot says by itself comes of the real
handlers, claims and words, and lands in their chats. Only the platforms are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.turn.context import House
from messages.message import Message
from outreach.claiming import Claimed, claim
from outreach.clock import Context, SliceFailed, tick_through
from outreach.composing import Composer, NothingToSay
from outreach.deciding import Rules
from outreach.handlers import HANDLERS
from outreach.sources import Sources
from storage import outbox
from storage.database import Database, sql
from storage.outbox import Settled
from storage.transaction import Transaction
from tests.fakes.chat import START, Chat, Shown
from tests.outreach.due import next_look

CHANNELS = ("telegram", "slack")
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MOST = 500  # slices of work at one moment: more would be a loop


@dataclass(frozen=True, slots=True)
class Told:
    """Something that the bot said by itself; ``nothing``: why it did not, after all."""

    at: datetime
    user: str
    kind: str
    variant: str
    shown: Shown | None
    nothing: str = ""


class Village:
    """``told`` is everything that the bot said by itself, in order."""

    def __init__(self, database: Database, house: House, now: datetime = START) -> None:
        self.database = database
        self.house = house
        self.now = now
        self.chats: dict[tuple[str, str], Chat] = {}
        self.told: list[Told] = []
        self.blocking: set[str] = set()  # users whom nothing reaches
        self.joined = False  # whether two records became one, with what each had
        self._composer = Composer(house.words, house.blueprint, lambda: self.now)

    def person(self, user: str, channel: str = "telegram", locale: str = "en") -> Chat:
        """Somebody new on a platform."""
        chat = Chat(
            self.database, self.house, user=user, channel=channel, locale=locale, now=self.now
        )
        self.chats[channel, user] = chat
        return chat

    def days(self, count: float, step: timedelta = HOUR) -> list[Told]:
        """Time passes, with a look every ``step`` in which something is due; what the bot said
        meanwhile."""
        before = len(self.told)
        end = self.now + count * DAY
        while self.now < end:
            with self.database.reading() as tx:
                self.now = min(next_look(tx, self.now, step, end), end)
            self.look()
        return self.told[before:]

    def look(self) -> None:
        """What the program does by itself at this moment."""
        for chat in self.chats.values():
            chat.now = max(chat.now, self.now)
        self.now = max((self.now, *(chat.now for chat in self.chats.values())))
        with self.database.transaction() as tx:
            self._do_tasks(tx)
        with self.database.transaction() as tx:
            for channel, account in self._accounts(tx):
                self._send(tx, channel, account)

    def away(self, count: float) -> None:
        """Time passes while the program is down."""
        self.now += count * DAY

    def since(self, moment: datetime, user: str | None = None) -> list[tuple[str, str]]:
        """(kind, variant) of what the bot said by itself since then (to somebody)."""
        return [
            (each.kind, each.variant)
            for each in self.told
            if each.at > moment and each.shown and user in (None, each.user)
        ]

    def _do_tasks(self, tx: Transaction) -> None:
        context = Context(self.now, self.house.blueprint, CHANNELS)
        for _ in range(MOST):
            try:
                if tick_through(tx, HANDLERS, context) is None:
                    return
            except SliceFailed as failure:
                raise AssertionError(failure.reason) from failure.orig
        raise AssertionError("tasks are due again and again")

    def _accounts(self, tx: Transaction) -> list[tuple[str, str]]:
        found = tx.run(sql("SELECT DISTINCT channel, account FROM identity ORDER BY 1, 2"))
        return [(channel, account) for channel, account in found.fetchall()]

    def _send(self, tx: Transaction, channel: str, account: str) -> None:
        rules = Rules.of(self.house.blueprint)
        for _ in range(MOST):
            batch = claim(tx, "1", channel, account, 50, frozenset(), self.now, rules)
            if not batch.claimed:
                return
            settled = []
            for claimed in batch.claimed:
                message, nothing = self._made(claimed, batch.sources)
                if claimed.user in self.blocking:
                    outbox.unreachable(tx, channel, account, claimed.user)
                    settled.append(Settled(claimed.delivery, "failed", "unreachable"))
                    continue
                chat = self.chats[channel, claimed.user]
                shown = chat.receive_message(message) if message else None
                self.told.append(
                    Told(self.now, claimed.user, claimed.kind, claimed.variant, shown, nothing)
                )
                state, reason = ("cancelled", nothing) if nothing else ("sent", None)
                settled.append(Settled(claimed.delivery, state, reason, "m"))
            outbox.settle(tx, settled, self.now)
        raise AssertionError("there is always something more to send")

    def _made(self, claimed: Claimed, sources: Sources) -> tuple[Message | None, str]:
        """The message, or why there is none."""
        try:
            return self._composer.compose(claimed, sources), ""
        except NothingToSay as nothing:
            reason = str(nothing)
        assert "cannot be made" not in reason, (claimed.kind, claimed.variant, reason)
        return None, reason


def transcripts(village: Village) -> Iterator[str]:
    """Every chat, for looking at."""
    for (channel, user), chat in village.chats.items():
        yield f"===== {user} on {channel} =====\n{chat.transcript()}"
