"""Exports: the same people in four formats, from both databases."""

from __future__ import annotations

import csv
import gc
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from storage.database import Database
from storage.errors import ExportError
from storage.exports import FORMATS, Format, export_answers, export_people
from storage.exports.columns import ANSWERS, PEOPLE, words
from tests.storage.export_data import NOW, add_person, blueprint, few
from tests.storage.xlsx_reader import read_xlsx

COLUMNS = [
    "person_id",
    "organisation",
    "persona",
    "status",
    "name",
    "home_region",
    "residence",
    "country",
    "city",
    "timezone",
    "since",
    "language",
    "profession",
    "occupation",
    "field",
    "employer",
    "expertise",
    "linkedin",
    "email",
    "spoken_languages",
    "willingness",
    "roles",
    "wants",
    "formats",
    "skills_used",
    "skills_needed",
    "skills_offered",
    "consents",
    "channels",
    "source",
    "registered_at",
    "last_active_at",
    "confirmed_at",
]
ANSWER_COLUMNS = ["person_id", "organisation", "survey", "round", "question", "value", "day"]
LISTS = {
    "spoken_languages": ["en", "sk"],
    "roles": ["mentor", "speaker"],
    "wants": ["events"],
    "formats": ["ted_talk", "workshop"],
    "skills_used": [],
    "skills_needed": ["teamwork", "empathy", "planning"],
    "skills_offered": [],
    "consents": ["mentoring", "register"],
    "channels": ["slack", "telegram"],
}


@pytest.fixture
def people(database: Database) -> Database:
    with database.transaction() as tx:
        few(tx)
    return database


def export(
    database: Database,
    wanted: Format,
    out: Path,
    *,
    what: Any = export_people,
    **options: Any,
) -> int:
    done: int = what(database, wanted, out, blueprint=blueprint(), **options)
    return done


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_csv_has_a_row_a_person_and_the_promised_columns(people: Database, tmp_path: Path) -> None:
    out = tmp_path / "people.csv"
    assert export(people, "csv", out) == 3
    raw = out.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfperson_id,")
    assert raw.count(b"\n") == raw.count(b"\r\n") == 4
    rows = read_csv(out)
    assert list(rows[0]) == COLUMNS == [column.key for column in PEOPLE]
    assert [row["person_id"] for row in rows] == ["1", "2", "4"]
    assert {key: rows[0][key] for key in LISTS} == {
        key: ";".join(values) for key, values in LISTS.items()
    }
    assert rows[0]["expertise"] == "Spiel & Spaß, <3"
    assert rows[0]["registered_at"] == "2026-03-01T12:30:15Z"
    assert (rows[0]["since"], rows[0]["occupation"]) == ("2015", "entrepreneur")
    assert rows[0]["confirmed_at"] == ""
    assert rows[1]["roles"] == ""


def test_json_is_an_array_of_objects_with_real_lists(people: Database, tmp_path: Path) -> None:
    out = tmp_path / "people.json"
    assert export(people, "json", out) == 3
    rows = json.loads(out.read_bytes())
    assert [list(row) for row in rows] == [COLUMNS] * 3
    assert {key: rows[0][key] for key in LISTS} == LISTS
    assert (rows[0]["person_id"], rows[0]["since"]) == (1, 2015)
    assert rows[0]["confirmed_at"] is None
    assert rows[1]["roles"] == []


def test_parquet_has_types(people: Database, tmp_path: Path) -> None:
    out = tmp_path / "people.parquet"
    assert export(people, "parquet", out) == 3
    table = parquet.read_table(out)
    assert table.column_names == COLUMNS
    assert str(table.schema.field("person_id").type) == "int64"
    assert str(table.schema.field("since").type) == "int64"
    assert str(table.schema.field("roles").type).startswith("list<")
    assert str(table.schema.field("registered_at").type) == "timestamp[ms, tz=UTC]"
    row = table.to_pylist()[0]
    assert row["since"] == 2015
    assert {key: row[key] for key in LISTS} == LISTS
    assert (
        row["registered_at"].timestamp() == datetime(2026, 3, 1, 12, 30, 15, tzinfo=UTC).timestamp()
    )
    assert row["confirmed_at"] is None


