"""The statements that matter at a million people use the indexes that were made for them."""

from __future__ import annotations

import pytest

from storage import outbox, planning, retention
from storage.database import Database
from storage.exports.query import (
    Request,
    answers_statement,
    people_lines_statement,
    people_statement,
)
from storage.statements import Statement, sql

REQUEST = Request(levels={"formats": ("liked",)}, ranked={"skills_needed"})


def plan(url: str, statement: Statement) -> list[str]:
    """What SQLite means to do, step by step."""
    with Database.open(url).reading() as tx:
        params = dict.fromkeys(statement.names, "1")
        rows = tx.run(sql(f"EXPLAIN QUERY PLAN {statement.sqlite}"), **params)
        return [str(row[3]) for row in rows]


@pytest.mark.parametrize("build", [people_statement, people_lines_statement, answers_statement])
def test_exports_walk_the_people_and_look_everything_else_up(
    sqlite_url: str, build: object
) -> None:
    assert callable(build)
    steps = plan(sqlite_url, build(REQUEST, "sqlite"))
    walked = {step.split()[1] for step in steps if step.startswith("SCAN ")}
    assert "p" in walked
    assert walked.isdisjoint({"trait", "consent", "identity", "answer", "a"})
    # A handful of skills is ranked within each person; people themselves are never sorted.
    sorting = [step for step in steps if "TEMP B-TREE" in step]
    assert len(sorting) <= (0 if build is answers_statement else 1)


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (retention._RECEIVED_SQLITE, "ix_received_at"),
        (retention._STUBS, "ix_person_stub"),
        (outbox._WAITING, "ix_delivery_lease"),
        (outbox._OWNERS_POSTGRESQL, "ix_delivery_lease"),
        (outbox._LEFT, "ix_delivery_lease"),
        (outbox._CLAIMED, "ix_delivery_lease"),
        (outbox._ADOPT_SQLITE, "ix_delivery_lease"),
        (outbox._FORGOTTEN, "ix_delivery_lease"),
        (outbox._SENDERS, "ix_delivery_lease"),
        (outbox._QUEUED, "ix_delivery_due"),
        (outbox._HELD, "ix_delivery_held"),
    ],
)
def test_looking_for_what_is_due_passes_old_rows_by(
    sqlite_url: str, statement: Statement, index: str
) -> None:
    steps = plan(sqlite_url, statement)
    assert any(index in step for step in steps)
    assert "SCAN delivery" not in steps


@pytest.mark.parametrize("channels", [("demo",), ("telegram", "slack", "preview")])
@pytest.mark.parametrize("answers", [None, ("going",)])
def test_planning_walks_the_people_and_looks_their_identities_up(
    sqlite_url: str, channels: tuple[str, ...], answers: tuple[str, ...] | None
) -> None:
    """Not the other way round, which reads every identity of a channel for each slice."""
    wanted = planning.Wanted(
        2, "invitation", channels, purpose="invitations", answers=answers, event=1
    )
    steps = plan(sqlite_url, planning._statement(wanted, "sqlite", zoned=False))
    found = [step for step in steps if step.startswith("SEARCH x ")]
    assert len(found) == 1
    assert "ix_identity_person_id_channel (person_id=?" in found[0]
