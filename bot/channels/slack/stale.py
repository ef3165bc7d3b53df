"""Buttons below a question that was answered in words are taken away, once the next is asked.

A press says which message it was on, and the turn tidies that up itself; words don't. What was
asked last in each chat is remembered here, in memory: after a restart its buttons stay, and are
answered kindly as ever.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import replace

import structlog
from slack_sdk.errors import SlackApiError

from bot.channels.slack import outbound
from bot.channels.slack.errors import NETWORK
from bot.channels.slack.outbound import Part
from bot.channels.slack.tiers import LimitedClient
from bot.outgoing import TooFast
from messages.message import Message

CHATS = 5000  # whose last question is remembered
UPDATE = "chat.update"

log = structlog.get_logger(__name__)


class Stale:
    """The open questions of one workspace's chats, each with what it shows without its buttons."""

    def __init__(self, client: LimitedClient) -> None:
        self._client = client
        self._open: OrderedDict[str, tuple[str, Part]] = OrderedDict()  # chat -> message id, bare
        self._tidying: set[asyncio.Task[None]] = set()

    def asked(self, message_id: str, message: Message) -> None:
        """A new message stands in a chat. If it asks something, the one before is over: its buttons
        go, unless that would have to wait."""
        if not is_question(message):
            return
        chat, _, _ = message_id.partition(":")
        before = self._open.pop(chat, None)
        bare = outbound.parts(replace(message, widget=None))
        if bare:
            self._open[chat] = (message_id, bare[-1])
            if len(self._open) > CHATS:
                self._open.popitem(last=False)
        if before is not None and self._client.tiers.spare(UPDATE):
            task = asyncio.ensure_future(self._bare(*before))
            self._tidying.add(task)
            task.add_done_callback(self._tidying.discard)

    def changed(self, message_id: str, message: Message) -> None:
        """A message was changed: one that asks nothing any more needs no tidying."""
        chat, _, _ = message_id.partition(":")
        known = self._open.get(chat)
        if known is not None and known[0] == message_id and not is_question(message):
            del self._open[chat]

    async def _bare(self, message_id: str, part: Part) -> None:
        channel, _, ts = message_id.partition(":")
        try:
            await self._client.chat_update(channel=channel, ts=ts, **part.arguments())
        except (SlackApiError, TooFast, *NETWORK) as error:
            log.debug("an old question keeps its buttons", error=type(error).__name__)


def is_question(message: Message) -> bool:
    """Whether a message asks something of a conversation: its buttons are over with the answer."""
    return message.widget is not None and "." in message.widget.ref
