"""Two identities become one person: by a code that works once and soon, nothing is lost, nothing
is sent twice, and what was answered stays."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select

from storage import links
from storage.database import Database
from storage.statements import sql
from storage.states import DELIVERY_STATES
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
        found = links.redeem(tx, "janas", NOON)
        assert found == links.Code(jana, None, None, SOON)
        assert links.redeem(tx, "janas", NOON) is None
        found = links.redeem(tx, "evas", SOON)
        assert found is not None
        assert found.person == eva


def test_a_code_ends_in_time(database: Database) -> None:
    with database.transaction() as tx:
        links.new_code(tx, "janas", person(tx), SOON, NOON)
        assert links.redeem(tx, "janas", SOON + TICK) is None
        assert links.redeem(tx, "janas", NOON) is None, "tried once is tried"


def test_a_new_code_ends_the_same_persons_earlier_one(database: Database) -> None:
    with database.transaction() as tx:
        jana, eva, old, late = (person(tx) for _ in range(4))
        links.new_code(tx, "olds", old, NOON, NOON)
        links.new_code(tx, "lates", late, NOON + TICK, NOON)
        links.new_code(tx, "evas", eva, SOON, NOON)
        links.new_code(tx, "first", jana, SOON, NOON)
        links.new_code(tx, "second", jana, SOON, NOON + TICK)
        left = tx.run(sql("SELECT code_hash FROM link_code ORDER BY code_hash")).fetchall()
        assert left == [("evas",), ("lates",), ("second",)]
        assert links.redeem(tx, "first", NOON) is None
        assert links.redeem(tx, "second", NOON) == links.Code(jana, None, None, SOON)


MOVE = {"inbox", "inbox_reply", "consent_log", "delivery", "rsvp"}
"""Tables whose rows of the one who is given up become those of the one who is kept."""
GO = {
    "person", "consent", "provenance",  # what the kept one says of themselves stands
    "identity", "answer", "trait",  # taken over when they were joined
    "conversation", "link_code", "link_try", "task", "asked",
    "mentoring_request", "mentor_offer", "mentoring_block",  # moved before: outreach.mentoring
}  # fmt: skip
BY_USER = {"quarantine", "joining"}  # belongs to an account, wherever that belongs
UNLIKE = ("UPDATE rsvp SET event_id = 8 WHERE person_id = 2",)
ALIKE = ("UPDATE delivery SET kind = 'reminder', variant = '1d'",)


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
    [(UNLIKE, MOVE), (ALIKE, {"inbox", "inbox_reply", "consent_log"})],
    ids=["other events", "both said the same things"],
)
def test_joining_two_full_people_keeps_every_row_that_is_to_be_kept(
    database: Database, changes: tuple[str, ...], move: set[str]
) -> None:
    """A new table has to be put down here: what joining does with its rows. Others' stay."""
    with database.transaction() as tx:
        for number, name in ((1, "Ana-Novak"), (2, "Bor-Kovac"), (3, "Cene-Zajc")):
            fill(tx, number, name)
        event(tx, id=8, key="dinner")
        for change in changes:
            tx.run(sql(change))
        kept, given, others = (rows_of(tx, number) for number in (1, 2, 3))
        assert set(kept) == MOVE | GO
        links.merge(tx, keep=1, give=2)
        after, gone, untouched = (rows_of(tx, number) for number in (1, 2, 3))
    moved = {
        name: [{**row, "person_id": 1} for row in given[name]] if name in move else []
        for name in given
    }
    for name, rows in kept.items():
        assert sorted(map(repr, after[name])) == sorted(map(repr, rows + moved[name])), name
    assert not any(gone.values())
    assert untouched == others


def test_who_hosts_and_speaks_still_does(database: Database) -> None:
    with database.transaction() as tx:
        keep, give, other = person(tx), person(tx), person(tx)
        event(tx, key="a", host_id=give, speaker_id=other)
        event(tx, key="b", host_id=other, speaker_id=give)
        links.merge(tx, keep, give)
        found = tx.run(sql("SELECT host_id, speaker_id FROM event ORDER BY key")).fetchall()
        assert found == [(keep, other), (other, keep)]


def test_five_codes_that_do_not_exist_are_enough_for_an_hour(database: Database) -> None:
    with database.transaction() as tx:
        jana, eva = person(tx), person(tx)
        for _ in range(5):
            assert links.may_try(tx, jana, NOON)
            links.tried(tx, jana, NOON)
        hour = timedelta(hours=1)
        assert not links.may_try(tx, jana, NOON + hour - TICK)
        assert links.may_try(tx, eva, NOON)
        assert links.may_try(tx, jana, NOON + hour)
        for _ in range(5):
            assert links.may_try(tx, jana, NOON + hour)
            links.tried(tx, jana, NOON + hour)
        assert not links.may_try(tx, jana, NOON + hour), "counted anew from there"


