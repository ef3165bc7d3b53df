"""Somebody writes to the staff: read, answered, told whether it arrived, dealt with."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.incoming import Attachment
from bot.turn.context import House
from outreach import inbox, noticing
from outreach.claiming import claim
from outreach.clock import Context, tick
from outreach.deciding import Rules
from outreach.errors import NotAllowed, WrongState
from outreach.events import life
from outreach.handlers import HANDLERS, begin
from outreach.mentoring.keeping import leave
from outreach.staff import Actor, console_actor, new_code
from storage import inbox as store
from storage import outbox, privacy, retention, staff
from storage.database import Database
from storage.events import RsvpRow, put_rsvp
from storage.living import pause
from storage.outbox import Settled
from storage.staff_log import Wanted, latest
from tests.fakes.chat import Chat
from tests.outreach.test_event_life import BRUNCH
from tests.turn.conftest import SECRET
from tests.turn.village import CHANNELS, Village
from tests.turn.villagers import number_of, one, rows, somebody

SUNDAY = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # 10:00 in Košice
WORDS = "Can I bring my *brother*? <b>He</b> sings."


async def at_work(
    village: Village, user: str = "eva", channel: str = "telegram", locale: str = "en",
    **roles: str,
) -> Chat:  # fmt: skip
    """Somebody of the staff, known by a code."""
    with village.database.transaction() as tx:
        number = staff.add(tx, user.capitalize(), locale, village.now)
        for organisation, role in (roles or {"cike": "coordinator"}).items():
            staff.set_role(tx, number, organisation, role)
        code = new_code(tx, number, SECRET, village.now)[0]
    chat = village.person(user, channel, locale)
    await chat.say(f"/staff {code}")
    village.told.clear()
    return chat


def inboxes(village: Village) -> list[tuple[str, str | None]]:
    return rows(village.database, "SELECT text, organisation FROM inbox ORDER BY id")


def actions(database: Database) -> list[str]:
    with database.reading() as tx:
        return [line.action for line in reversed(latest(tx, Wanted(), 50))]


@pytest.fixture
def village(database: Database, house: House) -> Village:
    return Village(database, replace(house, channels=CHANNELS), MONDAY)


@pytest.mark.parametrize("channel", CHANNELS)
async def test_a_message_is_read_answered_and_put_away(village: Village, channel: str) -> None:
    eva = await at_work(village, channel=channel)
    jana = somebody(village, "Jana", "expat", channel, country="DE", city="Berlin")
    await jana.say(WORDS, spoken="812")
    assert "passed it on to our team at CIKE" in jana.last.text
    village.look()
    assert eva.last.text == "1 message is waiting for an answer."
    assert eva.last.buttons == ("Messages (1)",)

    await eva.press("Messages (1)")
    assert "Jana: less than an hour · Can I bring my *brother*? <b>He</b> sings." in eva.last.text
    await eva.press("Jana")
    for line in (WORDS, "Lives in: Berlin, Germany", f"Writes on: {channel.capitalize()}"):
        assert line in eva.last.text

    await eva.press("Reply")
    assert "Your reply to Jana" in eva.last.text
    await eva.say("Yes, *please* <i>do</i>!\n\nSee you.")
    assert "Yes, *please* <i>do</i>!\n\nSee you." in eva.last.text
    assert jana.last.text.startswith("I'm not sure")  # nothing went yet
    await eva.press("Send")
    assert eva.last.text == "Your reply is on its way."
    await eva.press("Has it arrived?")
    assert "(on its way):" in eva.last.text
    village.look()
    assert jana.last.text == (
        f"Eva (CIKE) answers your message “{WORDS}”:\n\nYes, *please* <i>do</i>!\n\nSee you."
    )
    assert jana.last.message.quoted == "812"
    await eva.press("Has it arrived?")
    assert "(delivered):" in eva.last.text

    await eva.press("Messages")
    assert "No messages are waiting for an answer." in eva.last.text
    assert "answered" in eva.last.text
    await eva.press("Jana")
    await eva.press("Done")
    await eva.press("Messages")
    assert eva.last.text == "No messages are waiting for an answer."
    assert actions(village.database)[1:] == [
        "inbox.read", "inbox.read", "inbox.reply", "inbox.read", "inbox.read", "inbox.read",
        "inbox.read", "inbox.done",
    ]  # fmt: skip


async def test_what_waits_of_one_person_has_an_end(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They hear it, each time; the first ones stay, and so does what others write."""
    monkeypatch.setattr(inbox, "MOST_WAITING", 2)
    eva = await at_work(village)
    jana, peter = (somebody(village, name, "expat") for name in ("Jana", "Peter"))
    for words in ("One", "Two"):
        await jana.say(words)
        assert "passed it on to our team at CIKE" in jana.last.text
    for words in ("Three", "Four"):
        await jana.say(words)
        assert jana.last.text == (
            "Your last messages are still waiting to be read; none of them is lost. I can't keep"
            " this one as well: please write it again once you have an answer. You can also reach"
            " CIKE at https://www.cike.sk."
        )
    await peter.say("Mine")
    assert [text for text, _ in inboxes(village)] == ["One", "Two", "Mine"]
    await eva.say("/staff")
    await eva.press("Messages (3)")
    await eva.press("Jana")
    await eva.press("Reply")
    await eva.say("Yes.")
    await eva.press("Send")
    await jana.say("Five")
    assert "passed it on to our team at CIKE" in jana.last.text
    assert [text for text, _ in inboxes(village)] == ["One", "Two", "Mine", "Five"]


