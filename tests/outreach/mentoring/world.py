"""A small world of mentees and mentors, with the real rounds, clock and claims, on a clock that a
test moves; and what must hold in it at any moment, whatever was done."""

from __future__ import annotations

from datetime import timedelta

from blueprints.schema import Blueprint, Mentoring
from outreach.claiming import claim
from outreach.clock import Context, Done, Further, tick_through
from outreach.deciding import Rules
from outreach.handlers import HANDLERS
from outreach.mentoring import plans
from outreach.mentoring.pool import read_pool, today
from outreach.mentoring.proposals import Plan, plan_round
from outreach.mentoring.storing import RHYTHM, Order, store_slice
from storage import outbox, tasks
from storage.database import Database, Transaction, sql
from storage.mentoring import blocks, matches
from storage.mentoring import offers as offered
from storage.mentoring import requests as requested
from storage.mentoring.matches import MatchRow
from storage.outbox import Settled
from storage.tasks import TaskRow
from tests.outreach.due import next_due
from tests.outreach.inviting import CHANNELS, NOW, expats

DAY = timedelta(days=1)
MOST = 1_000  # moments at which something is due, within what a test waits
TABLES = (
    "delivery", "task", "mentoring_log", "mentoring_meeting", "mentoring_match",
    "mentoring_request", "mentor_offer", "mentoring_block", "mentoring_round", "consent",
    "identity", "staff_log", "trait", "erasure", "person",
)  # fmt: skip
_CLEAN = [sql(f"DELETE FROM {table}") for table in TABLES]
_MATCHES = sql("SELECT id FROM mentoring_match ORDER BY id")
_REQUESTS = sql("SELECT id FROM mentoring_request ORDER BY id")
_PEOPLE = sql(
    "SELECT p.id, p.status, EXISTS (SELECT 1 FROM consent c WHERE c.person_id = p.id"
    " AND c.purpose = 'mentoring' AND c.given) FROM person p"
)
_SOON = sql(
    "SELECT kind, subject, variant, due_at FROM task WHERE state = 'open' UNION ALL"
    " SELECT kind, variant, CAST(person_id AS text), due_at FROM delivery WHERE state = 'queued'"
    " ORDER BY due_at LIMIT 5"
)
_FAILED = sql("SELECT kind, subject, error FROM task WHERE state = 'failed' OR attempts > 0")
_TOLD = sql("SELECT kind FROM delivery WHERE match_id = :match AND person_id = :person")


def region() -> Blueprint:
    """The blueprint that comes with the program, with shorter times."""
    usual = expats()
    mentoring = Mentoring(
        wish=usual.mentoring.wish, offer=usual.mentoring.offer,
        round_days=0, again_days=60, answer_days=3, remind_days=1, nudges=(2, 5), quiet_days=3,
        break_days=20, again_meet_days=6, midway_days=10, end_days=24, unmatched_days=12,
        alternatives=2,
    )  # fmt: skip
    return usual.model_copy(update={"mentoring": mentoring})


