"""Another region's facts: exported, explained, filtered and told of, without any code for them."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from blueprints.schema import Blueprint
from bot.turn.copy import page
from bot.turn.copy.made import Copy
from messages.words import Words
from outreach.audience import compile_filter, count, expand
from outreach.audience.fields import fields_of
from outreach.errors import BadFilter
from storage import privacy, profile
from storage.database import Database
from storage.exports import Format, export_people
from storage.exports.columns import PEOPLE, people_columns
from storage.statements import sql
from tests.blueprints.editing import load_text
from tests.blueprints.test_facts_told import asked
from tests.outreach.sending import NOON, person
from tests.storage.xlsx_reader import read_xlsx

WORDS = Words(("en", "sl"))
FACTS = """
[[facts]]
key = "provider_type"
kind = "choice"
options = [
  { key = "makerspace", label = { sl = "Delavnica", en = "Makerspace" } },
  { key = "school", label = { sl = "Šola", en = "School" } },
]
ask = { sl = "Kaj ste?", en = "What are you?" }
name = { sl = "Vrsta", en = "Type" }

[[facts]]
key = "offers"
kind = "multi"
options = "skills"
ask = { sl = "Kaj ponujate?", en = "What do you offer?" }

[[facts]]
key = "founded"
kind = "year"
ask = { sl = "Od kdaj?", en = "Since when?" }

[[facts]]
key = "seats"
kind = "number"
ask = { sl = "Koliko mest?", en = "How many seats?" }

[[facts]]
key = "website"
kind = "url"
ask = { sl = "Spletna stran?", en = "Your website?" }

[[facts]]
key = "open"
kind = "yes_no"
ask = { sl = "Ste odprti?", en = "Are you open?" }

[[facts]]
key = "employer"
ask = { sl = "Kje delate?", en = "Where do you work?" }
name = { sl = "Ustanova", en = "Institution" }
"""
KEYS = ["provider_type", "offers", "founded", "seats", "website", "open"]


@cache
def region() -> Blueprint:
    asks = 'asks = ["name", "provider_type", "offers", "founded", "seats", "website", "open"]'
    return load_text(asked(asks, FACTS))


@pytest.fixture
def filled(database: Database) -> Database:
    given: list[dict[str, Any]] = [
        {"provider_type": "makerspace", "offers": ["patience", "listening"], "founded": 2015,
         "seats": 9, "website": "=https://a.example", "open": "yes"},
        {"provider_type": "school", "seats": 120, "open": "no", "founded": 1999},
        {},
    ]  # fmt: skip
    with database.transaction() as tx:
        for facts in given:
            number = person(tx, organisation="stork", consents=("register",))
            profile.save(tx, number, region(), {"name": "Jana", **facts}, "staff", NOON)
            known = profile.load(tx, number, region())
            assert {key: known[key] for key in facts} == facts
    return database


def exported(database: Database, wanted: Format, out: Path) -> Path:
    export_people(database, wanted, out, blueprint=region(), language="sl")
    return out


def test_declared_facts_are_columns_before_the_consents(filled: Database, tmp_path: Path) -> None:
    keys = [column.key for column in people_columns(region())]
    place = keys.index("consents")
    assert keys[place - len(KEYS) : place] == KEYS
    assert [key for key in keys if key not in KEYS] == [column.key for column in PEOPLE]
    text = exported(filled, "csv", tmp_path / "p.csv").read_text("utf-8-sig")
    first, second, third = csv.DictReader(io.StringIO(text))
    assert [first[key] for key in KEYS] == [
        "makerspace", "listening;patience", "2015", "9", "'=https://a.example", "yes",
    ]  # fmt: skip
    assert [second[key] for key in KEYS] == ["school", "", "1999", "120", "", "no"]
    assert {third[key] for key in KEYS} == {""}


def test_numbers_are_numbers_and_lists_lists(filled: Database, tmp_path: Path) -> None:
    rows = json.loads(exported(filled, "json", tmp_path / "p.json").read_bytes())
    assert [rows[0][key] for key in ("offers", "founded", "seats", "website")] == [
        ["listening", "patience"], 2015, 9, "=https://a.example",
    ]  # fmt: skip
    assert [rows[2][key] for key in KEYS] == [None, [], None, None, None, None]
    exported(filled, "parquet", tmp_path / "p.parquet")


def test_the_workbook_has_their_names_and_labels_and_explains_them(
    filled: Database, tmp_path: Path
) -> None:
    sheets = read_xlsx(exported(filled, "xlsx", tmp_path / "p.xlsx"))
    people, legend = sheets.values()
    row = dict(zip(people[0], people[1], strict=True))
    assert (row["Vrsta"], row["Kaj ponujate?"], row["Ste odprti?"]) == (
        "Delavnica", "Poslušanje;Potrpežljivost", "da",
    )  # fmt: skip
    explained = {line[0]: line[1:] for line in legend[1:]}
    assert explained["provider_type"] == ["Vrsta", "Kaj ste?"]
    assert explained["employer"][0] == "Ustanova"


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("provider_type:makerspace", 1), ("provider_type:any", 2), ("not provider_type:school", 2),
        ("offers:patience", 1), ("founded:<2000", 1), ("founded:2015", 1), ("founded:any", 2),
        ("seats:>100", 1), ("seats:9-120", 2), ("website:any", 1), ("open:yes", 1),
        ('website:"=https://a.example"', 1), ("not (seats:any or open:no)", 1),
    ],
)  # fmt: skip
def test_declared_facts_choose_an_audience(filled: Database, text: str, people: int) -> None:
    with filled.reading() as tx:
        assert count(tx, text, region(), NOON, None, ("telegram",)).matched == people
        made = compile_filter(expand(tx, text), region(), NOON)
        rows = tx.run(sql(f"SELECT p.id FROM person p WHERE {made.where}"), **made.params)
        assert len(rows.fetchall()) == people


def test_what_is_no_fact_or_no_value_of_it_is_pointed_at(filled: Database) -> None:
    assert set(KEYS) < set(fields_of(region()))
    with filled.reading() as tx:
        for text, hint in (
            ("provider_typ:school", "did you mean provider_type?"),
            ("provider_type:Šola", "did you mean school?"),
            ("seats:many", "write a number"),
            ("founded:soon", "write a year"),
        ):
            with pytest.raises(BadFilter, match=hint.replace("?", r"\?")):
                count(tx, text, region(), NOON, None, ())


def test_a_saved_audience_may_speak_of_them(filled: Database) -> None:
    with filled.transaction() as tx:
        tx.run(
            sql("INSERT INTO audience (key, filter, created_at) VALUES ('m', :filter, :at)"),
            filter="provider_type:makerspace", at="2026-11-01T00:00:00.000000Z",
        )  # fmt: skip
        assert count(tx, "@m and open:yes", region(), NOON, None, ()).matched == 1


def test_ones_own_data_names_them(filled: Database) -> None:
    with filled.reading() as tx:
        held = privacy.everything_held(tx, 1)
    made = page.page(Copy(held, {}, "en", region(), WORDS, datetime(2026, 12, 1, tzinfo=UTC)))
    for told in ("Type", "Makerspace", "Your website?", "=https://a.example", "Since when?"):
        assert told in made


def test_nothing_of_them_is_left_after_an_erasure(filled: Database) -> None:
    with filled.transaction() as tx:
        privacy.erase(tx, 1, "key", NOON)
        for table in ("trait", "answer", "provenance"):
            left = tx.run(sql(f"SELECT count(*) FROM {table} WHERE person_id = 1")).fetchone()
            assert left == (0,)