async def test_from_each_message_the_way_leads_to_the_next_that_waits(village: Village) -> None:
    """Who wrote and who answered stands above the words."""
    eva = await at_work(village)
    jana, peter = (somebody(village, name, "expat") for name in ("Jana", "Peter"))
    await jana.say("First?")
    village.look()
    await peter.say("Second?")
    await eva.say("/staff")
    await eva.press("Messages (2)")
    await eva.press("Jana")
    assert eva.last.text.splitlines()[0] == "Jana"
    assert "Next message" in eva.last.buttons
    await eva.press("Reply")
    await eva.say("Yes.")
    await eva.press("Send")
    assert "Next message" in eva.last.buttons
    await eva.press("Has it arrived?")
    assert "Eva, 23 November 2026, 10:00 (on its way):" in eva.last.text
    village.look()
    await jana.say("Thank you!")  # after an answer from the team
    await eva.press("Next message")
    assert eva.last.text.splitlines()[0] == "Peter"
    await eva.press("Next message")
    assert eva.last.text.splitlines()[0] == "Jana"
    assert "The bot's last message was: an answer from the team" in eva.last.text
    await eva.press("Done")
    await eva.press("Next message")
    assert eva.last.text.splitlines()[0] == "Peter"
    assert "Next message" not in eva.last.buttons
    await eva.press("Done")
    assert "Next message" not in eva.last.buttons


async def test_a_double_tap_sends_one_reply(village: Village) -> None:
    eva = await at_work(village)
    jana = somebody(village, "Jana", "expat")
    await jana.say("Hello?")
    await eva.say("/staff")
    await eva.press("Messages")
    await eva.press("Jana")
    await eva.press("Reply")
    await eva.say("Hello!")
    sending = eva.last
    assert sending.widget is not None
    ref, press = sending.widget.ref, sending.find("Send, and").press
    await eva.send_press(ref, press)
    await eva.send_press(ref, press)
    assert one(village.database, "SELECT count(*) FROM inbox_reply") == 1
    assert one(village.database, "SELECT state FROM inbox") == "done"
    village.look()
    assert [told.user for told in village.told if told.kind == "staff_reply"] == ["Jana"]


async def test_a_paused_person_gets_the_answer_at_night(village: Village) -> None:
    """Nobody asked for invitations; this was asked for."""
    somebody(village, "Jana", "expat", timezone="America/New_York")  # five in the morning there
    await village.chats["telegram", "Jana"].say("Are you there?")
    with village.database.transaction() as tx:
        pause(tx, number_of(village, "Jana"), (village.now + timedelta(days=9)).date())
        _reply(village, tx, "We are.")
    village.look()
    assert village.told[-1].kind == "staff_reply"
    assert village.told[-1].shown


def _reply(village: Village, tx: Any, text: str, by: Actor | None = None) -> store.Reply:
    return inbox.reply(
        tx, console_actor(), 1, text, village.now, village.house.words, village.house.blueprint,
        village.house.channels, by,
    )  # fmt: skip


