"""One attempt to send a planned message, and what its outcome means."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

import structlog

from bot.outgoing import (
    Action,
    Moved,
    NotSent,
    Outgoing,
    Rejected,
    SendError,
    TooFast,
    Unknown,
    Unreachable,
)
from bot.sending.account import Account
from bot.sending.ledger import Ledger
from bot.sending.window import Hold
from storage import outbox

FIRST_WAIT, LONGEST_WAIT = 0.25, 30.0  # seconds between tries while nothing can be sent

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Result:
    """``state`` as in the ledger, or "again" after ``wait`` seconds; ``tried`` how often.
    ``trouble``: nobody would have got anything."""

    state: str
    reason: str | None = None
    message: str | None = None
    wait: float = 0.0
    tried: int = 1
    trouble: bool = False


class Attempt:
    """Attempts of one account. While the platform cannot be reached (``failing``) one message at
    a time tries, not before ``again_at`` (loop time)."""

    def __init__(self, account: Account, ledger: Ledger) -> None:
        self._account = account
        self._ledger = ledger
        self._failures = 0
        self.again_at = 0.0

    @property
    def failing(self) -> bool:
        return self._failures > 0

    async def make(self, outgoing: Outgoing, hold: Hold | None) -> Result:
        """Send it; a chat that has moved is followed once."""
        try:
            return self._sent(await self._account.through(outgoing, hold))
        except Moved as told:
            return await self._follow(outgoing, told.chat)
        except SendError as problem:
            return await self._after(outgoing, problem)
        except Exception:
            log.exception("a planned message could not be made", action=outgoing.action.value)
            return Result("failed", "error")

    async def _follow(self, outgoing: Outgoing, chat: str) -> Result:
        await self._ledger.write(outbox.moved, *self._account.key, outgoing.user, chat)
        moved, window, hold = replace(outgoing, chat=chat), self._account.window, None
        if window is not None:
            hold = window.take(asyncio.get_running_loop().time(), bulk=True)
        try:
            sent = self._sent(await self._account.through(moved, hold))
        except Moved:
            return Result("failed", "the chat moved twice", tried=2)
        except SendError as problem:
            return replace(await self._after(moved, problem), tried=2)
        return replace(sent, tried=2)

    def _sent(self, message: str) -> Result:
        self._failures = 0
        return Result("sent", message=message)

    async def _after(self, outgoing: Outgoing, problem: SendError) -> Result:
        """What a refusal means."""
        if not isinstance(problem, NotSent):
            self._failures = 0  # there was an answer, or a connection at least
        match problem:
            case TooFast(seconds=seconds, everyone=everyone, method=method):
                if not method:  # what the channel does not call anyhow
                    self._account.close(seconds, None if everyone else outgoing.chat)
                return Result("again", wait=seconds, trouble=everyone)
            case NotSent():
                return Result("again", wait=self._failed(problem), trouble=True)
            case Unknown():
                log.debug("an answer was lost", delivery=outgoing.delivery, reason=str(problem))
                return await self._lost(outgoing)
            case Unreachable():
                await self._ledger.write(outbox.unreachable, *self._account.key, outgoing.user)
                return Result("failed", "unreachable")
            case Rejected() | _:
                log.warning("the platform refused a planned message", reason=str(problem))
                return Result("failed", f"rejected: {problem}"[:200])

    def _failed(self, problem: NotSent) -> float:
        """Nothing goes out at present: everybody waits, longer each time."""
        now = asyncio.get_running_loop().time()
        if now >= self.again_at:  # else they were on their way together
            self._failures += 1
            self.again_at = now + min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(self._failures - 1, 8))
            log.warning("messages cannot be sent yet", reason=str(problem))
        return self.again_at - now

    async def _lost(self, outgoing: Outgoing) -> Result:
        """The answer was lost: it is not repeated, but Slack can be asked."""
        if outgoing.action is Action.SEND and await self._account.arrived(outgoing) is True:
            return Result("sent")
        return Result("unknown", "answer lost", trouble=True)
