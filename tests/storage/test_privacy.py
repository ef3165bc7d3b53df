"""Nothing of an erased person is left in any table, and all that is held can be shown."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from storage.database import Database, Transaction, sql
from storage.privacy import erase, everything_held, remove, subject_hash, was_erased
from storage.retention import (
    purge_codes,
    purge_deliveries,
    purge_inbox,
    purge_received,
    purge_stubs,
    purge_tasks,
)
from storage.tables import Table
from tests.storage.full_people import ALONE, NOW, STAYING, all_text, fill

KEY = "secret"


async def test_erase_leaves_nothing_of_one_person_and_all_of_another(database: Database) -> None:
    await database.write(fill, 1, "Ana-Novak")
    await database.write(fill, 2, "Bor-Kovac")
    nobodys = sql(
        "INSERT INTO delivery (id, channel, account, chat, user_id, action, state, created_at,"
        " due_at) VALUES (90, 'telegram', 'bot', 'Ana-Novak', 'user-Ana-Novak', 'send', 'sent',"
        " :at, :at)"
    )
    await database.write(lambda tx: tx.run(nobodys, at="2026-01-01T00:00:00.000000Z").rowcount)
    before = await database.read(all_text)
    wordless = {"rsvp", "mentoring_block", "mentoring_meeting", "mentoring_log"}
    filled = set(before) - ALONE - {"alembic_version", *wordless}
    assert {name for name in before if "Ana-Novak" in before[name]} == filled

    await database.write(erase, 1, KEY, NOW)
    after = await database.read(all_text)
    # The proof quotes purposes and notices, which `fill` marked as well: see the next test.
    assert [name for name in after if "Ana" in after[name]] == ["erasure"]
    assert "user-Ana" not in after["erasure"]
    assert {name for name in after if "Bor-Kovac" in after[name]} == filled
    assert await database.read(everything_held, 1) == {}


async def test_erase_leaves_an_event_without_its_host(database: Database) -> None:
    """The event belongs to those who come; that the erased person spoke there is forgotten."""
    named = sql("SELECT host_id, speaker_id FROM event")
    await database.write(fill, 1, "Ana-Novak")
    await database.write(
        lambda tx: tx.run(sql("UPDATE event SET host_id = 1, speaker_id = 1")).rowcount
    )
    await database.write(erase, 1, KEY, NOW)
    assert await database.read(lambda tx: tx.run(named).fetchone()) == (None, None)


async def test_erase_leaves_nothing_in_the_file(sqlite_url: str) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    database = Database.open(sqlite_url)
    await database.write(fill, 1, "Ana-Novak")

    def everything() -> bytes:
        return b"".join(each.read_bytes() for each in path.parent.glob(path.name + "*"))

    assert b"user-Ana-Novak" in everything()
    await database.write(erase, 1, KEY, NOW)
    await asyncio.to_thread(database.tidy)
    assert b"user-Ana-Novak" not in everything()
    database.close()


async def test_erase_keeps_a_proof_that_only_the_key_can_read(database: Database) -> None:
    await database.write(fill, 1, "Ana-Novak")
    hashed = subject_hash("telegram", "bot", "user-Ana-Novak", KEY)
    assert await database.read(was_erased, "telegram", "bot", "user-Ana-Novak", KEY) is False
    await database.write(erase, 1, KEY, NOW)
    kept = sql("SELECT subject_hash, proof FROM erasure")
    rows = await database.read(lambda tx: tx.run(kept).fetchall())
    consents = [
        {
            "purpose": "Ana-Novak",
            "given": True,
            "notice": "Ana-Novak",
            "at": "2026-03-01T12:00:00+00:00",
        }
    ]
    assert [(row[0], json.loads(row[1])) for row in rows] == [(hashed, {"consents": consents})]
    assert hashed != subject_hash("telegram", "bot", "user-Ana-Novak", "other")
    assert await database.read(was_erased, "telegram", "bot", "user-Ana-Novak", KEY) is True
    assert await database.read(was_erased, "telegram", "bot", "user-Bor", KEY) is False


async def test_erase_of_somebody_without_identities_is_proved_too(database: Database) -> None:
    add = sql("INSERT INTO person (id, status, created_at) VALUES (5, 'mapped', :at)")
    await database.write(lambda tx: tx.run(add, at="2026-01-01T00:00:00.000000Z").rowcount)
    await database.write(erase, 5, KEY, NOW)
    rows = await database.read(lambda tx: tx.run(sql("SELECT proof FROM erasure")).fetchall())
    assert rows == [('{"consents":[]}',)]


async def test_everything_held_shows_every_table_and_nobody_else(database: Database) -> None:
    await database.write(fill, 1, "Ana-Novak")
    await database.write(fill, 2, "Bor-Kovac")
    held = await database.read(everything_held, 1)
    expected = {table.name for table in Table.metadata.sorted_tables} - ALONE
    assert set(held) == expected - {"mentoring_meeting", "mentoring_log"}  # with their match
    written = json.dumps(held)
    assert "Bor" not in written
    assert held["person"][0]["name"] == "Ana-Novak"
    assert held["person"][0]["created_at"] == "2026-03-01T12:00:00Z"
    assert held["person"][0]["paused_until"] == "2026-03-01"
    assert held["answer"][0]["value"] == {"text": "Ana-Novak"}


async def test_remove_leaves_no_trace(database: Database) -> None:
    await database.write(fill, 1, "Ana-Novak")
    await database.write(remove, 1)
    after = await database.read(all_text)
    left = {name for name in after if after[name] != "[]"}
    assert left == {"alembic_version", "event", *STAYING}


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
        for number, ends in ((1, -10), (2, 200)):  # in ten days; long ago
            tx.run(event, id=number, key=f"e{number}", ends=_ago(ends))
            tx.run(delivery, event=number, at=_ago(100))
            tx.run(task, subject=f"event:{number}", state="done", at=_ago(100))
        tx.run(task, subject="event:3", state="open", at=_ago(100))
        tx.run(task, subject="event:4", state="done", at=_ago(80))

    await database.write(rows)
    await _purged(database, 100)
    assert await database.write(purge_tasks, NOW, 90) == 1
    assert await database.write(purge_tasks, NOW, 90) == 0

    def left(tx: Transaction) -> tuple[list[Any], list[Any]]:
        events = tx.run(sql("SELECT event_id FROM delivery")).fetchall()
        subjects = tx.run(sql("SELECT subject FROM task ORDER BY subject")).fetchall()
        return [each[0] for each in events], [each[0] for each in subjects]

    assert await database.read(left) == ([1], ["event:1", "event:3", "event:4"])


async def test_purge_codes_and_inbox_forget_what_is_over(database: Database) -> None:
    await database.write(fill, 1, "Ana-Novak")
    assert await database.write(purge_codes, NOW) == 0
    assert await database.write(purge_codes, NOW + timedelta(days=2)) == 1
    assert await database.write(purge_inbox, NOW, 30) == 0
    await database.write(lambda tx: tx.run(sql("UPDATE inbox SET state = 'done'")).rowcount)
    assert await database.write(purge_inbox, NOW + timedelta(days=31), 30) == 2
