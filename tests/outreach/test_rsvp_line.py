"""Whatever people answer, in whatever order: the room holds and the line is kept.

A model of the rules, written another way, is kept beside the database; hypothesis looks for a
sequence of answers, lapses and changes after which the two differ.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

import hypothesis.strategies as st
import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from outreach.clock import Context, tick
from outreach.events import life, rsvp
from outreach.events.model import details_of
from outreach.events.notices import HANDLERS
from outreach.events.rsvp import Outcome
from outreach.staff import console_actor
from storage import events, tasks
from storage.database import Database, Transaction, sql
from storage.events import EventRow
from tests.outreach.inviting import CHANNELS, NOW, event, expats, people

PEOPLE = 7
HOUR = timedelta(hours=1)
SENT = sql("UPDATE delivery SET state = 'sent' WHERE state = 'queued'")
CLEAN = [
    sql(f"DELETE FROM {table}") for table in ("delivery", "task", "rsvp", "event", "staff_log")
]


@dataclass
class One:
    """Somebody, in the model."""

    state: str | None = None
    guests: int = 0
    turn: int = 0  # in which order they came to stand in line
    ends: datetime = NOW
    offer: int = 0  # in which order offers were made

    @property
    def places(self) -> int:
        return 1 + self.guests if self.state in ("going", "offered") else 0


class Line(RuleBasedStateMachine):
    """Answers to one event with few places."""

    database: ClassVar[Database]

    @initialize(capacity=st.integers(1, 4), guests=st.integers(0, 2))
    def announce(self, capacity: int, guests: int) -> None:
        self.now = NOW
        self.turns = self.offers = 0
        self.most_guests = guests
        self.capacity = capacity
        self.overfull = 0  # places held beyond a room that staff made smaller
        self.model = {number: One() for number in range(1, PEOPLE + 1)}
        with self.database.transaction() as tx:
            for statement in CLEAN:
                tx.run(statement)
            self.event = event(tx, capacity=capacity, guests=guests)

    # What people do.

    @rule(who=st.integers(1, PEOPLE), guests=st.none() | st.integers(0, 2))
    def go(self, who: int, guests: int | None) -> None:
        one = self.model[who]
        wanted = one.guests if guests is None else guests
        outcome = self.answer(who, "going", guests)
        if wanted > self.most_guests:
            assert outcome.reason == "guests"
        elif 1 + wanted <= max(self.free + one.places, one.places):
            assert (outcome.state, outcome.reason) == ("going", "")
            one.state, one.guests = "going", wanted
        elif one.places:
            assert outcome.reason == "no_room"
        else:
            assert (outcome.state, outcome.reason) == ("waiting", "full")
            if one.state != "waiting":
                self.turns += 1
                one.turn = self.turns
            one.state, one.guests = "waiting", wanted
            assert outcome.place_in_line == [key for key, _ in self.line].index(who) + 1
        self.fill()

    @rule(who=st.integers(1, PEOPLE), wanted=st.sampled_from(["no", "maybe"]))
    def stay(self, who: int, wanted: rsvp.Wanted) -> None:
        assert self.answer(who, wanted, None).state == wanted
        self.model[who] = One(wanted)
        self.fill()

    # What time and staff do.

    @rule(hours=st.sampled_from([1, 7, 25]))
    def wait(self, hours: int) -> None:
        """The clock does what is due, one thing after the other."""
        end = self.now + hours * HOUR
        if end >= self.event.starts_at - HOUR:
            return
        while True:
            with self.database.transaction() as tx:
                due = tasks.next_due(tx)
                if due is None or due > end:
                    break
                self.now = max(self.now, due)
                tick(tx, HANDLERS, Context(self.now, expats(), CHANNELS))
                tx.run(SENT)
            self.lapse()
        self.now = end
        self.lapse()

    @precondition(lambda self: self.overfull <= 0)
    @rule(capacity=st.integers(1, 6))
    def another_room(self, capacity: int) -> None:
        with self.database.transaction() as tx:
            details = replace(details_of(self.fresh(tx)), capacity=capacity)
            life.change(tx, self.event.id, details, console_actor(), self.now, expats())
        self.capacity = capacity
        self.fill()

    # The model's side.

    def answer(self, who: int, wanted: rsvp.Wanted, guests: int | None) -> Outcome:
        with self.database.transaction() as tx:
            return rsvp.answer(tx, self.event.id, who, wanted, guests, self.now, expats())

    @property
    def free(self) -> int:
        return self.capacity - sum(one.places for one in self.model.values())

    @property
    def line(self) -> list[tuple[int, One]]:
        waiting = [(key, one) for key, one in self.model.items() if one.state == "waiting"]
        return sorted(waiting, key=lambda each: each[1].turn)

    def fill(self) -> None:
        for key, one in self.line:
            if 1 + one.guests <= self.free:
                self.offers += 1
                one.state, one.offer = "offered", self.offers
                one.ends = self.stored()[key].offered_until or NOW
        self.overfull = -self.free

    def lapse(self) -> None:
        """Offers end one after the other, and each makes room for the next."""
        while True:
            ended = [
                (one.ends, one.offer, key) for key, one in self.model.items()
                if one.state == "offered" and one.ends <= self.now
            ]  # fmt: skip
            if not ended:
                return
            *_, key = min(ended)
            self.model[key] = One("no")
            self.fill()

    def stored(self) -> dict[int, events.RsvpRow]:
        with self.database.reading() as tx:
            pairs = [(self.event.id, number) for number in self.model]
            return {key[1]: row for key, row in events.rsvps(tx, pairs).items()}

    def fresh(self, tx: Transaction) -> EventRow:
        return events.by_ids(tx, [self.event.id])[self.event.id]

    # What must hold.

    @invariant()
    def the_database_says_what_the_model_says(self) -> None:
        stored = self.stored()
        found = {key: (row.state, row.guests) for key, row in stored.items()}
        wanted = {key: (one.state, one.guests) for key, one in self.model.items() if one.state}
        assert found == wanted
        queue = [row for row in stored.values() if row.state == "waiting"]
        queue.sort(key=lambda row: (row.queued_at or NOW, row.person_id))
        assert [row.person_id for row in queue] == [key for key, _ in self.line]

    @invariant()
    def the_room_holds(self) -> None:
        with self.database.reading() as tx:
            assert events.places_taken(tx, self.event.id) <= max(
                self.capacity, self.capacity + self.overfull
            )

    @invariant()
    def nobody_waits_for_whom_there_is_room(self) -> None:
        assert all(1 + one.guests > self.free for _, one in self.line)


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_answers_keep_the_room_and_the_line(dialect: str, request: pytest.FixtureRequest) -> None:
    database = Database.open(request.getfixturevalue(f"{dialect}_url"))
    with database.transaction() as tx:
        people(tx, PEOPLE)

    class Machine(Line):
        pass

    Machine.database = database
    examples, steps = (40, 25) if dialect == "sqlite" else (15, 20)
    try:
        run = Machine.TestCase
        run.settings = settings(
            max_examples=examples, stateful_step_count=steps, phases=(Phase.generate,)
        )
        run().runTest()
    finally:
        database.close()


@pytest.mark.parametrize("guests", [0, 1])
def test_fifty_at_once_for_the_last_places(database: Database, guests: int) -> None:
    """Fifty press in the same moment, from as many threads, each in a transaction of its own."""
    crowd = 50
    with database.transaction() as tx:
        people(tx, crowd)
        held = event(tx, capacity=3, guests=1)
        rsvp.answer(tx, held.id, 1, "going", 0, NOW, expats())
    outcomes: dict[int, Outcome] = {}
    together = threading.Barrier(crowd - 1)

    def press(who: int) -> None:
        together.wait()
        with database.transaction() as tx:
            outcomes[who] = rsvp.answer(tx, held.id, who, "going", guests, NOW, expats())

    _all([threading.Thread(target=press, args=(who,)) for who in range(2, crowd + 1)])
    states = [outcome.state for outcome in outcomes.values()]
    come = 2 // (1 + guests)
    assert (states.count("going"), states.count("waiting")) == (come, crowd - 1 - come)
    places = sorted(o.place_in_line for o in outcomes.values() if o.place_in_line is not None)
    assert places == list(range(1, crowd - come))
    with database.reading() as tx:
        assert events.places_taken(tx, held.id) == 3
        assert len({row.queued_at for row in events.line(tx, held.id)}) == crowd - 1 - come


async def test_fifty_at_once_through_one_program(database: Database) -> None:
    """The same as one running program does it: units on its writer."""
    import asyncio

    def prepare(tx: Transaction) -> int:
        people(tx, 50)
        return event(tx, capacity=1).id

    held = await database.write(prepare)
    pressed = [
        database.write(rsvp.answer, held, who, "going", 0, NOW, expats()) for who in range(1, 51)
    ]
    outcomes = await asyncio.gather(*pressed)
    assert [outcome.state for outcome in outcomes].count("going") == 1


def test_everybody_leaves_and_comes_at_once(database: Database) -> None:
    """Those who come give their places back while others press: nothing is given twice."""
    crowd = 24
    with database.transaction() as tx:
        people(tx, crowd)
        held = event(tx, capacity=6)
        for who in range(1, 13):
            rsvp.answer(tx, held.id, who, "going", 0, NOW, expats())
    together = threading.Barrier(crowd)

    def press(who: int, wanted: rsvp.Wanted) -> None:
        together.wait()
        with database.transaction() as tx:
            rsvp.answer(tx, held.id, who, wanted, 0, NOW, expats())

    presses: list[tuple[int, rsvp.Wanted]] = [(who, "no") for who in range(1, 7)]
    presses += [(who, "going") for who in range(7, crowd + 1)]
    _all([threading.Thread(target=press, args=each) for each in presses])
    with database.reading() as tx:
        counts = events.counts(tx, held.id)
        taken = events.places_taken(tx, held.id)
    assert taken == 6
    assert counts["no"].people == 6
    given: Any = sum(counts[state].people for state in ("going", "offered") if state in counts)
    assert given == 6
    assert counts["waiting"].people == crowd - 12


def _all(threads: list[threading.Thread]) -> None:
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    assert not any(each.is_alive() for each in threads)
