"""What staff look at of mentoring: lists and figures, on both kinds of database."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.database import Database, sql
from storage.mentoring import figures, lists, matches, offers
from tests.outreach.inviting import NOW
from tests.storage.mentoring_data import DAY, ask, few, member, offer, pair

TODAY = NOW.date()


@pytest.fixture
def filled(database: Database) -> Database:
    with database.transaction() as tx:
        few(tx)
    return database


def test_requests_come_by_age_with_what_is_under_way(filled: Database) -> None:
    with filled.reading() as tx:
        found = lists.requests(tx)
        assert [each.who.name for each in found] == ["=Adam", "Cyril"]
        assert [(each.state, each.passed_over, each.ahead) for each in found] == [
            ("proposed", 0, False), (None, 2, True),
        ]  # fmt: skip
        assert found[0].waiting_since == NOW - 50 * DAY
        assert found[0].skills == ("teamwork", "planning")
        assert lists.requests(tx, "bsc_kranj") == []
        assert len(lists.requests(tx, "cike", 1)) == 1


def test_a_request_counts_only_the_match_that_is_alive(filled: Database) -> None:
    with filled.transaction() as tx:
        (row,) = matches.of_person(tx, 1)
        matches.update(tx, row.id, {"state": "lapsed"})
        assert lists.requests(tx)[0].state is None


def test_mentors_have_the_places_that_are_left(filled: Database) -> None:
    with filled.reading() as tx:
        found = {each.who.person: each for each in lists.mentors(tx)}
        free = lists.free_mentors(tx, TODAY)
        own = [each.who.person for each in lists.mentors(tx, "bsc_kranj")]
        rest = [each.who.person for each in lists.mentors(tx, after=12, limit=1)]
    assert {who: (each.taken, each.places) for who, each in found.items()} == {
        11: (1, 2), 12: (1, 0), 13: (1, 0), 14: (0, 2),
    }  # fmt: skip
    assert [found[who].standing(TODAY) for who in (11, 12, 14)] == ["free", "full", "break"]
    assert [each.who.person for each in free] == [11]
    assert (own, rest) == ([14], [13])


@pytest.mark.parametrize(
    ("change", "standing"),
    [
        ("UPDATE mentor_offer SET status = 'off'", "off"),
        ("UPDATE consent SET given = :no WHERE purpose = 'mentoring'", "no_consent"),
        ("UPDATE person SET paused_until = '2027-01-01'", "paused"),
        ("UPDATE mentor_offer SET break_until = '2026-11-03'", "break"),
        ("UPDATE mentor_offer SET break_until = '2026-11-02'", "free"),
        ("UPDATE mentor_offer SET capacity = 1", "full"),
        ("UPDATE mentor_offer SET capacity = 0", "full"),
        ("UPDATE person SET status = 'joining'", "off"),
    ],
)
def test_a_mentor_is_listed_as_free_only_when_nothing_stands_against_it(
    filled: Database, change: str, standing: str
) -> None:
    with filled.transaction() as tx:
        tx.run(sql(change), **({"no": False} if ":no" in change else {}))
        mentor = lists.mentors(tx)[0]
        free = [each.who.person for each in lists.free_mentors(tx, TODAY)]
    assert mentor.standing(TODAY) == standing
    assert (11 in free) == (standing == "free")
    assert mentor.places >= 0


def test_free_mentors_have_most_places_first(filled: Database) -> None:
    with filled.transaction() as tx:
        offers.update(tx, 12, {"capacity": 9})
        offers.update(tx, 13, {"capacity": 2})
        found = lists.free_mentors(tx, TODAY, "cike", 2)
    assert [(each.who.person, each.places) for each in found] == [(12, 8), (11, 2)]


def test_matches_are_those_of_either_side_the_newest_first(filled: Database) -> None:
    with filled.reading() as tx:
        every = lists.matches(tx)
        assert [each.state for each in every] == ["introduced", "met", "proposed"]
        assert [each.state for each in lists.matches(tx, "bsc_kranj")] == ["introduced"]
        chosen = lists.matches(tx, "cike", ("met", "proposed"))
        assert [each.state for each in chosen] == ["met", "proposed"]
        page = lists.matches(tx, before=every[0].id, limit=1)
        assert [each.id for each in page] == [every[1].id]
        one = lists.match(tx, every[2].id)
        assert lists.match(tx, 99) is None
    assert one is not None
    assert (one.mentee.name, one.mentor.name) == ("=Adam", "Mária")
    assert one.alternatives == ([13, 6000], [14, 5000])
    assert one.reasons[0] == ["skills", {"skills": ["teamwork"]}]


def test_an_erased_person_is_nobody_in_a_list(filled: Database) -> None:
    with filled.transaction() as tx:
        tx.run(sql("DELETE FROM person WHERE id = 12"))
        (row,) = lists.matches(tx, states=("met",))
    assert (row.mentor.person, row.mentor.name, row.mentor.organisation) == (None, None, "cike")


def test_pairs_gone_quiet_are_those_of_whom_one_says_nothing(filled: Database) -> None:
    with filled.transaction() as tx:
        member(tx, 5, "Emil", "local")
        number = pair(
            tx, ask(tx, 5, status="matched"), 5, 11, state="introduced",
            introduced_at=NOW - 9 * DAY, mentor_seen_at=NOW - DAY,
        )  # fmt: skip
        since = (NOW - 7 * DAY, NOW - 28 * DAY)
        found = lists.quiet(tx, "cike", NOW, *since)
        assert [each.mentee.name for each in found] == ["Beáta", "Emil"]
        assert found[0].heard("mentor") == NOW - 40 * DAY
        assert found[1].heard("mentee") == NOW - 9 * DAY
        assert lists.quiet(tx, "bsc_kranj", NOW, *since) == []
        matches.update(tx, number, {"meeting_at": NOW + DAY})  # they have a date
        assert [each.mentee.name for each in lists.quiet(tx, None, NOW, *since)] == ["Beáta"]
        assert lists.quiet(tx, None, NOW, NOW - 60 * DAY, NOW - 60 * DAY) == []


def test_figures_count_real_meetings_and_the_wait(filled: Database) -> None:
    with filled.transaction() as tx:
        ask(tx, member(tx, 6, "Fero", "local"), days=30)
        every = figures.figures(tx, None, NOW, TODAY, 45 * DAY)
        own = figures.figures(tx, "bsc_kranj", NOW, TODAY, 45 * DAY)
    assert (every.requests, every.asked, every.long) == (3, 1, 1)
    assert (every.waits, every.longest) == (30 * DAY, 50 * DAY)
    assert (every.mentors, every.resting, every.places, every.taken, every.free) == (4, 1, 7, 3, 2)
    assert (every.pairs, every.met, every.again, every.meetings, every.lately) == (2, 1, 0, 1, 0)
    assert every.states == {"proposed": 1, "met": 1, "introduced": 1}
    assert (own.requests, own.waits, own.pairs, own.meetings) == (0, None, 1, 0)
    assert (own.mentors, own.free) == (1, 0)


@pytest.mark.parametrize(("ages", "middle"), [((4,), 4), ((4, 8), 6), ((1, 2, 9), 2)])
def test_the_median_wait_is_the_middle_one(
    database: Database, ages: tuple[int, ...], middle: int
) -> None:
    with database.transaction() as tx:
        for number, age in enumerate(ages, 1):
            ask(tx, member(tx, number, "X", "local"), days=age)
        found = figures.figures(tx, "cike", NOW, TODAY, 45 * DAY)
    assert found.waits == timedelta(days=middle)


def test_names_are_of_whoever_is_asked_for(filled: Database) -> None:
    with filled.transaction() as tx:
        offer(tx, member(tx, 15, "Rut", "expat"))
        found = lists.names(tx, [15, 14, 99])
        assert lists.names(tx, []) == {}
    assert {who: side.name for who, side in found.items()} == {14: "Petra", 15: "Rut"}
