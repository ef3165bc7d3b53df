"""What the library raises, in the dispatcher's words (bot.outgoing).

====================================================  =========================================
python-telegram-bot                                   Domov
====================================================  =========================================
no connection                                         NotSent
answer lost, late, not JSON; 5xx                      Unknown
429                                                   TooFast, for that chat alone
429 while another chat is held up too                 TooFast for everyone
403; 400 "chat not found", "user is deactivated" …    Unreachable
400 with ``migrate_to_chat_id``                       Moved
400, 404 and what else is answered                    Rejected
401                                                   Refusing: the settings are wrong, not this
                                                      message; it waits until they are mended
409                                                   NotSent, likewise
====================================================  =========================================
"""

from __future__ import annotations

import asyncio

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
)

from bot.channels.telegram.request import FloodError, NoConnectionError
from bot.errors import BadToken
from bot.outgoing import (
    Moved,
    NotSent,
    Refusing,
    Rejected,
    SendError,
    TooFast,
    Unknown,
    Unreachable,
)


class TokenRefusedError(BadToken):
    """Telegram does not know the bot's token: TELEGRAM_BOT_TOKEN is wrong or was revoked."""


GONE = (
    "chat not found",
    "user not found",
    "user is deactivated",
    "bot was blocked",
    "bot can't initiate conversation",
    "peer_id_invalid",
    "input_user_deactivated",
    "chat_write_forbidden",
)
UNEDITABLE = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "message identifier is not specified",
    "there is no text in the message to edit",
    "there is no caption in the message to edit",
)
OTHER_KIND = "there is no "  # … text (or caption) in the message to edit
DELETED = "message to delete not found"
UNCHANGED = "message is not modified"


def outgoing_error(error: TelegramError) -> SendError:
    """What became of a message, from what python-telegram-bot raised (429 apart: Floods)."""
    text = error.message
    if isinstance(error, ChatMigrated):
        return Moved(str(error.new_chat_id))
    if isinstance(error, InvalidToken):
        return Refusing("Telegram refuses the bot's token: check TELEGRAM_BOT_TOKEN")
    if isinstance(error, NoConnectionError | Conflict):
        return NotSent(text)
    if isinstance(error, Forbidden) or any(phrase in text.lower() for phrase in GONE):
        return Unreachable(text)
    if isinstance(error, NetworkError) and not isinstance(error, BadRequest):
        return Unknown(text)
    return Rejected(text)


def is_unchanged(error: TelegramError) -> bool:
    """An edit to what the message says already."""
    return isinstance(error, BadRequest) and UNCHANGED in error.message.lower()


def is_uneditable(error: TelegramError) -> bool:
    """The message was deleted, is a file, or is too old to edit."""
    text = error.message.lower()
    return isinstance(error, BadRequest) and any(phrase in text for phrase in UNEDITABLE)


class Floods:
    """Whose limit a 429 is. Telegram does not say; the answers look the same.

    A chat that is told to wait has most likely passed its own second. When a *second* chat is
    told to wait while the first still is, it is the bot's overall limit that was reached, and
    everybody waits.
    """

    def __init__(self) -> None:
        self._until: dict[str, float] = {}

    def note(self, chat: str, error: FloodError) -> TooFast:
        """The error to raise for a 429 that a message to ``chat`` met with."""
        now = asyncio.get_running_loop().time()
        self._until = {each: end for each, end in self._until.items() if end > now}
        everyone = any(each != chat for each in self._until)
        self._until[chat] = now + error.seconds
        return TooFast(error.seconds, everyone=everyone)


def is_other_kind(error: TelegramError) -> bool:
    """A text was to be edited and it is a caption, or the other way round."""
    return isinstance(error, BadRequest) and OTHER_KIND in error.message.lower()


def is_gone(error: TelegramError) -> bool:
    """The message that was to be taken back is not there any more."""
    return isinstance(error, BadRequest) and DELETED in error.message.lower()