async def test_the_command_line_answers_in_the_organisations_name(village: Village) -> None:
    jana = somebody(village, "Jana", "expat", language="sl")
    await jana.say("Pozdrav iz Berlina")
    with village.database.transaction() as tx:
        _reply(village, tx, "Dober dan")
    village.look()
    assert jana.last.text == "CIKE odgovarja na vaše sporočilo »Pozdrav iz Berlina«:\n\nDober dan"


async def test_who_blocked_the_bot_is_reported_at_once(village: Village) -> None:
    eva = await at_work(village)
    jana = somebody(village, "Jana", "expat")
    await jana.say("Hello?")
    await eva.say("/staff")
    for label in ("Messages", "Jana", "Reply"):
        await eva.press(label)
    await eva.say("Hello!")
    await eva.press("Send")
    village.blocking.add("Jana")
    village.look()  # it fails
    village.now += timedelta(seconds=10)
    village.look()
    assert "they've blocked the bot" in eva.last.text
    await eva.press("Open the message")
    assert "not delivered: they've blocked the bot" in eva.last.text
    assert "Waiting for" in eva.last.text  # it waits for an answer again
    before = len(village.told)
    await eva.press("Reply")
    assert "they've blocked the bot, so nothing reaches them there" in eva.last.text
    with village.database.transaction() as tx, pytest.raises(WrongState):
        _reply(village, tx, "Still there?")
    village.days(1)
    assert [each for each in village.told[before:] if each.variant.startswith("lost")] == []


@pytest.mark.parametrize(
    ("state", "reason", "shown"),
    [
        ("sent", None, "sent"), ("unknown", "answer lost", "unknown"),
        ("failed", "unreachable", "blocked"), ("failed", "rejected: x", "refused"),
        ("expired", "late", "late"), ("sending", None, "queued"), ("held", "old", "held"),
    ],
)  # fmt: skip
async def test_what_became_of_a_reply_is_shown_and_told(
    village: Village, state: str, reason: str | None, shown: str
) -> None:
    eva = await at_work(village)
    jana = somebody(village, "Jana", "expat")
    await jana.say("Hello?")
    with village.database.transaction() as tx:
        reply = _reply(village, tx, "Hello!", Actor(1, "Eva", {"cike": "coordinator"}))
        settled = Settled(1, state, reason)
        number = one_in(tx, "SELECT delivery_id FROM inbox_reply")
        outbox.settle(tx, [replace(settled, id=number)], village.now)
        found = store.reply(tx, reply.id)
        assert found is not None
        assert found.standing == shown
    seen = len(eva.log)
    village.now += timedelta(seconds=30)
    with village.database.transaction() as tx:
        context = Context(village.now, village.house.blueprint, CHANNELS)
        while tick(tx, HANDLERS, context) is not None:
            pass
        told = one_in(tx, "SELECT count(*) FROM delivery WHERE variant LIKE 'lost:1:%'")
    assert told == (shown in ("unknown", "blocked", "refused", "late"))
    assert len(eva.log) == seen
    waits = one(village.database, "SELECT count(*) FROM inbox WHERE state = 'open'")
    with village.database.reading() as tx:
        unanswered, _ = inbox.waiting(tx, ("cike",), village.house.blueprint)
    assert (waits, unanswered) == (1, int(shown in ("blocked", "refused", "late")))


def one_in(tx: Any, query: str) -> Any:
    from storage.statements import sql

    return tx.run(sql(query)).fetchone()[0]


# ---- who reads what ----


async def test_staff_see_their_own_organisations_people_only(village: Village) -> None:
    jana = somebody(village, "Jana", "expat")
    maja = somebody(village, "Maja", "expat", organisation="bsc_kranj")
    await jana.say("From Košice")
    await maja.say("From Kranj")
    eva = await at_work(village, bsc_kranj="coordinator")
    await eva.say("/staff")
    assert "Messages (1)" in eva.last.buttons
    await eva.press("Messages (1)")
    assert "Maja" in eva.last.text
    assert "Jana" not in eva.last.text
    await eva.send_press("m", "=staff.message.1")
    assert eva.last.text == "Your role doesn't allow this."
    await eva.send_press("m", "=staff.put_away.1")
    assert eva.last.text == "Your role doesn't allow this."
    assert rows(village.database, "SELECT state FROM inbox") == [("open",), ("open",)]


