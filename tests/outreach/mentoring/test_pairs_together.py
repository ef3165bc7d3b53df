"""Clocks, a sender and people who press, all at the same pairs at the same time: nobody waits for
ever, nobody is told twice, and of no pair it is forgotten what comes next."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from outreach.claiming import claim
from outreach.clock import Context, tick
from outreach.deciding import Rules
from outreach.handlers import HANDLERS
from outreach.mentoring import life, requests
from storage import outbox, tasks
from storage.database import Database, Transaction, sql
from storage.mentoring import matches
from storage.outbox import Settled
from tests.outreach.inviting import CHANNELS, NOW, expats
from tests.outreach.mentoring.courting import WANTED, expat, local

PAIRS = 10
ACTS = 12
MENTOR = 100  # the number of the first mentor, less that of their mentee
# As a turn does: the person's row is held before anything else happens.
HOLD = {
    "sqlite": sql("SELECT id FROM person WHERE id = :id"),
    "postgresql": sql("SELECT id FROM person WHERE id = :id FOR NO KEY UPDATE"),
}
TOLD = sql(
    "SELECT match_id, person_id, kind, variant, count(*) FROM delivery WHERE match_id IS NOT NULL"
    " GROUP BY match_id, person_id, kind, variant"
)
SENDING = sql("SELECT count(*) FROM delivery WHERE state = 'sending'")


class Together:
    """One clock for all, and threads that do what the program's parts do."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.looks = 0
        self.guard = threading.Lock()
        self.stop = threading.Event()
        self.failed: list[BaseException] = []
        self.matches: dict[int, int] = {}
        with database.transaction() as tx:
            for who in range(1, PAIRS + 1):
                local(tx, who)
                expat(tx, MENTOR + who)
                request = requests.open_request(tx, who, WANTED, NOW, expats()).id
                values = {
                    "request_id": request, "mentee_id": who, "mentor_id": MENTOR + who,
                    "organisation": "cike", "mentor_organisation": "cike", "created_at": NOW,
                    "uid": f"{who}@domov",
                }  # fmt: skip
                self.matches[who] = matches.insert(tx, values)
                life.approve(tx, self.matches[who], NOW, expats())

    def now(self) -> datetime:
        """An hour has passed whenever somebody looks; a month at the most."""
        with self.guard:
            self.looks += 1
            return NOW + min(self.looks * timedelta(hours=1), timedelta(days=30))

    def press(self, who: int) -> None:
        """One of a pair says this and that."""
        chosen = random.Random(who)
        match = self.matches[who % MENTOR]
        for _ in range(ACTS):
            now = self.now()
            act = chosen.choice([self._yes, self._yes, self._date, self._met, self._not, self._ask])
            with self.database.transaction() as tx:
                tx.run(HOLD[tx.dialect], id=who)
                act(tx, match, who, now)

    @staticmethod
    def _yes(tx: Transaction, match: int, who: int, now: datetime) -> None:
        life.answer(tx, match, who, True, now, expats(), contacts=("email",))

    @staticmethod
    def _date(tx: Transaction, match: int, who: int, now: datetime) -> None:
        life.dated(tx, match, who, now + timedelta(days=2), now, expats())

    @staticmethod
    def _met(tx: Transaction, match: int, who: int, now: datetime) -> None:
        life.met(tx, match, who, 1, now, expats())

    @staticmethod
    def _not(tx: Transaction, match: int, who: int, now: datetime) -> None:
        life.not_met(tx, match, who, "time", now, expats())

    @staticmethod
    def _ask(tx: Transaction, match: int, who: int, now: datetime) -> None:
        life.remind_other(tx, match, who, now, expats())

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

    def guarded(self, act: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            try:
                act()
            except BaseException as error:
                self.failed.append(error)
                self.stop.set()

        return run


def test_pairs_clocks_and_sender_get_on(database: Database) -> None:
    together = Together(database)
    pressing = [*together.matches, *(MENTOR + who for who in together.matches)]
    people = [
        threading.Thread(target=together.guarded(partial(together.press, who))) for who in pressing
    ]
    parts = (together.run_clock, together.run_clock, together.send)
    behind = [threading.Thread(target=together.guarded(part)) for part in parts]
    for each in (*people, *behind):
        each.start()
    for each in people:
        each.join(120)
    together.stop.set()
    for each in behind:
        each.join(30)
    assert together.failed == []
    assert not any(each.is_alive() for each in (*people, *behind))
    with database.transaction() as tx:
        _check(tx, together)


def _check(tx: Transaction, together: Together) -> None:
    told = Counter({tuple(row[:4]): row[4] for row in tx.run(TOLD).fetchall()})
    assert told
    assert set(told.values()) == {1}
    left = tx.run(SENDING).fetchone()
    assert left is not None
    assert left[0] == 0
    for row in matches.by_ids(tx, together.matches.values()).values():
        planned = tasks.of(tx, f"match:{row.id}")
        open_ = [each for each in planned if each.state == "open" and each.kind != "match.tell"]
        assert bool(open_) == row.live
        assert not [each for each in planned if each.state == "failed"]


def test_two_clocks_ask_everybody_once(database: Database) -> None:
    """Every nudge of many pairs is due at once."""
    together = Together(database)
    with database.transaction() as tx:
        for who, match in together.matches.items():
            life.answer(tx, match, MENTOR + who, True, NOW, expats())
            life.answer(tx, match, who, True, NOW, expats())
    later = NOW + timedelta(days=7, hours=1)
    done: list[str] = []

    def drain() -> None:
        while True:
            with database.transaction() as tx:
                ticked = tick(tx, HANDLERS, Context(later, expats(), CHANNELS))
            if ticked is None:
                return
            if ticked.state == "done":
                done.append(f"{ticked.kind} {ticked.subject}")

    threads = [threading.Thread(target=together.guarded(drain)) for _ in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    assert together.failed == []
    nudged = Counter(each for each in done if each.startswith("match.nudge"))
    assert nudged == {f"match.nudge match:{number}": 1 for number in together.matches.values()}
    with database.reading() as tx:
        kinds = Counter(row[2] for row in tx.run(TOLD).fetchall())
    assert kinds["meet_nudge"] == 2 * PAIRS
    assert kinds["introduction"] == 2 * PAIRS
