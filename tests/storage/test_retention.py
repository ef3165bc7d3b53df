"""What has served its time is forgotten, and what still counts is not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from storage.database import Database, Transaction, sql
from storage.retention import (
    purge_codes,
    purge_deliveries,
    purge_inbox,
    purge_joinings,
    purge_marks,
    purge_proofs,
    purge_quarantine,
    purge_received,
    purge_staff,
    purge_staff_log,
    purge_stubs,
    purge_tasks,
    purge_unanswered,
)
from tests.outreach.sending import delivery, person, put
from tests.storage.full_people import NOW

TICK = NOW.resolution
STUB = sql(
    "INSERT INTO person (id, status, created_at, last_active_at) VALUES (:id, :status, :at, :seen)"
)


def _ago(days: int) -> str:
    return (NOW - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


async def test_purge_stubs_erases_only_those_who_never_consented_and_stay_away(
    database: Database,
) -> None:
    def people(tx: Transaction) -> None:
        for number, status, born, seen in (
            (1, "new", 9, 9),
            (2, "new", 9, 1),
            (3, "new", 1, 1),
            (4, "joining", 9, 9),
            (5, "active", 9, 9),
        ):
            tx.run(STUB, id=number, status=status, at=_ago(born), seen=_ago(seen))

    await database.write(people)
    assert await database.write(purge_stubs, NOW, 7) == 1
    assert await database.write(purge_stubs, NOW, 7) == 0
    left = await database.read(
        lambda tx: tx.run(sql("SELECT id FROM person ORDER BY id")).fetchall()
    )
    assert left == [(2,), (3,), (4,), (5,)]


async def test_purge_received_forgets_old_events_in_slices(database: Database) -> None:
    add = sql("INSERT INTO received (channel, account, event_id, at) VALUES ('t', 'b', :id, :at)")

    def events(tx: Transaction) -> None:
        tx.many(add, [{"id": str(days), "at": _ago(days)} for days in range(20)])

    await database.write(events)
    assert await database.write(purge_received, NOW, 9, 6) == 6
    assert await database.write(purge_received, NOW, 9, 6) == 4
    assert await database.write(purge_received, NOW, 9, 6) == 0
    rows = await database.read(lambda tx: tx.run(sql("SELECT at FROM received")).fetchall())
    assert len(rows) == 10


async def test_purge_deliveries_spares_what_is_still_to_be_sent(database: Database) -> None:
    add = sql(
        "INSERT INTO delivery (channel, account, chat, user_id, action, state, created_at, due_at)"
        " VALUES ('t', 'b', '1', '1', 'send', :state, :at, :at)"
    )

    def deliveries(tx: Transaction) -> None:
        for days in (99, 98, 1):
            for state in ("queued", "sending", "held", "sent", "failed", "unknown"):
                tx.run(add, state=state, at=_ago(days))

    await database.write(deliveries)
    assert await _purged(database, 5) == [5, 10, 12]
    left = sql("SELECT count(*) FROM delivery")
    assert await database.read(lambda tx: tx.run(left).fetchone()) == (12,)


async def _purged(database: Database, limit: int) -> list[int]:
    """Purge deliveries slice by slice; how far each got."""
    reached = []
    upto = await database.write(purge_deliveries, NOW, 90, 0, limit)
    while upto is not None:
        reached.append(upto)
        upto = await database.write(purge_deliveries, NOW, 90, upto, limit)
    return reached


async def test_a_slice_begins_behind_the_message_that_the_last_one_ended_with(
    database: Database,
) -> None:
    """Else one that stays would be a slice of its own, for ever."""
    with database.transaction() as tx:
        owner = person(tx)
        waiting = delivery(tx, owner, state="queued", created_at=NOW - timedelta(days=99))
        sent = delivery(tx, owner, state="sent", created_at=NOW - timedelta(days=99))
        assert purge_deliveries(tx, NOW, 90, 0, 1) == waiting
        assert purge_deliveries(tx, NOW, 90, waiting, 1) == sent
        assert purge_deliveries(tx, NOW, 90, sent, 1) is None
        assert tx.run(sql("SELECT id FROM delivery")).fetchall() == [(waiting,)]


async def test_a_slice_touches_nothing_before_it(database: Database) -> None:
    with database.transaction() as tx:
        owner = person(tx)
        first, second = (
            delivery(tx, owner, state="sent", created_at=NOW - timedelta(days=99)) for _ in range(2)
        )
        assert purge_deliveries(tx, NOW, 90, first, 5) == second
        assert tx.run(sql("SELECT id FROM delivery")).fetchall() == [(first,)]


async def test_purges_leave_what_belongs_to_an_event_still_to_come(database: Database) -> None:
    """Who was invited long ago must not be invited again, nor a reminder given twice."""
    event = sql(
        "INSERT INTO event (id, key, organisation, starts_at, ends_at, timezone, uid, code,"
        " created_at, updated_at) VALUES (:id, :key, 'cike', :ends, :ends, 'UTC', 'u', 'c',"
        " :ends, :ends)"
    )
    delivery = sql(
        "INSERT INTO delivery (channel, account, chat, user_id, kind, action, state, event_id,"
        " created_at, due_at) VALUES ('t', 'b', '1', '1', 'invitation', 'send', 'sent', :event,"
        " :at, :at)"
    )
    task = sql(
        "INSERT INTO task (kind, subject, state, due_at, created_at, done_at)"
        " VALUES ('event.invite', :subject, :state, :at, :at, :at)"
    )

    def rows(tx: Transaction) -> None:
        for number, ends in ((1, -10), (2, 200), (5, 90)):  # in ten days; long ago; just so long
            tx.run(event, id=number, key=f"e{number}", ends=_ago(ends))
            tx.run(delivery, event=number, at=_ago(100))
            tx.run(task, subject=f"event:{number}", state="done", at=_ago(100))
        tx.run(task, subject="event:3", state="open", at=_ago(100))
        tx.run(task, subject="event:4", state="done", at=_ago(80))

    await database.write(rows)
    await _purged(database, 100)
    assert await database.write(purge_tasks, NOW, 90) == 2
    assert await database.write(purge_tasks, NOW, 90) == 0

    def left(tx: Transaction) -> tuple[list[Any], list[Any]]:
        events = tx.run(sql("SELECT event_id FROM delivery")).fetchall()
        subjects = tx.run(sql("SELECT subject FROM task ORDER BY subject")).fetchall()
        return [each[0] for each in events], [each[0] for each in subjects]

    assert await database.read(left) == ([1], ["event:1", "event:3", "event:4"])


async def test_purges_keep_what_is_as_old_as_it_may_be(database: Database) -> None:
    """Of each kind there is one that has just reached its days and one a tick older."""
    days = 30
    limit = NOW - timedelta(days=days)
    with database.transaction() as tx:
        for name, at in (("kept", limit), ("gone", limit - TICK)):
            about = {"channel": "t", "account": "b"}
            put(tx, "received", **about, event_id=name, at=at)
            put(tx, "quarantine", **about, event_id=name, at=at, error=name)
            put(tx, "inbox", **about, user_id="1", kind="text", text=name, at=at, state="done")
            put(
                tx,
                "task",
                kind=name,
                subject="x",
                state="done",
                due_at=at,
                created_at=at,
                done_at=at,
            )
            born = at - timedelta(days=1)
            put(tx, "person", status="new", name=name, created_at=born, last_active_at=at)
            delivery(tx, None, variant=name, state="sent", created_at=at)
            put(
                tx,
                "link_code",
                code_hash=name,
                person_id=person(tx),
                expires_at=at + timedelta(days=days - 1),
            )
            put(tx, "staff_log", at=at, actor="x", action=name)
            put(tx, "staff", name=name, created_at=at, left_at=at)
            put(tx, "erasure", subject_hash=name, proof="{}", erased_at=at)
        purges = (
            purge_received, purge_inbox, purge_quarantine, purge_tasks, purge_stubs,
            purge_staff_log, purge_staff, purge_marks,
        )  # fmt: skip
        assert [purge(tx, NOW, days) for purge in purges] == [1] * len(purges)
        assert purge_codes(tx, NOW) == 1
        assert purge_deliveries(tx, NOW, days) is not None
        for table, column in (
            ("received", "event_id"),
            ("quarantine", "event_id"),
            ("inbox", "text"),
            ("task", "kind"),
            ("person WHERE status = 'new'", "name"),
            ("delivery", "variant"),
            ("link_code", "code_hash"),
            ("staff_log", "action"),
            ("staff", "name"),
            ("erasure", "subject_hash"),
        ):
            left = tx.run(sql(f"SELECT {column} FROM {table}")).fetchall()
            assert left == [("kept",)], table


async def test_messages_that_nobody_has_answered_have_days_of_their_own(database: Database) -> None:
    with database.transaction() as tx:
        jana = person(tx)
        for state in ("open", "done"):
            for years in (0, 5):
                put(
                    tx,
                    "inbox",
                    person_id=jana,
                    channel="t",
                    account="b",
                    user_id="1",
                    kind="text",
                    text=f"{state} for {years} years",
                    state=state,
                    at=NOW - timedelta(days=365 * years),
                )
        assert purge_inbox(tx, NOW, 30) == 1
        left = tx.run(sql("SELECT text FROM inbox ORDER BY id")).fetchall()
        assert [text for (text,) in left] == [
            "open for 0 years", "open for 5 years", "done for 0 years",
        ]  # fmt: skip
        assert purge_unanswered(tx, NOW, 365) == 1
        left = tx.run(sql("SELECT text FROM inbox ORDER BY id")).fetchall()
    assert [text for (text,) in left] == ["open for 0 years", "done for 0 years"]


async def test_a_proof_goes_before_its_mark(database: Database) -> None:
    with database.transaction() as tx:
        for days in (1, 40, 80):
            put(
                tx, "erasure", subject_hash=str(days), proof='{"consents": []}',
                erased_at=NOW - timedelta(days=days),
            )  # fmt: skip
        assert purge_proofs(tx, NOW, 30) == 2
        assert purge_proofs(tx, NOW, 30) == 0
        assert purge_marks(tx, NOW, 60) == 1
        left = tx.run(sql("SELECT subject_hash, proof FROM erasure ORDER BY id")).fetchall()
    assert left == [("1", '{"consents": []}'), ("40", "{}")]


async def test_who_left_is_named_as_long_as_the_log_names_them(database: Database) -> None:
    with database.transaction() as tx:
        long_ago = NOW - timedelta(days=90)
        for name, left in (("here", None), ("named", long_ago), ("unnamed", long_ago)):
            number = put(tx, "staff", name=name, created_at=long_ago, left_at=left)
            if name == "named":
                put(tx, "staff_log", at=NOW, actor=name, staff_id=number, action="x")
        assert purge_staff(tx, NOW, 30) == 1
        rows = tx.run(sql("SELECT name FROM staff ORDER BY id")).fetchall()
    assert rows == [("here",), ("named",)]


def test_joinings_and_what_was_not_taken_over_are_forgotten_in_time(database: Database) -> None:
    """Not before they have ended, and not a day too soon."""
    month = timedelta(days=30)
    with database.transaction() as tx:
        jana = person(tx)
        for state, ended in (
            ("settled", NOW - month), ("undone", NOW - month - TICK), ("asked", None),
        ):  # fmt: skip
            put(
                tx, "joining", person_id=jana, other_id=jana, state=state, created_at=NOW,
                expires_at=NOW, ended_at=ended,
            )  # fmt: skip
        assert purge_joinings(tx, NOW, 30) == 1
        left = tx.run(sql("SELECT state FROM joining ORDER BY state")).fetchall()
        assert left == [("asked",), ("settled",)]
