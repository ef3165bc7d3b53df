"""The bot's commands and descriptions, as Telegram shows them in each language."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    MenuButtonCommands,
)
from telegram.constants import MenuButtonType
from telegram.error import BadRequest, InvalidToken, TelegramError

from messages.labels import fit

_log = logging.getLogger(__name__)

DESCRIPTION_LIMIT = 512  # https://core.telegram.org/bots/api#setmydescription
SHORT_LIMIT = 120  # https://core.telegram.org/bots/api#setmyshortdescription


def described(purpose: str) -> str:
    """The first paragraph of the first message, or of what the programme is for, as Telegram shows
    it in an empty chat."""
    return fit(purpose.strip().split("\n\n")[0], DESCRIPTION_LIMIT)


def named(name: str) -> str:
    """The programme's name, as Telegram shows it on the bot's page."""
    return fit(name, SHORT_LIMIT)


@dataclass(frozen=True, slots=True)
class Profile:
    """By language code; "" for everybody whose language is not named.

    Commands: (name without slash, description), at most 100. Description: 512 characters, shown
    in an empty chat; short: 120, shown on the bot's page; name: 64. ``group_commands`` are those in
    groups, ``commands`` those everywhere else. ``menu_button``: the button beside the field shows
    the commands.
    """

    commands: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    description: Mapping[str, str] = field(default_factory=dict)
    short_description: Mapping[str, str] = field(default_factory=dict)
    name: Mapping[str, str] = field(default_factory=dict)
    group_commands: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    menu_button: bool = False


async def register(bot: Bot, profile: Profile) -> bool:
    """Bring what Telegram shows in line with ``profile``; sets only what differs, because
    Telegram limits how often these are set. What Telegram refuses is logged: the bot works
    without. False where trying again may help."""
    groups = BotCommandScopeAllGroupChats()
    steps = (
        *(("commands", code, _commands(bot, code, c)) for code, c in profile.commands.items()),
        *(
            ("commands in groups", code, _commands(bot, code, c, groups))
            for code, c in profile.group_commands.items()
        ),
        *(("name", code, _name(bot, code, text)) for code, text in profile.name.items()),
        *(
            ("description", code, _description(bot, code, t))
            for code, t in profile.description.items()
        ),
        *(
            ("short description", c, _short(bot, c, t))
            for c, t in profile.short_description.items()
        ),
        *((("menu button", "", _menu_button(bot)),) if profile.menu_button else ()),
    )
    return all([await _taken(*step) for step in steps])


async def _taken(what: str, language: str, step: Callable[[], Awaitable[None]]) -> bool:
    try:
        await step()
    except TelegramError as error:
        where = f"language {language}" if language else "all other languages"
        _log.warning("Telegram did not take the %s for %s: %s", what, where, error.message)
        return isinstance(error, BadRequest | InvalidToken)  # a method that it does not know: 404
    return True


def _commands(
    bot: Bot,
    language: str,
    commands: Sequence[tuple[str, str]],
    scope: BotCommandScope | None = None,
) -> Callable[[], Awaitable[None]]:
    return lambda: offer(bot, commands, language, scope)


async def offer(
    bot: Bot,
    commands: Sequence[tuple[str, str]],
    language: str = "",
    scope: BotCommandScope | None = None,
) -> None:
    """Offer these commands in a scope (None: wherever no other scope says more) to readers of a
    language ("": of any other), if they are not the ones that are offered there."""
    code = language or None
    wanted = [BotCommand(name, description) for name, description in commands]
    if list(await bot.get_my_commands(scope, code)) != wanted:
        await bot.set_my_commands(wanted, scope, code)


def _name(bot: Bot, language: str, text: str) -> Callable[[], Awaitable[None]]:
    async def step() -> None:
        code = language or None
        if (await bot.get_my_name(code)).name != text:
            await bot.set_my_name(text, code)

    return step


def _menu_button(bot: Bot) -> Callable[[], Awaitable[None]]:
    async def step() -> None:
        if (await bot.get_chat_menu_button()).type != MenuButtonType.COMMANDS:
            await bot.set_chat_menu_button(menu_button=MenuButtonCommands())

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
