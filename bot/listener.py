"""Where every channel's events go in: one transaction each, then its replies to the dispatcher."""

from __future__ import annotations

import asyncio
import time
import traceback
from collections.abc import Callable, Mapping
from datetime import datetime

import structlog

from bot.incoming import Incoming, Left, Submitted, storable
from bot.metrics import Metrics
from bot.outgoing import Action, Outgoing
from bot.pace import A_CHARACTER, LOOKED_UP, WITH_FILE, Heard, Key, Pace
from bot.sending.dispatcher import Dispatcher
from bot.turn.context import House, Later, language_of
from bot.turn.unit import Played, play_event, play_later
from messages.message import Message
from storage import conversations
from storage.database import Database
from storage.errors import StorageError
from storage.quarantine import set_aside

TRIES = 3

log = structlog.get_logger(__name__)


def _nothing_to_keep() -> None:
    """Stands for what is told of erasures, where nobody is."""


def _nothing_waits(_channel: str, _account: str, _chat: str) -> int:
    return 0


class Listener:
    """Plays events; a :class:`bot.incoming.Handle`. ``waiting`` says how many messages are on
    their way to a chat; ``erased`` is called after the commit of an erasure."""

    def __init__(
        self,
        database: Database,
        house: House,
        dispatcher: Dispatcher,
        metrics: Metrics,
        clock: Callable[[], datetime],
        waiting: Callable[[str, str, str], int] = _nothing_waits,
        pace: Pace | None = None,
        erased: Callable[[], None] = _nothing_to_keep,
    ) -> None:
        self._database = database
        self._house = house
        self._dispatcher = dispatcher
        self._metrics = metrics
        self._clock = clock
        self._waiting = waiting
        self._pace = pace or Pace(time.monotonic)
        self._erased = erased
        self._telling: set[asyncio.Task[None]] = set()

    async def __call__(self, incoming: Incoming, /) -> Mapping[str, str] | None:
        """Play ``incoming``; returns after the commit. An event that fails three times is put
        aside and the person told, so that it holds nobody up. Raises StorageError when the
        database cannot be written: then the platform must bring the event again."""
        begun, incoming = time.perf_counter(), storable(incoming)
        if isinstance(incoming.said, Left):
            played, outcome = await self._play(incoming)
        else:
            played, outcome = await self._at_their_pace(incoming)
        self._metrics.turn(incoming.channel, outcome, time.perf_counter() - begun)
        self._dispatcher.submit(incoming.channel, incoming.account, played.outgoing)
        self._tell_later(incoming, played)
        if played.erased:
            self._erased()
        return played.wrong

    async def _at_their_pace(self, incoming: Incoming) -> tuple[Played, str]:
        """Play it, unless it is more than one person may do (:mod:`bot.pace`)."""
        channel, account, user = key = _key(incoming)
        waiting = self._waiting(channel, account, incoming.chat)
        heard, price = self._pace.enter(key, waiting)
        if heard is Heard.PLAYED:
            return await self._counted(incoming, key, price)
        window = isinstance(incoming.said, Submitted)
        if heard is Heard.IGNORED and not window:
            return Played(new=False), "ignored"
        if heard is Heard.TOLD and await self._came_before(incoming):
            self._pace.unsay(key)
            return Played(new=False), "duplicate"
        spoken = await self._database.read(conversations.language, channel, account, user)
        if window:
            return self._kept_open(incoming, spoken), "ignored"
        return self._words(incoming, "common.slower", spoken), "ignored"

    async def _came_before(self, incoming: Incoming) -> bool:
        """Whether the platform only brings again what was played: no word of theirs."""
        known = (incoming.channel, incoming.account, incoming.event_id)
        return await self._database.read(conversations.claimed, *known)

    async def _counted(self, incoming: Incoming, key: Key, price: float) -> tuple[Played, str]:
        more = -price  # what was not played has cost nothing
        try:
            played, outcome = await self._play(incoming)
            if outcome != "duplicate":
                more = _more(played)
        finally:
            self._pace.leave(key, more=more)
        return played, outcome

    def _tell_later(self, incoming: Incoming, played: Played) -> None:
        """What takes long is looked up beside the turns; the platform does not wait for it."""
        for later in played.later:
            task = asyncio.create_task(self._tell(incoming, later))
            self._telling.add(task)
            task.add_done_callback(self._telling.discard)

    async def _tell(self, incoming: Incoming, later: Later) -> None:
        try:
            found = await self._database.read(later.look)
            played = await self._database.write(
                play_later, self._house, incoming, later, found, self._clock()
            )
        except Exception as problem:
            log.error(
                "an answer could not be looked up",
                channel=incoming.channel,
                error=type(problem).__name__,
                at="".join(traceback.format_tb(problem.__traceback__)[-3:]),
            )
            played = self._apology(incoming)
        self._pace.charge(_key(incoming), _more(played))
        self._dispatcher.submit(incoming.channel, incoming.account, played.outgoing)
        self._tell_later(incoming, played)

    async def _play(self, incoming: Incoming) -> tuple[Played, str]:
        for attempt in range(1, TRIES + 1):
            try:
                played = await self._database.write(
                    play_event, self._house, incoming, self._clock()
                )
            except StorageError:
                raise
            except Exception as problem:
                # Where and what kind, not the message, which may quote the person.
                log.error(
                    "an event failed",
                    channel=incoming.channel,
                    event_id=incoming.event_id,
                    attempt=attempt,
                    error=type(problem).__name__,
                    at="".join(traceback.format_tb(problem.__traceback__)[-3:]),
                )
                error = problem
            else:
                return played, "played" if played.new else "duplicate"
        return await self._quarantine(incoming, error), "quarantined"

    async def _quarantine(self, incoming: Incoming, error: Exception) -> Played:
        """Set the event aside for staff; its error by kind only, for it may quote the person."""
        new = await self._database.write(
            set_aside, incoming.channel, incoming.account, incoming.event_id, incoming.user,
            type(error).__name__, TRIES, self._clock(),
        )  # fmt: skip
        if not new or isinstance(incoming.said, Left):
            return Played(new=False)
        return self._apology(incoming)

    def _apology(self, incoming: Incoming) -> Played:
        return self._words(incoming, "common.failed")

    def _kept_open(self, incoming: Incoming, spoken: str | None) -> Played:
        """A window that is not read stays, with all that was filled in, and says so at its first
        field: it is sent in again later."""
        said, language = incoming.said, spoken or self._language(incoming)
        first = next(iter(said.values), None) if isinstance(said, Submitted) else None
        words = self._house.words.text("common.slower_window", language)
        return Played(new=False, wrong={first: words} if first is not None else None)

    def _language(self, incoming: Incoming) -> str:
        return language_of(self._house.blueprint, incoming.locale)

    def _words(self, incoming: Incoming, key: str, language: str | None = None) -> Played:
        """One message that is in no ledger."""
        language = language or self._language(incoming)
        message = Message(self._house.words.rich(key, language), language)
        said = Outgoing(
            Action.SEND, incoming.chat, incoming.user, message,
            trigger=incoming.trigger, place=incoming.place,
        )  # fmt: skip
        return Played(new=True, outgoing=(said,))


def _key(incoming: Incoming) -> Key:
    return incoming.channel, incoming.account, incoming.user


def _more(played: Played) -> float:
    """What an event cost beyond its first answer."""
    files = [out.message.file.text for out in played.outgoing if out.message.file is not None]
    return (
        max(0, len(played.outgoing) - 1)
        + WITH_FILE * len(files)
        + A_CHARACTER * sum(map(len, files))
        + LOOKED_UP * len(played.later)
    )
