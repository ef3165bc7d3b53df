"""``domov staff``: adding, changing, removing, codes, and the log."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pytest

from bot.now import now
from outreach.staff import recognise, use_code
from storage.database import Database
from tests.cli.conftest import KEY, Run

JANA = ("staff", "add", "--name", "Jana Nováková", "--organisation", "cike", "--role", "admin")


def staff(run: Run, *arguments: str) -> list[dict[str, Any]]:
    result = run("staff", "list", "--format", "json", *arguments)
    assert result.exit_code == 0, result.output
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def logged(run: Run, *arguments: str) -> list[dict[str, Any]]:
    result = run("staff", "log", "--format", "json", *arguments)
    assert result.exit_code == 0, result.output
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def test_staff_are_added_with_roles_and_accounts(on_database: Run) -> None:
    result = on_database(*JANA, "--telegram", "@Jana_N", "--email", "Jana@Example.SK")
    assert (result.exit_code, result.stdout) == (0, "Jana Nováková is number 1: admin of cike.\n")
    result = on_database(
        "staff", "add", "--name", "Ana", "--organisation", "cike", "--role", "viewer",
        "--organisation", "bsc_kranj", "--role", "coordinator", "--slack", "u024be7lh",
        "--language", "en",
    )  # fmt: skip
    assert result.stdout == "Ana is number 2: viewer of cike, coordinator of bsc_kranj.\n"
    assert staff(on_database) == [
        {
            "id": 1, "name": "Jana Nováková", "roles": {"cike": "admin"}, "language": "sk",
            "logins": ["email jana@example.sk", "telegram @jana_n (not seen yet)"],
            "left_at": None,
        },
        {
            "id": 2, "name": "Ana", "roles": {"bsc_kranj": "coordinator", "cike": "viewer"},
            "language": "en", "logins": ["slack U024BE7LH (not seen yet)"], "left_at": None,
        },
    ]  # fmt: skip


def test_one_role_counts_for_all_organisations_named(on_sqlite: Run) -> None:
    on_sqlite(*JANA, "--organisation", "bsc_kranj")
    assert staff(on_sqlite)[0]["roles"] == {"bsc_kranj": "admin", "cike": "admin"}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((*JANA, "--organisation", "nasa"), "there is no 'nasa'; there is cike"),
        ((*JANA[:-1], "boss"), "there is no 'boss'; there is viewer, coordinator, admin"),
        ((*JANA, "--role", "viewer"), "one for all, or one an organisation"),
        ((*JANA, "--organisation", "cike"), "one is named twice"),
        ((*JANA, "--telegram", "jana novak"), "looks like @jana_novak"),
        ((*JANA, "--slack", "@jana"), "looks like U024BE7LH"),
        ((*JANA, "--email", "jana"), "isn't an e-mail address"),
        (("staff", "add", "--name", " ", *JANA[4:]), "write a name"),
        (("staff", "show", "nobody"), "nobody of the staff is 'nobody'"),
        (("staff", "show", "99"), "nobody of the staff is '99'"),
        (("staff", "log", "--since", "yesterday"), "write it as 2026-11-22"),
        (("staff", "log", "--who", "nobody"), "nobody of the staff"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_remedy(
    on_sqlite: Run, arguments: tuple[str, ...], told: str
) -> None:
    result = on_sqlite(*arguments)
    assert result.exit_code == 2
    assert told in result.stderr
    assert staff(on_sqlite) == []
    assert logged(on_sqlite) == []


def test_an_account_of_somebody_else_leaves_nothing_half_done(on_database: Run) -> None:
    on_database(*JANA, "--telegram", "@jana")
    result = on_database(
        "staff", "add", "--name", "Eva", "--organisation", "cike", "--role", "viewer",
        "--email", "eva@example.sk", "--telegram", "JANA",
    )  # fmt: skip
    assert result.exit_code == 2
    assert "@jana already belongs to someone" in result.stderr
    assert [each["name"] for each in staff(on_database)] == ["Jana Nováková"]
    assert [line["detail"]["name"] for line in logged(on_database)] == ["Jana Nováková"]


def test_who_is_found_by_number_or_by_what_tells(on_sqlite: Run) -> None:
    for name in ("Ana", "Ana Marija", "Žofia"):
        on_sqlite("staff", "add", "--name", name, *JANA[4:])
    assert "Ana Marija" in on_sqlite("staff", "show", "marija").stdout
    assert "Žofia" in on_sqlite("staff", "show", "zofia").stdout
    assert json.loads(on_sqlite("staff", "show", "ana", "--format", "json").stdout)[0]["id"] == 1
    result = on_sqlite("staff", "show", "a")
    assert result.exit_code == 2
    assert "1 (Ana), 2 (Ana Marija), 3 (Žofia); give the number" in result.stderr


def test_roles_are_changed_and_taken(on_database: Run) -> None:
    on_database(*JANA)
    on_database("staff", "role", "jana", "--organisation", "bsc_kranj", "--role", "viewer")
    on_database("staff", "role", "1", "--organisation", "cike", "--role", "coordinator")
    assert staff(on_database)[0]["roles"] == {"bsc_kranj": "viewer", "cike": "coordinator"}
    on_database("staff", "role", "1", "--organisation", "cike", "--role", "none")
    assert staff(on_database)[0]["roles"] == {"bsc_kranj": "viewer"}
    told = [(line["organisation"], line["detail"]) for line in logged(on_database)[:3]]
    assert told == [
        ("cike", {"role": None, "before": "coordinator"}),
        ("cike", {"role": "coordinator", "before": "admin"}),
        ("bsc_kranj", {"role": "viewer", "before": None}),
    ]


def test_who_is_removed_is_not_recognised_any_more(on_database: Run, database: Database) -> None:
    on_database(*JANA, "--telegram", "@jana")
    with database.transaction() as tx:
        assert recognise(tx, "telegram", "bot", "7", "jana", now())
    assert on_database("staff", "remove", "jana", typed="n\n").exit_code == 2
    assert len(staff(on_database)) == 1
    assert on_database("staff", "remove", "jana", typed="y\n").exit_code == 0
    with database.transaction() as tx:
        assert recognise(tx, "telegram", "bot", "7", "jana", now()) is None
    assert staff(on_database) == []
    assert staff(on_database, "--gone")[0]["left_at"] is not None
    line = logged(on_database, "--action", "staff.remove")[0]
    assert line["actor"].startswith("command line (")
    assert (line["organisation"], line["subject"]) == ("cike", "staff:1")


def test_a_code_is_printed_once_and_opens_a_chat(on_database: Run, database: Database) -> None:
    on_database(*JANA)
    result = on_database("staff", "code", "jana")
    found = re.fullmatch(r"/staff ([A-Z2-9]{5}-[A-Z2-9]{5})\n", result.stdout)
    assert found
    assert "within 30 minutes" in result.stderr
    with database.transaction() as tx:
        actor = use_code(tx, found[1], KEY, "preview", "local", "u1", now())
        assert actor is not None
        assert actor.roles == {"cike": "admin"}
    assert staff(on_database)[0]["logins"] == ["preview u1"]


def test_accounts_are_added_and_forgotten(on_sqlite: Run) -> None:
    on_sqlite(*JANA, "--telegram", "@jana")
    result = on_sqlite(
        "staff",
        "login",
        "jana",
        "--forget",
        "telegram",
        "--telegram",
        "12345",
        "--slack",
        "U123456",
    )
    assert result.exit_code == 0, result.stderr
    assert staff(on_sqlite)[0]["logins"] == [
        "slack U123456 (not seen yet)", "telegram 12345 (not seen yet)",
    ]  # fmt: skip
    result = on_sqlite("staff", "login", "jana", "--forget", "email")
    assert "no account on 'email', but on slack, telegram" in result.stderr
    assert on_sqlite("staff", "login", "jana").exit_code == 2


def test_the_log_holds_what_was_read_too(on_database: Run) -> None:
    on_database("people", "list", "--organisation", "cike", "--format", "json")
    line = logged(on_database)[0]
    assert (line["action"], line["organisation"], line["people"]) == ("people.read", "cike", 0)
    assert line["detail"] == {"what": "people list", "organisation": "cike"}


def test_the_log_as_csv_holds_no_formula(on_database: Run) -> None:
    on_database("staff", "add", "--name", "=cmd|' /C calc'!A0", *JANA[4:])
    on_database("staff", "role", "1", "--organisation", "cike", "--role", "viewer")
    result = on_database("staff", "log", "--limit", "1", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [row["action"] for row in rows] == ["staff.role"]
    assert "There may be more than these 1" in result.stderr
    assert "=cmd" in on_database("staff", "list").stdout
    listed = csv.DictReader(io.StringIO(on_database("staff", "list", "--format", "csv").stdout))
    assert [row["name"][0] for row in listed] == ["'"]


def test_noting_an_account_warns_and_leads_to_a_code(on_sqlite: Run) -> None:
    named = on_sqlite(*JANA, "--telegram", "@jana").stderr
    assert "a user name can be given up and taken by someone else" in named
    assert named.rstrip().endswith("Better is a code: domov staff code 1")
    more = on_sqlite("staff", "login", "1", "--slack", "U024BE7LH").stderr
    assert "--slack U024BE7LH: it is not seen to be theirs" in more
    assert "Careful" not in on_sqlite("staff", "login", "1", "--email", "j@example.sk").stderr
    assert "Careful" not in on_sqlite(*JANA[:3], "Eva", *JANA[4:]).stderr
