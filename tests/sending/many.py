"""Planned messages for the dispatcher's tests: rows in the ledger, claimed in the simplest way."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.outgoing import Outgoing
from bot.sending.source import NothingToSend, Taken
from messages import rich
from messages.message import Message
from storage.database import Database, sql
from storage.moments import as_moment, moment
from storage.transaction import Transaction
from tests.sending.virtual import clock

OWNER = "17"
_PLAN = sql(
    "INSERT INTO delivery (channel, account, chat, user_id, lane, kind, action, target, state,"
    " owner, created_at, due_at) VALUES (:channel, '1', :chat, :chat, :lane, 'broadcast', :action,"
    " :target, :state, :owner, :now, :due) RETURNING id"
)
_DUE = sql(
    "SELECT id, chat, user_id, lane, action, target, attempts FROM delivery"
    " WHERE state = 'queued' AND lane > 0 AND channel = :channel AND account = :account"
    " AND due_at <= :now ORDER BY lane, due_at, id"
)
_TAKE = sql("UPDATE delivery SET state = 'sending', owner = :owner WHERE id = :id")
_NEXT = sql(
    "SELECT min(due_at) FROM delivery WHERE state = 'queued' AND lane > 0 AND due_at > :now"
)


@dataclass(frozen=True)
class Row:
    delivery: int
    chat: str
    user: str
    lane: int
    action: str
    target: str | None
    attempts: int


def _claim(
    tx: Transaction, owner: str, channel: str, account: str, most: int, busy: frozenset[str]
) -> tuple[list[Row], datetime | None]:
    present = moment(clock())
    taken: dict[str, Row] = {}
    for found in tx.run(_DUE, channel=channel, account=account, now=present).fetchall():
        row = Row(*found)
        if row.chat not in busy and row.chat not in taken and len(taken) < most:
            taken[row.chat] = row
            tx.run(_TAKE, owner=owner, id=row.delivery)
    due = tx.run(_NEXT, now=present).fetchone()
    return list(taken.values()), as_moment(due[0]) if due and due[0] else None


@dataclass
class Queue:
    """A Source. A message's text is its chat; ``problems`` are raised by chat; after a claim the
    next of ``losses`` is raised."""

    database: Database
    owner: str = OWNER
    problems: dict[str, Exception] = field(default_factory=dict)
    losses: list[Exception] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)

    async def take(self, channel: str, account: str, most: int, busy: frozenset[str], /) -> Taken:
        self.asked.append(most)
        rows, due = await self.database.write(_claim, self.owner, channel, account, most, busy)
        if self.losses:
            raise self.losses.pop(0)
        return Taken(rows, due)

    def message(self, item: Row, taken: Taken, /) -> tuple[Message, str | None]:
        if item.chat in self.problems:
            raise self.problems[item.chat]
        return Message(rich.paragraph(f"to {item.chat}")), item.target


@dataclass
class Platform:
    """Takes messages ``latency`` later, or raises what ``script`` says next for that chat ("*":
    for any)."""

    channel: str = "telegram"
    account: str = "1"
    latency: float = 0.001
    sent: list[str] = field(default_factory=list)
    asked: list[tuple[float, str]] = field(default_factory=list)
    script: dict[str, deque[Exception]] = field(default_factory=dict)
    hanging: asyncio.Event | None = None
    outgoing: list[Outgoing] = field(default_factory=list)

    def plan(self, chat: str, *problems: Exception) -> None:
        self.script[chat] = deque(problems)

    async def send(self, outgoing: Outgoing) -> str:
        self.asked.append((asyncio.get_running_loop().time(), outgoing.chat))
        self.outgoing.append(outgoing)
        if self.hanging is not None:
            await self.hanging.wait()
        await asyncio.sleep(self.latency)
        waiting = self.script.get(outgoing.chat) or self.script.get("*")
        if waiting:
            raise waiting.popleft()
        self.sent.append(outgoing.chat)
        return f"m{len(self.sent)}"


@dataclass
class Historian(Platform):
    """A platform that can look messages up, as Slack can: ``known`` by delivery."""

    channel: str = "slack"
    known: dict[int, bool | None] = field(default_factory=dict)
    looked_up: list[tuple[str, int]] = field(default_factory=list)

    async def settle(self, chat: str, delivery_id: int) -> bool | None:
        self.looked_up.append((chat, delivery_id))
        return self.known.get(delivery_id)


def plan(
    database: Database,
    chats: Iterable[str],
    *,
    channel: str = "telegram",
    lane: int = 3,
    state: str = "queued",
    owner: str | None = None,
    action: str = "send",
    target: str | None = None,
    after: float = 0.0,
) -> list[int]:
    """Rows for these chats; their ids."""
    present = clock()
    with database.transaction() as tx:
        return [
            int(
                (
                    tx.run(
                        _PLAN, channel=channel, chat=chat, lane=lane, state=state, owner=owner,
                        action=action, target=target, now=moment(present),
                        due=moment(present + timedelta(seconds=after)),
                    ).fetchone()
                    or (0,)
                )[0]
            )
            for chat in chats
        ]  # fmt: skip


def rows(database: Database) -> list[tuple[Any, ...]]:
    """chat, state, reason, attempts of every row."""
    query = sql("SELECT chat, state, reason, attempts FROM delivery ORDER BY id")
    with database.reading() as tx:
        return [tuple(row) for row in tx.run(query).fetchall()]


async def settled(database: Database, within: float = 10.0) -> list[tuple[Any, ...]]:
    """The rows once none of them waits or is being sent."""
    end, pause = asyncio.get_running_loop().time() + within, 0.02
    while True:
        found = rows(database)
        if not any(row[1] in ("queued", "sending") for row in found):
            return found
        assert asyncio.get_running_loop().time() < end, f"still under way: {found}"
        await asyncio.sleep(pause)
        pause = min(pause * 1.3, 0.5)


__all__ = ["OWNER", "Historian", "NothingToSend", "Platform", "Queue", "plan", "rows", "settled"]
