"""From a raw update to a committed turn, and the answer a button press waits for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any

from telegram import Bot, Update

from bot.channels.telegram.inbound import incoming
from bot.channels.telegram.request import essence
from bot.incoming import Handle, Incoming

_log = logging.getLogger(__name__)


# Parts of a message that nobody reads: whole messages again, or such that the library warns
# about its own attributes when it makes an object of them.
_NEEDLESS = (
    "reply_to_message",
    "pinned_message",
    "external_reply",
    "quote",
    "entities",
    "caption_entities",
    "message_auto_delete_timer_changed",
)


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

    async def batch(self, updates: Sequence[dict[str, Any]]) -> int:
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
            exc_info=errors[failed[0]],
        )
        return failed[0]

    async def one(self, raw: dict[str, Any]) -> str | None:
        """Handle one update; the id of the button press to answer, if it was one.

        Raises what ``handle`` raises: the update must then not be confirmed.
        """
        update, event = self._read(raw)
        if event is not None:
            await self._handle(event)
        if update is None or update.callback_query is None:
            return None
        self._answer(update.callback_query.id)
        return update.callback_query.id

    def _read(self, raw: dict[str, Any]) -> tuple[Update | None, Incoming | None]:
        """An update the library cannot read is left out: it would hold up all others for good."""
        try:
            update = Update.de_json(_needed(raw), self._bot)
            return update, incoming(update, self._account)
        except Exception:
            _log.exception("update %s cannot be read and is left out", raw.get("update_id"))
            return None, None


def _needed(raw: dict[str, Any]) -> dict[str, Any]:
    """The update without what would only be work to parse, or could fail to."""
    query = raw.get("callback_query")
    if query and query.get("message"):
        return {**raw, "callback_query": {**query, "message": essence(query["message"])}}
    if message := raw.get("message"):
        kept = {name: part for name, part in message.items() if name not in _NEEDLESS}
        return {**raw, "message": kept}
    return raw
