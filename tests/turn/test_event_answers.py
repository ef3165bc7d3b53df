"""Somebody and the events, to the word: list, card, answers, the door, and afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from bot.incoming import Command, Incoming, Press, Text
from bot.turn import events as in_turn
from bot.turn.context import Turn
from messages import rich
from messages.base36 import base36
from outreach.events import listing
from outreach.events.buttons import reference
from outreach.reader import Reader
from storage import conversations, events
from storage.events import EventRow, RsvpRow, put_rsvp
from tests.outreach.inviting import STARTS, event
from tests.outreach.sending import delivery
from tests.turn.staff.world import GUEST, LATER, NONE, Case, World

TICK, HOUR, DAY = timedelta(microseconds=1), timedelta(hours=1), timedelta(days=1)
CARD = """\
Brunch

📅 Monday 30 November 2026, 18:00–20:00
📍 Tabačka
🏛 Organised by CIKE"""
UNKNOWN = "I don't know this event."


@pytest.fixture
def jana(world: World) -> Iterator[Case]:
    """Somebody who is registered, of cike, and no more."""
    with world.case(NONE) as case:
        case.run("UPDATE person SET organisation = 'cike', name = 'Jana' WHERE id = :id",
                 id=who(case))  # fmt: skip
        yield case


def who(case: Case) -> int:
    return case.person


def press(case: Case, key: str, of: EventRow | None = None) -> str:
    return case.send(Press(reference((of or case.world.brunch).id), key))


def said(case: Case, of: EventRow | None = None) -> RsvpRow | None:
    return events.rsvp(case.tx, (of or case.world.brunch).id, who(case))


def told(case: Case, of: EventRow, ago: timedelta, **values: Any) -> None:
    """They were sent something about an event."""
    row = {"event_id": of.id, "state": "sent", "sent_at": LATER - ago, **values}
    delivery(case.tx, who(case), str(row.pop("kind", "invitation")), **row)


# ---- the list ----


def test_the_list_says_what_is_open_and_the_own_answer(jana: Case) -> None:
    long = event(jana.tx, "long", title={"en": "x" * 41}, starts_at=STARTS + DAY)
    put_rsvp(jana.tx, RsvpRow(long.id, who(jana), "maybe", 0, LATER))
    event(jana.tx, "exact", title={"en": "y" * 40}, starts_at=STARTS + 2 * DAY, capacity=1,
          audience="persona:expat")  # fmt: skip
    event(jana.tx, "locals", audience="persona:local")
    assert (
        jana.send(Command("events"))
        == f"""\
