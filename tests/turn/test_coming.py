"""Somebody answers an invitation in their own words: shown, confirmed by a tap, then applied."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.turn.context import House
from storage.database import Database, sql
from storage.events import EventRow
from tests.fakes.chat import Chat
from tests.outreach.sending import delivery
from tests.turn.talks import person_of, register_expat, rows
from tests.turn.test_events import invited, planned, states

Users = Callable[..., Chat]


async def guest(
    chat: Users, database: Database, house: House, locale: str = "en", **event: Any
) -> tuple[Chat, EventRow]:
    """Somebody who was just invited."""
    jana = chat(locale=locale)
    await register_expat(jana, "invitations")
    found = planned(database, **event)
    got(jana, database, house, found)
    return jana, found


def got(chat: Chat, database: Database, house: House, event: EventRow) -> None:
    """An invitation reaches them."""
    invited(chat, event, house)
    chat.now += timedelta(hours=1)
    with database.transaction() as tx:
        about = {"event_id": event.id, "state": "sent", "sent_at": chat.now}
        delivery(tx, person_of(database), "invitation", **about)


@pytest.mark.parametrize(
    ("locale", "words", "asked", "state"),
    [
        ("sk", "áno, prídem", "Prídete na podujatie Brunch v Tabačke, však?", "going"),
        ("sk", "bohuzial nemozem", "Na podujatie Brunch v Tabačke nemôžete prísť, však?", "no"),
        ("sl", "da, pridem", "Na dogodek Zajtrk v Tabački pridete, kajne?", "going"),
        ("en", "I can't make it", "You can't come to Brunch at Tabačka, right?", "no"),
        ("sk", "rada prídem", "Prídete na podujatie Brunch v Tabačke, však?", "going"),
        ("en", "👍", "You're coming to Brunch at Tabačka, right?", "going"),
        ("en", "not sure yet", "You don't know yet whether", "maybe"),
    ],
)
async def test_what_is_meant_is_shown_and_counts_after_a_tap(
    chat: Users, database: Database, house: House,
    locale: str, words: str, asked: str, state: str,
) -> None:  # fmt: skip
    jana, _ = await guest(chat, database, house, locale)
    await jana.say(words)
    assert jana.last.text.startswith(asked)
    assert states(database) == []
    await jana.press(jana.last.buttons[0])
    assert states(database) == [(state, 0)]


async def test_a_typed_yes_confirms_and_a_no_leaves_all_as_it_is(
    chat: Users, database: Database, house: House
) -> None:
    jana, _ = await guest(chat, database, house)
    await jana.say("I'll be there")
    await jana.say("no")
    assert jana.last.text == "All right, nothing has changed."
    assert states(database) == []
    await jana.say("I'll be there")
    await jana.say("yep")
    assert states(database) == [("going", 0)]


async def test_later_on_an_answer_is_changed_and_guests_are_brought(
    chat: Users, database: Database, house: House
) -> None:
    jana, _ = await guest(chat, database, house, guests=2)
    await jana.press("Going")
    await jana.say("I'm bringing a colleague")
    assert jana.last.text == ("You're coming to Brunch at Tabačka and bringing 1 guest, right?")
    await jana.press("Yes")
    assert states(database) == [("going", 1)]
    await jana.say("I'm bringing five friends")
    assert "2 people at most" in jana.last.text
    await jana.say("I can't come after all, sorry")
    await jana.press("Yes")
    assert states(database) == [("no", 0)]
    assert rows(database, "SELECT count(*) FROM inbox") == [(0,)]


async def test_of_several_events_it_is_asked_which(
    chat: Users, database: Database, house: House
) -> None:
    jana, _ = await guest(chat, database, house)
    planned(database, "talk", title={"en": "A talk"})
    for event in ("brunch", "talk"):
        await jana.say(f"/event {event}")
        await jana.press("Going")
    with database.transaction() as tx:
        tx.run(sql("DELETE FROM delivery WHERE kind = 'invitation'"))
    await jana.say("I can't come after all")
    assert jana.last.text == "Which event is this about?"
    assert jana.last.buttons == ("Brunch at Tabačka", "A talk", "None of them")
    await jana.press("A talk")
    assert sorted(states(database)) == [("going", 0), ("no", 0)]


async def test_in_the_middle_of_a_question_it_is_understood_too(
    chat: Users, database: Database, house: House
) -> None:
    jana = chat()
    await register_expat(jana, "invitations")
    await jana.press("Begin")
    got(jana, database, house, planned(database))
    await jana.say("I can't make it, sorry")
    assert jana.last.text.startswith("You can't come to Brunch")
    await jana.press("Yes")
    assert states(database) == [("no", 0)]
    assert "In what role?" in jana.last.text


@pytest.mark.parametrize("words", ["yes", "maybe", "👍"])
async def test_a_mere_yes_later_on_means_nothing(
    chat: Users, database: Database, house: House, words: str
) -> None:
    jana, _ = await guest(chat, database, house)
    await jana.say("/help")
    await jana.say(words)
    assert "right?" not in jana.last.text
    assert states(database) == []


async def test_a_forged_confirmation_changes_nothing(
    chat: Users, database: Database, house: House
) -> None:
    jana, _ = await guest(chat, database, house)
    for press in ("=come", "=come.zz.going", "=come.1", "=come.1.g99", "=come.?.no"):
        await jana.send_press("m", press)
    assert states(database) == []
