"""Answers in a channel that one person alone sees.

https://docs.slack.dev/messaging/#ephemeral and
https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
"""

from __future__ import annotations

from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.channels.slack import errors, outbound
from bot.channels.slack.places import Place
from bot.channels.slack.tiers import LimitedClient
from bot.outgoing import Outgoing

# The bot is not in that channel (any more), or they are not: the chat says it instead.
NOT_THERE = frozenset({"channel_not_found", "is_archived", "not_in_channel", "user_not_in_channel"})
HTTP_OK = 200


class Whispers:
    """Ephemeral messages of one workspace."""

    def __init__(self, client: LimitedClient) -> None:
        self._client = client

    async def say(self, place: Place, outgoing: Outgoing) -> bool:
        """Say it; whether they see it there. Through the address that came with what they did:
        that works five times within half an hour, and where the bot is no member."""
        parts = outbound.parts(outgoing.message)
        if place.url:
            return all(
                [await self._respond(place, part, first=number == 0)
                 for number, part in enumerate(parts)]
            )  # fmt: skip
        try:
            for part in parts:
                thread: dict[str, Any] = {"thread_ts": place.thread} if place.thread else {}
                await self._client.chat_postEphemeral(
                    channel=place.channel, user=outgoing.user, **part.arguments(), **thread
                )
        except SlackApiError as error:
            if errors.code(error) in NOT_THERE:
                return False
            raise
        return True

    async def _respond(self, place: Place, part: outbound.Part, *, first: bool) -> bool:
        body = {
            "response_type": "ephemeral",
            "replace_original": place.replace and first,
            **part.arguments(),
        }
        if place.thread:
            body["thread_ts"] = place.thread
        session = self._client.session
        assert session is not None  # noqa: S101 - the channel's own, see there
        try:
            async with session.post(place.url, json=body) as answer:
                return answer.status == HTTP_OK
        except (aiohttp.ClientError, TimeoutError):
            return False
