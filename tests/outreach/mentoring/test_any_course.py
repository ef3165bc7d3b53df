"""Whatever people answer, however late, whoever leaves, is erased, takes a break or is blocked, and
whatever staff do in between: places hold, no pair is proposed twice, nobody waits for a message
that nobody will send, and who is erased is gone.

hypothesis looks for a sequence after which that is not so (see :mod:`tests.outreach.mentoring.
world` for what must hold).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import invariant, rule

from outreach.errors import OutreachError
from outreach.mentoring import acts, life
from outreach.staff import console_actor
from storage.database import Database
from storage.states import LIVE_MATCHES
from tests.examples import examples
from tests.outreach.mentoring.mishaps import Mishaps, which
from tests.outreach.mentoring.world import DAY

HOUR = timedelta(hours=1)
STAFF = console_actor()


class Mentoring(Mishaps):
    """Everything that may happen to them."""

    # ---- rounds and staff ----

    @rule()
    def think(self) -> None:
        """A round that is stored only after something else has happened."""
        self.world.think()

    @rule(unattended=st.booleans())
    def store(self, unattended: bool) -> None:
        self.world.store(unattended=unattended)

    @rule(
        number=which, what=st.sampled_from(["approve", "drop", "close", "reopen", "swap", "forbid"])
    )
    def act(self, number: int, what: str) -> None:
        row = self.match(number)
        if row is None:
            return
        try:
            if what == "approve":
                with self.database.transaction() as tx:
                    acts.approve(tx, [row.id], STAFF, self.world.now, self.blueprint)
            elif what == "swap":
                self.staff(acts.swap, row.id)
            elif what == "forbid":
                self.staff(acts.forbid, row.id)
            elif what == "drop":
                self.do(life.drop, row.id)
            else:
                self.do(life.close, row.id, reopen=what == "reopen")
        except OutreachError:
            pass  # it is told why it cannot be

    def staff(self, what: Callable[..., Any], number: int) -> None:
        with self.database.transaction() as tx:
            what(tx, number, STAFF, self.world.now, self.blueprint)

    @rule()
    def approve_all(self) -> None:
        with self.database.reading() as tx:
            rows = self.world.rows(tx).values()
        ids = [row.id for row in rows if row.state == "proposed"]
        with self.database.transaction() as tx:
            acts.approve(tx, ids, STAFF, self.world.now, self.blueprint, skip=True)

    # ---- the two ----

    @rule(number=which, mentor=st.booleans(), yes=st.sampled_from([True, True, True, False]))
    def answer(self, number: int, mentor: bool, yes: bool) -> None:
        if row := self.match(number, live=yes):
            self.do(life.answer, row.id, self.one(row, mentor), yes, contacts=("chat",))

    @rule(mentor=st.booleans(), yes=st.sampled_from([True, True, False]))
    def everybody_says(self, mentor: bool, yes: bool) -> None:
        self.all_say(mentor, yes)

    @rule()
    def come_together(self) -> None:
        """A round, and everybody says yes."""
        self.world.store(unattended=True)
        self.all_say(mentor=True, yes=True)
        self.all_say(mentor=False, yes=True)

    @rule(number=which, mentor=st.booleans(), hours=st.integers(0, 300))
    def arrange(self, number: int, mentor: bool, hours: int) -> None:
        if row := self.match(number):
            moment = self.world.now + hours * HOUR
            what = life.suggest if hours % 2 else life.dated
            self.do(what, row.id, self.one(row, mentor), moment)
            self.do(life.accept_time, row.id, self.one(row, not mentor))

    @rule(number=which, mentor=st.booleans(), meeting=st.integers(1, 3), live=st.booleans())
    def meet(self, number: int, mentor: bool, meeting: int, live: bool) -> None:
        if row := self.match(number, live):
            self.do(life.met, row.id, self.one(row, mentor), meeting)

    @rule(
        number=which, mentor=st.booleans(),
        what=st.sampled_from([life.remind_other, life.go_on, life.seen, life.finish, life.stop,
                              life.new_match]),
        live=st.booleans(),
    )  # fmt: skip
    def say(self, number: int, mentor: bool, what: Callable[..., Any], live: bool) -> None:
        if row := self.match(number, live):
            self.do(what, row.id, self.one(row, mentor))

    @rule(number=which, mentor=st.booleans(), why=st.sampled_from(["silent", "time"]))
    def explain(self, number: int, mentor: bool, why: str) -> None:
        if row := self.match(number, live=False):
            who = self.one(row, mentor)
            self.do(life.not_met, row.id, who, why)
            self.do(life.checked, row.id, who, "first", "bad")
            with self.database.transaction() as tx:
                life.because(tx, row.id, who, why, "words", self.world.now, self.blueprint)

    # ---- time ----

    @rule(days=st.sampled_from([0.25, 1, 2, 4, 9]))
    def wait(self, days: float) -> None:
        self.world.wait(days * DAY)

    @rule(days=st.sampled_from([0.25, 4, 10]))
    def standstill(self, days: float) -> None:
        """The program is down; then it does what is due."""
        self.world.now += days * DAY
        self.world.work()

    # ---- what must hold ----

    @invariant()
    def everything_holds(self) -> None:
        with self.database.reading() as tx:
            self.known = self.world.check(tx, self.known)

    def teardown(self) -> None:
        """Nothing more is said: in the end nobody is asked, and nobody holds a place."""
        if not hasattr(self, "world"):
            return
        self.world.wait(60 * DAY)
        with self.database.reading() as tx:
            live = [row for row in self.world.rows(tx).values() if row.state in LIVE_MATCHES[1:]]
            assert live == []
            self.world.check(tx, self.known)


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_any_course_holds(dialect: str, request: pytest.FixtureRequest) -> None:
    """More of it: ``COURSES=200 pytest …``, or ``make test-all``."""
    database = Database.open(request.getfixturevalue(f"{dialect}_url"))

    class Machine(Mentoring):
        pass

    Machine.database = database
    courses = int(os.environ.get("COURSES", examples(8 if dialect == "sqlite" else 2)))
    try:
        run = Machine.TestCase
        run.settings = settings(
            max_examples=courses, stateful_step_count=40, phases=(Phase.generate,)
        )
        run().runTest()
    finally:
        database.close()
