"""What waits of a broadcast follows its status, in slices."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from blueprints.load import load
from outreach import sweeping
from outreach.clock import Context, tick
from outreach.handlers import HANDLERS
from storage import sweeping as storage_sweeping
from storage.database import Database, sql
from storage.transaction import Transaction

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
BROADCAST = sql(
    "INSERT INTO broadcast (id, key, organisation, status, created_at)"
    " VALUES (:id, :key, 'cike', 'sending', '2026-11-22T10:00:00Z')"
)
ROW = sql(
    "INSERT INTO delivery (channel, account, chat, user_id, lane, kind, broadcast_id, action,"
    " state, reason, created_at, due_at) VALUES ('telegram', '1', '5', '5', 3, 'broadcast',"
    " :broadcast, 'send', :state, :reason, '2026-11-22T10:00:00Z', '2026-11-22T10:00:00Z')"
)
OTHER = sql(ROW.sqlite.replace("'broadcast'", ":kind"))
STATUS = sql("UPDATE broadcast SET status = :status WHERE id = 1")
STATES = sql(
    "SELECT state, reason FROM delivery WHERE broadcast_id = :broadcast AND kind = 'broadcast'"
)
OTHERS = sql("SELECT state, reason FROM delivery WHERE kind <> 'broadcast' ORDER BY id")


def fill(tx: Transaction) -> None:
    for number in (1, 2):
        tx.run(BROADCAST, id=number, key=f"b{number}")
        for state in ("queued", "queued", "queued", "sent", "sending"):
            tx.run(ROW, broadcast=number, state=state, reason=None)
        tx.run(ROW, broadcast=number, state="held", reason="restored")
        for kind in ("correction", "withdrawal"):  # these go their own way
            for state, reason in (("queued", None), ("held", "paused")):
                tx.run(OTHER, broadcast=number, kind=kind, state=state, reason=reason)


def become(database: Database, status: str, now: datetime = NOW) -> None:
    """Staff change the status; then the clock ticks until nothing more happens."""
    blueprint = load(Path("blueprints/expats-for-home.toml"))
    with database.transaction() as tx:
        tx.run(STATUS, status=status)
        sweeping.plan(tx, 1, now)
    for later in (now, now + sweeping.ONCE_MORE):
        ticks(database, Context(later, blueprint, ("telegram",)))


def ticks(database: Database, context: Context) -> int:
    """The clock does what is due; in how many slices."""
    slices = 0
    while True:
        with database.transaction() as tx:
            if tick(tx, HANDLERS, context) is None:
                return slices
        slices += 1


def found(database: Database, broadcast: int = 1) -> dict[tuple[str, str | None], int]:
    with database.reading() as tx:
        rows = tx.run(STATES, broadcast=broadcast).fetchall()
    return dict(Counter((state, reason) for state, reason in rows))


@pytest.fixture(autouse=True)
def _small_slices(monkeypatch: pytest.MonkeyPatch, database: Database) -> None:
    monkeypatch.setattr(sweeping, "SLICE", 2)
    with database.transaction() as tx:
        fill(tx)


def test_pausing_holds_what_waits_and_resuming_lets_it_go(database: Database) -> None:
    before = found(database)
    become(database, "paused")
    assert found(database) == {
        ("held", "paused"): 3,
        ("held", "restored"): 1,
        ("sent", None): 1,
        ("sending", None): 1,
    }
    assert found(database, 2) == before

    become(database, "sending", NOW + timedelta(minutes=5))
    assert found(database) == before


def test_cancelling_ends_what_waits_whatever_held_it(database: Database) -> None:
    become(database, "cancelled")

    assert found(database) == {
        ("cancelled", "broadcast cancelled"): 4,
        ("sent", None): 1,
        ("sending", None): 1,
    }


def test_pausing_twice_in_a_row_holds_what_came_in_between(database: Database) -> None:
    become(database, "paused")
    become(database, "sending", NOW + timedelta(minutes=1))
    become(database, "paused", NOW + timedelta(minutes=2))

    assert found(database)["held", "paused"] == 3


def test_a_broadcast_that_is_gone_is_no_problem(database: Database) -> None:
    with database.transaction() as tx:
        tx.run(sql("DELETE FROM broadcast WHERE id = 1"))
    become(database, "paused")

    assert found(database)["queued", None] == 3


@pytest.mark.parametrize("status", ["paused", "sending", "cancelled"])
def test_corrections_and_withdrawals_go_their_own_way(database: Database, status: str) -> None:
    with database.reading() as tx:
        before = tx.run(OTHERS).fetchall()
    become(database, status)
    with database.reading() as tx:
        assert tx.run(OTHERS).fetchall() == before
    assert len(before) == 8


def test_what_was_under_way_when_the_status_changed_follows_later(database: Database) -> None:
    become(database, "paused", NOW)
    with database.transaction() as tx:
        sweeping.plan(tx, 1, NOW + timedelta(hours=1))
    blueprint = load(Path("blueprints/expats-for-home.toml"))
    tried = ticks(database, Context(NOW + timedelta(hours=1), blueprint, ("telegram",)))
    with database.transaction() as tx:  # a claim that was not sent is given back
        tx.run(sql("UPDATE delivery SET state = 'queued' WHERE state = 'sending'"))
    assert tried > 0
    later = NOW + timedelta(hours=1) + sweeping.ONCE_MORE
    assert ticks(database, Context(later - timedelta(seconds=1), blueprint, ("telegram",))) == 0
    assert found(database)["queued", None] == 1
    ticks(database, Context(later, blueprint, ("telegram",)))
    assert found(database)["held", "paused"] == 4


def test_the_last_pass_comes_once_and_not_before_its_time(database: Database) -> None:
    """A sweep ends with one look more after a while, also where there was nothing to move, and
    the next sweep has a last look of its own."""
    blueprint = load(Path("blueprints/expats-for-home.toml"))
    for begun, first in ((NOW, 2), (NOW + timedelta(hours=1), 1)):  # of three rows; of none
        with database.transaction() as tx:
            tx.run(STATUS, status="paused")
            sweeping.plan(tx, 1, begun)
        last = begun + sweeping.ONCE_MORE
        slices = []
        for now in (begun, last - timedelta(seconds=1), last, last + timedelta(days=1)):
            slices.append(ticks(database, Context(now, blueprint, ("telegram",))))
        assert slices == [first, 0, 1, 0]
        assert open_sweeps(database) == []


def open_sweeps(database: Database) -> list[str]:
    """The sweeps that are not done."""
    with database.reading() as tx:
        rows = tx.run(sql("SELECT subject FROM task WHERE state = 'open'")).fetchall()
    return [str(subject) for (subject,) in rows]


@pytest.mark.parametrize("status", ["draft", "done"])
def test_other_statuses_move_nothing(database: Database, status: str) -> None:
    before = found(database)
    with database.transaction() as tx:
        tx.run(STATUS, status=status)
        assert storage_sweeping.sweep(tx, 1, 10) == 0
        assert storage_sweeping.sweep(tx, 99, 10) == 0
    assert found(database) == before
