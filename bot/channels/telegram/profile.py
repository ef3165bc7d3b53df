"""The bot's commands and descriptions, as Telegram shows them in each language."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from telegram import Bot, BotCommand
from telegram.error import TelegramError

_log = logging.getLogger(__name__)

DESCRIPTION_LIMIT = 512  # https://core.telegram.org/bots/api#setmydescription
SHORT_LIMIT = 120  # https://core.telegram.org/bots/api#setmyshortdescription


@dataclass(frozen=True, slots=True)
class Profile:
    """By language code; "" for everybody whose language is not named.

    Commands: (name without slash, description), at most 100. Description: 512 characters, shown
    in an empty chat; short: 120, shown on the bot's page.
    """

    commands: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    description: Mapping[str, str] = field(default_factory=dict)
    short_description: Mapping[str, str] = field(default_factory=dict)


async def register(bot: Bot, profile: Profile) -> None:
    """Bring what Telegram shows in line with ``profile``; sets only what differs, because
    Telegram limits how often these are set. A failure is logged: the bot works without."""
    for language, commands in profile.commands.items():
        await _try("commands", language, _commands(bot, language, commands))
    for language, text in profile.description.items():
        await _try("description", language, _description(bot, language, text))
    for language, text in profile.short_description.items():
        await _try("short description", language, _short(bot, language, text))


async def _try(what: str, language: str, step: Callable[[], Awaitable[None]]) -> None:
    try:
        await step()
    except TelegramError as error:
        where = f"language {language}" if language else "all other languages"
        _log.warning("Telegram did not take the %s for %s: %s", what, where, error.message)


def _commands(
    bot: Bot, language: str, commands: Sequence[tuple[str, str]]
) -> Callable[[], Awaitable[None]]:
    async def step() -> None:
        code = language or None
        wanted = [BotCommand(name, description) for name, description in commands]
        if list(await bot.get_my_commands(language_code=code)) != wanted:
            await bot.set_my_commands(wanted, language_code=code)

    return step


def _description(bot: Bot, language: str, text: str) -> Callable[[], Awaitable[None]]:
    async def step() -> None:
        code = language or None
        if (await bot.get_my_description(code)).description != text:
            await bot.set_my_description(text, code)

    return step


def _short(bot: Bot, language: str, text: str) -> Callable[[], Awaitable[None]]:
    async def step() -> None:
        code = language or None
        if (await bot.get_my_short_description(code)).short_description != text:
            await bot.set_my_short_description(text, code)

    return step
