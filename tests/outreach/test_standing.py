"""What a card says of the event and of one's own answer, and what can be pressed: all of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from blueprints.schema import Blueprint
from messages import rich
from outreach.events import cards, showing
from outreach.events.buttons import Buttons
from outreach.events.showing import Card, chosen
from outreach.events.times import until
from storage.events import EventRow, RsvpRow
from tests.outreach.inviting import expats
from tests.outreach.test_cards import EVENT, JANA, NOW, STARTS, WORDS, event

TICK, HOUR = timedelta(microseconds=1), timedelta(hours=1)
UNTIL, ENDS = STARTS - timedelta(days=2, hours=6), STARTS + 2 * HOUR
STATES = (None, "going", "maybe", "no", "waiting", "offered")
FULL = (
    "All places are taken right now. You can join the waiting list, and we'll write to you when"
    " a place comes free."
)
GOING, MAYBE, NO = (
    "✅ Your answer: going", "🤔 Your answer: maybe", "▫️ Your answer: I can't come",
)  # fmt: skip
WAITING = "⏳ You're number 3 on the waiting list. We'll write to you when a place comes free."
OFFERED = "🎟 We're keeping a place for you until 3 December 2026, 12:00. Would you like it?"
BY = "Please answer by 3 December 2026, 12:00."
LATE, BEGUN, OVER, OFF = (
    "Answers are closed.", "This event has already started.", "This event is over.",
    "❌ This event has been cancelled.",
)  # fmt: skip
FILE = "Add to calendar"
OFFER = ["Accept the place", "No, thank you"]
TABLE: dict[str, list[tuple[list[str], list[str]]]] = {
    "open": [
        ([BY], ["Going", "Maybe", "Can't"]),
        ([GOING], ["✓ Going", "Maybe", "Can't", FILE]),
        ([MAYBE], ["Going", "✓ Maybe", "Can't", FILE]),
        ([NO], ["Going", "Maybe", "✓ Can't"]),
        ([WAITING], ["Leave the waiting list", "Maybe"]),
        ([OFFERED], OFFER),
    ],
    "full": [
        ([FULL, BY], ["Waiting list", "Maybe", "Can't"]),
        ([GOING], ["✓ Going", "Maybe", "Can't", FILE]),
        ([FULL, MAYBE], ["Waiting list", "✓ Maybe", "Can't", FILE]),
        ([FULL, NO], ["Waiting list", "Maybe", "✓ Can't"]),
        ([WAITING], ["Leave the waiting list", "Maybe"]),
        ([OFFERED], OFFER),
    ],
    "late": [
        ([LATE], []),
        ([LATE, GOING], ["Can't", FILE]),
        ([LATE, MAYBE], ["Can't", FILE]),
        ([LATE, NO], []),
        ([LATE, WAITING], ["Can't"]),
        ([OFFERED], OFFER),
    ],
    "begun": [
        ([BEGUN], []), ([BEGUN, GOING], [FILE]), ([BEGUN, MAYBE], [FILE]), ([BEGUN, NO], []),
        ([BEGUN], []), ([BEGUN], []),
    ],
    "over": [
        ([OVER], []), ([OVER], ["Give feedback"]), ([OVER], []), ([OVER], []),
        ([OVER], []), ([OVER], []),
    ],
    "off": [([OFF], [])] * 6,
}  # fmt: skip
"""When and how it is -> for each of STATES the paragraphs and the buttons."""
PHASES: dict[str, tuple[str, EventRow, datetime, bool]] = {
    "open": ("open", EVENT, UNTIL - TICK, False),
    "full": ("full", EVENT, UNTIL - TICK, True),
    "the deadline": ("late", EVENT, UNTIL, False),
    "full and late": ("late", EVENT, STARTS - TICK, True),
    "closed by staff": ("late", event(status="closed"), NOW, True),
    "its start": ("begun", EVENT, STARTS, True),
    "closed and begun": ("begun", event(status="closed"), ENDS - TICK, False),
    "its end": ("over", EVENT, ENDS, True),
    "over": ("over", event(status="over"), NOW, False),
    "cancelled": ("off", event(status="cancelled"), NOW, True),
    "cancelled and over": ("off", event(status="cancelled"), ENDS, False),
}


def card(state: str | None = None, **more: Any) -> Card:
    shown = more.pop("event", EVENT)
    said = more.pop("rsvp", {})
    rsvp = RsvpRow(7, 1, state, **said) if state else None
    made = {"reader": JANA, "words": WORDS, "blueprint": expats(), "now": NOW, **more}
    return Card(shown, rsvp=rsvp, **made)


@pytest.mark.parametrize("phase", PHASES)
def test_a_card_says_how_it_stands_and_what_can_be_pressed(phase: str) -> None:
    kind, shown, now, full = PHASES[phase]
    for state, (said, buttons) in zip(STATES, TABLE[kind], strict=True):
        place = 3 if state == "waiting" else None
        made = card(state, event=shown, now=now, full=full, place=place,
                    rsvp={"offered_until": UNTIL} if state else {})  # fmt: skip
        assert rich.plain(showing.standing(made)) == "\n\n".join(said), state
        assert [option.label for option in showing.options(made)] == buttons, state


def test_who_was_checked_in_is_told_so_whatever_they_said() -> None:
    for state in STATES[1:]:
        made = card(state, rsvp={"checked_in_at": NOW}, now=STARTS)
        there = "🎉 You're checked in."
        assert rich.plain(showing.standing(made)) == f"{BEGUN}\n\n{there}", state
        over = replace(made, now=ENDS)
        assert [option.label for option in showing.options(over)] == ["Give feedback"]


def test_what_there_is_no_number_or_moment_of_is_left_open() -> None:
    assert "number" not in rich.plain(showing.standing(card("waiting")))
    begins = rich.plain(showing.standing(card("offered")))
    assert begins == (
        "🎟 We're keeping a place for you until 5 December 2026, 18:00. Would you like it?"
    )
    open_end = event(rsvp_until=None)
    assert showing.standing(card(event=open_end)) == ()
    assert "2 guests" in rich.plain(showing.standing(card("going", rsvp={"guests": 2})))


def feedback(**changes: Any) -> Blueprint:
    survey = expats().feedback
    assert survey is not None
    others = tuple(each for each in expats().surveys if each.key != survey.key)
    surveys = (*others, survey.model_copy(update=changes)) if changes else others
    return expats().model_copy(update={"surveys": surveys})


@pytest.mark.parametrize(
    ("persona", "state", "seen", "asked"),
    [
        ("expat", "going", False, True),
        ("expat", "maybe", False, False),
        ("expat", "no", True, True),
        ("expat", None, False, False),
        ("", "going", False, True),
        ("nobody's", "going", False, False),
        ("nobody's", "going", True, False),
    ],
)
def test_feedback_is_asked_of_who_was_there(
    persona: str, state: str | None, seen: bool, asked: bool
) -> None:
    rsvp = {"checked_in_at": NOW if seen else None} if state else {}
    made = card(state, rsvp=rsvp, reader=replace(JANA, persona=persona), now=ENDS)
    assert showing.asked_for_feedback(made) is asked
    assert bool(showing.options(made)) is asked
    silent = replace(made, blueprint=feedback())
    assert not showing.asked_for_feedback(silent)
    assert showing.options(silent) == ()


@pytest.mark.parametrize(
    ("most", "now", "shown"),
    [
        (0, 0, []),
        (1, 0, ["1"]),
        (1, 1, ["g0", "✓ 1"]),
        (4, 0, ["1", "2", "3", "4"]),
        (4, 2, ["g0", "1", "✓ 2", "3", "4"]),
        (5, 0, ["1", "5"]),
        (5, 3, ["g0", "1", "2", "✓ 3", "4", "5"]),
        (9, 5, ["g0", "1", "4", "✓ 5", "6", "9"]),
        (9, 9, ["g0", "1", "8", "✓ 9"]),
        (12, 9, ["g0", "1", "8", "✓ 9"]),
        (3, 5, ["g0", "1", "2", "3"]),
    ],
)
def test_guests_near_the_present_number_have_a_button(
    most: int, now: int, shown: list[str]
) -> None:
    made = Buttons(WORDS, "en", event(guests=most))
    options = made.answers(RsvpRow(7, 1, "going", now), NOW)[3:]
    found = [
        "g0" if option.key == "g0" else option.label.partition(" guest")[0].lstrip("+ ")
        for option in options
    ]
    assert [each.replace("✓ +", "✓ ") for each in found] == shown
    assert [option.press for option in options] == [f"={option.key}" for option in options]
    for other in ("maybe", "no"):
        assert len(made.answers(RsvpRow(7, 1, other, now), NOW)) == 3


@pytest.mark.parametrize(
    ("texts", "language", "found"),
    [
        ({"en": " A ", "sk": "B"}, "en", ("A", "en")),
        ({"en": "A", "sk": "B"}, "sl", ("A", "en")),
        ({"sk": "B", "sl": "C"}, "en", ("B", "sk")),
        ({"en": "  ", "sl": "C"}, "en", ("C", "sl")),
        ({"": "D"}, "sk", ("D", "")),
        ({"en": ""}, "sk", ("", "sk")),
        ({}, "sk", ("", "sk")),
    ],
)
def test_the_nearest_language_there_is_is_chosen(
    texts: dict[str, str], language: str, found: tuple[str, str]
) -> None:
    assert chosen(texts, language, expats()) == found


@pytest.mark.parametrize(
    ("left", "own", "told"),
    [
        (timedelta(hours=30), "Europe/Bratislava", ("tomorrow", 1)),
        (timedelta(days=2), "Europe/Bratislava", ("in_days", 2)),
        (timedelta(hours=18, microseconds=1), "Europe/Bratislava", ("tomorrow", 1)),
        (timedelta(hours=18), "Europe/Bratislava", ("today", 0)),
        (timedelta(hours=18), "Asia/Tokyo", ("tomorrow", 1)),  # two in the morning there
        (timedelta(hours=6), "Europe/Bratislava", ("today", 0)),
        (timedelta(hours=6), "Asia/Tokyo", ("tomorrow", 1)),
        (timedelta(hours=6) - TICK, "Asia/Tokyo", ("in_hours", 6)),
        (timedelta(hours=1, minutes=40), "Europe/Bratislava", ("in_hours", 2)),
        (timedelta(minutes=50), "Europe/Bratislava", ("in_hours", 1)),
        (timedelta(minutes=50) - TICK, "Europe/Bratislava", ("in_minutes", 50)),
        (timedelta(seconds=31), "Europe/Bratislava", ("in_minutes", 1)),
        (timedelta(seconds=30), "Europe/Bratislava", ("begins_now", 0)),
        (-timedelta(hours=1), "Europe/Bratislava", ("begins_now", 0)),
    ],
)
def test_how_long_it_is_still_is_told_by_the_calendar_then_by_the_clock(
    left: timedelta, own: str, told: tuple[str, int]
) -> None:
    assert until(STARTS, STARTS - left, own, "Europe/Bratislava") == told


def test_a_link_is_the_door_where_there_is_no_place() -> None:
    for place, link, shown in (
        ({}, None, False), ({"en": "Here"}, None, False), ({"en": "Here"}, "https://x.org", True),
    ):  # fmt: skip
        assert showing.shows_link(card(event=event(place=place, link=link))) is shown
    online = event(place={}, link="https://x.org")
    opens = [state for state in STATES if cards.shows_link(card(state, event=online))]
    assert opens == ["going", "maybe", "offered"]


def test_a_long_description_is_cut_where_a_message_ends() -> None:
    for length in (2500, 2501):
        made = card(event=event(description={"en": "x" * length}))
        assert ("…" in rich.plain(showing.body(made))) is (length > 2500)
        assert ("x" * min(length, 2499)) in rich.plain(showing.body(made))
