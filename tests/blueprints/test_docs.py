"""docs/blueprint.md names every key of every model; docs/data-protection.md every table."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

import blueprints.facts
import blueprints.options
import blueprints.schema
from blueprints.facts import BUILT_IN, FactKind
from blueprints.load import default_path, load
from blueprints.options import Option
from blueprints.raw import NAMED_LISTS
from blueprints.schema import Blueprint, Mentoring, Timings, Weights
from blueprints.values import Column, Model, PurposeKey, QuestionKind
from bot import housekeeping
from outreach import ending
from storage.tables import Table

DOCS_FOLDER = Path(__file__).parents[2] / "docs"
DOCS = (DOCS_FOLDER / "blueprint.md").read_text("utf-8")
MODELS = sorted(
    {
        each
        for module in (blueprints.schema, blueprints.options, blueprints.facts)
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, Model) and each is not Model
    },
    key=lambda model: model.__name__,
)


def section(name: str) -> str:
    heading = "The top of the file" if name == "Blueprint" else name
    found = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", DOCS, re.MULTILINE | re.DOTALL)
    assert found, f"docs/blueprint.md has no section {heading}"
    return found.group(1)


def test_models_are_all_found() -> None:
    assert Blueprint in MODELS
    assert Option in MODELS
    assert len(MODELS) == 23


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_docs_name_every_key_in_its_section(model: type[Model]) -> None:
    words = section(model.__name__)
    assert [key for key in model.model_fields if f"`{key}`" not in words] == []


@pytest.mark.parametrize(
    "words",
    [Column, PurposeKey, QuestionKind, FactKind],
    ids=["column", "purpose", "kind", "fact"],
)
def test_docs_name_every_known_word(words: object) -> None:
    assert [word for word in get_args(words) if f"`{word}`" not in DOCS] == []


def test_docs_name_every_list_that_a_question_can_use() -> None:
    assert [name for name in NAMED_LISTS if f'`"{name}"`' not in section("SurveyQuestion")] == []


def test_docs_name_every_fact_that_is_built_in() -> None:
    words = section("Facts that are built in")
    assert [key for key in BUILT_IN if f"`{key}`" not in words] == []
    assert [name for name in NAMED_LISTS if f'`"{name}"`' not in section("Fact")] == []


def test_docs_give_the_default_of_every_timing() -> None:
    for key, value in Timings().model_dump().items():
        assert f"| `{key}` | {value} |" in section("Timings")


@pytest.mark.parametrize("model", [Mentoring, Weights])
def test_docs_give_the_default_of_everything_in_mentoring(model: type[Mentoring | Weights]) -> None:
    """A blueprint without these tables runs on them."""
    shown = {
        "wish": "none",
        "offer": "none",
        "unattended": "false",
        "nudges": "`[7, 14]`",
        "priorities": "`[]`",
        "weights": "table",
    }
    for key, value in model().model_dump().items():
        assert f"| `{key}` | {shown.get(key, value)} |" in section(model.__name__)


def test_docs_name_no_key_that_does_not_exist() -> None:
    for model in MODELS:
        rows = re.findall(
            r"^\| (`[a-z_]+`(?:, `[a-z_]+`)*) \|", section(model.__name__), re.MULTILINE
        )
        named = {key for row in rows for key in re.findall(r"`([a-z_]+)`", row)}
        if model.__name__ == "SurveyQuestion":
            named -= {word for words in (QuestionKind, Column) for word in get_args(words)}
        assert named <= set(model.model_fields), model.__name__


def test_data_protection_names_every_table() -> None:
    """A new table must say what it holds, what for and how long."""
    text = (DOCS_FOLDER / "data-protection.md").read_text("utf-8")
    rows = re.findall(r"^\| ((?:`[a-z_]+`(?:, )?)+) \|.*\|.*\|.*\|$", text, re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`([a-z_]+)`", row)}
    assert named == set(Table.metadata.tables)


def test_data_protection_names_only_timings_that_exist() -> None:
    text = (DOCS_FOLDER / "data-protection.md").read_text("utf-8")
    named = set(re.findall(r"`([a-z_]+_(?:days|minutes))`", text))
    assert named <= set(Timings.model_fields) | set(Mentoring.model_fields)
    assert named


def test_data_protection_gives_every_length_as_the_blueprint_has_it() -> None:
    """Row by row: the days in the table are those that the program keeps."""
    text = (DOCS_FOLDER / "data-protection.md").read_text("utf-8")
    timings = load(default_path()).timings
    rows = dict(re.findall(r"^\| [^|]*\(`([a-z_]+_days)`\) \| (\d+) days", text, re.MULTILINE))
    kept = {name for name in Timings.model_fields if name.endswith("_days")}
    kept -= {"fact_days", "farewell_days", "unfinished_notice_days"}  # nothing ends with these
    assert rows == {name: str(getattr(timings, name)) for name in kept}
    assert f"told {timings.unfinished_notice_days} days before" in text
    assert set(housekeeping.PURGES) | {"delivery_days", "unfinished_days"} == kept


def test_data_protection_says_what_stays_after_the_end() -> None:
    text = (DOCS_FOLDER / "data-protection.md").read_text("utf-8")
    end = text.partition("## The end of the programme")[2]
    assert [word for word in ("erasure", "staff log", "names of staff") if word not in end] == []
    assert set(ending.KEPT) == {"erasure", "staff_log", "staff"}
    days = ", ".join(map(str, ending.DAYS_BEFORE[:-1]))
    assert f"{days} and {ending.DAYS_BEFORE[-1]} days before" in end


PAPERS = {
    each.stem: each.read_text("utf-8") for each in (DOCS_FOLDER / "data-protection").glob("*.md")
}


def test_each_paper_of_data_protection_is_in_the_index() -> None:
    index = (DOCS_FOLDER / "data-protection.md").read_text("utf-8")
    linked = set(re.findall(r"\(data-protection/([a-z]+)\.md\)", index))
    assert linked == set(PAPERS)


def test_the_record_of_processing_has_the_blueprints_purposes_and_last_day() -> None:
    blueprint = load(default_path())
    rows = re.findall(r"^\| `([a-z]+)` \|", PAPERS["record"], re.MULTILINE)
    assert rows == [each.key for each in blueprint.purposes]
    day = blueprint.programme.ends_on
    assert day is not None
    assert f"{day.day} {day:%B} {day.year}" in PAPERS["record"]
    assert f"From {blueprint.programme.minimum_age}" in PAPERS["record"]


def test_the_papers_name_the_controllers_as_the_notice_does() -> None:
    for each in load(default_path()).organisations:
        for paper in ("record", "arrangement"):
            assert each.legal_name in " ".join(PAPERS[paper].split())
        assert each.seat is not None
        assert each.seat in PAPERS["record"]


def test_the_papers_name_only_settings_and_tables_that_exist() -> None:
    known = set(Timings.model_fields) | set(Table.metadata.tables)
    for text in PAPERS.values():
        days = set(re.findall(r"`([a-z_]+_(?:days|minutes))`", text))
        tables = set(re.findall(r"`((?:staff|inbox)(?:_[a-z]+)*)`", text))
        assert days | tables <= known


def test_the_notice_says_who_gets_the_data_in_its_second_layer() -> None:
    programme = load(default_path()).programme
    assert programme.recipients is not None
    words = {"en": "Auditors", "sk": "audítori", "sl": "revizorji"}
    for language, word in words.items():
        assert word in programme.recipients[language]
        assert "Slack" in programme.recipients[language]
        assert len(programme.recipients[language]) < 600


def test_the_paper_on_recipients_and_the_notice_name_the_same() -> None:
    """Whom the paper has and the notice has not: mentor and mentee, of whom each pair is asked."""
    said = load(default_path()).programme.recipients
    assert said is not None
    rows = re.findall(r"^\| ([A-Z][^|]*) \| ", PAPERS["processors"], re.MULTILINE)
    named = {
        "Host": "the server", "Backup": "the server", "Slack": "Slack (USA)", "Other": "the other",
        "Telegram": "Telegram, outside the Union", "Auditors": "Auditors of the Interreg",
    }  # fmt: skip
    assert {row.split()[0] for row in rows} == {*named, "Mentor"}
    words = " ".join(said["en"].split())
    assert [each for each in named.values() if each not in words] == []
    for safeguard in ("standard contractual clauses", "Article 28"):
        assert safeguard in words
        assert safeguard in PAPERS["processors"]
