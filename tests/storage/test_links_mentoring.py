"""Two identities become one person in the middle of mentoring: all of theirs goes on, once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest

from storage import links, tasks
from storage.database import Database
from storage.mentoring import blocks, joining, matches, offers, requests
from storage.statements import sql
from storage.states import MATCH_STATES
from storage.transaction import Transaction
from tests.outreach.sending import NOON, delivery, person

COMMON = {"created_at": NOON, "updated_at": NOON}
LATER = NOON + timedelta(days=1)


def join(tx: Transaction, keep: int, give: int) -> None:
    joining.adopt(tx, keep, give, NOON)
    links.merge(tx, keep, give)


def people(tx: Transaction, number: int) -> list[int]:
    return [person(tx) for _ in range(number)]


def request(tx: Transaction, who: int, **values: Any) -> int:
    return requests.insert(tx, {"person_id": who, "waiting_since": NOON, **COMMON, **values})


def match(tx: Transaction, mentee: int, mentor: int, **values: Any) -> int:
    row = {"mentee_id": mentee, "mentor_id": mentor, "created_at": NOON, "uid": "u", **values}
    return matches.insert(tx, row)


def left(tx: Transaction, rows: str, who: int) -> list[int]:
    """The numbers of somebody's rows."""
    found = tx.run(sql(f"SELECT id FROM {rows} WHERE person_id = :id ORDER BY id"), id=who)
    return [row[0] for row in found.fetchall()]


def test_requests_and_matches_of_both_become_ones(database: Database) -> None:
    with database.transaction() as tx:
        keep, give, other, another = people(tx, 4)
        mine = [request(tx, keep, status="closed"), request(tx, give)]
        theirs = request(tx, other)
        pairs = [
            match(tx, mentee, mentor, state=state)
            for mentee, mentor in ((give, other), (other, give), (keep, other), (other, another))
            for state in MATCH_STATES
        ]
        join(tx, keep, give)
        assert left(tx, "mentoring_request", keep) == mine
        assert left(tx, "mentoring_request", other) == [theirs]
        found = matches.by_ids(tx, pairs)
        sides = [(found[each].mentee_id, found[each].mentor_id) for each in pairs]
        expected = [(keep, other), (other, keep), (keep, other), (other, another)]
        assert sides == [each for each in expected for _ in MATCH_STATES]


def test_an_offer_is_taken_over_with_all_that_it_says(database: Database) -> None:
    with database.transaction() as tx:
        keep, give, other = people(tx, 3)
        for who in (give, other):
            offers.put(tx, who, {"topics": f"topics of {who}", "capacity": 3, **COMMON})
        joining.adopt_offer(tx, keep, give)
        found = {who: offers.of_person(tx, who) for who in (keep, give, other)}
        assert {who: row.topics for who, row in found.items() if row is not None} == {
            keep: f"topics of {give}", other: f"topics of {other}",
        }  # fmt: skip


def test_who_is_to_be_kept_apart_stays_so_in_both_directions(database: Database) -> None:
    with database.transaction() as tx:
        keep, give, one, two, three = people(tx, 5)
        for who, whom, by in (
            (give, one, "person"), (two, give, "staff"),
            (give, keep, "person"), (keep, give, "staff"),  # of oneself
            (give, three, "staff"), (keep, three, "person"),  # asked for by both
            (three, give, "person"), (three, keep, "staff"),
            (one, two, "person"),
        ):  # fmt: skip
            blocks.put(tx, who, whom, by, NOON)
        join(tx, keep, give)
        found = tx.run(sql("SELECT person_id, other_id, by FROM mentoring_block"))
        assert set(found.fetchall()) == {
            (keep, one, "person"), (two, keep, "staff"), (keep, three, "person"),
            (three, keep, "staff"), (one, two, "person"),
        }  # fmt: skip


