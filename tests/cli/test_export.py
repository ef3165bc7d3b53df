"""``domov export``: where the file goes, what is said, how it ends. What is in the file is tested
with storage/exports."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import pty
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.cli.demo.filling import fill
from bot.turn.context import House
from storage.database import Database
from storage.errors import ExportError
from tests.cli.conftest import Run
from tests.cli.running import DOMOV, WAIT, domov, environment

BOM = "\ufeff"
FORMATS = ("csv", "xlsx", "json", "parquet")


@pytest.fixture
def with_people(on_database: Run, demo_people: Database) -> Run:
    """Commands on a database, of either kind, with the demo people."""
    return on_database


def is_whole(path: Path, format_: str) -> bool:
    if format_ == "xlsx":
        return zipfile.ZipFile(path).testzip() is None
    if format_ == "parquet":
        return path.read_bytes()[:4] == path.read_bytes()[-4:] == b"PAR1"
    if format_ == "json":
        return isinstance(json.loads(path.read_bytes()), list)
    return path.read_text(encoding="utf-8").startswith(BOM + "person_id,")


@pytest.mark.parametrize("what", ["people", "answers"])
def test_a_file_of_each_format_is_written(with_people: Run, folder: Path, what: str) -> None:
    for format_ in FORMATS:
        name = f"{what}.{format_}"
        result = with_people("export", what, "--format", format_, "--output", name)
        assert result.exit_code == 0, result.output
        assert result.stdout == ""
        said = result.stderr.splitlines()[-1]
        assert said.endswith(f" {what} in {name}")
        assert int(said.split()[0].replace(",", "")) >= 48
        assert is_whole(folder / name, format_)
        assert (folder / name).stat().st_mode & 0o777 == 0o600, "personal data"
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        f"{what}.{format_}" for format_ in FORMATS
    ), "nothing half-done beside them"


@pytest.mark.parametrize(
    ("separator", "between"), [(";", ";"), (",", ","), ("tab", "\t"), ("\t", "\t")]
)
def test_csv_is_parted_as_the_reader_s_spreadsheet_splits(
    with_people: Run, folder: Path, separator: str, between: str
) -> None:
    for what in ("people", "answers"):
        with_people(
            "export", what, "--format", "csv", "--output", "p.csv", "--separator", separator
        )
        text = (folder / "p.csv").read_text(encoding="utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=between))
        assert text.startswith(f"person_id{between}organisation{between}")
        assert len(rows) >= 48
        assert all(row["person_id"].isdecimal() and None not in row for row in rows)


@pytest.mark.parametrize(
    ("format_", "separator", "problem"),
    [("xlsx", ";", "goes with --format csv"), ("csv", "|", "cells cannot be parted by '|'")],
)
def test_a_separator_that_cannot_be_is_told(
    with_people: Run, format_: str, separator: str, problem: str
) -> None:
    for command in (["export", "people"], ["match", "export"]):
        result = with_people(
            *command, "--format", format_, "--output", "x", "--separator", separator
        )
        assert (result.exit_code, problem in result.stderr) == (2, True)


def test_an_organisation_gets_its_own_people(with_people: Run, folder: Path) -> None:
    result = with_people(
        "export", "people", "--format", "json", "--output", "k.json", "--organisation", "cike"
    )
    people = json.loads((folder / "k.json").read_bytes())
    assert {each["organisation"] for each in people} == {"cike"}
    assert f"{len(people)} people in k.json" in result.stderr


@pytest.mark.parametrize(
    ("options", "language"),
    [
        ([], "en"),
        (["--organisation", "bsc_kranj"], "sl"),
        (["--organisation", "bsc_kranj", "--language", "sk"], "sk"),
    ],
)
def test_the_language_is_the_readers(
    on_sqlite: Run, monkeypatch: pytest.MonkeyPatch, options: list[str], language: str
) -> None:
    from bot.cli import exporting

    asked: list[object] = []

    def export(*_: object, language: str, **__: object) -> int:
        asked.append(language)
        return 0

    monkeypatch.setitem(exporting._EXPORTS, "people", export)
    on_sqlite("export", "people", "--format", "xlsx", "--output", "a.xlsx", *options)
    assert asked == [language]


def test_a_file_that_is_there_is_replaced(with_people: Run, folder: Path) -> None:
    (folder / "people.csv").write_text("the old one")
    with_people("export", "people", "--format", "csv", "--output", "people.csv")
    assert is_whole(folder / "people.csv", "csv")


def test_a_failure_leaves_the_old_file(
    with_people: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.cli import progress

    def broken(*_: object) -> None:
        raise ExportError("the disk is full")

    monkeypatch.setattr(progress._Lines, "__call__", broken)
    (folder / "people.csv").write_text("the old one")
    result = with_people("export", "people", "--format", "csv", "--output", "people.csv")
    assert result.exit_code == 1
    assert "the disk is full" in result.stderr
    assert (folder / "people.csv").read_text() == "the old one"
    assert [path.name for path in folder.iterdir()] == ["people.csv"]


def test_an_empty_database_gives_a_header(on_database: Run, folder: Path) -> None:
    result = on_database("export", "people", "--format", "csv", "--output", "none.csv")
    assert result.exit_code == 0
    assert "0 people in none.csv" in result.stderr
    assert len((folder / "none.csv").read_text().splitlines()) == 1


@pytest.mark.parametrize(
    ("output", "told"),
    [
        ("no/people.csv", "the folder {here}/no does not exist; make it first"),
        (".", "'.' is a folder; name a file in it"),
        ("..", "'..' is a folder; name a file in it"),
    ],
)
def test_a_place_where_nothing_can_be_written_is_told(
    on_sqlite: Run, folder: Path, output: str, told: str
) -> None:
    result = on_sqlite("export", "people", "--format", "csv", "--output", output)
    assert result.exit_code == 2
    assert told.format(here=folder) in result.stderr


def test_an_unknown_organisation_is_told_with_those_there_are(on_sqlite: Run, folder: Path) -> None:
    result = on_sqlite(
        "export", "answers", "--format", "csv", "--output", "a.csv", "--organisation", "nasa"
    )
    assert result.exit_code == 2
    assert "there is no 'nasa'; there is cike (CIKE), bsc_kranj (BSC Kranj)" in result.stderr
    assert list(folder.iterdir()) == []


def test_a_language_that_the_blueprint_has_not_is_told(
    on_sqlite: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.blueprints.editing import TINY

    monkeypatch.setenv("BLUEPRINT", str(TINY))
    result = on_sqlite("export", "people", "--format", "csv", "--output", "-", "--language", "sk")
    assert result.exit_code == 2
    assert "only in sl, en" in result.stderr


def test_each_export_is_logged(with_people: Run) -> None:
    result = with_people(
        "export", "people", "--format", "csv", "--output", "p.csv", "--organisation", "cike"
    )
    (line,) = [each for each in result.stderr.splitlines() if "people were read" in each]
    assert "export people" in line
    assert "24" in line


def test_progress_is_told_in_lines_where_there_is_no_terminal(
    with_people: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.cli import progress

    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    result = with_people("export", "people", "--format", "csv", "--output", "p.csv")
    assert "Exporting people: 48 …" in result.stderr


# --- as processes ---------------------------------------------------------------------------------


@pytest.fixture
def demo_url(sqlite_url: str, expats: House) -> str:
    """The address of an SQLite database with the demo people."""
    with contextlib.closing(Database.open(sqlite_url)) as database, database.transaction() as tx:
        fill(tx, expats, 1, datetime(2026, 11, 22, tzinfo=UTC))
    return sqlite_url


def test_standard_output_carries_the_file_alone(demo_url: str, tmp_path: Path) -> None:
    settings = {"DATABASE_URL": demo_url}
    ended = domov("export", "people", "--format", "csv", "--output", "-", folder=tmp_path,
                  settings=settings)  # fmt: skip
    assert ended.code == 0
    rows = list(csv.DictReader(io.StringIO(ended.out.removeprefix(BOM))))
    assert len(rows) == 48
    assert "48 people in standard output" in ended.err


@pytest.mark.parametrize("format_", ["xlsx", "parquet"])
def test_a_binary_format_goes_through_a_pipe_whole(
    demo_url: str, tmp_path: Path, format_: str
) -> None:
    done = subprocess.run(
        [*DOMOV, "export", "people", "--format", format_, "--output", "-"],
        cwd=tmp_path, env=environment(DATABASE_URL=demo_url), capture_output=True, timeout=WAIT,
        check=True,
    )  # fmt: skip
    path = tmp_path / "piped"
    path.write_bytes(done.stdout)
    assert is_whole(path, format_)


def test_a_binary_format_is_not_written_to_a_terminal(demo_url: str, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [*DOMOV, "export", "people", "--format", "xlsx", "--output", "-"],
        cwd=tmp_path, env=environment(DATABASE_URL=demo_url), stdout=theirs,
        stderr=subprocess.PIPE, timeout=WAIT, check=False,
    )  # fmt: skip
    os.close(theirs)
    os.close(ours)
    assert done.returncode == 2
    assert b"xlsx isn't text for a terminal; name a file" in done.stderr


def test_a_reader_that_has_seen_enough_is_no_traceback(demo_url: str, tmp_path: Path) -> None:
    with subprocess.Popen(
        [*DOMOV, "export", "answers", "--format", "json", "--output", "-"],
        cwd=tmp_path, env=environment(DATABASE_URL=demo_url),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout
        process.stdout.close()
        assert process.stderr
        err = process.stderr.read()
        assert process.wait(WAIT) != 0
    assert b"Traceback" not in err


SLOW = """
import sys, time
from bot.cli import main, progress
def slowly(self, *done):
    print("writing", file=sys.stderr, flush=True)
    time.sleep(60)
