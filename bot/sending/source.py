"""Where messages to many come from, as the dispatcher sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from messages.message import Message


class Item(Protocol):
    """One message that was claimed: its ledger row is ``sending`` from now on."""

    @property
    def delivery(self) -> int: ...
    @property
    def chat(self) -> str: ...
    @property
    def user(self) -> str: ...
    @property
    def lane(self) -> int: ...
    @property
    def action(self) -> str: ...
    @property
    def target(self) -> str | None: ...
    @property
    def attempts(self) -> int: ...


class NothingToSend(Exception):
    """The message cannot be made; the reason is for staff."""


@dataclass(frozen=True, slots=True)
class Taken:
    """``items`` to be sent now; ``next_due`` when to ask again at the latest; ``made`` is what
    :meth:`Source.message` wants back."""

    items: Sequence[Item]
    next_due: datetime | None = None
    made: Any = None


class Source(Protocol):
    """The planned messages of the database."""

    async def take(self, channel: str, account: str, most: int, busy: frozenset[str], /) -> Taken:
        """Claim at most ``most`` messages whose turn it is, none for a ``busy`` chat and one a
        chat. They are committed as ``sending`` when this returns. Raises StorageError."""

    def message(self, item: Any, taken: Taken, /) -> tuple[Message, str | None]:
        """What to say, and the message to change or take back. Raises NothingToSend."""
