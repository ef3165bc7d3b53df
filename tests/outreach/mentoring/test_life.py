"""From the proposal to the introduction, and what comes of a no, of silence and of leaving."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from outreach.errors import WrongState
from outreach.mentoring import course, keeping, life, moving, offers, requests
from storage import tasks
from storage.database import Database
from storage.mentoring import matches
from storage.mentoring import offers as offered
from storage.mentoring import requests as requested
from storage.states import LIVE_MATCHES, MATCH_STATES
from tests.outreach.inviting import NOW, expats
from tests.outreach.mentoring.courting import DAY, WANTED, Pair, expat, local

ANSWER_DAYS = expats().mentoring.answer_days


def test_course_leaves_no_state_without_a_way_on() -> None:
    """Every live state ends whoever leaves; nothing happens to what is over."""
    reachable = {step.state for step in course.STEPS.values()} | {"proposed"}
    assert reachable == set(MATCH_STATES)
    assert {state for state, _, _ in course.STEPS} == set(LIVE_MATCHES)
    for state in LIVE_MATCHES:
        for who in ("mentor", "mentee"):
            step = course.after(state, course.LEAVE, who)
            assert step is not None
            assert step.state not in LIVE_MATCHES


def test_course_waits_on_or_closes_whenever_a_match_ends() -> None:
    """But where the mentee leaves: whoever lets them leave closes the request."""
    for (state, what, who), step in course.STEPS.items():
        if step.state not in LIVE_MATCHES and (what, who) != (course.LEAVE, "mentee"):
            assert step.request in ("waits", "ahead", "closed"), (state, what, who)


def test_course_tells_whoever_said_yes_how_it_went_on() -> None:
    """But who ended it themselves: they know."""
    waiting = {"asked_mentee": {"mentor"}, "introduced": {"mentor", "mentee"}}
    waiting["met"] = waiting["introduced"]
    for (state, what, who), step in course.STEPS.items():
        if step.state not in LIVE_MATCHES:
            told = {tell.to for tell in step.tells if not tell.heard}
            assert waiting.get(state, set()) - {who} <= told, (state, what, who)


BEFORE = ("proposed", "asked_mentor", "asked_mentee")


def becomes_of_request(state: str, what: str, who: str) -> str:
    """The rule of docs/decisions.md, "Whose doing it was"."""
    if (what, who) == (course.LEAVE, course.MENTEE) and state in BEFORE:
        return course.STAYS  # whoever lets them leave closes it
    if who == course.MENTOR and what in (course.LEAVE, course.STOP, course.SILENT):
        return course.AHEAD
    if what == course.NEVER:
        return course.AHEAD  # nobody's fault
    if state not in BEFORE or (what, who) == (course.LAPSE, course.MENTEE):
        return course.CLOSED
    return course.WAITS


def test_course_asks_whose_doing_it_was_what_becomes_of_the_request() -> None:
    """Only who was let down by a mentor goes to the head of the next round: a mentee who stops,
    or says nothing, does not."""
    for (state, what, who), step in course.STEPS.items():
        if step.state not in LIVE_MATCHES:
            assert step.request == becomes_of_request(state, what, who), (state, what, who)
        else:
            matched = course.MATCHED if step.state == "introduced" else course.STAYS
            assert step.request == matched, (state, what, who)


def test_course_asks_the_next_best_where_the_request_waits_and_staff_did_not_end_it() -> None:
    for (state, what, who), step in course.STEPS.items():
        waits = step.request in (course.WAITS, course.AHEAD)
        asked = state in ("asked_mentor", "asked_mentee")
        assert step.following is (asked and waits and who != course.STAFF), (state, what, who)


def test_course_gives_a_break_only_to_mentors_who_say_nothing_and_tells_them() -> None:
    for (state, what, who), step in course.STEPS.items():
        silent = what in (course.LAPSE, course.SILENT) and who in (course.MENTOR, course.BOTH)
        assert step.on_break is silent, (state, what, who)
        assert ("mentor_break" in {tell.kind for tell in step.tells}) is silent, (state, what, who)


@pytest.mark.parametrize(
    ("who", "ahead", "status"), [("mentor", 1, "open"), ("mentee", 0, "closed")]
)
def test_who_stops_decides_whether_the_request_goes_first(
    database: Database, who: str, ahead: int, status: str
) -> None:
    with database.transaction() as tx:
        pair = Pair(tx)
        pair.introduce()
        life.stop(tx, pair.match, getattr(pair, who), pair.later(3), expats())
        assert (pair.row.state, pair.row.ended_by) == ("ended", who)
        assert (pair.wish.status, pair.wish.ahead) == (status, ahead)
        other = pair.mentee if who == "mentor" else pair.mentor
        assert pair.told()[-1] == (other, "match_ended:stopped")


def test_two_yeses_make_an_introduction(database: Database) -> None:
    with database.transaction() as tx:
        pair = Pair(tx)
        pair.approve()
        asked = pair.row
        assert (asked.state, asked.mentor_asked_at, asked.approved_at) == ("asked_mentor", NOW, NOW)
        assert asked.deadline == NOW + ANSWER_DAYS * DAY
        assert pair.told() == [(11, "mentor_ask")]
        assert pair.due() == ["match.remind:mentor", "match.lapse:mentor"]
        assert pair.say(11, True, contacts=("email", "chat")) == ""
        assert pair.row.state == "asked_mentee"
        assert pair.row.mentor_contact == ("email", "chat")
        assert pair.due() == ["match.remind:mentee", "match.lapse:mentee"]
        assert pair.say(1, True, contacts=("linkedin",)) == ""
        introduced = pair.row
        assert (introduced.state, introduced.introduced_at) == ("introduced", pair.now)
        assert (introduced.deadline, introduced.alternatives) == (None, ())
        assert introduced.mentee_contact == ("linkedin",)
        assert pair.wish.status == "matched"
        assert pair.told() == [
            (11, "mentor_ask"), (1, "mentee_ask"), (11, "introduction"), (1, "introduction"),
        ]  # fmt: skip
        assert [each.what for each in matches.history(tx, pair.match)] == ["approve", "yes", "yes"]


def test_deadline_counts_from_a_decent_hour(database: Database) -> None:
    with database.transaction() as tx:
        pair = Pair(tx)
        pair.now = NOW.replace(hour=23)  # midnight in Bratislava
        pair.approve()
        morning = NOW.replace(hour=8, minute=0) + DAY
        assert pair.row.deadline == morning + ANSWER_DAYS * DAY


@pytest.mark.parametrize("who", [99, 1])
def test_answer_of_somebody_else_is_not_taken(database: Database, who: int) -> None:
    """Nor that of the mentee while the mentor is asked: they know of nobody yet."""
    with database.transaction() as tx:
        pair = Pair(tx)
        pair.approve()
        assert pair.say(who, True) == ("too_late" if who == 1 else "not_yours")
        assert pair.row.state == "asked_mentor"


def test_answers_said_twice_are_taken_once(database: Database) -> None:
    with database.transaction() as tx:
        pair = Pair(tx)
        assert pair.say(11, True) == "too_late"  # only proposed
        pair.approve()
        assert pair.say(11, True) == ""
        assert pair.say(11, True) == "already"
        assert pair.say(1, False) == ""
        assert pair.say(1, False) == "already"
        assert pair.say(1, True) == "too_late"
        assert pair.say(11, True) == "too_late"
        assert life.answer(tx, 12345, 1, True, NOW, expats()).reason == "not_yours"


def test_no_of_the_mentor_asks_the_next_best(database: Database) -> None:
    with database.transaction() as tx:
        pair = Pair(tx, mentors=3)
        pair.approve()
        assert pair.say(11, False, reason="time") == ""
        assert (pair.row.state, pair.row.reason, pair.row.ended_by) == (
            "declined",
            "time",
            "mentor",
        )
        assert pair.row.alternatives == ()
        following = pair.live
        assert following is not None
        assert (following.mentor_id, following.state) == (12, "asked_mentor")
        assert [mentor for mentor, _ in following.alternatives] == [13]
        assert pair.told(following.id) == [(12, "mentor_ask")]
        assert pair.due() == []


def test_next_best_is_somebody_who_still_can(database: Database) -> None:
    with database.transaction() as tx:
        pair = Pair(tx, mentors=5)
        offers.take_break(tx, 12, date(2027, 1, 1), NOW, expats())
        offers.block(tx, 13, 1, NOW, expats())
        keeping.leave(tx, 14, NOW, expats())
        pair.approve()
        pair.say(11, False)
        assert pair.live is not None
        assert pair.live.mentor_id == 15
        pair.match = pair.live.id
        pair.say(15, False)
        assert pair.live is None
        assert (pair.wish.status, pair.wish.ahead) == ("open", 0)


def test_no_of_the_mentee_is_told_to_the_mentor(database: Database) -> None:
    with database.transaction() as tx:
        pair = Pair(tx, mentors=2)
        pair.approve()
        pair.say(11, True)
        pair.say(1, False)
        assert pair.told()[-1] == (11, "match_ended:declined")
        assert pair.live is not None
        assert pair.live.mentor_id == 12


def test_mentor_may_think_better_of_it(database: Database) -> None:
    with database.transaction() as tx:
        pair = Pair(tx)
        pair.approve()
        pair.say(11, True)
        pair.heard(1, "mentee_ask")
        assert pair.say(11, False) == ""
        assert pair.row.state == "withdrawn"
        assert pair.told()[-1] == (1, "request_reopened")
        assert (pair.wish.status, pair.wish.ahead) == ("open", 1)


def test_unanswered_question_lapses(database: Database) -> None:
    with database.transaction() as tx:
        pair = Pair(tx, mentors=2)
        pair.approve()
        pair.heard(11, "mentor_ask")
        assert life.lapse(tx, pair.match, pair.later(1), expats()) is None
        lapsed = life.lapse(tx, pair.match, pair.later(ANSWER_DAYS), expats())
        assert lapsed is not None
        assert (lapsed.state, lapsed.ended_by) == ("lapsed", "clock")
        assert pair.told()[-1] == (11, "match_lapsed")
        assert pair.live is not None
        assert pair.live.mentor_id == 12


def test_question_that_was_never_sent_is_asked_once_more(database: Database) -> None:
    with database.transaction() as tx:
        pair = Pair(tx, mentors=2)
        pair.approve()
        again = life.lapse(tx, pair.match, pair.later(5), expats())
        assert again is not None
        assert (again.state, again.deadline) == ("asked_mentor", pair.now + ANSWER_DAYS * DAY)
        (task,) = tasks.of(tx, f"match:{pair.match}", "match.tell")
        assert (task.state, task.due_at, task.expires_at) == ("open", pair.now, again.deadline)
        assert pair.due() == ["match.remind:mentor", "match.lapse:mentor"]
        lapsed = life.lapse(tx, pair.match, pair.later(5), expats())
        assert lapsed is not None
        assert (lapsed.state, lapsed.reason) == ("lapsed", "unheard")


def test_mentee_who_never_answers_is_left_in_peace_the_second_time(database: Database) -> None:
    with database.transaction() as tx:
        pair = Pair(tx, mentors=3)
        pair.approve()
        for mentor in (11, 12):
            assert pair.live is not None
            pair.match = pair.live.id
            pair.say(mentor, True)
            pair.heard(1, "mentee_ask")
            life.lapse(tx, pair.match, pair.later(5), expats())
            assert pair.row.state == "lapsed"
        assert pair.told()[-2:] == [(1, "match_lapsed:closed"), (12, "match_ended:declined")]
        assert (pair.wish.status, pair.wish.reason) == ("closed", "lapse")
        assert pair.live is None
        # One tap, and they wait again.
        assert life.new_match(tx, pair.match, 1, pair.now, expats()).reason == ""
        assert (pair.wish.status, pair.wish.waiting_since) == ("open", pair.now)
        assert life.new_match(tx, pair.match, 1, pair.now, expats()).reason == "already"


def test_withdrawn_request_tells_the_mentor_who_has_read_the_question(database: Database) -> None:
    with database.transaction() as tx:
        pair = Pair(tx, mentors=2)
        pair.approve()
        assert requests.withdraw(tx, 1, pair.now, expats()) is not None
        assert (pair.row.state, pair.live, pair.wish.status) == ("withdrawn", None, "closed")
        assert pair.told() == [(11, "mentor_ask")]
        assert requests.withdraw(tx, 1, pair.now, expats()) is None
        anew = requests.open_request(tx, 1, WANTED, pair.now, expats())
        pair.request, pair.match = anew.id, matches.insert(tx, {
            "request_id": anew.id, "mentee_id": 1, "mentor_id": 12, "created_at": NOW, "uid": "2",
        })  # fmt: skip
        pair.approve()
        pair.heard(12, "mentor_ask")
        requests.withdraw(tx, 1, pair.now, expats())
        assert pair.told()[-1] == (12, "match_ended:stopped")


def test_mentor_who_ends_the_offer_gives_way_to_the_next_best(database: Database) -> None:
    with database.transaction() as tx:
        pair = Pair(tx, mentors=2)
        pair.approve()
        pair.say(11, True)
        pair.heard(1, "mentee_ask")
        offers.off(tx, 11, pair.now, expats())
        assert (pair.row.state, pair.row.ended_by) == ("withdrawn", "mentor")
        assert pair.told()[-1] == (1, "request_reopened")
        assert pair.live is not None
        assert pair.live.mentor_id == 12


def test_own_break_keeps_what_was_promised(database: Database) -> None:
    with database.transaction() as tx:
        pair = Pair(tx)
        pair.approve()
        pair.say(11, True)
        until = (NOW + 30 * DAY).date()
        offer = offers.take_break(tx, 11, until, pair.now, expats())
        assert offer is not None
        assert (offer.break_until, offer.break_reason) == (until, "own")
        assert pair.row.state == "asked_mentee"
        offers.take_break(tx, 11, until, pair.now, expats(), "staff")
        assert pair.row.state == "withdrawn"
        back = offers.back(tx, 11, pair.now, expats())
        assert back is not None
        assert (back.break_until, back.break_reason) == (None, None)


def test_nobody_else_is_asked_for_a_proposal_that_nobody_approved(database: Database) -> None:
    with database.transaction() as tx:
        pair = Pair(tx, mentors=2)
        offers.off(tx, 11, NOW, expats())
        assert (pair.row.state, pair.live) == ("withdrawn", None)
        assert (pair.wish.status, pair.wish.ahead) == ("open", 1)
        assert pair.told() == []


def test_staff_drop_and_close(database: Database) -> None:
    with database.transaction() as tx:
        pair = Pair(tx)
        dropped = life.drop(tx, pair.match, NOW, expats(), "swap")
        assert dropped is not None
        assert (dropped.state, dropped.ended_by, dropped.reason) == ("dropped", "staff", "swap")
        assert life.drop(tx, pair.match, NOW, expats()) is None
        assert life.approve(tx, pair.match, NOW, expats()) is None
        assert life.close(tx, pair.match, NOW, expats()) is None
        pair.match = pair.propose(11)
        pair.introduce()
        closed = life.close(tx, pair.match, pair.now, expats(), "moved")
        assert closed is not None
        assert (closed.state, closed.ended_by) == ("ended", "staff")
        assert pair.told()[-2:] == [(11, "match_ended:staff"), (1, "match_ended:staff")]
        assert (pair.wish.status, pair.wish.reason) == ("closed", "moved")


def test_staff_may_let_the_request_wait_on(database: Database) -> None:
    with database.transaction() as tx:
        pair = Pair(tx)
        pair.introduce()
        pair.later(20)
        life.close(tx, pair.match, pair.now, expats(), "other", reopen=True)
        assert (pair.wish.status, pair.wish.waiting_since) == ("open", pair.now)


def test_block_ends_a_match_and_keeps_the_two_apart(database: Database) -> None:
    with database.transaction() as tx:
        pair = Pair(tx, mentors=2)
        pair.introduce()
        offers.block(tx, 1, 11, pair.now, expats())
        assert (pair.row.state, pair.row.ended_by) == ("ended", "mentee")
        pair.match = pair.propose(12, [11])
        tx.flush()
        requests.open_request(tx, 1, WANTED, pair.now, expats())
        pair.approve()
        pair.say(12, False)
        assert pair.live is None
        assert offers.unblock(tx, 1, 11)
        assert not offers.unblock(tx, 1, 11)


def test_what_cannot_happen_is_refused(database: Database) -> None:
    with database.transaction() as tx:
        pair = Pair(tx)
        with pytest.raises(WrongState, match="moved on"):
            moving.move(tx, pair.row, course.MET, "mentor", NOW, expats())


def test_request_is_one_and_can_be_changed(database: Database) -> None:
    with database.transaction() as tx:
        local(tx, 1)
        first = requests.open_request(tx, 1, WANTED, NOW, expats(), entered_by=7)
        assert (first.entered_by, first.status, first.waiting_since) == (7, "open", NOW)
        later = NOW + timedelta(hours=1)
        same = requests.open_request(tx, 1, WANTED, later, expats())
        assert (same.id, same.waiting_since, same.updated_at) == (first.id, NOW, later)
        assert requested.of_person(tx, 1) == [same]
        assert requests.change(tx, 2, WANTED, NOW, expats()) is None
        assert [task.state for task in tasks.of(tx, f"request:{first.id}")] == ["open"]
        requests.withdraw(tx, 1, later, expats())
        assert [task.state for task in tasks.of(tx, f"request:{first.id}")] == ["cancelled"]


def test_changed_request_takes_back_a_proposal_nobody_has_seen(database: Database) -> None:
    with database.transaction() as tx:
        pair = Pair(tx)
        requests.change(tx, 1, WANTED, NOW, expats())
        assert pair.row.state == "proposed"
        other = type(WANTED)("x" * 900, (), None, ("en",), "online", None, None, ())
        changed = requests.change(tx, 1, other, NOW, expats())
        assert changed is not None
        assert (len(changed.goal), changed.status, changed.ahead) == (500, "open", 1)
        assert pair.row.state == "withdrawn"


def test_fewer_places_let_nobody_go(database: Database) -> None:
    with database.transaction() as tx:
        pair = Pair(tx, capacity=2)
        pair.introduce()
        expat(tx, 20)
        saved = offers.save(tx, 11, type_of_offer(1), pair.now, expats())
        assert (saved.capacity, saved.created_at) == (1, NOW)
        assert pair.row.state == "introduced"
        assert matches.places_taken(tx, 11) == 1
        assert offered.of_person(tx, 11) == saved


def type_of_offer(capacity: int) -> offers.Offer:
    return offers.Offer(capacity, " Exporting ", ("leadership",), ("sk",), "online", ())
