"""From a raw update to a committed turn, and the answer a button press waits for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence

from telegram import Bot

from bot.channels.telegram.parsing import Heard, Raw, heard, salvaged
from bot.incoming import Handle
from storage.errors import StorageError

_log = logging.getLogger(__name__)


def unexpected(error: BaseException | None) -> BaseException | None:
    """The error where its traceback is worth reading: a database that is away needs none."""
    return None if isinstance(error, StorageError) else error


def _tell_group(change: Raw) -> None:
    """Staff need a group's number to post an event there, and no app of Telegram's shows it."""
    chat, new = change.get("chat") or {}, change.get("new_chat_member") or {}
    if not (isinstance(chat, dict) and isinstance(new, dict)):
        return
    if chat.get("type") != "private" and new.get("status") in ("member", "administrator"):
        _log.info("Telegram: the bot is in the group %r, number %s",
                  chat.get("title", ""), chat.get("id"))  # fmt: skip


class Receiving:
    """Hands what people did to ``handle``. ``answer`` is called with the id of each button press
    whose turn is committed."""

    def __init__(
        self, bot: Bot, account: str, handle: Handle, answer: Callable[[str], None]
    ) -> None:
        self._bot = bot
        self._account = account
        self._handle = handle
        self._answer = answer

    async def batch(self, updates: Sequence[Raw]) -> int:
        """Handle updates side by side, begun in order; how many from the first on are done."""
        turns = [asyncio.ensure_future(self.one(update)) for update in updates]
        await asyncio.wait(turns)
        errors = [turn.exception() for turn in turns]
        failed = [number for number, error in enumerate(errors) if error]
        if not failed:
            return len(turns)
        _log.error(
            "%d of %d updates could not be stored",
            len(failed),
            len(turns),
            exc_info=unexpected(errors[failed[0]]),
        )
        return failed[0]

    async def one(self, raw: Raw) -> str | None:
        """Handle one update; the id of the button press to answer, if it was one.

        Raises what ``handle`` raises: the update must then not be confirmed.
        """
        event, press = self._read(raw)
        if event is None:
            kinds = sorted(set(raw) - {"update_id"})[:3]
            _log.debug("update %s says nothing to us: %s", raw.get("update_id"), kinds)
        if event is None and isinstance(raw.get("my_chat_member"), dict):
            _tell_group(raw["my_chat_member"])
        if event is not None:
            await self._handle(event)
        if press is not None:
            self._answer(press)
        return press

    def _read(self, raw: Raw) -> Heard:
        """An update nobody can read would hold up all others for good: it is answered as other
        things that are not understood, where it can be seen whose it is, and else left out."""
        try:
            return heard(raw, self._account, self._bot)
        except Exception as error:
            # By kind only: the library's words quote the update.
            _log.warning("update %s cannot be read (%s)", raw.get("update_id"),
                         type(error).__name__)  # fmt: skip
            return salvaged(raw, self._account)
