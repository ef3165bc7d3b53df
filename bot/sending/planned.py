"""The planned messages of the database, as the dispatcher asks for them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog

from bot.sending.source import NothingToSend, Taken
from messages.message import Message
from outreach.claiming import Claimed, claim
from outreach.composing import Composer, NothingToSay
from outreach.deciding import Rules
from outreach.restored import SentFile
from storage.database import Database

log = structlog.get_logger(__name__)


class Planned:
    """A :class:`bot.sending.source.Source`. ``owner`` names this process in the ledger; ``sent``
    is where it is noted how much went out."""

    def __init__(
        self,
        database: Database,
        owner: str,
        rules: Rules,
        composer: Composer,
        sent: SentFile,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._owner = owner
        self._rules = rules
        self._composer = composer
        self._sent = sent
        self._clock = clock

    async def take(self, channel: str, account: str, most: int, busy: frozenset[str], /) -> Taken:
        """See Source. Raises StorageError."""
        batch = await self._database.write(
            claim, self._owner, channel, account, most, busy, self._clock(), self._rules
        )
        if batch.mark is not None:
            try:
                self._sent.note(channel, account, batch.mark)
            except OSError as problem:
                log.warning("how much was sent cannot be noted", reason=str(problem))
        return Taken(batch.claimed, batch.next_due, batch.sources)

    def message(self, item: Claimed, taken: Taken, /) -> tuple[Message, str | None]:
        """See Source. Raises NothingToSend."""
        try:
            return self._composer.compose(item, taken.made), item.target
        except NothingToSay as reason:
            raise NothingToSend(str(reason)) from None
