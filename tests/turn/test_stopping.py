"""*No more messages like this*, pressed below what was sent unasked: read as transcripts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.turn.context import House
from outreach import footer
from outreach.claiming import claim
from outreach.clock import Context, tick_through
from outreach.deciding import Rules
from outreach.handlers import HANDLERS
from outreach.mentoring.withdrawing import MINUTES
from storage.database import Database
from tests.fakes.chat import START, Chat
from tests.outreach.sending import delivery
from tests.turn.talks import join, person_of, register_expat, rows
from tests.turn.test_events import invited, planned
from tests.turn.test_mentoring_pairs import introduced

Users = Callable[..., Chat]
STOP = "No more messages like this"


def log(database: Database) -> list[tuple[str, bool]]:
    """What was decided after the registration, in order."""
    found = rows(database, "SELECT purpose, given FROM consent_log WHERE id > 5 ORDER BY id")
    return [(purpose, bool(given)) for purpose, given in found]


def got(chat: Chat, house: House, kind: str, database: Database) -> None:
    """A message of this kind is delivered, as the dispatcher does it."""
    event = planned(database, kind)
    invited(chat, event, house)
    shown = chat.last
    shown.message = footer.signed(shown.message, kind, "bsc_kranj", house.words, house.blueprint)


@pytest.mark.parametrize(
    ("kind", "purpose"), [("invitation", "invitations"), ("reminder", "reminders")]
)
async def test_a_tap_ends_it_is_logged_and_a_tap_undoes_it(
    chat: Users, database: Database, house: House, kind: str, purpose: str
) -> None:
    jana = chat()
    await register_expat(jana, "invitations")
    got(jana, house, kind, database)
    seen = await jana.press(STOP)
    assert seen[-1].text.startswith("All right: no more")
    assert seen[-1].buttons == ("Undo: keep them coming",)
    assert log(database) == [(purpose, False)]
    await jana.press("Undo")
    assert log(database) == [(purpose, False), (purpose, True)]
    given = dict(rows(database, "SELECT purpose, given FROM consent"))
    assert given.get(purpose) == (True if purpose == "invitations" else None)


@pytest.mark.parametrize("kind", ["broadcast", "reminder"])
async def test_what_waits_is_not_sent_whichever_platform_it_waits_for(
    chat: Users, database: Database, house: House, kind: str
) -> None:
    jana = chat()
    await register_expat(jana, "invitations")
    got(jana, house, kind, database)
    event = rows(database, "SELECT id FROM event")[0][0]
    person = person_of(database)
    with database.transaction() as tx:
        about = {"event_id": event, "kind": "invitation" if kind == "broadcast" else kind}
        number = delivery(tx, person, due_at=START, account="other", channel="slack", **about)
    if kind == "reminder":
        await jana.press("Going")
        got(jana, house, "change", database)
    await jana.press(STOP)
    with database.transaction() as tx:
        rules = Rules.of(house.blueprint)
        now = START + timedelta(days=2)
        assert claim(tx, "1", "slack", "other", 9, frozenset(), now, rules).claimed == ()
    assert rows(database, f"SELECT state, reason FROM delivery WHERE id = {number}") == [
        ("cancelled", "no consent")
    ]


async def test_in_the_middle_of_a_survey_the_open_question_is_asked_again(
    chat: Users, database: Database, house: House
) -> None:
    jana = chat()
    await register_expat(jana, "invitations")
    got(jana, house, "invitation", database)
    await jana.press("Begin")
    question = jana.last.text
    seen = await jana.press(STOP)
    assert [each.text.partition(",")[0] for each in seen[:1]] == [
        "All right: no more invitations or news"
    ]
    assert question.endswith(seen[-1].text)  # the open question alone
    assert seen[-1].buttons


async def test_reminders_can_be_had_again_under_privacy(
    chat: Users, database: Database, house: House
) -> None:
    jana = chat()
    await register_expat(jana)
    got(jana, house, "thanks", database)
    await jana.press(STOP)
    await jana.say("/mydata")
    files = [each.message.file.text for each in jana.log if each.message.file is not None]
    assert any("Reminders of events you answered" in text for text in files)
    await jana.say("/privacy")
    await jana.press("Remind me of events again")
    assert "we'll remind you again" in jana.last.text
    assert log(database) == [("reminders", False), ("reminders", True)]
    await jana.say("/privacy")
    assert "Remind me of events again" not in jana.last.buttons


async def test_a_forged_purpose_changes_nothing(chat: Users, database: Database) -> None:
    jana = chat()
    await register_expat(jana)
    for press in ("!nomore.register", "!nomore.", "=agree.sharing", "=nomore.x", "=agree.register"):
        await jana.send_press("m", press)
    assert log(database) == []


async def test_a_tap_below_a_pair_s_message_ends_the_pair_when_the_time_to_undo_is_over(
    database: Database, house: House
) -> None:
    pair = await introduced(database, house)
    await pair.mentor.send_press(pair.ref, "!nomore.mentoring")
    assert f"In {MINUTES} minutes" in pair.mentor.last.text
    await pair.mentor.press("Undo")
    pair.village.days(1)
    assert pair.row.state == "introduced"
    await pair.mentor.send_press(pair.ref, "!nomore.mentoring")
    later = pair.mentor.now + timedelta(minutes=MINUTES, seconds=1)
    with database.transaction() as tx:
        for moment in (later - timedelta(seconds=10), later):
            before = pair.row.state
            while tick_through(tx, HANDLERS, Context(moment, house.blueprint, ("telegram",))):
                pass
    assert (before, pair.row.state) == ("introduced", "ended")


async def test_a_tap_below_a_check_in_leaves_the_pair_alone(
    database: Database, house: House
) -> None:
    pair = await introduced(database, house)
    seen = await pair.mentee.send_press(pair.ref, "!nomore.check_ins")
    assert seen[0].text.startswith("All right: we won't ask")
    before = len(pair.mentee.log)
    pair.village.days(20)
    asked = [each.text for each in pair.mentee.log[before:] if "have you met" in each.text.lower()]
    assert asked == []
    assert pair.row.state == "introduced"


# ---- said in words ----

OFFERED = {
    "en": ("No more invitations", "Pause messages", "Erase everything"),
    "sk": ("Žiadne ďalšie pozvánky", "Pozastaviť správy", "Vymazať všetko"),
    "sl": ("Brez nadaljnjih vabil", "Začasno ustavi sporočila", "Izbriši vse"),
}


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "stop"), ("en", "Unsubscribe me, please."), ("en", "/stop"),
        ("sk", "dosť!"), ("sk", "Dobrý deň, už mi nepíšte, lebo nemám čas."),
        ("sl", "odjavite me"), ("sl", "nehaj"),
    ],
)  # fmt: skip
async def test_whoever_says_stop_is_asked_what(chat: Users, language: str, said: str) -> None:
    jana = chat()
    await register_expat(jana, "invitations")
    await jana.say("/language " + language)
    await jana.say(said)
    assert jana.last.buttons == OFFERED[language]
    await jana.press(OFFERED[language][1])
    assert jana.last.widget is not None
    assert jana.last.widget.ref != "m"  # until when, it asks


async def test_in_a_question_in_free_text_stop_is_heard_and_the_question_stays(
    chat: Users, database: Database
) -> None:
    jana = chat()
    await join(jana)
    for said in ("stop", "I don't want any more messages", "delete my account"):
        await jana.say(said)
        assert "What's your name?" not in jana.last.text
    await jana.say("Jana Nováková")
    await jana.say("stop")
    assert jana.last.buttons[-1] == "Just leave this question"
    await jana.press("No more invitations")
    assert "Which region do you come from?" in jana.last.text
    found = rows(database, "SELECT purpose, given FROM consent_log ORDER BY id")
    assert [(purpose, bool(given)) for purpose, given in found] == [
        ("register", True), ("invitations", False)
    ]  # fmt: skip


async def test_an_answer_that_only_sounds_like_it_is_an_answer(chat: Users) -> None:
    jana = chat()
    await join(jana)
    await jana.say("Stop by our office")
    assert "Which region do you come from?" in jana.last.text


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("is this free?", "Yes, it's free"),
        ("menu", "What would you like to do"),
        ("events", "There are no events"), ("I'm not sure", "I'm not sure what to do"),
        ("stop", "What should I stop?"),
    ],
)  # fmt: skip
async def test_whatever_else_is_typed_at_erase_leaves_it_and_is_answered(
    chat: Users, database: Database, said: str, answer: str
) -> None:
    jana = chat()
    await register_expat(jana)
    for steps in ((), ("yes",)):
        await jana.say("please delete everything you have about me")
        assert jana.last.text.startswith("Do you want us to erase everything")
        for step in steps:
            await jana.press(step)
        before = len(jana.log)
        await jana.say(said)
        assert any(answer in each.text for each in jana.log[before:]), jana.last.text
        await jana.say("yes")
        assert rows(database, "SELECT count(*) FROM person") == [(1,)]


async def test_what_is_typed_at_erase_answers_the_question_it_interrupted(chat: Users) -> None:
    jana = chat()
    await join(jana)
    await jana.say("vymažte ma")
    await jana.say("Jana Nováková")
    assert jana.last.text == "Nothing has been erased.\n\n2 of 6 · Which region do you come from?"


async def test_before_the_consent_stop_means_that_nothing_is_kept(
    chat: Users, database: Database
) -> None:
    jana = chat()
    for said in ("prestaňte", "delete me"):
        await jana.say("/start")
        await jana.say(said)
        assert jana.last.text.startswith("No problem. We haven't kept anything about you.")
        assert rows(database, "SELECT count(*) FROM person") == [(0,)]
