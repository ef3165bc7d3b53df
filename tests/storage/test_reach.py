"""Through which of somebody's identities the bot writes to them, said in two ways."""

from __future__ import annotations

from itertools import product

import pytest

from storage.database import Database
from storage.reach import identity_of, reached_by
from storage.statements import sql
from tests.outreach.sending import identity, person

KINDS = tuple(product(("telegram", "slack", "preview", "demo"), ("ok", "unreachable")))


@pytest.mark.parametrize(
    "channels", [("telegram",), ("slack", "telegram"), ("preview", "telegram", "demo", "slack"), ()]
)
def test_the_identity_joined_is_the_one_that_is_counted(
    database: Database, channels: tuple[str, ...]
) -> None:
    with database.transaction() as tx:
        for number, kinds in enumerate(product(KINDS, KINDS)):
            who = person(tx)
            for place, (channel, status) in enumerate(kinds):
                identity(tx, who, channel, status=status, user_id=f"{number}-{place}", chat_id="1")
        tx.run(sql("DELETE FROM identity WHERE user_id LIKE 'u%'"))
        person(tx, channel="slack")
        one = tx.run(sql(f"SELECT p.id, {identity_of(channels)} FROM person p ORDER BY p.id"))
        joined = f"SELECT p.id, x.id FROM person p LEFT JOIN identity x ON {reached_by(channels)}"
        other = tx.run(sql(f"{joined} ORDER BY p.id"))
        counted = one.fetchall()
        assert other.fetchall() == counted
        assert any(number for _, number in counted) == bool(channels)
