"""Who takes part in a round: everybody who may, nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from outreach.mentoring.pool import Everybody, read_pool
from storage.database import Database, sql
from storage.living import consent
from storage.mentoring import blocks
from storage.transaction import Transaction
from tests.outreach.inviting import NOW, expats
from tests.storage.mentoring_data import DAY, ask, member, offer, pair, share

SET = "UPDATE {} SET {} WHERE {}"


@pytest.fixture
def tx(database: Database) -> Iterator[Transaction]:
    """Local 1 with an open request, mentors 11 and 12 with two places each."""
    with database.transaction() as transaction:
        member(transaction, 1, "Adam", "local")
        member(transaction, 11, "Mária", "expat")
        member(transaction, 12, "Nina", "expat")
        ask(transaction, 1, days=10)
        offer(transaction, 11)
        offer(transaction, 12)
        yield transaction


def read(
    tx: Transaction,
    organisation: str | None = None,
    channels: tuple[str, ...] | None = ("demo",),
    requests: list[int] | None = None,
    mentors: list[int] | None = None,
    *,
    asked: bool = False,
) -> Everybody:
    return read_pool(tx, organisation, NOW, expats(), channels, requests, mentors, asked=asked)


def there(found: Everybody) -> tuple[list[int], list[int]]:
    """(mentees, mentors) of the pool."""
    seekers, mentors = found.pool.seekers, found.pool.mentors
    return [each.person for each in seekers], [each.person for each in mentors]


def change(tx: Transaction, table: str, values: str, where: str) -> None:
    assert tx.run(sql(SET.format(table, values, where))).rowcount == 1


def test_the_pool_holds_what_both_sides_said(tx: Transaction) -> None:
    change(tx, "mentoring_request", "hours = '[\"weekends\"]', passed_over = 2, ahead = 1", "TRUE")
    share(tx, 11)

    found = read(tx).pool
    (seeker,), mentor = found.seekers, found.mentors[0]
    assert (seeker.person, seeker.organisation, seeker.sharing) == (1, "cike", False)
    assert (seeker.skills, seeker.field) == (("teamwork", "planning"), "it")
    assert seeker.languages == {"sk", "en"}
    assert seeker.hours == {"weekends"}
    assert (seeker.waited_days, seeker.passed_over, seeker.ahead) == (10, 2, True)
    assert seeker.timezone == "Europe/Bratislava"
    assert (mentor.person, mentor.sharing, mentor.places) == (11, True, 2)
    assert mentor.skills == {"teamwork"}
    assert mentor.languages == {"en"}


def test_who_said_no_language_or_zone_has_their_own_and_the_organisations(tx: Transaction) -> None:
    change(tx, "mentoring_request", "languages = '[]'", "TRUE")
    change(tx, "mentor_offer", "languages = '[]'", "person_id = 11")
    change(tx, "person", "timezone = NULL, organisation = 'bsc_kranj'", "id = 11")

    found = read(tx).pool
    assert found.seekers[0].languages == {"sk"}
    assert found.mentors[0].languages == {"sk"}
    assert found.mentors[0].timezone == expats().zone("bsc_kranj")


@pytest.mark.parametrize(
    ("table", "values", "where"),
    [
        ("mentoring_request", "status = 'closed'", "person_id = 1"),
        ("mentoring_request", "status = 'matched'", "person_id = 1"),
        ("person", "status = 'joining'", "id = 1"),
        ("person", "status = 'mapped'", "id = 1"),
        ("person", "paused_until = '2026-11-03'", "id = 1"),
        ("person", "status = 'paused'", "id = 1"),
        ("consent", "given = FALSE", "person_id = 1 AND purpose = 'mentoring'"),
        ("identity", "status = 'unreachable'", "person_id = 1"),
        ("identity", "channel = 'slack'", "person_id = 1"),
    ],
)
def test_a_request_takes_no_part(tx: Transaction, table: str, values: str, where: str) -> None:
    change(tx, table, values, where)
    assert there(read(tx)) == ([], [11, 12])


@pytest.mark.parametrize(
    ("table", "values", "where"),
    [
        ("mentor_offer", "status = 'off'", "person_id = 11"),
        ("mentor_offer", "break_until = '2026-11-03'", "person_id = 11"),
        ("person", "status = 'new'", "id = 11"),
        ("person", "paused_until = '2026-11-03'", "id = 11"),
        ("consent", "given = FALSE", "person_id = 11 AND purpose = 'mentoring'"),
        ("identity", "status = 'unreachable'", "person_id = 11"),
    ],
)
def test_a_mentor_takes_no_part(tx: Transaction, table: str, values: str, where: str) -> None:
    change(tx, table, values, where)
    found = read(tx)
    assert there(found) == ([1], [12])
    assert found.full == ()


@pytest.mark.parametrize(
    ("table", "values", "where"),
    [
        ("mentor_offer", "break_until = '2026-11-02'", "person_id = 11"),
        ("person", "paused_until = '2026-11-02'", "id = 11"),
        ("person", "status = 'paused', paused_until = '2026-11-02'", "id = 11"),
        ("consent", "given = FALSE", "person_id = 11 AND purpose = 'invitations'"),
    ],
)
def test_who_is_back_takes_part_again(tx: Transaction, table: str, values: str, where: str) -> None:
    consent(tx, 11, {"invitations": True}, notice_version="1", channel="demo", now=NOW)
    change(tx, table, values, where)
    assert there(read(tx)) == ([1], [11, 12])


def test_any_platform_is_enough_where_none_is_named(tx: Transaction) -> None:
    change(tx, "identity", "channel = 'slack'", "person_id = 1")
    assert there(read(tx, channels=("telegram",))) == ([], [])
    assert there(read(tx, channels=("slack",))) == ([1], [])
    assert there(read(tx, channels=None)) == ([1], [11, 12])
    assert there(read(tx, channels=())) == ([], [])


@pytest.mark.parametrize("state", ["proposed", "asked_mentor", "asked_mentee", "introduced", "met"])
def test_a_live_match_holds_a_place_and_the_request(tx: Transaction, state: str) -> None:
    change(tx, "mentor_offer", "capacity = 1", "person_id = 11")
    pair(tx, 1, 1, 11, state=state)

    found = read(tx)
    assert there(found) == ([], [12])
    assert [(each.person, each.places) for each in found.full] == [(11, 0)]
    assert there(read(tx, asked=True)) == ([1], [12])


@pytest.mark.parametrize("state", ["declined", "lapsed", "withdrawn", "dropped", "ended", "done"])
def test_a_match_that_is_over_holds_nothing(tx: Transaction, state: str) -> None:
    pair(tx, 1, 1, 11, state=state)
    found = read(tx)
    assert there(found) == ([1], [11, 12])
    assert found.pool.barred == frozenset()


def test_a_lowered_capacity_leaves_no_place(tx: Transaction) -> None:
    member(tx, 2, "Beáta", "local")
    pair(tx, 1, 1, 11, state="introduced")
    pair(tx, ask(tx, 2), 2, 11, state="met")
    change(tx, "mentor_offer", "capacity = 1", "person_id = 11")

    assert [(each.person, each.places) for each in read(tx).full] == [(11, -1)]


def test_who_was_put_to_a_mentor_is_not_so_again_until_it_is_long_ago(tx: Transaction) -> None:
    days = expats().mentoring.again_days
    pair(tx, 1, 1, 11, state="declined", mentor_asked_at=NOW - days * DAY + timedelta(seconds=1))
    pair(tx, 1, 1, 12, state="declined", mentor_asked_at=NOW - days * DAY)

    assert read(tx).pool.barred == {(1, 11)}


def test_a_block_either_way_bars(tx: Transaction) -> None:
    blocks.put(tx, 1, 11, "person", NOW)
    blocks.put(tx, 12, 1, "staff", NOW)

    assert read(tx).pool.barred == {(1, 11), (1, 12)}
    assert read(tx, requests=[999]).pool.barred == frozenset()


def test_only_one_organisations_requests_and_everybodys_mentors(tx: Transaction) -> None:
    member(tx, 2, "Drago", "local", "bsc_kranj")
    ask(tx, 2)

    assert there(read(tx)) == ([1, 2], [11, 12])
    assert there(read(tx, "bsc_kranj")) == ([2], [11, 12])


def test_a_few_are_read_as_all_are(tx: Transaction) -> None:
    member(tx, 2, "Beáta", "local")
    second = ask(tx, 2)

    assert there(read(tx, requests=[second], mentors=[12, 4711])) == ([2], [12])
    assert there(read(tx, requests=[], mentors=[])) == ([], [])
