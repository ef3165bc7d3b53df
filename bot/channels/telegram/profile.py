"""The bot's commands and descriptions, as Telegram shows them in each language."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from telegram import Bot, BotCommand
from telegram.error import BadRequest, TelegramError

from messages.labels import fit

_log = logging.getLogger(__name__)

DESCRIPTION_LIMIT = 512  # https://core.telegram.org/bots/api#setmydescription
SHORT_LIMIT = 120  # https://core.telegram.org/bots/api#setmyshortdescription


def described(purpose: str) -> str:
    """The first paragraph of what the programme is for, as Telegram shows it in an empty chat."""
    return fit(purpose.strip().split("\n\n")[0], DESCRIPTION_LIMIT)


def named(name: str) -> str:
    """The programme's name, as Telegram shows it on the bot's page."""
    return fit(name, SHORT_LIMIT)


@dataclass(frozen=True, slots=True)
class Profile:
    """By language code; "" for everybody whose language is not named.

    Commands: (name without slash, description), at most 100. Description: 512 characters, shown
    in an empty chat; short: 120, shown on the bot's page.
    """

    commands: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    description: Mapping[str, str] = field(default_factory=dict)
    short_description: Mapping[str, str] = field(default_factory=dict)


async def register(bot: Bot, profile: Profile) -> bool:
    """Bring what Telegram shows in line with ``profile``; sets only what differs, because
    Telegram limits how often these are set. What Telegram refuses is logged: the bot works
    without. False where trying again may help."""
    steps = (
        *(("commands", code, _commands(bot, code, c)) for code, c in profile.commands.items()),
        *(
            ("description", code, _description(bot, code, t))
            for code, t in profile.description.items()
        ),
        *(
            ("short description", c, _short(bot, c, t))
            for c, t in profile.short_description.items()
        ),
    )
    return all([await _taken(*step) for step in steps])


async def _taken(what: str, language: str, step: Callable[[], Awaitable[None]]) -> bool:
    try:
        await step()
    except TelegramError as error:
        where = f"language {language}" if language else "all other languages"
        _log.warning("Telegram did not take the %s for %s: %s", what, where, error.message)
        return isinstance(error, BadRequest)
    return True


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
