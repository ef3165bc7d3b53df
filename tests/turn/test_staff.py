"""``/staff``: who gets in, what each role sees, and the guided conversations."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from messages.words import Words
from outreach.clock import Context, tick
from outreach.handlers import HANDLERS
from outreach.staff import new_code
from storage import staff as store
from storage.database import Database
from storage.living import save_answers
from storage.staff_log import Wanted, latest
from storage.statements import sql
from tests.fakes.chat import START, Chat
from tests.turn.conftest import SECRET
from tests.turn.talks import count, register_expat, register_local, rows

Users = Callable[..., Chat]


def employ(database: Database, name: str = "Eva", **roles: str) -> str:
    """Somebody of the staff, and the code with which they make themselves known."""
    with database.transaction() as tx:
        number = store.add(tx, name, "en", START)
        for organisation, role in roles.items():
            store.set_role(tx, number, organisation, role)
        return new_code(tx, number, SECRET, START)[0]


async def at_work(
    chat: Users, database: Database, user: str = "staff", locale: str = "en", **roles: str
) -> Chat:
    """A chat in which somebody of the staff is known."""
    eva = chat(user=user, locale=locale)
    await eva.say(f"/staff {employ(database, **(roles or {'cike': 'coordinator'}))}")
    return eva


def log(database: Database) -> list[tuple[str, str, str | None, str | None, int | None]]:
    with database.reading() as tx:
        lines = latest(tx, Wanted(), 50)
    return [
        (line.actor, line.action, line.organisation, line.subject, line.people)
        for line in reversed(lines)
    ]


async def draft_event(eva: Chat, audience: str = "everybody") -> None:
    """From the menu to the review of a new event."""
    await eva.press("New event")
    assert "What kind of event is it" in eva.last.text
    await eva.press("Something else")
    assert "(Slovak)" in eva.last.text
    await eva.say("Vianočný brunch")
    assert "(English)" in eva.last.text
    await eva.say("Christmas brunch")
    await eva.press("skip")
    await eva.say("Raňajky s *hviezdičkami* & <b>spol.</b>")
    await eva.say("Breakfast among friends")
    assert "Where is it" in eva.last.text
    await eva.press("At a venue")
    await eva.say("Kasárne, Košice")
    await eva.press("Bratislava")
    await eva.say("13 December")
    await eva.say("yes")
    await eva.say("10.30")
    await eva.press("12:30")
    await eva.say("40")
    await eva.press("1 guest")
    await eva.press("skip")
    if audience == "everybody":
        await eva.press("Everyone (CIKE)")
    else:
        await eva.say(audience)
    assert "Christmas brunch" in eva.last.text
    await eva.press("All correct")


async def test_everybody_else_hears_of_an_unknown_command(chat: Users) -> None:
    jana = chat()
    await jana.say("/staff")
    new = jana.last.text
    await jana.say("/nonsense")
    assert jana.last.text == new
    await register_expat(jana)
    await jana.say("/staff new_event")
    registered = jana.last.text
    await jana.say("/nonsense")
    assert jana.last.text == registered
    await jana.send_press("m", "=staff.announce.1.5")
    assert jana.last.text == registered


async def test_a_code_opens_the_menu_to_somebody_who_never_registered(
    chat: Users, database: Database
) -> None:
    eva = await at_work(chat, database, cike="coordinator", bsc_kranj="viewer")
    assert "Welcome, Eva" in eva.last.text
    assert "CIKE: coordinator" in eva.last.text.replace("Creative Industry Košice", "CIKE")
    assert eva.last.buttons == (
        "New event", "New broadcast", "Drafts and broadcasts", "Messages", "Who is coming",
        "Mentoring", "Figures", "Recent activity",
    )  # fmt: skip
    await eva.say("/staff")
    assert "For staff · Eva" in eva.last.text
    assert count(database, "person") == 1


@pytest.mark.parametrize("word", ["hello", "/start", "/menu", "/profile", "what's new?"])
async def test_staff_who_have_not_registered_are_no_strangers(
    chat: Users, database: Database, word: str
) -> None:
    """Whatever they write, they get their menu; the first message only when they ask for it."""
    eva = chat(user="staff")
    await eva.say("hi")  # as a stranger
    assert "Let's start" in eva.last.buttons
    await eva.say(f"/staff {employ(database, cike='coordinator')}")
    await eva.say(word)
    assert "For staff · Eva" in eva.last.text
    assert eva.last.buttons[-1] == "Register myself"
    assert rows(database, "SELECT status FROM conversation") == [("dropped",)]
    await eva.press("Register myself")
    assert "Let's start" in eva.last.buttons
    await eva.say("yes")
    await eva.say("yes")
    assert "Which of these describes you?" in eva.last.text


async def test_a_wrong_code_opens_nothing(chat: Users, database: Database) -> None:
    eve = chat(user="eve")
    code = employ(database, cike="admin")
    await eve.say("/staff AAAAA-BBBBB")
    assert "don't know this code" in eve.last.text
    eve.now += timedelta(hours=1)
    await eve.say(f"/staff {code}")
    assert "don't know this code" in eve.last.text


async def test_a_viewer_sees_and_cannot_send(chat: Users, database: Database) -> None:
    vera = await at_work(chat, database, cike="viewer")
    assert vera.last.buttons == ("Messages", "Who is coming", "Mentoring", "Figures")
    for page in ("new_event", "new_broadcast", "announce.1.3"):
        await vera.send_press("m", f"=staff.{page}")
        assert "role doesn't allow" in vera.last.text or "no longer available" in vera.last.text
    await vera.send_press("m", "=staff.drafts")
    assert "nothing here yet" in vera.last.text


async def test_an_event_is_asked_reviewed_and_announced(chat: Users, database: Database) -> None:
    await register_expat(chat(), "invitations")
    await register_expat(chat(user="u2", locale="sk"), "invitations", name="Peter")
    await register_expat(chat(user="u3"), name="Nela")
    eva = await at_work(chat, database)
    await draft_event(eva)
    shown = [each.text for each in eva.log[-8:]]
    assert any("Raňajky s *hviezdičkami* & <b>spol.</b>" in text for text in shown)
    assert any("Breakfast among friends" in text for text in shown)
    review = eva.last.text
    assert "It will reach 2 people" in review
    assert "By language: English 1, Slovak 1" in review
    assert "Left out, no consent to invitations: 1" in review
    assert eva.last.buttons[0] == "Invite 2 people"
    await eva.press("Invite 2 people")
    assert "2 people are being invited" in eva.last.text
    assert rows(database, "SELECT key, status, capacity, guests, starts_at FROM event")[0][:4] == (
        "vianocny-brunch-1213", "announced", 40, 1,
    )  # fmt: skip
    assert log(database)[-2:] == [
        ("Eva", "event.create", "cike", "event:vianocny-brunch-1213", None),
        ("Eva", "event.announce", "cike", "event:vianocny-brunch-1213", 2),
    ]


async def test_the_times_of_an_event_are_those_of_its_place(
    chat: Users, database: Database
) -> None:
    eva = await at_work(chat, database)
    await draft_event(eva)
    starts, ends = rows(database, "SELECT starts_at, ends_at FROM event")[0]
    assert [_moment(each) for each in (starts, ends)] == [
        datetime.fromisoformat("2026-12-13T09:30:00+00:00"),
        datetime.fromisoformat("2026-12-13T11:30:00+00:00"),
    ]


def _moment(value: str | datetime) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


async def test_a_preview_s_buttons_answer_nothing(chat: Users, database: Database) -> None:
    eva = await at_work(chat, database)
    await draft_event(eva)
    await eva.press("Going")
    assert "only a preview" in eva.last.text
    assert count(database, "rsvp") == 0


async def test_the_last_button_holds_only_for_the_count_it_states(
    chat: Users, database: Database
) -> None:
    await register_expat(chat(), "invitations")
    eva = await at_work(chat, database)
    await draft_event(eva)
    old = eva.last
    assert old.buttons[0] == "Invite 1 person"
    await register_expat(chat(user="u2"), "invitations", name="Peter")
    await eva.press("Invite 1 person", on=old)
    assert "The number has changed: it would now reach 2 people" in eva.last.text
    assert rows(database, "SELECT status FROM event") == [("draft",)]
    await eva.press("Invite 2 people")
    assert rows(database, "SELECT status FROM event") == [("announced",)]
    await eva.press("Invite 2 people")
    assert "no longer a draft" in eva.last.text
    assert [line[1] for line in log(database)].count("event.announce") == 1


async def test_a_filter_that_cannot_be_read_is_shown_with_the_word(
    chat: Users, database: Database
) -> None:
    await register_expat(chat(), "invitations")
    eva = await at_work(chat, database)
    with pytest.raises(AssertionError):
        await draft_event(eva, audience="county:DE")
    assert "can't read this filter" in eva.last.text
    assert "^" in eva.last.text
    await eva.say("country:DE")
    await eva.press("All correct")
    assert "It will reach 1 person" in eva.last.text
    assert "Audience: country:DE" in eva.last.text


async def test_nobody_to_invite_leaves_no_button_to_do_it(chat: Users, database: Database) -> None:
    eva = await at_work(chat, database)
    await draft_event(eva)
    assert "Nobody would get this" in eva.last.text
    assert eva.last.buttons == ("Change", "Discard", "Staff menu")


async def test_a_draft_is_found_again_changed_and_thrown_away(
    chat: Users, database: Database
) -> None:
    eva = await at_work(chat, database)
    await draft_event(eva)
    await eva.say("/staff")
    await eva.press("Drafts and broadcasts")
    await eva.press("Christmas brunch")
    await eva.press("Change")
    assert "Starts: 10:30" in eva.last.text
    assert "Title (Slovenian): not given" in eva.last.text
    await eva.press("Starts")
    await eva.say("11")
    await eva.press("All correct")
    assert rows(database, "SELECT count(*), min(key) FROM event") == [(1, "vianocny-brunch-1213")]
    assert _moment(rows(database, "SELECT starts_at FROM event")[0][0]).hour == 10
    await eva.press("Discard")
    assert "has been discarded" in eva.last.text
    assert rows(database, "SELECT status FROM event") == [("cancelled",)]


async def test_another_organisation_s_events_are_closed(chat: Users, database: Database) -> None:
    eva = await at_work(chat, database)
    await draft_event(eva)
    other = await at_work(chat, database, user="other", bsc_kranj="admin")
    for page in ("review_event.1", "change_event.1", "announce.1.0", "discard_event.1", "event.1"):
        await other.send_press("m", f"=staff.{page}")
        assert "role doesn't allow" in other.last.text, page
    await other.press("Who is coming")
    assert "no events" in other.last.text
    await other.say("/staff")
    await other.press("Recent activity")
    assert "brunch" not in other.last.text


async def test_who_loses_their_role_is_out_in_the_middle(chat: Users, database: Database) -> None:
    eva = await at_work(chat, database)
    await eva.press("New event")
    await eva.press("Something else")
    with database.transaction() as tx:
        store.leave(tx, 1, START)
    await eva.say("Vianočný brunch")
    assert "Vianočný brunch" not in eva.last.text
    await eva.say("/staff")
    assert "For staff" not in eva.last.text
    assert rows(database, "SELECT status FROM conversation WHERE flow = 'staff_event'") == [
        ("dropped",)
    ]


async def test_a_conversation_is_left_and_gone_on_with(chat: Users, database: Database) -> None:
    eva = await at_work(chat, database)
    await eva.press("New event")
    await eva.press("Something else")
    await eva.say("cancel")
    assert "For staff" in eva.last.text
    assert "Your answers are saved" in eva.last.text
    await eva.press("Continue: new event")
    assert "(Slovak)" in eva.last.text


async def test_staff_who_are_registered_keep_their_survey(chat: Users, database: Database) -> None:
    eva = chat(user="staff")
    await register_expat(eva)
    await eva.press("survey_willingness")
    asked = eva.last.text
    await eva.say(f"/staff {employ(database, cike='coordinator')}")
    await eva.press("New broadcast")
    await eva.say("menu")
    assert "Continue: new broadcast" in eva.last.buttons
    survey = rows(database, "SELECT id FROM conversation WHERE flow = 'survey'")[0][0]
    await eva.press(f"continue_{survey}")
    assert asked.endswith(eva.last.text)  # the open question alone
    assert eva.last.buttons


async def test_a_filter_finds_out_nothing_about_one_of_the_other_organisation_s(
    chat: Users, database: Database
) -> None:
    await register_expat(chat(), "invitations")
    await register_local(chat(user="u2"), "invitations")
    eva = await at_work(chat, database)
    await draft_event(eva, "person:1,2")
    one = eva.last.text
    assert "It will reach 1 person." in one
    await eva.say("/staff")
    await draft_event(eva, "person:1,9")  # nobody has this number
    assert eva.last.text == one.replace("person:1,2", "person:1,9")


async def test_who_is_coming_names_only_one_s_own_people(chat: Users, database: Database) -> None:
    jana, peter, matej = chat(), chat(user="u2"), chat(user="u3")
    await register_expat(jana, "invitations")
    await register_expat(peter, "invitations", name="Peter")
    await register_local(matej, "invitations", "sharing")
    await register_local(chat(user="u4"), "invitations")
    eva = await at_work(chat, database)
    await draft_event(eva)
    await eva.press("Invite")
    with database.transaction() as tx:
        from storage import events
        from storage.events import RsvpRow

        for person, state, guests in ((1, "going", 1), (2, "maybe", 0), (3, "going", 0)):
            events.put_rsvp(tx, RsvpRow(1, person, state, guests, START))
        fourth = rows(database, "SELECT person_id FROM identity WHERE user_id = 'u4'")[0][0]
        events.put_rsvp(tx, RsvpRow(1, int(fourth), "going", 0, START))
    await eva.say("/staff")
    await eva.press("Who is coming")
    await eva.press("13 Dec 2026")
    told = eva.last.text
    assert "Going: 3 and 1 guest" in told
    assert "Jana Nováková + 1 guest" in told
    assert told.count("Matej Kranjc") == 1
    assert "1 person of another organisation" in told
    assert "Peter" in told
    assert log(database)[-1] == ("Eva", "event.read", "cike", "event:vianocny-brunch-1213", 4)


async def test_the_code_for_the_check_in_is_shown_to_coordinators_only(
    chat: Users, database: Database
) -> None:
    await register_expat(chat(), "invitations")
    eva = await at_work(chat, database)
    await draft_event(eva)
    await eva.press("Invite")
    await eva.press("Who is coming")
    (code,) = rows(database, "SELECT code FROM event")[0]
    assert f"Code at the door: {code}" in eva.last.text
    vera = await at_work(chat, database, user="vera", cike="viewer", bsc_kranj="admin")
    await vera.press("Who is coming")
    await vera.press("13 Dec 2026")
    assert "Christmas brunch" in vera.last.text
    assert code not in vera.transcript()


async def test_viewers_see_no_small_groups_in_the_figures(chat: Users, database: Database) -> None:
    await register_expat(chat(), "invitations")
    eva = await at_work(chat, database)
    await eva.press("Figures")
    assert "People: 1" in eva.last.text
    assert "Germany: 1" in eva.last.text
    vera = await at_work(chat, database, user="vera", cike="viewer")
    await vera.press("Figures")
    assert "People: fewer than 5" in vera.last.text
    assert "Germany" not in vera.last.text


async def test_the_log_shows_what_was_done_for_one_s_organisation(
    chat: Users, database: Database
) -> None:
    eva = await at_work(chat, database)
    await draft_event(eva)
    await eva.say("/staff")
    await eva.press("Recent activity")
    assert "Eva: event prepared: vianocny-brunch-1213" in eva.last.text


async def draft_broadcast(eva: Chat, below: str = "Nothing") -> None:
    """From the menu to the review of a new broadcast."""
    await eva.press("New broadcast")
    await eva.say("November & more")
    assert "(Slovak)" in eva.last.text
    await eva.say('Dobrý deň, {{ name|default("priatelia") }}!\nMáme **novinky**.')
    await eva.say('Hello {{ name|default("friend") }}!\nWe have **news**: 1 < 2.')
    await eva.press("skip")
    await eva.press(below)
    if below == "A link":
        await eva.say("example.org/news")
        await eva.say("Viac")
        await eva.say("Read more")
    elif below == "Answer buttons":
        await eva.say("Áno\nNie")
        await eva.say("Yes\nNo\nMaybe")
        assert "Please write 2 answers" in eva.last.text
        await eva.say("Yes\nNo")
    await eva.press("Everyone (CIKE)")
    await eva.press("All correct")


def statuses(database: Database) -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in rows(database, "SELECT key, status FROM broadcast")]


async def test_a_broadcast_is_asked_reviewed_and_sent(chat: Users, database: Database) -> None:
    await register_expat(chat(), "invitations")
    await register_expat(chat(user="u2", locale="sl"), "invitations", name="Peter")
    eva = await at_work(chat, database)
    await draft_broadcast(eva, "A link")
    english = next(each for each in eva.log if "Hello friend!" in each.text)
    assert "We have news: 1 < 2." in english.text
    assert [(link.label, link.url) for link in english.message.links] == [
        ("Read more", "https://example.org/news")
    ]
    assert "It will reach 2 people" in eva.last.text
    await eva.press("Send to 2 people")
    assert "On its way to 2 people" in eva.last.text
    assert statuses(database) == [("november-more-1122", "scheduled")]
    assert rows(database, "SELECT kind, state FROM task WHERE kind = 'broadcast.start'") == [
        ("broadcast.start", "open")
    ]
    assert log(database)[-2:] == [
        ("Eva", "broadcast.create", "cike", "broadcast:november-more-1122", None),
        ("Eva", "broadcast.send", "cike", "broadcast:november-more-1122", 2),
    ]
    await eva.press("Pause")
    assert "paused" in eva.last.text
    await eva.press("Resume sending")
    await eva.press("Stop for good")
    assert "cancelled" in eva.last.text
    assert statuses(database) == [("november-more-1122", "cancelled")]
    await eva.press("Send to 2 people")
    assert "cancelled" in eva.last.text
    assert statuses(database) == [("november-more-1122", "cancelled")]


async def test_lines_stand_as_they_were_typed_and_after_a_change_too(
    chat: Users, database: Database
) -> None:
    """Dates above all: no list counts them anew."""
    lines = "28. 11. 2026 o 18.00\n2. ročník\n- 9. 12.\n> # 3. x\\\n1. 1. <y>\n---\nKoniec"
    shown = lines.replace("- 9.", "• 9.")
    eva = await at_work(chat, database)
    await eva.press("New broadcast")
    await eva.say("November")
    await eva.say(lines)
    await eva.press("skip")
    await eva.press("skip")
    await eva.press("Nothing")
    await eva.press("Everyone (CIKE)")
    await eva.press("All correct")
    assert sum(each.text.startswith(f"{shown}\n\nCIKE ") for each in eva.log) == 1
    await eva.press("Change")
    await eva.press("All correct")
    assert sum(each.text.startswith(f"{shown}\n\nCIKE ") for each in eva.log) == 2


async def test_a_text_with_a_fault_is_not_taken(chat: Users, database: Database) -> None:
    eva = await at_work(chat, database)
    await eva.press("New broadcast")
    await eva.say("November")
    await eva.say("Ahoj {{ nmae }}")
    assert "did you mean name" in eva.last.text
    await eva.say("Ahoj {{ name }}")
    assert "(English)" in eva.last.text


async def test_a_broadcast_is_planned_at_each_reader_s_hour(
    chat: Users, database: Database
) -> None:
    await register_expat(chat(), "invitations")
    eva = await at_work(chat, database)
    await draft_broadcast(eva, "Answer buttons")
    await eva.press("Send later")
    await eva.press("Same local time")
    await eva.say("1 December 2026")
    await eva.say("yes")
    await eva.say("10")
    assert "Scheduled for 1 December 2026, 10:00, each reader's local time" in eva.last.text
    await eva.press("Schedule for 1 person")
    assert rows(database, "SELECT status, local_time FROM broadcast") == [("scheduled", "10:00")]
    await eva.say("/staff")
    await eva.press("Drafts and broadcasts")
    await eva.press("November & more · scheduled")
    assert "1 December 2026, 10:00" in eva.last.text


async def test_a_broadcast_is_planned_at_a_moment_of_the_organisation_s_clock(
    chat: Users, database: Database
) -> None:
    await register_expat(chat(), "invitations")
    eva = await at_work(chat, database)
    await draft_broadcast(eva)
    await eva.press("Send later")
    await eva.press("All at once")
    await eva.say("2026-12-01")
    await eva.press("10:00")
    assert "1 December 2026, 10:00 (Bratislava)" in eva.last.text
    await eva.press("Schedule for 1 person")
    due = _moment(rows(database, "SELECT due_at FROM broadcast")[0][0])
    assert due == datetime.fromisoformat("2026-12-01T09:00:00+00:00")
    assert log(database)[-1][1] == "broadcast.schedule"


async def test_a_time_that_is_past_is_told(chat: Users, database: Database) -> None:
    await register_expat(chat(), "invitations")
    eva = await at_work(chat, database)
    await draft_broadcast(eva)
    await eva.send_press("m", "=staff.send.1.1.a202001011000")
    assert "is past" in eva.last.text
    for code in ("a209913011000", "x202612011000", "a20261201", "l202612012500"):
        await eva.send_press("m", f"=staff.send.1.1.{code}")
        assert "didn't work" in eva.last.text
    assert statuses(database) == [("november-more-1122", "draft")]


async def test_a_broadcast_goes_to_oneself_first(chat: Users, database: Database) -> None:
    await register_expat(chat(), "invitations")
    eva = await at_work(chat, database)
    await draft_broadcast(eva)
    await eva.press("Send to myself")
    assert "On its way to you" in eva.last.text
    assert rows(
        database, "SELECT kind, user_id, state FROM delivery WHERE broadcast_id IS NOT NULL"
    ) == [("test", "staff", "queued")]
    assert log(database)[-1] == (
        "Eva", "broadcast.test", "cike", "broadcast:november-more-1122", 1,
    )  # fmt: skip


async def test_a_draft_broadcast_is_changed_line_by_line(chat: Users, database: Database) -> None:
    await register_expat(chat(), "invitations")
    eva = await at_work(chat, database)
    await draft_broadcast(eva, "Answer buttons")
    await eva.press("Change")
    assert "Answers (Slovak): Áno, Nie" in eva.last.text
    assert "We have **news**: 1 < 2." in eva.last.text
    await eva.press("Message (English)")
    await eva.say("Only this.")
    await eva.press("All correct")
    assert any("Only this." in each.text for each in eva.log)
    await eva.press("Send to 1 person")
    assert statuses(database) == [("november-more-1122", "scheduled")]
    await eva.send_press("m", "=staff.change_broadcast.1")
    assert "no longer a draft" in eva.last.text


async def test_another_organisation_s_broadcasts_are_closed(
    chat: Users, database: Database
) -> None:
    await register_expat(chat(), "invitations")
    eva = await at_work(chat, database)
    await draft_broadcast(eva)
    other = await at_work(chat, database, user="other", bsc_kranj="admin")
    vera = await at_work(chat, database, user="vera", cike="viewer")
    for who in (other, vera):
        for page in ("broadcast.1", "change_broadcast.1", "send.1.1", "when.1", "test.1",
                     "pause.1", "resume.1", "stop.1"):  # fmt: skip
            await who.send_press("m", f"=staff.{page}")
            assert "role doesn't allow" in who.last.text, page
    assert statuses(database) == [("november-more-1122", "draft")]


@pytest.mark.parametrize(
    "argument",
    ["event.", "event.zzzzzzzzzzzzzz", "announce.1", "announce.x.1", "announce.1.-5", "send.1",
     "send.zz.1", "go_on.1", "go_on.99999999999999999999", "when.7", "review_event.9", "event.1.2"],
)  # fmt: skip
async def test_forged_pages_do_no_harm(chat: Users, database: Database, argument: str) -> None:
    eva = await at_work(chat, database)
    await eva.send_press("m", f"=staff.{argument}")
    assert "no longer available" in eva.last.text


@pytest.mark.parametrize(
    ("locale", "event", "nothing", "invite"),
    [
        ("sk", "Nové podujatie", "Niečo iné", "Pozvať 1 človeka"),
        ("sl", "Nov dogodek", "Nekaj drugega", "Povabi 1 osebo"),
    ],
)
async def test_the_conversation_is_in_the_staff_s_language(
    chat: Users, database: Database, locale: str, event: str, nothing: str, invite: str
) -> None:
    await register_expat(chat(), "invitations")
    eva = await at_work(chat, database, locale=locale)
    await eva.press(event)
    await eva.press(nothing)
    await eva.say("Brunch")
    await eva.press("skip")
    await eva.press("skip")
    await eva.say("Raňajky")
    await eva.press("place")
    await eva.say("Kasárne")
    await eva.press("Europe/Bratislava")
    await eva.say("13.12.2026")
    await eva.press("0")
    await eva.say("18.00")
    await eva.press("20:00")
    await eva.press("skip")
    await eva.press("0")
    await eva.press("skip")
    await eva.press("everybody")
    await eva.press("done")
    assert eva.last.buttons[0] == invite
    english = {"the", "and", "what", "which", "please", "people", "event", "press", "write"}
    for shown in (each for each in eva.log if each.message.language == locale):
        assert not english & set(shown.text.lower().split()), shown.text


ROOT = Path(__file__).parents[2]
_ACTION = re.compile(r"(audience|broadcast|deliveries|event|people|staff)\.[a-z_]+")
_NOTING = {"log", "note", "note_down", "_log", "_moved", "_ended", "_Change"}


def _actions() -> Iterator[str]:
    """What is written to the staff's log, wherever it is written out."""
    for folder in ("outreach", "bot/cli", "bot/turn/staff"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                noted: list[ast.AST] = []
                if isinstance(node, ast.Call):
                    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                    noted = list(node.args) if name in _NOTING else []
                elif (
                    isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "action"
                ):
                    noted = [node.value]
                for each in (leaf for part in noted for leaf in ast.walk(part)):
                    if isinstance(each, ast.Constant) and _ACTION.fullmatch(str(each.value)):
                        yield str(each.value)


def test_what_is_in_the_log_has_words() -> None:
    actions = set(_actions())
    assert {"event.announce", "broadcast.send", "staff.role", "deliveries.hold"} <= actions
    known = Words(("en",)).keys()
    assert not {each for each in actions if f"staff.did_{each.replace('.', '_')}" not in known}


async def test_a_broadcast_s_progress_is_told(chat: Users, database: Database) -> None:
    await register_expat(chat(), "invitations")
    await register_expat(chat(user="u2"), "invitations", name="Peter")
    eva = await at_work(chat, database)
    await draft_broadcast(eva, "Answer buttons")
    await eva.press("Send to 2 people")
    with database.transaction() as tx:
        context = Context(eva.now, eva.house.blueprint, eva.house.channels)
        assert tick(tx, HANDLERS, context) is not None
        tx.run(
            sql("UPDATE delivery SET state = 'sent' WHERE kind = 'broadcast' AND user_id = 'u2'")
        )
        save_answers(tx, 2, "broadcast", "november-more-1122", {"q": "o2"}, eva.now)
    await eva.press("Refresh")
    told = eva.last.text
    assert "November & more · being sent" in told
    for line in ("Recipients: 2", "Sent: 1", "Waiting: 1", "“Yes”: 0", "“No”: 1"):
        assert line in told
    assert eva.last.buttons == ("Refresh", "Pause", "Stop for good", "Staff menu")


async def test_an_event_that_would_have_begun_goes_back_to_its_card(
    chat: Users, database: Database
) -> None:
    eva = await at_work(chat, database)
    await draft_event(eva)
    await eva.press("Change")
    await eva.press("Day")
    await eva.say("2026-11-22")
    await eva.press("All correct")
    assert "would already have started" in eva.last.text
    assert "Starts: 10:30" in eva.last.text
    await eva.press("Starts")
    await eva.say("18:00")
    await eva.press("Ends")
    await eva.press("20:00")
    await eva.press("All correct")
    assert _moment(rows(database, "SELECT starts_at FROM event")[0][0]).hour == 17


async def test_an_hour_that_is_past_is_asked_again(chat: Users, database: Database) -> None:
    await register_expat(chat(), "invitations")
    eva = await at_work(chat, database)
    await draft_broadcast(eva)
    await eva.press("Send later")
    await eva.press("All at once")
    await eva.say("2026-11-22")
    await eva.press("09:00")
    assert "already passed" in eva.last.text
    await eva.say("23")
    assert "22 November 2026, 23:00 (Bratislava)" in eva.last.text


@pytest.mark.parametrize("later", [False, True])
async def test_a_broadcast_is_sent_once_however_often_it_is_pressed(
    chat: Users, database: Database, later: bool
) -> None:
    await register_expat(chat(), "invitations")
    eva = await at_work(chat, database)
    await draft_broadcast(eva)
    if later:
        await eva.press("Send later")
        await eva.press("Same local time")
        await eva.say("2026-12-01")
        await eva.press("10:00")
    review = eva.last
    for _ in range(3):
        await eva.press("Schedule for 1" if later else "Send to 1", on=review)
    action = "broadcast.schedule" if later else "broadcast.send"
    assert [line[1] for line in log(database)].count(action) == 1
    assert "· scheduled" in eva.last.text