def test_xlsx_shows_labels_and_explains_the_columns(people: Database, tmp_path: Path) -> None:
    out = tmp_path / "people.xlsx"
    assert export(people, "xlsx", out, language="sk") == 3
    sheets = read_xlsx(out)
    assert list(sheets) == ["Ľudia", "Stĺpce"]
    heading, ana, bor, cyril = sheets["Ľudia"]
    texts = words()["people"]
    assert heading == [texts[key]["label"]["sk"] for key in COLUMNS]
    shown = dict(zip(COLUMNS, ana, strict=True))
    assert shown["person_id"] == 1
    assert shown["country"] == "Nemecko"
    assert shown["language"] == "slovenčina"
    assert shown["spoken_languages"] == "angličtina;slovenčina"
    assert shown["status"] == "aktívna"
    assert shown["since"] == 2015
    chosen = blueprint().occupation_label("entrepreneur", "sk")
    assert (shown["occupation"], shown["wants"]) == (chosen, blueprint().want_label("events", "sk"))
    assert shown["channels"] == "Slack;Telegram"
    skills = {skill.key: skill.label["sk"] for skill in blueprint().skills}
    needed = [skills[key] for key in LISTS["skills_needed"]]
    assert shown["skills_needed"] == ";".join(needed)
    assert shown["expertise"] == "Spiel & Spaß, <3"
    days = (NOW - datetime(1899, 12, 30, tzinfo=UTC)).total_seconds()
    assert shown["registered_at"] == pytest.approx(days / 86400, abs=1e-6)
    assert shown["confirmed_at"] is None
    assert dict(zip(COLUMNS, bor, strict=True))["roles"] is None
    assert cyril[0] == 4
    assert [row[0] for row in sheets["Stĺpce"][1:]] == COLUMNS
    assert all(isinstance(cell, str) and cell for row in sheets["Stĺpce"] for cell in row)


@pytest.mark.parametrize("wanted", FORMATS)
def test_filter_limits_to_the_organisations_own_people(
    wanted: Format, people: Database, tmp_path: Path
) -> None:
    assert export(people, wanted, tmp_path / "x", organisation="bsc_kranj") == 1


