"""``domov people list``."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from bot.cli import listing
from storage.database import Database
from storage.statements import sql
from tests.cli.conftest import Run

_PERSON = sql(
    "INSERT INTO person (organisation, persona, status, name, country, city, created_at)"
    " VALUES (:organisation, :persona, :status, :name, :country, :city,"
    " '2026-01-01T00:00:00.000000Z')"
)
PEOPLE = (
    ("cike", "expat", "active", "Jana Kováčová", "DE", "Berlin"),
    ("cike", "expat", "paused", "Ľubomír Žiak", "SK", "Košice"),
    ("cike", "local", "active", "=HYPERLINK(1)", "SK", "Košice"),
    ("bsc_kranj", "expat", "active", "Ana \x1b[31mNovak\u202e\x07", "SI", "Kranj"),
    ("bsc_kranj", "expat", "joining", None, None, None),
    (None, None, "new", None, None, None),
)


@pytest.fixture
def crowd(database: Database) -> Database:
    with database.transaction() as tx:
        for organisation, persona, status, name, country, city in PEOPLE:
            tx.run(
                _PERSON, organisation=organisation, persona=persona, status=status, name=name,
                country=country, city=city,
            )  # fmt: skip
    return database


def listed(run: Run, *arguments: str) -> list[dict[str, Any]]:
    result = run("people", "list", "--format", "json", *arguments)
    assert result.exit_code == 0, result.output
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def names(people: list[dict[str, Any]]) -> list[str | None]:
    return [each["name"] for each in people]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], 5),
        (["--organisation", "cike"], 3),
        (["--organisation", "bsc_kranj"], 2),
        (["--status", "paused"], 1),
        (["--status", "new"], 1),
        (["--status", "mapped"], 0),
        (["--persona", "expat"], 4),
        (["--persona", "expat", "--status", "active", "--organisation", "cike"], 1),
        (["--country", "SK"], 2),
        (["--country", "sk"], 2),
        (["--search", "kosice"], 2),
        (["--search", "KOVÁČOVÁ"], 1),
        (["--search", "lubomir ziak"], 1),
        (["--search", "novak", "--country", "DE"], 0),
        (["--limit", "2"], 2),
        (["--limit", "0"], 5),
    ],
)
def test_filters_choose(
    on_database: Run, crowd: Database, options: list[str], expected: int
) -> None:
    assert len(listed(on_database, *options)) == expected


def test_a_table_shows_names_as_they_read(on_database: Run, crowd: Database) -> None:
    text = on_database("people", "list").stdout
    lines = text.splitlines()
    assert lines[0].split() == list(listing.TABLE.values())
    assert re.search(r"^ *1 +Jana Kováčová +cike +expat +active +DE +Berlin", lines[1])
    assert "Ana [31mNovak" in text
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text)
    assert lines[-1] == "5 people"


def test_what_people_write_is_no_markup_of_the_table(on_database: Run, database: Database) -> None:
    name = "[bold]Eva[/bold] [link=x]"
    with database.transaction() as tx:
        tx.run(_PERSON, organisation="cike", persona="expat", status="active", name=name,
               country="SK", city=None)  # fmt: skip
    result = on_database("people", "list")
    assert name in result.stdout
    assert result.stdout.endswith("1 person\n")


def test_csv_guards_against_formulas(on_database: Run, crowd: Database) -> None:
    result = on_database("people", "list", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert list(rows[0]) == list(listing.COLUMNS)
    assert rows[2]["name"] == "'=HYPERLINK(1)"
    assert rows[3]["name"] == "Ana [31mNovak"
    assert rows[4]["name"] == ""


def test_json_holds_values_as_they_are(on_database: Run, crowd: Database) -> None:
    people = listed(on_database)
    assert names(people) == [
        "Jana Kováčová", "Ľubomír Žiak", "=HYPERLINK(1)", "Ana [31mNovak", None,
    ]  # fmt: skip
    assert list(people[0]) == list(listing.COLUMNS)


@pytest.mark.parametrize(("format_", "shown"), [("csv", ",".join(listing.COLUMNS)), ("json", "[]")])
def test_nobody_found_is_an_empty_list(on_database: Run, format_: str, shown: str) -> None:
    result = on_database("people", "list", "--format", format_)
    assert (result.exit_code, result.stdout) == (0, shown + "\n")


def test_more_than_the_limit_is_said(on_database: Run, crowd: Database) -> None:
    cut = on_database("people", "list", "--limit", "2")
    assert "There are more than these 2: --limit 0 shows all." in cut.stderr
    exact = on_database("people", "list", "--limit", "5")
    assert "There are more" not in exact.stderr


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--organisation", "nasa"], "there is no 'nasa'; there is cike (CIKE), bsc_kranj"),
        (["--persona", "alien"], "there is no 'alien'; there is expat, local"),
        (["--status", "gone"], "there is no 'gone'; there is new, joining, active"),
        (["--country", "Germany"], "'GERMANY' isn't a country code"),
    ],
)
def test_what_there_is_not_is_told_with_what_there_is(
    on_database: Run, options: list[str], told: str
) -> None:
    result = on_database("people", "list", *options)
    assert result.exit_code == 2
    assert told in result.stderr


def test_a_page_after_the_other_in_constant_memory(
    on_database: Run, crowd: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PAGE", 2)
    assert len(listed(on_database)) == 5
    assert len(listed(on_database, "--persona", "local")) == 1


def test_each_look_is_logged(on_database: Run, crowd: Database) -> None:
    result = on_database("people", "list", "--organisation", "cike", "--search", "ziak")
    (line,) = [each for each in result.stderr.splitlines() if "people were read" in each]
    plain = re.sub(r"\x1b\[[0-9;]*m", "", line)
    assert "what='people list'" in plain
    assert "count=1" in plain
    assert "organisation=cike" in plain
    assert re.search(r"who=\S+", plain)


def test_no_log_level_hides_a_look(
    on_database: Run, crowd: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOG_LEVEL", "error")
    assert "people were read" in on_database("people", "list").stderr


def test_a_table_has_an_end_however_many_there_are(
    on_database: Run, crowd: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "MOST", 3)
    result = on_database("people", "list", "--limit", "0")
    assert "3 people" in result.stdout
    assert "more than these 3: --limit 0 --format csv shows all" in result.stderr
    assert len(listed(on_database, "--limit", "0")) == 5


def test_log_lines_are_json_where_wanted(
    on_database: Run, crowd: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOG_FORMAT", "json")
    result = on_database("people", "list")
    (line,) = [json.loads(each) for each in result.stderr.splitlines()]
    assert (line["event"], line["count"]) == ("people were read", 5)


def test_a_long_search_tells_how_far_it_is(
    on_database: Run, crowd: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.cli import progress

    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    assert "People looked at: 5 …" in on_database("people", "list").stderr


def test_the_database_is_not_made_by_looking(run: Run, folder: Path) -> None:
    result = run("people", "list")
    assert result.exit_code == 1
    assert "domov migrate" in result.stderr
    assert list(folder.iterdir()) == []
