"""People, staff and the clock at the same event at the same time, each in transactions of their
own: nobody waits for ever, nothing is given twice, and nobody is told twice."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from outreach.claiming import claim
from outreach.clock import Context, tick
from outreach.deciding import Rules
from outreach.events import checkin, life, rsvp
from outreach.events.model import details_of
from outreach.events.notices import HANDLERS
from outreach.events.rsvp import Wanted
from outreach.staff import console_actor
from storage import events, outbox
from storage.database import Database, Transaction, sql
from storage.outbox import Settled
from tests.outreach.inviting import CHANNELS, NOW, STARTS, event, expats, people

CROWD = 24
ROUNDS = 12
# As a turn does: the person's row is held before anything else happens (storage.conversations).
HOLD = {
    "sqlite": sql("SELECT id FROM person WHERE id = :id"),
    "postgresql": sql("SELECT id FROM person WHERE id = :id FOR NO KEY UPDATE"),
}
TOLD = sql(
    "SELECT person_id, kind, variant, count(*) FROM delivery GROUP BY person_id, kind, variant"
)
SENDING = sql("SELECT count(*) FROM delivery WHERE state = 'sending'")


class Together:
    """One clock for all, and threads that do what the program's parts do."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.ticks = 0
        self.guard = threading.Lock()
        self.stop = threading.Event()
        self.failed: list[BaseException] = []
        with database.transaction() as tx:
            people(tx, CROWD)
            self.event = event(tx, capacity=5, guests=1).id

    def now(self) -> datetime:
        """Half an hour has passed whenever somebody looks."""
        with self.guard:
            self.ticks += 1
            return min(NOW + self.ticks * timedelta(minutes=30), STARTS - timedelta(days=8))

    def press(self, who: int) -> None:
        chosen = random.Random(who)
        for _ in range(ROUNDS):
            wanted: Wanted = chosen.choice(["going", "going", "maybe", "no"])
            guests = chosen.choice([0, 0, 1, None])
            with self.database.transaction() as tx:
                tx.run(HOLD[tx.dialect], id=who)
                rsvp.answer(tx, self.event, who, wanted, guests, self.now(), expats())

    def run_clock(self) -> None:
        while not self.stop.is_set():
            with self.database.transaction() as tx:
                tick(tx, HANDLERS, Context(self.now(), expats(), CHANNELS))

    def send(self) -> None:
        rules = Rules.of(expats())
        while not self.stop.is_set():
            now = self.now()
            with self.database.transaction() as tx:
                batch = claim(tx, "1", "demo", "demo", 10, frozenset(), now, rules)
            with self.database.transaction() as tx:
                sent = [Settled(each.delivery, "sent", None, "m") for each in batch.claimed]
                outbox.settle(tx, sent, now)

    def work(self) -> None:
        """Staff make the room larger and smaller, and move the place."""
        for number in range(ROUNDS):
            with self.database.transaction() as tx:
                held = events.locked(tx, self.event)
                assert held is not None
                details = replace(
                    details_of(held), capacity=5 + number % 3, place={"en": f"Room {number}"}
                )
                life.change(tx, self.event, details, console_actor(), self.now(), expats())

    def guarded(self, act: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            try:
                act()
            except BaseException as error:
                self.failed.append(error)
                self.stop.set()

        return run


def test_people_staff_clock_and_sender_get_on(database: Database) -> None:
    together = Together(database)
    crowd = [
        threading.Thread(target=together.guarded(partial(together.press, who)))
        for who in range(1, CROWD + 1)
    ]
    crowd.append(threading.Thread(target=together.guarded(together.work)))
    parts = (together.run_clock, together.run_clock, together.send)
    behind = [threading.Thread(target=together.guarded(part)) for part in parts]
    for each in (*crowd, *behind):
        each.start()
    for each in crowd:
        each.join(120)
    together.stop.set()
    for each in behind:
        each.join(30)
    assert together.failed == []
    assert not any(each.is_alive() for each in (*crowd, *behind))
    with database.transaction() as tx:
        _check(tx, together.event)


def _check(tx: Transaction, number: int) -> None:
    held = events.by_ids(tx, [number])[number]
    assert held.capacity is not None
    # Staff made it larger and smaller: who had a place has kept it.
    assert events.places_taken(tx, number) <= 7
    if events.places_taken(tx, number) <= held.capacity:
        room = held.capacity - events.places_taken(tx, number)
        assert all(1 + row.guests > room for row in events.line(tx, number))
    told = Counter({tuple(row[:3]): row[3] for row in tx.run(TOLD).fetchall()})
    assert set(told.values()) <= {1}
    left = tx.run(SENDING).fetchone()
    assert left is not None
    assert left[0] == 0


def test_one_code_many_arrivals(database: Database) -> None:
    """Everybody checks in at the door at once, and each is in once."""
    with database.transaction() as tx:
        people(tx, CROWD)
        held = event(tx, capacity=5)
    outcomes: list[str] = []
    both = threading.Barrier(CROWD * 2)

    def arrive(who: int) -> None:
        both.wait()
        with database.transaction() as tx:
            outcomes.append(checkin.by_code(tx, "brunch", who, STARTS).outcome)

    threads = [threading.Thread(target=arrive, args=(1 + who % CROWD,)) for who in range(CROWD * 2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    assert Counter(outcomes) == {"in": CROWD, "again": CROWD}
    with database.reading() as tx:
        assert events.counts(tx, held.id)["going"].checked_in == CROWD
