"""A month of broadcasts and invitations on a virtual clock: whatever people do meanwhile, nobody
gets too much, at night or after having said no, and everything comes to an end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outreach.claiming import Batch, claim, release, resumed
from outreach.planning import At, Local, Planned, Slice, plan_slice
from storage import outbox
from storage.database import Database
from storage.outbox import Settled
from storage.statements import sql
from storage.transaction import Transaction
from tests.examples import examples
from tests.outreach.sending import NOON, RULES, broadcast, event, person

DAY = timedelta(days=1)
ZONES = ("Europe/Bratislava", "America/New_York", "Asia/Tokyo", "Pacific/Auckland")
WITHDRAW = sql("UPDATE consent SET given = FALSE WHERE person_id = :id AND purpose = 'invitations'")
PAUSE = sql("UPDATE person SET status = 'paused', paused_until = :until WHERE id = :id")
RESUME = sql("UPDATE person SET status = 'active', paused_until = NULL WHERE id = :id")


@dataclass(frozen=True, slots=True)
class Doing:
    """Somebody does something so long after the beginning."""

    who: int
    what: str
    after: timedelta


@dataclass(slots=True)
class World:
    """People by number and zone; what was sent to whom and when."""

    zones: dict[int, str]
    sent: dict[int, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    said_no: dict[int, datetime] = field(default_factory=dict)


@contextmanager
def rolled_back(database: Database) -> Iterator[Transaction]:
    """A transaction that leaves nothing, for the next example."""
    try:
        with database.transaction() as tx:
            yield tx
            raise _Over
    except _Over:
        pass


class _Over(Exception):
    """An example has ended."""


DOINGS = st.builds(
    Doing,
    st.integers(0, 5),
    st.sampled_from(["withdraw", "pause", "resume", "answer lost", "too fast"]),
    st.timedeltas(timedelta(0), timedelta(days=14)),
)
STARTS = st.lists(st.timedeltas(timedelta(0), timedelta(days=10)), min_size=1, max_size=6)


@settings(
    max_examples=examples(12),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(starts=STARTS, doings=st.lists(DOINGS, max_size=8), local=st.booleans())
def test_a_month_of_messages(
    month_database: Database, starts: list[timedelta], doings: list[Doing], local: bool
) -> None:
    with rolled_back(month_database) as tx:
        zones = (*ZONES, "Europe/Bratislava", "UTC")
        world = World({person(tx, timezone=zone): zone for zone in zones})
        play(tx, world, starts, doings, local=local)
        waiting = tx.run(
            sql("SELECT count(*) FROM delivery WHERE state IN ('queued', 'sending', 'held')")
        ).fetchone()
        assert waiting == (0,)
        for who, moments in world.sent.items():
            check(world, who, moments)


def check(world: World, who: int, moments: list[datetime]) -> None:
    """What one person got."""
    there = ZoneInfo(world.zones[who])
    assert all(9 <= moment.astimezone(there).hour < 20 for moment in moments)
    for moment in moments:
        week = [each for each in moments if moment - 7 * DAY < each <= moment]
        assert len(week) <= RULES.budget, week
    if who in world.said_no:
        assert max(moments) <= world.said_no[who]


def play(
    tx: Transaction, world: World, starts: list[timedelta], doings: list[Doing], *, local: bool
) -> None:
    """Everything in the order of time: plans, what people do, and claims whenever due."""
    people = sorted(world.zones)
    agenda = [(NOON + each, "plan", number) for number, each in enumerate(sorted(starts))]
    agenda += [(NOON + each.after, each.what, people[each.who]) for each in doings]
    fault: set[int] = set()
    for moment, what, number in sorted(agenda, key=lambda each: each[0]):
        run(tx, world, NOON, moment, fault)
        if what == "plan":
            plan(tx, number, moment, local=local)
        elif what in ("answer lost", "too fast"):
            fault.add(number if what == "too fast" else -number)
        else:
            do(tx, world, number, what, moment)
    run(tx, world, NOON, NOON + 60 * DAY, fault)


def plan(tx: Transaction, number: int, now: datetime, *, local: bool) -> None:
    """A broadcast or an invitation to everybody."""
    due = Local(now.date() + DAY, "10:00") if local else At(now)
    expires = now + (3 + number) * DAY
    source = Planned("broadcast", ("telegram",), due, RULES, expires_at=expires)
    if number % 2:
        about = event(tx, key=f"e{number}", starts_at=expires, ends_at=expires)
        source = replace(source, kind="invitation", event=about)
    else:
        source = replace(source, broadcast=broadcast(tx, key=f"b{number}"))
    part = Slice(0, 0, False)
    while not part.done:
        part = plan_slice(tx, source, part.cursor, now)


def do(tx: Transaction, world: World, who: int, what: str, now: datetime) -> None:
    if what == "withdraw":
        tx.run(WITHDRAW, id=who)
        world.said_no.setdefault(who, now)
    elif what == "pause":
        tx.run(PAUSE, id=who, until=(now.date() + 4 * DAY).isoformat())
    else:
        tx.run(RESUME, id=who)
        resumed(tx, who, now)


def run(tx: Transaction, world: World, now: datetime, until: datetime, fault: set[int]) -> None:
    """Claim whenever the last claim said to, up to a moment."""
    for _ in range(2_000):
        batch = claim(tx, "7", "telegram", "bot", 4, frozenset(), now, RULES)
        again = [batch.next_due, send(tx, world, batch, now, fault)]
        following = min((each for each in again if each is not None), default=until)
        if following >= until:
            return
        now = max(following, now)
    raise AssertionError("claims go round in circles")


def send(
    tx: Transaction, world: World, batch: Batch, now: datetime, fault: set[int]
) -> datetime | None:
    """Settle what was claimed; when something that went back is due again."""
    back = None
    for each in batch.claimed:
        assert each.reader is not None
        who = each.reader.person
        if who in fault:
            fault.discard(who)
            back = now + timedelta(seconds=30)
            release(tx, [each.delivery], back, now, 1)
            continue
        world.sent[who].append(now)
        state = "unknown" if -who in fault else "sent"
        fault.discard(-who)
        outbox.settle(tx, [Settled(each.delivery, state)], now)
    return back


@pytest.fixture(params=["sqlite", "postgresql"], scope="module")
def month_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """One database for all examples, which leave nothing in it."""
    if request.param == "sqlite":
        import shutil

        path = tmp_path_factory.mktemp("month") / "domov.sqlite3"
        template: Path = request.getfixturevalue("sqlite_template")
        shutil.copyfile(template, path)
        database = Database.open(f"sqlite:///{path}")
    else:
        import psycopg

        server: str = request.getfixturevalue("postgresql_server")
        with psycopg.connect(server.format("postgres"), autocommit=True) as connection:
            connection.execute("CREATE DATABASE month TEMPLATE domov_template")
        database = Database.open(server.format("month"))
    yield database
    database.close()
