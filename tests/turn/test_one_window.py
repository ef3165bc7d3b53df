"""Joining and registration in one window: two messages, two presses, and the fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot.incoming import Command, Filling, Press, Submitted
from bot.outgoing import Action
from messages import rich
from messages.message import Field, Form, Kind
from storage.database import Database
from tests.fakes.chat import Chat
from tests.turn.talks import count, rows

Users = Callable[..., Chat]
SLACK: dict[str, Any] = {
    "channel": "slack",
    "can": frozenset({"edit", "file", "home", "form"}),
}
ABOUT: dict[str, Any] = {"name": "Jana Nováková", "timezone": "Europe/Berlin"}
ANSWERS: dict[str, tuple[str, ...]] = {
    "agree": ("agree",),
    "persona": ("expat",),
    "name": ("Jana Nováková",),
    "home_region": ("kosice",),
    "place": ("Berlin",),
    "place.country": ("DE",),
    "country": ("DE",),
    "city": ("Berlin",),
    "since": ("2015",),
    "profession": ("product lead",),
    "field": ("it",),
    "expertise": ("I bring people together",),
    "email": ("jana@example.com",),
    "spoken_languages": ("en", "sk"),
    "willingness": ("yes",),
    "consents": ("invitations",),
}


def filled(form: Form, **other: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Every field of the window, as Jana fills it in."""
    return {field.key: (ANSWERS | other).get(field.key, ()) for field in form.fields}


def form_of(person: Chat) -> Form:
    assert person.window is not None
    assert person.window.form is not None
    return person.window.form


def field_of(person: Chat, key: str) -> Field:
    return next(each for each in form_of(person).fields if each.key == key)


async def opened(person: Chat) -> Form:
    await person.bring(Command("start"), **ABOUT)
    await person.press("start", **ABOUT)
    return form_of(person)


async def test_two_messages_two_presses_and_one_window(chat: Users, database: Database) -> None:
    jana = chat(**SLACK)
    form = await opened(jana)
    assert len(jana.log) == 1
    assert {"agree", "persona", "name", "home_region", "consents"} <= set(filled(form))
    await jana.bring(Submitted(form.ref, filled(form)), **ABOUT)
    assert jana.wrong == {}
    assert len(jana.log) == 2
    assert [out.action for out in jana.sent] == [
        Action.SEND, Action.FORM, Action.SEND, Action.HOME,
    ]  # fmt: skip
    told = "SELECT name, country, status, persona FROM person"
    assert rows(database, told) == [("Jana Nováková", "DE", "active", "expat")]
    given = "SELECT purpose FROM consent WHERE given ORDER BY purpose"
    assert [row[0] for row in rows(database, given)] == ["invitations", "register"]
    assert "survey" in next(jana.last.options()).key


async def test_slack_s_name_and_clock_are_offered_and_home_is_not(chat: Users) -> None:
    jana, eva = chat(**SLACK), chat(user="u2", **SLACK)
    await opened(jana)
    assert field_of(jana, "name").value == ("Jana Nováková",)
    (country,) = [field for field in form_of(jana).fields if field.input == "search"]
    assert country.value == ("DE",)
    at_home = {**ABOUT, "timezone": "Europe/Bratislava"}
    await eva.bring(Command("start"), **at_home)
    await eva.press("start", **at_home)
    (country,) = [field for field in form_of(eva).fields if field.input == "search"]
    assert country.value == ()


async def test_consents_say_what_they_mean_and_none_is_ticked(chat: Users) -> None:
    jana = chat(**SLACK)
    form = await opened(jana)
    assert jana.window is not None
    assert "16" in "".join(rich.plain(panel.text) for panel in jana.window.panels)
    agree, others = field_of(jana, "agree"), field_of(jana, "consents")
    assert (agree.kind, agree.required, agree.value) == (Kind.MULTI, True, ())
    assert (others.required, others.value) == (False, ())
    assert len(form.fields) < 30


