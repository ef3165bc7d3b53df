"""Two identities become one person: by a code that works once and soon, nothing is lost, nothing
is sent twice, and what was answered stays."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from storage import links
from storage.database import Database
from storage.statements import sql
from storage.tables import Table
from storage.transaction import Transaction
from tests.outreach.sending import NOON, answered, broadcast, delivery, event, person
from tests.storage.full_people import ALONE, STAYING, fill

SOON = NOON + timedelta(minutes=15)
TICK = NOON.resolution


def test_a_code_leads_to_its_owner_once(database: Database) -> None:
    with database.transaction() as tx:
        jana, eva = person(tx), person(tx)
        links.new_code(tx, "janas", jana, SOON, NOON)
        links.new_code(tx, "evas", eva, SOON, NOON)
        assert links.redeem(tx, "nobodys", NOON) is None
        assert links.redeem(tx, "janas", NOON) == jana
        assert links.redeem(tx, "janas", NOON) is None
        assert links.redeem(tx, "evas", SOON) == eva


def test_a_code_ends_in_time(database: Database) -> None:
    with database.transaction() as tx:
        links.new_code(tx, "janas", person(tx), SOON, NOON)
        assert links.redeem(tx, "janas", SOON + TICK) is None
        assert links.redeem(tx, "janas", NOON) is None, "tried once is tried"


def test_a_new_code_ends_the_same_persons_earlier_one(database: Database) -> None:
    with database.transaction() as tx:
        jana, eva, old = person(tx), person(tx), person(tx)
        links.new_code(tx, "olds", old, NOON, NOON)
        links.new_code(tx, "evas", eva, SOON, NOON)
        links.new_code(tx, "first", jana, SOON, NOON)
        links.new_code(tx, "second", jana, SOON, NOON + TICK)
        left = tx.run(sql("SELECT code_hash FROM link_code ORDER BY code_hash")).fetchall()
        assert left == [("evas",), ("second",)]
        assert links.redeem(tx, "first", NOON) is None
        assert links.redeem(tx, "second", NOON) == jana


MOVE = {"identity", "answer", "trait", "inbox", "consent_log", "delivery", "rsvp"}
"""Tables whose rows of the one who is given up become those of the one who is kept."""
GO = {
    "person", "consent", "provenance",  # what the kept one says of themselves stands
    "conversation", "link_code", "task",
    "mentoring_request", "mentor_offer", "mentoring_block",  # moved before: outreach.mentoring
}  # fmt: skip
BY_USER = {"quarantine"}  # belongs to an account, wherever that belongs
UNLIKE = ("UPDATE rsvp SET event_id = 8 WHERE person_id = 2",)
ROUNDS = (*UNLIKE, "UPDATE answer SET survey = 'formats', round = 'r' || person_id")
SURVEYS = (*UNLIKE, "UPDATE answer SET survey = 's' || person_id, round = '1'")
ALIKE = (
    "UPDATE answer SET survey = 'formats', round = '1'",
    "UPDATE answer SET question = 'q' || person_id",
    "UPDATE trait SET kind = 'roles'",
    "UPDATE delivery SET kind = 'reminder', variant = '1d'",
)


def rows_of(tx: Transaction, person: int) -> dict[str, list[dict[str, Any]]]:
    """Table -> everything in it that belongs to somebody, whatever the column order."""
    found = {}
    for table in Table.metadata.sorted_tables:
        if table.name not in ALONE | STAYING | BY_USER:
            owner = table.c.id if table.name == "person" else table.c.person_id
            wanted = select(table).where(owner == person).order_by(*table.primary_key.columns)
            found[table.name] = [dict(row) for row in tx.connection.execute(wanted).mappings()]
    return found


@pytest.mark.parametrize(
    ("changes", "move"),
    [(ROUNDS, MOVE), (SURVEYS, MOVE), (ALIKE, {"identity", "inbox", "consent_log"})],
    ids=["other rounds", "other surveys", "both said the same things"],
)
def test_joining_two_full_people_keeps_every_row_that_is_to_be_kept(
    database: Database, changes: tuple[str, ...], move: set[str]
) -> None:
    """A new table has to be put down here: what joining does with its rows."""
    with database.transaction() as tx:
        fill(tx, 1, "Ana-Novak")
        fill(tx, 2, "Bor-Kovac")
        event(tx, id=8, key="dinner")
        for change in changes:
            tx.run(sql(change))
        kept, given = rows_of(tx, 1), rows_of(tx, 2)
        assert set(kept) == MOVE | GO
        links.merge(tx, keep=1, give=2)
        after, gone = rows_of(tx, 1), rows_of(tx, 2)
    moved = {
        name: [{**row, "person_id": 1} for row in given[name]] if name in move else []
        for name in given
    }
    for name, rows in kept.items():
        assert sorted(map(repr, after[name])) == sorted(map(repr, rows + moved[name])), name
    assert not any(gone.values())


def test_joining_keeps_ones_own_willingness_and_takes_the_others_where_there_is_none(
    database: Database,
) -> None:
    with database.transaction() as tx:
        willing = sql("SELECT willingness FROM person WHERE id = :id")
        for own, other, left in (("yes", "no", "yes"), (None, "no", "no"), ("yes", None, "yes")):
            keep, give = person(tx, willingness=own), person(tx, willingness=other)
            bystander = person(tx, willingness=None)
            links.merge(tx, keep, give)
            assert tx.run(willing, id=keep).fetchone() == (left,)
            assert tx.run(willing, id=bystander).fetchone() == (None,)


def test_merge_sends_a_broadcast_and_a_notice_once_and_keeps_answers(database: Database) -> None:
    with database.transaction() as tx:
        keep, give = person(tx), person(tx, channel="slack")
        news, old, brunch, dinner = (
            broadcast(tx), broadcast(tx, key="old"), event(tx), event(tx, key="dinner"),
        )  # fmt: skip
        sent = [delivery(tx, keep, broadcast_id=news, state="sent")]
        delivery(tx, give, broadcast_id=news)
        sent.append(delivery(tx, give, broadcast_id=old))
        sent.append(delivery(tx, keep, "reminder", event_id=brunch, variant="1d"))
        delivery(tx, give, "reminder", event_id=brunch, variant="1d")
        sent.append(delivery(tx, give, "reminder", event_id=brunch, variant="1h"))
        answered(tx, brunch, keep, "going")
        answered(tx, brunch, give, "maybe")
        answered(tx, dinner, give, "going")
        links.merge(tx, keep, give)
        rows = tx.run(sql("SELECT id FROM delivery WHERE person_id = :p ORDER BY id"), p=keep)
        assert [each[0] for each in rows.fetchall()] == sent
        count = tx.run(sql("SELECT count(*) FROM delivery")).fetchone()
        assert count == (len(sent),)
        rsvps = tx.run(sql("SELECT event_id, person_id, state FROM rsvp ORDER BY event_id"))
        assert rsvps.fetchall() == [(brunch, keep, "going"), (dinner, keep, "going")]


def test_merge_does_not_send_again_what_the_other_one_got(database: Database) -> None:
    with database.transaction() as tx:
        keep, give = person(tx), person(tx, channel="slack")
        news, lost, failed, brunch = (
            broadcast(tx), broadcast(tx, key="lost"), broadcast(tx, key="failed"), event(tx),
        )  # fmt: skip
        kept = [delivery(tx, give, broadcast_id=news, state="sent")]
        delivery(tx, keep, broadcast_id=news)
        kept.append(delivery(tx, give, broadcast_id=lost, state="unknown"))
        delivery(tx, keep, broadcast_id=lost, state="held")
        kept.append(delivery(tx, give, broadcast_id=failed, state="failed"))
        kept.append(delivery(tx, keep, broadcast_id=failed))  # waits: nobody got it
        kept.append(delivery(tx, give, "invitation", event_id=brunch, state="sent"))
        delivery(tx, keep, "invitation", event_id=brunch)
        kept.append(delivery(tx, keep, "reminder", event_id=brunch, variant="1d"))
        links.merge(tx, keep, give)
        rows = tx.run(sql("SELECT id FROM delivery WHERE person_id = :p ORDER BY id"), p=keep)
        assert [each[0] for each in rows.fetchall()] == kept
