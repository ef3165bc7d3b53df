"""A bot as the server knows it: its names, commands, chats, queue and webhook."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.telegram import clock
from tests.fakes.telegram.chat import Chat, Document, Shown
from tests.fakes.telegram.limits import RateLimits
from tests.fakes.telegram.updates import Updates


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it came: ``params`` checked and typed; ``code`` 200 or the error's."""

    method: str
    params: dict[str, Any]
    bot: int
    at: float  # clock.now()
    code: int
    description: str = ""


@dataclass(slots=True)
class Webhook:
    url: str
    secret: str | None
    max_connections: int
    last_error: str = ""


@dataclass(slots=True)
class Query:
    """A button press that waits for answerCallbackQuery."""

    pressed: float
    answer: dict[str, Any] | None = None


@dataclass(slots=True)
class Bot:
    token: str
    username: str
    name: str = "Test bot"
    chats: dict[int, Chat] = field(default_factory=dict)
    updates: Updates = field(default_factory=Updates)
    webhook: Webhook | None = None
    commands: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)
    menu_button: dict[str, Any] = field(default_factory=lambda: {"type": "default"})
    texts: dict[tuple[str, str], str] = field(default_factory=dict)  # (what, language)
    files: dict[str, Document] = field(default_factory=dict)  # by file_id
    queries: dict[str, Query] = field(default_factory=dict)
    rate_limits: RateLimits | None = None
    query_lifetime: float = 15.0
    _message_ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _query_ids: itertools.count[int] = field(default_factory=lambda: itertools.count(10**17))

    @property
    def id(self) -> int:
        return int(self.token.partition(":")[0])

    def json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "is_bot": True,
            "first_name": self.name,
            "username": self.username,
        }

    def new_message(self, chat: Chat, *, by_bot: bool, text: str = "") -> Shown:
        message = Shown(next(self._message_ids), chat.id, by_bot, int(time.time()), text)
        chat.messages[message.id] = message
        return message

    def new_query(self) -> str:
        query_id = str(next(self._query_ids))
        self.queries[query_id] = Query(clock.now())
        return query_id

    def message_json(self, message: Shown) -> dict[str, Any]:
        """The message as a Bot API Message."""
        chat = self.chats[message.chat_id]
        body: dict[str, Any] = {
            "message_id": message.id,
            "from": self.json() if message.by_bot else chat.person,
            "chat": chat.json(),
            "date": message.date,
            **message.extra,
        }
        if message.document:
            body["document"] = {
                "file_id": f"file-{message.document.sha}",
                "file_unique_id": message.document.sha,
                "file_name": message.document.name,
                "mime_type": message.document.media_type,
                "file_size": len(message.document.content),
            }
        if message.photo:
            file = {"file_id": f"file-{message.photo.sha}", "file_unique_id": message.photo.sha}
            body["photo"] = [
                {**file, "file_id": f"small-{message.photo.sha}", "width": 90, "height": 60},
                {**file, "width": 900, "height": 600, "file_size": len(message.photo.content)},
            ]
        captioned = bool(message.document or message.photo) or "caption" in message.extra
        if message.text:
            body["caption" if captioned else "text"] = message.text
        if message.entities:
            body["caption_entities" if captioned else "entities"] = message.entities
        if message.rows:
            keyboard = [[button.json() for button in row] for row in message.rows]
            body["reply_markup"] = {"inline_keyboard": keyboard}
        if message.edits:
            body["edit_date"] = message.date
        return body
