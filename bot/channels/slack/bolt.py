"""The bolt app: sorts payloads and says what Slack is to be answered."""

from __future__ import annotations

import re
import traceback
from collections.abc import Awaitable, Callable, Mapping
from logging import Logger
from pathlib import Path
from typing import Any, TypeAlias

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

# With what the payload is acknowledged: what is wrong in a window, what it shows instead, the
# options of a menu; mostly with nothing.
Take: TypeAlias = Callable[[dict[str, Any]], Awaitable[Mapping[str, Any] | None]]

_ANY = re.compile("")


def bolt_app(
    client: AsyncWebClient, identity: AuthorizeResult, take: Take, logger: Logger
) -> AsyncApp:
    """An app that gives every payload to ``take`` and acknowledges it with what that returns; 500
    when it raises, 400 where bolt itself makes nothing of the payload.

    ``client`` has no token and ``identity`` is given: bolt's own check would ask Slack who it is
    during the first event, and acknowledge that event when the question fails. Signatures are
    verified before, see :meth:`SlackChannel.http`.
    """

    async def authorise() -> AuthorizeResult:
        return identity

    async def listen(body: dict[str, Any], ack: AsyncAck) -> None:
        try:
            answer = await take(body)
        except Exception as error:
            raise NotPlayed from error
        await ack(**(answer or {}))

    app = AsyncApp(
        name="domov",
        logger=logger,
        process_before_response=True,
        signing_secret="",
        request_verification_enabled=False,
        client=client,
        authorize=authorise,
        attaching_conversation_kwargs_enabled=False,
    )
    for register in (app.event, app.action, app.view, app.command, app.shortcut, app.options):
        register(_ANY)(listen)
    app.view_closed(_ANY)(listen)
    app.error(_failed)
    return app


class NotPlayed(Exception):
    """``take`` raised: the cause says why."""


async def _failed(error: Exception) -> BoltResponse:
    """Not acknowledged: Slack brings events again, and shows the person an error for the rest.

    Only where it happened is logged: a database error quotes what the person wrote.
    """
    if not isinstance(error, NotPlayed):
        structlog.get_logger().warning("slack.unreadable", error=type(error).__name__)
        return BoltResponse(status=400)
    error = error.__cause__ if isinstance(error.__cause__, Exception) else error
    last = traceback.extract_tb(error.__traceback__)[-1:]
    where = f"{Path(last[0].filename).name}:{last[0].lineno}" if last else ""
    structlog.get_logger().error("slack.not_played", error=type(error).__name__, where=where)
    return BoltResponse(status=500)