def test_the_next_best_is_still_the_one(database: Database) -> None:
    with database.transaction() as tx:
        keep, give, *others = people(tx, 25)
        near = int(f"{give}{give}")  # a number with the same digits
        assert near in others
        lists: tuple[list[list[int]], ...] = (
            [[give, 9], [others[0], give]], [[others[0], 9], [give, 5]], [[near, 9], [keep, 5]], [],
        )  # fmt: skip
        numbers = [match(tx, others[0], others[1], alternatives=each) for each in lists]
        join(tx, keep, give)
        found = matches.by_ids(tx, numbers)
        assert [found[each].alternatives for each in numbers] == [
            ((keep, 9), (others[0], give)), ((others[0], 9), (keep, 5)), ((near, 9), (keep, 5)), (),
        ]  # fmt: skip


NOTICE = {"kind": "meet_nudge", "variant": "7"}


@pytest.mark.parametrize("about", ["match_id", "request_id"])
def test_a_notice_that_both_had_stays_once(database: Database, about: str) -> None:
    with database.transaction() as tx:
        keep, give, other = people(tx, 3)

        def each(who: int, *changes: dict[str, Any]) -> list[int]:
            notice = {about: 1, **NOTICE}
            return [delivery(tx, who, **{**notice, **change}) for change in changes]

        mine = each(keep, {}, {"variant": "14"}, {"kind": "check_first"})
        twice = each(give, {}, {"kind": "check_first"})
        more = each(give, {about: 2}, {"variant": "21"}, {"kind": "check_end"})
        more += each(give, {about: None, "kind": "reply"})
        theirs = each(other, {}, {"variant": "21"})
        join(tx, keep, give)
        assert left(tx, "delivery", keep) == mine + more
        assert left(tx, "delivery", other) == theirs
        assert not set(twice) & set(left(tx, "delivery", keep))


def test_a_notice_about_a_match_is_none_about_a_request(database: Database) -> None:
    with database.transaction() as tx:
        keep, give = people(tx, 2)
        made = [delivery(tx, keep, match_id=1, request_id=None, **NOTICE)]
        made.append(delivery(tx, give, match_id=None, request_id=1, **NOTICE))
        join(tx, keep, give)
        assert left(tx, "delivery", keep) == made


def told(tx: Transaction, subjects: Iterable[str]) -> set[tuple[str, str, int | None, str]]:
    return {
        (each.subject, each.variant, each.person, each.state)
        for subject in subjects
        for each in tasks.of(tx, subject)
    }


def test_what_was_to_be_told_is_told_to_the_one_who_is_kept(database: Database) -> None:
    with database.transaction() as tx:
        keep, give, other = people(tx, 3)

        def plan(subject: str, who: int, kind: str = "match.tell", state: str = "open") -> None:
            variant = f"meet_nudge:7:{who}"
            tasks.plan(
                tx, kind, subject, LATER, NOON, variant=variant, person=who,
                expires_at=LATER + timedelta(days=2),
            )  # fmt: skip
            tx.run(
                sql("UPDATE task SET state = :state WHERE subject = :subject AND person_id = :who"),
                state=state, subject=subject, who=who,
            )  # fmt: skip

        plan("match:1", give)
        plan("match:2", give)
        plan("match:2", keep, state="done")  # told already
        plan("match:3", give, state="done")
        plan("match:4", give, kind="something.else")
        plan("match:1", other)
        join(tx, keep, give)
        subjects = [f"match:{number}" for number in range(1, 5)]
        assert told(tx, subjects) == {
            ("match:1", f"meet_nudge:7:{keep}", keep, "open"),
            ("match:1", f"meet_nudge:7:{other}", other, "open"),
            ("match:2", f"meet_nudge:7:{keep}", keep, "done"),
        }
        (mine,) = [each for each in tasks.of(tx, "match:1") if each.person == keep]
        assert (mine.kind, mine.due_at) == ("match.tell", LATER)
        assert mine.expires_at == LATER + timedelta(days=2)
