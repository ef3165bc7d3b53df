"""What ``domov event post`` does."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import aiohttp
import typer

from bot.cli.opening import opened
from bot.cli.options import Language
from bot.errors import BotError, Misuse
from bot.now import now
from bot.settings import Settings
from outreach.events import posting
from outreach.staff import console_actor
from storage import posts
from storage.database import Database
from storage.transaction import Transaction

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

# https://docs.slack.dev/reference/objects/conversation-object: lower case, no blanks, 80 at most
NAMED = re.compile(r"#[^\sA-Z]{1,80}|[^\sA-Z#@]{1,80}")
WAIT = aiohttp.ClientTimeout(total=10, sock_connect=5)
WATCHED = 5.0  # seconds for the running program to send it, where Slack could not be asked before
LOOK_EVERY = 0.2  # seconds


class NotInChannel(BotError):
    """The bot cannot post where it is no member."""

    def __init__(self, chat: str, bot: str = "") -> None:
        super().__init__(
            f"the bot is not in {chat}, so nothing was posted. Write /invite @{bot or 'Domov'} in"
            " that channel, then post again"
        )


def post_event(
    key: str, telegram: str | None, slack: str | None, language: Language | None
) -> None:
    """Plan the post; the running program sends it. To a Slack channel that the bot is not in,
    nothing is planned."""
    if (telegram is None) == (slack is None):
        raise Misuse("say where: --telegram CHAT or --slack CHANNEL, one at a time")
    channel, chat = ("telegram", telegram) if telegram is not None else ("slack", slack)
    assert chat is not None  # noqa: S101 - one of them is there
    with opened() as house:
        with house.database.reading() as tx:
            account = _account(tx, channel, house.settings)
        if channel == "slack" and NAMED.fullmatch(chat):
            chat = asyncio.run(_named(house.settings, chat))
        with house.database.reading() as tx:
            posting.check(tx, key, channel, chat, console_actor())
        sure = channel != "slack" or asyncio.run(_ask_slack(house.settings, chat))
        with house.database.transaction() as tx:
            number = posting.post(
                tx, key, channel, account, chat, console_actor(), now(), house.blueprint,
                language.value if language else "",
            )  # fmt: skip
        if not sure:
            _watch(house.database, number, key, chat)
            return
    typer.echo(f"{key} is posted to {chat} as soon as domov run looks, within a second or two.")


class NoSuchChannel(BotError):
    """No channel has this name, or the bot cannot see it."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"there is no channel {name} that the bot can see, so nothing was posted. Into a"
            " private channel it has to be invited first (/invite @Domov)"
        )


@asynccontextmanager
async def _slack(settings: Settings) -> AsyncIterator[AsyncWebClient]:
    from slack_sdk.web.async_client import AsyncWebClient  # noqa: PLC0415 - takes a second

    from bot.channels.slack.channel import api_root  # noqa: PLC0415 - see there

    assert settings.slack_bot_token is not None  # noqa: S101 - or there would be no account
    async with aiohttp.ClientSession(timeout=WAIT) as session:
        yield AsyncWebClient(
            settings.slack_bot_token.get_secret_value(), timeout=10, session=session,
            base_url=api_root(settings.slack_api_url), retry_handlers=[],
        )  # fmt: skip


async def _named(settings: Settings, name: str) -> str:
    """The id of a channel. Raises NoSuchChannel."""
    from bot.channels.slack.setup import find_channel  # noqa: PLC0415 - see there

    async with _slack(settings) as client:
        found = await find_channel(client, name)
    if found is None:
        raise NoSuchChannel(name)
    return found


async def _ask_slack(settings: Settings, chat: str) -> bool:
    """True when the bot is in the channel, False when Slack doesn't tell. Raises NotInChannel."""
    from bot.channels.slack.setup import check_bot_token, in_channel  # noqa: PLC0415 - see there

    async with _slack(settings) as client:
        found = await in_channel(client, chat)
        if found is False:
            raise NotInChannel(chat, str((await check_bot_token(client)).get("user") or ""))
        return found is True


def _watch(database: Database, number: int, key: str, chat: str) -> None:
    """Say what came of it. Raises NotInChannel."""
    until = time.monotonic() + WATCHED
    state = "queued"
    while state in ("queued", "sending") and time.monotonic() < until:
        time.sleep(LOOK_EVERY)
        with database.reading() as tx:
            state = posts.state(tx, number)
    if state == "failed":
        raise NotInChannel(chat)
    if state == "sent":
        typer.echo(f"{key} is posted to {chat}.")
        return
    typer.echo(
        f"{key} waits to be posted to {chat}. Whether the bot is in that channel could not be asked"
        " (install the app again with slack-manifest.yaml: channels:read, groups:read);"
        " domov deliveries list shows what comes of it."
    )


def _account(tx: Transaction, channel: str, settings: Settings) -> str:
    """The bot or workspace to post with. Raises Misuse."""
    if channel == "telegram":
        if settings.telegram_bot_token is None:
            raise Misuse("--telegram: TELEGRAM_BOT_TOKEN is not set")
        return settings.telegram_bot_token.get_secret_value().partition(":")[0]
    if not settings.slack:
        raise Misuse("--slack: SLACK_BOT_TOKEN is not set")
    known = posts.accounts(tx, channel)
    if len(known) != 1:
        what = "nobody has written to the bot there yet" if not known else "there are several"
        raise Misuse(f"--slack: it is not known which workspace is meant ({what})")
    return known[0]
