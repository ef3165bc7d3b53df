"""``domov deliveries``: lists, holding back and letting go, with the count confirmed."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from pathlib import Path

import pytest

from outreach.restored import SentFile
from storage import held, sent
from storage.database import Database
from storage.statements import sql
from tests.cli.conftest import Run
from tests.outreach.sending import NOON, broadcast, delivery, event, person, row


@pytest.fixture
def ledger(database_url: str) -> Database:
    """Two broadcasts, an event; one message of each state that matters, and a reply."""
    database = Database.open(database_url)
    with database.transaction() as tx:
        news, old, brunch = broadcast(tx), broadcast(tx, key="old"), event(tx)
        who = person(tx)
        delivery(tx, who, broadcast_id=news)
        delivery(tx, who, broadcast_id=news, state="held", reason="restored")
        delivery(tx, who, broadcast_id=old, state="held", reason="paused")
        delivery(tx, who, "invitation", event_id=brunch, state="held", reason="held by staff")
        delivery(tx, who, "change", event_id=brunch, state="unknown", reason="=answer lost",
                 sent_at=NOON)  # fmt: skip
        delivery(tx, who, "reply", lane=0, state="sent")
    return database


def states(database: Database) -> list[str]:
    with database.reading() as tx:
        return [row(tx, number)["state"] for number in range(1, 7)]


def logged(database: Database) -> list[tuple[str, str | None, int]]:
    with database.reading() as tx:
        rows = tx.run(sql("SELECT action, subject, people FROM staff_log ORDER BY id")).fetchall()
        return [(each[0], each[1], each[2]) for each in rows]


def test_list_shows_what_is_no_reply_the_newest_first(on_database: Run, ledger: Database) -> None:
    result = on_database("deliveries", "list", "--format", "json")
    found = json.loads(result.stdout)
    assert [(each["id"], each["state"]) for each in found] == [
        (5, "unknown"), (4, "held"), (3, "held"), (2, "held"), (1, "queued"),
    ]  # fmt: skip
    assert found[0]["event"] == "brunch"
    assert found[0]["due_at"] == "2026-11-23T11:00:00Z"
    assert logged(ledger) == [("people.read", None, 5)]


@pytest.mark.parametrize(
    ("options", "numbers"),
    [
        (["--state", "held"], [4, 3, 2]),
        (["--state", "unknown"], [5]),
        (["--state", "failed"], []),
        (["--broadcast", "news"], [2, 1]),
        (["--event", "brunch", "--state", "held"], [4]),
        (["--limit", "2"], [5, 4]),
    ],
)
def test_list_filters(
    on_database: Run, ledger: Database, options: list[str], numbers: list[int]
) -> None:
    result = on_database("deliveries", "list", "--format", "csv", *options)
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [int(each["id"]) for each in rows] == numbers
    assert [each["reason"] for each in rows if each["id"] == "5"] in ([], ["'=answer lost"])


def test_list_as_a_table_says_about_what(on_database: Run, ledger: Database) -> None:
    result = on_database("deliveries", "list", "--state", "held")
    assert result.exit_code == 0
    assert "brunch" in result.stdout
    assert "restored" in result.stdout


def test_list_goes_on_beyond_a_page(
    on_sqlite: Run, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.held.PAGE", 2)
    with Database.open(sqlite_url).transaction() as tx:
        news, who = broadcast(tx), person(tx)
        for _ in range(5):
            delivery(tx, who, broadcast_id=news)
    for options, count in ((["--limit", "0"], 5), (["--limit", "3"], 3)):
        result = on_sqlite("deliveries", "list", "--format", "json", *options)
        assert len(json.loads(result.stdout)) == count


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["list", "--state", "lost"], "there is no 'lost'; there is queued"),
        (["list", "--broadcast", "nothing"], "--broadcast: there is no 'nothing'"),
        (["release"], "say which"),
        (["release", "--all", "--event", "brunch"], "say which"),
        (["hold"], "say which"),
    ],
)
def test_what_is_not_there_is_told(
    on_sqlite: Run, sqlite_url: str, arguments: list[str], told: str
) -> None:
    result = on_sqlite("deliveries", *arguments)
    assert result.exit_code == 2
    assert told in result.stderr


def test_release_lets_go_what_was_confirmed(on_database: Run, ledger: Database) -> None:
    result = on_database("deliveries", "release", "--all", typed="3\n")
    assert result.exit_code == 2
    assert states(ledger)[1:4] == ["held", "held", "held"]
    result = on_database("deliveries", "release", "--all", typed="2\n")
    assert result.exit_code == 0, result.stderr
    assert "1 × broadcast about news (restored)" in result.stderr
    assert "let 2 held messages go" in result.stderr
    # A paused broadcast goes on when it is resumed.
    assert states(ledger)[1:4] == ["queued", "held", "queued"]
    assert logged(ledger) == [("deliveries.release", None, 2)]


def test_release_of_all_ends_the_holding_after_a_backup(on_database: Run, ledger: Database) -> None:
    with ledger.transaction() as tx:
        sent.hold(tx, NOON - timedelta(days=1))
    result = on_database("deliveries", "release", "--event", "brunch", "--yes")
    assert "release --all" in result.stdout
    assert logged(ledger) == [("deliveries.release", "event:brunch", 1)]
    assert states(ledger)[1:4] == ["held", "held", "queued"]
    with ledger.reading() as tx:
        assert sent.holding(tx) == NOON - timedelta(days=1)
    # Nothing is held about it any more: still no word that all goes on.
    assert "Nothing is held" in on_database("deliveries", "release", "--event", "brunch").stdout
    on_database("deliveries", "release", "--broadcast", "news", "--yes")
    on_database("deliveries", "hold", "--all", "--yes")
    on_database("deliveries", "cancel", "--all", "--yes")
    with ledger.reading() as tx:
        assert sent.holding(tx) == NOON - timedelta(days=1)
    # Also where nothing is left to be let go.
    on_database("deliveries", "release", "--all", "--yes")
    assert logged(ledger)[-1] == ("deliveries.release", None, 0)
    with ledger.reading() as tx:
        assert sent.holding(tx) is None


def test_cancel_gives_up_what_is_held(on_database: Run, ledger: Database) -> None:
    result = on_database("deliveries", "cancel", "--broadcast", "news", "--yes")
    assert "1 messages will never be sent" in result.stdout
    assert states(ledger)[:4] == ["queued", "cancelled", "held", "held"]
    assert logged(ledger) == [("deliveries.cancel", "broadcast:news", 1)]
    result = on_database("deliveries", "cancel", "--broadcast", "news", "--yes")
    assert "Nothing is held" in result.stdout


@pytest.mark.parametrize("backup", [True, False])
def test_check_says_what_is_held(on_database: Run, ledger: Database, backup: bool) -> None:
    if backup:
        with ledger.transaction() as tx:
            sent.hold(tx, NOON)
    told = on_database("check").stdout
    if backup:
        assert "REMARK   Sending: since 2026-11-23 11:00 UTC everything but replies is held" in told
    else:
        assert "REMARK   Sending: 2 messages are held" in told


def test_check_tells_an_old_database_before_the_program_starts(
    on_sqlite: Run, sqlite_url: str
) -> None:
    path = Database.open(sqlite_url).address.path
    assert path is not None
    SentFile(path.with_name(path.name + "-sent")).note("telegram", "bot", 1_200)
    told = on_sqlite("check").stdout
    assert "older than what was sent through telegram:bot (0 of 1,200 messages)" in told


def test_check_asks_for_a_place_for_the_numbers_with_postgresql(
    run: Run, postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", postgresql_url)
    assert "REMARK   Sending: STATE_DIRECTORY is not set" in run("check").stdout
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path))
    assert "STATE_DIRECTORY is not set" not in run("check").stdout


def test_hold_holds_what_waits_and_not_replies(on_database: Run, ledger: Database) -> None:
    with ledger.transaction() as tx:
        reply = delivery(tx, person(tx), "reply", lane=0)
    result = on_database("deliveries", "hold", "--all", "--yes")
    assert "1 messages are held" in result.stdout
    assert states(ledger)[0] == "held"
    with ledger.reading() as tx:
        assert row(tx, reply)["state"] == "queued"
    assert logged(ledger) == [("deliveries.hold", None, 1)]
    result = on_database("deliveries", "hold", "--broadcast", "news", "--yes")
    assert "Nothing is waiting" in result.stdout


def test_list_says_which_pair_a_message_is_about(on_sqlite: Run, sqlite_url: str) -> None:
    with Database.open(sqlite_url).transaction() as tx:
        who = person(tx)
        delivery(tx, who, "mentor_ask", match_id=12)
        delivery(tx, who, "request_unmatched", request_id=3)
    result = on_sqlite("deliveries", "list", "--format", "json")
    listed = json.loads(result.stdout)
    assert [(each["kind"], each["match"], each["request"]) for each in listed] == [
        ("request_unmatched", None, 3), ("mentor_ask", 12, None),
    ]  # fmt: skip
    assert "match:12" in on_sqlite("deliveries", "list").stdout
    with Database.open(sqlite_url).reading() as tx:
        assert [(each.about, each.kind) for each in held.tally(tx, "queued", held.About())] == [
            ("mentoring", "mentor_ask"), ("mentoring", "request_unmatched"),
        ]  # fmt: skip
