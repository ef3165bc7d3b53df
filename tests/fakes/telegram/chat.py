"""What a private chat holds: messages as both sides see them."""

from __future__ import annotations

import asyncio
import copy
import hashlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Button:
    text: str
    data: str | None = None
    url: str | None = None

    def json(self) -> dict[str, str]:
        extra = {"callback_data": self.data} if self.data is not None else {"url": self.url or ""}
        return {"text": self.text, **extra}


@dataclass(frozen=True, slots=True)
class Document:
    name: str
    media_type: str
    content: bytes

    @property
    def sha(self) -> str:
        return hashlib.sha256(self.content).hexdigest()[:20]


@dataclass(slots=True)
class Shown:
    """A message in a chat window. ``html`` is the text as the bot sent it, before parsing;
    ``edits`` counts the changes made to it; ``by_bot`` tells the side."""

    id: int
    chat_id: int
    by_bot: bool
    date: int
    text: str = ""
    html: str = ""
    entities: list[dict[str, Any]] = field(default_factory=list)
    rows: list[list[Button]] = field(default_factory=list)
    document: Document | None = None
    photo: Document | None = None
    options: dict[str, Any] = field(default_factory=dict)
    keyboard: str = ""  # "reply" when sent with a reply keyboard: such a message can't be edited
    edits: int = 0
    deleted: bool = False
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def buttons(self) -> list[str]:
        """The labels, row after row."""
        return [button.text for button in self.every_button()]

    def every_button(self) -> Iterator[Button]:
        for row in self.rows:
            yield from row

    def find(self, label: str) -> Button | None:
        """The button with this label; else the first that begins with it, else contains it."""
        buttons = list(self.every_button())
        for fits in (str.__eq__, str.startswith, str.__contains__):
            for button in buttons:
                if fits(button.text, label):
                    return button
        return None

    def __str__(self) -> str:
        side = "bot" if self.by_bot else "you"
        mark = f" (edited {self.edits}x)" if self.edits else ""
        lines = [f"#{self.id} {side}{mark}: {self.text}"]
        lines += ["    " + " ".join(f"[{button.text}]" for button in row) for row in self.rows]
        return "\n".join(lines)


@dataclass(slots=True)
class Chat:
    """One private chat, or a group that the bot is in: everything said."""

    person: dict[str, Any]  # a Bot API User; of a group its id and title
    messages: dict[int, Shown] = field(default_factory=dict)
    open: bool = False  # the person has written to the bot
    blocked: bool = False
    deactivated: bool = False
    news: deque[Shown] = field(default_factory=deque)  # snapshots of what the bot did, in order
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def id(self) -> int:
        return int(self.person["id"])

    def json(self) -> dict[str, Any]:
        if self.id < 0:
            return {"type": "supergroup", "id": self.id, "title": self.person["title"]}
        wanted = ("id", "first_name", "last_name", "username")
        return {"type": "private", **{k: v for k, v in self.person.items() if k in wanted}}

    def happened(self, message: Shown) -> None:
        """The bot sent or changed a message: whoever waits in ``expect`` hears of it."""
        self.news.append(copy.copy(message))
        self.changed.set()
