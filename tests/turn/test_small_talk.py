"""A kind word back, what is open, and what is put off: read as transcripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from storage.database import Database
from tests.fakes.chat import Chat
from tests.turn.talks import count, join, register_expat, rows
from tests.turn.test_asking import to_survey_text

Users = Callable[..., Chat]


@pytest.mark.parametrize(
    ("locale", "words", "answer"),
    [
        ("en", "hi", "Hello, Jana Nováková!"), ("sk", "ďakujem pekne", "Niet za čo!"),
        ("sl", "hvala lepa", "Ni za kaj!"), ("en", "ok, thanks", "You're welcome!"),
        ("sl", "nasvidenje", "Nasvidenje!"), ("en", "❤️", "Good to hear!"),
    ],
)  # fmt: skip
async def test_a_kind_word_is_answered_and_never_goes_to_staff(
    chat: Users, database: Database, locale: str, words: str, answer: str
) -> None:
    jana = chat(locale=locale)
    await register_expat(jana)
    await jana.say("/menu")
    seen = await jana.say(words)
    assert len(seen) == 1
    assert seen[0].text.startswith(answer)
    assert seen[0].buttons
    assert count(database, "inbox") == 0


async def test_in_the_middle_of_a_question_the_question_follows(
    chat: Users, database: Database
) -> None:
    jana = chat()
    await join(jana)
    question = jana.last.text
    for words, answer in (("hi", "Hello!"), ("thanks", "You're welcome!"), ("👍", "Good")):
        await jana.say(words)
        if words != "👍":
            assert jana.last.text.startswith(answer)
        assert question.rsplit("\n", 1)[-1] in jana.last.text
    assert rows(database, "SELECT name FROM person") == [(None,)]


@pytest.mark.parametrize("words", ["later", "neskôr", "potem, prosim"])
async def test_later_parks_what_is_open_and_a_tap_goes_on(chat: Users, words: str) -> None:
    jana = chat()
    await register_expat(jana)
    await jana.press("Begin")
    await jana.press("Mentor")
    await jana.press("done")
    question = jana.last.text
    await jana.say(words)
    assert jana.last.text.startswith("Of course. Your answers are")
    await jana.press("Continue")
    assert question.rsplit("\n", 1)[-1] in jana.last.text


async def test_a_thank_you_may_be_an_answer(chat: Users, database: Database) -> None:
    jana = chat()
    await register_expat(jana)
    await to_survey_text(jana)
    await jana.say("Thanks for everything")
    assert "Thanks for everything" in str(rows(database, "SELECT value FROM answer"))


async def test_after_a_registration_that_was_left_hi_offers_to_go_on(
    chat: Users, database: Database
) -> None:
    jana = chat()
    await join(jana)
    await jana.say("cancel")
    for words in ("hi", "dobrý deň", "ok"):
        await jana.say(words)
        assert any(
            each.startswith("Continue") or each.startswith("Go on") for each in jana.last.buttons
        )
    assert count(database, "inbox") == 0
