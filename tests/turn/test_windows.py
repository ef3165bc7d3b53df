"""What is typed into a window is never thrown away; who only looks is not stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot.incoming import Opened, Submitted
from messages.message import Form, Kind
from storage.database import Database
from tests.fakes.chat import Chat
from tests.turn.talks import answer_survey, count, register_expat, rows

Users = Callable[..., Chat]
SLACK: dict[str, Any] = {
    "channel": "slack",
    "can": frozenset({"edit", "file", "home", "form"}),
}
WRONG = {
    "willingness": ("yes",),
    "roles": ("mentor",),
    "how_often": ("once",),
    "mode": ("in_person",),
    "next_home": ("when the plums are ripe",),
    "note": ("The long note that nobody writes twice",),
}
RIGHT = {**WRONG, "next_home": ("24 December 2026",)}
KEPT = {
    "willingness": '"yes"',
    "roles": '["mentor"]',
    "how_often": '"once"',
    "mode": '"in_person"',
    "next_home": '"2026-12-24"',
    "note": '"The long note that nobody writes twice"',
}


BEFORE = {"willingness": '"yes"'}  # said when they registered


async def on_foot(person: Chat, survey: str) -> None:
    """Answer a survey question by question."""
    person.can = SLACK["can"] - {"form"}
    await answer_survey(person, survey)
    person.can = SLACK["can"]


async def in_the_chat(person: Chat, name: str = "Jana Nováková") -> None:
    """Registered question by question."""
    person.can = SLACK["can"] - {"form"}
    await register_expat(person, name=name)
    person.can = SLACK["can"]


async def opened(jana: Chat, survey: str = "willingness") -> Form:
    """Registered, with the survey's window open."""
    if not jana.log:
        await in_the_chat(jana)
    await jana.press(f"survey_{survey}")
    assert jana.window is not None
    assert jana.window.form is not None
    return jana.window.form


def answered(database: Database) -> dict[str, str]:
    found = rows(database, "SELECT question, value FROM answer WHERE survey = 'willingness'")
    return {str(question): str(value) for question, value in found}


async def test_who_only_opens_the_chat_is_greeted_and_not_stored(
    chat: Users, database: Database
) -> None:
    jana = chat(**SLACK)
    await jana.bring(Opened("chat"))
    assert "Expats" in jana.last.text
    assert [count(database, table) for table in ("person", "identity", "delivery")] == [0, 0, 0]
    await jana.press("start")
    assert "start" in {option.key for option in jana.last.options()}


async def test_what_does_not_fit_is_told_at_its_field_and_the_rest_is_kept(
    chat: Users, database: Database
) -> None:
    jana = chat(**SLACK)
    form = await opened(jana)
    shown = len(jana.log)
    event = jana.incoming(Submitted(form.ref, WRONG))
    for _ in range(2):  # a second delivery is answered in the same way
        await jana.deliver(event)
        assert list(jana.wrong) == ["next_home"]
        assert "15 May" in jana.wrong["next_home"]
    assert len(jana.log) == shown
    assert answered(database).items() <= BEFORE.items()
    # The window is closed: only the day is asked in the chat.
    await jana.say("24 December 2026")
    await jana.say("yes")
    assert answered(database) == KEPT


async def test_mended_window_is_taken(chat: Users, database: Database) -> None:
    """It comes again under the same id."""
    jana = chat(**SLACK)
    form = await opened(jana)
    event = jana.incoming(Submitted(form.ref, WRONG))
    await jana.deliver(event)
    await jana.deliver(jana.incoming(Submitted(form.ref, RIGHT), event_id=event.event_id))
    assert jana.wrong == {}
    assert answered(database) == KEPT


async def test_unsure_day_is_asked_back_in_the_window(chat: Users, database: Database) -> None:
    jana = chat(**SLACK)
    form = await opened(jana)
    await jana.bring(Submitted(form.ref, {**WRONG, "next_home": ("some day soon",)}))
    told = "Did you mean 23 November 2026? Please write it that way."
    assert jana.wrong == {"next_home": told}
    await jana.bring(Submitted(form.ref, {**WRONG, "next_home": ("24 december",)}))
    assert jana.wrong == {"next_home": told.replace("23 November", "24 December")}
    await jana.bring(Submitted(form.ref, RIGHT))
    assert answered(database) == KEPT


async def test_what_was_answered_before_can_be_changed_in_the_window(
    chat: Users, database: Database
) -> None:
    jana = chat(**SLACK)
    form = await opened(jana)
    await jana.say("speaker")  # in the chat, beside the window
    await jana.bring(Submitted(form.ref, RIGHT))
    assert answered(database) == KEPT


@pytest.mark.parametrize("moved_on", ["parked", "answered", "profile"])
async def test_stale_window_keeps_what_fits(chat: Users, database: Database, moved_on: str) -> None:
    """Whatever happened in the chat while the window was open."""
    jana = chat(**SLACK)
    form = await opened(jana)
    if moved_on == "parked":
        await jana.say("/menu")
    elif moved_on == "profile":
        await jana.say("/profile")
    else:
        await on_foot(jana, "willingness")
        assert answered(database) not in ({}, BEFORE, KEPT)
    await jana.bring(Submitted(form.ref, WRONG))
    assert list(jana.wrong) == ["next_home"]
    await jana.bring(Submitted(form.ref, RIGHT))
    assert jana.wrong == {}
    if moved_on == "answered":
        await jana.press("All correct")
    assert answered(database) == KEPT


async def test_somebody_else_s_window_changes_nothing(chat: Users, database: Database) -> None:
    jana, eva = chat(**SLACK), chat(user="u2", **SLACK)
    form = await opened(jana)
    await in_the_chat(eva, "Eva")
    for ref in (form.ref, "zzzzzzzzzzzzzzzz", "-", ""):
        await eva.bring(Submitted(ref, RIGHT))
        assert eva.wrong == {}
    assert answered(database).items() <= BEFORE.items()


async def test_ratings_may_be_left_out_as_in_the_chat(chat: Users, database: Database) -> None:
    jana = chat(**SLACK)
    await in_the_chat(jana)
    await on_foot(jana, "willingness")
    form = await opened(jana, "formats")
    (rating,) = [field for field in form.fields if field.kind is Kind.RATING]
    assert not rating.required
    assert rating.hint
    left_out: dict[str, tuple[str, ...]] = {field.key: () for field in form.fields}
    given = (f"{rating.options[0].key}~{rating.levels[0].key}",)
    await jana.bring(Submitted(form.ref, {**left_out, rating.key: given}))
    assert jana.wrong == {}
    found = rows(database, "SELECT value FROM answer WHERE question = 'formats'")
    key, _, level = given[0].partition("~")
    assert found == [(f'{{"{key}":"{level}"}}',)]
