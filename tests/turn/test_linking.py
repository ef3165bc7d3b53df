"""Codes that join nothing: one's own, and those that are over."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from messages import rich
from storage.database import Database
from tests.fakes.chat import Chat
from tests.storage.full_people import all_text
from tests.turn.talks import person_of, register_expat

Users = Callable[..., Chat]
OWN = ("person", "identity", "consent", "consent_log", "answer", "trait", "provenance")


async def code(chat: Chat) -> str:
    """A new code, as it is shown."""
    shown = await chat.say("/link")
    found = re.search(r"\b[A-Z2-9]{4}-[A-Z2-9]{4}\b", shown[0].text)
    assert found is not None
    return found[0]


async def own(jana: Chat, eva: Chat) -> str:
    return await code(eva)


async def superseded(jana: Chat, eva: Chat) -> str:
    first = await code(jana)
    await code(jana)
    return first


async def expired(jana: Chat, eva: Chat) -> str:
    found = await code(jana)
    eva.now = jana.now + timedelta(minutes=15)  # and the five seconds in which she writes
    return found


async def used(jana: Chat, eva: Chat) -> str:
    other = Chat(eva.database, eva.house, user="u3", channel="slack")
    await other.say("/start")
    found = await code(jana)
    await other.say(f"link {found}")
    assert person_of(eva.database, "u3") == person_of(eva.database, "u1")
    return found


async def mistyped(jana: Chat, eva: Chat) -> str:
    found = await code(jana)
    return ("B" if found[0] == "A" else "A") + found[1:]


@pytest.mark.parametrize(
    ("how", "answer"),
    [
        (own, "from here"),
        (superseded, "does not work"),
        (expired, "does not work"),
        (used, "does not work"),
        (mistyped, "does not work"),
    ],
)
async def test_a_code_that_joins_nothing_leaves_both_as_they_are(
    chat: Users, database: Database, how: Callable[[Chat, Chat], Awaitable[str]], answer: str
) -> None:
    jana, eva = chat(), chat(user="u2", channel="slack")
    await jana.say("/start")
    await eva.say("/start")
    given = await how(jana, eva)
    before = await database.read(all_text)
    await eva.say(f"link {given}")
    assert answer in eva.log[-1].text
    after = await database.read(all_text)
    assert {name: after[name] for name in OWN} == {name: before[name] for name in OWN}


async def test_the_open_question_comes_again_below_a_code(chat: Users) -> None:
    jana = chat()
    (asked,) = await jana.say("/start")
    shown = await jana.say("/link")
    assert [each.text for each in shown[1:]] == [asked.text]
    assert jana.last.buttons == asked.buttons


async def test_a_code_works_until_its_last_moment(chat: Users, database: Database) -> None:
    jana, eva = chat(), chat(user="u2", channel="slack")
    await jana.say("/start")
    await eva.say("/start")
    given = await code(jana)
    eva.now = jana.now + timedelta(minutes=15, seconds=-5)
    await eva.say(f"link {given}")
    assert person_of(database, "u2") == person_of(database, "u1")


async def test_the_page_of_the_one_who_gave_the_code_shows_who_they_are_now(
    chat: Users, database: Database
) -> None:
    can = frozenset({"edit", "file", "home"})
    jana, again = chat(), chat(user="u2", channel="slack", can=can)
    await register_expat(jana)
    given = await code(jana)
    await again.say("/start")
    again.home = None
    await again.say(f"link {given}")
    assert again.home is not None
    assert "Berlin" in rich.plain(again.home.text)
