"""The rows of what is being sent: whose they are, what came of them, what nobody sends any more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import psycopg
import pytest

from bot.sending.ledger import _give_back_forgotten, _owed
from storage import outbox
from storage.database import Database, sql
from storage.moments import moment
from storage.outbox import LEASE, NewReply, Settled
from storage.transaction import Transaction
from tests.sending.virtual import EPOCH

NOW = EPOCH
US, DEAD, ALIVE = "17", "99", "55"
_ROW = sql(
    "INSERT INTO delivery (channel, account, chat, user_id, lane, kind, action, payload, state,"
    " owner, lease_until, attempts, created_at, due_at) VALUES (:channel, :account, :chat, 'u',"
    " :lane, 'x', 'send', 'p', :state, :owner, :lease, 2, :now, :now) RETURNING id"
)


def row(
    database: Database,
    owner: str | None = DEAD,
    *,
    state: str = "sending",
    lane: int = 0,
    channel: str = "telegram",
    account: str = "1",
    claimed: timedelta = timedelta(minutes=1),
) -> int:
    """A row; ``claimed`` so long ago."""
    with database.transaction() as tx:
        found = tx.run(
            _ROW, channel=channel, account=account, chat=f"c{lane}", lane=lane, state=state,
            owner=owner, lease=moment(NOW - claimed + LEASE), now=moment(NOW),
        ).fetchone()  # fmt: skip
    assert found is not None
    return int(found[0])


def told(database: Database, columns: str) -> list[tuple[Any, ...]]:
    with database.reading() as tx:
        return [
            tuple(each)
            for each in tx.run(sql(f"SELECT {columns} FROM delivery ORDER BY id")).fetchall()
        ]


@pytest.fixture
def alive(database: Database) -> Any:
    """Another process holds the lock of its number (PostgreSQL)."""
    if database.dialect == "sqlite":
        yield None
        return
    with psycopg.connect(database.address.server, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s::bigint)", [ALIVE])
        yield connection


def test_a_reply_is_being_sent_by_its_process_from_the_first(database: Database) -> None:
    with database.transaction() as tx:
        tx.run(sql("INSERT INTO person (id, created_at) VALUES (1, '2026-01-01T00:00:00Z')"))
        tx.run(
            sql(
                "INSERT INTO identity (id, person_id, channel, account, user_id, chat_id,"
                " created_at) VALUES (2, 1, 'telegram', '1', 'u', 'c', '2026-01-01T00:00:00Z')"
            )
        )
        reply = NewReply(1, 2, "telegram", "1", "c", "u", "edit", "words")
        assert outbox.enqueue(tx, reply, US, NOW) == 1
        reply = NewReply(None, None, "slack", "T", "d", "v", "send", "other words")
        assert outbox.enqueue(tx, reply, US, NOW) == 2
    columns = "person_id, identity_id, channel, account, chat, user_id, lane, kind, action,"
    columns += " payload, state, owner, attempts"
    assert told(database, columns) == [
        (1, 2, "telegram", "1", "c", "u", 0, "reply", "edit", "words", "sending", US, 0),
        (None, None, "slack", "T", "d", "v", 0, "reply", "send", "other words", "sending", US, 0),
    ]
    with database.reading() as tx:
        query = sql("SELECT count(*) FROM delivery WHERE lease_until = :lease AND due_at = :now")
        assert tx.run(query, lease=moment(NOW + LEASE), now=moment(NOW)).fetchone() == (2,)


def test_what_came_of_messages_is_recorded_and_their_words_forgotten(database: Database) -> None:
    rows = [row(database, US) for _ in range(4)]
    results = [
        Settled(rows[0], "sent", None, "m1", 3),
        Settled(rows[1], "unknown", "answer lost", None, 1),
        Settled(rows[2], "failed", "unreachable", None, 0),
    ]
    with database.transaction() as tx:
        outbox.settle(tx, results, NOW)
    columns = (
        "state, reason, message, attempts, payload, owner, lease_until IS NULL, sent_at IS NULL"
    )
    found = [(*each[:6], bool(each[6]), bool(each[7])) for each in told(database, columns)]
    assert found == [
        ("sent", None, "m1", 3, None, None, True, False),
        ("unknown", "answer lost", None, 1, None, None, True, False),
        ("failed", "unreachable", None, 0, None, None, True, True),
        ("sending", None, None, 2, "p", US, False, True),
    ]
    with database.reading() as tx:
        query = sql("SELECT count(*) FROM delivery WHERE sent_at = :now")
        assert tx.run(query, now=moment(NOW)).fetchone() == (2,)


def test_replies_of_dead_processes_are_taken_over_oldest_first(
    database: Database, alive: Any
) -> None:
    second, first = row(database, "98"), row(database)
    others = [
        row(database, US),
        row(database, state="sent"),
        row(database, lane=1),
        row(database, channel="slack"),
        row(database, account="2"),
    ]
    if alive is not None:
        others.append(row(database, ALIVE))
    with database.transaction() as tx:
        taken = outbox.adopt(tx, US, "telegram", "1", NOW)
    assert [(each.id, each.attempts) for each in taken] == [(second, 3), (first, 3)]
    assert (taken[0].channel, taken[0].account) == ("telegram", "1")
    assert (taken[0].chat, taken[0].user) == ("c0", "u")
    assert (taken[0].action, taken[0].payload) == ("send", "p")
    owners = dict(told(database, "id, owner"))
    assert (owners[first], owners[second]) == (US, US)
    assert [owners[each] for each in others[1:5]] == [DEAD] * 4
    with database.transaction() as tx:
        query = sql("SELECT count(*) FROM delivery WHERE lease_until = :lease")
        assert tx.run(query, lease=moment(NOW + LEASE)).fetchone() == (2,)
        assert outbox.adopt(tx, US, "telegram", "1", NOW) == []


def test_planned_messages_that_dead_processes_left(database: Database, alive: Any) -> None:
    second, first = row(database, "98", lane=3), row(database, lane=1)
    row(database, US, lane=3)
    row(database, lane=0)
    row(database, lane=3, state="sent")
    row(database, lane=3, channel="slack")
    row(database, lane=3, account="2")
    row(database, ALIVE, lane=3) if alive is not None else None
    with database.transaction() as tx:
        left = outbox.left_behind(tx, US, "telegram", "1", NOW)
        assert [(each.id, each.owner) for each in left] == [(second, "98"), (first, DEAD)]
        assert (left[0].chat, left[0].action, left[0].attempts) == ("c3", "send", 2)
        assert outbox.senders(tx) >= {US, DEAD, "98"}


@pytest.mark.parametrize(("seconds", "seen"), [(9.9, 0), (10, 1)])
def test_where_several_run_one_may_seem_dead_for_a_moment(
    database: Database, seconds: float, seen: int
) -> None:
    """On SQLite there is no other: whatever another number left is nobody's."""
    row(database, lane=3, claimed=timedelta(seconds=seconds))
    with database.transaction() as tx:
        found = outbox.left_behind(tx, US, "telegram", "1", NOW)
    assert len(found) == (1 if database.dialect == "sqlite" else seen)


