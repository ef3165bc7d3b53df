"""Matches as a file: one row a match with its history, on both kinds of database."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from storage.database import Database, sql
from storage.exports import matches as exporting
from storage.exports.matches import COLUMNS, export_matches
from storage.mentoring import matches
from tests.outreach.inviting import NOW
from tests.storage.mentoring_data import DAY, few, pair, share
from tests.storage.xlsx_reader import read_xlsx


@pytest.fixture
def filled(database: Database) -> Database:
    with database.transaction() as tx:
        few(tx)
        matches.log(tx, 1, "approved", "staff", NOW + DAY)
        matches.log(tx, 1, "declined", "mentor", NOW + 2 * DAY, "time")
        matches.update(tx, 1, {"state": "declined", "note": "-2+3", "reason": "time"})
    return database


def read(database: Database, **chosen: Any) -> list[dict[str, Any]]:
    out = io.BytesIO()
    count = export_matches(database, "json", out, **chosen)
    found: list[dict[str, Any]] = json.loads(out.getvalue())
    assert count == len(found)
    return found


def test_a_row_a_match_with_its_history(filled: Database) -> None:
    first, met, introduced = read(filled)
    assert list(first) == [column.key for column in COLUMNS]
    assert (first["state"], first["mentee"], first["mentor"]) == ("declined", "=Adam", "Mária")
    assert first["skills"] == ["teamwork", "planning"]
    assert (first["asked_for_at"], first["score"]) == ("2026-09-13T09:30:00Z", 7000)
    assert first["history"] == [
        {"at": "2026-11-02T09:30:00Z", "what": "proposed", "who": "clock"},
        {"at": "2026-11-03T09:30:00Z", "what": "approved", "who": "staff"},
        {"at": "2026-11-04T09:30:00Z", "what": "declined", "who": "mentor", "detail": "time"},
    ]
    assert (met["meetings"], met["first_met_at"]) == (1, "2026-09-23T09:30:00Z")
    assert met["mentor_contact"] == ["email"]
    assert (introduced["mentee_organisation"], introduced["first_met_at"]) == ("bsc_kranj", None)


def test_nobodys_words_are_a_formula(filled: Database, tmp_path: Path) -> None:
    out = io.BytesIO()
    export_matches(filled, "csv", out)
    rows = list(csv.DictReader(io.StringIO(out.getvalue().decode("utf-8-sig"))))
    assert (rows[0]["mentee"], rows[0]["goal"], rows[0]["note"]) == ("'=Adam", "'=1+1", "'-2+3")
    assert rows[0]["skills"] == "teamwork;planning"
    assert rows[0]["reasons"] == "skills (teamwork); waiting (12)"
    assert rows[0]["history"].endswith("2026-11-04T09:30:00Z mentor declined time")
    book = tmp_path / "matches.xlsx"
    assert export_matches(filled, "xlsx", book) == 3
    sheet = read_xlsx(book)["matches"]
    assert sheet[0][:3] == ["match_id", "state", "round_id"]
    assert sheet[1][sheet[0].index("goal")] == "=1+1"  # a text, as typed


def test_an_organisation_gets_its_own_and_nobody_else_s_names(filled: Database) -> None:
    (row,) = read(filled, organisation="bsc_kranj")
    assert (row["mentee"], row["mentor"], row["mentor_id"]) == ("Drago", None, None)
    assert row["mentor_organisation"] == "cike"
    own = read(filled, organisation="cike")
    assert [(each["mentee"], each["goal"]) for each in own if each["state"] == "introduced"] == [
        (None, None)
    ]
    with filled.transaction() as tx:
        share(tx, 13)
    (row,) = read(filled, organisation="bsc_kranj")
    assert (row["mentor"], row["mentor_id"]) == ("Oto", 13)


def test_only_the_states_that_are_wanted(filled: Database) -> None:
    assert [row["state"] for row in read(filled, states=("met", "introduced"))] == [
        "met", "introduced",
    ]  # fmt: skip
    assert read(filled, states=("done",)) == []


def test_an_erased_person_leaves_a_row_about_nobody(filled: Database) -> None:
    with filled.transaction() as tx:
        tx.run(sql("DELETE FROM person WHERE id = 1"))
    row = read(filled)[0]
    assert [row[key] for key in ("mentee", "mentee_id", "goal", "request_id")] == [None] * 4
    assert row["mentor"] == "Mária"


def test_pages_follow_each_other_without_a_gap(
    filled: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with filled.transaction() as tx:
        for _ in range(7):
            pair(tx, None, 3, 14, state="lapsed")
    monkeypatch.setattr(exporting, "PAGE", 3)
    found = read(filled)
    assert [row["match_id"] for row in found] == list(range(1, 11))
    assert all(row["history"] for row in found)
