"""Words on a button that is in sight, its place, and the names of languages, typed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.turn.context import House
from storage.database import Database
from tests.fakes.chat import Chat
from tests.outreach.sending import delivery
from tests.turn.talks import join, person_of, register_expat, rows
from tests.turn.test_events import invited, planned

Users = Callable[..., Chat]


@pytest.mark.parametrize("said", ["Begin", "begin!", "1", "first", "the first one", "prvá"])
async def test_the_offer_of_a_survey_is_taken_by_its_words_or_place(chat: Users, said: str) -> None:
    jana = chat()
    await register_expat(jana)
    assert jana.last.buttons == ("Begin", "Later")
    await jana.say(said)
    assert "In what role?" in jana.last.text


@pytest.mark.parametrize(("locale", "said"), [("en", "later"), ("sk", "neskôr"), ("sl", "2")])
async def test_or_left_for_later(chat: Users, database: Database, locale: str, said: str) -> None:
    jana = chat(locale=locale)
    await register_expat(jana)
    await jana.say(said)
    assert rows(database, "SELECT count(*) FROM inbox") == [(0,)]
    assert len(jana.last.buttons) > 5


async def test_the_menu_by_words_and_places(chat: Users) -> None:
    jana = chat()
    await register_expat(jana)
    await jana.say("menu")
    await jana.say("Pause messages")
    assert "pause messages" in jana.last.text
    await jana.say("cancel")
    await jana.say("the last one")
    assert "Expats for home" in jana.last.text


async def test_an_invitation_is_answered_by_the_words_on_its_buttons(
    chat: Users, database: Database, house: House
) -> None:
    jana = chat()
    await register_expat(jana, "invitations")
    event = planned(database)
    invited(jana, event, house)
    with database.transaction() as tx:
        about = {"event_id": event.id, "state": "sent", "sent_at": jana.now + timedelta(hours=1)}
        delivery(tx, person_of(database), "invitation", **about)
    jana.now += timedelta(hours=2)
    await jana.say("Maybe")
    assert rows(database, "SELECT state FROM rsvp") == [("maybe",)]


async def test_a_place_that_is_none_is_no_button(chat: Users, database: Database) -> None:
    jana = chat()
    await register_expat(jana)
    await jana.say("7")
    assert rows(database, "SELECT text FROM inbox") == [("7",)]


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("slovensky", "Ako"), ("po slovensky, prosím", "Ako"), ("slovenščina", "Kako"),
        ("in Slovenian please", "Kako"), ("v slovenščini prosim", "Kako"), ("English", "What"),
    ],
)  # fmt: skip
async def test_a_language_is_changed_at_any_moment_by_its_name(
    chat: Users, database: Database, said: str, answer: str
) -> None:
    jana = chat(locale="en" if answer != "What" else "sl")
    await join(jana)
    await jana.say(said)
    assert re.search(rf"\b{answer}\b", jana.last.text)
    assert rows(database, "SELECT count(*) FROM person WHERE name IS NOT NULL") == [(0,)]


async def test_a_language_that_is_an_answer_is_one(chat: Users) -> None:
    jana = chat(locale="sk")
    await join(jana)
    await jana.say("Jana")
    await jana.press("kosice")
    await jana.say("Slovensko")
    assert "mest" in jana.last.text


async def test_a_button_s_words_are_no_question(chat: Users) -> None:
    jana = chat()
    await jana.say("/start")
    await jana.press("What happens to my data?")
    pressed = jana.last.text
    jana = chat(user="u2")
    await jana.say("/start")
    await jana.say("What happens to my data?")
    assert jana.last.text == pressed
