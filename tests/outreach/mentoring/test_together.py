"""After the introduction: times, meetings, how it goes, stopping, silence."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from outreach.mentoring import life, plans
from outreach.mentoring.moving import Outcome
from storage.database import Database, Transaction
from storage.mentoring import matches
from storage.mentoring import offers as offered
from tests.outreach.inviting import expats
from tests.outreach.mentoring.courting import DAY, Pair

HOUR = timedelta(hours=1)
MENTOR, MENTEE = 11, 1


def introduced(tx: Transaction, mentors: int = 1) -> Pair:
    """Two who were introduced, a day later."""
    pair = Pair(tx, mentors)
    pair.introduce()
    pair.later(1)
    return pair


def news(pair: Pair) -> list[tuple[int, str]]:
    """Who is to be told what since the introduction, without the moment it was planned."""
    return [(who, kind.partition("+")[0]) for who, kind in pair.told()[4:]]


def met(pair: Pair, who: int, number: int) -> Outcome:
    return life.met(pair.tx, pair.match, who, number, pair.now, expats())


def stamp(moment: datetime) -> str:
    return plans.at(moment)


def test_suggested_time_is_agreed_by_the_other(database: Database) -> None:
    with database.transaction() as tx:
        pair = introduced(tx)
        when = pair.now + 30 * HOUR
        assert life.suggest(tx, pair.match, MENTEE, when, pair.now, expats()).reason == ""
        assert (pair.row.suggested_at, pair.row.suggested_by) == (when, "mentee")
        assert news(pair) == [(MENTOR, f"meeting_suggested:{stamp(when)}")]
        assert life.accept_time(tx, pair.match, MENTEE, pair.now, expats()).reason == "already"
        assert life.accept_time(tx, pair.match, MENTOR, pair.now, expats()).reason == ""
        agreed = pair.row
        assert (agreed.meeting_at, agreed.suggested_at, agreed.sequence) == (when, None, 1)
        assert news(pair)[-1] == (MENTEE, f"meeting_set:{stamp(when)}")
        assert life.accept_time(tx, pair.match, MENTOR, pair.now, expats()).reason == "already"
        assert "match.after:" + str(int(when.timestamp())) in pair.due()


def test_same_time_suggested_by_both_is_agreed(database: Database) -> None:
    with database.transaction() as tx:
        pair = introduced(tx)
        when = pair.now + 30 * HOUR
        life.suggest(tx, pair.match, MENTEE, when, pair.now, expats())
        assert life.suggest(tx, pair.match, MENTEE, when, pair.now, expats()).reason == "already"
        life.suggest(tx, pair.match, MENTOR, when, pair.now, expats())
        assert (pair.row.meeting_at, pair.row.suggested_at) == (when, None)


def test_other_time_takes_the_place_of_the_first(database: Database) -> None:
    with database.transaction() as tx:
        pair = introduced(tx)
        first, second = pair.now + 30 * HOUR, pair.now + 60 * HOUR
        life.suggest(tx, pair.match, MENTEE, first, pair.now, expats())
        life.suggest(tx, pair.match, MENTOR, second, pair.now, expats())
        assert (pair.row.suggested_at, pair.row.suggested_by) == (second, "mentor")
        pair.now += HOUR
        life.suggest(tx, pair.match, MENTEE, first, pair.now, expats())
        assert len([who for who, kind in news(pair) if who == MENTOR]) == 2  # the same time again


def test_times_that_are_over_are_not_taken(database: Database) -> None:
    with database.transaction() as tx:
        pair = introduced(tx)
        when = pair.now + HOUR
        assert life.suggest(tx, pair.match, MENTEE, pair.now, pair.now, expats()).reason == "past"
        assert life.dated(tx, pair.match, MENTEE, pair.now, pair.now, expats()).reason == "past"
        life.suggest(tx, pair.match, MENTEE, when, pair.now, expats())
        pair.later(1)
        assert life.accept_time(tx, pair.match, MENTOR, pair.now, expats()).reason == "past"
        assert pair.row.meeting_at is None


def test_date_of_their_own_is_told_to_the_other(database: Database) -> None:
    with database.transaction() as tx:
        pair = introduced(tx)
        first, second = pair.now + 30 * HOUR, pair.now + 60 * HOUR
        assert life.dated(tx, pair.match, MENTOR, first, pair.now, expats()).reason == ""
        assert life.dated(tx, pair.match, MENTEE, first, pair.now, expats()).reason == "already"
        assert life.dated(tx, pair.match, MENTEE, second, pair.now, expats()).reason == ""
        assert (pair.row.meeting_at, pair.row.sequence) == (second, 2)
        assert news(pair) == [
            (MENTEE, f"meeting_set:{stamp(first)}"), (MENTOR, f"meeting_set:{stamp(second)}"),
        ]  # fmt: skip


def test_meeting_counts_once_whoever_says_so(database: Database) -> None:
    with database.transaction() as tx:
        pair = introduced(tx)
        when = pair.now + 2 * HOUR
        life.dated(tx, pair.match, MENTOR, when, pair.now, expats())
        pair.later(1)
        assert met(pair, MENTOR, 1).reason == ""
        assert (pair.row.state, pair.row.meetings, pair.row.meeting_at) == ("met", 1, None)
        assert met(pair, MENTOR, 1).reason == "already"
        pair.later(1)
        assert met(pair, MENTEE, 1).reason == ""
        (meeting,) = matches.meetings(tx, pair.match)
        assert (meeting.planned_at, meeting.held_at) == (when, when)
        assert meeting.mentor_said_at == pair.now - DAY
        assert meeting.mentee_said_at == pair.now
        assert pair.row.meetings == 1


def test_second_meeting_is_another(database: Database) -> None:
    with database.transaction() as tx:
        pair = introduced(tx)
        met(pair, MENTEE, 1)
        pair.later(20)
        assert met(pair, MENTOR, 2).reason == ""
        assert met(pair, MENTEE, 7).reason == ""  # there is none between: the third
        assert [each.number for each in matches.meetings(tx, pair.match)] == [1, 2, 3]
        assert pair.row.meetings == 3


def test_agreed_date_to_come_stays_when_they_met_before(database: Database) -> None:
    with database.transaction() as tx:
        pair = introduced(tx)
        when = pair.now + 50 * HOUR
        life.dated(tx, pair.match, MENTOR, when, pair.now, expats())
        met(pair, MENTOR, 1)
        assert pair.row.meeting_at == when
        (meeting,) = matches.meetings(tx, pair.match)
        assert (meeting.planned_at, meeting.held_at) == (None, pair.now)


def test_meeting_of_a_pair_that_has_ended_counts(database: Database) -> None:
    with database.transaction() as tx:
        pair = introduced(tx)
        life.stop(tx, pair.match, MENTEE, pair.now, expats())
        assert met(pair, MENTOR, 1).reason == "noted"
        assert (pair.row.state, pair.row.meetings) == ("ended", 1)
        assert met(pair, MENTOR, 1).reason == "already"
        assert life.checked(
            tx, pair.match, MENTEE, "first", "good", pair.now, expats()
        ).reason == ""  # fmt: skip
        assert matches.history(tx, pair.match)[-1].detail == "good"


def test_nothing_is_taken_of_others_or_too_early(database: Database) -> None:
    with database.transaction() as tx:
        pair = Pair(tx)
        pair.approve()
        now, blueprint, when = pair.now, expats(), pair.now + DAY
        for who, reason in ((99, "not_yours"), (MENTOR, "too_late")):
            assert {
                life.suggest(tx, pair.match, who, when, now, blueprint).reason,
                life.accept_time(tx, pair.match, who, now, blueprint).reason,
                life.dated(tx, pair.match, who, when, now, blueprint).reason,
                life.met(tx, pair.match, who, 1, now, blueprint).reason,
                life.not_met(tx, pair.match, who, "time", now, blueprint).reason,
                life.checked(tx, pair.match, who, "first", "good", now, blueprint).reason,
                life.go_on(tx, pair.match, who, now, blueprint).reason,
                life.remind_other(tx, pair.match, who, now, blueprint).reason,
                life.finish(tx, pair.match, who, now, blueprint).reason,
                life.seen(tx, pair.match, who, now, blueprint).reason,
                life.because(tx, pair.match, who, "time", None, now, blueprint).reason,
            } == {reason}
        assert pair.row.state == "asked_mentor"


def test_reminder_of_the_other_goes_once(database: Database) -> None:
    with database.transaction() as tx:
        pair = introduced(tx)
        life.not_met(tx, pair.match, MENTEE, "silent", pair.now, expats())
        assert life.remind_other(tx, pair.match, MENTEE, pair.now, expats()).reason == ""
        assert life.remind_other(tx, pair.match, MENTEE, pair.now, expats()).reason == "already"
        assert life.remind_other(tx, pair.match, MENTOR, pair.now, expats()).reason == ""
        assert news(pair) == [(MENTOR, "meet_reminder"), (MENTEE, "meet_reminder")]
        said = [(each.what, each.who, each.detail) for each in matches.history(tx, pair.match)]
        assert ("not_met", "mentee", "silent") in said


def test_sign_of_life_is_remembered(database: Database) -> None:
    with database.transaction() as tx:
        pair = introduced(tx)
        before = pair.row.mentor_seen_at
        life.seen(tx, pair.match, MENTOR, pair.now, expats())
        assert (before, pair.row.mentor_seen_at) != (pair.now, before)
        assert pair.row.mentor_seen_at == pair.now


@pytest.mark.parametrize(("who", "other"), [(MENTOR, MENTEE), (MENTEE, MENTOR)])
def test_either_stops_with_one_tap(database: Database, who: int, other: int) -> None:
    with database.transaction() as tx:
        pair = introduced(tx)
        assert life.stop(tx, pair.match, who, pair.now, expats()).reason == ""
        side = "mentor" if who == MENTOR else "mentee"
        assert (pair.row.state, pair.row.ended_by, pair.row.live) == ("ended", side, False)
        assert news(pair) == [(other, "match_ended:stopped")]
        assert pair.due() == []
        assert pair.wish.status == ("open" if who == MENTOR else "closed")
        assert pair.wish.ahead == (1 if who == MENTOR else 0)
        assert life.stop(tx, pair.match, who, pair.now, expats()).reason == "already"
        assert life.stop(tx, pair.match, other, pair.now, expats()).reason == "too_late"


def test_reason_is_kept_for_staff(database: Database) -> None:
    with database.transaction() as tx:
        pair = introduced(tx)
        life.stop(tx, pair.match, MENTOR, pair.now, expats())
        outcome = life.because(tx, pair.match, MENTOR, "fit", " No\nluck ", pair.now, expats())
        assert outcome.row == pair.row
        assert (pair.row.reason, pair.row.note) == ("fit", "No\nluck")
        assert life.because(
            tx, pair.match, MENTEE, "fit", "x", pair.now, expats()
        ).reason == "too_late"  # fmt: skip
        assert all("luck" not in each.detail for each in matches.history(tx, pair.match))


def test_mentee_finds_another_mentor(database: Database) -> None:
    with database.transaction() as tx:
        pair = introduced(tx)
        assert life.new_match(tx, pair.match, MENTEE, pair.now, expats()).reason == ""
        assert (pair.row.state, pair.row.ended_by) == ("ended", "mentee")
        assert (pair.wish.status, pair.wish.ahead) == ("open", 1)
        assert news(pair) == [(MENTOR, "match_ended:stopped")]
        assert pair.wish.waiting_since == pair.now


def test_mentee_who_met_waits_like_others_for_another_mentor(database: Database) -> None:
    with database.transaction() as tx:
        pair = introduced(tx)
        met(pair, MENTEE, 1)
        life.new_match(tx, pair.match, MENTEE, pair.now, expats())
        assert (pair.wish.status, pair.wish.ahead) == ("open", 0)


def test_mentor_who_never_answered_gets_a_break_when_the_mentee_says_so(
    database: Database,
) -> None:
    with database.transaction() as tx:
        pair = introduced(tx)
        life.stop(tx, pair.match, MENTEE, pair.now, expats())
        life.because(tx, pair.match, MENTEE, "silent", None, pair.now, expats())
        offer = offered.of_person(tx, MENTOR)
        assert offer is not None
        assert offer.break_reason == "silent"
        assert offer.break_until == (pair.now + expats().mentoring.break_days * DAY).date()
        assert news(pair)[-1] == (MENTOR, "mentor_break")


def test_mentor_who_said_something_gets_no_break(database: Database) -> None:
    with database.transaction() as tx:
        pair = introduced(tx)
        life.seen(tx, pair.match, MENTOR, pair.now, expats())
        life.stop(tx, pair.match, MENTEE, pair.now, expats(), "silent")
        offer = offered.of_person(tx, MENTOR)
        assert offer is not None
        assert offer.break_until is None


def test_pair_that_met_comes_to_its_end(database: Database) -> None:
    with database.transaction() as tx:
        pair = introduced(tx)
        met(pair, MENTEE, 1)
        pair.later(90)
        life.checked(tx, pair.match, MENTEE, "end", "good", pair.now, expats())
        life.go_on(tx, pair.match, MENTOR, pair.now, expats())
        assert pair.row.state == "met"
        assert life.finish(tx, pair.match, MENTEE, pair.now, expats()).reason == ""
        assert (pair.row.state, pair.wish.status, pair.wish.reason) == ("done", "closed", "finish")
        assert news(pair)[-1] == (MENTOR, "match_ended:done")


def test_pair_that_never_met_is_stopped_by_finishing(database: Database) -> None:
    with database.transaction() as tx:
        pair = introduced(tx)
        life.finish(tx, pair.match, MENTOR, pair.now, expats())
        assert (pair.row.state, pair.wish.status) == ("ended", "open")


@pytest.mark.parametrize(
    ("speaks", "told", "status", "ahead", "on_break"),
    [
        (MENTEE, [(MENTOR, "mentor_break"), (MENTEE, "match_ended:silent")], "open", 1, True),
        (
            MENTOR, [(MENTOR, "match_ended:silent"), (MENTEE, "match_ended:silent")],
            "closed", 0, False,
        ),
        (None, [(MENTOR, "mentor_break"), (MENTEE, "match_ended:silent")], "closed", 0, True),
    ],
)  # fmt: skip
def test_who_never_said_anything_is_let_go(
    database: Database,
    speaks: int | None,
    told: list[tuple[int, str]],
    status: str,
    ahead: int,
    on_break: bool,
) -> None:
    with database.transaction() as tx:
        pair = introduced(tx)
        if speaks is not None:
            life.not_met(tx, pair.match, speaks, "", pair.now, expats())
        pair.later(20)
        assert life.quiet(tx, pair.match, "silent", pair.now, expats()) is not None
        assert (pair.row.state, pair.row.ended_by) == ("ended", "clock")
        assert news(pair) == told
        assert (pair.wish.status, pair.wish.ahead) == (status, ahead)
        offer = offered.of_person(tx, MENTOR)
        assert offer is not None
        assert (offer.break_reason == "silent") is on_break


def test_pair_that_talks_is_let_go_only_when_it_never_met(database: Database) -> None:
    with database.transaction() as tx:
        pair = introduced(tx)
        for who in (MENTOR, MENTEE):
            life.not_met(tx, pair.match, who, "time", pair.now, expats())
        assert life.quiet(tx, pair.match, "silent", pair.later(20), expats()) is None
        assert life.quiet(tx, pair.match, "over", pair.now, expats()) is None
        assert life.quiet(tx, pair.match, "never", pair.later(70), expats()) is not None
        assert (pair.row.state, pair.row.reason) == ("ended", "never")
        assert (pair.wish.status, pair.wish.ahead) == ("open", 1)
        assert news(pair) == [(MENTOR, "match_ended:not_met"), (MENTEE, "match_ended:not_met")]


def test_pair_that_met_and_fell_silent_is_done(database: Database) -> None:
    with database.transaction() as tx:
        pair = introduced(tx)
        met(pair, MENTOR, 1)
        assert life.quiet(tx, pair.match, "silent", pair.later(20), expats()) is None
        assert life.quiet(tx, pair.match, "over", pair.later(90), expats()) is not None
        assert (pair.row.state, pair.wish.status) == ("done", "closed")
        assert pair.due() == []