@pytest.mark.parametrize("what", [export_people, export_answers])
def test_filter_that_finds_nobody_gives_a_file_with_a_header(
    what: Any, people: Database, tmp_path: Path
) -> None:
    columns = COLUMNS if what is export_people else ANSWER_COLUMNS
    for wanted in FORMATS:
        out = tmp_path / f"none.{wanted}"
        assert export(people, wanted, out, what=what, organisation="nobody") == 0
    with (tmp_path / "none.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [columns]
    assert json.loads((tmp_path / "none.json").read_bytes()) == []
    assert parquet.read_table(tmp_path / "none.parquet").column_names == columns
    sheets = read_xlsx(tmp_path / "none.xlsx")
    assert [len(rows) for rows in sheets.values()] == [1, len(columns) + 1]
    assert len(next(iter(sheets.values()))[0]) == len(columns)


def test_answers_have_a_row_an_answer_in_every_format(people: Database, tmp_path: Path) -> None:
    for wanted in FORMATS:
        assert export(people, wanted, tmp_path / f"a.{wanted}", what=export_answers) == 4
    rows = read_csv(tmp_path / "a.csv")
    assert list(rows[0]) == ANSWER_COLUMNS == [column.key for column in ANSWERS]
    assert [(row["person_id"], row["survey"]) for row in rows] == [
        *[("1", "formats")] * 3,
        ("1", "skills"),
    ]
    by_question = {row["question"]: row for row in rows}
    assert by_question["formats"]["value"] == "workshop=liked;story=not_for_me"
    assert by_question["topics"]["value"] == "'=1+1"
    assert by_question["next_home"]["value"] == "2026-07-01"
    assert by_question["needed"]["value"] == "teamwork;empathy"
    assert by_question["needed"]["round"] == "2025-1"
    assert by_question["needed"]["day"] == "2026-03-02"
    answers = json.loads((tmp_path / "a.json").read_bytes())
    values = {row["question"]: row["value"] for row in answers}
    assert values == {
        "formats": {"workshop": "liked", "story": "not_for_me"},
        "topics": "=1+1",
        "next_home": "2026-07-01",
        "needed": ["teamwork", "empathy"],
    }
    table = parquet.read_table(tmp_path / "a.parquet").to_pylist()
    lists = {row["question"]: row["value"] for row in table}
    assert lists["needed"] == ["teamwork", "empathy"]
    assert lists["topics"] == ["=1+1"]
    shown = {row[4]: row[5] for row in read_xlsx(tmp_path / "a.xlsx")["Answers"][1:]}
    survey = blueprint().survey("skills")
    assert survey is not None
    question = survey.question("needed")
    assert question is not None
    skills = {skill.key: skill.label["en"] for skill in blueprint().skills}
    assert shown[question.text["en"]] == f"{skills['teamwork']};{skills['empathy']}"


def test_path_keeps_the_old_file_and_nothing_else_when_writing_fails(
    people: Database, tmp_path: Path
) -> None:
    out = tmp_path / "people.csv"
    out.write_text("old")

    class Stop(BaseException):
        """Somebody presses Ctrl-C."""

    def stop(done: int) -> None:
        raise Stop

    for wanted in FORMATS:
        with pytest.raises(Stop):
            export(people, wanted, out, progress=stop)
    assert out.read_text() == "old"
    left = {path.name for path in tmp_path.iterdir() if "sqlite3" not in path.name}
    assert left == {"people.csv"}


@pytest.mark.parametrize("wanted", FORMATS)
def test_stream_that_breaks_ends_the_export_and_leaves_nothing_open(
    wanted: Format, database: Database
) -> None:
    """``domov export … | head``: the reader has gone, with most of the rows still to come."""

    class Gone(io.BytesIO):
        def write(self, data: object) -> int:
            raise BrokenPipeError

    with database.transaction() as tx:
        for number in range(1, 3000):
            add_person(tx, number, expertise="x" * 50)
    with pytest.raises(BrokenPipeError):
        export_people(database, wanted, Gone(), blueprint=blueprint())
    gc.collect()  # pytest reports what fails there


def test_path_in_a_folder_that_is_not_there_is_a_clear_error(
    people: Database, tmp_path: Path
) -> None:
    with pytest.raises(ExportError, match="nowhere"):
        export(people, "csv", tmp_path / "nowhere" / "people.csv")
    with pytest.raises(ExportError, match="folder"):
        export(people, "csv", tmp_path)


def test_file_is_for_its_owner_only(people: Database, tmp_path: Path) -> None:
    out = tmp_path / "people.csv"
    export(people, "csv", out)
    assert out.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("wanted", FORMATS)
def test_stream_gets_the_same_bytes_and_stays_open(
    wanted: Format, people: Database, tmp_path: Path
) -> None:
    class Pipe(io.BytesIO):
        """Standard output: nobody can go back in it."""

        def seekable(self) -> bool:
            return False

        def seek(self, *args: object) -> int:
            raise OSError("not seekable")

        def tell(self) -> int:
            raise OSError("not seekable")

    pipe = Pipe()
    assert export_people(people, wanted, pipe, blueprint=blueprint()) == 3
    assert not pipe.closed
    out = tmp_path / "copy.xlsx"
    out.write_bytes(pipe.getvalue())
    if wanted == "xlsx":
        assert len(read_xlsx(out)["People"]) == 4
    else:
        export(people, wanted, tmp_path / "file")
        assert out.read_bytes() == (tmp_path / "file").read_bytes()


def test_progress_hears_how_many_are_done(database: Database, tmp_path: Path) -> None:
    with database.transaction() as tx:
        for number in range(1, 1202):
            add_person(tx, number)
    heard: list[int] = []
    assert export(database, "csv", tmp_path / "x", progress=heard.append) == 1201
    assert heard == [500, 1000, 1201]


def test_headings_differ_and_exist_in_three_languages() -> None:
    for export_name, columns in (("people", PEOPLE), ("answers", ANSWERS)):
        texts = words()[export_name]
        assert list(texts) == [column.key for column in columns]
        for language in ("en", "sk", "sl"):
            headings = [texts[column.key]["label"][language] for column in columns]
            assert len(set(headings)) == len(columns)
            assert all(texts[column.key]["meaning"][language] for column in columns)