async def test_nothing_is_stored_before_all_of_it_fits(chat: Users, database: Database) -> None:
    jana = chat(**SLACK)
    form = await opened(jana)
    wrong = filled(form, name=("12345",))
    await jana.bring(Submitted(form.ref, wrong), **ABOUT)
    assert list(jana.wrong) == ["name"]
    assert count(database, "consent") == 0
    await jana.bring(Submitted(form.ref, filled(form)), **ABOUT)
    assert jana.wrong == {}
    assert count(database, "consent") > 0


async def test_the_persona_decides_which_fields_there_are(chat: Users, database: Database) -> None:
    jana = chat(**SLACK)
    form = await opened(jana)
    assert field_of(jana, "persona").redraws
    values = {"persona": ("local",)}
    await jana.bring(Filling(form.ref, values), where="window", place="w", **ABOUT)
    keys = {field.key for field in form_of(jana).fields}
    assert "occupation" in keys
    assert "profession" not in keys
    assert count(database, "consent") == 0


async def test_town_that_is_not_clear_is_asked_back_in_the_chat(
    chat: Users, database: Database
) -> None:
    """What a window cannot ask ("Did you mean…?") holds nothing else up."""
    jana = chat(**SLACK)
    form = await opened(jana)
    unsure = filled(form, place=("Berlni",), city=("Berlni",))
    await jana.bring(Submitted(form.ref, {**unsure, "place.country": ()}), **ABOUT)
    assert jana.wrong == {}
    assert "Berlni" in jana.last.text
    await jana.press("Berlin")
    await jana.press("done")
    assert rows(database, "SELECT city, status FROM person") == [("Berlin", "active")]


@pytest.mark.parametrize("where", ["home", "channel"])
async def test_joining_elsewhere_opens_the_window_at_once(chat: Users, where: str) -> None:
    jana = chat(**SLACK)
    await jana.bring(Press("m", "=start"), where=where, place=where, **ABOUT)
    assert {"agree", "name"} <= set(filled(form_of(jana)))
    assert [out.action for out in jana.sent] == [Action.FORM]


async def test_without_a_window_the_chat_asks(chat: Users) -> None:
    jana = chat(**SLACK)
    await jana.bring(Command("start"))
    await jana.press("start", trigger=None)
    assert jana.window is None
    assert "agree" in {option.key for option in jana.last.options()}


async def test_three_surveys_are_three_messages_and_six_clicks(
    chat: Users, database: Database
) -> None:
    jana = chat(**SLACK)
    form = await opened(jana)
    await jana.bring(Submitted(form.ref, filled(form)), **ABOUT)
    messages, clicks = len(jana.log), 0
    for survey in ("willingness", "formats", "skills"):
        await jana.press(f"survey_{survey}")
        form = form_of(jana)
        given = {
            field.key: tuple(
                option.key + (f"~{field.levels[0].key}" if field.levels else "")
                for option in field.options[: max(field.minimum, 1)]
            )
            for field in form.fields
        }
        await jana.bring(Submitted(form.ref, {field.key: () for field in form.fields} | given))
        assert jana.wrong == {}
        clicks += 2
    assert (len(jana.log) - messages, clicks) == (3, 6)
    answered = rows(database, "SELECT DISTINCT survey FROM answer")
    assert {"willingness", "formats", "skills"} <= {row[0] for row in answered}


async def test_one_skill_on_two_places_is_refused(chat: Users, database: Database) -> None:
    jana = chat(**SLACK)
    form = await opened(jana)
    await jana.bring(Submitted(form.ref, filled(form)), **ABOUT)
    await jana.bring(Press("m", "=survey.skills"))
    form = form_of(jana)
    (ranked,) = [field for field in form.fields if field.kind is Kind.RANK]
    twice = (ranked.options[0].key, ranked.options[0].key)
    left = {field.key: () for field in form.fields}
    await jana.bring(Submitted(form.ref, {**left, ranked.key: twice}))
    assert "twice" in jana.wrong[ranked.key]
