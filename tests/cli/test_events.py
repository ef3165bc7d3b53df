"""``domov event``, on both kinds of database."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta
from pathlib import Path

import pytest

from bot.now import now
from storage import events, staff_log, tasks
from storage.database import Database, Transaction, sql
from storage.events import EventRow, RsvpRow
from tests.cli.conftest import Run
from tests.outreach.inviting import people, person
from tests.storage.xlsx_reader import read_xlsx

SOON = (now() + timedelta(days=20)).replace(hour=17, minute=0, second=0, microsecond=0)
FILE = f"""
key = "brunch-nov"
organisation = "cike"
title.en = "Brunch"
place = "Tabačka"
starts = "{SOON.isoformat()}"
ends = "2h"
capacity = 2
audience = "language:sk"
"""


@pytest.fixture
def filled(database_url: str) -> Database:
    """Four people in the database that the commands use; the last gets nothing unasked."""
    database = Database.open(database_url)
    with database.transaction() as tx:
        people(tx, 3)
        person(tx, 4, consents=("register",))
        tx.run(sql("UPDATE person SET name = '=1+1', email = 'jana@example.org' WHERE id = 1"))
    return database


@pytest.fixture
def made(on_database: Run, filled: Database, folder: Path) -> Run:
    """The same with a draft."""
    (folder / "brunch.toml").write_text(FILE)
    result = on_database("event", "create", "brunch.toml")
    assert result.exit_code == 0, result.output
    return on_database


def row(database: Database) -> EventRow:
    with database.reading() as tx:
        found = events.by_key(tx, "brunch-nov")
    assert found is not None
    return found


def answer(database: Database, **states: str) -> None:
    def unit(tx: Transaction) -> None:
        event = events.by_key(tx, "brunch-nov")
        assert event is not None
        for who, state in states.items():
            events.put_rsvp(tx, RsvpRow(event.id, int(who[1:]), state, 0, now(), queued_at=now()))

    with database.transaction() as tx:
        unit(tx)


def test_create_makes_a_draft_and_says_what_comes_next(made: Run, filled: Database) -> None:
    assert row(filled).status == "draft"
    again = made("event", "create", "brunch.toml")
    assert (again.exit_code, again.stderr) == (
        1, "domov: there is an event 'brunch-nov' already; choose another key\n",
    )  # fmt: skip


def test_create_names_everything_that_is_wrong(on_sqlite: Run, folder: Path) -> None:
    (folder / "bad.toml").write_text(FILE.replace("cike", "cikee").replace("2h", "soon"))
    result = on_sqlite("event", "create", "bad.toml")
    assert result.exit_code == 1
    assert "2 thing(s) to mend" in result.stderr
    assert "line 3: organisation: there is no 'cikee'. Did you mean \"cike\"?" in result.stderr
    assert "line 7: ends: 'soon' isn't a day and time" in result.stderr


def test_create_points_at_a_wrong_audience(on_sqlite: Run, folder: Path) -> None:
    (folder / "bad.toml").write_text(FILE.replace("language:sk", "langage:sk"))
    result = on_sqlite("event", "create", "bad.toml")
    assert result.exit_code == 1
    assert "^" in result.stderr
    assert "language" in result.stderr


def test_create_remarks_on_missing_translations(on_sqlite: Run, folder: Path) -> None:
    (folder / "brunch.toml").write_text(FILE)
    result = on_sqlite("event", "create", "brunch.toml")
    assert "Remark: no title in sk, sl: readers get it in en" in result.stderr


def test_create_remarks_on_a_time_that_is_past(on_sqlite: Run, folder: Path) -> None:
    (folder / "brunch.toml").write_text(FILE)
    assert "its time to answer" not in on_sqlite("event", "create", "brunch.toml").stderr
    past = re.sub("starts = .*", "starts = 1999-11-28T10:00:00", FILE).replace("brunch-nov", "old")
    (folder / "old.toml").write_text(past)
    assert "Remark: its time to answer is over" in on_sqlite("event", "create", "old.toml").stderr


def test_announce_shows_who_and_wants_the_number(made: Run, filled: Database) -> None:
    refused = made("event", "announce", "brunch-nov", typed="2\n")
    assert refused.exit_code == 2
    assert "4 people are meant." in refused.output
    assert "1 without consent to invitations" in refused.output
    assert "announce brunch-nov and invite 3 people" in refused.output
    assert row(filled).status == "draft"
    done = made("event", "announce", "brunch-nov", typed="3\n")
    assert done.exit_code == 0, done.stderr
    event = row(filled)
    assert event.status == "announced"
    with filled.reading() as tx:
        kinds = {task.kind for task in tasks.of(tx, f"event:{event.id}") if task.state == "open"}
        (line,) = staff_log.latest(tx, staff_log.Wanted(action="event.announce"), 5)
    assert {"event.invite", "event.remind", "event.close", "event.over"} <= kinds
    assert (line.people, line.subject) == (3, "event:brunch-nov")
    again = made("event", "announce", "brunch-nov", "--yes")
    assert (again.exit_code, again.stderr.splitlines()[-1]) == (
        1, "domov: brunch-nov is announced and cannot be announced",
    )  # fmt: skip


def test_change_tells_how_many_hear_of_it(made: Run, filled: Database) -> None:
    made("event", "announce", "brunch-nov", "--yes")
    answer(filled, p1="going", p2="maybe", p3="no")
    quiet = made("event", "change", "brunch-nov", "--set", "capacity=5")
    assert (quiet.exit_code, quiet.output) == (
        0, "brunch-nov: changed capacity; nobody needs to be told.\n",
    )  # fmt: skip
    later = (SOON + timedelta(days=1)).isoformat()
    refused = made("event", "change", "brunch-nov", "--set", f"starts_at={later}", typed="\n")
    assert refused.exit_code == 2
    assert row(filled).starts_at == SOON
    done = made(
        "event", "change", "brunch-nov", "--set", f"starts_at={later}", "--set", "place.sk=Inde",
        "--note", "en=Sorry!", "--note", "sk=Prepáčte!", "--yes",
    )  # fmt: skip
    assert done.exit_code == 0, done.stderr
    assert "2 people are told." in done.stdout
    event = row(filled)
    assert event.starts_at == SOON + timedelta(days=1)
    assert event.ends_at == event.starts_at + timedelta(hours=2)
    assert event.note == {"en": "Sorry!", "sk": "Prepáčte!"}
    assert event.place == {"": "Tabačka", "sk": "Inde"}
    same = made("event", "change", "brunch-nov", "--set", "capacity=5")
    assert same.stdout == "brunch-nov is like that already.\n"


def test_change_takes_a_whole_file(made: Run, filled: Database, folder: Path) -> None:
    (folder / "brunch.toml").write_text(FILE.replace("capacity = 2", "guests = 1"))
    done = made("event", "change", "brunch-nov", "brunch.toml")
    assert done.exit_code == 0, done.stderr
    assert (row(filled).capacity, row(filled).guests) == (None, 1)


@pytest.mark.parametrize(
    "arguments",
    [
        ["change", "brunch-nov"],
        ["change", "brunch-nov", "brunch.toml", "--set", "capacity=1"],
        ["cancel", "brunch-nov", "--note", "sorry"],
        ["cancel", "brunch-nov", "--note", "de=Tut uns leid"],
        ["cancel", "brunch-nov", "--note", "en=" + "x" * 501],
        ["checkin", "brunch-nov"],
        ["checkin", "brunch-nov", "--file", "none.txt"],
        ["list", "--organisation", "nobody"],
        ["export", "brunch-nov", "--format", "csv", "--output", "no/such/folder.csv"],
    ],
)
def test_wrong_usage_is_told(on_sqlite: Run, folder: Path, arguments: list[str]) -> None:
    (folder / "brunch.toml").write_text(FILE)
    on_sqlite("event", "create", "brunch.toml")
    assert on_sqlite("event", *arguments).exit_code == 2


@pytest.mark.parametrize("command", ["announce", "cancel", "close", "show", "checkin", "export"])
def test_unknown_event_is_told(on_sqlite: Run, command: str) -> None:
    more = {"checkin": ["5"], "export": ["--format", "csv", "--output", "-"]}
    result = on_sqlite("event", command, "nothing", *more.get(command, []))
    assert result.exit_code == 1
    assert "there is no event 'nothing'; domov event list shows all" in result.stderr


def test_cancel_wants_the_number(made: Run, filled: Database) -> None:
    made("event", "announce", "brunch-nov", "--yes")
    answer(filled, p1="going", p2="waiting", p3="no")
    assert made("event", "cancel", "brunch-nov", typed="3\n").exit_code == 2
    done = made("event", "cancel", "brunch-nov", "--note", "en=Ill.", typed="2\n")
    assert done.exit_code == 0, done.stderr
    assert "2 people are told." in done.stdout
    assert (row(filled).status, row(filled).note) == ("cancelled", {"en": "Ill."})


def test_close_takes_no_more_answers(made: Run, filled: Database) -> None:
    made("event", "announce", "brunch-nov", "--yes")
    assert made("event", "close", "brunch-nov").exit_code == 0
    assert row(filled).status == "closed"


def test_list_and_show_tell_who_comes(made: Run, filled: Database) -> None:
    made("event", "announce", "brunch-nov", "--yes")
    answer(filled, p1="going", p2="going", p3="waiting")
    listed = json.loads(made("event", "list", "--format", "json").stdout)
    assert [(each["key"], each["going"], each["waiting"], each["no"]) for each in listed] == [
        ("brunch-nov", 2, 1, 0)
    ]
    table = made("event", "list").stdout
    assert re.search(r"brunch-nov +Brunch +cike +announced", table)
    shown = made("event", "show", "brunch-nov").stdout
    assert "Brunch (brunch-nov), announced" in shown
    assert f"Check-in  code {row(filled).code}" in shown
    assert "2 going, 0 guests, 0 maybe, 0 can't, 1 waiting" in shown
    assert re.search(r"Planned +\S+ \S+ +remind 7d", shown)
    whole = json.loads(made("event", "show", "brunch-nov", "--format", "json").stdout)
    assert whole[0]["code"] == row(filled).code
    made("event", "cancel", "brunch-nov", "--yes")
    assert json.loads(made("event", "list", "--format", "json").stdout) == []
    every = json.loads(made("event", "list", "--all", "--format", "json").stdout)
    assert [each["status"] for each in every] == ["cancelled"]


def test_export_says_who_answered_what(made: Run, filled: Database, folder: Path) -> None:
    made("event", "announce", "brunch-nov", "--yes")
    answer(filled, p1="going", p3="no")
    with filled.transaction() as tx:
        tx.run(
            sql(
                "INSERT INTO delivery (person_id, channel, account, chat, user_id, lane, kind,"
                " event_id, action, state, created_at, due_at) SELECT 2, 'demo', 'demo', 'c', 'u',"
                " 2, 'invitation', id, 'send', 'queued', created_at, created_at FROM event"
            )
        )
    text = made("event", "export", "brunch-nov", "--format", "csv", "--output", "-").stdout
    rows = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))
    assert [(each["person_id"], each["state"], each["invited"]) for each in rows] == [
        ("1", "going", ""), ("2", "", "queued"), ("3", "no", ""),
    ]  # fmt: skip
    assert rows[0]["name"] == "'=1+1"  # no formula
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", rows[0]["answered_at"])
    output = folder / "who.json"
    made("event", "export", "brunch-nov", "--format", "json", "--output", str(output), "--answered")
    assert [each["person_id"] for each in json.loads(output.read_text())] == [1, 3]
    book = folder / "who.xlsx"
    done = made(
        "event", "export", "brunch-nov", "--format", "xlsx", "--output", str(book),
        "--language", "sk",
    )  # fmt: skip
    assert done.exit_code == 0, done.stderr
    assert "3 people in" in done.stderr
    sheets = read_xlsx(book)
    first = sheets["Kto príde"]
    assert first[0][:5] == ["Osoba", "Meno", "Organizácia", "Jazyk", "Odpoveď"]
    assert first[1][1] == "=1+1"
    assert [line[4] for line in first[1:]] == ["príde", None, "nepríde"]
    parquet = folder / "who.parquet"
    done = made("event", "export", "brunch-nov", "--format", "parquet", "--output", str(parquet))
    assert done.exit_code == 0, done.stderr


def test_checkin_notes_who_was_there(made: Run, filled: Database, folder: Path) -> None:
    made("event", "announce", "brunch-nov", "--yes")
    answer(filled, p1="going")
    early = made("event", "checkin", "brunch-nov", "1")
    assert (early.exit_code, "begins only on" in early.stderr) == (1, True)
    with filled.transaction() as tx:
        events.update(tx, row(filled).id, {"starts_at": now(), "status": "closed"})
    (folder / "there.csv").write_text("person_id,name\n1,A\n2,B\n\n")
    done = made("event", "checkin", "brunch-nov", "jana@example.org", "--file", "there.csv")
    assert (done.exit_code, done.stdout) == (0, "2 checked in, 0 were already.\n"), done.stderr
    again = made("event", "checkin", "brunch-nov", "2", "77")
    assert (again.exit_code, again.stdout) == (1, "0 checked in, 1 were already.\n")
    assert "There is nobody (or more than one) with '77'." in again.stderr
    with filled.reading() as tx:
        found = events.rsvps(tx, [(row(filled).id, 1), (row(filled).id, 2)])
    assert {each.state for each in found.values()} == {"going"}
    assert all(each.checked_in_at for each in found.values())
