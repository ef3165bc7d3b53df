"""One bot account of one platform: who may be sent to now, and how much."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import structlog

from bot.outgoing import Action, Outgoing, Refusing, Sender, SendError
from bot.sending.limits import NONE, Limits
from bot.sending.shown import Shown
from bot.sending.window import Hold, Window

FEW = 300  # chats that are worth naming to the database
SILENCE = 60.0  # seconds without a message after which the platform is asked whether it knows us
REPLY_PATIENCE = 0.05  # seconds that a reply waits for a place at most
# Both platforms ask for no more than one message a second to a chat, and bear it when somebody is
# quick for a while. Nobody reads faster than this; who only hammers takes nobody's time.
AT_ONCE = 40  # replies to one chat
APART = 0.1  # seconds between two of more

log = structlog.get_logger(__name__)


@runtime_checkable
class Settling(Protocol):
    """A sender that can look a new message up: True it is there, False it is not, None who
    knows."""

    async def settle(self, chat: str, delivery_id: int) -> bool | None: ...


@runtime_checkable
class Sparing(Protocol):
    """A sender that knows of narrow limits: whether a tidying edit may go now without using up what
    somebody waits for."""

    def spare(self, outgoing: Outgoing) -> bool: ...


@runtime_checkable
class Probing(Protocol):
    """A sender that can ask its platform whether it would take anything. Raises a SendError."""

    async def probe(self) -> None: ...


@runtime_checkable
class Counting(Protocol):
    """A sender that may need several messages for a long one."""

    def parts(self, outgoing: Outgoing) -> int: ...


@dataclass(slots=True)
class Account:
    """What is on its way through one sender. Times are the event loop's.

    ``chats``: replies that wait, by chat. ``repeated``: those of them that may have arrived before.
    ``open_at``: nothing to anybody before then; ``closed``: nothing to that chat before then.
    """

    sender: Sender
    limits: Limits = NONE
    chats: dict[str, deque[Outgoing]] = field(default_factory=dict)
    repeated: set[int] = field(default_factory=set)
    open_at: float = 0.0
    closed: dict[str, float] = field(default_factory=dict)
    window: Window | None = None
    # chat -> when it may get the next; in order of time
    _recent: OrderedDict[str, float] = field(default_factory=OrderedDict)
    # chat -> when all its replies of late would have left, evenly spread; in order of use
    _spread: OrderedDict[str, float] = field(default_factory=OrderedDict)
    _shown: Shown = field(default_factory=Shown)
    _counting: Counting | None = None
    refused: bool = False  # the platform refuses the bot itself
    _answered_at: float | None = None

    def __post_init__(self) -> None:
        if isinstance(self.sender, Counting):
            self._counting = self.sender
        if self.limits.rate is not None:
            self.window = Window(self.limits.rate)

    @property
    def key(self) -> tuple[str, str]:
        return self.sender.channel, self.sender.account

    def waiting(self) -> int:
        """How many replies wait."""
        return sum(len(queue) for queue in self.chats.values())

    # ---- who must wait ----

    def close(self, seconds: float, chat: str | None = None) -> None:
        """The platform asks to wait: nothing to that chat, or to anybody."""
        until = asyncio.get_running_loop().time() + seconds
        if chat is None:
            self.open_at = max(self.open_at, until)
        else:
            self.closed[chat] = max(self.closed.get(chat, 0.0), until)

    async def gate(self, chat: str) -> None:
        """Until the platform allows to send to this chat, and it isn't the chat's turn only because
        somebody hammers."""
        loop = asyncio.get_running_loop()
        if (wait := self._in_turn(chat, loop.time())) > 0:
            await asyncio.sleep(wait)
        while (wait := max(self.open_at, self.closed.get(chat, 0.0)) - loop.time()) > 0:
            await asyncio.sleep(wait)
        self.closed.pop(chat, None)

    def spare(self, outgoing: Outgoing) -> bool:
        """Whether it may go now and holds nothing up."""
        now, sender = asyncio.get_running_loop().time(), self.sender
        if max(self.open_at, self.closed.get(outgoing.chat, 0.0)) > now:
            return False
        if self.window is not None and self.window.reply_wait(now) > 0:
            return False
        return sender.spare(outgoing) if isinstance(sender, Sparing) else True

    def _in_turn(self, chat: str, now: float) -> float:
        """Seconds that the next reply to a chat waits for those before it."""
        if not self.limits.chat_seconds:
            return 0.0
        spread = self._spread
        while spread and spread[first := next(iter(spread))] <= now:
            del spread[first]
        until = max(now, spread.get(chat, 0.0)) + APART
        spread[chat] = until
        spread.move_to_end(chat)
        return max(0.0, until - now - AT_ONCE * APART)

    def chat_wait(self, chat: str, now: float) -> float:
        """Seconds until a message to many may go to this chat."""
        if chat in self.chats:
            return max(self.limits.chat_seconds, 0.05)  # replies first
        return max(self.closed.get(chat, 0.0), self._recent.get(chat, 0.0)) - now

    def busy(self, now: float) -> set[str]:
        """Chats that no message to many may go to now. Of very many that were written to a moment
        ago none is named: it rarely happens that one of them is next, and then it goes back."""
        self._forget(now)
        if self.closed:
            self.closed = {chat: until for chat, until in self.closed.items() if until > now}
        named = self._recent if len(self._recent) <= FEW else ()
        return {*named, *self.closed, *self.chats}

    def note(self, chat: str, now: float) -> None:
        """Something is being sent to this chat."""
        if self.limits.chat_seconds:
            self._forget(now)
            self._recent[chat] = now + self.limits.chat_seconds
            self._recent.move_to_end(chat)

    def _forget(self, now: float) -> None:
        """Who may get the next by now."""
        recent = self._recent
        while recent and recent[first := next(iter(recent))] <= now:
            del recent[first]

    # ---- sending ----

    def parts(self, outgoing: Outgoing) -> int:
        """How many messages it will be."""
        if self.window is None or self._counting is None:
            return 1
        return self._counting.parts(outgoing)

    async def send(self, outgoing: Outgoing) -> str:
        """Send a reply, unless it may have been sent before and the platform says that it has
        it, and unless it would change a message to what that shows already."""
        if self._shown.already(outgoing):
            return outgoing.target or ""
        if outgoing.delivery in self.repeated:
            self.repeated.discard(outgoing.delivery)
            if outgoing.action is Action.SEND and await self.arrived(outgoing):
                return ""
        hold = await self._place(self.parts(outgoing)) if self.window else None
        self.note(outgoing.chat, asyncio.get_running_loop().time())
        self._shown.doubt(outgoing)
        sent = await self.through(outgoing, hold)
        self._shown.note(outgoing, sent)
        return sent

    async def through(self, outgoing: Outgoing, hold: Hold | None) -> str:
        """Send what has its place."""
        try:
            sent = await self._through(outgoing, hold)
        except Refusing:
            self.refused = True
            raise
        self._answered()
        return sent

    async def look(self) -> None:
        """Whether the platform still knows us: asked where nothing was sent for a while, and again
        and again while it does not."""
        now = asyncio.get_running_loop().time()
        if self._answered_at is None:
            self._answered_at = now
        quiet = now - self._answered_at >= SILENCE
        if not isinstance(self.sender, Probing) or not (self.refused or quiet):
            return
        try:
            await self.sender.probe()
        except Refusing as problem:
            if not self.refused:
                log.error("the platform refuses the bot", reason=str(problem))
            self.refused = True
        except SendError as problem:
            log.debug("the platform did not answer a question", reason=str(problem))
        else:
            self._answered()

    def _answered(self) -> None:
        self._answered_at = asyncio.get_running_loop().time()
        if self.refused:
            log.warning("the platform takes messages again", channel=self.sender.channel)
        self.refused = False

    async def _through(self, outgoing: Outgoing, hold: Hold | None) -> str:
        if hold is None or self.window is None:
            return await self.sender.send(outgoing)
        well = False
        try:
            sent = await self.sender.send(outgoing)
            well = True
            return sent
        finally:
            self.window.answered(hold, asyncio.get_running_loop().time(), well=well)

    async def arrived(self, outgoing: Outgoing) -> bool | None:
        """Whether the platform has this new message; only Slack can tell."""
        if not isinstance(self.sender, Settling):
            return None
        return await self.sender.settle(outgoing.chat, outgoing.delivery)

    async def _place(self, parts: int) -> Hold:
        """A reply's place; after a moment also when there is none."""
        window, loop = self.window, asyncio.get_running_loop()
        assert window is not None  # noqa: S101 - asked by the caller
        wait = window.reply_wait(loop.time())
        if wait > 0:
            until = loop.time() + REPLY_PATIENCE
            window.waiting += 1
            try:
                while wait > 0 and (left := until - loop.time()) > 0:
                    await asyncio.sleep(min(wait, left))
                    wait = window.reply_wait(loop.time())
            finally:
                window.waiting -= 1
        return window.take(loop.time(), bulk=False, parts=parts)
