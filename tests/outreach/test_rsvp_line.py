"""Whatever people answer, in whatever order: the room holds and the line is kept.

A model of the rules, written another way, is kept beside the database; hypothesis looks for a
sequence of answers, lapses and changes after which the two differ.
"""

from __future__ import annotations

import threading
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

import hypothesis.strategies as st
import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from outreach.clock import Context, tick
from outreach.events import life, rsvp
from outreach.events.line import ANY
from outreach.events.model import details_of
from outreach.events.notices import HANDLERS
from outreach.events.rsvp import Outcome
from outreach.staff import console_actor
from storage import events, tasks
from storage.database import Database, Transaction, sql
from tests.examples import examples
from tests.outreach.inviting import CHANNELS, NOW, event, expats, people

PEOPLE = 7
MOST_GUESTS = 3
HOUR = timedelta(hours=1)
UNHEARD = timedelta(hours=25)  # longer than an offer stands by day
SENT = sql("UPDATE delivery SET state = 'sent' WHERE state = 'queued'")


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


class NotKept(Exception):
    """The transaction of an example is given up."""


class Line(RuleBasedStateMachine):
    """Answers to one event with few places. Each example begins with a crowd that has pressed
    *going*, so that there is a line from the first step on; guests come by ones, twos and threes,
    so that the places which come free are seldom those that somebody wants."""

    database: ClassVar[Database]

    @initialize(
        capacity=st.integers(1, 6),
        crowd=st.lists(
            st.tuples(st.integers(1, PEOPLE), st.integers(0, MOST_GUESTS)),
            min_size=4, max_size=PEOPLE, unique_by=lambda each: each[0],
        ),
    )  # fmt: skip
    def announce(self, capacity: int, crowd: list[tuple[int, int]]) -> None:
        self.now = NOW
        self.turns = self.offers = 0
        self.most_guests = MOST_GUESTS
        self.capacity: int | None = capacity
        self.taken = 0
        self.late = False  # whether the clock has not looked at what is due
        self.model = {number: One() for number in range(1, PEOPLE + 1)}
        self.kept = ExitStack()
        self.tx = self.kept.enter_context(self.database.transaction())
        self.event = event(self.tx, capacity=capacity, guests=MOST_GUESTS)
        for who, guests in crowd:
            self.go(who, guests)

    def teardown(self) -> None:
        with suppress(NotKept), self.kept:
            raise NotKept

    # What people do.

    @rule(who=st.integers(1, PEOPLE), guests=st.none() | st.integers(0, MOST_GUESTS))
    def go(self, who: int, guests: int | None) -> None:
        one, outcome = self.answer(who, "going", guests)
        wanted = min(one.guests, self.most_guests) if guests is None else guests
        if wanted > self.most_guests:
            assert (outcome.state, outcome.reason) == (one.state, "guests")
            self.fill()  # where their own offer was over
        elif 1 + wanted <= max(self.free + one.places, one.places):
            assert (outcome.state, outcome.reason) == ("going", "")
            self.model[who] = One("going", wanted)
            assert outcome.offered == self.fill()
        elif one.places:
            assert (outcome.state, outcome.reason) == (one.state, "no_room")
        else:
            assert (outcome.state, outcome.reason) == ("waiting", "full")
            if one.state != "waiting":
                self.turns += 1
                one = One(turn=self.turns)
            self.model[who] = replace(one, state="waiting", guests=wanted)
            assert outcome.place_in_line == [key for key, _ in self.line].index(who) + 1
        self.tell()

    @rule(who=st.integers(1, PEOPLE), wanted=st.sampled_from(["no", "maybe"]))
    def stay(self, who: int, wanted: rsvp.Wanted) -> None:
        _, outcome = self.answer(who, wanted, None)
        self.model[who] = One(wanted)
        assert (outcome.state, outcome.offered) == (wanted, self.fill())
        self.tell()

    @precondition(lambda self: self.holding)
    @rule(nth=st.integers(0, PEOPLE), wanted=st.sampled_from(["going", "no"]))
    def leave_room(self, nth: int, wanted: rsvp.Wanted) -> None:
        """Somebody with places comes alone, or not at all."""
        self.press(self.holding[nth % len(self.holding)], wanted, 0)

    @precondition(lambda self: self.holding)
    @rule(nth=st.integers(0, PEOPLE))
    def are_erased(self, nth: int) -> None:
        who = self.holding[nth % len(self.holding)]
        rsvp.leave(self.tx, who, self.now, expats())
        self.model[who] = One("no")
        self.fill()
        self.tell()

    def press(self, who: int, wanted: rsvp.Wanted, guests: int | None) -> None:
        if wanted == "going":
            self.go(who, guests)
        else:
            self.stay(who, wanted)

    # What time and staff do.

    @rule(hours=st.sampled_from([1, 7, 25]))
    def wait(self, hours: int) -> None:
        """The clock does what is due, one thing after the other."""
        self.work(self.now + hours * HOUR)

    @precondition(lambda self: not self.late and self.offered)
    @rule(nth=st.integers(0, PEOPLE), wanted=st.sampled_from(["going", "no", "maybe"]))
    def an_offer_is_over_and_the_clock_is_late(self, nth: int, wanted: rsvp.Wanted) -> None:
        """Whom it was for presses before anybody has looked; so may others after that."""
        if self.now + 2 * UNHEARD < self.event.starts_at:
            self.now += UNHEARD
            self.late = True
            self.press(self.offered[nth % len(self.offered)], wanted, None)

    @rule(more=st.sampled_from([-3, -2, -1, 1, 2, 3, 4, 5]))
    def another_room(self, more: int) -> None:
        self.work(self.now)
        self.capacity = max(1, (self.capacity or 1) + more)
        self.change(capacity=self.capacity)

    @rule()
    def room_for_all(self) -> None:
        self.work(self.now)
        self.capacity = None
        self.change(capacity=None)

    @rule(guests=st.integers(0, MOST_GUESTS))
    def other_guests(self, guests: int) -> None:
        self.work(self.now)
        self.most_guests = guests
        self.change(guests=guests)

    # The model's side.

    def answer(self, who: int, wanted: rsvp.Wanted, guests: int | None) -> tuple[One, Outcome]:
        """Who they are when they are heard, and what came of it. An offer whose time is over is
        none, also where the clock has not said so yet."""
        outcome = rsvp.answer(self.tx, self.event.id, who, wanted, guests, self.now, expats())
        if self.model[who].state == "offered" and self.model[who].ends <= self.now:
            self.model[who] = One("no")
            self.fill()
        return self.model[who], outcome

    def change(self, **values: Any) -> None:
        found = events.by_ids(self.tx, [self.event.id])[self.event.id]
        details = replace(details_of(found), **values)
        life.change(self.tx, self.event.id, details, console_actor(), self.now, expats())
        self.fill()
        self.tell()

    def work(self, end: datetime) -> None:
        if end >= self.event.starts_at - HOUR:
            return
        self.late = False
        while (due := tasks.next_due(self.tx)) is not None and due <= end:
            self.now = max(self.now, due)
            while tick(self.tx, HANDLERS, Context(self.now, expats(), CHANNELS)) is not None:
                self.tx.run(SENT)
            self.lapse()
        self.now = end
        self.lapse()

    def tell(self) -> None:
        """The clock does what is due by now."""
        if not self.late:
            self.work(self.now)

    @property
    def free(self) -> int:
        room = ANY if self.capacity is None else self.capacity
        return room - sum(one.places for one in self.model.values())

    @property
    def holding(self) -> list[int]:
        return [key for key, one in self.model.items() if one.places]

    @property
    def offered(self) -> list[int]:
        return [key for key, one in self.model.items() if one.state == "offered"]

    @property
    def line(self) -> list[tuple[int, One]]:
        waiting = [(key, one) for key, one in self.model.items() if one.state == "waiting"]
        return sorted(waiting, key=lambda each: each[1].turn)

    def fill(self) -> tuple[int, ...]:
        """Who is offered a place."""
        made = []
        for key, one in self.line:
            if 1 + one.guests <= self.free:
                self.offers += 1
                one.state, one.offer = "offered", self.offers
                stored = events.rsvp(self.tx, self.event.id, key)
                one.ends = (stored.offered_until if stored else None) or NOW
                made.append(key)
        return tuple(made)

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

    # What must hold.

    @invariant()
    def the_database_says_what_the_model_says(self) -> None:
        pairs = [(self.event.id, number) for number in self.model]
        stored = {key[1]: row for key, row in events.rsvps(self.tx, pairs).items()}
        found = {key: (row.state, row.guests) for key, row in stored.items()}
        assert found == {k: (one.state, one.guests) for k, one in self.model.items() if one.state}
        queue = [row for row in stored.values() if row.state == "waiting"]
        queue.sort(key=lambda row: (row.queued_at or NOW, row.person_id))
        assert [row.person_id for row in queue] == [key for key, _ in self.line]

    @invariant()
    def the_room_holds(self) -> None:
        """Never more than there are, but where staff made it smaller: then never more than
        before."""
        before, self.taken = self.taken, events.places_taken(self.tx, self.event.id)
        if self.capacity is not None:
            assert self.taken <= max(self.capacity, before)

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
    count, steps = (60, 25) if dialect == "sqlite" else (15, 20)
    try:
        run = Machine.TestCase
        run.settings = settings(
            max_examples=examples(count), stateful_step_count=steps, phases=(Phase.generate,)
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
