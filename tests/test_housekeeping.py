"""What is thrown away in time, and what stays in its way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from blueprints.schema import Timings
from bot.housekeeping import Housekeeping
from storage import retention
from storage.database import Database, sql
from tests.outreach import sending

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
OLD = NOW - timedelta(days=100)


async def test_old_messages_go_also_those_behind_many_that_stay(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An event was announced long ago, to more people than a slice holds."""
    monkeypatch.setattr(retention.purge_deliveries, "__defaults__", (0, 7))
    with database.transaction() as tx:
        person = sending.person(tx)
        event = sending.event(tx)
        for number in range(20):
            sending.delivery(
                tx, person, "invitation", event_id=event, variant=str(number), state="sent",
                created_at=OLD,
            )  # fmt: skip
        for _ in range(20):
            sending.delivery(tx, person, state="sent", created_at=OLD)
        recent = sending.delivery(tx, person, state="sent", created_at=NOW)
    housekeeping = Housekeeping(database, Timings(), lambda: NOW)
    await housekeeping.look()

    with database.reading() as tx:
        rows = tx.run(sql("SELECT id, kind FROM delivery ORDER BY id")).fetchall()
    assert [kind for _, kind in rows] == ["invitation"] * 20 + ["broadcast"]
    assert rows[-1][0] == recent
