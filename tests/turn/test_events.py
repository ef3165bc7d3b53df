"""Events in the conversation: read as transcripts."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from bot.turn.context import House
from outreach.events import cards
from outreach.events.buttons import reference
from outreach.reader import Reader
from storage import events, tasks
from storage.database import Database
from storage.events import EventRow
from storage.living import answers
from tests.fakes.chat import START, Chat
from tests.outreach import inviting
from tests.turn.talks import count, join, person_of, register_expat, register_local, rows
from tests.turn.two_accounts import joined, level, registered
from tests.turn.village import Village

Users = Callable[..., Chat]

STARTS = datetime(2026, 12, 5, 17, 0, tzinfo=UTC)


def planned(database: Database, key: str = "brunch", **values: Any) -> EventRow:
    """An event of next month, announced."""
    about = {
        "title": {"en": "Brunch at Tabačka", "sk": "Brunch v Tabačke", "sl": "Zajtrk v Tabački"},
        "description": {"en": "Come and eat."},
        "starts_at": STARTS,
        "created_at": START,
        "updated_at": START,
        **values,
    }
    with database.transaction() as tx:
        return inviting.event(tx, key, **about)


def invited(chat: Chat, event: EventRow, house: House) -> None:
    """The invitation is delivered, as the dispatcher does it."""
    reader = Reader(1, chat.locale or "en", "Europe/Berlin")
    message = cards.card(
        event, reader, None, house.words, house.blueprint, START, notice="invitation"
    )
    chat.receive_message(message)


def states(database: Database) -> list[tuple[Any, ...]]:
    return rows(database, "SELECT state, guests FROM rsvp ORDER BY person_id, event_id")


async def test_an_invitation_is_answered_in_place_and_the_answer_changed(
    chat: Users, database: Database, house: House
) -> None:
    event = planned(database)
    jana = chat()
    await register_expat(jana, "invitations")
    invited(jana, event, house)
    invitation = jana.last
    seen = await jana.press("Going")
    assert seen == [invitation]
    assert "Your answer: going" in invitation.text
    assert "you're invited" not in invitation.text
    assert invitation.buttons == ("✓ Going", "Maybe", "Can't", "Add to calendar")
    await jana.press("Can't")
    assert "Your answer: I can't come" in invitation.text
    assert states(database) == [("no", 0)]


async def test_where_nothing_can_be_edited_the_card_comes_anew(
    chat: Users, database: Database, house: House
) -> None:
    event = planned(database)
    jana = chat(can=frozenset({"file"}))
    await register_expat(jana)
    invited(jana, event, house)
    (card,) = await jana.press("Maybe")
    assert card.text.startswith("Brunch at Tabačka")
    assert "Your answer: maybe" in card.text


@pytest.mark.parametrize(
    ("locale", "title", "going", "answer"),
    [
        ("en", "Brunch at Tabačka", "Going", "Your answer: going"),
        ("sk", "Brunch v Tabačke", "Prídem", "Vaša odpoveď: prídem"),
        ("sl", "Zajtrk v Tabački", "Pridem", "Vaš odgovor: pridem"),
    ],
)
async def test_events_lists_what_is_open_with_the_own_answer(
    chat: Users, database: Database, locale: str, title: str, going: str, answer: str
) -> None:
    planned(database)
    matej = chat(locale=locale)
    await register_local(matej)
    planned(database, "zajtrk", organisation="bsc_kranj", starts_at=STARTS + timedelta(days=1))
    await matej.say({"en": "events", "sk": "podujatia", "sl": "dogodki"}[locale])
    assert title in matej.last.text
    assert answer not in matej.last.text
    await matej.press("event_zajtrk")
    assert title in matej.last.text
    await matej.press(going)
    await matej.say("/events")
    assert answer in matej.last.text


async def test_events_of_other_audiences_are_not_listed(chat: Users, database: Database) -> None:
    jana = chat()
    await register_expat(jana)
    for key, audience in (
        ("mine", "persona:expat"),
        ("locals", "persona:local"),
        ("abroad", "residence:international and not country:DE"),
    ):
        planned(database, key, title={"en": f"The {key} event"}, audience=audience)
    planned(database, "draft", title={"en": "The draft event"}, status="draft")
    planned(database, "gone", title={"en": "The gone event"}, status="cancelled")
    planned(database, "past", title={"en": "The past event"}, starts_at=START - timedelta(days=2))
    planned(database, "kranj", title={"en": "The Kranj event"}, organisation="bsc_kranj")
    await jana.say("/events")
    assert "The mine event" in jana.last.text
    for other in ("locals", "abroad", "draft", "gone", "past", "Kranj"):
        assert f"The {other} event" not in jana.last.text


async def test_an_event_once_answered_stays_in_the_list(chat: Users, database: Database) -> None:
    planned(database, audience="persona:local")
    jana = chat()
    await register_expat(jana)
    await jana.say("/events")
    assert "no events for you" in jana.last.text
    await jana.say("/start event_brunch")
    await jana.press("Maybe")
    await jana.say("/events")
    assert "Brunch at Tabačka" in jana.last.text


async def test_a_press_in_the_middle_of_a_survey_is_answered_and_the_question_asked_again(
    chat: Users, database: Database, house: House
) -> None:
    event = planned(database)
    jana = chat()
    await register_expat(jana)
    await jana.press("survey_willingness")
    question = jana.last.text
    invited(jana, event, house)
    invitation = jana.last
    seen = await jana.press("Going")
    assert [shown.text for shown in seen] == [invitation.text, seen[1].text]
    assert "Your answer: going" in invitation.text
    assert seen[1].text.split("\n")[-1] == question.split("\n")[-1]
    await jana.press("skip", on=seen[1])
    assert "How often" in jana.last.text


async def test_a_press_in_the_middle_of_the_registration_waits_for_it(
    chat: Users, database: Database
) -> None:
    event = planned(database)
    jana = chat()
    await join(jana)
    await jana.send_press(reference(event.id), "=going")
    assert "You came for Brunch at Tabačka" in jana.last.text
    assert "What's your name?" in jana.last.text
    assert count(database, "rsvp") == 0


async def test_a_stranger_s_press_leads_to_joining_first(chat: Users, database: Database) -> None:
    event = planned(database)
    eve = chat()
    await eve.send_press(reference(event.id), "=going")
    assert "Nobody has to move back" in eve.last.text
    assert count(database, "rsvp") == 0


async def test_a_deep_link_is_remembered_through_joining_and_registration(
    chat: Users, database: Database
) -> None:
    planned(database)
    jana = chat()
    await jana.say("/start event_brunch")
    assert "You came for Brunch at Tabačka (Saturday 5 December 2026, 18:00–20:00)" in (
        jana.last.text
    )
    await register_expat(jana)
    card, offer = jana.log[-2:]
    assert "You're registered" in card.text
    assert "Brunch at Tabačka" in card.text
    assert "short survey" in offer.text
    await jana.press("Going", on=card)
    assert states(database) == [("going", 0)]


async def test_a_deep_link_shows_the_card_to_who_is_registered(
    chat: Users, database: Database
) -> None:
    planned(database)
    jana = chat()
    await register_expat(jana)
    await jana.say("/start event_BRUNCH")
    assert jana.last.text.startswith("Brunch at Tabačka")


@pytest.mark.parametrize("link", ["event_nothing", "event_", "event_draft", "event_' OR 1=1"])
async def test_a_link_to_no_event_is_told(chat: Users, database: Database, link: str) -> None:
    planned(database, "draft", status="draft")
    jana = chat()
    await register_expat(jana)
    await jana.say(f"/start {link}")
    assert "I don't know this event" in jana.last.text


async def test_a_stranger_with_a_link_to_no_event_is_welcomed(chat: Users) -> None:
    jana = chat()
    await jana.say("/start event_nothing")
    assert "Nobody has to move back" in jana.last.text


@pytest.mark.parametrize(
    "press", ["=nonsense", "=going.now", "going", "=", ">1", "*going,no", "=g99", "!done", "?"]
)
async def test_forged_presses_of_an_event_change_nothing(
    chat: Users, database: Database, press: str
) -> None:
    event = planned(database)
    jana = chat()
    await register_expat(jana)
    await jana.send_press(reference(event.id), press)
    assert "I don't know this event" in jana.last.text
    assert count(database, "rsvp") == 0


@pytest.mark.parametrize(
    "ref", ["@e", "@ezzzzzzzzzzz", "@e-1", "@e0", "@e ", "@eÄ", "@e" + "9" * 60]
)
async def test_presses_of_no_event_do_no_harm(chat: Users, database: Database, ref: str) -> None:
    planned(database)
    jana = chat()
    await register_expat(jana)
    await jana.send_press(ref, "=going")
    assert "I don't know this event" in jana.last.text


async def test_a_draft_cannot_be_answered_by_a_forged_press(
    chat: Users, database: Database
) -> None:
    event = planned(database, status="draft")
    jana = chat()
    await register_expat(jana)
    await jana.send_press(reference(event.id), "=going")
    assert "I don't know this event" in jana.last.text
    assert count(database, "rsvp") == 0


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"status": "cancelled"}, "This event has been cancelled."),
        ({"status": "closed"}, "Answers are closed."),
        ({"rsvp_until": START - timedelta(days=1)}, "Answers are closed."),
        ({"starts_at": START - timedelta(hours=1)}, "This event has already started."),
        ({"starts_at": START - timedelta(days=3)}, "This event is over."),
    ],
)
async def test_a_late_press_gets_a_kind_answer(
    chat: Users, database: Database, house: House, values: dict[str, Any], said: str
) -> None:
    event = planned(database, **values)
    jana = chat()
    await register_expat(jana)
    as_it_was = replace(event, status="announced", starts_at=STARTS, ends_at=STARTS)
    invited(jana, replace(as_it_was, rsvp_until=None), house)
    await jana.press("Going")
    assert said in jana.last.text
    assert states(database) in ([], [("no", 0)])


async def test_the_last_place_and_the_waiting_list(
    chat: Users, database: Database, house: House
) -> None:
    event = planned(database, capacity=1)
    jana, eva, ana = chat(), chat(user="u2"), chat(user="u3")
    for each in (jana, eva, ana):
        await register_expat(each)
        await each.say("/event brunch")
        full = each is not jana
        assert ("All places are taken" in each.last.text) == full
        await each.press("Waiting list" if full else "Going")
    assert "Your answer: going" in jana.last.text
    assert "You're number 1 on the waiting list." in eva.last.text
    assert "You're number 2 on the waiting list." in ana.last.text
    assert eva.last.buttons == ("Leave the waiting list", "Maybe")
    await jana.press("Can't")
    with database.reading() as tx:
        row = events.rsvp(tx, event.id, person_of(database, "u2"))
    assert row is not None
    assert row.state == "offered"
    await eva.say("/event brunch")
    assert "We're keeping a place for you until" in eva.last.text
    await eva.press("Accept the place")
    assert "Your answer: going" in eva.last.text
    await ana.say("/event brunch")
    assert "You're number 1 on the waiting list." in ana.last.text


async def test_guests_are_chosen_on_the_card(chat: Users, database: Database) -> None:
    planned(database, capacity=3, guests=3)
    jana = chat()
    await register_expat(jana)
    await jana.say("/event brunch")
    await jana.press("Going")
    await jana.press("+2 guests")
    assert "going, with 2 guests" in jana.last.text
    await jana.press("+3 guests")
    assert "aren't enough places" in jana.last.text
    assert states(database) == [("going", 2)]
    await jana.press("Without guests")
    assert states(database) == [("going", 0)]


async def test_the_calendar_file_keeps_its_uid(chat: Users, database: Database) -> None:
    event = planned(database)
    jana = chat()
    await register_expat(jana)
    await jana.say("/event brunch")
    await jana.press("Going")
    await jana.press("Add to calendar")
    file = jana.last.message.file
    assert file is not None
    assert (file.name, file.media_type) == ("brunch.ics", "text/calendar")
    assert f"UID:{event.uid}" in file.text
    assert "SEQUENCE:0" in file.text
    assert "SUMMARY;LANGUAGE=en:Brunch at Tabačka" in file.text


async def test_the_calendar_file_has_no_link_for_who_does_not_come(
    chat: Users, database: Database
) -> None:
    event = planned(database, place={}, link="https://meet.example.org/x")
    jana = chat()
    await register_expat(jana)
    await jana.send_press(reference(event.id), "=ics")
    assert jana.last.message.file is not None
    assert "meet.example.org" not in jana.last.message.file.text
    await jana.send_press(reference(event.id), "=going")
    await jana.send_press(reference(event.id), "=ics")
    assert jana.last.message.file is not None
    assert "meet.example.org" in jana.last.message.file.text.replace("\r\n ", "")


async def test_checking_in_by_code_link_and_words(chat: Users, database: Database) -> None:
    planned(database, starts_at=START - timedelta(minutes=5), code="ABC234")
    jana = chat()
    await register_expat(jana)
    await jana.say("/checkin")
    assert "What's the code?" in jana.last.text
    await jana.say("/checkin XYZ999")
    assert "There's no event with this code." in jana.last.text
    await jana.say("check-in abc234")
    assert "Welcome to Brunch at Tabačka! You're checked in." in jana.last.text
    for native in ("príchod abc234", "prichod ABC234", "Prihod abc234"):
        await jana.say(native)
        assert "You're already checked in to Brunch at Tabačka." in jana.last.text, native
    await jana.say("/start checkin_ABC234")
    assert "You're already checked in to Brunch at Tabačka." in jana.last.text
    (row,) = rows(database, "SELECT state, checked_in_at FROM rsvp")
    assert row[0] == "going"
    assert row[1] is not None


@pytest.mark.parametrize(
    ("starts", "said"),
    [(timedelta(days=2), "doesn't work yet"), (-timedelta(days=4), "This event is over")],
)
async def test_a_code_works_around_the_event_only(
    chat: Users, database: Database, starts: timedelta, said: str
) -> None:
    planned(database, starts_at=START + starts, code="ABC234")
    jana = chat()
    await register_expat(jana)
    await jana.say("/checkin ABC234")
    assert said in jana.last.text
    assert count(database, "rsvp") == 0


async def test_who_comes_in_from_the_street_checks_in_after_registering(
    chat: Users, database: Database
) -> None:
    planned(database, starts_at=START - timedelta(minutes=5), code="ABC234")
    jana = chat()
    await jana.say("/start checkin_ABC234")
    assert count(database, "rsvp") == 0
    await register_expat(jana)
    assert "You're registered" in jana.log[-2].text
    assert "Welcome to Brunch at Tabačka!" in jana.log[-2].text
    assert count(database, "rsvp") == 1


async def test_feedback_is_a_survey_of_its_own_round(
    chat: Users, database: Database, house: House
) -> None:
    planned(database, starts_at=START + timedelta(hours=1))
    jana = chat()
    await register_expat(jana)
    await jana.say("/event brunch")
    await jana.press("Going")
    card = jana.last
    jana.now = START + timedelta(hours=5)
    await jana.say("/event brunch")
    await jana.press("Give feedback")
    assert "How was it? · Brunch at Tabačka" in jana.last.text
    await jana.press("s5")
    await jana.say("The people I met")
    await jana.press("skip")
    await jana.press("yes")
    assert "The organisers read every answer" in jana.last.text
    with database.reading() as tx:
        stored = answers(tx, person_of(database), "event_feedback", "brunch")
    assert stored == {"score": "s5", "useful": "The people I met", "help": "yes"}
    await jana.press("feedback", on=jana.log[jana.log.index(card) + 1])
    assert "These are your answers." in jana.last.text
    await jana.press("score")
    await jana.press("s4")
    await jana.press("done")
    with database.reading() as tx:
        assert answers(tx, person_of(database), "event_feedback", "brunch")["score"] == "s4"


async def test_feedback_of_two_events_is_kept_apart(chat: Users, database: Database) -> None:
    jana = chat()
    await register_expat(jana)
    for key in ("first", "second"):
        event = planned(database, key, starts_at=jana.now + timedelta(hours=1))
        await jana.send_press(reference(event.id), "=going")
        jana.now += timedelta(hours=4)
        await jana.send_press(reference(event.id), "=feedback")
        await jana.press({"first": "s5", "second": "s1"}[key])
        for _ in range(3):
            await jana.press("skip")
    found = rows(
        database,
        "SELECT round, value FROM answer WHERE survey = 'event_feedback' ORDER BY round",
    )
    assert [(row[0], json.loads(row[1])) for row in found] == [("first", "s5"), ("second", "s1")]


@pytest.mark.parametrize(
    ("answer", "later", "said"),
    [
        ("=going", timedelta(0), "This event isn't over yet."),
        ("=no", timedelta(days=20), "We only ask people who were at this event"),
        (None, timedelta(days=20), "We only ask people who were at this event"),
    ],
)
async def test_only_who_was_there_is_asked_and_only_afterwards(
    chat: Users, database: Database, answer: str | None, later: timedelta, said: str
) -> None:
    event = planned(database)
    jana = chat()
    await register_expat(jana)
    if answer:
        await jana.send_press(reference(event.id), answer)
    jana.now += later
    await jana.send_press(reference(event.id), "=feedback")
    assert said in jana.last.text


async def test_the_feedback_survey_is_not_in_the_menu_nor_offered(
    chat: Users, database: Database
) -> None:
    jana = chat()
    await register_expat(jana)
    await jana.say("/surveys")
    assert "survey_event_feedback" not in {option.key for option in jana.last.options()}
    await jana.say("/survey event_feedback")
    assert "How was it?" not in jana.last.text


async def test_erasure_frees_the_place_for_the_next(chat: Users, database: Database) -> None:
    event = planned(database, capacity=1)
    jana, eva = chat(), chat(user="u2")
    for each in (jana, eva):
        await register_expat(each)
        await each.send_press(reference(event.id), "=going")
    await jana.say("/forget")
    await jana.press("yes")
    await jana.press("yes")
    assert "erased" in jana.last.text
    assert states(database) == [("offered", 0)]


async def test_linking_keeps_the_answers_of_both(database: Database, house: House) -> None:
    party, talk = planned(database, "party"), planned(database, "talk")
    village = Village(database, house)
    jana, again = village.person("u1"), village.person("u2", "slack")
    for each in (jana, again):
        registered(village, each, "invitations", name="Jana Nováková")
    await jana.send_press(reference(party.id), "=going")
    await again.send_press(reference(party.id), "=no")
    await again.send_press(reference(talk.id), "=maybe")
    level(jana, again)
    await joined(village, jana, again)
    assert len(rows(database, "SELECT 1 FROM rsvp")) == 3, "nothing has gone yet"
    village.days(1 / 48, timedelta(minutes=10))
    assert rows(database, "SELECT event_id, state FROM rsvp ORDER BY event_id") == [
        (party.id, "going"),
        (talk.id, "maybe"),
    ]


async def test_linking_keeps_an_open_offer(database: Database, house: House) -> None:
    event = planned(database, capacity=1)
    village = Village(database, house)
    eva, jana = village.person("u3"), village.person("u1")
    again = village.person("u2", "slack")
    for each in (eva, jana, again):
        registered(village, each, "invitations", name="Jana Nováková")
    await eva.send_press(reference(event.id), "=going")
    await again.send_press(reference(event.id), "=going")
    await eva.send_press(reference(event.id), "=no")
    level(eva, jana, again)
    await joined(village, jana, again)
    village.days(1 / 48, timedelta(minutes=10))
    keep = person_of(database, "u1")
    with database.reading() as tx:
        row = events.rsvp(tx, event.id, keep)
        planned_tasks = tasks.of(tx, f"rsvp:{event.id}:{keep}")
    assert row is not None
    assert row.state == "offered"
    assert [task.state for task in planned_tasks] == ["open"]


def _notice(database: Database, person: int, event: EventRow, at: datetime = START) -> None:
    """They were sent an invitation."""
    from storage.database import sql
    from storage.moments import moment

    insert = sql(
        "INSERT INTO delivery (person_id, channel, account, chat, user_id, lane, kind, event_id,"
        " variant, action, state, created_at, due_at, sent_at) VALUES"
        " (:person, 'preview', 'local', 'c', 'u', 2, 'invitation', :event, '', 'send',"
        " 'sent', :at, :at, :at)"
    )
    with database.transaction() as tx:
        tx.run(insert, person=person, event=event.id, at=moment(at))


@pytest.mark.parametrize(
    ("locale", "text", "state"),
    [("en", "I'm coming", "going"), ("sk", "možno", "maybe"), ("sl", "Ne morem.", "no"),
     ("en", "yes", "going"), ("sk", "nie", "no")],
)  # fmt: skip
async def test_an_invitation_is_answered_in_words(
    chat: Users, database: Database, locale: str, text: str, state: str
) -> None:
    event = planned(database)
    jana = chat(locale=locale)
    await register_local(jana)
    jana.now += timedelta(days=1)
    _notice(database, person_of(database), event, jana.now)
    await jana.say(text)
    if "✓" not in "".join(jana.last.buttons):  # not the very words on the button
        assert states(database) == []
        await jana.press(jana.last.buttons[0])
    assert states(database) == [(state, 0)]
    assert jana.last.text.startswith(event.title[locale])


async def test_words_are_no_answer_when_something_else_came_since(
    chat: Users, database: Database
) -> None:
    event = planned(database)
    jana = chat()
    await register_expat(jana)
    _notice(database, person_of(database), event, START)
    await jana.say("yes")  # the offer of a survey was sent last
    assert "In what role?" in jana.last.text
    await jana.say("/menu")
    _notice(database, person_of(database), planned(database, "later"), jana.now)
    jana.now += timedelta(days=8)
    await jana.say("yes")  # who knows to what
    assert "I'm not sure what to do with this" in jana.last.text
    assert count(database, "rsvp") == 0


async def test_who_comes_later_is_told_the_latest_news(chat: Users, database: Database) -> None:
    planned(database, note={"en": "Bring warm clothes."}, sequence=1)
    jana = chat()
    await register_expat(jana)
    await jana.say("/event brunch")
    assert "warm clothes" not in jana.last.text
    await jana.press("Going")
    assert "Latest news:\n\nBring warm clothes." in jana.last.text


async def test_a_stranger_s_typed_code_is_remembered(chat: Users, database: Database) -> None:
    planned(database, starts_at=START - timedelta(minutes=5), code="ABC234")
    jana = chat()
    await jana.say("/checkin ABC234")
    assert "Nobody has to move back" in jana.last.text
    await register_expat(jana)
    assert "Welcome to Brunch at Tabačka!" in jana.log[-2].text


async def test_a_stranger_s_events_are_after_joining(chat: Users, database: Database) -> None:
    planned(database)
    jana = chat()
    await jana.say("/events")
    assert "Nobody has to move back" in jana.last.text
    assert rows(database, "SELECT flow FROM conversation") == [("join",)]


async def test_mydata_tells_the_answers_to_events(chat: Users, database: Database) -> None:
    event = planned(database)
    jana = chat()
    await register_expat(jana)
    await jana.send_press(reference(event.id), "=going")
    await jana.say("/mydata")
    assert jana.last.message.file is not None
    held = json.loads(jana.last.message.file.text)
    assert [row["state"] for row in held["rsvp"]] == ["going"]


async def test_a_double_tap_answers_once(chat: Users, database: Database, house: House) -> None:
    event = planned(database, capacity=1)
    jana = chat()
    await register_expat(jana)
    invited(jana, event, house)
    card = jana.last
    widget = card.widget
    assert widget is not None
    for _ in range(3):
        await jana.send_press(widget.ref, "=going", card.id)
    assert states(database) == [("going", 0)]
    assert "Your answer: going" in card.text


async def test_the_menu_leads_to_the_events(chat: Users, database: Database) -> None:
    planned(database)
    jana = chat()
    await register_expat(jana)
    await jana.say("/menu")
    await jana.press("Events")
    assert "Events for you" in jana.last.text
    assert jana.last.buttons == ("Brunch at Tabačka", "Menu")


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_people_press_there_is_an_answer_and_never_too_many_places(
    chat: Users, database: Database, seed: int
) -> None:
    """Five people, two events, any button, old ones too, time passing, surveys in between."""
    random = Random(seed)
    small = planned(database, "small", capacity=2, guests=1, code="SMALL2")
    large = planned(
        database, "large", starts_at=START + timedelta(days=2), rsvp_until=START + timedelta(days=1)
    )
    people = [
        chat(user=f"u{number}", locale=random.choice(["en", "sk", "sl"])) for number in "12345"
    ]
    for each in people:
        await register_local(each)
    presses = ["=going", "=maybe", "=no", "=g0", "=g1", "=g2", "=ics", "=feedback", "=x", ">1"]
    lines = [
        *("/events", "/event small", "/event large", "/start event_small", "/menu", "/surveys"),
        *("/survey formats", "/checkin SMALL2", "/profile", "yes", "prídem", "/cancel"),
    ]
    for _ in range(120):
        who = random.choice(people)
        if random.random() < 0.6:
            ref = reference(random.choice([small, large]).id)
            message = random.choice(who.log).id if random.random() < 0.5 else None
            seen = await who.send_press(ref, random.choice(presses), message)
        else:
            seen = await who.say(random.choice(lines))
        assert seen, who.transcript()[-2000:]
        assert seen[-1].text.strip()
        if random.random() < 0.05:
            for each in people:
                each.now += timedelta(hours=random.choice([1, 12, 60]))
        taken = rows(
            database,
            "SELECT coalesce(sum(1 + guests), 0) FROM rsvp WHERE state IN ('going', 'offered')"
            f" AND event_id = {small.id} AND checked_in_at IS NULL",
        )
        assert taken[0][0] <= 2
