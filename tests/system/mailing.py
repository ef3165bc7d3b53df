"""A broadcast on the whole product: people to write to, staff on the command line, who got what."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta

from storage.database import Database, sql
from storage.moments import moment
from tests.fakes.slack.state import TEAM
from tests.system.world import World
from tests.waiting import PATIENCE, until

KEY = "brunch"
FIRST = 100_001  # the first recipient's id on Telegram
TEXT = """\
---
key: brunch
title: Brunch
---
# en
Hello {{ name }}, on Thursday we meet in **Tabačka**. Will you come?
"""
_PERSON = sql(
    "INSERT INTO person (organisation, persona, status, language, name, country, timezone,"
    " created_at) VALUES ('cike', 'expat', 'active', 'en', :name, 'DE', :zone, :at) RETURNING id"
)
_IDENTITY = sql(
    "INSERT INTO identity (person_id, channel, account, user_id, chat_id, created_at)"
    " VALUES (:person, :channel, :account, :user, :user, :at)"
)
_CONSENT = sql(
    "INSERT INTO consent (person_id, purpose, given, notice_version, at)"
    " VALUES (:person, 'invitations', :given, 'test', :at)"
)


def now(after: float = 0.0) -> datetime:
    """The present moment, or so many seconds later."""
    return datetime.now(UTC) + timedelta(seconds=after)


def noon(at: datetime) -> str:
    """A zone where it is about noon: nobody is asleep."""
    hours = at.hour - 12
    return f"Etc/GMT{hours:+d}" if hours else "UTC"


def enrol(world: World, channel: str, number: int) -> list[str]:
    """So many people who agreed to invitations; their ids on the platform."""
    at, zone = moment(now()), noon(now())
    users = [str(FIRST + index) for index in range(number)]
    if channel == "slack":
        users = [f"U{user}" for user in users]
    account = TEAM if channel == "slack" else world.telegram.token.partition(":")[0]
    database = Database.open(world.url)
    try:
        with database.transaction() as tx:
            for user in users:
                row = tx.run(_PERSON, name=f"Jana {user}", zone=zone, at=at).fetchone()
                assert row is not None
                person = int(row[0])
                tx.run(_IDENTITY, person=person, channel=channel, account=account, user=user, at=at)
                tx.run(_CONSENT, person=person, given=True, at=at)
    finally:
        database.close()
    for user in users:
        if channel == "slack":
            world.slack.user(user, name=f"Jana {user}")
        else:
            world.telegram.user(int(user), f"Jana {user}").open()
    return users


async def domov(world: World, *words: str) -> str:
    """A command of the staff; what it prints."""
    if not world.programs:
        world.new_program()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *words,
        cwd=world.folder, env=world.program.environment, stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    assert process.returncode == 0, (words, out.decode(), err.decode())
    return out.decode()


async def send(world: World, audience: str = "", text: str = TEXT) -> None:
    """Write a broadcast and send it: planned and sent by the running program, or the next."""
    file = world.folder / "brunch.md"
    file.write_text(text, encoding="utf-8")
    create = ("broadcast", "create", str(file), "--organisation", "cike", "--audience", audience)
    await domov(world, *create)
    await domov(world, "broadcast", "send", KEY, "--yes")


def posts(world: World) -> Counter[str]:
    """How often the platforms were asked to show something, by chat, whatever they answered."""
    asked: Counter[str] = Counter()
    for call in world.telegram.called("sendMessage"):
        asked[str(call.params["chat_id"])] += 1
    return asked


def shown(world: World) -> Counter[str]:
    """How many messages of the broadcast each Telegram chat shows."""
    chats = world.telegram.bot.chats.values()
    return Counter(
        str(chat.id)
        for chat in chats
        for message in chat.messages.values()
        if message.by_bot and "Tabačka" in message.text
    )


def states(world: World) -> dict[str, tuple[str, str | None]]:
    """Chat -> state and reason of its row."""
    rows = world.rows("SELECT chat, state, reason FROM delivery WHERE kind = 'broadcast'")
    assert len({row[0] for row in rows}) == len(rows)
    return {str(chat): (state, reason) for chat, state, reason in rows}


def in_state(world: World, *wanted: str) -> int:
    rows = world.rows(
        "SELECT state, count(*) FROM delivery WHERE kind = 'broadcast' GROUP BY state"
    )
    return sum(int(count) for state, count in rows if state in wanted)


async def over(world: World, number: int) -> None:
    """Until each of ``number`` rows is in a final state."""
    final = ("sent", "failed", "unknown", "expired", "cancelled")
    await until(lambda: in_state(world, *final) == number, within=2 * PATIENCE)
