"""An old backup sends nothing again: numbers beside the database, and everything held."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from outreach import restored
from outreach.claiming import Batch, claim
from outreach.restored import SentFile
from storage import held, sent
from storage.database import Database
from storage.held import About
from storage.statements import sql
from storage.transaction import Transaction
from tests.outreach.sending import NOON, RULES, broadcast, delivery, event, person, put, row


def take(tx: Transaction, most: int = 30) -> Batch:
    return claim(tx, "7", "telegram", "bot", most, frozenset(), NOON, RULES)


def test_sent_file_keeps_numbers_of_accounts_over_restarts(tmp_path: Path) -> None:
    path = tmp_path / "domov.sqlite3-sent"
    first = SentFile(path)
    first.note("telegram", "my_bot", 17)
    first.note("slack", 'T1:"odd"', 2)
    first.note("telegram", "my_bot", 1_000_000)
    assert SentFile(path).read() == {"telegram:my_bot": 1_000_000, 'slack:T1:"odd"': 2}
    again = SentFile(path)
    again.note("slack", 'T1:"odd"', 3)
    assert again.read() == {"telegram:my_bot": 1_000_000, 'slack:T1:"odd"': 3}


def test_sent_file_without_a_path_or_unreadable_holds_nothing(tmp_path: Path) -> None:
    nowhere = SentFile(None)
    nowhere.note("telegram", "bot", 5)
    assert nowhere.read() == {}
    path = tmp_path / "sent"
    path.write_bytes(b"\xff\xfe not a number")
    assert SentFile(path).read() == {}


def test_the_file_lies_beside_the_database_or_in_the_state_directory(tmp_path: Path) -> None:
    beside = restored.path_for(tmp_path / "d.sqlite3", tmp_path / "state")
    assert beside == tmp_path / "d.sqlite3-sent"
    assert restored.path_for(None, tmp_path) == tmp_path / "domov-sent"
    assert restored.path_for(None, None) is None


def test_what_was_counted_is_told_apart_from_other_checkpoints(database: Database) -> None:
    with database.transaction() as tx:
        for other in ("restored", "sens", "sent", "tally", "sent;"):
            put(tx, "checkpoint", name=other, value="9")
        assert sent.counted(tx) == {}
        assert sent.count(tx, "telegram", "bot", 2) == 2
        assert sent.count(tx, "slack", "T1", 1) == 1
        assert sent.count(tx, "telegram", "bot", 3) == 5
        numbers = {"telegram:bot": 5, "slack:T1": 1}
        assert sent.counted(tx) == numbers
        sent.hold(tx, NOON)
        assert sent.holding(tx) == NOON
        sent.go_on(tx)
        assert sent.holding(tx) is None
        assert sent.counted(tx) == numbers


def test_a_database_as_new_as_the_file_holds_nothing(database: Database, tmp_path: Path) -> None:
    file = SentFile(tmp_path / "sent")
    with database.transaction() as tx:
        delivery(tx, person(tx), broadcast_id=broadcast(tx))
        mark = take(tx).mark
    assert mark == 1
    assert restored.check(database, file, NOON) == {}  # killed before it was noted
    file.note("telegram", "bot", mark)
    assert restored.check(database, file, NOON) == {}


def test_a_restored_database_holds_all_but_replies(database: Database, tmp_path: Path) -> None:
    file = SentFile(tmp_path / "sent")
    file.note("telegram", "bot", 5)
    file.note("slack", "T1", 1)
    with database.transaction() as tx:
        sent.count(tx, "telegram", "bot", 3)
        sent.count(tx, "slack", "T1", 1)
        waiting = delivery(tx, person(tx), broadcast_id=broadcast(tx))
        reply = delivery(tx, person(tx), "reply", lane=0)
    assert restored.check(database, file, NOON) == {"telegram:bot": (3, 5)}
    with database.transaction() as tx:
        assert (row(tx, waiting)["state"], row(tx, waiting)["reason"]) == ("held", "restored")
        assert row(tx, reply)["state"] == "queued"
        # What the clock plans again, as it did before the backup was restored, is held as well.
        again = delivery(tx, person(tx), "post", event_id=event(tx), payload="{}")
        assert take(tx).claimed == ()
        assert row(tx, again)["state"] == "held"
        mine = delivery(tx, None, "test", payload="{}")
        assert [each.delivery for each in take(tx).claimed] == [mine]
        assert restored.holding(tx) == NOON
    # The numbers are right again: the next start finds nothing new.
    assert restored.check(database, file, NOON + timedelta(days=1)) == {}


def test_what_staff_release_goes_while_the_rest_is_held(database: Database) -> None:
    with database.transaction() as tx:
        news, other = broadcast(tx), broadcast(tx, key="other")
        sent.hold(tx, NOON)
        mine = delivery(tx, person(tx), broadcast_id=news)
        rest = delivery(tx, person(tx), broadcast_id=other)
        assert take(tx).claimed == ()
        found = held.about(tx, "broadcast", "news")
        assert found == About("broadcast", news, "news", "cike")
        assert held.release(tx, found, 100) == 1
        assert [each.delivery for each in take(tx).claimed] == [mine]
        assert row(tx, rest)["state"] == "held"
        assert held.release(tx, About(), 100) == 1
        sent.go_on(tx)
        new = delivery(tx, person(tx), broadcast_id=other)
        assert [each.delivery for each in take(tx).claimed] == [rest, new]


def test_holding_is_done_in_slices(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restored, "SLICE", 3)
    file = SentFile(tmp_path / "sent")
    file.note("telegram", "bot", 1)
    with database.transaction() as tx:
        news = broadcast(tx)
        numbers = [delivery(tx, person(tx), broadcast_id=news) for _ in range(7)]
    restored.check(database, file, NOON)
    with database.reading() as tx:
        assert {row(tx, each)["state"] for each in numbers} == {"held"}


def test_a_copied_back_sqlite_file_is_noticed(sqlite_url: str, tmp_path: Path) -> None:
    """As an operator would: the file copied away, messages sent, the copy put back."""
    with Database.open(sqlite_url).transaction() as tx:
        news = broadcast(tx)
        for _ in range(4):
            delivery(tx, person(tx), broadcast_id=news)
    database = Database.open(sqlite_url)
    path = database.address.path
    assert path is not None
    file = SentFile(restored.path_for(path, None))
    with database.transaction() as tx:
        file.note("telegram", "bot", take(tx, 1).mark or 0)
    database.tidy()
    backup = tmp_path / "backup"
    shutil.copyfile(path, backup)
    with database.transaction() as tx:
        file.note("telegram", "bot", take(tx, 2).mark or 0)
    database.close()
    for each in tmp_path.glob("domov.sqlite3-*al"):
        each.unlink()
    shutil.copyfile(backup, path)
    again = Database.open(sqlite_url)
    assert restored.check(again, SentFile(restored.path_for(path, None)), NOON) == {
        "telegram:bot": (1, 3)
    }
    with again.reading() as tx:
        states = tx.run(sql("SELECT state, count(*) FROM delivery GROUP BY state ORDER BY state"))
        assert states.fetchall() == [("held", 3), ("sending", 1)]
    again.close()
