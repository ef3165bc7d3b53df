"""Mentors, mentees, staff and the clock at the same matches at the same moment, each in
transactions of their own: what must hold, holds, and nobody waits for ever."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from outreach.clock import Context, tick_through
from outreach.handlers import HANDLERS
from outreach.mentoring import life, offers, requests
from storage import connections
from storage.database import Database, Transaction, sql
from storage.mentoring import matches
from storage.mentoring.matches import MatchRow
from storage.states import LIVE_MATCHES
from tests.outreach.inviting import CHANNELS, NOW
from tests.outreach.mentoring.courting import OFFER, WANTED, expat, local
from tests.outreach.mentoring.world import World
from tests.waiting import PATIENCE

MENTEES, MENTORS, ACTS = 6, 6, 25
MOST_ACTS = 400  # of one person, where a busy machine leaves the clock and the rounds behind
FAR = {"introduced", "met", "ended"}
TRIES = 5  # as the database's writer does (storage.writer)
# As a turn does: the person's row is held before anything else happens (storage.conversations).
HOLD = {
    "sqlite": sql("SELECT id FROM person WHERE id = :id"),
    "postgresql": sql("SELECT id FROM person WHERE id = :id FOR NO KEY UPDATE"),
}


class Together:
    """One clock for all, and threads that do what people and the program do."""

    def __init__(self, database: Database) -> None:
        self.database, self.world = database, World(database)
        self.ticks = 0
        self.guard = threading.Lock()
        self.stop = threading.Event()
        self.failed: list[BaseException] = []
        with database.transaction() as tx:
            for each in range(MENTEES):
                local(tx, 1 + each)
                requests.open_request(tx, 1 + each, WANTED, NOW, self.world.blueprint)
            for each in range(MENTORS):
                expat(tx, 11 + each)
        self.world.store(unattended=True)

    def now(self) -> datetime:
        with self.guard:
            return NOW + self.ticks * timedelta(minutes=15)

    def act(self, who: int) -> None:
        """Somebody presses this and that, until something has come of it."""
        chosen = random.Random(who)
        for number in range(MOST_ACTS):
            if number >= ACTS and self.came_far():
                return
            with self.guard:
                self.ticks += 1  # a quarter of an hour passes with whatever anybody does
            deed = chosen.choice(MENTOR_DEEDS if who > MENTEES else MENTEE_DEEDS)
            self.unit(self.deed(who, deed))

    def came_far(self) -> bool:
        with self.database.reading() as tx:
            return any(row.state in FAR for row in self.world.rows(tx).values())

    def deed(
        self, who: int, deed: Callable[[Together, Transaction, int], None]
    ) -> Callable[[Transaction], None]:
        def unit(tx: Transaction) -> None:
            tx.run(HOLD[tx.dialect], id=who)
            deed(self, tx, who)

        return unit

    def unit(self, work: Callable[[Transaction], object]) -> None:
        """A unit of work; what met a deadlock is done again."""
        for attempt in range(TRIES):
            try:
                with self.database.transaction() as tx:
                    work(tx)
                return
            except Exception as error:
                if attempt == TRIES - 1 or not connections.wants_again(error):
                    raise

    def latest(self, tx: Transaction, who: int) -> MatchRow | None:
        rows = matches.of_person(tx, who, LIVE_MATCHES)
        return rows[-1] if rows else None

    def run_clock(self) -> None:
        while not self.stop.is_set():
            context = Context(self.now(), self.world.blueprint, CHANNELS)
            self.unit(lambda tx, context=context: tick_through(tx, HANDLERS, context))  # type: ignore[misc]

    def run_rounds(self) -> None:
        while not self.stop.is_set():
            self.world.now = self.now()
            self.world.think()
            self.unit(lambda tx: self.world.keep(tx, unattended=True))

    def run(self, *works: Callable[[], None]) -> None:
        people = [lambda who=who: self.act(who) for who in [*range(1, 7), *range(11, 17)]]
        background = [threading.Thread(target=self._kept, args=(each,)) for each in works]
        crowd = [threading.Thread(target=self._kept, args=(each,)) for each in people]
        for each in (*background, *crowd):
            each.start()
        for each in crowd:
            each.join(2 * PATIENCE)
        self.stop.set()
        for each in background:
            each.join(PATIENCE)
        assert not any(each.is_alive() for each in (*background, *crowd))
        assert self.failed == []

    def _kept(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            self.failed.append(error)


def _yes(all_: Together, tx: Transaction, who: int) -> None:
    if row := all_.latest(tx, who):
        life.answer(tx, row.id, who, True, all_.now(), all_.world.blueprint)


def _no(all_: Together, tx: Transaction, who: int) -> None:
    if row := all_.latest(tx, who):
        life.answer(tx, row.id, who, False, all_.now(), all_.world.blueprint)


def _stop(all_: Together, tx: Transaction, who: int) -> None:
    if row := all_.latest(tx, who):
        life.stop(tx, row.id, who, all_.now(), all_.world.blueprint, "silent")


def _met(all_: Together, tx: Transaction, who: int) -> None:
    if row := all_.latest(tx, who):
        life.met(tx, row.id, who, 1, all_.now(), all_.world.blueprint)


def _ask(all_: Together, tx: Transaction, who: int) -> None:
    requests.open_request(tx, who, WANTED, all_.now(), all_.world.blueprint)


def _withdraw(all_: Together, tx: Transaction, who: int) -> None:
    requests.withdraw(tx, who, all_.now(), all_.world.blueprint)


def _off(all_: Together, tx: Transaction, who: int) -> None:
    offers.off(tx, who, all_.now(), all_.world.blueprint)


def _save(all_: Together, tx: Transaction, who: int) -> None:
    offers.save(tx, who, OFFER, all_.now(), all_.world.blueprint)


MENTEE_DEEDS = (*[_yes] * 12, _no, _stop, _met, _ask, _ask, _withdraw)
MENTOR_DEEDS = (*[_yes] * 12, _no, _stop, _met, _off, _save, _save)


def test_everybody_at_once_leaves_nobody_behind(database: Database) -> None:
    together = Together(database)
    together.run(together.run_clock, together.run_clock, together.run_rounds)
    together.world.now = together.now()
    together.world.work()
    with database.reading() as tx:
        rows = together.world.rows(tx)
        assert {row.state for row in rows.values()} & FAR
        together.world.check(tx, frozenset(rows))
        for mentor in range(11, 17):
            assert matches.places_taken(tx, mentor) <= OFFER.capacity
