"""Asking for a mentor and offering to be one, in the conversation: read as transcripts."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.turn.context import House
from messages import rich
from outreach import inbox
from storage.database import Database
from tests.fakes.chat import START, Chat
from tests.turn.talks import (
    answer_survey,
    count,
    join,
    register_expat,
    register_local,
    rows,
)

Users = Callable[..., Chat]


async def ask_for_a_mentor(chat: Chat, goal: str = "I would like to sell abroad.") -> None:
    """From the first question of the request to its card."""
    await chat.say(goal)
    await chat.press("negotiation")
    await chat.press("done")
    await chat.press("it")
    await chat.press("done")  # the reader's language stands ticked
    await chat.press("online")
    await chat.press("soon")
    await chat.press("monthly")
    await chat.press("weekends")
    await chat.press("done")


def one(database: Database, columns: str, table: str) -> tuple[Any, ...]:
    (found,) = rows(database, f"SELECT {columns} FROM {table}")
    return found


async def test_a_local_who_wants_a_mentor_is_asked_for_what(
    chat: Users, database: Database
) -> None:
    matej = chat()
    await register_local(matej, "mentoring")
    assert "You said you'd like a mentor." in matej.last.text
    assert matej.last.buttons[0] == "Ask for a mentor"
    await matej.press("Ask for a mentor")
    assert "what would you like help with?" in matej.last.text
    await ask_for_a_mentor(matej)
    assert "• What for: I would like to sell abroad." in matej.last.text
    assert "• Field: IT and digital" in matej.last.text
    assert "• Languages: English" in matej.last.text
    assert "• When you're free: Weekends" in matej.last.text
    assert count(database, "mentoring_request") == 0
    await matej.press("All correct")
    assert "Thank you, we're looking." in matej.last.text
    assert "survey_formats" in {option.key for option in matej.last.options()}
    assert one(
        database, "goal, skills, field, languages, mode, urgency, rhythm, hours, status",
        "mentoring_request",
    ) == (
        "I would like to sell abroad.", '["negotiation"]', "it", '["en"]', "online", "soon",
        "monthly", '["weekends"]', "open",
    )  # fmt: skip
    await matej.say("/mentor")
    assert "We've been looking for a match for you since 22 November 2026." in matej.last.text
    assert matej.last.buttons == ("Change", "Withdraw my request", "People to avoid", "Menu")


@pytest.mark.parametrize(
    ("locale", "typed"),
    [("en", "mentor"), ("sk", "hľadám mentora"), ("sl", "iščem mentorja")],
)
async def test_consent_is_asked_for_first_in_one_tap(
    chat: Users, database: Database, house: House, locale: str, typed: str
) -> None:
    matej = chat(locale=locale)
    await register_local(matej)
    await matej.say(typed)
    assert rows(database, "SELECT given FROM consent WHERE purpose = 'mentoring'") in ([], [(0,)])
    assert matej.last.text == rich.plain(house.words.rich("allow.ask_mentoring", locale))
    await matej.press("mentor_agree")
    assert matej.last.text == rich.plain(house.words.rich("mentor.ask_goal", locale))
    ((given,),) = rows(database, "SELECT given FROM consent WHERE purpose = 'mentoring'")
    assert given
    logged = rows(database, "SELECT given, channel FROM consent_log WHERE purpose = 'mentoring'")
    assert [(bool(given), channel) for given, channel in logged][-1] == (True, "preview")


async def test_who_wants_only_events_is_not_asked(chat: Users) -> None:
    matej = chat()
    await join(matej, persona="local")
    await matej.say("Matej Kranjc")
    await matej.say("Kranj")
    await matej.press("entrepreneur")
    await matej.press("events")
    await matej.press("done")
    await matej.press("done")
    await matej.press("done")
    assert "You're registered" in matej.last.text
    assert "mentor" not in matej.last.text
    assert "Ask for a mentor" not in matej.last.buttons


async def test_one_request_a_person_which_is_changed_at_its_card(
    chat: Users, database: Database
) -> None:
    matej = chat()
    await register_local(matej, "mentoring")
    await matej.press("Ask for a mentor")
    await ask_for_a_mentor(matej)
    await matej.press("done")
    await matej.say("/mentor")
    await matej.press("Change")
    await matej.press("What for")
    await matej.say("To find my first customers.")
    assert "• What for: To find my first customers." in matej.last.text
    await matej.press("done")
    assert "Your request has been changed." in matej.last.text
    assert one(database, "goal, rhythm", "mentoring_request") == (
        "To find my first customers.", "monthly",
    )  # fmt: skip


async def test_a_request_is_withdrawn_when_that_is_confirmed(
    chat: Users, database: Database
) -> None:
    matej = chat()
    await register_local(matej, "mentoring")
    await matej.press("Ask for a mentor")
    await ask_for_a_mentor(matej)
    await matej.press("done")
    await matej.say("/mentor")
    await matej.press("Withdraw my request")
    await matej.press("No, keep it")
    assert "Your request for a mentor" in matej.last.text
    assert one(database, "status", "mentoring_request") == ("open",)
    await matej.press("Withdraw my request")
    await matej.press("Yes, withdraw it")
    assert "Your request has been withdrawn." in matej.last.text
    assert one(database, "status, reason", "mentoring_request") == ("closed", "own")
    await matej.press("Yes, withdraw it")
    assert "This request is no longer open." in matej.last.text
    await matej.say("/mentor")
    assert "what would you like help with?" in matej.last.text


async def test_a_request_begun_is_gone_on_with(chat: Users) -> None:
    matej = chat()
    await register_local(matej, "mentoring")
    await matej.press("Ask for a mentor")
    await matej.say("I would like to sell abroad.")
    await matej.say("/menu")
    assert matej.last.buttons[0] == "Continue: request for a mentor"
    await matej.say("/mentor")
    assert "Which skills should they help you with?" in matej.last.text


async def test_an_expat_who_would_mentor_sets_the_offer_up_in_two_taps(
    chat: Users, database: Database
) -> None:
    jana = chat()
    await register_expat(jana, "mentoring")
    await answer_survey(jana, "willingness", taps=1)
    assert "Thank you for offering to be a mentor!" in jana.last.text
    assert jana.last.buttons[:2] == ("Set up my offer", "Begin")
    source, capacity, languages = one(database, "source, capacity, languages", "mentor_offer")
    assert (source, capacity, json.loads(languages)) == ("survey", 2, ["en"])
    await jana.press("Set up my offer")
    assert "• How many people: 2" in jana.last.text
    assert "• Languages: English" in jana.last.text
    await jana.press("All correct")
    assert "Your offer is saved." in jana.last.text
    assert "You have 2 free places." in jana.last.text
    assert one(database, "source, status", "mentor_offer") == ("person", "active")


async def test_skills_from_the_survey_are_those_of_the_offer(
    chat: Users, database: Database
) -> None:
    jana = chat()
    await register_expat(jana, "mentoring")
    await answer_survey(jana, "willingness", taps=1)
    await jana.say("/surveys")
    await answer_survey(jana, "skills", taps=1)
    ((offered,),) = rows(database, "SELECT value FROM trait WHERE kind = 'skills_offered'")
    assert json.loads(one(database, "skills", "mentor_offer")[0]) == [offered]


async def test_without_consent_the_offer_begins_with_it(chat: Users, database: Database) -> None:
    jana = chat()
    await register_expat(jana)
    await answer_survey(jana, "willingness", taps=1)
    assert count(database, "mentor_offer") == 0
    await jana.press("Set up my offer")
    assert "May we suggest you to a mentor or a mentee?" in jana.last.text
    await jana.press("I agree")
    assert "Your offer as a mentor." in jana.last.text
    await jana.press("All correct")
    assert one(database, "source, status", "mentor_offer") == ("person", "active")


async def test_capacity_is_typed_or_pressed_and_the_line_can_be_changed(
    chat: Users, database: Database
) -> None:
    jana = chat()
    await register_expat(jana, "mentoring")
    await jana.say("/mentor")
    await jana.press("How many people")
    await jana.say("fifty")
    assert "20" in jana.last.text
    await jana.say("7")
    assert "• How many people: 7" in jana.last.text
    await jana.press("Topics")
    await jana.say("Moving <b>back</b>, =HYPERLINK()")
    assert "• Topics: Moving <b>back</b>, =HYPERLINK()" in jana.last.text
    await jana.press("done")
    assert one(database, "capacity, topics", "mentor_offer") == (
        7, "Moving <b>back</b>, =HYPERLINK()",
    )  # fmt: skip


async def test_a_mentor_takes_a_break_and_ends_it(chat: Users, database: Database) -> None:
    jana = chat()
    await register_expat(jana, "mentoring")
    await jana.say("/mentor")
    await jana.press("done")
    await jana.press("Take a break")
    await jana.say("1 March 2027")
    await jana.press("1 March 2027")
    assert "Until 1 March 2027 we won't suggest anyone new." in jana.last.text
    assert str(one(database, "break_until", "mentor_offer")[0]) == "2027-03-01"
    await jana.say("/mentor")
    assert "You're on a break until 1 March 2027" in jana.last.text
    await jana.press("End the break")
    assert "Welcome back!" in jana.last.text
    assert one(database, "break_until, break_reason", "mentor_offer") == (None, None)


async def test_an_offer_is_taken_back_and_made_again(chat: Users, database: Database) -> None:
    jana = chat()
    await register_expat(jana, "mentoring")
    await jana.say("/mentor")
    await jana.press("done")
    await jana.press("Stop mentoring")
    assert one(database, "status", "mentor_offer") == ("active",)
    await jana.press("Yes, stop")
    assert one(database, "status", "mentor_offer") == ("off",)
    await jana.say("/mentor")
    assert "You're not mentoring at the moment" in jana.last.text
    await jana.press("Be a mentor again")
    assert one(database, "status", "mentor_offer") == ("active",)


async def test_an_offer_does_not_stand_again_without_consent(
    chat: Users, database: Database
) -> None:
    jana = chat()
    await register_expat(jana, "mentoring")
    await jana.say("/mentor")
    await jana.press("done")
    await jana.say("/privacy")
    await jana.press("consents")
    await jana.press("mentoring")
    await jana.press("done")
    assert one(database, "status", "mentor_offer") == ("off",)
    await jana.say("/mentor")
    await jana.press("Be a mentor again")
    assert "May we suggest you to a mentor or a mentee?" in jana.last.text
    assert one(database, "status", "mentor_offer") == ("off",)
    await jana.press("I agree")
    assert one(database, "status", "mentor_offer") == ("active",)


async def test_a_link_to_mentoring_leads_through_the_registration(
    chat: Users, database: Database
) -> None:
    matej = chat()
    await matej.say("/start mentor")
    assert "You came for mentoring." in matej.last.text
    await register_local(matej)
    assert "You're registered" in matej.last.text
    assert "May we suggest you to a mentor or a mentee?" in matej.last.text
    await matej.press("I agree")
    assert "what would you like help with?" in matej.last.text
    jana = chat(user="u2")
    await register_expat(jana, "mentoring")
    await jana.say("/start mentor")
    assert "Your offer as a mentor." in jana.last.text


async def test_mentor_is_an_answer_where_it_is_an_option(chat: Users, database: Database) -> None:
    matej = chat()
    await join(matej, persona="local")
    await matej.say("Matej Kranjc")
    await matej.say("Kranj")
    await matej.press("entrepreneur")
    await matej.say("mentor")
    assert "5 of 5" in matej.last.text
    await matej.press("done")  # the consents: none
    await matej.press("done")
    wants = rows(database, "SELECT value FROM trait WHERE kind = 'wants'")
    assert wants == [("mentor",)]
    jana = chat(user="u2")
    await register_expat(jana)
    await jana.press("survey_willingness")
    await jana.say("mentor, speaker")
    assert "How often could you find the time?" in jana.last.text


async def test_a_command_that_no_option_means_stays_a_command(chat: Users) -> None:
    matej = chat()
    await register_local(matej, "mentoring")
    await matej.press("Ask for a mentor")
    await matej.say("I would like to sell abroad.")
    await matej.say("language")
    assert "slovenčina" in matej.last.text.lower() or "Slovenčina" in matej.last.buttons
    await matej.say("/mentor")
    await matej.say("languages")  # one of the skills
    assert "✓ 1. Languages" in matej.last.text
    await matej.say("done")
    assert "Which field should they know well?" in matej.last.text


async def test_a_pause_is_said_where_it_keeps_others_away(chat: Users) -> None:
    matej = chat()
    await register_local(matej, "mentoring")
    await matej.press("Ask for a mentor")
    await ask_for_a_mentor(matej)
    await matej.press("done")
    jana = chat(user="u2")
    await register_expat(jana, "mentoring")
    await jana.say("/mentor")
    await jana.press("done")
    for somebody in (matej, jana):
        await somebody.say("/pause")
        await somebody.press("2026-12-22")
        await somebody.say("/mentor")
        assert "You've paused our messages, so we won't suggest anyone" in somebody.last.text


async def test_help_names_mentor_where_there_is_mentoring(
    chat: Users, database: Database, tiny_house: House
) -> None:
    somebody = chat()
    await somebody.say("/help")
    assert any("mentor to ask for a mentor" in shown.text for shown in somebody.log)
    mara = Chat(database, tiny_house, user="u2")
    await mara.say("/help")
    assert all("to ask for a mentor" not in shown.text for shown in mara.log)


async def test_a_name_to_avoid_goes_to_staff_alone(chat: Users, database: Database) -> None:
    matej = chat()
    await register_local(matej, "mentoring")
    jana = chat(user="u2")
    await register_expat(jana, "mentoring", name="Jana Nováková")
    answers = []
    for name in ("Jana Nováková", "Nobody At All"):
        await matej.say("/mentor")
        if "what would you like" in matej.last.text:
            await ask_for_a_mentor(matej)
            await matej.press("done")
            await matej.say("/mentor")
        await matej.press("People to avoid")
        await matej.press("Add a name")
        await matej.say(name)
        answers.append(matej.last.text)
    assert answers[0] == answers[1]
    kept = rows(database, "SELECT kind, text FROM inbox ORDER BY id")
    assert kept == [("do_not_match", "Jana Nováková"), ("do_not_match", "Nobody At All")]
    assert count(database, "mentoring_block") == 0


async def test_a_name_too_many_is_not_said_to_be_noted(
    chat: Users, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "MOST_WAITING", 0)
    matej = chat()
    await register_local(matej, "mentoring")
    await matej.say("/mentor")
    await ask_for_a_mentor(matej)
    await matej.press("done")
    await matej.say("/mentor")
    await matej.press("People to avoid")
    await matej.press("Add a name")
    await matej.say("Jana")
    assert "I can't keep this one as well" in matej.last.text
    assert count(database, "inbox") == 0


async def test_where_there_is_no_mentoring_nobody_is_led_to_it(
    database: Database, tiny_house: House
) -> None:
    mara = Chat(database, tiny_house)
    await mara.say("/start")
    for label in ("start", "agree"):
        await mara.press(label)
    await mara.say("/menu")
    assert "mentor" not in {option.key for option in mara.last.options()}
    await mara.say("/mentor")
    assert "We don't offer mentoring here." in mara.last.text
    await mara.say("/start mentor")
    assert "We don't offer mentoring here." in mara.last.text
    assert count(database, "mentoring_request") + count(database, "mentor_offer") == 0


@pytest.mark.parametrize(
    "press",
    ["pair_1", "pair_999999", f"pair_{'9' * 30}", "pair_x", "unblock_1", "unblock_-1", "nothing",
     "", "pair", "withdrawn", "back", "really_off", "break", "edit"],
)  # fmt: skip
@pytest.mark.parametrize("persona", ["local", "expat"])
async def test_forged_and_old_buttons_do_no_harm(
    chat: Users, database: Database, press: str, persona: str
) -> None:
    somebody = chat()
    await (register_local if persona == "local" else register_expat)(somebody, "mentoring")
    seen = await somebody.send_press("m", f"=mentor.{press}")
    assert seen
    for table in ("mentoring_request", "mentor_offer", "mentoring_block"):
        assert count(database, table) == 0


async def test_before_consent_mentor_begins_with_the_notice(
    chat: Users, database: Database
) -> None:
    somebody = chat()
    await somebody.say("/mentor")
    assert "You came for mentoring." in somebody.last.text
    assert "start" in {option.key for option in somebody.last.options()}
    await somebody.say("/mentor")
    await somebody.press("start")
    await somebody.say("/mentor")
    assert count(database, "mentor_offer") == 0
    assert rows(database, "SELECT status FROM person") == [("new",)]


async def test_a_question_of_mentoring_survives_a_day_and_a_restart(
    chat: Users, database: Database, house: House
) -> None:
    matej = chat()
    await register_local(matej, "mentoring")
    await matej.press("Ask for a mentor")
    await matej.say("I would like to sell abroad.")
    again = Chat(database, house, now=START + timedelta(days=9))
    again.log = matej.log
    await again.press("skip")
    assert "Which field should they know well?" in again.last.text
