"""Rows for an audience: who gets one, when it is due, and that slices leave nobody out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from blueprints.load import default_path, load
from outreach import planning
from outreach.audience import compile_filter, count
from outreach.claiming import claim
from outreach.deciding import Rules
from outreach.kinds import KINDS
from outreach.planning import At, Local, Planned, Slice, plan_one, plan_slice
from storage import planning as storage_planning
from storage.database import Database
from storage.moments import as_moment
from storage.statements import sql
from storage.transaction import Transaction
from tests.outreach.sending import NOON, RULES, answered, broadcast, event, identity, person

DAY = timedelta(days=1)
CHANNELS = ("telegram", "slack", "preview")


def plan(tx: Transaction, source: Planned, now: datetime = NOON) -> int:
    """All slices; how many rows."""
    part, total = Slice(0, 0, False), 0
    while not part.done:
        part = plan_slice(tx, source, part.cursor, now)
        total += part.planned
    return total


def broadcast_to(number: int, **values: Any) -> Planned:
    given: dict[str, Any] = {"due": At(NOON), **values}
    return Planned("broadcast", CHANNELS, broadcast=number, **{"rules": RULES, **given})


def planned(tx: Transaction) -> dict[int, datetime]:
    """person -> when due."""
    rows = tx.run(sql("SELECT person_id, due_at FROM delivery ORDER BY person_id"))
    return {each[0]: as_moment(each[1]) for each in rows.fetchall()}


def test_planning_leaves_out_who_does_not_consent_or_cannot_be_reached(database: Database) -> None:
    with database.transaction() as tx:
        news = broadcast(tx)
        yes, both = person(tx), person(tx, channel="preview")
        identity(tx, both, "slack")
        person(tx, consents=("register",))
        person(tx, channel="demo")
        gone = person(tx)
        tx.run(sql("UPDATE identity SET status = 'unreachable' WHERE person_id = :id"), id=gone)
        assert plan(tx, broadcast_to(news)) == 2
        assert planned(tx) == {yes: NOON, both: NOON}
        rows = tx.run(sql("SELECT channel, chat, lane, kind, state, payload FROM delivery"))
        assert sorted(rows.fetchall(), key=lambda each: str(each[1])) == [
            ("telegram", str(yes), 3, "broadcast", "queued", None),
            ("slack", str(both), 3, "broadcast", "queued", None),
        ]


def test_planning_asks_for_the_consent_that_stands_now(database: Database) -> None:
    """Whatever needs one is planned for who gave it, not for who withdrew it or gave another."""
    purposes = {"register", "sharing", "invitations", "mentoring"}
    with database.transaction() as tx:
        brunch = event(tx)
        willing = {each: person(tx, consents=(each,)) for each in purposes}
        changed = person(tx, consents=tuple(purposes))
        tx.run(sql("UPDATE consent SET given = FALSE WHERE person_id = :id"), id=changed)
        people = {*willing.values(), changed, person(tx, consents=())}
        for kind in KINDS.values():
            meant = people if kind.consent is None else {willing[kind.consent]}
            source = Planned(kind.key, CHANNELS, At(NOON), RULES, event=brunch)
            assert plan(tx, source) == len(meant)
            assert set(planned(tx)) == meant, kind.key
            again = replace(source, variant="again")
            assert {who for who in people if plan_one(tx, again, who, NOON)} == meant
            tx.run(sql("DELETE FROM delivery"))


@pytest.mark.parametrize("answers", [None, ("going",)])
def test_planning_for_one_person_is_for_nobody_else(
    database: Database, answers: tuple[str, ...] | None
) -> None:
    with database.transaction() as tx:
        brunch = event(tx)
        people = [person(tx) for _ in range(5)]
        for who in people[:4]:
            answered(tx, brunch, who, "going" if who != people[3] else "no")
        source = Planned("change", CHANNELS, At(NOON), RULES, answers=answers, event=brunch)
        assert plan_one(tx, source, people[2], NOON) == 1
        assert set(planned(tx)) == {people[2]}
        assert plan_one(tx, source, people[2], NOON) == 0
        assert plan_one(tx, source, people[3], NOON) == (0 if answers else 1)
        assert plan_one(tx, source, people[4] + 1, NOON) == 0


def test_planning_tells_nobody_twice_of_one_event_pair_or_request(database: Database) -> None:
    with database.transaction() as tx:
        who = person(tx)
        source = Planned("correction", CHANNELS, At(NOON), RULES)
        for about in (
            replace(source, event=event(tx)), replace(source, match=1), replace(source, request=1),
        ):  # fmt: skip
            assert [plan_one(tx, about, who, NOON) for _ in range(2)] == [1, 0]
            assert plan_one(tx, replace(about, variant="1d"), who, NOON) == 1
            assert plan_one(tx, replace(about, kind="withdrawal"), who, NOON) == 1
            assert plan_one(tx, about, person(tx), NOON) == 1
        news = replace(source, broadcast=broadcast(tx))
        assert [plan_one(tx, news, who, NOON) for _ in range(2)] == [1, 1]


def test_planning_writes_what_a_message_is_and_is_about(database: Database) -> None:
    with database.transaction() as tx:
        who = person(tx)
        source = Planned(
            "meet_nudge", CHANNELS, At(NOON), RULES, variant="7", match=5, request=6,
            expires_at=NOON + DAY,
        )  # fmt: skip
        tx.run(sql("UPDATE consent SET purpose = 'mentoring' WHERE purpose = 'invitations'"))
        assert plan_one(tx, source, who, NOON - DAY) == 1
        columns = "lane, kind, variant, match_id, request_id, event_id, broadcast_id, action, state"
        made = tx.run(sql(f"SELECT {columns} FROM delivery")).fetchone()
        assert made == (2, "meet_nudge", "7", 5, 6, None, None, "send", "queued")
        moments = tx.run(sql("SELECT created_at, due_at, expires_at FROM delivery")).fetchone()
        assert moments is not None
        assert [as_moment(each) for each in moments] == [NOON - DAY, NOON, NOON + DAY]
        to = tx.run(sql("SELECT channel, account, chat, user_id FROM delivery")).fetchone()
        assert to == ("telegram", "bot", str(who), f"u{who}")


def test_planning_follows_the_filter(database: Database) -> None:
    with database.transaction() as tx:
        news = broadcast(tx)
        person(tx)
        wanted = person(tx, city='Vienna: 100 % "x"')
        source = broadcast_to(news, where="p.city = :f0", params={"f0": 'Vienna: 100 % "x"'})
        assert plan(tx, source) == 1
        assert set(planned(tx)) == {wanted}


def test_planning_waits_for_the_morning_where_it_is_night(database: Database) -> None:
    with database.transaction() as tx:
        news = broadcast(tx)
        here = person(tx)
        boston = person(tx, timezone="America/New_York")
        tokyo = person(tx, timezone="Asia/Tokyo")
        none = person(tx, timezone=None)
        odd = person(tx, timezone="Nowhere/Atall", organisation=None)
        assert plan(tx, broadcast_to(news)) == 5
        assert planned(tx) == {
            here: NOON, none: NOON, odd: NOON,
            boston: NOON + timedelta(hours=3), tokyo: NOON + timedelta(hours=13),
        }  # fmt: skip


def test_planning_at_a_local_hour_gives_everybody_theirs(database: Database) -> None:
    with database.transaction() as tx:
        news = broadcast(tx)
        here = person(tx)
        boston = person(tx, timezone="America/New_York")
        bsc = person(tx, timezone=None, organisation="bsc")
        plan(tx, broadcast_to(news, due=Local(date(2026, 12, 1), "10:00")))
        assert planned(tx) == {
            here: datetime(2026, 12, 1, 9, tzinfo=UTC),
            bsc: datetime(2026, 12, 1, 9, tzinfo=UTC),
            boston: datetime(2026, 12, 1, 15, tzinfo=UTC),
        }


def test_planning_what_cannot_wait_is_due_at_once(database: Database) -> None:
    with database.transaction() as tx:
        brunch, who = event(tx), person(tx, timezone="Asia/Tokyo")
        answered(tx, brunch, who, "going")
        late = Planned(
            "last_reminder", CHANNELS, At(NOON - DAY), RULES, answers=("going",), event=brunch
        )
        assert plan(tx, late) == 1
        assert planned(tx) == {who: NOON}


def test_planning_a_notice_reaches_those_who_answered_so_once(database: Database) -> None:
    with database.transaction() as tx:
        brunch, other = event(tx), event(tx, key="other")
        people = [person(tx, consents=()) for _ in range(6)]
        for who, state in zip(people, ("going", "maybe", "no", "waiting"), strict=False):
            answered(tx, brunch, who, state)
        answered(tx, other, people[4], "going")
        source = Planned(
            "reminder", CHANNELS, At(NOON), RULES, answers=("going", "maybe"), event=brunch,
            variant="1d", expires_at=NOON + DAY,
        )  # fmt: skip
        assert plan(tx, source) == 2
        assert plan(tx, source) == 0
        assert set(planned(tx)) == set(people[:2])


@pytest.mark.parametrize("answers", [None, ("going",)])
def test_planning_in_slices_leaves_nobody_out_and_none_doubled(
    database: Database, monkeypatch: pytest.MonkeyPatch, answers: tuple[str, ...] | None
) -> None:
    monkeypatch.setattr(planning, "STRETCH", 3)
    monkeypatch.setattr(planning, "SLICE_SECONDS", 0.0)
    with database.transaction() as tx:
        brunch = event(tx)
        people = [person(tx, timezone=("Asia/Tokyo", None)[i % 2]) for i in range(20)]
        for who in people:
            answered(tx, brunch, who, "going")
        for who in people[4:9]:
            tx.run(sql("DELETE FROM person WHERE id = :id"), id=who)
        kind = "invitation" if answers is None else "reminder"
        source = Planned(kind, CHANNELS, At(NOON), RULES, answers=answers, event=brunch)
        part = plan_slice(tx, source, 0, NOON)
        assert (part.planned, part.done) == (3, False)
        assert part.planned + plan(tx, source) == 15
        assert set(planned(tx)) == set(people[:4] + people[9:])


def test_planning_nobody_is_done_at_once(database: Database) -> None:
    with database.transaction() as tx:
        assert plan_slice(tx, broadcast_to(1), 0, NOON) == Slice(0, 0, True)
        number = event(tx)
        source = Planned("thanks", CHANNELS, At(NOON), RULES, answers=("going",), event=number)
        assert plan_slice(tx, source, 0, NOON) == Slice(0, 0, True)


def test_planning_means_whom_the_count_promised(database: Database) -> None:
    """Who is counted as reachable, paused or over budget gets a row; nobody else."""
    blueprint = load(default_path())
    rules = Rules.of(blueprint)
    everything = ("register", "invitations", "sharing")
    with database.transaction() as tx:
        news = broadcast(tx)
        for number in range(40):
            channel = ("telegram", "slack", "demo", "preview")[number % 5 % 4]
            person(
                tx,
                organisation=("cike", "bsc_kranj")[number % 2],
                consents=everything[: number % 4],
                channel=channel,
                status=("active", "joining")[number % 3 == 0],
                # Who is paused and unreachable at once is counted as paused.
                paused_until="2027-01-01" if number % 7 == 0 and channel != "demo" else None,
                city=("Wien", "Berlin")[number % 6 == 0],
            )
        text = 'city:Wien and not status:"joining"'
        counted = count(tx, text, blueprint, NOON, "cike", CHANNELS)
        compiled = compile_filter(text, blueprint, NOON, organisation="cike")
        source = broadcast_to(news, rules=rules, where=compiled.where, params=compiled.params)
        waiting = counted.excluded.get("paused", 0) + counted.excluded.get("over_budget", 0)
        assert plan(tx, source) == counted.reachable + waiting
        assert min(counted.reachable, waiting) > 0
        sent = claim(tx, "7", "telegram", "bot", 30, frozenset(), NOON, rules)
        assert len(sent.claimed) == counted.channels["telegram"]


def test_planning_leaves_the_servers_ways_as_they_were(postgresql_url: str) -> None:
    """Units share transactions: what is best for a stretch is not for everybody."""
    ways = sql("SELECT current_setting('enable_hashjoin'), current_setting('enable_seqscan')")
    with Database.open(postgresql_url).transaction() as tx:
        person(tx)
        with storage_planning.one_by_one(tx):
            assert tx.run(ways).fetchone() == ("off", "off")
        assert plan(tx, broadcast_to(broadcast(tx))) == 1
        assert tx.run(ways).fetchone() == ("on", "on")
