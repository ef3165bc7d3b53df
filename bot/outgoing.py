"""What the dispatcher hands to a channel, and what the channel says came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from messages.message import Message


class Action(StrEnum):
    SEND = "send"  # a new message
    EDIT = "edit"  # change message `target`; a new message where that is impossible
    FORM = "form"  # open message.form as a window with `trigger`; lost when too late
    CHANGE = "change"  # change message `target` in place; where that is impossible, Rejected
    DELETE = "delete"  # take message `target` back; where that is impossible, Rejected
    HOME = "home"  # the person's home page (Slack)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One call to a platform. ``delivery`` is the ledger row's id (0: not in the ledger);
    ``paid`` allows Telegram to charge for going faster than 30 a second. A ``tidy`` edit only
    clears up what was answered: nobody waits for it, so it goes last and is dropped where it would
    wait. ``place`` as in :class:`bot.incoming.Incoming`: there instead of the chat."""

    action: Action
    chat: str
    user: str
    message: Message
    target: str | None = None
    trigger: str | None = None
    delivery: int = 0
    paid: bool = False
    tidy: bool = False
    place: str | None = None


class SendError(Exception):
    """The platform did not take a message."""


class NotSent(SendError):
    """Certainly not delivered (no connection, refused before it was read): send again."""


class Refusing(NotSent):
    """The platform refuses the bot itself (its token was revoked): nobody gets anything until
    somebody mends that."""


class Unknown(SendError):
    """It may or may not have arrived: the answer was lost."""


class TooFast(SendError):
    """429: nothing for ``seconds``, to this chat or (``everyone``) to anybody of this account; or
    only not what the platform counts together with this call (``method``: Slack's edits)."""

    def __init__(self, seconds: float, *, everyone: bool = False, method: bool = False) -> None:
        super().__init__(f"the platform asks to wait {seconds:g} s")
        self.seconds = seconds
        self.everyone = everyone
        self.method = method


class Unreachable(SendError):
    """403 and the like: the person blocked the bot or is gone. Never try again."""


class Moved(SendError):
    """The chat has a new id: ``chat``. Send it there."""

    def __init__(self, chat: str) -> None:
        super().__init__("the chat has moved")
        self.chat = chat


class Rejected(SendError):
    """The platform refuses this message for good (400): trying again would not help."""


class Sender(Protocol):
    """A channel's sending half. ``send`` returns the platform's message id ("" if it has none)
    and raises a :class:`SendError`; harmless refusals ("not modified") count as sent."""

    channel: str
    account: str

    async def send(self, outgoing: Outgoing) -> str: ...


class Channel(Sender, Protocol):
    """A platform: receives through the ``handle`` it was given, sends through ``send``.

    ``last_contact`` is when the platform last answered (UTC), for /healthz. ``start`` raises
    BadToken where the settings are wrong, Unavailable where it is worth trying again.
    """

    last_contact: datetime | None

    async def start(self) -> None: ...

    async def stop(self) -> None: ...
