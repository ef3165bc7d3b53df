"""Two records of one person become one: their answers to events, places and offers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from outreach.events import merging, rsvp
from outreach.events.rsvp import Wanted
from storage import events, tasks
from storage.database import Database
from storage.transaction import Transaction
from tests.outreach.inviting import NOW, event, expats, people

KEEP, GIVE, OTHER, ANOTHER = 1, 2, 3, 4
Said = dict[int, Wanted]


def held(tx: Transaction, key: str, said: Said, guests: int = 0, **values: Any) -> int:
    """An event, and what people answered to it, one after the other."""
    number = event(tx, key, guests=3, **values).id
    for minutes, (who, wanted) in enumerate(said.items()):
        at = NOW + timedelta(minutes=minutes)
        rsvp.answer(tx, number, who, wanted, guests, at, expats())
    return number


def join(tx: Transaction) -> None:
    merging.merge(tx, KEEP, GIVE, NOW + timedelta(hours=1), expats())


def answers(tx: Transaction, number: int) -> dict[int, str]:
    """person -> state"""
    rows = [(who, events.rsvp(tx, number, who)) for who in (KEEP, GIVE, OTHER, ANOTHER)]
    return {who: row.state for who, row in rows if row is not None}


@pytest.mark.parametrize("said", ["going", "maybe", "no"])
def test_an_answer_of_the_one_who_is_given_up_becomes_the_others(
    database: Database, said: Wanted
) -> None:
    with database.transaction() as tx:
        people(tx, 4)
        brunch = held(tx, "brunch", {GIVE: said, OTHER: "going"}, guests=2)
        talk = held(tx, "talk", {OTHER: "maybe"})
        before = events.rsvp(tx, brunch, GIVE)
        join(tx)
        after = events.rsvp(tx, brunch, KEEP)
        assert before is not None
        assert after is not None
        assert (after.state, after.guests, after.answered_at) == (
            said, before.guests, before.answered_at,
        )  # fmt: skip
        assert answers(tx, brunch) == {KEEP: said, OTHER: "going"}
        assert answers(tx, talk) == {OTHER: "maybe"}


def test_where_both_answered_ones_own_stands_and_the_others_place_goes_on(
    database: Database,
) -> None:
    with database.transaction() as tx:
        people(tx, 4)
        said: Said = {GIVE: "going", OTHER: "going", KEEP: "no"}
        brunch = held(tx, "brunch", said, capacity=1)
        talk = held(tx, "talk", {KEEP: "going", GIVE: "maybe", OTHER: "no"})
        assert answers(tx, brunch)[OTHER] == "waiting"
        join(tx)
        assert answers(tx, brunch) == {KEEP: "no", GIVE: "no", OTHER: "offered"}
        assert answers(tx, talk) == {KEEP: "going", GIVE: "maybe", OTHER: "no"}


def test_what_is_taken_over_of_one_event_changes_nothing_at_another(database: Database) -> None:
    with database.transaction() as tx:
        people(tx, 4)
        brunch = held(tx, "brunch", {GIVE: "going"})
        talk = held(tx, "talk", {GIVE: "going", KEEP: "no", OTHER: "going"}, capacity=1)
        join(tx)
        assert answers(tx, brunch) == {KEEP: "going"}
        assert answers(tx, talk) == {GIVE: "no", KEEP: "no", OTHER: "offered"}


def test_a_turn_in_line_is_kept(database: Database) -> None:
    with database.transaction() as tx:
        people(tx, 4)
        said: Said = {ANOTHER: "going", GIVE: "going", OTHER: "going"}
        brunch = held(tx, "brunch", said, capacity=1)
        join(tx)
        assert answers(tx, brunch) == {ANOTHER: "going", KEEP: "waiting", OTHER: "waiting"}
        rsvp.answer(tx, brunch, ANOTHER, "no", 0, NOW + timedelta(hours=2), expats())
        assert answers(tx, brunch) == {ANOTHER: "no", KEEP: "offered", OTHER: "waiting"}


def test_an_open_offer_is_kept_with_what_is_planned_about_it(database: Database) -> None:
    with database.transaction() as tx:
        people(tx, 4)
        said: Said = {ANOTHER: "going", GIVE: "going", OTHER: "going"}
        brunch = held(tx, "brunch", said, capacity=1)
        rsvp.answer(tx, brunch, ANOTHER, "no", 0, NOW + timedelta(minutes=9), expats())
        offer = events.rsvp(tx, brunch, GIVE)
        planned = tasks.of(tx, f"rsvp:{brunch}:{GIVE}")
        assert [task.state for task in planned] == ["open"]
        end = NOW + timedelta(days=1)
        tasks.plan(
            tx, "event.offer", f"rsvp:{brunch}:{GIVE}", end, NOW, variant="x", expires_at=end
        )
        planned = tasks.of(tx, f"rsvp:{brunch}:{GIVE}")
        tasks.plan(tx, "event.done", f"rsvp:{brunch}:{GIVE}", NOW, NOW)
        done = tasks.of(tx, f"rsvp:{brunch}:{GIVE}")[0]
        tasks.cancel(tx, done.subject, NOW, "event.done")
        join(tx)
        moved = events.rsvp(tx, brunch, KEEP)
        assert offer is not None
        assert moved is not None
        assert (moved.state, moved.offered_at) == ("offered", offer.offered_at)
        assert moved.offered_until == offer.offered_until
        assert {task.state for task in tasks.of(tx, done.subject)} == {"cancelled"}
        now_planned = tasks.of(tx, f"rsvp:{brunch}:{KEEP}")
        assert [(t.kind, t.variant, t.due_at, t.expires_at, t.state) for t in now_planned] == [
            (t.kind, t.variant, t.due_at, t.expires_at, "open") for t in planned
        ]
        assert answers(tx, brunch)[OTHER] == "waiting"
