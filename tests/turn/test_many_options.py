"""Questions with many options: the likeliest first, the rest by typing or *More*."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import pytest

from bot.turn.context import House
from flows.choices import FEW
from storage.database import Database
from tests.fakes.chat import Chat
from tests.turn.talks import register_expat, rows

Users: TypeAlias = Callable[..., Chat]


async def at_the_skills(jana: Chat) -> None:
    """An expat in IT, at the skills used most."""
    await register_expat(jana)
    await jana.say("/surveys")
    await jana.press("survey_skills")


def keys(chat: Chat) -> list[str]:
    assert chat.last.widget is not None
    return [option.key for option in chat.last.widget.options]


async def test_what_the_region_needs_and_suits_their_field_comes_first(
    chat: Users, house: House
) -> None:
    jana = chat()
    await at_the_skills(jana)
    field = next(each for each in house.blueprint.fields if each.key == "it")
    likely = (*house.blueprint.mentoring.priorities, *field.skills)
    assert keys(jana) == list(dict.fromkeys(likely))[:FEW]


async def test_more_shows_every_other_and_what_is_ticked_stays(
    chat: Users, house: House, database: Database
) -> None:
    jana = chat()
    await at_the_skills(jana)
    await jana.press("innovation")
    seen = set(keys(jana))
    for _ in range(3):
        await jana.press("more")
        assert keys(jana)[0] == "innovation"
        assert jana.last.find("innovation").mark == "on"
        assert "✓ Innovative thinking" in jana.last.text
        seen |= set(keys(jana))
    assert seen == {each.key for each in house.blueprint.skills}
    await jana.press("more")
    assert len(keys(jana)) == FEW
    await jana.press("done")
    await jana.press("innovation")
    await jana.press("done")
    assert rows(database, "SELECT question FROM answer WHERE survey = 'skills'") == []


@pytest.mark.parametrize(
    ("typed", "key"),
    [("empathy", "empathy"), ("empatia", "empathy"), ("riadenie casu", "time_management"),
     ("čustvena", ""), ("Mreženje", "networking"), ("negotiaton", "negotiation")],
)  # fmt: skip
async def test_typing_ticks_any_of_them_in_any_language(chat: Users, typed: str, key: str) -> None:
    jana = chat()
    await at_the_skills(jana)
    await jana.press("adaptability")
    await jana.say(typed)
    ticked = [o.key for o in jana.last.options() if o.mark]
    if key:
        assert ticked == [key, "adaptability"]
    else:
        assert "Adaptability" in str(jana.last.buttons)


async def test_a_ranking_by_taps_and_words_shows_its_order(chat: Users, database: Database) -> None:
    jana = chat()
    await at_the_skills(jana)
    await jana.press("skip")
    await jana.press("innovation")
    await jana.say("teamwork")
    await jana.say("Languages")
    assert "✓ 1. Innovative thinking, 2. Teamwork, 3. Languages" in jana.last.text
    assert jana.last.find("languages").mark == "3"
    await jana.say("empathy")
    assert "3" in jana.last.text
    await jana.press("innovation", on=jana.log[-2])
    assert "✓ 1. Teamwork, 2. Languages" in jana.log[-2].text
    await jana.say("done")
    assert "could you pass on to others?" in jana.last.text


async def test_several_in_one_line_are_the_whole_answer(chat: Users) -> None:
    jana = chat()
    await at_the_skills(jana)
    await jana.say("teamwork, languages and creativity")
    assert "Which skills does your home region need most?" in jana.last.text


async def test_where_there_are_menus_all_are_in_them(chat: Users, house: House) -> None:
    jana = chat(channel="slack")
    await register_expat(jana)
    jana.can = frozenset({"edit", "form", "home", "file"})
    await jana.say("/surveys")
    await jana.press("survey_skills")
    assert jana.window is not None
    assert jana.window.form is not None
    listed = [option.key for option in jana.window.form.fields[0].options]
    assert len(listed) == len(house.blueprint.skills)
    assert listed[0] == house.blueprint.mentoring.priorities[0]
