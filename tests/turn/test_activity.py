"""When somebody was here last is written at most once an hour."""

from __future__ import annotations

from datetime import timedelta

from bot.turn.context import House
from storage.database import Database
from storage.moments import as_moment
from storage.statements import sql
from tests.fakes.chat import START, Chat
from tests.turn.talks import rows

NEVER_SEEN = sql("UPDATE person SET last_active_at = NULL")


def _seen(database: Database) -> timedelta:
    (value,) = rows(database, "SELECT last_active_at FROM person")[0]
    return as_moment(value) - START


async def test_activity_is_noted_again_after_an_hour(database: Database, house: House) -> None:
    chat = Chat(database, house)
    await chat.say("/start")
    first = _seen(database)
    chat.now += timedelta(minutes=30)
    await chat.press("start")
    assert _seen(database) == first
    chat.now += timedelta(minutes=31)
    await chat.press("agree")
    assert _seen(database) - first >= timedelta(minutes=61)


async def test_activity_of_somebody_never_seen_is_noted(database: Database, house: House) -> None:
    chat = Chat(database, house)
    await chat.say("/start")
    with database.transaction() as tx:
        tx.run(NEVER_SEEN)
    await chat.press("start")
    assert _seen(database) >= timedelta(0)
