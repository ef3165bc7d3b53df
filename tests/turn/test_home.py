"""The person's page, and what is pressed on it: the page changes, or a window opens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bot.incoming import Command, Mention, Opened, Press, Submitted
from bot.outgoing import Action
from messages import rich
from messages.message import Message, Option, Panel
from outreach.events.buttons import reference
from storage import posts
from storage.database import Database, sql
from tests.fakes.chat import START, Chat
from tests.turn.talks import count, register_expat, rows
from tests.turn.test_events import planned

Users = Callable[..., Chat]
SLACK: dict[str, Any] = {
    "channel": "slack",
    "can": frozenset({"edit", "file", "home", "form"}),
}


async def in_the_chat(person: Chat, *purposes: str) -> None:
    """Registered question by question."""
    person.can = SLACK["can"] - {"form"}
    await register_expat(person, *purposes)
    person.can = SLACK["can"]


def pressable(message: Message) -> Iterator[tuple[str, Option]]:
    """Everything on a page that can be pressed, with its ref."""
    for panel in message.panels:
        yield from ((panel.ref, option) for option in _options(panel))
        if panel.widget is not None:
            for option in (*panel.widget.options, *panel.widget.controls):
                yield panel.widget.ref, option


def _options(panel: Panel) -> tuple[Option, ...]:
    return (*panel.buttons, *panel.choices, *panel.more)


def words(message: Message | None) -> str:
    assert message is not None
    return "\n".join(rich.plain(panel.text) for panel in message.panels)


async def at_home(person: Chat, key: str, where: str = "home") -> Message | None:
    """Press what is on the page (or in the window); the window that it opens, or None."""
    shown = person.home if where == "home" else person.sent[-1].message
    assert shown is not None
    ref, option = next(each for each in pressable(shown) if each[1].key == key)
    before = len(person.sent)
    await person.bring(Press(ref, option.press), where=where, place=where)
    opened = [out for out in person.sent[before:] if out.place == where]
    assert len(opened) <= 1
    return opened[0].message if opened else None


async def test_page_says_how_one_stands_and_what_there_is_to_do(chat: Users) -> None:
    jana = chat(**SLACK)
    await in_the_chat(jana, "invitations")
    await jana.bring(Opened("home"), where="home")
    shown = words(jana.home)
    assert "Good to see you, Jana" in shown
    assert "invitations on" in shown
    assert "To do" in shown
    assert "about" in shown
    assert "Co-funded" in shown


async def test_every_press_on_the_page_changes_it_or_opens_a_window(chat: Users) -> None:
    jana = chat(**SLACK)
    await in_the_chat(jana)
    await jana.bring(Opened("home"), where="home")
    assert jana.home is not None
    for ref, option in list(pressable(jana.home)):
        before, log = len(jana.sent), len(jana.log)
        await jana.bring(Press(ref, option.press), where="home", place="home")
        told = jana.sent[before:]
        seen = [
            out for out in told if out.action in (Action.HOME, Action.FORM) or out.place == "home"
        ]
        assert seen, option
        assert sum(out.action is Action.HOME for out in told) <= 1
        files = [out for out in told if out.message.file is not None]
        assert len(jana.log) - log <= 1 + len(files)


async def test_language_is_changed_on_the_page_alone(chat: Users) -> None:
    jana = chat(**SLACK)
    await jana.bring(Opened("home"), where="home")
    assert await at_home(jana, "language_sk") is None
    assert "Pridať sa" in [option.label for _, option in pressable(jana.home or Message(()))]


async def test_a_question_is_answered_in_its_window(chat: Users, database: Database) -> None:
    """The pause, asked for and said on the page: nothing of it is in the chat."""
    jana = chat(**SLACK)
    await in_the_chat(jana)
    await jana.bring(Opened("home"), where="home")
    window = await at_home(jana, "pause")
    assert window is not None
    assert window.form is not None
    (field,) = window.form.fields
    await jana.bring(
        Submitted(window.form.ref, {field.key: ("24 December 2026",)}), where="window", place="w"
    )
    ref, meant = next(each for each in pressable(jana.sent[-1].message) if "24" in each[1].label)
    await jana.bring(Press(ref, meant.press), where="window", place="w")
    assert rows(database, "SELECT status FROM person") == [("paused",)]
    assert "messages paused" in words(jana.home)


async def test_answers_in_a_channel_are_one_message_to_one_person(chat: Users) -> None:
    jana = chat(**SLACK)
    await in_the_chat(jana)
    before = len(jana.sent)
    await jana.say("/profile", where="channel", place="there")
    (told,) = jana.sent[before:]
    assert told.place == "there"
    assert told.delivery == 0
    assert "Berlin" in rich.plain(told.message.text)


async def test_words_in_a_channel_are_no_answer_to_the_open_question(
    chat: Users, database: Database
) -> None:
    jana = chat(**SLACK)
    await in_the_chat(jana)
    await jana.press("survey_willingness")
    await jana.bring(Mention("yes"), where="channel", place="there")
    assert count(database, "inbox") == 1
    await jana.bring(Mention("help"), where="channel", place="there")
    assert jana.sent[-1].place == "there"


async def test_bot_brought_into_a_channel_says_one_line_and_stores_nobody(
    chat: Users, database: Database
) -> None:
    jana = chat(**SLACK)
    await jana.bring(Opened("channel"), where="channel", place="there")
    (told,) = jana.sent
    assert "\n" not in rich.plain(told.message.text)
    assert count(database, "person") == 0


@pytest.mark.parametrize("word", ["", "events"])
async def test_stranger_in_a_channel_is_asked_to_join(chat: Users, word: str) -> None:
    jana = chat(**SLACK)
    await jana.bring(Mention(word), where="channel", place="there")
    assert jana.sent[-1].place == "there"
    assert jana.sent[-1].message.panels


async def test_answer_on_the_page_changes_the_page_alone(chat: Users, database: Database) -> None:
    event = planned(database)
    jana = chat(**SLACK)
    await in_the_chat(jana)
    await jana.bring(Opened("home"), where="home")
    card = await at_home(jana, "event_brunch")
    assert card is not None
    assert "Going" in [option.label for _, option in pressable(card)]
    await jana.bring(Press(reference(event.id), "=going"), where="window", place="w")
    assert jana.sent[-1].place == "w"
    assert "Your answer: going" in words(jana.home)
    assert "1 coming" in words(jana.home)
    before = len(jana.sent)
    assert await at_home(jana, "maybe") is None
    assert [out.action for out in jana.sent[before:]] == [Action.HOME]
    assert "Your answer: maybe" in words(jana.home)


async def test_answer_in_a_channel_is_told_to_one_person_and_counted_for_all(
    chat: Users, database: Database
) -> None:
    event = planned(database)
    with database.transaction() as tx:
        number = posts.post(tx, "slack", "local", "C1", event.id, "", START, event.ends_at)
        tx.run(
            sql("UPDATE delivery SET state = 'sent', message = 'C1:1' WHERE id = :id"), id=number
        )
    jana, eva = chat(**SLACK), chat(user="u2", **SLACK)
    for person in (jana, eva):
        await in_the_chat(person)
        await person.bring(Press(reference(event.id), "=going"), where="channel", place="there")
        told = person.sent[-1]
        assert told.place == "there"
        assert rich.plain(told.message.text) == "Brunch at Tabačka\n\n✅ Your answer: going"
    edits = "SELECT target FROM delivery WHERE kind = 'post' AND action = 'edit'"
    assert rows(database, edits) == [("C1:1",)]


async def test_stranger_who_answers_in_a_channel_is_asked_to_join_first(
    chat: Users, database: Database
) -> None:
    event = planned(database)
    jana = chat(**SLACK)
    await jana.bring(Press(reference(event.id), "=going"), where="channel", place="there")
    assert jana.sent[-1].place == "there"
    assert "Brunch at Tabačka" in words(jana.sent[-1].message)
    assert count(database, "rsvp") == 0


async def test_what_is_asked_by_the_shortcut_reaches_the_staff(
    chat: Users, database: Database
) -> None:
    jana = chat(**SLACK)
    await in_the_chat(jana)
    await jana.press("survey_willingness", trigger=None)
    await jana.bring(Command("ask"), where="home", place="home")
    assert jana.window is not None
    assert jana.window.form is not None
    (field,) = jana.window.form.fields
    given = {field.key: ("Could you tell me who repairs the old mill?",)}
    await jana.bring(Submitted(jana.window.form.ref, given), where="window", place="w")
    assert rows(database, "SELECT text FROM inbox") == [given[field.key]]
    assert jana.sent[-1].place == "w"
