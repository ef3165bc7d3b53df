"""Whatever two people say and when, wherever they live, however often the program is down: each
message once or expired, in nobody's night, and something always comes next."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outreach.mentoring import life, plans
from storage import tasks
from storage.database import Database, Transaction, sql
from storage.mentoring import matches
from tests.examples import examples
from tests.outreach.inviting import expats
from tests.outreach.mentoring.courting import Pair
from tests.outreach.mentoring.days import DAY, HOUR, Days

CLEAR = tuple(
    sql(f"DELETE FROM {table}") for table in ("delivery", "task", "mentoring_match", "person")
)
LIVES_IN = sql("UPDATE person SET timezone = :zone WHERE id = :id")
STATES = sql("SELECT kind, variant, person_id, state, due_at FROM delivery")
ZONES = ("Europe/Bratislava", "America/New_York", "Asia/Kolkata", "Pacific/Chatham")
ACTS = ("yes", "date", "met", "not", "remind", "check", "no")
LONG = 60 * DAY
STEP = 3 * HOUR

hours = st.integers(0, int(LONG / HOUR))
acts = st.lists(
    st.tuples(hours, st.sampled_from(["mentor", "mentee"]), st.sampled_from(ACTS)), max_size=9
)
outages = st.lists(st.tuples(hours, st.sampled_from([1, 6, 30, 72, 240])), max_size=3)
# Weeks around the nights on which clocks change in Europe or America, and any other.
starts = st.sampled_from(
    [(2026, 3, 1), (2026, 3, 20), (2026, 10, 11), (2026, 10, 25), (2026, 6, 1)]
)


def say(pair: Pair, side: str, act: str, now: datetime) -> None:
    tx, match, who = pair.tx, pair.match, pair.mentor if side == "mentor" else pair.mentee
    if act in ("yes", "no"):
        life.answer(tx, match, who, act == "yes", now, expats(), contacts=("email",))
    elif act == "date":
        life.dated(tx, match, who, now + 2 * DAY, now, expats())
    elif act == "met":
        row = matches.one(tx, match)
        life.met(tx, match, who, (row.meetings if row else 0) + 1, now, expats())
    elif act == "not":
        life.not_met(tx, match, who, "time", now, expats())
    elif act == "remind":
        life.remind_other(tx, match, who, now, expats())
    else:
        life.checked(tx, match, who, "first", "good", now, expats())


@settings(max_examples=examples(12), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    start=starts, zones=st.tuples(st.sampled_from(ZONES), st.sampled_from(ZONES)), said=acts,
    introduced=st.booleans(), down=outages,
)  # fmt: skip
def test_each_message_comes_once_or_expires_and_something_is_always_next(
    database: Database,
    start: tuple[int, int, int],
    zones: tuple[str, str],
    said: list[tuple[int, str, str]],
    introduced: bool,
    down: list[tuple[int, int]],
) -> None:
    begun = datetime(*start, 9, 30, tzinfo=UTC)
    with database.transaction() as tx:
        for statement in CLEAR:
            tx.run(statement)
        pair, days = Pair(tx), Days(tx)
        pair.now = begun
        for who, zone in zip((pair.mentee, pair.mentor), zones, strict=True):
            tx.run(LIVES_IN, id=who, zone=zone)
        if introduced:
            pair.introduce()
        else:
            pair.approve()
        spans = [(begun + at * HOUR, begun + (at + long) * HOUR) for at, long in down]
        until = begun
        for at, side, act in sorted(said):
            moment = begun + at * HOUR
            days.run(until, moment, STEP, spans)
            until = max(until, moment)
            say(pair, side, act, until)
        # The program is up at the end.
        days.run(until, begun + LONG, STEP, spans)
        days.run(begun + LONG, begun + LONG + DAY, STEP)
        check(tx, pair, days)


def check(tx: Transaction, pair: Pair, days: Days) -> None:
    assert days.never_twice()
    assert days.decent()
    rows = tx.run(STATES).fetchall()
    assert set(Counter(tuple(row[:3]) for row in rows).values()) <= {1}
    assert {row[3] for row in rows} <= {"queued", "sent", "expired", "cancelled"}
    # Nothing is overdue but what waits for the morning.
    waiting = [each for each in tasks.of(tx, f"match:{pair.match}") if each.state == "open"]
    assert all(each.due_at > days.now - 2 * STEP for each in waiting)
    assert bool([each for each in waiting if each.kind != plans.TELL]) == pair.row.live
    if pair.row.state in ("declined", "lapsed", "withdrawn"):
        assert pair.wish.status == "open"
        (word,) = [
            each
            for each in tasks.of(tx, f"request:{pair.request}", plans.UNMATCHED)
            if each.state == "open"
        ]
        assert word.due_at > days.now - timedelta(days=1)
