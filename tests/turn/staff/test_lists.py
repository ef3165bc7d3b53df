"""What staff look at: who is coming, figures, drafts, and what was done; to the word."""

from __future__ import annotations

from datetime import timedelta

import pytest

from messages.base36 import base36
from outreach import staff
from storage import events, staff_log
from storage.events import RsvpRow, put_rsvp
from storage.staff_log import Wanted
from tests.outreach.inviting import NOW, event, person
from tests.outreach.sending import broadcast, delivery
from tests.turn.staff.world import GUEST, LATER, MESSAGE, Case

MOST_EVENTS, MOST_NAMES, MOST_DRAFTS, MOST_LINES = 12, 60, 8, 15
RECENT = timedelta(days=60)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TICK = timedelta(microseconds=1)


def read_of(case: Case) -> list[tuple[str, str | None, str | None, int | None]]:
    """What is noted of their reading."""
    lines = staff_log.latest(case.tx, Wanted(staff=case.actor.staff), 9)
    return [(each.action, each.organisation, each.subject, each.people) for each in lines]


# ---- who is coming ----


def test_events_come_by_their_start_and_those_that_are_over_last(eva: Case) -> None:
    event(eva.tx, "now", starts_at=LATER - HOUR, ends_at=LATER, title={"en": "Ends now"})
    event(eva.tx, "over", starts_at=LATER - DAY, ends_at=LATER - TICK, title={"en": "Is over"})
    event(eva.tx, "early", starts_at=LATER + HOUR, ends_at=LATER + DAY, title={"en": "Is next"})
    event(eva.tx, "old", ends_at=LATER - RECENT + TICK, starts_at=LATER - RECENT - DAY)
    event(eva.tx, "older", ends_at=LATER - RECENT, starts_at=LATER - RECENT - DAY)
    for status in ("draft", "cancelled"):
        event(eva.tx, status + "-one", status=status)
    event(eva.tx, "kranj", organisation="bsc_kranj", title={"en": "Of Kranj"})
    assert (
        eva.see("coming")
        == """\
Which event?
[2 Nov 2026 · Ends now]
[2 Nov 2026 · Is next]
[30 Nov 2026 · Brunch]
[2 Sept 2026 · Brunch]
[1 Nov 2026 · Is over]
[Staff menu]"""
    )


def test_staff_of_two_organisations_see_the_events_of_both(eva: Case) -> None:
    event(eva.tx, "kranj", organisation="bsc_kranj", title={"en": "Of Kranj"})
    staff_of_both(eva)
    assert "[30 Nov 2026 · Of Kranj]" in eva.see("coming")


def staff_of_both(case: Case) -> None:
    case.run(
        "INSERT INTO staff_role (staff_id, organisation, role) VALUES (:id, 'bsc_kranj', 'viewer')",
        id=case.actor.staff,
    )


def test_only_so_many_events_have_a_button(eva: Case) -> None:
    for number in range(MOST_EVENTS):
        event(eva.tx, f"e{number}", title={"en": f"No. {number}"}, starts_at=LATER + HOUR)
    said = eva.see("coming")
    assert said.count("· No. ") == MOST_EVENTS
    assert "Brunch" not in said  # it is the last


def test_without_events_there_is_nothing_to_choose(eva: Case) -> None:
    eva.run("UPDATE event SET status = 'cancelled'")
    assert eva.see("coming") == "There are no events yet.\n[Staff menu]"


