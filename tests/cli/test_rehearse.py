"""``domov rehearse``."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from blueprints.load import default_path, load
from outreach.broadcasts import life
from outreach.broadcasts.file import Written
from outreach.staff import console_actor
from storage.database import Database, sql
from storage.exports.guard import unguard
from tests.cli.conftest import Run
from tests.outreach import sending
from tests.storage.xlsx_reader import read_xlsx

NAMES = ("Ana", "=HYPERLINK(1)", "E\x1b[31mva")


@pytest.fixture
def planned(database: Database, on_database: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A broadcast of each organisation, due in two days."""
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "123456:" + "A" * 35)
    blueprint = load(default_path())
    now = datetime.now(UTC)
    with database.transaction() as tx:
        for name in NAMES:
            sending.person(tx, name=name)
        sending.person(tx, name="Maja", organisation="bsc_kranj", language="sl")
        for organisation in ("cike", "bsc_kranj"):
            written = Written(f"news-{organisation[:3]}", "News", {"en": "Hello", "sk": "Ahoj"})
            audience = f"organisation:{organisation}"
            row = life.create(tx, console_actor(), written, organisation, audience, now, blueprint)
            when = now + timedelta(days=2)
            life.schedule(tx, console_actor(), row.key, when, 3, now, blueprint)
    return on_database


def until(days: int = 4) -> str:
    return f"{datetime.now(UTC) + timedelta(days=days):%Y-%m-%d}"


def test_the_table_shows_each_message_and_the_summary_counts_them(planned: Run) -> None:
    result = planned("rehearse", "--until", until())

    assert result.exit_code == 0, result.output
    header, *lines = result.stdout.splitlines()
    assert header.split()[:2] == ["When", "(UTC)"]
    assert len(lines) == 4
    assert "\x1b" not in result.stdout
    assert "4 messages to 4 people" in result.stderr
    assert "broadcast:news-cik, broadcast: 3" in result.stderr
    assert "Remark: broadcast:news-bsc has no text in sl for 1 readers" in result.stderr


def test_an_organisation_sees_its_own_alone(planned: Run) -> None:
    result = planned("rehearse", "--until", until(), "--organisation", "cike", "--format", "json")

    rows = json.loads(result.stdout)
    assert [row["about"] for row in rows] == ["broadcast:news-cik"] * 3
    assert {row["organisation"] for row in rows} == {"cike"}
    assert "3 messages to 3 people" in result.stderr


def test_files_hold_every_message_and_no_formula(planned: Run, folder: Path) -> None:
    for format_ in ("csv", "xlsx"):
        done = planned(
            "rehearse", "--until", until(), "--format", format_, "--output", f"plan.{format_}"
        )
        assert done.exit_code == 0, done.output
    text = (folder / "plan.csv").read_text("utf-8-sig")
    assert "'=HYPERLINK(1)" in text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {unguard(row["name"]) for row in rows} == {*NAMES, "Maja"}
    assert {row["outcome"] for row in rows} == {"sent"}
    assert rows[0]["at"].endswith("Z")
    sheet = read_xlsx(folder / "plan.xlsx")["Rehearsal"]
    assert len(sheet) == 5


def test_nothing_is_planned_or_sent_and_the_reading_is_noted(
    planned: Run, database: Database
) -> None:
    planned("rehearse", "--until", until())

    with database.reading() as tx:
        assert tx.run(sql("SELECT count(*) FROM delivery")).fetchall() == [(0,)]
        states = tx.run(sql("SELECT DISTINCT status FROM broadcast")).fetchall()
        log = tx.run(sql("SELECT action, people FROM staff_log ORDER BY id DESC")).fetchone()
    assert states == [("scheduled",)]
    assert log is not None
    assert tuple(log) == ("people.read", 4)


def test_before_anything_is_due_there_is_nothing_to_tell(planned: Run) -> None:
    result = planned("rehearse", "--until", until(1), "--format", "json")

    assert json.loads(result.stdout) == []
    assert "0 messages to 0 people" in result.stderr


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("tomorrow", "'tomorrow' isn't a day or moment; write 2026-12-24"),
        ("2020-01-01", "is over"),
        ("2199-01-01", "more than a year ahead"),
    ],
)
def test_a_day_that_makes_no_sense_is_told(on_sqlite: Run, given: str, told: str) -> None:
    result = on_sqlite("rehearse", "--until", given)

    assert result.exit_code == 2
    assert told in result.stderr


def test_an_unknown_organisation_is_told(on_sqlite: Run) -> None:
    result = on_sqlite("rehearse", "--until", until(), "--organisation", "cikee")

    assert result.exit_code == 2
    assert "there is cike" in result.stderr
