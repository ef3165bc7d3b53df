"""Below what is brought back: go on, not now, never; and when it will be brought up again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TypeAlias

from bot.turn.context import House
from messages.words import Words
from outreach import bringing_back_words
from outreach.reader import Reader
from storage import unfinished
from storage.database import Database, sql
from tests.fakes.chat import Chat
from tests.turn.talks import person_of, register_expat, rows

Users: TypeAlias = Callable[..., Chat]


async def left_at_the_fourth(jana: Chat) -> None:
    await register_expat(jana)
    await jana.say("/surveys")
    await jana.press("survey_formats")
    for level in ("liked", "possible", "not_for_me"):
        await jana.press(level)
    jana.now += timedelta(days=1, hours=1)


def bring_back(jana: Chat, database: Database, house: House) -> None:
    person = person_of(database)
    with database.reading() as tx:
        left = unfinished.latest(tx, [person])[person]
    me = Reader(person, "en", "Europe/Berlin", "Jana", persona="expat", organisation="cike")
    words = Words(house.blueprint.languages)
    message = bringing_back_words.unfinished(me, left, words, house.blueprint)
    assert message is not None
    jana.receive_message(message)


def surveys(database: Database) -> list[tuple[object, ...]]:
    return rows(database, "SELECT status FROM conversation WHERE flow = 'survey'")


async def test_go_on_goes_on_at_the_very_format(
    chat: Users, database: Database, house: House
) -> None:
    jana = chat()
    await left_at_the_fourth(jana)
    bring_back(jana, database, house)
    assert jana.last.buttons == ("Go on", "Not now", "No, thank you")
    await jana.press("go_on")
    assert "4 of 11" in jana.last.text


async def test_not_now_says_when_it_is_brought_up_again(
    chat: Users, database: Database, house: House
) -> None:
    jana = chat()
    await left_at_the_fourth(jana)
    bring_back(jana, database, house)
    await jana.press("later")
    assert "I'll bring it up again in a day" in jana.last.text
    assert surveys(database) == [("parked",)]
    with database.reading() as tx:
        assert unfinished.latest(tx, [person_of(database)]) != {}


async def test_later_promises_nothing_to_who_took_back_that_they_may_be_written_to(
    chat: Users, database: Database
) -> None:
    jana = chat()
    await register_expat(jana, "invitations")
    await jana.press("survey_willingness")
    await jana.say("later")
    assert "I'll bring it up again on" in jana.last.text
    await jana.press("Continue")
    with database.transaction() as tx:
        tx.run(sql("UPDATE consent SET given = :no WHERE purpose = 'invitations'"), no=False)
    await jana.say("later")
    assert "carry on whenever you like" in jana.last.text


async def test_no_thank_you_ends_it_for_good(chat: Users, database: Database, house: House) -> None:
    jana = chat()
    await left_at_the_fourth(jana)
    bring_back(jana, database, house)
    asked = jana.last
    await jana.press("noback")
    assert "I won't bring it up again" in jana.last.text
    with database.reading() as tx:
        assert unfinished.latest(tx, [person_of(database)]) == {}
    await jana.press("go_on", on=asked)
    assert "4 of 11" not in jana.last.text


async def test_nobody_ends_what_is_another_s(chat: Users, database: Database, house: House) -> None:
    jana, eva = chat(), chat(user="u2")
    await left_at_the_fourth(jana)
    await register_expat(eva, name="Eva Horváthová")
    ((number,),) = rows(database, "SELECT id FROM conversation WHERE flow = 'survey'")
    for forged in (f"=noback.{number}", "=noback.x", "=noback.", "=noback." + "9" * 40):
        await eva.send_press("m", forged)
    assert surveys(database) == [("open",)]
