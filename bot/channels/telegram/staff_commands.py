"""The commands that staff see in their own chats with the bot: set when somebody is known as one of
them, taken back when they leave. Whose they are is noted in the database, so that neither a restart
nor a second process sets them twice, and whoever left meanwhile is not forgotten."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Protocol

from telegram import Bot, BotCommandScopeChat
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.channels.telegram.profile import offer

_log = logging.getLogger(__name__)


class StaffChats(Protocol):
    """Which chats are staff's."""

    async def now(self) -> Mapping[str, str]:
        """Chat -> language, of everybody of the staff who is known here."""

    async def told(self) -> Mapping[str, str]:
        """Chat -> language in which the staff's commands are offered there, as noted last."""

    async def note(self, told: Mapping[str, str]) -> None:
        """Note where they are offered from now on."""


class StaffCommands:
    """``commands`` (name, description) by language; "" for any other."""

    def __init__(
        self, bot: Bot, commands: Mapping[str, Sequence[tuple[str, str]]], chats: StaffChats
    ) -> None:
        self._bot = bot
        self._commands = commands
        self._chats = chats

    async def bring_up_to_date(self) -> None:
        """Offer them where they are missing, take them back where nobody of the staff is any
        more. What could not be done is tried again the next time."""
        now, told = await self._chats.now(), dict(await self._chats.told())
        before = dict(told)
        for chat, language in now.items():
            if told.get(chat) != language and await self._offered(chat, language):
                told[chat] = language
        for chat in set(told) - set(now):
            if await self._taken_back(chat):
                del told[chat]
        if told != before:
            await self._chats.note(told)

    async def _offered(self, chat: str, language: str) -> bool:
        commands = self._commands.get(language) or self._commands.get("", ())
        try:
            await offer(self._bot, commands, scope=BotCommandScopeChat(int(chat)))
        except (BadRequest, Forbidden) as error:  # they never wrote here, or blocked the bot
            _log.info("Telegram did not take the staff's commands for a chat: %s", error.message)
        except TelegramError as error:
            _log.warning("Telegram did not take the staff's commands: %s", error.message)
            return False
        return True

    async def _taken_back(self, chat: str) -> bool:
        try:
            await self._bot.delete_my_commands(BotCommandScopeChat(int(chat)))
        except (BadRequest, Forbidden):
            return True  # the chat is gone
        except TelegramError as error:
            _log.warning("Telegram did not take back the staff's commands: %s", error.message)
            return False
        return True
