"""``domov audience``."""

from __future__ import annotations

import json
from typing import Any

import pytest

from storage.database import Database
from storage.statements import sql
from tests.cli.conftest import Run

JSON = ("--format", "json")
_LOG = sql("SELECT action, organisation, subject, people FROM staff_log ORDER BY id")


@pytest.fixture
def people(on_database: Run, demo_people: Database) -> Run:
    """Commands on a database with the demo people."""
    return on_database


def counted(run: Run, *arguments: str) -> dict[str, Any]:
    result = run("audience", "count", *arguments, *JSON)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_count_says_whom_a_message_would_reach_and_why_not_all(people: Run) -> None:
    everybody = counted(people)
    listed = json.loads(people("people", "list", *JSON).stdout)
    assert everybody["matched"] == len(listed)
    assert everybody["matched"] == everybody["reachable"] + sum(everybody["excluded"].values())
    assert everybody["channels"] == {"demo": everybody["reachable"]}
    result = people("audience", "count")
    assert result.stdout.splitlines()[0].split() == ["fit", str(len(listed))]
    reached = str(everybody["reachable"])
    assert ["would", "get", "a", "message", "now", reached] in [
        line.split() for line in result.stdout.splitlines()
    ]


def test_count_for_an_organisation_leaves_the_others_people_out(people: Run) -> None:
    everybody, own = counted(people), counted(people, "", "--organisation", "cike")
    assert "other_organisation" not in own["excluded"]
    assert (own["own"], everybody["own"]) == (True, False)
    assert own["matched"] < everybody["matched"]
    assert own["reachable"] < everybody["reachable"]


def test_parts_of_an_audience_add_up(people: Run) -> None:
    text = "residence:international and skills_offered:any"
    one, other = counted(people, text), counted(people, f"not ({text})")
    assert one["matched"] > 0
    assert other["matched"] > 0
    assert one["matched"] + other["matched"] == counted(people)["matched"]


def test_platforms_without_a_token_reach_nobody(
    people: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREVIEW", "off")
    assert counted(people)["reachable"] == 0
    assert "no platform has a token" in people("audience", "count").stderr


def test_saved_audience_is_used_shown_and_deleted(people: Run, demo_people: Database) -> None:
    saved = people("audience", "save", "abroad", "residence:international")
    assert (saved.exit_code, saved.stdout) == (0, "@abroad: residence:international\n")
    assert counted(people, "@abroad") == counted(people, "residence:international")
    listed = json.loads(people("audience", "list", *JSON).stdout)
    assert [(each["key"], each["filter"]) for each in listed] == [
        ("abroad", "residence:international")
    ]
    people("audience", "save", "home", "not @abroad", "--organisation", "cike")
    shown = people("audience", "show", "abroad").stdout
    assert shown.startswith("@abroad: residence:international\nneeded by audience home\nfit ")
    refused = people("audience", "delete", "abroad")
    assert refused.exit_code == 1
    assert "needed by audience home" in refused.stderr
    assert people("audience", "delete", "home").exit_code == 0
    assert people("audience", "delete", "abroad").exit_code == 0
    with demo_people.reading() as tx:
        rows = tx.run(_LOG).fetchall()
    changes = [row for row in rows if row[0] != "people.read"]
    assert changes == [
        ("audience.save", None, "audience:abroad", None),
        ("audience.save", "cike", "audience:home", None),
        ("audience.delete", "cike", "audience:home", None),
        ("audience.delete", None, "audience:abroad", None),
    ]


def test_wrong_text_is_pointed_at(on_sqlite: Run) -> None:
    result = on_sqlite("audience", "count", "counrty:DE")
    assert result.exit_code == 1
    assert result.stderr == (
        "domov: this audience cannot be read:\n"
        "  counrty:DE\n"
        "  ^^^^^^^\n"
        "  there is no field “counrty”; did you mean country?\n"
    )


def test_unknown_event_is_remarked_and_counted(on_sqlite: Run) -> None:
    result = on_sqlite("audience", "count", "event:nothing")
    assert result.exit_code == 0
    assert "Remark: there is no event nothing yet" in result.stderr


def test_fields_are_listed_with_their_values(on_sqlite: Run) -> None:
    fields = json.loads(on_sqlite("audience", "fields", *JSON).stdout)
    values = {each["field"]: each["values"] for each in fields}
    assert values["residence"] == ["domestic", "international"]
    assert "mentor" in values["roles"]
    assert values["city"] == []
    examples = {each["field"]: each["example"] for each in fields}
    assert examples["organisation"] == f"organisation:{values['organisation'][0]}"
    for example in examples.values():
        assert on_sqlite("audience", "count", example).exit_code == 0, example


def test_list_without_any_says_how_to_begin(on_sqlite: Run) -> None:
    assert "None is saved yet" in on_sqlite("audience", "list").stdout
