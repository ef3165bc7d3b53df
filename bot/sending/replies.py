"""Sends replies: in order within a chat, chats side by side, whatever happens on the way.

A reply that certainly was not sent is sent again with growing waits; one whose answer was lost is
sent once more, because a person who waits for a question is worse off than one who reads it
twice; a 429 is obeyed; after a 403 nothing more goes to that identity. Edits that only tidy up go
once nothing waits for their chat, in nobody's way, and are tried once.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any

import structlog

from bot.outgoing import (
    Action,
    Moved,
    NotSent,
    Outgoing,
    SendError,
    TooFast,
    Unknown,
    Unreachable,
)
from bot.sending.account import Account
from bot.sending.ledger import STALE, Ledger
from storage import outbox
from storage.outbox import Settled

GIVE_UP = STALE.total_seconds()  # of trying to open a connection
LONGEST_WAIT = 30.0  # seconds between two tries
TRIGGER_SECONDS = 3.0  # a window cannot be opened later
TIDYING = 8  # edits of one chat that may be in hand; older ones are dropped
UNKNOWN_TRIES = 10  # of a message whose answer was lost (two minutes); it may be read twice

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Tries:
    """How often one message was tried; ``begun`` in loop time, ``unknown`` lost answers."""

    outgoing: Outgoing
    begun: float
    made: int = 0
    unknown: int = 0

    def end(self, state: str, reason: str | None = None, message: str | None = None) -> Settled:
        return Settled(self.outgoing.delivery, state, reason, message, self.made)


class Replies:
    """The replies of one account. ``spawn`` starts work; ``done`` hears of every result."""

    def __init__(
        self,
        account: Account,
        ledger: Ledger,
        spawn: Callable[[Coroutine[Any, Any, None]], object],
        done: Callable[[Account, Settled], None],
    ) -> None:
        self._account = account
        self._ledger = ledger
        self._spawn = spawn
        self._done = done
        self._tidying: dict[str, deque[Outgoing]] = {}  # by chat

    def submit(self, outgoing: Outgoing) -> None:
        """Send it after what waits for the same chat."""
        chats, place = self._account.chats, _queue(outgoing)
        queue = chats.get(place)
        if outgoing.tidy:
            self._tidying.setdefault(place, deque(maxlen=TIDYING)).append(outgoing)
            if queue is None:
                self._spawn(self._tidy_up(place))
        elif queue is not None:
            queue.append(outgoing)
        else:
            chats[place] = deque((outgoing,))
            self._spawn(self._serve(place))

    async def _tidy_up(self, place: str) -> None:
        """The edits of a chat that nobody waits for; those that would wait are dropped. While
        something else waits for the chat, they are its :meth:`_serve`'s to begin."""
        account = self._account
        if place in account.chats:
            return
        for outgoing in self._tidying.pop(place, ()):
            state = "dropped"
            if account.spare(outgoing):
                try:
                    await account.send(outgoing)
                    state = "sent"
                except TooFast as told:
                    self._obey(told, outgoing.chat)
                except SendError as problem:
                    log.debug("an old question keeps its buttons", reason=str(problem))
                except Exception:
                    log.exception("a message could not be made", action=outgoing.action.value)
            self._done(account, Settled(0, state))

    async def _serve(self, place: str) -> None:
        """Send what waits for one chat until nothing does."""
        queue = self._account.chats[place]
        try:
            while queue:
                outgoing = queue[0]
                settled = await self._see_through(outgoing)
                queue.popleft()
                self._ended(settled)
                if settled.state == "failed" and settled.reason == "unreachable":
                    await self._nobody_there(queue, outgoing)
        finally:
            self._account.chats.pop(place, None)
        await self._tidy_up(place)

    async def _see_through(self, outgoing: Outgoing) -> Settled:
        """One message to its end, whatever happens on the way."""
        account = self._account
        tries = Tries(outgoing, asyncio.get_running_loop().time())
        while True:
            await account.gate(tries.outgoing.chat)
            tries.made += 1
            try:
                sent = await account.send(tries.outgoing)
                return tries.end("sent", message=sent)
            except Moved as told:
                await self._move(outgoing, told.chat)
                tries.outgoing = replace(outgoing, chat=told.chat, trigger=None)
            except SendError as problem:
                ended = await self._after(tries, problem)
                if ended is not None:
                    return ended
            except Exception:
                log.exception("a message could not be made", action=outgoing.action.value)
                return tries.end("failed", "error")

    async def _after(self, tries: Tries, problem: SendError) -> Settled | None:
        """What a refusal means: the message's end, or None after waiting for the next try."""
        late = tries.outgoing.action is Action.FORM  # a window cannot be opened later
        match problem:
            case TooFast(seconds=seconds) as told:
                if late and seconds > TRIGGER_SECONDS:
                    return tries.end("failed", "too fast")
                if told.method:
                    await asyncio.sleep(seconds)
                else:
                    self._obey(told, tries.outgoing.chat)
            case NotSent():
                now = asyncio.get_running_loop().time()
                if late or now - tries.begun > GIVE_UP:
                    return tries.end("failed", "not sent")
                log.warning("a message could not be sent yet", reason=str(problem))
                await asyncio.sleep(min(LONGEST_WAIT, 0.25 * 2 ** min(tries.made, 8)))
            case Unknown():
                log.debug("an answer was lost", delivery=tries.outgoing.delivery,
                          reason=str(problem))  # fmt: skip
                tries.unknown += 1
                if late or tries.unknown >= UNKNOWN_TRIES:
                    return tries.end("unknown", "answer lost")
                if tries.outgoing.delivery:
                    self._account.repeated.add(tries.outgoing.delivery)
                await asyncio.sleep(min(LONGEST_WAIT, 0.25 * 2**tries.unknown))
            case Unreachable():
                return tries.end("failed", "unreachable")
            case _:
                log.warning("the platform refused a message", reason=str(problem))
                return tries.end("failed", f"rejected: {problem}"[:200])
        return None

    def _obey(self, told: TooFast, chat: str) -> None:
        """What a platform asks; a method that is held its channel doesn't call."""
        if not told.method:
            self._account.close(told.seconds, None if told.everyone else chat)

    def _ended(self, settled: Settled) -> None:
        self._account.repeated.discard(settled.id)
        self._done(self._account, settled)

    async def _nobody_there(self, queue: deque[Outgoing], outgoing: Outgoing) -> None:
        """They blocked the bot: nothing else that waits for them is tried."""
        for other in queue:
            self._ended(Settled(other.delivery, "failed", "unreachable", attempts=0))
        queue.clear()
        await self._ledger.write(outbox.unreachable, *self._account.key, outgoing.user)

    async def _move(self, outgoing: Outgoing, chat: str) -> None:
        await self._ledger.write(outbox.moved, *self._account.key, outgoing.user, chat)


def _queue(outgoing: Outgoing) -> str:
    """What goes one after the other: a chat's messages; and the home page, which has a limit of its
    own and is in nobody's way."""
    return f"home of {outgoing.user}" if outgoing.action is Action.HOME else outgoing.chat