def test_an_event_is_shown_with_all_answers_in_their_order(eva: Case) -> None:
    brunch = eva.world.brunch
    eva.run("UPDATE event SET capacity = 9, code = 'ABC234' WHERE key = 'brunch'")
    for number, state in enumerate(("sent", "sent", "queued", "expired")):
        eva.run("UPDATE person SET name = 'Nobody' WHERE id = 22")
        made = delivery(eva.tx, GUEST, "invitation", event_id=brunch.id, state=state)
        eva.run("UPDATE delivery SET variant = :v WHERE id = :id", v=str(number), id=made)
    answers = {
        1: ("going", 2, "=Adam"), 2: ("going", 0, "Beáta"), 3: ("offered", 1, "Cyril"),
        11: ("waiting", 0, "Mária"), 12: ("waiting", 1, "Nina"), 13: ("maybe", 0, "Oto"),
        16: ("no", 0, "Sára"), 4: ("going", 0, "Drago"), 14: ("going", 1, "Petra"),
    }  # fmt: skip
    for who, (state, guests, name) in answers.items():
        queued = LATER - who * HOUR if state == "waiting" else None
        put_rsvp(eva.tx, RsvpRow(brunch.id, who, state, guests, LATER, queued))
        eva.run("UPDATE person SET name = :name WHERE id = :id", name=name, id=who)
    put_rsvp(eva.tx, RsvpRow(brunch.id, 2, "going", 0, LATER, checked_in_at=LATER))
    eva.run("UPDATE person SET name = NULL WHERE id = :id", id=GUEST)
    assert (
        eva.see(f"event.{base36(brunch.id)}")
        == """\
Brunch · announced
30 November 2026, 18:00 (Bratislava)
• Invitations sent: 2/4
• Going: 5 and 3 guests
• Offered a place: 1 and 1 guest
• Waiting: 2 and 1 guest
• Maybe: 1
• Not coming: 1
• Attended: 1
• Places: 10/9
• Code at the door: ABC234

Going
• —
• =Adam + 2 guests
• ✓ Beáta
• 2 people of another organisation

Offered a place
• Cyril + 1 guest

Waiting
• Nina + 1 guest
• Mária

Maybe
• Oto
[Refresh]
[Who is coming]
[Staff menu]"""
    )
    assert read_of(eva)[0] == ("event.read", "cike", "event:brunch", 9)


def test_a_name_of_the_other_organisation_s_is_shown_where_they_allow_it(eva: Case) -> None:
    for who in (4, 14):
        put_rsvp(eva.tx, RsvpRow(eva.world.brunch.id, who, "maybe", 0, LATER))
    share = "INSERT INTO consent (person_id, purpose, given, notice_version, at)"
    eva.run(f"{share} VALUES (14, 'sharing', TRUE, '1', '2026-11-02T09:30:00.000000Z')")
    page = f"event.{base36(eva.world.brunch.id)}"
    assert "Maybe\n• Petra\n• 1 person of another organisation\n" in eva.see(page)
    eva.run("UPDATE consent SET given = FALSE WHERE purpose = 'sharing'")
    assert "Maybe\n• 2 people of another organisation\n" in eva.see(page)
    staff_of_both(eva)
    assert "Maybe\n• Drago\n• Petra\n" in eva.see(page)


def test_a_long_list_of_names_ends_with_how_many_more(eva: Case) -> None:
    page = f"event.{base36(eva.world.brunch.id)}"
    for number in range(MOST_NAMES - 1):  # one comes already
        who = person(eva.tx, 100 + number)
        put_rsvp(eva.tx, RsvpRow(eva.world.brunch.id, who, "maybe", 0, LATER))
    put_rsvp(eva.tx, RsvpRow(eva.world.brunch.id, 1, "no", 0, LATER))
    said = eva.see(page)
    assert said.count("• Person ") == MOST_NAMES
    assert " more" not in said
    assert read_of(eva)[0][3] == MOST_NAMES
    for who in (2, 3):
        put_rsvp(eva.tx, RsvpRow(eva.world.brunch.id, who, "waiting", 0, LATER, LATER))
    said = eva.see(page)
    assert "\n\nand 2 more\n[Refresh]" in said
    assert read_of(eva)[0][3] == MOST_NAMES


# ---- figures ----


