"""Something has changed: what is meant is shown, and changed after a tap."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from storage.database import Database
from tests.fakes.chat import Chat
from tests.turn.talks import count, register_expat, rows

PROFESSION = "SELECT value FROM answer WHERE survey = 'profile' AND question = 'profession'"
Users = Callable[..., Chat]


def lives(database: Database) -> list[tuple[str, str, str]]:
    return [tuple(each) for each in rows(database, "SELECT city, country, timezone FROM person")]


@pytest.mark.parametrize(
    ("locale", "words", "asked"),
    [
        ("en", "I moved to Vienna", "So you live in Vienna, Austria now."),
        ("sk", "presťahovala som sa do Viedne", "Teraz teda žijete tu: Viedeň, Rakúsko."),
        ("sl", "Preselila sem se na Dunaj", "Zdaj torej živite tukaj: Dunaj, Avstrija."),
    ],
)
async def test_a_move_is_confirmed_by_a_tap(
    chat: Users, database: Database, locale: str, words: str, asked: str
) -> None:
    jana = chat(locale=locale)
    await register_expat(jana)
    await jana.say(words)
    assert jana.last.text.startswith(asked)
    assert lives(database) == [("Berlin", "DE", "Europe/Berlin")]
    await jana.press(jana.last.buttons[0])
    assert lives(database) == [("Vienna", "AT", "Europe/Vienna")]
    assert count(database, "inbox") == 0


async def test_a_no_changes_nothing(chat: Users, database: Database) -> None:
    jana = chat()
    await register_expat(jana)
    await jana.say("I've moved to Vienna")
    await jana.say("no")
    assert jana.last.text == "All right, nothing has changed."
    assert lives(database) == [("Berlin", "DE", "Europe/Berlin")]


@pytest.mark.parametrize("words", ["I have a new job", "nová práca", "nova služba"])
async def test_a_new_job_opens_its_line(chat: Users, database: Database, words: str) -> None:
    jana = chat()
    await register_expat(jana)
    before = rows(database, PROFESSION)
    seen = await jana.say(words)
    assert len(seen) == 1
    assert seen[0].text.startswith("Thanks for telling me.")
    await jana.say("head of product")
    await jana.press("done")
    assert before == [('"product lead"',)]
    assert rows(database, PROFESSION) == [('"head of product"',)]


async def test_a_town_that_nobody_knows_opens_the_line(chat: Users) -> None:
    jana = chat()
    await register_expat(jana)
    await jana.say("I moved to Xyzzyland")
    assert jana.last.text.startswith("Thanks for telling me.")


async def test_a_forged_press_changes_nothing(chat: Users, database: Database) -> None:
    jana = chat()
    await register_expat(jana)
    for press in ("=changed", "=changed.place.x", "=changed.place.1", "=changed.name.2761369"):
        await jana.send_press("m", press)
    assert lives(database) == [("Berlin", "DE", "Europe/Berlin")]
