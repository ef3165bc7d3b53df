"""``domov inbox``: messages listed, shown, answered and put away, on both kinds of database."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from bot.now import now
from storage import living, staff, staff_log
from storage.database import Database, sql
from storage.moments import moment
from tests.cli.conftest import Run
from tests.storage.mentoring_data import few
from tests.turn.staff.world import written_from

WORDS = "=Can I bring my [b]brother[/b]?\nHe sings."


@pytest.fixture
def filled(database_url: str) -> Iterator[Database]:
    """Two people of cike and one of bsc_kranj wrote, three, two and one days ago; the second of
    them was answered."""
    database = Database.open(database_url)
    with database.transaction() as tx:
        few(tx)
        number = staff.add(tx, "Jana Nováková", "sk", now())
        staff.set_role(tx, number, "cike", "coordinator")
        for days, person, text in ((3, 1, WORDS), (2, 2, "Thanks"), (1, 4, "Živjo")):
            living.keep_for_staff(
                tx, person, kind="text", text=text, now=now() - timedelta(days=days),
                about={"kind": "talk", "flow": "registration", "at": moment(now())},
                **written_from(tx, person),
            )  # fmt: skip
        tx.run(
            sql(
                "INSERT INTO inbox_reply (inbox_id, person_id, organisation, text, at)"
                " VALUES (2, 2, 'cike', 'You are welcome', :at)"
            ),
            at=moment(now()),
        )
    yield database
    database.close()


@pytest.fixture
def inbox(on_database: Run, filled: Database) -> Run:
    """``inbox("list")`` is ``domov inbox list`` there."""

    def run(*arguments: str, **how: Any) -> Any:
        return on_database("inbox", *arguments, **how)

    return run


def read(inbox: Run, *arguments: str) -> list[dict[str, Any]]:
    done = inbox(*arguments, "--format", "json")
    assert done.exit_code == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def logged(database: Database) -> tuple[str, str, str | None, str | None]:
    with database.reading() as tx:
        (line,) = staff_log.latest(tx, staff_log.Wanted(), 1)
    return line.actor.partition(" (")[0], line.action, line.organisation, line.subject


def test_list_shows_who_waits_first_and_for_how_long(inbox: Run, filled: Database) -> None:
    rows = read(inbox, "list")
    assert [(each["id"], each["waits_hours"], each["answered"]) for each in rows] == [
        (1, 72, False), (3, 24, False), (2, None, True),
    ]  # fmt: skip
    assert rows[0]["text"] == "=Can I bring my [b]brother[/b]? He sings."
    assert (rows[0]["name"], rows[0]["asked"]) == ("=Adam", "registration")
    assert logged(filled) == ("command line", "people.read", None, None)
    table = inbox("list").stdout
    assert "[b]brother[/b]" in table  # nobody's words are markup
    assert "3 d" in table
    own = read(inbox, "list", "--organisation", "bsc_kranj")
    assert [each["text"] for each in own] == ["Živjo"]
    comma = inbox("list", "--format", "csv").stdout
    assert next(csv.DictReader(io.StringIO(comma)))["text"].startswith("'=Can")
    limited = inbox("list", "--limit", "2")
    assert "There may be more than these 2" in limited.stderr
    assert inbox("list", "--organisation", "nasa").exit_code == 2


def test_show_tells_what_was_asked_and_answered(inbox: Run, filled: Database) -> None:
    (shown,) = read(inbox, "show", "2")
    assert [each["text"] for each in shown["replies"]] == ["You are welcome"]
    text = inbox("show", "1").stdout
    for words in ("=Can I bring my [b]brother[/b]?\nHe sings.", "registration", "=Adam", "3 d"):
        assert words in text
    missing = inbox("show", "9")
    assert (missing.exit_code, missing.stderr) == (1, "domov: there is no message number 9\n")


def test_a_reply_is_queued_in_somebodys_name(inbox: Run, filled: Database) -> None:
    done = inbox("reply", "1", "-", "--who", "jana", "--done", typed="Yes, do!\n")
    assert done.exit_code == 0, done.stderr
    assert "On its way to message 1: queued." in done.stdout
    assert logged(filled) == ("command line", "inbox.done", "cike", "message:1")
    (shown,) = read(inbox, "show", "1")
    assert [(each["name"], each["text"], each["standing"]) for each in shown["replies"]] == [
        ("Jana Nováková", "Yes, do!", "queued")
    ]
    assert [each["id"] for each in read(inbox, "list")] == [3, 2]
    assert [each["state"] for each in read(inbox, "list", "--all")] == ["open", "open", "done"]
    other = inbox("reply", "3", "Živjo!", "--who", "jana")
    assert (other.exit_code, "needs coordinator" in other.stderr) == (1, True)


@pytest.mark.parametrize(
    ("change", "text", "says"),
    [
        ("UPDATE identity SET status = 'unreachable'", "Hello", "they've blocked the bot"),
        ("UPDATE inbox SET channel = 'terminal'", "Hello", "is no longer there"),
        ("UPDATE inbox SET state = 'open'", " \n ", "between 1 and 2000 characters"),
        ("UPDATE inbox SET state = 'open'", "x" * 2001, "between 1 and 2000 characters"),
    ],
)
def test_what_cannot_arrive_is_said_at_once(
    inbox: Run, filled: Database, change: str, text: str, says: str
) -> None:
    with filled.transaction() as tx:
        tx.run(sql(change))
    done = inbox("reply", "1", text)
    assert (done.exit_code, says in done.stderr) == (1, True), done.stderr
    assert read(inbox, "show", "1")[0]["replies"] == []


def test_done_takes_off_the_list_once(inbox: Run, filled: Database) -> None:
    assert inbox("done", "3").stdout == "Message 3 is off the list.\n"
    assert logged(filled) == ("command line", "inbox.done", "bsc_kranj", "message:3")
    again = inbox("done", "3")
    assert (again.exit_code, "off the list already" in again.stderr) == (2, True)


def test_an_empty_inbox_says_so(on_database: Run) -> None:
    assert on_database("inbox", "list").stdout.endswith("No message waits.\n")
    assert json.loads(on_database("inbox", "list", "--format", "json").stdout) == []


def test_check_counts_who_waits_and_how_long(on_database: Run, filled: Database) -> None:
    told = [line for line in on_database("check").stdout.splitlines() if " Messages: " in line]
    assert len(told) == 1
    assert "2 messages to the staff wait for an answer, the oldest for 3 days" in told[0]
    assert "`domov inbox list`" in told[0]
