"""What a registered person can do, and what is forgiven."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from bot.incoming import (
    Attachment,
    Command,
    Contact,
    Edited,
    Left,
    Location,
    Opened,
    Press,
    Said,
    Submitted,
    Text,
)
from bot.turn.unit import play_event, play_later
from messages import rich
from storage.database import Database
from storage.living import end_pauses
from storage.privacy import everything_held
from tests.fakes.chat import Chat
from tests.turn.talks import answer_survey, count, join, register_expat, rows

Users = Callable[..., Chat]


async def test_an_event_delivered_five_times_has_one_effect(
    chat: Users, database: Database
) -> None:
    jana = chat()
    await join(jana)
    event = jana.incoming(Text("Jana Nováková"))
    for _ in range(5):
        await jana.deliver(event)
    assert jana.last.text.endswith("Which region do you come from?")
    assert sum("Which region" in shown.text for shown in jana.log) == 1


async def test_events_redelivered_out_of_order_change_nothing(
    chat: Users, database: Database
) -> None:
    jana = chat()
    await join(jana)
    name = jana.incoming(Text("Jana Nováková"))
    await jana.deliver(name)
    await jana.press("kosice")
    country = jana.incoming(Text("Berlin"))
    await jana.deliver(country)
    asked = jana.last.text
    for event in (country, name, name, country):
        assert await jana.deliver(event) == []
    assert jana.last.text == asked


async def test_a_double_tap_counts_once_and_is_silent(chat: Users) -> None:
    jana = chat()
    await jana.say("/start")
    notice = jana.last
    option, widget = notice.find("start"), notice.widget
    assert widget is not None
    first = jana.incoming(Press(widget.ref, option.press), message=notice.id)
    second = jana.incoming(Press(widget.ref, option.press), message=notice.id)
    await jana.deliver(first)
    assert await jana.deliver(second) == []
    assert "register you" in jana.last.text


@pytest.mark.parametrize("ends", [False, True], ids=["a question", "the last one"])
@pytest.mark.parametrize(("seconds", "silent"), [(0, True), (2.9, True), (3, False), (60, False)])
async def test_a_double_tap_is_one_for_three_seconds(
    chat: Users, ends: bool, seconds: float, silent: bool
) -> None:
    """Afterwards it is an old button: somebody waits for an answer."""
    jana = chat()
    await register_expat(jana)
    await jana.say("/forget" if ends else "/profile")
    if not ends:
        await jana.press("change")
    label = "no" if ends else "place"
    shown = jana.last
    option, widget = shown.find(label), shown.widget
    assert widget is not None
    press = Press(widget.ref, option.press)
    await jana.deliver(jana.incoming(press, message=shown.id))
    jana.now += timedelta(seconds=seconds)
    answers = await jana.deliver(jana.incoming(press, message=shown.id))
    if silent:
        assert answers == []
    else:
        assert "Here's where we are now" in answers[-1].text


async def test_a_double_tap_is_that_of_the_question_before(chat: Users) -> None:
    """Two questions back it is an old button, however quick."""
    jana = chat()
    await jana.say("/start")
    widget = jana.last.widget
    assert widget is not None
    await jana.press("start")
    await jana.press("agree")
    await jana.deliver(jana.incoming(Press(widget.ref, "=start"), message="m1"))
    assert "Here's where we are now" in jana.last.text


async def test_a_double_tap_on_a_tick_ticks_once(chat: Users) -> None:
    jana = chat()
    await join(jana)
    await jana.say("/consents")
    widget, option = jana.last.widget, jana.last.find("mentoring")
    assert widget is not None
    for _ in range(2):
        await jana.send_press(widget.ref, option.press, jana.last.id)
    assert jana.last.find("mentoring").mark == "on"


async def test_an_old_button_gets_a_kind_answer_and_the_open_question(chat: Users) -> None:
    jana = chat()
    await jana.say("/start")
    old = jana.last.widget
    assert old is not None
    await jana.press("start")
    await jana.press("agree")
    await jana.send_press(old.ref, "=start", "m1")
    assert "Here's where we are now" in jana.last.text
    assert "Which of these describes you?" in jana.last.text


@pytest.mark.parametrize(
    "press",
    ["=nonsense", "+x~y", "-", "*a,b", ">99999", "~7", "#nope", "!done", "!", "", "=" + "a" * 60],
)
async def test_forged_presses_are_refused_without_harm(chat: Users, press: str) -> None:
    jana = chat()
    await jana.say("/start")
    widget = jana.last.widget
    assert widget is not None
    await jana.send_press(widget.ref, press or "?", "m1")
    await jana.press("start")
    assert "16" in jana.last.text


async def test_another_person_s_button_does_nothing_to_them(chat: Users) -> None:
    jana, eve = chat(), chat(user="u2")
    await jana.say("/start")
    await eve.say("/start")
    widget = jana.last.widget
    assert widget is not None
    await eve.send_press(widget.ref, "=decline", "m1")
    await jana.press("start")
    assert "16" in jana.last.text


@pytest.mark.parametrize(
    ("locale", "word"),
    [("en", "back"), ("sk", "späť"), ("sk", "spat"), ("sl", "nazaj"), ("en", "/back")],
)
async def test_back_works_typed_in_every_language(chat: Users, locale: str, word: str) -> None:
    jana = chat(locale=locale)
    await join(jana)
    asked = jana.last.text.split("\n\n")[-1]
    await jana.say("Jana")
    await jana.say(word)
    assert jana.last.text == asked


async def test_words_that_could_be_commands_answer_a_free_text_question(chat: Users) -> None:
    jana = chat()
    await register_expat(jana)
    await jana.say("/profile")
    await jana.press("change")
    await jana.press("expertise")
    await jana.say("Languages")
    assert "Strengths: Languages" in jana.last.text
    await jana.press("change")
    await jana.press("expertise")
    await jana.say("/language")
    assert "Which language" in jana.last.text


async def test_the_language_can_be_switched_in_the_middle(chat: Users) -> None:
    jana = chat(locale="en")
    await join(jana)
    await jana.say("/language")
    await jana.press("language_sl")
    assert "po slovensko" in jana.last.text
    await jana.say("Jana")
    assert "regije" in jana.last.text


async def test_a_survey_left_in_the_middle_goes_on_at_its_question(chat: Users) -> None:
    jana = chat()
    await register_expat(jana)
    await jana.press("survey_willingness")
    asked = jana.last.text
    await jana.say("cancel")
    assert "Your answers are saved" in jana.last.text
    await jana.press("Continue")
    assert asked.endswith(jana.last.text)  # the introduction was read before


async def test_privacy_in_the_middle_is_answered_and_the_question_asked_again(
    chat: Users,
) -> None:
    jana = chat()
    await join(jana)
    await jana.say("/privacy")
    assert "31 December" in jana.log[-2].text
    assert "What's your name?" in jana.last.text


async def test_a_pause_interrupts_and_the_survey_goes_on(chat: Users, database: Database) -> None:
    jana = chat()
    await register_expat(jana)
    await jana.press("survey_willingness")
    await jana.say("/pause")
    await jana.say("in two months")
    await jana.say("yes")
    assert "22 January 2027" in jana.last.text
    assert "In what role?" in jana.last.text


async def test_a_pause_shows_in_the_menu_and_ends_on_its_day(
    chat: Users, database: Database
) -> None:
    jana = chat()
    await register_expat(jana)
    await jana.say("/pause")
    await jana.say("2026-12-24")
    assert "End the pause" in jana.last.buttons
    for today, status in ((date(2026, 12, 23), "paused"), (date(2026, 12, 24), "active")):
        await database.write(end_pauses, today)
        assert rows(database, "SELECT status FROM person") == [(status,)]


async def test_a_pause_before_the_registration_is_done_leaves_it_to_be_done(chat: Users) -> None:
    jana = chat()
    await join(jana)
    await jana.say("/pause")
    await jana.say("2026-12-24")
    assert "What's your name?" in jana.last.text


async def test_answers_can_be_looked_at_and_changed(chat: Users, database: Database) -> None:
    jana = chat()
    await register_expat(jana)
    await answer_survey(jana, "willingness")
    await jana.say("/surveys")
    await jana.press("survey_willingness")
    assert "These are your answers" in jana.last.text
    await jana.press("Online or in person?")
    await jana.press("both")
    assert "Both" in jana.last.text


async def test_answers_only_looked_at_are_not_gone_on_with(chat: Users, database: Database) -> None:
    """Nothing was left undone: the pause is the last word."""
    jana = chat()
    await register_expat(jana)
    await answer_survey(jana, "willingness")
    await jana.say("/surveys")
    await jana.press("survey_willingness")
    assert "These are your answers" in jana.last.text
    await jana.say("/pause")
    await jana.say("2026-12-24")
    assert "24 December" in jana.last.text
    assert "These are your answers" not in jana.last.text
    assert rows(database, "SELECT id FROM conversation WHERE status = 'parked'") == []


async def test_consents_are_withdrawn_each_on_its_own(chat: Users, database: Database) -> None:
    jana = chat()
    await register_expat(jana, "invitations", "mentoring")
    await jana.say("/privacy")
    await jana.press("consents")
    await jana.press("mentoring")
    await jana.press("done")
    log = rows(database, "SELECT purpose, given FROM consent_log ORDER BY id")
    assert (log[-1][0], bool(log[-1][1])) == ("mentoring", False)


async def test_mydata_holds_everything_as_json(chat: Users) -> None:
    jana = chat()
    await register_expat(jana)
    await answer_survey(jana, "willingness")
    await jana.say("/mydata")
    file = next(shown.message.file for shown in reversed(jana.log) if shown.message.file)
    held = json.loads(file.text)
    assert held["person"][0]["name"] == "Jana Nováková"
    assert {row["survey"] for row in held["answer"]} == {"profile", "willingness"}
    assert held["identity"][0]["user_id"] == "u1"


async def test_mydata_is_one_at_a_time_and_the_next_when_it_was_delivered(
    chat: Users, database: Database
) -> None:
    """It holds nothing of what is on its way, so that no copy holds the one before."""
    jana = chat()
    await register_expat(jana)
    asked = [jana.incoming(Command("mydata")) for _ in range(3)]
    plays = [await database.write(play_event, jana.house, each, jana.now) for each in asked]
    looked = [played.later[0] for played in plays]
    found = [await database.read(later.look) for later in looked]
    first, second, third = [
        await database.write(play_later, jana.house, each, later, copy, jana.now)
        for each, later, copy in zip(asked, looked, found, strict=True)
    ]
    await jana.receive(second)
    assert "still on its way" in jana.last.text
    await jana.receive(third)
    assert "still on its way" in jana.last.text
    await jana.say("/mydata")
    assert "still on its way" in jana.last.text
    waiting = rows(database, "SELECT payload FROM delivery WHERE payload IS NOT NULL")
    assert len(waiting) == len(first.outgoing)
    held = await database.read(everything_held, 1)
    assert "payload" not in held["delivery"][0]
    await jana.receive(first)
    await jana.say("/mydata")
    file = jana.last.message.file
    assert file is not None
    assert json.loads(file.text)["person"][0]["name"] == "Jana Nováková"
    assert "mydata" not in json.dumps(json.loads(file.text)["conversation"])


async def test_conversations_that_are_over_do_not_pile_up(chat: Users, database: Database) -> None:
    jana = chat()
    await register_expat(jana)
    for _ in range(40):
        await jana.say("/pause")
        await jana.say("/language sk")
    assert count(database, "conversation") < 15


async def test_forget_asks_twice_and_leaves_no_trace_of_the_person(
    chat: Users, database: Database
) -> None:
    jana = chat()
    await register_expat(jana)
    await jana.say("hello, is anybody there?")
    await jana.say("/forget")
    await jana.press("yes")
    assert count(database, "person") == 1
    await jana.press("yes")
    assert "erased" in jana.last.text
    for table in ("person", "identity", "conversation", "answer", "delivery", "inbox", "consent"):
        assert count(database, table) == 0
    assert count(database, "erasure") == 1
    await jana.say("/start")
    assert "Expats for home" in jana.last.text


async def test_forget_can_be_called_off(chat: Users, database: Database) -> None:
    jana = chat()
    await register_expat(jana)
    await jana.say("/forget")
    await jana.press("no")
    assert "Nothing has been erased" in jana.last.text
    assert count(database, "person") == 1


async def test_what_the_bot_cannot_place_is_kept_for_staff_and_said_so(
    chat: Users, database: Database
) -> None:
    jana = chat()
    await register_expat(jana)
    await jana.say("Could you call my mother?")
    assert "That I don't know. I've kept your question" in jana.last.text
    kept = [("text", "Could you call my mother?")]
    assert rows(database, "SELECT kind, text FROM inbox") == kept


@pytest.mark.parametrize(
    "said",
    [
        Contact(own=True),
        Contact(own=False),
        Location(48.7, 21.2),
        *(Attachment(kind) for kind in ("photo", "voice", "video", "sticker", "document", "dice")),
        Edited("Jana N."),
    ],
)
async def test_what_is_no_text_is_answered_kindly_and_the_question_stays(
    chat: Users, said: Said
) -> None:
    jana = chat()
    await join(jana)
    await jana.bring(said)
    assert jana.last.text.endswith("What's your name?")
    await jana.say("Jana")
    assert "Which region" in jana.last.text


async def test_a_very_long_text_is_refused_with_its_length(chat: Users) -> None:
    jana = chat()
    await join(jana)
    await jana.say("x" * 30_000)
    assert "30" in jana.last.text
    assert "80" in jana.last.text


@pytest.mark.parametrize(
    "nasty",
    ["<b>Jana</b>", "*x* _y_ ~z~", "@channel <!here>", "=HYPERLINK(1)", "{{ 7*7 }}", "%(name)s"],
)
async def test_free_text_comes_out_as_typed(chat: Users, nasty: str) -> None:
    jana = chat()
    await register_expat(jana, profession=nasty)
    await jana.say("/profile")
    assert f"Profession: {nasty}" in jana.last.text


async def test_leaving_marks_the_identity_and_writing_again_mends_it(
    chat: Users, database: Database
) -> None:
    jana = chat()
    await register_expat(jana)
    assert await jana.bring(Left()) == []
    assert _reach(database) == "unreachable"
    await jana.say("/menu")
    assert _reach(database) == "ok"


def _reach(database: Database) -> str:
    return str(rows(database, "SELECT status FROM identity")[0][0])


async def test_looking_at_the_home_page_stores_nothing(chat: Users, database: Database) -> None:
    jana = chat(channel="slack", can=frozenset({"edit", "file", "home", "form"}))
    await jana.bring(Opened("home"))
    assert jana.home is not None
    assert count(database, "person") == 0


async def test_the_home_page_shows_the_card_after_registration(chat: Users) -> None:
    jana = chat(channel="slack", can=frozenset({"edit", "file", "home"}))
    await register_expat(jana)
    assert jana.home is not None
    assert "Berlin" in rich.plain(jana.home.text)


async def test_a_survey_is_answered_in_one_window(chat: Users, database: Database) -> None:
    jana = chat(channel="slack", can=frozenset({"edit", "file", "home"}))
    await register_expat(jana)
    jana.can |= {"form"}
    await jana.press("survey_willingness")
    assert jana.window is not None
    form = jana.window.form
    assert form is not None
    values = {field.key: (field.options[0].key,) if field.options else () for field in form.fields}
    await jana.bring(Submitted(form.ref, values))
    assert count(database, "answer") >= 3


async def test_many_people_at_once_do_not_mix(chat: Users, database: Database) -> None:
    people = [chat(user=f"p{number}") for number in range(12)]
    await asyncio.gather(
        *(register_expat(each, name=f"Person {number}") for number, each in enumerate(people))
    )
    query = "SELECT i.user_id, p.name FROM identity i JOIN person p ON p.id = i.person_id"
    assert set(rows(database, query)) == {(f"p{n}", f"Person {n}") for n in range(12)}