class World:
    """The database, the time, and what happens by itself."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.blueprint = region()
        self.rules = Rules.of(self.blueprint)
        self.now = NOW
        self.planned: Plan | None = None
        with database.transaction() as tx:
            for statement in _CLEAN:
                tx.run(statement)

    # ---- time ----

    def wait(self, span: timedelta) -> None:
        """The program runs; what is due is done when it is."""
        end = self.now + span
        for _ in range(MOST):
            self.work()
            with self.database.reading() as tx:
                following = next_due(tx)
            if following is None or following > end:
                break
            assert following > self.now, "what is due is not done"
            self.now = following
        else:
            with self.database.reading() as tx:
                raise AssertionError(f"there is always something due: {list(tx.run(_SOON))}")
        self.now = end
        self.work()

    def work(self) -> None:
        """Everything that is due now is done; messages that can go are sent."""
        with self.database.transaction() as tx:
            self._work(tx)

    def _work(self, tx: Transaction) -> None:
        context = Context(self.now, self.blueprint, CHANNELS)
        for _ in range(1_000):
            did = tick_through(tx, HANDLERS, context) is not None
            if not self._send(tx) and not did:
                return
        raise AssertionError("the clock does not come to an end")

    def _send(self, tx: Transaction) -> int:
        batch = claim(tx, "1", "demo", "demo", 50, frozenset(), self.now, self.rules)
        sent = [Settled(each.delivery, "sent", None, "m") for each in batch.claimed]
        outbox.settle(tx, sent, self.now)
        return len(sent)

    # ---- rounds ----

    def think(self) -> None:
        """A round is read and thought about; what is stored of it may come later."""
        with self.database.transaction() as tx:
            everybody = read_pool(tx, None, self.now, self.blueprint, CHANNELS)
        self.planned = plan_round(
            everybody, self.blueprint.mentoring, today(self.now, self.blueprint)
        )

    def store(self, *, unattended: bool) -> None:
        """What was thought of is stored."""
        if self.planned is None:
            self.think()
        with self.database.transaction() as tx:
            self.keep(tx, unattended=unattended)
        self.planned = None

    def keep(self, tx: Transaction, *, unattended: bool) -> None:
        assert self.planned is not None
        order = Order(None, RHYTHM, unattended)
        outcome: Further | Done = Further(None)
        while isinstance(outcome, Further):
            outcome = store_slice(tx, self.planned, outcome.state, order, self.now, self.blueprint)

    # ---- what must hold ----

    def rows(self, tx: Transaction) -> dict[int, MatchRow]:
        found = matches.by_ids(tx, [row[0] for row in tx.run(_MATCHES)])
        return dict(sorted(found.items()))

    def check(self, tx: Transaction, before: frozenset[int]) -> frozenset[int]:
        """Whatever was done; ``before``: the matches that there were. Gives those there are."""
        rows = self.rows(tx)
        for row in rows.values():
            self._somebody_acts_next(tx, row)
            self._nobody_waits_for_news(tx, row)
        self._requests_are_looked_after(tx)
        for number in rows.keys() - before:
            self._new_match_is_allowed(tx, rows[number])
            self._pair_is_new(rows[number], list(rows.values()))
        assert list(tx.run(_FAILED)) == []
        return frozenset(rows)

    def _open(self, tx: Transaction, subject: str) -> list[TaskRow]:
        return [each for each in tasks.of(tx, subject) if each.state == "open"]

    def _somebody_acts_next(self, tx: Transaction, row: MatchRow) -> None:
        """Who is asked has a deadline, a pair its end; what is over has nothing planned."""
        timed = {
            each.kind for each in self._open(tx, plans.subject(row.id)) if each.kind in plans.TIMED
        }
        if row.state in ("asked_mentor", "asked_mentee"):
            assert plans.LAPSE in timed
            assert row.deadline is not None
        elif row.state in ("introduced", "met"):
            assert plans.QUIET in timed
            assert (row.deadline, row.alternatives) == (None, ())
        else:
            assert not timed, (row, timed)

    def _nobody_waits_for_news(self, tx: Transaction, row: MatchRow) -> None:
        """Who is asked gets the question; who said yes hears how it went on."""
        for side in ("mentor", "mentee"):
            person = row.person(side)
            if person is None:
                continue
            told = self._told(tx, row.id, person)
            if row.state == f"asked_{side}":
                assert f"{side}_ask" in told
            if row.introduced_at is not None:
                assert "introduction" in told
            said_yes = getattr(row, f"{side}_said_at") is not None and (
                row.introduced_at is not None or (side == "mentor" and row.mentee_asked_at)
            )
            if said_yes and not row.live and row.ended_by != side:
                assert told & {"match_ended", "mentor_break", "match_lapsed"}, (row, side, told)

    def _told(self, tx: Transaction, match: int, person: int) -> set[str]:
        """Kinds of messages that were planned for somebody, whatever became of them."""
        planned = {
            each.variant.split(":")[0]
            for each in tasks.of(tx, plans.subject(match), plans.TELL)
            if each.person == person
        }
        return planned | {row[0] for row in tx.run(_TOLD, match=match, person=person)}

    def _pair_is_new(self, row: MatchRow, rows: list[MatchRow]) -> None:
        """Nobody is put to the same person twice within the limit."""
        if row.mentor_id is None or row.mentee_id is None:
            return  # erased meanwhile
        since = row.created_at - timedelta(days=self.blueprint.mentoring.again_days)
        for each in rows:
            if each.id < row.id and (each.mentee_id, each.mentor_id) == (
                row.mentee_id, row.mentor_id,
            ):  # fmt: skip
                assert each.mentor_asked_at is None or each.mentor_asked_at <= since, (each, row)

    def _requests_are_looked_after(self, tx: Transaction) -> None:
        """An open request is in a live match, or every round sees it; and it gets an honest word
        in the end. One that is matched belongs to two who know each other."""
        people = {row[0]: (row[1], bool(row[2])) for row in tx.run(_PEOPLE)}
        pool = read_pool(tx, None, self.now, self.blueprint, CHANNELS).pool
        seen = {each.request for each in pool.seekers}
        for number in [row[0] for row in tx.run(_REQUESTS)]:
            request = requested.by_ids(tx, [number])[number]
            live = matches.live_of_request(tx, number)
            open_tasks = {each.kind for each in self._open(tx, plans.request_subject(number))}
            assert (plans.UNMATCHED in open_tasks) is (request.status == "open")
            if request.status == "closed":
                assert live is None
            elif request.status == "matched":
                assert live is not None
                assert live.state in ("introduced", "met")
            elif live is None:
                assert number in seen or people[request.person_id][0] == "paused"
            if request.status != "closed":
                assert people[request.person_id][1]  # they consent

    def _new_match_is_allowed(self, tx: Transaction, row: MatchRow) -> None:
        """Capacity, breaks and blocks hold for every new match."""
        if not row.live or row.mentor_id is None or row.mentee_id is None:
            return
        offer = offered.of_person(tx, row.mentor_id)
        assert offer is not None
        assert matches.places_taken(tx, row.mentor_id) <= offer.capacity
        assert offer.free_on(today(self.now, self.blueprint))
        assert not blocks.between(tx, row.mentee_id, row.mentor_id)
        assert row.mentee_id != row.mentor_id
