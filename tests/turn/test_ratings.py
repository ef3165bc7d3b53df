"""Ratings in the chat: one format a screen, in the same message, and what was tapped is kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TypeAlias

from bot.turn.context import House
from storage.database import Database
from tests.fakes.chat import Chat
from tests.turn.talks import register_expat, rows

Users: TypeAlias = Callable[..., Chat]
FORMATS = 11


async def at_the_formats(jana: Chat) -> None:
    await register_expat(jana)
    await jana.say("/surveys")
    await jana.press("survey_formats")


def stored(database: Database) -> list[tuple[object, ...]]:
    return rows(database, "SELECT value FROM answer WHERE question = 'formats'")


async def test_a_format_a_screen_one_tap_each_in_one_message(
    chat: Users, database: Database, house: House
) -> None:
    jana = chat()
    await at_the_formats(jana)
    screen, texts = jana.last, []
    formats = house.blueprint.formats
    assert jana.last.buttons[:4] == ("👍 I like it", "👌 Possible", "✖️ Not for me", "Skip")
    for number, each in enumerate(formats, 1):
        assert f"{each.label['en']} · {number} of {FORMATS}" in screen.text
        assert (each.hint["en"] if each.hint else "") in screen.text
        texts.append(screen.text)
        await jana.press("liked" if number % 2 else "not_for_me", on=screen)
    assert [text for text in jana.log if "of 11" in text.text] == []
    assert len(set(texts)) == FORMATS
    assert "👍 " in screen.text
    assert "✖️ " in screen.text
    assert screen.buttons == ()
    assert "What could you talk about?" in jana.last.text
    await jana.press("skip")
    ((value,),) = stored(database)
    assert str(value).count("liked") == 6
    assert str(value).count("not_for_me") == 5


async def test_what_was_tapped_is_there_after_days_and_another_question(
    chat: Users, database: Database
) -> None:
    jana = chat()
    await at_the_formats(jana)
    old = jana.last
    for level in ("liked", "possible", "not_for_me"):
        await jana.press(level)
    await jana.say("/menu")
    jana.now += timedelta(days=9)
    await jana.say("/surveys")
    await jana.press("survey_formats")
    assert "4 of 11" in jana.last.text
    moved = await jana.press("liked", on=old)
    assert "4 of 11" in moved[-1].text
    await jana.press("back")
    assert "3 of 11" in jana.last.text
    assert jana.last.find("not_for_me").mark == "on"
    await jana.press("done")
    await jana.press("skip")
    ((value,),) = stored(database)
    assert (
        str(value) == '{"ted_talk":"liked","networking":"possible","online_mentoring":"not_for_me"}'
    )


async def test_the_second_of_a_double_tap_rates_nothing_more(chat: Users) -> None:
    jana = chat()
    await at_the_formats(jana)
    widget = jana.last.widget
    assert widget is not None
    for press in ("+ted_talk~liked", "+ted_talk~liked", "/networking", "/networking"):
        await jana.send_press(widget.ref, press, message=jana.last.id)
    assert "3 of 11" in jana.last.text


async def test_words_rate_what_is_shown(chat: Users, database: Database) -> None:
    jana = chat()
    await at_the_formats(jana)
    for typed, number in (("👍", 2), ("not for me", 3), ("skip", 4), ("back", 3), ("skip", 4)):
        await jana.say(typed)
        assert f"{number} of 11" in jana.last.text
    await jana.say("all the rest 👌")
    await jana.press("skip")
    ((value,),) = stored(database)
    assert str(value).count("possible") == FORMATS - 2
