"""Mentors who do not answer: not asked again at once, and left in peace in the end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from outreach.mentoring import acts, following, life, requests
from outreach.mentoring import offers as taken
from outreach.mentoring.pool import read_pool
from outreach.staff import console_actor
from storage.database import Database, sql
from storage.mentoring import matches, offers
from storage.moments import moment
from storage.transaction import Transaction
from tests.outreach.inviting import NOW, expats
from tests.outreach.mentoring.courting import WANTED, Pair, local

QUIET = expats().mentoring.again_meet_days
ANSWER = expats().mentoring.answer_days
SEEN = sql("UPDATE person SET last_active_at = :at WHERE id = :id")


@pytest.fixture
def tx(database: Database) -> Iterator[Transaction]:
    with database.transaction() as transaction:
        yield transaction


def lapsed(pair: Pair, *, heard: bool = True) -> None:
    """The mentor is asked, and says nothing."""
    mentor = pair.row.mentor_id
    assert mentor is not None
    pair.approve()
    if heard:
        pair.heard(mentor, "mentor_ask")
    pair.later(ANSWER + 1)
    life.lapse(pair.tx, pair.match, pair.now, expats())
    if not heard:
        pair.later(ANSWER + 1)
        life.lapse(pair.tx, pair.match, pair.now, expats())
    assert pair.row.state == "lapsed"


def asks(tx: Transaction, number: int, pair: Pair, mentor: int) -> None:
    """Somebody else asks, and the mentor is proposed to them."""
    pair.mentee = local(tx, number)
    pair.request = requests.open_request(tx, number, WANTED, pair.now, expats()).id
    pair.match = pair.propose(mentor)


def takes(tx: Transaction, pair: Pair, mentor: int = 11) -> bool:
    found = read_pool(tx, None, pair.now, expats(), None).pool.mentors
    return mentor in [each.person for each in found]


def test_a_mentor_who_let_a_question_lapse_is_passed_over_for_a_while(tx: Transaction) -> None:
    pair = Pair(tx)
    lapsed(pair)

    assert not takes(tx, pair)
    pair.later(QUIET - 1)
    assert not takes(tx, pair)
    pair.later(1)
    assert takes(tx, pair)


def test_any_word_of_theirs_counts(tx: Transaction) -> None:
    pair = Pair(tx)
    lapsed(pair)
    tx.run(SEEN, id=11, at=moment(pair.now))
    assert not takes(tx, pair)  # that was before
    tx.run(SEEN, id=11, at=moment(pair.later(1)))
    assert takes(tx, pair)


def test_who_never_got_the_question_did_not_let_it_lapse(tx: Transaction) -> None:
    pair = Pair(tx)
    lapsed(pair, heard=False)
    assert takes(tx, pair)


def test_a_mentee_who_lets_it_lapse_is_not_the_mentors_fault(tx: Transaction) -> None:
    pair = Pair(tx)
    pair.approve()
    pair.say(11, True)
    pair.heard(1, "mentee_ask")
    life.lapse(tx, pair.match, pair.later(ANSWER + 1), expats())
    assert pair.row.state == "lapsed"
    assert takes(tx, pair)


def test_staff_may_propose_them_all_the_same(tx: Transaction) -> None:
    pair = Pair(tx, mentors=2)
    lapsed(pair)
    asks(tx, 2, pair, 12)
    with pytest.raises(Exception, match="nobody else"):
        acts.swap(tx, pair.match, console_actor(), pair.now, expats())

    new = acts.swap(tx, pair.match, console_actor(), pair.now, expats(), 11)
    assert new.mentor_id == 11
    assert acts.approve(tx, [new.id], console_actor(), pair.now, expats())


def test_who_has_a_question_already_gets_no_second_one_but_stays_next_best(
    tx: Transaction,
) -> None:
    pair = Pair(tx, mentors=3)
    pair.approve()  # 11 has a question of 1's
    pair.mentee = local(tx, 2)
    pair.request = requests.open_request(tx, 2, WANTED, NOW, expats()).id
    number = pair.propose(13, [11, 12])
    row = matches.by_ids(tx, [number])[number]
    matches.update(tx, number, {"state": "declined", "mentor_asked_at": NOW})

    new = following.next_best(tx, row, NOW, expats())
    assert new is not None
    assert new.mentor_id == 12
    assert [mentor for mentor, _ in new.alternatives] == [11]

    matches.update(tx, new.id, {"state": "declined", "mentor_asked_at": NOW})
    assert following.next_best(tx, new, NOW, expats()) is None


def test_three_questions_without_an_answer_are_followed_by_a_break(tx: Transaction) -> None:
    pair = Pair(tx)
    kept = []
    for number in (2, 3, 4):
        lapsed(pair)
        offer = offers.of_person(tx, 11)
        assert offer is not None
        kept.append((offer.break_until, offer.break_reason))
        told = pair.told()[-1]
        if number < 4:
            assert told == (11, "match_lapsed")
            asks(tx, number, pair, 11)

    days = timedelta(days=expats().mentoring.break_days)
    assert kept == [(None, None), (None, None), (pair.now.date() + days, "silent")]
    assert told == (11, "mentor_break")
    assert pair.wish.status == "open"


@pytest.mark.parametrize(("own", "stays"), [(-1, False), (0, True), (1, True)])
def test_an_own_break_that_ends_later_is_not_cut_short(
    tx: Transaction, own: int, stays: bool
) -> None:
    """``own``: so many days later than the break of one who fell silent."""
    pair = Pair(tx)
    pair.introduce()
    silent = pair.now.date() + timedelta(days=expats().mentoring.break_days)
    until = silent + timedelta(days=own)
    taken.take_break(tx, 11, until, pair.now, expats())
    life.quiet(tx, pair.match, "silent", pair.now, expats())

    assert pair.row.state == "ended"
    offer = offers.of_person(tx, 11)
    assert offer is not None
    kept = (until, "own") if stays else (silent, "silent")
    assert (offer.break_until, offer.break_reason) == kept


def test_an_answer_in_between_begins_the_count_anew(tx: Transaction) -> None:
    pair = Pair(tx, capacity=9)
    for number, answers in enumerate((False, False, True, False, False), start=2):
        if answers:
            pair.approve()
            pair.say(11, False)
        else:
            lapsed(pair)
        pair.later(1)
        asks(tx, number, pair, 11)

    offer = offers.of_person(tx, 11)
    assert offer is not None
    assert offer.break_until is None
    assert matches.unanswered(tx, 11) == 2


def test_the_next_best_is_asked_when_a_mentor_gets_a_break(tx: Transaction) -> None:
    pair = Pair(tx, mentors=2)
    for number in (2, 3):
        matches.update(tx, pair.match, {"alternatives": ()})
        lapsed(pair)
        asks(tx, number, pair, 11)
    matches.update(tx, pair.match, {"alternatives": ((12, 100),)})
    lapsed(pair)

    live = pair.live
    assert live is not None
    assert (live.state, live.mentor_id) == ("asked_mentor", 12)
