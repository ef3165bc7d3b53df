"""Who leaves mentoring or is erased leaves nobody waiting; two records become one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from outreach.mentoring import keeping, life, offers, requests
from storage import living, privacy
from storage.database import Database, Transaction, sql
from storage.links import merge as merge_records
from storage.living import Trait
from storage.mentoring import blocks, matches, surveyed
from storage.mentoring import offers as offered
from storage.mentoring import requests as requested
from tests.outreach.inviting import NOW, expats
from tests.outreach.mentoring.courting import OFFER, WANTED, Pair, expat, local

MENTOR, MENTEE = 11, 1
_NUMBERS = {
    "mentoring_request": "person_id",
    "mentor_offer": "person_id",
    "mentoring_block": "person_id, other_id",
    "mentoring_match": "mentee_id, mentor_id",
    "task": "person_id",
    "delivery": "person_id",
}
_LISTS = {"mentoring_match": "alternatives", "task": "variant"}


def rows_naming(tx: Transaction, person: int) -> set[str]:
    """Tables with a row that names this person, by number or within a list or a variant."""
    found = set()
    for table, columns in _NUMBERS.items():
        if any(person in row for row in tx.run(sql(f"SELECT {columns} FROM {table}"))):
            found.add(table)
    for table, column in _LISTS.items():
        for (text,) in tx.run(sql(f"SELECT {column} FROM {table}")):
            if f"[{person}," in text or text.endswith(f":{person}"):
                found.add(table)
    return found


def erase(tx: Transaction, person: int) -> None:
    keeping.leave(tx, person, NOW, expats())
    privacy.erase(tx, person, "secret", NOW)


@pytest.mark.parametrize(("who", "other"), [(MENTOR, MENTEE), (MENTEE, MENTOR)])
def test_erased_person_disappears_and_the_other_is_told(
    database: Database, who: int, other: int
) -> None:
    with database.transaction() as tx:
        pair = Pair(tx, mentors=2)
        pair.introduce()
        life.stop(tx, pair.match, who, pair.now, expats())
        life.because(tx, pair.match, who, "other", "My own words", pair.now, expats())
        pair.request = requests.open_request(tx, 1, WANTED, pair.now, expats()).id
        pair.match = pair.propose(12, [11])
        pair.approve()
        pair.say(12, True)
        pair.heard(1, "mentee_ask")
        assert rows_naming(tx, who) >= {"mentoring_match", "task"}
        erase(tx, who)
        assert rows_naming(tx, who) == set()
        first, second = (matches.by_ids(tx, [1, 2])[each] for each in (1, 2))
        assert (first.note, first.reasons, first.person("mentor" if who == 11 else "mentee")) == (
            None, (), None,
        )  # fmt: skip
        if who == MENTEE:
            assert second.state == "withdrawn"
            assert pair.told()[-1] == (12, "match_ended:gone")
        else:
            assert second.state == "asked_mentee"  # only the next best is gone
            assert second.alternatives == ()


@pytest.mark.parametrize(("who", "other"), [(MENTOR, MENTEE), (MENTEE, MENTOR)])
@pytest.mark.parametrize("state", ["introduced", "met"])
def test_pair_ends_kindly_when_one_is_erased(
    database: Database, state: str, who: int, other: int
) -> None:
    with database.transaction() as tx:
        pair = Pair(tx)
        pair.introduce()
        if state == "met":
            life.met(tx, pair.match, MENTEE, 1, pair.now, expats())
        erase(tx, who)
        row = pair.row
        assert (row.state, row.reason, row.live) == ("ended", "gone", False)
        assert pair.told()[-1] == (other, "match_ended:gone")
        if who == MENTOR:
            assert (pair.wish.status, pair.wish.ahead) == ("open", 1)
        assert row.meetings == (1 if state == "met" else 0)  # still counted


def test_withdrawn_consent_closes_request_and_offer(database: Database) -> None:
    with database.transaction() as tx:
        pair = Pair(tx, mentors=2)
        pair.approve()
        keeping.leave(tx, MENTOR, NOW, expats())
        offer = offered.of_person(tx, MENTOR)
        assert offer is not None
        assert offer.status == "off"
        assert pair.live is not None
        assert pair.live.mentor_id == 12
        keeping.leave(tx, MENTEE, NOW, expats())
        assert matches.live_of_request(tx, pair.request) is None
        assert (pair.wish.status, pair.wish.reason) == ("closed", "gone")
        keeping.leave(tx, MENTEE, NOW, expats())


@pytest.mark.parametrize(("who", "other"), [(MENTOR, MENTEE), (MENTEE, MENTOR)])
def test_who_shares_no_more_is_not_introduced_across_organisations(
    database: Database, who: int, other: int
) -> None:
    with database.transaction() as tx:
        pair = Pair(tx)
        matches.update(tx, pair.match, {"mentor_organisation": "bsc"})
        pair.approve()
        pair.say(MENTOR, True)
        pair.heard(MENTEE, "mentee_ask")
        keeping.unshared(tx, who, NOW, expats())
        assert (pair.row.state, pair.wish.status, pair.wish.ahead) == ("withdrawn", "open", 1)
        assert other in {told for told, _ in pair.told()[2:]}
        assert pair.told()[2:] == [(MENTOR, "match_ended:gone"), (MENTEE, "request_reopened")]
        pair.match = pair.propose(MENTOR)
        pair.approve()
        keeping.unshared(tx, who, NOW, expats())
        assert pair.row.state == "asked_mentor"  # of one organisation


def test_pair_that_knows_each_other_goes_on_without_sharing(database: Database) -> None:
    with database.transaction() as tx:
        pair = Pair(tx)
        matches.update(tx, pair.match, {"mentor_organisation": "bsc"})
        pair.introduce()
        keeping.unshared(tx, MENTEE, NOW, expats())
        assert pair.row.state == "introduced"


def test_closed_request_is_not_opened_again_without_consent(database: Database) -> None:
    with database.transaction() as tx:
        pair = Pair(tx)
        pair.introduce()
        life.stop(tx, pair.match, MENTEE, pair.now, expats())
        given = {"mentoring": False}
        living.consent(tx, MENTEE, given, notice_version="1", channel="demo", now=NOW)
        again = life.new_match(tx, pair.match, MENTEE, pair.now, expats())
        assert (again.reason, pair.wish.status) == ("too_late", "closed")


def _merge(tx: Transaction, keep: int, give: int) -> None:
    keeping.merge(tx, keep, give, NOW, expats())
    merge_records(tx, keep, give)


def test_joined_records_keep_the_pair_and_its_messages(database: Database) -> None:
    with database.transaction() as tx:
        pair = Pair(tx, mentors=2)
        pair.approve()
        offers.block(tx, 12, 1, NOW, expats())
        local(tx, 2)
        expat(tx, 21)
        tx.run(sql("DELETE FROM mentor_offer WHERE person_id = 21"))
        pair.say(MENTOR, True)
        _merge(tx, 2, MENTEE)
        _merge(tx, 21, MENTOR)
        assert (pair.row.mentee_id, pair.row.mentor_id) == (2, 21)
        assert pair.row.state == "asked_mentee"
        assert pair.wish.person_id == 2
        assert blocks.between(tx, 2, 12)
        assert offered.of_person(tx, 21) is not None
        assert sorted(pair.told()) == [(2, "mentee_ask"), (21, "mentor_ask")]
        assert pair.say(1, True) == "not_yours"
        assert pair.say(2, True) == ""


def test_of_two_requests_the_one_that_got_further_stays(database: Database) -> None:
    with database.transaction() as tx:
        pair = Pair(tx)
        pair.approve()
        local(tx, 2)
        other = requests.open_request(tx, 2, WANTED, NOW, expats()).id
        _merge(tx, 2, MENTEE)
        assert [(each.id, each.status) for each in requested.of_person(tx, 2)] == [
            (pair.request, "open"), (other, "closed"),
        ]  # fmt: skip
        assert pair.live is not None


def test_of_two_requests_that_got_as_far_ones_own_stays(database: Database) -> None:
    with database.transaction() as tx:
        for number in (1, 2):
            local(tx, number)
        own, other = (
            requests.open_request(tx, number, WANTED, NOW, expats()).id for number in (2, 1)
        )
        _merge(tx, 2, 1)
        assert {each.id: each.status for each in requested.of_person(tx, 2)} == {
            own: "open", other: "closed",
        }  # fmt: skip


def test_of_two_offers_ones_own_stays(database: Database) -> None:
    with database.transaction() as tx:
        for number, capacity in ((11, 4), (12, 2)):
            expat(tx, number, replace(OFFER, capacity=capacity))
        _merge(tx, 11, 12)
        offer = offered.of_person(tx, 11)
        assert offer is not None
        assert (offer.capacity, offer.status) == (4, "active")
        assert offered.of_person(tx, 12) is None


@pytest.mark.parametrize(("state", "next_one"), [("asked_mentor", True), ("proposed", False)])
def test_the_next_best_is_asked_where_sharing_ended_what_was_asked(
    database: Database, state: str, next_one: bool
) -> None:
    """What nobody was asked yet waits for staff and the next round."""
    with database.transaction() as tx:
        pair = Pair(tx, mentors=2)
        matches.update(tx, pair.match, {"mentor_organisation": "bsc"})
        if state == "asked_mentor":
            pair.approve()
        keeping.unshared(tx, MENTEE, pair.now, expats())
        live = pair.live
        assert (live is not None) == next_one
        assert live is None or (live.mentor_id, live.state) == (12, "asked_mentor")
        assert (pair.wish.status, pair.wish.ahead) == ("open", 1)


def test_nobody_becomes_their_own_mentor(database: Database) -> None:
    with database.transaction() as tx:
        pair = Pair(tx)
        pair.introduce()
        for who in (MENTOR, MENTEE):
            pair.heard(who, "introduction")
        _merge(tx, MENTEE, MENTOR)
        assert pair.row.state == "ended"
        assert pair.live is None
        assert (pair.wish.status, pair.wish.ahead) == ("open", 1)


def _said(tx: Transaction, person: int, *roles: str) -> None:
    living.set_traits(tx, person, "roles", [Trait(each) for each in roles])


def test_who_would_mentor_by_the_survey_has_an_offer(database: Database) -> None:
    with database.transaction() as tx:
        for number in (31, 32, 33, 34):
            expat(tx, number)
        local(tx, 35)
        tx.run(sql("DELETE FROM mentor_offer WHERE person_id <> 34"))
        for number in (31, 33, 34, 35):
            _said(tx, number, "speaker", "mentor")
        _said(tx, 32, "speaker")
        living.consent(
            tx, 33, {"mentoring": False}, notice_version="1", channel="demo", now=NOW
        )  # fmt: skip
        skills = [Trait("teamwork", 2), Trait("leadership", 1)]
        living.set_traits(tx, 31, "skills_offered", skills)
        living.set_traits(tx, 31, "spoken_languages", [Trait("sl", 1), Trait("en", 2)])
        assert offers.ensure(tx, NOW, expats()) == 1
        assert offers.ensure(tx, NOW, expats()) == 0
        made = offered.of_person(tx, 31)
        assert made is not None
        assert (made.skills, made.languages) == (("leadership", "teamwork"), ("sl", "en"))
        assert (made.capacity, made.source, made.status) == (2, "survey", "active")
        assert [offered.of_person(tx, each) for each in (32, 33, 35)] == [None] * 3


def test_survey_answered_again_changes_only_what_it_made(database: Database) -> None:
    with database.transaction() as tx:
        expat(tx, 31)
        tx.run(sql("DELETE FROM mentor_offer"))
        _said(tx, 31, "mentor")
        assert offers.ensure(tx, NOW, expats(), 31) == 1
        first = offered.of_person(tx, 31)
        assert first is not None
        assert (first.skills, first.languages) == ((), ("sk",))  # the language they read
        living.set_traits(tx, 31, "skills_offered", [Trait("teamwork", 1)])
        assert offers.ensure(tx, NOW, expats(), 31) == 0
        again = offered.of_person(tx, 31)
        assert again is not None
        assert again.skills == ("teamwork",)
        _said(tx, 31, "speaker")
        offers.ensure(tx, NOW, expats(), 31)
        ended = offered.of_person(tx, 31)
        assert ended is not None
        assert ended.status == "off"
        expat(tx, 32)
        offers.ensure(tx, NOW, expats(), 32)
        own = offered.of_person(tx, 32)
        assert own is not None
        assert (own.status, own.source) == ("active", "person")
        assert not surveyed.willing(tx, 32, expats())
