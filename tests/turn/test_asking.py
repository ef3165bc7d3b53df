"""People ask something back, in the middle of anything: answered, then the open question alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.turn import asking
from bot.turn.context import House
from flows.engine import names
from messages.errors import UnknownKey
from storage.database import Database
from tests.fakes.chat import Chat
from tests.turn.talks import count, join, register_expat, rows

Users = Callable[..., Chat]
FREE = "Yes, it's free, and it always will be."


async def to_survey_text(chat: Chat) -> None:
    """To the free text at the end of the first survey."""
    await chat.press("Begin")
    for _ in ("roles", "how often"):
        await chat.press("skip")
    await chat.press("online")


@pytest.mark.parametrize(
    ("locale", "question", "answer"),
    [
        ("en", "is this free?", FREE),
        ("en", "Hi! Does it cost anything", FREE),
        ("sk", "je to zadarmo", "Áno, je to bezplatné"),
        ("sl", "a je to zastonj?", "Da, brezplačno je"),
        ("en", "who are you", "We're Creative Industry Košice"),
        ("sk", "kto to uvidí?", "Tím organizácie"),
    ],
)
async def test_before_anything_is_agreed_to_a_question_is_answered_and_nothing_is_stored(
    chat: Users, database: Database, locale: str, question: str, answer: str
) -> None:
    jana = chat(locale=locale)
    await jana.say("/start")
    opening = jana.last
    for _ in range(2):
        seen = await jana.say(question)
        assert len(seen) == 1
        assert seen[0].text.startswith(answer)
        assert seen[0].buttons == opening.buttons
    assert count(database, "inbox") == count(database, "consent") == 0


async def test_a_stranger_s_first_word_may_be_a_question(chat: Users) -> None:
    jana = chat()
    seen = await jana.say("is this free?")
    assert seen[0].text.startswith(FREE)
    assert jana.last.buttons


async def test_only_the_open_question_is_asked_again(chat: Users, database: Database) -> None:
    jana = chat()
    await register_expat(jana)
    seen = await jana.press("Begin")
    assert "What you would do for your region" in seen[-1].text
    assert len(await jana.say("why do you ask?")) == 1
    assert jana.last.text.startswith("So that we ask you only for what you'd enjoy.")
    assert "What you would do for your region" not in jana.last.text
    assert "In what role?" in jana.last.text
    await jana.press("skip")
    stored = rows(database, "SELECT survey, question, value FROM answer ORDER BY survey")
    assert stored == [  # of the registration
        ("profile", "profession", '"product lead"'),
        ("willingness", "willingness", '"yes"'),
    ]


@pytest.mark.parametrize("question", ["why?", "prečo sa na to pýtate?", "zakaj to sprašujete"])
async def test_why_is_never_a_name(chat: Users, question: str) -> None:
    jana = chat()
    await join(jana)
    name = jana.last.text
    await jana.say(question)
    assert jana.last.text.endswith(name.rsplit("\n", 1)[-1])
    assert jana.last.text.startswith("So that we know what to call you")


async def test_what_nobody_knows_goes_to_staff_with_the_open_question(
    chat: Users, database: Database
) -> None:
    jana = chat()
    await register_expat(jana)
    await to_survey_text(jana)
    await jana.say("Who is the mayor of Košice?")
    assert jana.last.text.startswith("That I don't know. I've kept your question, but nobody")
    assert jana.last.text.endswith("Is there anything you'd like to add?")
    ((text, about),) = rows(database, "SELECT text, about FROM inbox")
    assert text == "Who is the mayor of Košice?"
    assert '"question":"Is there anything you\'d like to add?"' in str(about)
    assert '"survey":"willingness"' in str(about)


@pytest.mark.parametrize(
    "note",
    [
        "Home is where I would like to stop one day",
        "What I can do best is listen",
        "A workshop on AI?",
        "How to start a company in Germany?",
        "Ako založiť firmu v zahraničí?",
        "I could teach. Would that help?",
    ],
)
async def test_an_ordinary_answer_is_taken(chat: Users, database: Database, note: str) -> None:
    jana = chat()
    await register_expat(jana)
    await to_survey_text(jana)
    await jana.say(note)
    found = rows(database, "SELECT value FROM answer WHERE question = 'note'")
    assert note in str(found[0][0])
    assert count(database, "inbox") == 0


async def test_without_an_open_question_the_answer_stands_alone(chat: Users) -> None:
    jana = chat()
    await register_expat(jana)
    seen = await jana.say("how long do you keep my data?")
    assert len(seen) == 1
    assert seen[0].text.endswith("until 31 December 2028 at the latest.")
    assert seen[0].buttons == ("Menu",)


async def test_what_a_page_tells_is_shown(chat: Users, database: Database) -> None:
    jana = chat(locale="sk")
    await register_expat(jana)
    await jana.say("čo o mne viete?")
    assert any(each.message.file is not None for each in jana.log)
    await jana.say("kedy je ďalšie podujatie?")
    assert "podujati" in jana.last.text
    assert count(database, "inbox") == 0


def test_every_flow_says_why_it_asks(house: House) -> None:
    for flow in names():
        area = next((area for begins, area in asking.AREAS if flow.startswith(begins)), flow)
        for language in house.words.languages:
            try:
                assert house.words.text(f"why.{area}", language)
            except UnknownKey:
                pytest.fail(f"why.j2 says nothing of {flow}")