async def test_a_viewer_sees_how_many_wait_and_no_name(village: Village) -> None:
    jana = somebody(village, "Jana", "expat")
    await jana.say("A secret")
    vera = await at_work(village, "vera", cike="viewer")
    await vera.say("/staff")
    await vera.press("Messages")
    assert "1 message is waiting for an answer." in vera.last.text
    assert "Jana" not in vera.last.text
    assert "secret" not in vera.last.text
    assert vera.last.buttons == ("Staff menu",)
    await vera.send_press("m", "=staff.message.1")
    assert vera.last.text == "Your role doesn't allow this."
    viewer = Actor(1, "Vera", {"cike": "viewer"})
    with village.database.reading() as tx:
        seen = inbox.listed(
            tx, viewer, ("cike",), village.house.blueprint, village.now, 5, everything=True
        )
        with pytest.raises(NotAllowed):
            inbox.listed(tx, viewer, None, village.house.blueprint, village.now, 5)
    assert "Jana" not in repr(seen)
    assert "secret" not in repr(seen)


async def test_many_messages_are_paged_the_oldest_unanswered_first(village: Village) -> None:
    eva = await at_work(village)
    jana = somebody(village, "Jana", "expat")
    for number in range(1, 11):
        await jana.say(f"Number {number:02}")
    with village.database.transaction() as tx:
        _reply(village, tx, "One is answered")
    await eva.say("/staff")
    await eva.press("Messages (9)")
    lines = [line for line in eva.last.text.splitlines() if "Number" in line]
    assert [line[-2:] for line in lines] == ["02", "03", "04", "05", "06", "07", "08", "09"]
    await eva.press("More")
    lines = [line for line in eva.last.text.splitlines() if "Number" in line]
    assert [(line[-2:], "answered" in line) for line in lines] == [("10", False), ("01", True)]


# ---- what is true for who wrote ----


async def test_where_nobody_is_on_the_staff_that_is_said(village: Village) -> None:
    await at_work(village, "vera", cike="viewer")  # a viewer reads no words
    jana = somebody(village, "Jana", "expat")
    await jana.say("Hello?")
    website = village.house.blueprint.organisations[0].website
    assert "nobody at CIKE is reading messages here" in jana.last.text
    assert website in jana.last.text
    await at_work(village)
    await jana.say("Hello again?")
    assert "passed it on" in jana.last.text
    assert len(inboxes(village)) == 2  # the first one is kept as well


async def test_who_has_no_organisation_yet_is_read_where_they_would_belong(
    village: Village,
) -> None:
    await at_work(village, bsc_kranj="coordinator")
    miha = somebody(village, "Miha", "expat", organisation=None, language="sl", status="joining")
    await miha.say("Iščem knjižnico")
    assert "BSC" in miha.last.text
    assert inboxes(village) == [("Iščem knjižnico", "bsc_kranj")]
    village.look()
    assert village.told[-1].user == "eva"


async def test_what_a_guest_writes_reaches_staff_with_the_buttons_below(village: Village) -> None:
    eva = await at_work(village)
    jana = somebody(village, "Jana", "expat", organisation="cike")
    with village.database.transaction() as tx:
        starts = village.now + timedelta(days=20)
        details = replace(BRUNCH, starts_at=starts, ends_at=starts + timedelta(hours=2))
        event = life.create(tx, details, console_actor(), village.now)
        life.announce(tx, event.id, console_actor(), village.now, village.house.blueprint, 1)
    village.look()
    village.days(0.1)
    with village.database.transaction() as tx:
        row = RsvpRow(event.id, number_of(village, "Jana"), "going", 0, village.now)
        put_rsvp(tx, row)
    await jana.say("My train leaves before the end")
    assert "passed it on to our team" in jana.last.text
    assert "Is this about Brunch?" in jana.last.text
    kept = jana.last
    await eva.say("/staff")
    await eva.press("Messages (1)")
    await eva.press("Jana")
    assert "The bot's last message was: an invitation to “Brunch”" in eva.last.text
    assert "Answer to the event: Going" in eva.last.text
    await jana.press("no", on=kept)
    assert rows(village.database, "SELECT state FROM rsvp") == [("no",)]
    await eva.send_press("m", "=staff.message.1")
    assert "Answer to the event: Not coming" in eva.last.text


async def test_a_photo_is_told_as_one(village: Village) -> None:
    eva = await at_work(village)
    jana = somebody(village, "Jana", "expat")
    await jana.bring(Attachment("photo", ""))
    await eva.say("/staff")
    await eva.press("Messages (1)")
    assert "(a photo)" in eva.last.text


