"""Checking in: who may be noted down, and from when until when the code works."""

from __future__ import annotations

from datetime import timedelta

import pytest

from outreach.errors import WrongState
from outreach.events import checkin
from outreach.events.checkin import Listed
from outreach.staff import console_actor
from storage import events, staff_log
from storage.database import Database, Transaction, sql
from storage.events import RsvpRow
from storage.staff_log import Wanted
from storage.states import PERSON_STATUSES
from tests.outreach.inviting import NOW, STARTS, event, people

ENDS = STARTS + timedelta(hours=2)
TICK = timedelta(microseconds=1)


def test_the_code_works_from_half_a_day_before_to_a_day_after(database: Database) -> None:
    opens, ends = STARTS - timedelta(hours=12), ENDS + timedelta(hours=24)
    moments = [(opens - TICK, "early"), (opens, "in"), (ends - TICK, "in"), (ends, "late")]
    with database.transaction() as tx:
        people(tx, 1)
        for number, (moment, outcome) in enumerate(moments):
            brunch = event(tx, f"e{number}")
            assert checkin.by_code(tx, f"e-{number} ", 1, moment).outcome == outcome
            there = events.rsvp(tx, brunch.id, 1)
            assert (there.checked_in_at if there else None) == (moment if there else None)
            assert (there is not None) is (outcome == "in")


def test_nobody_is_at_an_event_that_does_not_take_place(database: Database) -> None:
    with database.transaction() as tx:
        people(tx, 1)
        for status in ("draft", "cancelled"):
            brunch = event(tx, status, status=status)
            assert checkin.by_code(tx, status, 1, STARTS).outcome == "unknown"
            with pytest.raises(WrongState, match=f"is {status}"):
                checkin.by_list(tx, brunch, [1], console_actor(), STARTS)
            assert events.rsvp(tx, brunch.id, 1) is None


def test_a_list_is_taken_as_early_as_the_code_and_at_any_time_after(database: Database) -> None:
    early = STARTS - timedelta(hours=12)
    with database.transaction() as tx:
        people(tx, 2)
        brunch = event(tx, status="over")
        with pytest.raises(WrongState, match="begins"):
            checkin.by_list(tx, brunch, [1], console_actor(), early - TICK)
        assert checkin.by_list(tx, brunch, [1], console_actor(), early).checked_in == (1,)
        late = ENDS + timedelta(days=90)
        assert checkin.by_list(tx, brunch, [2], console_actor(), late).checked_in == (2,)


def test_a_list_checks_in_only_people_who_agreed_to_be_known(database: Database) -> None:
    """Somebody "new" has written to the bot and consented to nothing yet."""
    with database.transaction() as tx:
        people(tx, len(PERSON_STATUSES))
        for number, status in enumerate(PERSON_STATUSES, 1):
            tx.run(sql("UPDATE person SET status = :s WHERE id = :id"), s=status, id=number)
        known = tuple(n for n, status in enumerate(PERSON_STATUSES, 1) if status != "new")
        new = PERSON_STATUSES.index("new") + 1
        brunch = event(tx)
        named = [*known, new, 4711]
        done = checkin.by_list(tx, brunch, named, console_actor(), STARTS)
        assert done == Listed(known, (), (new, 4711))
        assert events.rsvp(tx, brunch.id, new) is None
        assert _noted(tx) == [len(known)]


def test_a_list_names_everybody_once(database: Database) -> None:
    with database.transaction() as tx:
        people(tx, 3)
        brunch = event(tx)
        checkin.by_code(tx, "BRUNCH", 2, STARTS)
        done = checkin.by_list(tx, brunch, [3, 1, 2, 1, 3], console_actor(), STARTS)
        assert done == Listed((3, 1), (2,), ())
        assert _noted(tx) == [2]


def test_who_is_in_the_room_has_a_place_whatever_was_said(database: Database) -> None:
    with database.transaction() as tx:
        people(tx, 1)
        for number, state in enumerate((None, "going", "maybe", "no", "waiting", "offered")):
            brunch = event(tx, f"e{number}", capacity=1, guests=1)
            if state is not None:
                said = RsvpRow(brunch.id, 1, state, 1, NOW, NOW, NOW, STARTS)
                events.put_rsvp(tx, said)
            assert checkin.by_code(tx, f"E{number}", 1, STARTS).outcome == "in"
            there = events.rsvp(tx, brunch.id, 1)
            assert there is not None
            assert (there.state, there.guests) == ("going", 0 if state is None else 1)
            assert (there.queued_at, there.offered_until) == (None, None)
            assert checkin.by_code(tx, f"E{number}", 1, ENDS).outcome == "again"
            assert there.checked_in_at == STARTS
            assert events.rsvp(tx, brunch.id, 1) == there


def _noted(tx: Transaction) -> list[int | None]:
    return [line.people for line in staff_log.latest(tx, Wanted(action="event.checkin"), 9)]