def test_senders_are_those_of_planned_messages(database: Database) -> None:
    row(database, "98", lane=3)
    row(database, "97", lane=0)
    row(database, "96", lane=3, state="sent")
    with database.reading() as tx:
        assert outbox.senders(tx) == {"98"}


def test_claims_that_nobody_heard_of_wait_again(database: Database) -> None:
    mine, in_hand = row(database, US, lane=3), row(database, US, lane=3)
    others = [
        row(database, DEAD, lane=3),
        row(database, US, lane=0),
        row(database, US, lane=3, channel="slack"),
        row(database, US, lane=3, account="2"),
        row(database, US, lane=3, state="sent"),
    ]
    with database.transaction() as tx:
        assert outbox.claimed(tx, US, "telegram", "1") == [mine, in_hand]
        _give_back_forgotten(tx, US, "telegram", "1", NOW, frozenset({in_hand}))
    states = dict(told(database, "id, state"))
    assert states[mine] == "queued"
    assert "queued" not in [states[each] for each in (in_hand, *others)]


def test_replies_of_ours_that_nobody_is_sending(database: Database) -> None:
    """Written five seconds ago at least: the commit's answer may have been lost."""
    old, in_hand = row(database, US), row(database, US)
    row(database, US, claimed=timedelta(seconds=5))
    row(database, US, lane=3)
    row(database, US, state="sent")
    row(database, US, channel="slack")
    row(database, US, account="2")
    dead = row(database)
    with database.transaction() as tx:
        assert [each.id for each in _owe(tx, in_hand)] == [old, dead]


def _owe(tx: Transaction, in_hand: int) -> list[outbox.Pending]:
    return _owed(tx, US, "telegram", "1", NOW, frozenset({in_hand}))


def test_identities_that_are_gone_or_have_moved(database: Database) -> None:
    insert = sql(
        "INSERT INTO identity (person_id, channel, account, user_id, chat_id, created_at)"
        " VALUES (1, :channel, :account, :user, 'c', '2026-01-01T00:00:00Z')"
    )
    with database.transaction() as tx:
        tx.run(sql("INSERT INTO person (id, created_at) VALUES (1, '2026-01-01T00:00:00Z')"))
        who = [("telegram", "1", "u"), ("telegram", "1", "v"), ("telegram", "2", "u")]
        for channel, account, user in (*who, ("slack", "1", "u")):
            tx.run(insert, channel=channel, account=account, user=user)
        outbox.unreachable(tx, "telegram", "1", "u")
        outbox.moved(tx, "telegram", "1", "v", "c2")
        query = sql("SELECT status, chat_id FROM identity ORDER BY id")
        found = [tuple(each) for each in tx.run(query).fetchall()]
    assert [each == ("unreachable", "c") for each in found] == [True, False, False, False]
    assert [each[1] for each in found] == ["c", "c2", "c", "c"]


def test_how_much_waits(database: Database) -> None:
    for state, lane, number in (
        ("queued", 3, 3), ("held", 3, 2), ("sending", 0, 4), ("sending", 1, 1), ("sent", 0, 1),
    ):  # fmt: skip
        for _ in range(number):
            row(database, US, state=state, lane=lane)
    with database.reading() as tx:
        assert outbox.planned(tx) == (3, 2)
        assert outbox.waiting(tx) == 4
