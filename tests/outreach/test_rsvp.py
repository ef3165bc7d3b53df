"""Answers: places, the line, deadlines."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest

from outreach.events import line, rsvp
from outreach.events.rsvp import Outcome, Wanted
from storage import events, tasks
from storage.database import Database, Transaction, sql
from storage.events import EventRow, RsvpRow
from tests.outreach.inviting import NOW, STARTS, event, expats, people, person
from tests.outreach.sending import delivery
from tests.outreach.sending import row as planned

HOUR = timedelta(hours=1)


class Crowd:
    """Some people and one event; answers come a minute apart."""

    def __init__(self, tx: Transaction, count: int = 5, **values: Any) -> None:
        self.tx = tx
        people(tx, count)
        self.event: EventRow = event(tx, **values)
        self.now = NOW

    def say(self, who: int, wanted: Wanted, guests: int | None = 0) -> Outcome:
        self.now += timedelta(minutes=1)
        return rsvp.answer(self.tx, self.event.id, who, wanted, guests, self.now, expats())

    def states(self) -> dict[int, str]:
        pairs = [(self.event.id, number) for number in range(1, 60)]
        found = events.rsvps(self.tx, pairs).values()
        return {row.person_id: row.state for row in sorted(found, key=lambda row: row.person_id)}

    def at(self, moment: datetime) -> None:
        self.now = moment


def test_answer_is_recorded_and_can_be_changed(database: Database) -> None:
    with database.transaction() as tx:
        crowd = Crowd(tx)
        assert crowd.say(1, "going") == Outcome("going")
        assert crowd.say(1, "maybe") == Outcome("maybe")
        assert crowd.say(1, "no") == Outcome("no")
        assert crowd.say(1, "going") == Outcome("going")
        assert crowd.states() == {1: "going"}


def test_full_event_puts_people_in_line_in_their_order(database: Database) -> None:
    with database.transaction() as tx:
        crowd = Crowd(tx, capacity=1)
        assert crowd.say(1, "going") == Outcome("going")
        assert crowd.say(2, "going") == Outcome("waiting", 1, "full")
        assert crowd.say(3, "going") == Outcome("waiting", 2, "full")
        assert crowd.say(2, "going") == Outcome("waiting", 1, "full")


def test_freed_place_is_offered_to_the_first_in_line(database: Database) -> None:
    with database.transaction() as tx:
        crowd = Crowd(tx, capacity=1)
        for who in (1, 2, 3):
            crowd.say(who, "going")
        assert crowd.say(1, "no") == Outcome("no", offered=(2,))
        assert crowd.states() == {1: "no", 2: "offered", 3: "waiting"}
        row = events.rsvp(tx, crowd.event.id, 2)
        assert row is not None
        assert row.offered_at == crowd.now
        assert row.offered_until == crowd.now + 24 * HOUR
        (task,) = tasks.of(tx, line.subject(row), line.OFFER)
        assert (task.due_at, task.state) == (crowd.now, "open")
        assert crowd.say(2, "going", None) == Outcome("going")
        assert [each.state for each in tasks.of(tx, line.subject(row))] == ["cancelled"]
        assert crowd.states() == {1: "no", 2: "going", 3: "waiting"}


def test_who_cancelled_and_comes_again_goes_to_the_end(database: Database) -> None:
    with database.transaction() as tx:
        crowd = Crowd(tx, capacity=1)
        for who in (1, 2, 3):
            crowd.say(who, "going")
        crowd.say(1, "no")
        assert crowd.say(1, "going") == Outcome("waiting", 2, "full")
        assert crowd.say(3, "maybe") == Outcome("maybe")
        assert crowd.say(3, "going") == Outcome("waiting", 2, "full")


def test_refused_offer_goes_to_the_next(database: Database) -> None:
    with database.transaction() as tx:
        crowd = Crowd(tx, capacity=1)
        for who in (1, 2, 3):
            crowd.say(who, "going")
        crowd.say(1, "no")
        assert crowd.say(2, "no") == Outcome("no", offered=(3,))
        assert crowd.states() == {1: "no", 2: "no", 3: "offered"}


def test_offer_that_was_not_taken_in_time_is_gone(database: Database) -> None:
    with database.transaction() as tx:
        crowd = Crowd(tx, capacity=1)
        for who in (1, 2, 3):
            crowd.say(who, "going")
        crowd.say(1, "no")
        crowd.at(crowd.now + 25 * HOUR)
        # The press comes before the clock has looked: as if it had looked already.
        assert crowd.say(2, "going") == Outcome("waiting", 1, "full")
        assert crowd.states() == {1: "no", 2: "waiting", 3: "offered"}


def test_offer_ends_when_the_event_begins(database: Database) -> None:
    with database.transaction() as tx:
        crowd = Crowd(tx, capacity=1)
        crowd.say(1, "going")
        crowd.say(2, "going")
        crowd.at(STARTS - 3 * HOUR)
        crowd.say(1, "no")
        row = events.rsvp(tx, crowd.event.id, 2)
        assert row is not None
        assert row.offered_until == STARTS


def test_offer_made_at_night_counts_from_the_morning(database: Database) -> None:
    with database.transaction() as tx:
        crowd = Crowd(tx, capacity=1)
        crowd.say(1, "going")
        crowd.say(2, "going")
        crowd.at(datetime.fromisoformat("2026-11-10T23:00:00+01:00"))
        crowd.say(1, "no")
        row = events.rsvp(tx, crowd.event.id, 2)
        assert row is not None
        assert row.offered_until == datetime.fromisoformat("2026-11-12T09:00:00+01:00")


def test_guests_take_places_too(database: Database) -> None:
    with database.transaction() as tx:
        crowd = Crowd(tx, capacity=3, guests=1)
        assert crowd.say(1, "going", 1) == Outcome("going", guests=1)
        assert crowd.say(2, "going", 1) == Outcome("waiting", 1, "full", guests=1)
        # There is room for one more person, and the first in line wants two places.
        assert crowd.say(3, "going", 0) == Outcome("going")
        assert crowd.say(3, "going", 1) == Outcome("going", None, "no_room")
        assert crowd.say(1, "going", 0) == Outcome("going")
        assert events.places_taken(tx, crowd.event.id) == 2
        assert crowd.say(3, "no", 0) == Outcome("no", offered=(2,))
        assert events.places_taken(tx, crowd.event.id) == 3


def test_places_are_offered_with_their_guests(database: Database) -> None:
    """Four places come free at once: three for the first in line, and the next needs two."""
    with database.transaction() as tx:
        crowd = Crowd(tx, capacity=4, guests=3)
        assert crowd.say(1, "going", 3) == Outcome("going", guests=3)
        assert crowd.say(2, "going", 2) == Outcome("waiting", 1, "full", guests=2)
        assert crowd.say(3, "going", 1) == Outcome("waiting", 2, "full", guests=1)
        assert crowd.say(1, "no") == Outcome("no", offered=(2,))
        assert events.places_taken(tx, crowd.event.id) == 3
        # Who needs less passes by; who is passed by keeps their turn.
        assert crowd.say(4, "going", 1) == Outcome("waiting", 2, "full", guests=1)
        assert crowd.say(5, "going", 0) == Outcome("going")
        assert crowd.say(2, "no") == Outcome("no", offered=(3,))
        assert events.places_taken(tx, crowd.event.id) == 3


def test_fewer_guests_find_room_at_once(database: Database) -> None:
    with database.transaction() as tx:
        crowd = Crowd(tx, capacity=2, guests=1)
        crowd.say(1, "going", 0)
        assert crowd.say(2, "going", 1) == Outcome("waiting", 1, "full", guests=1)
        assert crowd.say(2, "going", 0) == Outcome("going")


def test_more_guests_than_allowed_are_refused(database: Database) -> None:
    with database.transaction() as tx:
        crowd = Crowd(tx, guests=1)
        assert crowd.say(1, "going", 2) == Outcome(None, reason="guests")
        crowd.say(1, "going", 1)
        assert crowd.say(1, "going", 3) == Outcome("going", reason="guests", guests=1)
        assert crowd.say(1, "going", None) == Outcome("going", guests=1)


def test_guests_are_counted_from_none_to_as_many_as_are_allowed(database: Database) -> None:
    stood = (None, "going", "waiting", "offered", "maybe", "no")
    said = ((-1, "guests"), (0, ""), (2, ""), (3, "guests"), (-3, "guests"))
    with database.transaction() as tx:
        people(tx, 1)
        for number, (capacity, before) in enumerate(product((None, 3), stood)):
            brunch = event(tx, f"e{number}", capacity=capacity, guests=2)
            taken = 0
            for guests, reason in said:
                if before is not None:
                    row = RsvpRow(brunch.id, 1, before, 1, NOW, NOW, NOW, STARTS)
                    events.put_rsvp(tx, row)
                    taken = row.places
                outcome = rsvp.answer(tx, brunch.id, 1, "going", guests, NOW, expats())
                assert outcome.reason == reason, (before, guests)
                taken = taken if reason else 1 + guests
                assert events.places_taken(tx, brunch.id) == taken, (before, guests)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"status": "draft"}, "unknown"),
        ({"status": "cancelled"}, "cancelled"),
        ({"status": "over"}, "over"),
        ({"status": "closed"}, "closed"),
        ({"rsvp_until": NOW}, "closed"),
        ({"starts_at": NOW}, "closed"),
        ({"starts_at": NOW - 3 * HOUR}, "over"),
    ],
)
def test_answers_that_come_too_late_change_nothing(
    database: Database, values: dict[str, Any], reason: str
) -> None:
    with database.transaction() as tx:
        crowd = Crowd(tx, **values)
        assert crowd.say(1, "going") == Outcome(None, reason=reason)
        assert crowd.states() == {}


def test_unknown_event_is_told(database: Database) -> None:
    with database.transaction() as tx:
        people(tx, 1)
        assert rsvp.answer(tx, 99, 1, "going", 0, NOW, expats()) == Outcome(None, reason="unknown")


def test_after_the_deadline_a_place_can_be_given_back_and_taken(database: Database) -> None:
    with database.transaction() as tx:
        crowd = Crowd(tx, capacity=1, rsvp_until=STARTS - 48 * HOUR)
        for who in (1, 2, 3):
            crowd.say(who, "going")
        crowd.at(STARTS - 30 * HOUR)
        assert crowd.say(4, "going") == Outcome(None, reason="closed")
        assert crowd.say(3, "going") == Outcome("waiting", 2, "closed")
        assert crowd.say(1, "no") == Outcome("no", offered=(2,))
        assert crowd.say(1, "going") == Outcome("no", reason="closed")
        assert crowd.say(2, "going", None) == Outcome("going")


def test_who_is_erased_leaves_their_place_to_the_next(database: Database) -> None:
    with database.transaction() as tx:
        crowd = Crowd(tx, capacity=1)
        for who in (1, 2, 3):
            crowd.say(who, "going")
        rsvp.leave(tx, 1, crowd.now, expats())
        assert crowd.states() == {1: "no", 2: "offered", 3: "waiting"}


def test_larger_room_is_offered_in_order(database: Database) -> None:
    with database.transaction() as tx:
        crowd = Crowd(tx, capacity=1)
        for who in (1, 2, 3, 4):
            crowd.say(who, "going")
        events.update(tx, crowd.event.id, {"capacity": 3})
        grown = events.locked(tx, crowd.event.id)
        assert grown is not None
        made = line.fill(tx, grown, crowd.now, expats())
        assert [row.person_id for row in made] == [2, 3]


def test_smaller_room_takes_nobodys_place(database: Database) -> None:
    with database.transaction() as tx:
        crowd = Crowd(tx, capacity=3, guests=1)
        for who in (1, 2, 3):
            crowd.say(who, "going")
        events.update(tx, crowd.event.id, {"capacity": 1})
        assert crowd.say(3, "going") == Outcome("going")
        assert crowd.say(4, "going") == Outcome("waiting", 1, "full")
        assert crowd.say(3, "no") == Outcome("no")
        assert crowd.say(2, "no") == Outcome("no")
        assert crowd.say(1, "no") == Outcome("no", offered=(4,))


TICK = timedelta(microseconds=1)
UNTIL, ENDS = STARTS - 48 * HOUR, STARTS + 2 * HOUR
ANSWERS = (None, "going", "maybe", "no", "waiting", "offered")
# What is still taken after the deadline: a place, an offer or a turn is let go, an offer taken.
LATE = {
    "going": {"no", "maybe"},
    "waiting": {"no", "maybe"},
    "offered": {"no", "maybe", "going"},
    "maybe": {"no"},
    "no": {"no"},
    None: {"no"},
}


@pytest.mark.parametrize(
    ("status", "moment", "open_", "reason"),
    [
        ("announced", UNTIL - TICK, True, ""),
        ("announced", UNTIL, False, "closed"),
        ("announced", STARTS - TICK, False, "closed"),
        ("announced", STARTS, None, "closed"),
        ("announced", ENDS - TICK, None, "closed"),
        ("announced", ENDS, None, "over"),
        ("closed", NOW, False, "closed"),
        ("closed", STARTS, None, "closed"),
        ("closed", ENDS, None, "over"),
        ("over", NOW, None, "over"),
        ("draft", NOW, None, "unknown"),
        ("draft", ENDS, None, "unknown"),
        ("cancelled", NOW, None, "cancelled"),
        ("cancelled", ENDS, None, "cancelled"),
    ],
)
def test_what_is_taken_depends_on_the_event_the_hour_and_the_answer(
    database: Database, status: str, moment: datetime, open_: bool | None, reason: str
) -> None:
    """``open_``: all is taken; False: what LATE says; None: nothing."""
    with database.transaction() as tx:
        people(tx, 2)
        for number, before in enumerate(ANSWERS):
            wishes: tuple[Wanted, ...] = ("going", "maybe", "no")
            for wanted in wishes:
                brunch = event(
                    tx, f"e{number}{wanted}", status=status, rsvp_until=UNTIL, guests=1, capacity=9
                )
                events.put_rsvp(tx, RsvpRow(brunch.id, 2, "going", 0, NOW))
                if before is not None:
                    late = moment + HOUR
                    events.put_rsvp(tx, RsvpRow(brunch.id, 1, before, 1, NOW, NOW, NOW, late))
                stood = events.rsvp(tx, brunch.id, 1)
                outcome = rsvp.answer(tx, brunch.id, 1, wanted, None, moment, expats())
                after = events.rsvp(tx, brunch.id, 1)
                taken = open_ or (open_ is False and wanted in LATE[before])
                assert outcome.reason == ("" if taken else reason), (before, wanted)
                assert outcome.state == (wanted if taken else before)
                if taken:
                    assert after is not None
                    assert (after.state, after.answered_at) == (wanted, moment)
                    assert (after.queued_at, after.offered_until) == (None, None)
                else:
                    assert after == stood
                    assert outcome.guests == (stood.guests if stood else 0)
                    assert outcome.place_in_line == (1 if before == "waiting" else None)


def test_an_offer_can_be_taken_until_its_moment(database: Database) -> None:
    with database.transaction() as tx:
        people(tx, 2)
        for number, (late, reason) in enumerate(((-TICK, ""), (timedelta(0), "full"))):
            brunch = event(tx, f"e{number}", capacity=1)
            events.put_rsvp(tx, RsvpRow(brunch.id, 1, "offered", 0, NOW, NOW, NOW, NOW + HOUR))
            events.put_rsvp(tx, RsvpRow(brunch.id, 2, "waiting", 0, NOW, NOW + TICK))
            moment = NOW + HOUR + late
            assert rsvp.answer(tx, brunch.id, 1, "going", 0, moment, expats()).reason == reason


def test_who_is_erased_leaves_all_places_and_turns_but_no_answers(database: Database) -> None:
    with database.transaction() as tx:
        people(tx, 2)
        made = {}
        for state in ("going", "offered", "waiting", "maybe", "no"):
            made[state] = event(tx, state, capacity=1).id
            row = RsvpRow(made[state], 1, state, 0, NOW, NOW, NOW, STARTS)
            events.put_rsvp(tx, row)
            if state in ("going", "offered"):
                events.put_rsvp(tx, RsvpRow(made[state], 2, "waiting", 0, NOW, NOW))
        rsvp.leave(tx, 1, NOW + HOUR, expats())
        left = {key: events.rsvp(tx, number, 1) for key, number in made.items()}
        assert {key: row.state for key, row in left.items() if row is not None} == {
            "going": "no", "offered": "no", "waiting": "no", "maybe": "maybe", "no": "no",
        }  # fmt: skip
        for state in ("going", "offered"):
            given = events.rsvp(tx, made[state], 2)
            assert given is not None
            assert (given.state, given.offered_at) == ("offered", NOW + HOUR)


def test_nothing_is_offered_where_nothing_is_taken_any_more(database: Database) -> None:
    with database.transaction() as tx:
        people(tx, 1)
        for number, (status, moment, made) in enumerate(
            (
                ("announced", STARTS - TICK, 1), ("announced", STARTS, 0), ("closed", NOW, 1),
                ("over", NOW, 0), ("cancelled", NOW, 0), ("draft", NOW, 0),
            )
        ):  # fmt: skip
            brunch = event(tx, f"e{number}", status=status, capacity=1)
            events.put_rsvp(tx, RsvpRow(brunch.id, 1, "waiting", 0, NOW, NOW))
            assert len(line.fill(tx, brunch, moment, expats())) == made, (status, moment)


def test_an_offer_stands_a_day_from_when_it_is_decent_to_tell_them(database: Database) -> None:
    night, morning = "2026-11-10T23:00:00+01:00", "2026-11-11T09:00:00+01:00"
    with database.transaction() as tx:
        brunch = event(tx)
        for number, (zone, organisation, told) in enumerate(
            (
                ("Europe/Bratislava", "cike", morning),
                ("America/New_York", "cike", night),  # five in the afternoon there
                (None, "cike", morning),
                ("Nowhere/At_All", "bsc_kranj", morning),
                (None, None, morning),
            ),
            1,
        ):
            people_at(tx, number, zone, organisation)
            until = line.offered_until(tx, brunch, number, datetime.fromisoformat(night), expats())
            assert until == datetime.fromisoformat(told) + 24 * HOUR, zone
        nobody = line.offered_until(tx, brunch, 99, datetime.fromisoformat(night), expats())
        assert nobody == datetime.fromisoformat(morning) + 24 * HOUR
        late = STARTS - 24 * HOUR + TICK
        assert line.offered_until(tx, brunch, 1, late, expats()) == STARTS


def people_at(tx: Transaction, number: int, zone: str | None, organisation: str | None) -> None:
    person(tx, number)
    tx.run(
        sql("UPDATE person SET timezone = :zone, organisation = :own WHERE id = :id"),
        zone=zone, own=organisation, id=number,
    )  # fmt: skip


def test_an_offer_that_was_answered_is_told_nobody(database: Database) -> None:
    with database.transaction() as tx:
        people(tx, 3)
        brunch, other = event(tx, capacity=1), event(tx, "other", capacity=1)
        rows = [
            delivery(tx, 1, "offer", event_id=brunch.id),
            delivery(tx, 1, "offer", event_id=brunch.id, state="sent", variant="o1"),
            delivery(tx, 1, "change", event_id=brunch.id),
            delivery(tx, 1, "offer", event_id=other.id),
            delivery(tx, 2, "offer", event_id=brunch.id),
        ]
        held = RsvpRow(brunch.id, 1, "offered", 0, NOW, NOW, NOW, STARTS)
        tasks.plan(tx, line.OFFER, line.subject(held), NOW, NOW, variant="o1")
        tasks.plan(tx, line.FILL, line.subject(held), NOW, NOW)
        line.withdraw(tx, held, NOW)
        found = [(planned(tx, each)["state"], planned(tx, each)["reason"]) for each in rows]
        assert found == [
            ("cancelled", "answered"), ("sent", None), ("queued", None), ("queued", None),
            ("queued", None),
        ]  # fmt: skip
        assert sorted((each.kind, each.state) for each in tasks.of(tx, line.subject(held))) == [
            (line.FILL, "open"), (line.OFFER, "cancelled"),
        ]  # fmt: skip
        assert (line.variant(NOW), line.variant(NOW, "x")) == ("o1793611800000", "x1793611800000")
