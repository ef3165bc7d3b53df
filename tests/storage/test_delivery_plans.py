"""Finding what is due, held or about something passes old messages by, on both databases."""

from __future__ import annotations

from typing import Any

import pytest

from storage import deliveries, held, planning, sent
from storage.database import Database
from storage.statements import Statement, sql
from tests.outreach.sending import person

MOMENT = "2026-11-23T11:00:00.000000Z"
VALUES: dict[str, Any] = {
    "channel": "telegram", "account": "bot", "lane": 3, "now": MOMENT, "after_due": MOMENT,
    "after_id": 0, "busy": '["1"]', "limit": 10, "week_ago": MOMENT, "spared": 2, "number": 1,
    "before": 2**62,
}  # fmt: skip


def plan(database: Database, statement: Statement) -> str:
    """What the database means to do. PostgreSQL reads small tables whole unless told not to."""
    params = {name: VALUES[name] for name in statement.names}
    with database.reading() as tx:
        if tx.dialect == "sqlite":
            rows = tx.run(sql(f"EXPLAIN QUERY PLAN {statement.sqlite}"), **params)
            return "\n".join(str(row[3]) for row in rows)
    with database.transaction() as tx:
        tx.run(sql("SET LOCAL enable_seqscan = off"))
        tx.run(sql("SET LOCAL enable_bitmapscan = off"))
        rows = tx.run(sql(f"EXPLAIN {statement.sqlite}"), **params)
        return "\n".join(str(row[0]) for row in rows)


SUBQUERIES = {"d", "waiting"}  # a page of rows, three moments


def walked(plan: str) -> set[str]:
    """Tables that are read from end to end."""
    lines = [line.strip().removeprefix("->").strip() for line in plan.splitlines()]
    whole = [line.removeprefix("SCAN ") for line in lines if line.startswith("SCAN ")]
    whole += [line.removeprefix("Seq Scan on ") for line in lines if line.startswith("Seq Scan ")]
    return {
        line.split()[0] for line in whole if "USING" not in line and "VIRTUAL" not in line
    } - SUBQUERIES


@pytest.mark.parametrize("busy", [False, True])
@pytest.mark.parametrize("budget", [False, True])
def test_candidates_are_found_in_the_index_and_looked_up(
    database: Database, busy: bool, budget: bool
) -> None:
    steps = plan(database, deliveries._CANDIDATES[database.dialect, 20, busy, budget])
    assert "ix_delivery_due" in steps
    assert walked(steps) == set()
    assert ("ix_delivery_unasked" in steps) == budget
    if database.dialect == "sqlite":
        assert "(channel=? AND account=? AND lane=? AND due_at>? AND due_at<?)" in steps
        # What was found in order is put in order once more: a page of rows.
        assert steps.count("TEMP B-TREE") <= 1


def test_the_next_moment_is_read_from_the_index(database: Database) -> None:
    steps = plan(database, deliveries._NEXT)
    assert steps.count("ix_delivery_due") == 3
    assert walked(steps) == set()


def test_the_zones_that_people_live_in_are_read_from_the_index(database: Database) -> None:
    with database.transaction() as tx:
        for zone in ("Europe/Bratislava", "Asia/Tokyo", None, "", "Asia/Tokyo"):
            person(tx, timezone=zone)
    with database.reading() as tx:
        assert planning.zones(tx) == ["Asia/Tokyo", "Europe/Bratislava"]
    steps = plan(database, planning._ZONES)
    assert "ix_person_timezone" in steps
    assert walked(steps) <= {"known"}


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (held._RELEASE["all"], "ix_delivery_held"),
        (held._RELEASE["broadcast"], "ix_delivery_"),
        (held._RELEASE["event"], "_delivery_"),
        (held._HOLD["all"], "ix_delivery_due"),
        (held._TALLIES["held", "all"], "ix_delivery_held"),
        (held._LIST["held", "all"], "ix_delivery_held"),
        (held._LIST["", "broadcast"], "delivery"),
        (sent._HOLD, "ix_delivery_due"),
    ],
)  # fmt: skip
def test_what_is_held_is_found_in_the_index(
    database: Database, statement: Statement, index: str
) -> None:
    steps = plan(database, statement)
    assert index in steps
    assert "delivery" not in walked(steps)
