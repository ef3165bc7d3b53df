"""The smallest parts around one piece of sending: a database that only notes what it is given."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.outgoing import Action, Outgoing
from bot.sending.account import Account
from bot.sending.ledger import Ledger
from bot.sending.limits import Limits
from messages import rich
from messages.message import Message
from storage.errors import CannotWrite, StorageError
from storage.outbox import Settled
from tests.sending.many import OWNER, Platform
from tests.sending.virtual import clock

AWAY = CannotWrite("the database is away")


@dataclass
class Notebook:
    """Stands for the database: notes every unit with its arguments. ``troubles`` are raised first,
    ``answers`` given by the name of the unit; a unit takes ``slow`` seconds."""

    written: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    troubles: deque[StorageError] = field(default_factory=deque)
    answers: dict[str, Any] = field(default_factory=dict)
    slow: float = 0.0
    dialect: str = "sqlite"

    async def write(self, unit: Callable[..., Any], *args: Any) -> Any:
        self.times.append(loop_time())
        if self.slow:
            await asyncio.sleep(self.slow)
        if self.troubles:
            raise self.troubles.popleft()
        self.written.append((unit.__name__, args))
        return self.answers.get(unit.__name__)

    async def read(self, unit: Callable[..., Any], *args: Any) -> Any:
        return await self.write(unit, *args)

    def of(self, name: str) -> list[tuple[Any, ...]]:
        """The arguments of each such unit."""
        return [args for unit, args in self.written if unit == name]

    @property
    def settled(self) -> list[Settled]:
        """All results, in the order in which they were recorded."""
        return [each for results, _ in self.of("settle") for each in results]


def ledger(notebook: Notebook, recorded: Callable[[Sequence[int]], None] | None = None) -> Ledger:
    """A ledger that writes into it."""
    return Ledger(notebook, OWNER, clock, recorded)  # type: ignore[arg-type]


def account(platform: Platform | None = None, **limits: Any) -> Account:
    return Account(platform or Platform(), Limits(**limits))


def message(
    chat: str, delivery: int = 0, action: Action = Action.SEND, target: str | None = None
) -> Outgoing:
    said = Message(rich.paragraph(f"to {chat}"))
    return Outgoing(action, chat, f"u{chat}", said, target, delivery=delivery)


def loop_time() -> float:
    return asyncio.get_running_loop().time()