GOT = {"sending", "sent", "unknown"}  # or may have got
WAITING = {"queued", "held"}


def _who_has_it(about: str, own: str, other: str) -> set[str]:
    """Of one message to both of them: whose is left."""
    if own in WAITING and other in GOT:
        return {"other"}  # not once more
    if about == "notice" or other in WAITING:
        return {"own"}
    return {"own", "other"}  # what came of a broadcast is history


@pytest.mark.parametrize("about", ["notice", "broadcast"])
def test_what_both_were_to_be_sent_is_sent_once(database: Database, about: str) -> None:
    """Whatever has become of either: the one who was to be sent it and the one who got it."""
    left = {}
    with database.transaction() as tx:
        number = event(tx) if about == "notice" else broadcast(tx)
        values: dict[str, Any] = {"broadcast_id": number}
        if about == "notice":
            values = {"event_id": number, "kind": "reminder", "variant": "1d"}
        delivery(tx, person(tx), state="sent", **values)  # a bystander got it
        for own, other in product(DELIVERY_STATES, repeat=2):
            keep, give = person(tx), person(tx, channel="slack")
            names = {
                delivery(tx, keep, state=own, **values): "own",
                delivery(tx, give, state=other, **values): "other",
            }
            links.merge(tx, keep, give)
            found = tx.run(sql("SELECT id FROM delivery WHERE person_id = :id"), id=keep)
            left[own, other] = {names[row[0]] for row in found.fetchall()}
        expected = {pair: _who_has_it(about, *pair) for pair in left}
        assert left == expected
        gone = sum(2 - len(names) for names in expected.values())
        count = tx.run(sql("SELECT count(*) FROM delivery")).fetchone()
        assert count == (1 + 2 * len(left) - gone,)


NOTICE = {"event_id": 1, "kind": "reminder", "variant": "1d"}
NEWS = {"broadcast_id": 1, "kind": "broadcast"}


@pytest.mark.parametrize(
    ("own", "other"),
    [
        (NOTICE, NOTICE | {"event_id": 2}),
        (NOTICE, NOTICE | {"kind": "thanks"}),
        (NOTICE, NOTICE | {"variant": "7d"}),
        (NOTICE | {"broadcast_id": 1}, NOTICE | {"broadcast_id": 1, "event_id": 2}),
        (NEWS, NEWS | {"broadcast_id": 2}),
        (NEWS, NEWS | {"kind": "correction"}),
        (NEWS | {"kind": "correction"}, NEWS),
        (NEWS | {"kind": "correction"}, NEWS | {"kind": "correction"}),
        ({"kind": "reply"}, {"kind": "reply"}),
        ({"kind": "mentor_ask", "match_id": 1}, {"kind": "mentor_ask", "match_id": 1}),
    ],
)  # fmt: skip
def test_messages_that_differ_are_sent_each(
    database: Database, own: dict[str, Any], other: dict[str, Any]
) -> None:
    """To one person now; those about pairs are looked at by outreach.mentoring."""
    states = [("queued", "sent"), ("held", "unknown"), ("sent", "queued"), ("queued", "held")]
    with database.transaction() as tx:
        for number in (1, 2):
            event(tx, id=number, key=f"e{number}")
            broadcast(tx, id=number, key=f"b{number}")
        for first, second in states:
            keep, give = person(tx), person(tx, channel="slack")
            made = [delivery(tx, keep, state=first, **own)]
            if "match_id" in other:  # one row a person and notice
                other = {**other, "variant": f"{first}-{second}"}
            made.append(delivery(tx, give, state=second, **other))
            links.merge(tx, keep, give)
            found = tx.run(sql("SELECT id FROM delivery WHERE person_id = :p ORDER BY id"), p=keep)
            assert [row[0] for row in found.fetchall()] == made, (first, second)


def test_joining_keeps_answers_to_events_of_both_and_ones_own_where_both_answered(
    database: Database,
) -> None:
    with database.transaction() as tx:
        keep, give, other = person(tx), person(tx, channel="slack"), person(tx)
        brunch, dinner, talk = (event(tx, key=key) for key in ("brunch", "dinner", "talk"))
        answered(tx, brunch, keep, "going")
        answered(tx, brunch, give, "maybe")
        answered(tx, dinner, give, "going")
        answered(tx, talk, other, "no")
        links.merge(tx, keep, give)
        rsvps = tx.run(sql("SELECT event_id, person_id, state FROM rsvp ORDER BY event_id"))
        assert rsvps.fetchall() == [
            (brunch, keep, "going"), (dinner, keep, "going"), (talk, other, "no"),
        ]  # fmt: skip
