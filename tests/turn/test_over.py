"""On the last day of the programme and after it: nobody new, and nothing kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.turn.context import House
from storage import layout
from storage.database import Database
from storage.statements import sql
from tests.fakes.chat import Chat
from tests.outreach import sending
from tests.turn.talks import register_expat

EVE = datetime(2028, 12, 30, 22, 30, tzinfo=UTC)  # half past eleven at night in Bratislava
DAY = EVE + timedelta(hours=1)


def filled(database: Database) -> set[str]:
    with database.reading() as tx:
        return {
            each.name
            for each in layout.tables()
            if tx.run(sql(f"SELECT 1 FROM {each.name} LIMIT 1")).fetchone()
        }


@pytest.mark.parametrize(
    ("locale", "words"),
    [("en", "Expats for home has ended."), ("sk", "Program Expati pre domov sa skončil."),
     ("sl", "Program Izseljenci za domovino se je končal.")],
)  # fmt: skip
async def test_a_stranger_is_told_kindly_and_stays_one(
    database: Database, house: House, locale: str, words: str
) -> None:
    chat = Chat(database, house, locale=locale, now=DAY)
    for said in ("/start", "Hello?", "/start ev_abc", "/staff", "/link"):
        await chat.say(said)
        assert chat.last.text.splitlines()[0] == words
        assert "privacy.cike@example.org" in chat.last.text
        assert chat.last.buttons == ()
    assert filled(database) <= {"received", "alembic_version"}


async def test_until_midnight_of_the_day_before_people_register(
    database: Database, house: House
) -> None:
    chat = Chat(database, house, now=EVE)
    await chat.say("/start")
    assert "has ended" not in chat.last.text
    chat.now = DAY  # in the middle of it
    await chat.say("hello")
    assert "has ended" in chat.last.text


async def test_who_is_registered_looks_after_their_data_until_they_are_erased(
    database: Database, house: House
) -> None:
    chat = Chat(database, house, now=EVE)
    await register_expat(chat)
    chat.now = DAY
    await chat.say("/mydata")
    assert "has ended" not in chat.last.text


async def test_who_never_finished_can_still_see_and_erase_what_there_is(
    database: Database, house: House
) -> None:
    with database.transaction() as tx:
        number = sending.put(tx, "person", status="joining", language="en", created_at=EVE)
        sending.identity(tx, number, "preview", account="local", user_id="u1", chat_id="u1")
    chat = Chat(database, house, now=DAY)
    await chat.say("/profile")
    assert "has ended" in chat.last.text
    await chat.say("/forget")
    await chat.press("Yes, erase it")
    await chat.press("yes", chat.last)
    assert "has been erased" in chat.last.text
    assert "person" not in filled(database)


async def test_a_region_without_a_last_day_goes_on(database: Database, house: House) -> None:
    programme = house.blueprint.programme.model_copy(update={"ends_on": None})
    endless = house.blueprint.model_copy(update={"programme": programme})
    chat = Chat(database, replace(house, blueprint=endless), now=DAY)
    await chat.say("/start")
    assert "has ended" not in chat.last.text
