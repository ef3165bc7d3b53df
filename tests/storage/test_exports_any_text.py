"""Whatever people type comes out as typed, and never as a formula."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from storage.database import Database, sql
from storage.exports import export_people
from storage.exports.guard import SEPARATORS, guard, unguard
from tests.examples import examples
from tests.storage.export_data import TYPED, add_person, blueprint
from tests.storage.xlsx_reader import read_xlsx

# Everything a text column of both databases can hold: no NUL, no half surrogates.
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)
NASTY = st.text(
    st.sampled_from(" =+-@\t\r\n;,\"'|&<>_x00FF_\x1f\x1e\x07\x0b\x85\u2028\ufeff\uffffaŽ5%")
)
TYPED_ROW = st.fixed_dictionaries({column: st.none() | TEXT | NASTY for column in TYPED})
RUNS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")

NUMBERS = ("+421 905 123 456", "+421905123456", "+386 (0)41 123 456", "-5", "+3", "-12,5")
NUMBER = re.compile(r"\+[0-9][0-9 ()\u00a0]*|[+-][0-9]+([.,][0-9]+)?")
FORMULAS = (
    '=HYPERLINK("http://example.org";"click")',
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    " =1",
    '"=1"',
    "'=1",
    "\r=1",
    "a;=1+1",
    "a\n=cmd|' /C calc'!A0",
    "＝1",
    "+421-905",
)

anything = settings(
    max_examples=examples(60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def pieces(cell: str) -> list[str]:
    """What a spreadsheet may take for cells of their own, also one that splits at semicolons."""
    for end in ";\t\r\n":
        cell = cell.replace(end, "\n")
    return cell.split("\n")


def harmless(cell: str) -> bool:
    """Whether no piece begins like a formula, even after blanks and quotes."""
    return not any(
        piece.lstrip(' "\u00a0\u3000\u200b\ufeff').startswith(RUNS) for piece in pieces(cell)
    )


@pytest.mark.parametrize("number", NUMBERS)
def test_guard_leaves_numbers_alone(number: str) -> None:
    assert guard(number) == number == unguard(number)


@pytest.mark.parametrize("formula", FORMULAS)
def test_guard_makes_formulas_harmless(formula: str) -> None:
    assert harmless(guard(formula))
    assert unguard(guard(formula)) == formula


@given(TEXT | NASTY, st.sampled_from(SEPARATORS))
def test_whatever_a_spreadsheet_splits_at_nothing_runs(text: str, separator: str) -> None:
    """In a file that parts cells otherwise, a comma may end one."""
    assert unguard(guard(text, separator), separator) == text
    whole = guard(text, separator)
    ends = whole if separator == "," else whole.replace(",", "\n")
    assert harmless(ends) or NUMBER.fullmatch(text)


@given(TEXT | NASTY)
@settings(max_examples=examples(1000))
@example("'\t")
@example("'=1")
@example("''=1;'=2")
def test_guard_can_be_undone(text: str) -> None:
    assert unguard(guard(text)) == text


@given(TEXT | NASTY)
@settings(max_examples=examples(1000))
def test_guard_makes_any_text_harmless(text: str) -> None:
    assert harmless(guard(text)) or NUMBER.fullmatch(text)


def exported(database: Database, typed: dict[str, str | None], folder: Path) -> None:
    """Two people, the first with these texts, exported to every format."""
    with database.transaction() as tx:
        tx.run(sql("DELETE FROM person"))
        add_person(tx, 1, "cike", "active", **typed)
        add_person(tx, 2, name="Bor")
    for wanted in ("csv", "xlsx", "json", "parquet"):
        done = export_people(database, wanted, folder / wanted, blueprint=blueprint())
        assert done == 2
    for number, separator in enumerate(SEPARATORS):
        export_people(
            database, "csv", folder / f"csv{number}", blueprint=blueprint(), separator=separator
        )


@given(TYPED_ROW)
@anything
@example({**dict.fromkeys(TYPED), "name": "a\x1fb", "city": "=1"})
@example({**dict.fromkeys(TYPED), "name": "_x0041_", "city": " a ", "expertise": "<b>&amp;"})
@example({**dict.fromkeys(TYPED), "name": "=1+1", "city": "@x", "email": "+421 905"})
def test_texts_come_out_as_typed_in_every_format(
    database: Database, tmp_path: Path, typed: dict[str, str | None]
) -> None:
    exported(database, typed, tmp_path)
    wanted = {column: text or "" for column, text in typed.items()}

    assert (tmp_path / "csv").read_bytes() == (tmp_path / "csv0").read_bytes()
    for number, separator in enumerate(SEPARATORS):
        with (tmp_path / f"csv{number}").open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file, delimiter=separator))
        assert [row["person_id"] for row in rows] == ["1", "2"]
        assert rows[0]["consents"] == rows[1]["consents"] == ""
        assert {column: unguard(rows[0][column], separator) for column in TYPED} == wanted
        assert all(guard(text, separator) == rows[0][column] for column, text in wanted.items())

    first = json.loads((tmp_path / "json").read_bytes())[0]
    assert {column: first[column] for column in TYPED} == typed

    first = parquet.read_table(tmp_path / "parquet").to_pylist()[0]
    assert {column: first[column] for column in TYPED} == typed

    keys = [row[0] for row in read_xlsx(tmp_path / "xlsx")["Columns"][1:]]
    cells = dict(zip(keys, read_xlsx(tmp_path / "xlsx")["People"][1], strict=True))
    assert {column: cells[column] or "" for column in TYPED} == wanted


@pytest.mark.parametrize("wanted", ["xlsx"])
def test_text_longer_than_a_cell_is_cut(wanted: str, database: Database, tmp_path: Path) -> None:
    """Excel refuses a workbook with a longer text; the other formats keep all of it."""
    text = "😀" * 20_000
    exported(database, {"expertise": text}, tmp_path)
    keys = [row[0] for row in read_xlsx(tmp_path / "xlsx")["Columns"][1:]]
    cell = read_xlsx(tmp_path / "xlsx")["People"][1][keys.index("expertise")]
    assert isinstance(cell, str)
    assert len(cell.encode("utf-16-le")) // 2 <= 32_767
    assert cell.endswith("…")
    assert text.startswith(cell[:-1])
    assert json.loads((tmp_path / "json").read_bytes())[0]["expertise"] == text
