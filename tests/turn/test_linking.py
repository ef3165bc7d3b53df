"""Codes that join nothing: one's own, and those that are over."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from messages import rich
from storage.database import Database
from tests.fakes.chat import Chat
from tests.storage.full_people import all_text
from tests.turn.talks import register_expat, rows
from tests.turn.two_accounts import YES, code, level

Users = Callable[..., Chat]
OWN = ("person", "identity", "consent", "consent_log", "answer", "trait", "provenance")


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
    return found


async def mistyped(jana: Chat, eva: Chat) -> str:
    found = await code(jana)
    return ("B" if found[0] == "A" else "A") + found[1:]


@pytest.mark.parametrize(
    ("how", "answer"),
    [
        (own, "made here"),
        (superseded, "doesn't work"),
        (expired, "doesn't work"),
        (used, "doesn't work"),
        (mistyped, "doesn't work"),
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
    assert [each.text for each in shown[1:]] == ["Ready to start? A yes or no will do."]
    assert jana.last.buttons == asked.buttons


async def test_the_page_of_an_account_shows_whose_it_is_now(
    chat: Users, database: Database
) -> None:
    can = frozenset({"edit", "file", "home"})
    jana, again = chat(), chat(user="u2", channel="slack", can=can)
    await register_expat(jana)
    await again.say("/start")
    given = await code(again)
    level(jana, again)
    await jana.say(f"link {given}")
    await jana.press(YES)
    again.home = None
    number = rows(database, "SELECT id FROM joining")[0][0]
    await again.send_press("m", f"=link.yes_{number}")
    assert again.home is not None
    assert "Berlin" in rich.plain(again.home.text)
