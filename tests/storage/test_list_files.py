"""Lists as files: every format holds the same, and nothing in them runs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from storage.errors import ExportError
from storage.exports import listing
from storage.exports.guard import unguard
from storage.exports.listing import ListColumn, write_list
from tests.storage.xlsx_reader import read_xlsx

COLUMNS = (ListColumn("at", "moment", 17), ListColumn("person", "number", 9), ListColumn("name"))
AT = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
NAMES = ("Ana Novak", "=HYPERLINK(1)", "<b>&", "", "Žofia; Ľuboš")


def rows() -> Iterator[dict[str, Any]]:
    for number, name in enumerate(NAMES):
        yield {"at": AT, "person": number, "name": name, "more": "is not asked for"}
    yield {"at": None}


def test_csv_holds_the_list_and_no_formula() -> None:
    out = io.BytesIO()
    assert write_list(out, "csv", "People", COLUMNS, rows()) == len(NAMES) + 1

    text = out.getvalue().decode("utf-8-sig")
    assert "'=HYPERLINK(1)" in text
    header, *lines = csv.reader(io.StringIO(text))
    assert header == ["at", "person", "name"]
    assert [(at, int(number), unguard(name)) for at, number, name in lines[:-1]] == [
        ("2026-11-22T10:30:00Z", number, name) for number, name in enumerate(NAMES)
    ]
    assert lines[-1] == ["", "", ""]


def test_json_holds_the_list() -> None:
    out = io.BytesIO()
    write_list(out, "json", "People", COLUMNS, rows())

    found = orjson.loads(out.getvalue())
    assert [row["name"] for row in found[:-1]] == list(NAMES)
    assert found[0] == {"at": "2026-11-22T10:30:00Z", "person": 0, "name": "Ana Novak"}
    assert found[-1] == {"at": None, "person": None, "name": None}


def test_json_of_nothing_is_a_list() -> None:
    out = io.BytesIO()
    assert write_list(out, "json", "People", COLUMNS, ()) == 0
    assert orjson.loads(out.getvalue()) == []


def test_a_sheet_that_is_full_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MAX_ROWS", 4)
    with pytest.raises(ExportError, match="3 rows"):
        write_list(tmp_path / "list.xlsx", "xlsx", "People", COLUMNS, rows())
    assert list(tmp_path.iterdir()) == []


def test_a_sheet_holds_the_list_with_real_moments(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    assert write_list(path, "xlsx", "People", COLUMNS, rows()) == len(NAMES) + 1

    header, *lines = read_xlsx(path)["People"]
    assert header == ["at", "person", "name"]
    assert [line[2] or "" for line in lines[:-1]] == list(NAMES)
    assert lines[0][0] == pytest.approx(46348 + 10.5 / 24, abs=1e-5)
    assert lines[1][1] == 1