# ---- telling the staff ----


async def test_coordinators_are_told_once_an_hour_in_working_hours(
    database: Database, house: House
) -> None:
    village = Village(database, replace(house, channels=CHANNELS), SUNDAY)
    eva = await at_work(village)
    vera = await at_work(village, "vera", cike="viewer")
    ivan = await at_work(village, "ivan", "slack", "sk", cike="admin")
    jana = somebody(village, "Jana", "expat")
    await jana.say("One")
    village.days(0.9)  # Sunday's rest, and the night
    assert village.told == []
    village.days(0.3)
    assert {(told.user, told.kind) for told in village.told} == {
        ("eva", "staff_notice"), ("ivan", "staff_notice"),
    }  # fmt: skip
    assert len(village.told) == 2
    assert all(told.at - MONDAY < timedelta(0) for told in village.told)  # between 9 and 10
    assert "1 správa čaká na odpoveď." in ivan.last.text
    assert vera.last.text.startswith("Welcome") or "For staff" in vera.last.text

    village.told.clear()
    jana.now = village.now
    begun = village.now
    for number in range(6):  # a message every ten minutes
        await jana.say(f"More {number}")
        village.now = jana.now = begun + number * timedelta(minutes=10)
        village.look()
    assert sorted(told.user for told in village.told) == ["eva", "ivan"]
    village.now = begun + timedelta(minutes=71)
    village.look()
    assert sorted(told.user for told in village.told) == ["eva", "eva", "ivan", "ivan"]
    assert "7 messages are waiting" in eva.last.text
    village.days(3)  # nothing new: nothing more is said
    assert len(village.told) == 4


async def test_two_processes_and_a_restart_tell_once(village: Village) -> None:
    await at_work(village)
    jana = somebody(village, "Jana", "expat")
    await jana.say("One")
    soon = village.now + timedelta(minutes=1)
    context = Context(soon, village.house.blueprint, CHANNELS)

    def work() -> None:
        with village.database.transaction() as tx:
            begin(tx, context)
            while tick(tx, HANDLERS, context) is not None:
                pass

    await asyncio.gather(*(asyncio.to_thread(work) for _ in range(3)))
    assert one(village.database, "SELECT count(*) FROM delivery WHERE kind = 'staff_notice'") == 1


async def test_what_was_written_before_there_was_a_notice_is_told_at_the_start(
    village: Village,
) -> None:
    await at_work(village)
    jana = somebody(village, "Jana", "expat")
    await jana.say("One")
    with village.database.transaction() as tx:
        from storage.statements import sql

        tx.run(sql("DELETE FROM task"))
        begin(tx, Context(village.now, village.house.blueprint, CHANNELS))
    village.look()
    assert [told.kind for told in village.told] == ["staff_notice"]


@pytest.mark.parametrize(
    ("at", "due"),
    [
        ("2026-11-23T08:00", "2026-11-23T08:00"),  # 9:00 in Bratislava
        ("2026-11-23T07:59", "2026-11-23T08:00"),
        ("2026-11-23T15:59", "2026-11-23T15:59"),
        ("2026-11-23T16:00", "2026-11-24T08:00"),
        ("2026-11-27T16:00", "2026-11-30T08:00"),  # Friday evening
        ("2026-11-28T10:00", "2026-11-30T08:00"),
        ("2026-11-29T23:30", "2026-11-30T08:00"),  # Monday there already
        ("2026-03-27T17:00", "2026-03-30T07:00"),  # the clocks change on Sunday
    ],
)
def test_working_hours(at: str, due: str) -> None:
    found = noticing.working(datetime.fromisoformat(at + "+00:00"), "Europe/Bratislava")
    assert found == datetime.fromisoformat(due + "+00:00")


# ---- accounts that are bound ----


async def test_admins_hear_when_an_account_is_bound(village: Village) -> None:
    ada = await at_work(village, "ada", cike="admin")
    mina = await at_work(village, "mina", bsc_kranj="admin")
    vera = await at_work(village, "vera", "slack", "sk", cike="coordinator")
    village.look()
    assert ada.last.text.startswith("From now on an account on Slack acts as Vera: it sent the")
    assert "domov staff login" in ada.last.text
    assert "acts as" not in mina.last.text
    assert "vystupuje" not in vera.last.text
    with village.database.transaction() as tx:
        number = staff.add(tx, "Nora", "en", village.now)
        staff.set_role(tx, number, "bsc_kranj", "viewer")
        staff.add_login(tx, number, "telegram", "@nora", village.now)
    nora = village.person("nora")
    nora.now = village.now
    await nora.say("/staff", username="Nora")
    village.look()
    assert "User names change hands, so please check with Nora" in mina.last.text
    assert [told.user for told in village.told] == ["ada", "mina"]
    await nora.say("/staff", username="Nora")
    village.look()
    assert len(village.told) == 2


