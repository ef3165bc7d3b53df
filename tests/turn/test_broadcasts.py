"""A quick question below a broadcast, answered in the conversation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.turn.context import House
from messages.base36 import base36
from outreach.broadcasts import life
from outreach.broadcasts.rendering import render
from outreach.reader import Reader
from storage import broadcasts
from storage.broadcasts import BroadcastRow
from storage.database import Database
from tests.fakes.chat import START, Chat, Shown
from tests.outreach.broadcasts.writing import ADMIN, QUESTION, draft
from tests.outreach.sending import delivery
from tests.turn.talks import person_of, register_expat, rows

Users = Callable[..., Chat]


def asked(
    database: Database, chat: Chat, house: House, **values: Any
) -> tuple[BroadcastRow, Shown]:
    """A broadcast with a quick question, delivered to the person of this chat."""
    row = draft(database, START, **{"question": QUESTION, **values})
    person = person_of(database, chat.user)
    with database.transaction() as tx:
        delivery(tx, person, broadcast_id=row.id, state="sent", message="m", due_at=START)
    reader = Reader(person, chat.locale or "en", "Europe/Berlin", name="Jana")
    return row, chat.receive_message(render(row, reader, house.words, house.blueprint))


def answered(database: Database) -> list[tuple[Any, ...]]:
    return rows(
        database, "SELECT round, question, value FROM answer WHERE survey = 'broadcast' ORDER BY 1"
    )


async def test_an_answer_is_stored_shown_in_place_and_can_be_changed(
    chat: Users, database: Database, house: House
) -> None:
    jana = chat()
    await register_expat(jana, "invitations")
    _, shown = asked(database, jana, house)
    assert shown.buttons == ("Yes", "No", "No more messages like this")
    assert await jana.press("Yes", on=shown) == [shown]
    assert "Your answer: Yes. You can still change it." in shown.text
    assert "Dear Jana Nováková" in shown.text
    assert [o.mark for o in shown.options()] == ["on", "", ""]
    assert answered(database) == [("news", "q", '"yes"')]
    await jana.press("No", on=shown)
    assert "Your answer: No." in shown.text
    assert answered(database) == [("news", "q", '"no"')]


async def test_in_the_middle_of_a_survey_the_open_question_is_asked_again(
    chat: Users, database: Database, house: House
) -> None:
    jana = chat()
    await register_expat(jana)
    _, shown = asked(database, jana, house)
    await jana.press("Begin")
    question = jana.last
    seen = await jana.press("Yes", on=shown)
    assert seen[0] is shown
    assert seen[-1].buttons == question.buttons
    assert answered(database) == [("news", "q", '"yes"')]


async def test_where_nothing_can_be_edited_the_answer_is_confirmed_below(
    chat: Users, database: Database, house: House
) -> None:
    jana = chat(can=frozenset({"file"}))
    await register_expat(jana)
    _, shown = asked(database, jana, house)
    seen = await jana.press("Yes", on=shown)
    assert [each.text for each in seen] == ["✓ Your answer: Yes. You can still change it."]


async def test_a_long_message_is_not_sent_twice(
    chat: Users, database: Database, house: House
) -> None:
    jana = chat()
    await register_expat(jana)
    _, shown = asked(database, jana, house, bodies={"en": "word " * 1500})
    seen = await jana.press("Yes", on=shown)
    assert [each.text for each in seen] == ["✓ Your answer: Yes. You can still change it."]
    assert answered(database) == [("news", "q", '"yes"')]


async def test_a_press_of_somebody_who_never_got_it_stores_nothing(
    chat: Users, database: Database, house: House
) -> None:
    jana, forger = chat(), chat(user="u2")
    await register_expat(jana)
    await register_expat(forger, name="Eva")
    row, _ = asked(database, jana, house)
    for ref in (f"@b{base36(row.id)}", "@b", "@bzzzzzzzzzzzz", "@b-1", "@b999"):
        for press in ("=yes", "yes", "=maybe", "="):
            seen = await forger.send_press(ref, press, "m1")
            assert "This question is closed" in seen[0].text
    assert answered(database) == []


async def test_a_withdrawn_question_is_closed(
    chat: Users, database: Database, house: House
) -> None:
    jana = chat()
    await register_expat(jana)
    _, shown = asked(database, jana, house)
    with database.transaction() as tx:
        life.send(tx, ADMIN, "news", 1, START, house.blueprint)
    with database.transaction() as tx:
        row = broadcasts.by_key(tx, "news")
        assert row is not None
        broadcasts.started(tx, row.id, START)
        life.withdraw(tx, ADMIN, "news", 1, START)
    seen = await jana.press("Yes", on=shown)
    assert "This question is closed" in seen[0].text
    assert answered(database) == []


async def test_a_test_stores_nothing_and_says_so(
    chat: Users, database: Database, house: House
) -> None:
    jana = chat()
    await register_expat(jana)
    row = draft(database, START, question=QUESTION)
    person = person_of(database)
    with database.transaction() as tx:
        delivery(tx, person, "test", broadcast_id=row.id, state="sent", due_at=START)
    reader = Reader(person, "en", "Europe/Berlin")
    shown = jana.receive_message(render(row, reader, house.words, house.blueprint))
    seen = await jana.press("Yes", on=shown)
    assert "only a preview" in seen[0].text
    assert "Your answer: Yes" in shown.text
    assert answered(database) == []


async def test_in_the_readers_own_language(chat: Users, database: Database, house: House) -> None:
    jana = chat(locale="sk")
    await jana.say("/start")
    await jana.press("start")
    row = draft(database, START, question=QUESTION)
    person = person_of(database)
    with database.transaction() as tx:
        delivery(tx, person, broadcast_id=row.id, state="sent", due_at=START)
    reader = Reader(person, "sk", "Europe/Bratislava")
    shown = jana.receive_message(render(row, reader, house.words, house.blueprint))
    assert shown.text.startswith("Ahoj\n\nStretneme sa?\n\nCIKE vám píše, lebo")
    await jana.press("Áno", on=shown)
    answered_so = "✓ Vaša odpoveď: Áno. Ešte ju môžete zmeniť."
    assert shown.text.startswith(f"Ahoj\n\nStretneme sa?\n\n{answered_so}\n\nCIKE vám píše, lebo")
    assert shown.text.endswith("Spolufinancovaný Európskou úniou")
