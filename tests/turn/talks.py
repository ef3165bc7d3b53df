"""Whole conversations, to begin tests with."""

from __future__ import annotations

from typing import Any

from storage.database import Database, sql
from tests.fakes.chat import Chat


def rows(database: Database, query: str) -> list[tuple[Any, ...]]:
    """What a query finds."""
    with database.reading() as tx:
        return [tuple(row) for row in tx.run(sql(query)).fetchall()]


def count(database: Database, table: str) -> int:
    """How many rows a table has."""
    return int(rows(database, f"SELECT count(*) FROM {table}")[0][0])


def person_of(database: Database, user: str = "u1") -> int:
    """The number of the person behind a user."""
    return int(rows(database, f"SELECT person_id FROM identity WHERE user_id = '{user}'")[0][0])


async def join(chat: Chat, persona: str = "expat") -> None:
    """From /start to the first question of the registration."""
    await chat.say("/start")
    await chat.press("start")
    await chat.press("agree")
    await chat.press(persona)


async def allow(chat: Chat, *purposes: str) -> None:
    """Tick the other consents, and send them off."""
    for purpose in purposes:
        await chat.press(purpose)
    await chat.press("done")


async def register_expat(
    chat: Chat,
    *purposes: str,
    name: str = "Jana Nováková",
    profession: str = "product lead",
) -> None:
    """A product lead in Berlin, to the offer of the first survey."""
    await join(chat)
    await chat.say(name)
    await chat.press("kosice")
    await chat.say("Berlin")
    await chat.say(profession)
    await chat.press("it")
    await chat.press("yes")
    await allow(chat, *purposes)
    await chat.press("done")


async def complete_expat(chat: Chat) -> None:
    """What a product lead in Berlin adds to their profile."""
    await chat.say("/complete")
    await chat.say("2015")
    await chat.press("skip")
    await chat.say("I bring people together")
    await chat.press("skip")
    await chat.say("jana@example.com")
    await chat.press("en")
    await chat.press("sk")
    await chat.press("done")


async def register_local(chat: Chat, *purposes: str) -> None:
    """An entrepreneur in Kranj, to the offer of the first survey."""
    await join(chat, persona="local")
    await chat.say("Matej Kranjc")
    await chat.say("Kranj")
    await chat.press("entrepreneur")
    await chat.press("mentor")
    await chat.press("done")
    await allow(chat, *purposes)
    await chat.press("done")


async def answer_survey(chat: Chat, survey: str, taps: int = 2) -> None:
    """Answer a survey with whatever comes first."""
    await chat.press(f"survey_{survey}")
    await answer_open(chat, taps)


async def answer_open(chat: Chat, taps: int = 2) -> None:
    """Answer what is open with whatever comes first."""
    while True:
        widget = chat.last.widget
        if widget is None or widget.ref == "m":
            return
        controls = {option.key for option in widget.controls}
        if "done" in controls and widget.options:
            for option in widget.options[:taps]:
                await chat.press(option.key)
            await chat.press("done")
        elif widget.options:
            await chat.press(widget.options[0].key)
        elif "skip" in controls:
            await chat.press("skip")
        else:
            await chat.say("Something")