def test_a_viewer_sees_the_same_of_an_event_however_few_of_the_others_come(eva: Case) -> None:
    """Not the number of the others, no total from which it could be told, no guests of theirs."""
    eva.becomes("viewer")
    page = f"event.{base36(eva.world.brunch.id)}"
    before = eva.see(page)
    for number in range(300, 304):
        person(eva.tx, number, organisation="bsc_kranj")
        put_rsvp(eva.tx, RsvpRow(eva.world.brunch.id, number, "going", 1, NOW))
        assert eva.see(page) == before
    person(eva.tx, 304, organisation="bsc_kranj")
    put_rsvp(eva.tx, RsvpRow(eva.world.brunch.id, 304, "going", 0, NOW))
    assert "Going: at least 6" in eva.see(page)  # and one who is named
    assert "another organisation" not in eva.see(page)
    eva.becomes("admin")
    assert "Going: 6 and 4 guests" in eva.see(page)


def test_people_are_counted_by_all_that_is_known(eva: Case) -> None:
    number = 200
    for status, persona, residence, country, count in (
        ("active", "expat", "international", "DE", 6),
        ("paused", "expat", "international", "AT", 4),
        ("active", "local", "domestic", "SK", 5),
        ("joining", "expat", "international", "CZ", 7),
        ("mapped", None, "international", "CZ", 3),
        ("new", None, None, None, 2),
    ):
        for _ in range(count):
            number += 1
            person(eva.tx, number, organisation="bsc_kranj")
            eva.run(
                "UPDATE person SET status = :s, persona = :p, residence = :r, country = :c"
                " WHERE id = :id",
                s=status, p=persona, r=residence, c=country, id=number,
            )  # fmt: skip
    eva.run("DELETE FROM person WHERE id IN (4, 14, 22)")
    eva.becomes("coordinator elsewhere")
    assert (
        eva.see("figures")
        == """\
BSC Kranj
• People: 15
• Of these, paused: 4
• Registration not finished: 7
• Mapped: 3
• “I live away from my region”: 10
• “I live in the region”: 5
• Living in their home country: 5
• Living abroad: 10
• Germany: 6
• Slovakia: 5
• Austria: 4
[Staff menu]"""
    )
    assert read_of(eva)[0] == ("people.figures", "bsc_kranj", None, 15)
    eva.run("UPDATE staff_role SET role = 'viewer' WHERE organisation = 'bsc_kranj'")
    assert (
        eva.see("figures")
        == """\
BSC Kranj
• People: at least 10
• Of these, paused: fewer than 5
• Registration not finished: at least 5
• Mapped: fewer than 5
• “I live away from my region”: at least 5
• “I live in the region”: at least 5
• Living in their home country: at least 5
• Living abroad: at least 5
• Germany: at least 5
• Slovakia: at least 5
[Staff menu]"""
    )


def test_an_organisation_without_people_counts_none(eva: Case) -> None:
    eva.run("DELETE FROM person WHERE organisation = 'cike'")
    assert eva.see("figures") == "CIKE\n• People: 0\n[Staff menu]"
    eva.becomes("viewer")
    said = eva.see("figures")
    assert "• People: fewer than 5\n" in said
    assert {line.partition(": ")[2] for line in said.splitlines()[1:-1]} == {"fewer than 5"}


def test_only_the_countries_where_most_live_are_named(eva: Case) -> None:
    for number, country in enumerate(("AT", "BE", "CH", "CZ", "DE", "DK", "ES", "FI", "FR")):
        for each in range(2 if country != "FR" else 1):
            who = person(eva.tx, 100 + 2 * number + each)
            eva.run("UPDATE person SET country = :c WHERE id = :id", c=country, id=who)
    said = eva.see("figures")
    assert said.count(": 2\n") == 8
    assert "France" not in said


# ---- drafts ----


def test_drafts_of_events_and_all_broadcasts_are_listed(eva: Case) -> None:
    event(eva.tx, "kranj", organisation="bsc_kranj", status="draft", title={"en": "Of Kranj"})
    broadcast(eva.tx, key="off", status="cancelled", title="Called off")
    broadcast(eva.tx, key="kranj", organisation="bsc_kranj", status="draft", title="Of Kranj")
    assert (
        eva.see("drafts")
        == """\
What would you like to see?
[Picnic · draft]
[Letter paused · paused]
[Letter sending · being sent]
[Letter scheduled · scheduled]
[Letter draft · draft]
[Staff menu]"""
    )
    eva.run("UPDATE event SET status = 'cancelled'")
    eva.run("UPDATE broadcast SET status = 'cancelled'")
    assert eva.see("drafts") == "There's nothing here yet.\n[Staff menu]"