async def test_a_second_account_of_an_admin_is_told_in_the_first(village: Village) -> None:
    """Somebody who got hold of an admin's code does not get their notice as well."""
    ada = await at_work(village, "ada", cike="admin")
    with village.database.transaction() as tx:
        code = new_code(tx, 1, SECRET, village.now)[0]
    other = village.person("other", "slack")
    await other.say(f"/staff {code}")
    village.look()
    assert [(told.user, told.kind) for told in village.told] == [("ada", "staff_notice")]
    assert "acts as Ada" in ada.last.text


# ---- rights ----


async def test_my_data_has_both_sides_and_an_erasure_takes_them(village: Village) -> None:
    jana = somebody(village, "Jana", "expat")
    await jana.say("Hello?")
    with village.database.transaction() as tx:
        _reply(village, tx, "Hello!")
        person = number_of_in(tx)
        held = privacy.everything_held(tx, person)
        assert [each["text"] for each in held["inbox"]] == ["Hello?"]
        assert [each["text"] for each in held["inbox_reply"]] == ["Hello!"]
        leave(tx, person, village.now, village.house.blueprint)
        privacy.erase(tx, person, SECRET, village.now)
        for table in ("inbox", "inbox_reply"):
            assert one_in(tx, f"SELECT count(*) FROM {table}") == 0
        assert one_in(tx, "SELECT count(*) FROM delivery WHERE kind = 'staff_reply'") == 0
    village.look()
    assert village.told == []


def number_of_in(tx: Any) -> int:
    return int(one_in(tx, "SELECT person_id FROM identity WHERE user_id = 'Jana'"))


async def test_what_was_dealt_with_is_forgotten_with_its_replies(village: Village) -> None:
    jana = somebody(village, "Jana", "expat")
    await jana.say("Hello?")
    with village.database.transaction() as tx:
        _reply(village, tx, "Hello!")
    village.look()
    later = village.now + timedelta(days=400)
    with village.database.transaction() as tx:
        retention.purge_deliveries(tx, later, 90)
        # As long as the message is kept, so is whether the answer arrived.
        assert one_in(tx, "SELECT state FROM delivery WHERE kind = 'staff_reply'") == "sent"
        inbox.done(tx, console_actor(), 1, later, village.house.blueprint)
        retention.purge_inbox(tx, later, 180)
        for table in ("inbox", "inbox_reply"):
            assert one_in(tx, f"SELECT count(*) FROM {table}") == 0
        assert one_in(tx, "SELECT count(*) FROM delivery WHERE kind = 'staff_reply'") == 0


async def test_a_reply_survives_a_kill_before_it_is_sent(village: Village) -> None:
    """Queued with the press that sent it; claimed once, by whoever is there."""
    jana = somebody(village, "Jana", "expat")
    await jana.say("Hello?")
    with village.database.transaction() as tx:
        _reply(village, tx, "Hello!")
    rules = Rules.of(village.house.blueprint)
    taken: list[int] = []
    for owner in ("1", "2"):
        with village.database.transaction() as tx:
            batch = claim(tx, owner, "telegram", "local", 9, frozenset(), village.now, rules)
            taken += [each.delivery for each in batch.claimed if each.kind == "staff_reply"]
    assert len(taken) == 1


async def test_a_question_that_nobody_knows_is_passed_on_with_when_they_answer(
    village: Village,
) -> None:
    eva = await at_work(village)
    jana = somebody(village, "Jana", "expat", "telegram", country="DE", city="Berlin")
    await jana.say("/pause")
    await jana.say("When does the mayor come?")
    assert jana.last.text.startswith(
        "That I don't know, so I've passed your question on to the people at CIKE. They'll answer"
        " here. They usually answer within 2 days."
    )
    village.look()
    await eva.press("Messages (1)")
    await eva.press(eva.last.buttons[0])
    assert "the question “How long should" in eva.last.text
