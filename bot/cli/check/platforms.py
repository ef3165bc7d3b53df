"""Telegram and Slack: do they know us? Each is asked one small question, with a short wait."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from bot.cli.check.finding import Finding, ok, problem, remark
from bot.settings import Settings

WAIT = aiohttp.ClientTimeout(total=10, sock_connect=5)
UNSEEN = 1_000  # undelivered updates after which somebody should look


@dataclass(frozen=True, slots=True)
class Answer:
    """A Bot API answer: ``result`` of a call that went well, else ``description``."""

    status: int
    result: dict[str, Any]
    description: str = ""


class NoAnswer(Exception):
    """The server could not be reached, or what came back was no Bot API answer."""


def telegram(given: Settings) -> Iterator[Finding]:
    """getMe and getWebhookInfo (https://core.telegram.org/bots/api#getme)."""
    if given.telegram_bot_token is None:
        yield ok("Telegram", "not used (TELEGRAM_BOT_TOKEN is not set)")
        return
    token = given.telegram_bot_token.get_secret_value()
    root = given.telegram_api_url.rstrip("/")
    host = urlsplit(root).hostname
    try:
        me, hook = asyncio.run(_ask_telegram(f"{root}/bot{token}"))
    except NoAnswer as error:
        yield problem(
            "Telegram", f"{host} {error}. Look at the network and TELEGRAM_API_URL, then try again"
        )
        return
    if me.status in (401, 404):
        yield problem(
            "Telegram",
            f"{host} refuses TELEGRAM_BOT_TOKEN ({me.description}). @BotFather shows the right one"
            " under /mybots, API Token",
        )
    elif me.status != 200:
        yield problem("Telegram", f"{host} answers {me.status} ({me.description}). Try again later")
    else:
        yield ok("Telegram", f"the token is @{me.result.get('username')}'s")
        yield from _webhook(given, hook.result)


async def _ask_telegram(base: str) -> tuple[Answer, Answer]:
    async with aiohttp.ClientSession(timeout=WAIT) as session:
        me = await _call(session, f"{base}/getMe")
        hook = await _call(session, f"{base}/getWebhookInfo") if me.status == 200 else me
    return me, hook


async def _call(session: aiohttp.ClientSession, url: str) -> Answer:
    """Raises NoAnswer, whose words never hold the address: the token is part of it."""
    try:
        async with session.post(url) as response:
            body = await response.json(content_type=None)
            status = response.status
    except TimeoutError:
        raise NoAnswer("does not answer in time") from None
    except aiohttp.ClientConnectorCertificateError:
        raise NoAnswer("has no valid certificate") from None
    except aiohttp.ClientConnectionError:
        raise NoAnswer("cannot be reached") from None
    except (aiohttp.ClientError, ValueError):
        raise NoAnswer("answers something that isn't a Bot API") from None
    if not isinstance(body, dict):
        raise NoAnswer("answers something that isn't a Bot API")
    result = body.get("result")
    described = str(body.get("description", ""))[:200]
    return Answer(status, result if isinstance(result, dict) else {}, described)


def _webhook(given: Settings, info: dict[str, Any]) -> Iterator[Finding]:
    """What Telegram says of its deliveries."""
    there, waiting = info.get("url") or "", int(info.get("pending_update_count") or 0)
    if given.webhook_url is None and there:
        yield remark(
            "Telegram",
            f"still delivers to a webhook at {urlsplit(there).hostname}; `domov run` takes it away"
            " and asks for updates itself. Another program with this token would lose its own",
        )
    if given.webhook_url is not None:
        if there and there != given.webhook_url:
            yield remark("Telegram", f"delivers to {there}; `domov run` changes it to ours")
        elif info.get("last_error_message"):
            yield remark(
                "Telegram",
                f"could not deliver to {there}: {info['last_error_message']}. Look at the proxy"
                " and whether PUBLIC_URL can be reached from outside",
            )
    if waiting > UNSEEN:
        yield remark("Telegram", f"{waiting:,} messages wait for us; run `domov run`")


def slack(given: Settings) -> Iterator[Finding]:
    """auth.test (https://docs.slack.dev/reference/methods/auth.test)."""
    if given.slack_bot_token is None:
        yield ok("Slack", "not used (SLACK_BOT_TOKEN is not set)")
        return
    from bot.channels.slack.errors import (  # noqa: PLC0415 - Slack's libraries take a second
        SlackSetupError,
        SlackUnavailable,
    )

    try:
        found = asyncio.run(_ask_slack(given.slack_bot_token.get_secret_value(), given))
    except SlackSetupError as error:
        yield problem("Slack", f"{error}. It stands at api.slack.com/apps, OAuth & Permissions")
    except SlackUnavailable as error:
        yield problem("Slack", f"{error}. Look at the network and SLACK_API_URL, then try again")
    else:
        yield ok("Slack", f"the token is {found.get('user')}'s in {found.get('team')}")


async def _ask_slack(token: str, given: Settings) -> dict[str, Any]:
    from slack_sdk.web.async_client import AsyncWebClient  # noqa: PLC0415

    from bot.channels.slack.channel import api_root  # noqa: PLC0415
    from bot.channels.slack.setup import check_bot_token  # noqa: PLC0415

    async with aiohttp.ClientSession(timeout=WAIT) as session:
        root = api_root(given.slack_api_url)
        client = AsyncWebClient(token, base_url=root, session=session, timeout=10)
        return await check_bot_token(client)
