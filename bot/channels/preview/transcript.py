"""What the browser shows, in memory only: the conversations themselves are in the database.

Every change gets the next sequence number and stays in its item, so a browser that was away
catches up by asking for all items changed since the last number that it saw.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from messages.message import File, Picture

PEOPLE = 500
ITEMS = 300


@dataclass(slots=True)
class Item:
    """One bubble. ``number`` orders it, ``seq`` is its last change, ``event`` what the browser
    called it, ``html`` is safe markup."""

    id: str
    number: int
    seq: int
    user: str
    sender: Literal["me", "bot"]
    html: str
    language: str
    at: datetime
    event: str = ""
    edited: bool = False
    removed: bool = False
    file: File | None = None
    file_token: str = ""
    picture: Picture | None = None
    picture_token: str = ""
    placeholder: str = ""


@dataclass(slots=True)
class Transcripts:
    """The bubbles of everybody who chats here. The people longest silent are dropped first."""

    people: int = PEOPLE
    items: int = ITEMS
    # Ids of one run of the program never name a bubble of the next.
    epoch: str = field(default_factory=lambda: secrets.token_hex(4))
    closed: bool = False
    _seq: int = 0
    _number: int = 0
    _logs: OrderedDict[str, deque[Item]] = field(default_factory=OrderedDict)
    _bells: set[asyncio.Event] = field(default_factory=set)

    def add(
        self,
        user: str,
        sender: Literal["me", "bot"],
        html: str,
        *,
        language: str,
        at: datetime,
        event: str = "",
    ) -> Item:
        """A new bubble at the end."""
        self._number += 1
        number = self._number
        item = Item(f"{self.epoch}.{number}", number, 0, user, sender, html, language, at, event)
        self._log(user).append(item)
        self.changed(item)
        return item

    def changed(self, item: Item) -> None:
        """Tell the browsers that ``item`` is not what it was."""
        self._seq += 1
        item.seq = self._seq
        self._ring()

    def find(self, user: str, item: str | None) -> Item | None:
        """The bubble with this id, if it is one of this person's and still held."""
        return next((one for one in self._logs.get(user, ()) if one.id == item), None)

    def of_event(self, user: str, event: str) -> Item | None:
        """The bubble of an event that this browser sent before."""
        return next((one for one in self._logs.get(user, ()) if one.event == event), None)

    def file(self, token: str) -> File | None:
        """The file behind a download link."""
        held = (one for log in self._logs.values() for one in log if one.file_token == token)
        return next((one.file for one in held if token), None)

    def picture(self, token: str) -> Picture | None:
        """The picture behind an address."""
        held = (one for log in self._logs.values() for one in log if one.picture_token == token)
        return next((one.picture for one in held if token), None)

    def since(self, users: Iterable[str], seq: int) -> list[Item]:
        """These people's bubbles that changed after ``seq``, oldest change first."""
        found = (one for user in users for one in self._logs.get(user, ()) if one.seq > seq)
        return sorted(found, key=lambda one: one.seq)

    def close(self) -> None:
        """End every stream."""
        self.closed = True
        self._ring()

    @contextmanager
    def bell(self) -> Iterator[asyncio.Event]:
        """An event that is set whenever anything changed."""
        bell = asyncio.Event()
        self._bells.add(bell)
        try:
            yield bell
        finally:
            self._bells.discard(bell)

    def _ring(self) -> None:
        for bell in self._bells:
            bell.set()

    def _log(self, user: str) -> deque[Item]:
        log = self._logs.setdefault(user, deque(maxlen=self.items))
        self._logs.move_to_end(user)
        while len(self._logs) > self.people:
            self._logs.popitem(last=False)
        return log