progress._Lines.__call__ = slowly
main()
"""


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupted_it_leaves_no_half_file(
    demo_url: str, tmp_path: Path, sent: signal.Signals, code: int
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    output = str(folder / "people.csv")
    with subprocess.Popen(
        [sys.executable, "-c", SLOW, "export", "people", "--format", "csv", "--output", output],
        cwd=tmp_path, env=environment(DATABASE_URL=demo_url), stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stderr
        _wait_for(process.stderr.readline, b"writing")
        assert len(list(folder.iterdir())) == 1, "written beside its place"
        process.send_signal(sent)
        err = process.stderr.read()
        assert process.wait(WAIT) == code
    assert b"Traceback" not in err
    assert list(folder.iterdir()) == []


def _wait_for(read: Callable[[], bytes], mark: bytes) -> None:
    end = time.monotonic() + WAIT
    while mark not in (line := read()):
        assert line, "it ended"
        assert time.monotonic() < end


def test_what_is_exported_is_what_was_said(
    on_database: Run, database: Database, folder: Path
) -> None:
    """From the conversation to the file: markup, formulas and telephone numbers as typed."""
    work, employer = "+421 905 123 456", '=HYPERLINK("x")'
    talk = f"hi\n1\n1\n1\nOľga Nová\n1\nKošice\n{work}\n1\n1\ndone\ndone\n"
    talk += f"/complete\n2015\n{employer}\n@channel <b>x</b> <!here> *x*\nskip\nskip\n1\ndone\n"
    on_database("chat", "--keep", "--language", "en", typed=talk)
    on_database("export", "people", "--format", "json", "--output", "p.json")
    (person,) = json.loads((folder / "p.json").read_bytes())
    assert person["name"] == "Oľga Nová"
    assert person["profession"] == work
    assert person["employer"] == employer
    assert person["expertise"] == "@channel <b>x</b> <!here> *x*"
    assert person["channels"] == ["terminal"]
    on_database("export", "people", "--format", "csv", "--output", "p.csv")
    text = (folder / "p.csv").read_text(encoding="utf-8").removeprefix(BOM)
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["name"] == "Oľga Nová"
    assert row["profession"] == work
    assert row["employer"] == "'" + employer
    assert row["expertise"] == "'@channel <b>x</b> <!here> *x*"