def test_the_latest_drafts_have_a_button(eva: Case) -> None:
    for number in range(MOST_DRAFTS + 1):
        event(eva.tx, f"e{number}", title={"en": f"Event {number}"}, status="draft")
        broadcast(eva.tx, key=f"b{number}", title=f"New {number}", status="draft")
    said = eva.see("drafts")
    assert said.count("[Event ") == said.count("[New ") == MOST_DRAFTS
    assert "[Event 0 " not in said
    assert "[New 0 " not in said
    assert "Picnic" not in said
    assert said.index("[Event 8 ") < said.index("[New 8 ") < said.index("[New 1 ")


# ---- the log ----


def test_what_was_done_is_told_the_latest_first(eva: Case) -> None:
    eva.run("DELETE FROM staff_log")
    for minutes, (action, organisation, subject, people) in enumerate(
        (
            ("event.create", "cike", "event:brunch", None),
            ("broadcast.send", "bsc_kranj", "broadcast:news", 1),
            ("people.figures", "cike", None, 12),
            ("what.nobody_has_words_for", "cike", "match:7", 0),
        )
    ):
        at = NOW + timedelta(minutes=minutes)
        staff.log(
            eva.tx, eva.actor, action, at, organisation=organisation, subject=subject,
            people=people,
        )  # fmt: skip
    assert (
        eva.see("log")
        == """\
Recent activity
• 2 November 2026, 10:33 · coordinator: what.nobody_has_words_for: 7 · 0 people
• 2 November 2026, 10:32 · coordinator: figures looked up · 12 people
• 2 November 2026, 10:30 · coordinator: event prepared: brunch
[Staff menu]"""
    )
    eva.run("UPDATE person SET timezone = 'Europe/London' WHERE id IN"
            " (SELECT person_id FROM identity WHERE user_id = 'coordinator')")  # fmt: skip
    staff_of_both(eva)
    assert "broadcast sent" not in eva.see("log")  # a viewer there
    eva.run("UPDATE staff_role SET role = 'coordinator' WHERE staff_id = :id", id=eva.actor.staff)
    assert (
        eva.see("log")
        == """\
Recent activity
• 2 November 2026, 09:33 · coordinator: what.nobody_has_words_for: 7 · 0 people
• 2 November 2026, 09:32 · coordinator: figures looked up · 12 people
• 2 November 2026, 09:31 · coordinator: broadcast sent: news · 1 person
• 2 November 2026, 09:30 · coordinator: event prepared: brunch
[Staff menu]"""
    )


def test_only_the_latest_lines_are_told(eva: Case) -> None:
    for number in range(MOST_LINES + 1):
        staff.log(eva.tx, eva.actor, "event.read", NOW, organisation="cike", people=100 + number)
    said = eva.see("log")
    assert said.count("•") == MOST_LINES
    assert "101 people" in said
    assert "100 people" not in said
    eva.run("DELETE FROM staff_log")
    assert eva.see("log") == "No activity yet.\n[Staff menu]"


@pytest.mark.parametrize(("name", "shown"), [("x" * 36, "x" * 36), ("y" * 37, "y" * 36)])
def test_a_message_s_button_has_room_for_so_much_of_a_name(
    eva: Case, name: str, shown: str
) -> None:
    """With how long it waits it fits a phone's line; the words are below the button, whole."""
    eva.run("UPDATE person SET name = :name WHERE id = :id", name=name, id=GUEST)
    assert f"[{shown} · " in eva.see("inbox")
    assert name in eva.see(f"message.{base36(MESSAGE)}")
    line = eva.last_line()
    assert (line.action, line.people) == ("inbox.read", 1)


def test_an_event_that_is_not_there_is_told(eva: Case) -> None:
    for argument in ("", "zz", base36(99), "-1", "ž"):
        assert eva.see(f"event.{argument}") == "This is no longer available."
    assert events.by_ids(eva.tx, [99]) == {}
