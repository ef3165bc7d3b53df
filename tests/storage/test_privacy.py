"""Nothing of an erased person is left in any table, and all that is held can be shown."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from sqlalchemy import insert

from storage.database import Database, Transaction, sql
from storage.layout import tables
from storage.left_out import REASONS
from storage.mentoring.private import SHOWN_AS
from storage.moments import moment
from storage.privacy import erase, everything_held, remove, subject_hash, was_erased
from storage.tables import Table, Trait
from tests.outreach.sending import identity, person
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
    wordless = {"rsvp", "mentoring_block", "mentoring_meeting", "mentoring_log", "link_try"}
    filled = set(before) - ALONE - {"alembic_version", *wordless}
    assert {name for name in before if "Ana-Novak" in before[name]} == filled

    await database.write(erase, 1, KEY, NOW)
    after = await database.read(all_text)
    # The proof quotes purposes and notices, which `fill` marked as well: see the next test.
    assert [name for name in after if "Ana" in after[name]] == ["erasure"]
    assert "user-Ana" not in after["erasure"]
    assert {name for name in after if "Bor-Kovac" in after[name]} == filled
    assert await database.read(everything_held, 1) == {}


async def test_erasing_somebody_keeps_what_is_still_to_be_written_of_others(
    database: Database,
) -> None:
    """Objects of the session that were not flushed yet: of one person none stays, others' do."""
    facts = sql("SELECT person_id, value FROM trait")
    with database.transaction() as tx:
        jana, eva = person(tx), person(tx)
        for who in (jana, eva):
            tx.session.add(Trait(person_id=who, kind="roles", value="mentor"))
        remove(tx, jana)
        tx.flush()
        assert tx.run(facts).fetchall() == [(eva, "mentor")]


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


async def test_erase_of_somebody_with_two_accounts_marks_each(database: Database) -> None:
    """Whichever they come back by, they are known to have asked for it."""
    with database.transaction() as tx:
        jana, other = person(tx), person(tx)
        identity(tx, jana, "slack", user_id="U1")
        accounts = [("telegram", f"u{jana}"), ("slack", "U1")]
        erase(tx, jana, KEY, NOW)
        for channel, user in accounts:
            assert was_erased(tx, channel, "bot", user, KEY)
            assert not was_erased(tx, channel, "another bot", user, KEY)
            assert not was_erased(tx, channel, "bot", user, "another key")
        assert not was_erased(tx, "telegram", "bot", f"u{other}", KEY)
        marks = tx.run(sql("SELECT count(DISTINCT subject_hash), count(*) FROM erasure"))
        assert marks.fetchone() == (2, 2)


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


STAFF = sql(
    "INSERT INTO staff_login (id, staff_id, channel, handle, account, member_id, created_at)"
    " VALUES (:id, :staff, :channel, :handle, :account, :member, :at)"
)
ALTERNATIVES = sql("UPDATE mentoring_match SET alternatives = '[[1, 31], [2, 30]]' WHERE id = 2")


def _everywhere(tx: Transaction) -> None:
    """Two people of whom every table has a row; the first also hosts an event, is staff, and was
    next best for the other."""
    fill(tx, 1, "Ana-Novak")
    fill(tx, 2, "Bor-Kovac")
    tx.run(sql("UPDATE event SET host_id = 1, speaker_id = 2"))
    tx.run(sql("UPDATE mentoring_match SET mentor_id = 2, ended_by = 'mentee' WHERE id = 1"))
    tx.run(sql("UPDATE mentoring_log SET who = 'mentee'"))
    tx.run(ALTERNATIVES)
    for staff, name in ((1, "Ana-Novak"), (2, "Bor-Kovac")):
        for table in ("staff", "staff_role", "staff_code", "staff_log"):
            row = {
                column.name: {
                    "id": staff, "staff_id": staff, "role": "admin", "detail": "{}", "people": 7,
                }.get(column.name, NOW if column.name == "at" or "_at" in column.name else name)
                for column in Table.metadata.tables[table].c
            }  # fmt: skip
            tx.connection.execute(insert(Table.metadata.tables[table]).values(row))
        tx.run(
            STAFF, id=staff, staff=staff, channel="telegram", handle=f"@{name}", account="another",
            member=f"user-{name}", at=moment(NOW),
        )  # fmt: skip


async def test_every_column_is_in_the_copy_or_there_is_a_reason(database: Database) -> None:
    """A new column fails here until it is told, or storage.left_out says why it is not."""
    await database.write(_everywhere)
    held = await database.read(everything_held, 1)
    (match,) = held["mentoring_match"]
    told = {
        f"{table}.{name}"
        for table, rows in held.items()
        if table != "mentoring_match"
        for row in rows
        for name in row
    }
    told |= {f"mentoring_match.{name}" for name in match}
    told |= {f"mentoring_log.{name}" for name in match["history"][0]}
    told |= {f"mentoring_meeting.{name}" for name in match["meetings"][0]}
    names = {"event.host_id": "event.host", "event.speaker_id": "event.speaker"}
    names["mentoring_match.alternatives"] = "mentoring_next_best.score"
    columns = {f"{table.name}.{name}" for table in tables() for name in table.columns}
    for column in columns:
        table, _, name = column.partition(".")
        shown = names.get(column, f"{table}.{SHOWN_AS.get(name, name)}")
        reasoned = table in REASONS or column in REASONS
        assert (shown in told) != reasoned, f"{column}: neither told nor left out with a reason"
    stale = {each for each in REASONS if each not in columns | {t.name for t in tables()}}
    assert not stale
    assert "Bor" not in json.dumps({**held, "mentoring_match": [{**match, "with": None}]})


async def test_staff_see_their_own_rows_and_acts_and_nobody_elses(database: Database) -> None:
    await database.write(_everywhere)
    held = await database.read(everything_held, 1)
    assert [row["name"] for row in held["staff"]] == ["Ana-Novak"]
    assert [row["handle"] for row in held["staff_login"]] == ["@Ana-Novak"]
    assert [(row["action"], row["people"]) for row in held["staff_log"]] == [("Ana-Novak", 7)]
    assert [(row["host"], row["speaker"]) for row in held["event"]] == [(True, False)]
    assert held["mentoring_next_best"] == [{"at": "2026-03-01T12:00:00Z", "score": 31}]


async def test_a_slack_member_is_staff_in_their_own_workspace_only(database: Database) -> None:
    with database.transaction() as tx:
        jana = person(tx)
        identity(tx, jana, "slack", user_id="U1")
        staff = sql("INSERT INTO staff (id, name, created_at) VALUES (1, 'Eva', :at)")
        tx.run(staff, at=moment(NOW))
        for account, known in (("another", False), ("bot", True), (None, True)):
            tx.run(sql("DELETE FROM staff_login"))
            tx.run(
                STAFF, id=1, staff=1, channel="slack", handle="U1", account=account,
                member="U1", at=moment(NOW),
            )  # fmt: skip
            assert ("staff" in everything_held(tx, jana)) is known


async def test_remove_leaves_no_trace(database: Database) -> None:
    await database.write(fill, 1, "Ana-Novak")
    await database.write(remove, 1)
    after = await database.read(all_text)
    left = {name for name in after if after[name] != "[]"}
    assert left == {"alembic_version", "event", *STAYING}