Events for you
• Brunch
Monday 30 November 2026, 18:00–20:00
• {"x" * 41}
Tuesday 1 December 2026, 18:00–20:00
🤔 Your answer: maybe
• {"y" * 40}
Wednesday 2 December 2026, 18:00–20:00
[Brunch]
[{"x" * 39}…]
[{"y" * 40}]
[Menu]"""
    )
    assert jana.presses == ["=event.brunch", "=event.long", "=event.exact", "=menu"]


def test_the_list_is_as_long_as_fits(jana: Case) -> None:
    for number in range(12):
        event(jana.tx, f"e{number:02}", title={"en": f"Event {number}"}, starts_at=STARTS - HOUR)
    listed = jana.send(Command("events"))
    assert listed.count("[Event ") == 12
    assert "[Brunch]" not in listed
    jana.run("UPDATE event SET status = 'over'")
    assert "[Yes, you may]" in jana.send(Command("events"))
    jana.send(Press("m", "=agree.invitations"))
    assert jana.send(Command("events")) == (
        "There are no events for you at the moment. We'll write when there is one.\n[Menu]"
    )


@pytest.mark.parametrize(
    ("answered", "invited", "listed"),
    [(False, False, False), (True, False, True), (False, True, True)],
)
def test_an_event_of_another_audience_is_listed_to_who_has_to_do_with_it(
    jana: Case, answered: bool, invited: bool, listed: bool
) -> None:
    locals_ = event(jana.tx, "locals", audience="persona:local", title={"en": "Of locals"})
    if answered:
        put_rsvp(jana.tx, RsvpRow(locals_.id, who(jana), "no", 0, LATER))
    if invited:
        told(jana, locals_, DAY, state="failed")
    told(jana, locals_, DAY, kind="change")
    put_rsvp(jana.tx, RsvpRow(locals_.id, GUEST, "no", 0, LATER))
    delivery(jana.tx, GUEST, "invitation", event_id=locals_.id)
    assert ("Of locals" in jana.send(Command("events"))) is listed


def test_a_filter_that_cannot_be_read_any_more_is_for_nobody(jana: Case) -> None:
    jana.run("UPDATE event SET audience = '@gone'")
    assert "no events for you" in jana.send(Command("events"))


@pytest.mark.parametrize("status", ["new", "joining", "mapped"])
def test_who_is_not_registered_is_led_there_first(jana: Case, status: str) -> None:
    jana.run("UPDATE person SET status = :status WHERE id = :id", status=status, id=who(jana))
    for heard in (
        Command("events"), Command("checkin", "ABC234"), Command("start", "event_brunch"),
        Press(reference(jana.world.brunch.id), "=going"),
    ):  # fmt: skip
        assert "Brunch\n\n📅" not in jana.send(heard)
    told(jana, jana.world.brunch, HOUR)
    jana.send(Text("yes"))
    assert said(jana) is None


# ---- the card and its answers ----


def test_a_press_is_answered_with_the_card_as_it_is(jana: Case) -> None:
    going = "✅ Your answer: going"
    assert press(jana, "=going") == (
        f"{CARD}\n\n{going}\n[✓ Going]\n[Maybe]\n[Can't]\n[Add to calendar]"
    )
    jana.run("UPDATE event SET capacity = 1, guests = 1 WHERE key = 'brunch'")
    refused = "There aren't enough places left for that many guests."
    for key in ("=g1", "=g2"):
        said_now = press(jana, key)
        assert said_now.startswith(f"{refused} Your own answer hasn't changed.\n\nBrunch\n")
    row = said(jana)
    assert row is not None
    assert (row.state, row.guests) == ("going", 0)
    assert press(jana, "=no").startswith("Brunch\n")


def test_who_waits_is_told_where_they_stand(jana: Case) -> None:
    jana.run("UPDATE event SET capacity = 1 WHERE key = 'brunch'")
    line = "⏳ You're number 1 on the waiting list. We'll write to you when a place comes free."
    assert "All places are taken right now." in jana.send(Command("event", "brunch"))
    assert line in press(jana, "=going")
    assert line in jana.send(Command("event", "brunch"))
    put_rsvp(jana.tx, RsvpRow(jana.world.brunch.id, 1, "waiting", 0, LATER, LATER - HOUR))
    assert "number 2 on the waiting list" in jana.send(Command("event", "brunch"))


@pytest.mark.parametrize("key", ["going", "=", "=g10", "=g-1", "=Going", "=x", ">1"])
def test_a_press_that_says_nothing_changes_nothing(jana: Case, key: str) -> None:
    assert press(jana, key).startswith(UNKNOWN)
    assert said(jana) is None


def test_an_event_is_shown_by_its_key_in_any_case(jana: Case) -> None:
    for argument in ("brunch", " BRUNCH ", "Brunch"):
        assert jana.send(Command("event", argument)).startswith(CARD)
    for argument in ("", "draft", "nothing"):
        assert jana.send(Command("event", argument)).startswith(UNKNOWN)
    assert jana.send(Command("start", "EVENT_brunch")).startswith(CARD)


# ---- answers in words ----


@pytest.mark.parametrize(
    ("ago", "values", "heard"),
    [
        (7 * DAY, {}, True),
        (7 * DAY + TICK, {}, False),
        (HOUR, {"kind": "reminder"}, True),
        (HOUR, {"kind": "last_reminder"}, True),
        (HOUR, {"kind": "change"}, True),
        (HOUR, {"kind": "offer"}, True),
        (HOUR, {"kind": "cancellation"}, False),
        (HOUR, {"kind": "thanks"}, False),
        (HOUR, {"kind": "feedback_reminder"}, False),
        (HOUR, {"kind": "broadcast", "event_id": None}, False),
        (HOUR, {"state": "unknown"}, False),
        (HOUR, {"state": "queued"}, False),
    ],
)
def test_a_yes_answers_the_last_that_was_asked(
    jana: Case, ago: timedelta, values: dict[str, Any], heard: bool
) -> None:
    told(jana, jana.world.brunch, ago, **values)
    jana.send(Text("yes"))
    assert said(jana) is None  # it counts after a tap
    confirmed = f"=come.{base36(jana.world.brunch.id)}.going"
    assert (jana.presses == [confirmed, "=nothing"]) is heard
    if heard:
        jana.send(Press("m", confirmed))
        row = said(jana)
        assert row is not None
        assert row.state == "going"


def test_of_two_events_a_yes_means_the_one_that_was_told_last(jana: Case) -> None:
    talk, party = event(jana.tx, "talk"), event(jana.tx, "party")
    told(jana, talk, HOUR)
    told(jana, party, HOUR)  # in the same moment: the newer
    told(jana, jana.world.brunch, 2 * HOUR)
    jana.send(Text("maybe"))
    jana.send(Press("m", jana.presses[0]))
    assert said(jana) is said(jana, talk) is None
    row = said(jana, party)
    assert row is not None
    assert row.state == "maybe"
    found = listing.last_told(jana.tx, who(jana))
    assert found is not None
    assert (found.event, found.at) == (party.id, LATER - HOUR)


def test_what_may_not_have_arrived_is_not_what_a_yes_is_about(jana: Case) -> None:
    other = event(jana.tx, "other")
    told(jana, jana.world.brunch, HOUR)
    told(jana, other, TICK, state="unknown")
    found = listing.last_told(jana.tx, who(jana))
    assert found is not None
    assert found.event == jana.world.brunch.id


def test_a_yes_to_a_draft_or_to_nothing_is_for_the_staff(jana: Case) -> None:
    passed = "I'm not sure what to do with this, so I've passed it on to our team"
    assert jana.send(Text("yes")).startswith(passed)
    told(jana, jana.world.draft, HOUR)
    assert jana.send(Text("yes")).startswith(passed)
    told(jana, jana.world.brunch, TICK)
    assert jana.send(Text("something else")).startswith(passed)


# ---- the door ----


def test_a_code_opens_the_door(jana: Case) -> None:
    jana.run("UPDATE event SET code = 'ABC234', starts_at = :at WHERE key = 'brunch'",
             at="2026-11-02T10:00:00.000000Z")  # fmt: skip
    assert jana.send(Command("checkin", " ")).startswith("What's the code?")
    assert jana.send(Command("checkin", "ABC23")).startswith("There's no event with this code.")
    long = "ABC234" + "-" * 30
    assert jana.send(Command("checkin", long)) == "🎉 Welcome to Brunch! You're checked in."
    assert jana.send(Command("start", "CHECKIN_abc234")) == (
        "You're already checked in to Brunch. Enjoy it!"
    )
    too_long = "ABC234ABC234ABC234ABC234"
    jana.run("UPDATE event SET code = :code WHERE key = 'brunch'", code=too_long[:20])
    assert jana.send(Command("checkin", too_long)).startswith("You're already checked in to Brunch")


# ---- afterwards ----


def test_feedback_is_taken_from_the_end_on_from_who_was_there(jana: Case) -> None:
    over, not_yet, not_there = (
        "How was it?", "This event isn't over yet.", "We only ask people who were at this event",
    )  # fmt: skip
    brunch = jana.world.brunch
    for status, ends, state, heard in (
        ("over", LATER, "going", over),
        ("announced", LATER, "going", over),
        ("over", LATER + TICK, "going", not_yet),
        ("cancelled", LATER, "going", not_yet),
        ("over", LATER, "maybe", not_there),
    ):
        events.update(jana.tx, brunch.id, {"status": status, "ends_at": ends})
        put_rsvp(jana.tx, RsvpRow(brunch.id, who(jana), state, 0, LATER))
        jana.run("UPDATE conversation SET status = 'dropped' WHERE status = 'open'")
        assert heard in press(jana, "=feedback"), (status, ends, state)


def test_feedback_is_about_the_event_in_each_language(jana: Case) -> None:
    brunch = jana.world.brunch
    events.update(jana.tx, brunch.id, {
        "status": "over", "ends_at": LATER, "title": {"en": "Brunch", "sk": "  ", "sl": "Zajtrk"},
    })  # fmt: skip
    put_rsvp(jana.tx, RsvpRow(brunch.id, who(jana), "going", 0, LATER))
    assert "How was it? · Brunch" in press(jana, "=feedback")
    talk = conversations.who(jana.tx, "preview", "local", NONE)
    assert talk is not None
    assert talk.talk is not None
    assert talk.talk.params["about"] == {"en": "Brunch", "sl": "Zajtrk"}
    assert talk.talk.params["round"] == "brunch"


def test_a_region_without_feedback_asks_for_none(jana: Case) -> None:
    brunch = jana.world.brunch
    events.update(jana.tx, brunch.id, {"status": "over", "ends_at": LATER})
    put_rsvp(jana.tx, RsvpRow(brunch.id, who(jana), "going", 0, LATER))
    silent = tuple(each for each in jana.blueprint.surveys if not each.after_events)
    jana.follows(jana.blueprint.model_copy(update={"surveys": silent}))
    assert "We only ask people who were at this event" in press(jana, "=feedback")


def test_the_file_for_calendars_says_for_which_event(jana: Case) -> None:
    assert press(jana, "=ics") == (
        "Open this file to add Brunch to your calendar. If the event moves, we'll let you know."
    )


def turn_of(case: Case, text: str = "") -> Turn:
    """Somebody writes this."""
    known = conversations.who(case.tx, "preview", "local", NONE)
    assert known is not None
    incoming = Incoming("preview", "local", NONE, NONE, "e", LATER, Text(text))
    return Turn(case.world.house, case.tx, incoming, LATER, known)


@pytest.mark.parametrize(
    ("status", "answer", "asked"),
    [
        ("active", "going", True),
        ("paused", "waiting", True),
        ("active", "no", False),
        ("active", None, False),
        ("joining", "going", False),  # their registration is gone on with instead
    ],
)
def test_who_is_registered_and_said_they_would_come_is_asked_whether_words_are_about_that(
    jana: Case, status: str, answer: str | None, asked: bool
) -> None:
    if answer is not None:
        put_rsvp(jana.tx, RsvpRow(jana.world.brunch.id, who(jana), answer, 0, LATER, LATER))
    jana.run("UPDATE person SET status = :status WHERE id = :id", status=status, id=who(jana))
    turn = turn_of(jana, "Is there parking?")
    assert in_turn.still_coming(turn, ()) is asked
    assert [("Is this about Brunch?" in rich.plain(each.message.text)) for each in turn.out] == (
        [True] * asked
    )


@pytest.mark.parametrize(
    ("zone", "organisation", "shown"),
    [
        ("Asia/Tokyo", "bsc_kranj", "Asia/Tokyo"),
        (None, "bsc_kranj", "Europe/Ljubljana"),
        (None, None, "Europe/Bratislava"),
    ],
)
def test_a_reader_is_who_speaks_with_the_bot(
    jana: Case, zone: str | None, organisation: str | None, shown: str
) -> None:
    jana.run("UPDATE person SET timezone = :zone, organisation = :own WHERE id = :id",
             zone=zone, own=organisation, id=who(jana))  # fmt: skip
    turn = turn_of(jana)
    assert in_turn.reader(turn) == Reader(
        who(jana), "en", shown, "Jana", organisation=organisation or "", persona="expat"
    )
    turn.who.name = turn.who.persona = None
    assert in_turn.reader(turn).name == in_turn.reader(turn).persona == ""
