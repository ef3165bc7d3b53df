"""What the clock does around a pair: everything once or expired, never in the night."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from outreach.clock import Context, Done
from outreach.mentoring import life, nudges, plans, requests
from storage import held, tasks
from storage.database import Database, Transaction, sql
from storage.held import About
from storage.mentoring import matches, offers
from storage.mentoring import requests as stored
from storage.moments import moment
from tests.outreach.inviting import CHANNELS, NOW
from tests.outreach.inviting import expats as blueprint
from tests.outreach.mentoring.courting import Pair
from tests.outreach.mentoring.days import DAY, HOUR, Days

HERE = ZoneInfo("Europe/Bratislava")
LIVES_IN = sql("UPDATE person SET timezone = :zone WHERE id = :id")
PAUSE = sql("UPDATE person SET paused_until = :until WHERE id = :id")
WITHDRAW = sql("UPDATE consent SET given = FALSE WHERE person_id = :id AND purpose = 'mentoring'")
NUDGED = sql("SELECT person_id FROM delivery WHERE kind = 'meet_nudge'")
WAITING = sql("SELECT kind, state, reason FROM delivery WHERE state <> 'sent' ORDER BY id")


def open_tasks(tx: Transaction, match: int) -> list[tuple[str, str, datetime]]:
    return [
        (task.kind, task.variant, task.due_at)
        for task in tasks.of(tx, f"match:{match}")
        if task.state == "open"
    ]


def met(pair: Pair, who: int, number: int = 1) -> None:
    said = life.met(pair.tx, pair.match, who, number, pair.now, blueprint())
    assert said.reason == ""


# ---- asking ----


def test_a_mentor_is_asked_reminded_once_and_then_the_next_best_is(database: Database) -> None:
    with database.transaction() as tx:
        pair, days = Pair(tx, mentors=2), Days(tx)
        pair.approve()
        days.run(NOW, NOW + 5 * DAY)
        assert days.of(11) == ["mentor_ask", "ask_reminder", "match_lapsed"]
        assert days.when(11, "mentor_ask") == ["11-02 10:30"]
        assert days.when(11, "ask_reminder") == ["11-04 10:30"]
        assert days.of(12) == ["mentor_ask"]
        assert days.when(12, "mentor_ask") == ["11-06 10:30"]
        assert days.of(1) == []
        assert pair.row.state == "lapsed"


def test_who_is_asked_in_the_night_has_as_many_days_from_the_morning(database: Database) -> None:
    with database.transaction() as tx:
        pair, days = Pair(tx), Days(tx)
        night = pair.now = NOW + 12 * HOUR  # 22:30
        pair.approve()
        days.run(night, night + 6 * DAY)
        assert days.when(11, "mentor_ask") == ["11-03 09:30"]
        assert days.when(11, "ask_reminder") == ["11-05 09:30"]
        assert days.when(11, "match_lapsed") == ["11-07 09:30"]


def test_an_answer_ends_the_reminder(database: Database) -> None:
    with database.transaction() as tx:
        pair, days = Pair(tx), Days(tx)
        pair.approve()
        days.run(NOW, NOW + DAY)
        pair.now = NOW + DAY
        pair.say(11, True, contacts=("email",))
        days.run(pair.now, pair.now + 3 * DAY)
        assert days.of(11) == ["mentor_ask"]
        assert days.of(1) == ["mentee_ask", "ask_reminder"]
        assert open_tasks(tx, pair.match)[0][0] == "match.lapse"


def test_who_was_never_reached_is_asked_again_rather_than_let_down(database: Database) -> None:
    """The bot was down for a week: the question expired unsent."""
    with database.transaction() as tx:
        pair, days = Pair(tx, mentors=2), Days(tx)
        pair.approve()
        days.run(NOW, NOW + 12 * DAY, down=[(NOW, NOW + 7 * DAY)])
        assert days.of(11) == ["mentor_ask", "ask_reminder", "match_lapsed"]
        assert days.when(11, "mentor_ask") == ["11-09 10:30"]
        assert days.when(11, "ask_reminder") == ["11-11 10:30"]
        assert days.when(11, "match_lapsed") == ["11-13 10:30"]
        assert days.of(12) == ["mentor_ask"]


def test_a_question_that_staff_hold_back_does_not_lapse_meanwhile(database: Database) -> None:
    """For a week: it is not their fault that they do not answer."""
    with database.transaction() as tx:
        pair, days = Pair(tx, mentors=2), Days(tx)
        days.now = pair.now = NOW + 12 * HOUR
        pair.approve()
        days.look()
        assert held.hold(tx, About(), 10) == 1
        days.run(days.now, NOW + 6 * DAY)
        assert days.got == []
        assert pair.row.state == "asked_mentor"
        assert held.release(tx, About(), 10) == 1
        days.run(NOW + 6 * DAY, NOW + 7 * DAY)
        assert days.when(11, "mentor_ask") == ["11-08 10:30"]
        assert days.when(11, "ask_reminder") == ["11-09 10:30"]  # no sooner than after a day


LATE = {
    "queued": sql("UPDATE delivery SET due_at = :at WHERE kind = 'mentor_ask'"),
    "not planned": sql("UPDATE task SET due_at = :at WHERE kind = 'match.tell'"),
}


@pytest.mark.parametrize("why", ["held", *LATE])
def test_who_gets_the_question_late_is_reminded_a_day_after_it(
    database: Database, why: str
) -> None:
    """Not when the reminder was due: by then they had nothing to be reminded of."""
    with database.transaction() as tx:
        pair, days = Pair(tx), Days(tx)
        days.now = pair.now = NOW + 12 * HOUR  # 22:30
        pair.approve()
        arrives = NOW + 3 * DAY
        if why == "not planned":
            tx.run(LATE[why], at=moment(arrives))
        days.look()
        if why == "held":
            assert held.hold(tx, About(), 10) == 1
        elif why == "queued":
            tx.run(LATE[why], at=moment(arrives))
        days.run(days.now, arrives - HOUR)
        assert days.got == []
        if why == "held":
            assert held.release(tx, About(), 10) == 1
        days.run(arrives, arrives + 2 * DAY)
        assert days.of(11) == ["mentor_ask", "ask_reminder", "match_lapsed"]
        assert days.when(11, "mentor_ask") == ["11-05 10:30"]
        assert days.when(11, "ask_reminder") == ["11-06 10:30"]


def test_who_paused_is_not_asked_and_the_question_lapses(database: Database) -> None:
    with database.transaction() as tx:
        pair, days = Pair(tx), Days(tx)
        pair.approve()
        tx.run(PAUSE, id=11, until="2026-12-24")
        days.run(NOW, NOW + 60 * DAY, step=6 * HOUR)
        assert days.of(11) == []  # nor afterwards: they have let nobody down
        assert [row[:2] for row in tx.run(WAITING).fetchall()] == [("mentor_ask", "cancelled")]
        assert pair.row.state == "lapsed"
        assert pair.wish.status == "open"


def test_who_withdrew_consent_gets_nothing_more(database: Database) -> None:
    with database.transaction() as tx:
        pair, days = Pair(tx), Days(tx)
        pair.now = NOW + 12 * HOUR
        pair.approve()
        days.now = pair.now
        days.look()  # planned, and waits for the morning
        tx.run(WITHDRAW, id=11)
        days.run(pair.now, pair.now + DAY)
        assert days.got == []
        assert [tuple(row) for row in tx.run(WAITING).fetchall()] == [
            ("mentor_ask", "cancelled", "no consent")
        ]


def test_a_question_that_waits_goes_when_the_match_goes_on_without_it(database: Database) -> None:
    with database.transaction() as tx:
        pair, days = Pair(tx), Days(tx)
        pair.now = NOW + 12 * HOUR
        pair.approve()
        days.now = pair.now
        days.look()
        life.close(tx, pair.match, pair.now, blueprint(), "staff")
        assert [tuple(row) for row in tx.run(WAITING).fetchall()] == [
            ("mentor_ask", "cancelled", "it has gone on")
        ]
        days.run(pair.now, pair.now + 5 * DAY)
        assert days.got == []


def test_who_says_yes_in_the_night_sees_at_once_to_whom(database: Database) -> None:
    """And the other, who sleeps, in the morning."""
    with database.transaction() as tx:
        pair, days = Pair(tx), Days(tx)
        pair.approve()
        pair.say(11, True, contacts=("email",))
        pair.now = NOW + 12 * HOUR
        pair.say(1, True, contacts=("email",))
        days.run(pair.now + timedelta(seconds=20), NOW + DAY)
        assert days.when(1, "introduction") == ["11-02 22:31"]
        assert days.when(11, "introduction") == ["11-03 09:31"]


# ---- until they have met ----


def test_those_who_have_not_met_are_asked_after_7_and_14_days(database: Database) -> None:
    with database.transaction() as tx:
        pair, days = Pair(tx), Days(tx)
        pair.introduce()
        days.run(pair.now, pair.now + 15 * DAY)
        for person in (1, 11):
            assert days.of(person) == ["introduction", "meet_nudge:7", "meet_nudge:14"]
            assert days.when(person, "meet_nudge", "7") == ["11-09 10:32"]
            assert days.when(person, "meet_nudge", "14") == ["11-16 10:32"]


def test_a_silent_mentor_is_put_on_a_break_and_the_mentee_goes_first(database: Database) -> None:
    with database.transaction() as tx:
        pair, days = Pair(tx), Days(tx)
        pair.introduce()
        start = pair.now
        pair.later(8)
        days.run(start, pair.now)
        life.not_met(tx, pair.match, 1, "silent", pair.now, blueprint())
        days.run(pair.now + HOUR, start + 22 * DAY)
        assert pair.row.state == "ended"
        assert days.of(11)[-1] == "mentor_break"
        assert days.of(1)[-1] == "match_ended:silent"
        assert (pair.wish.status, pair.wish.ahead) == ("open", 1)
        offer = offers.of_person(tx, 11)
        assert offer is not None
        assert offer.break_reason == "silent"
        assert open_tasks(tx, pair.match) == []


def test_a_pair_that_answers_and_does_not_meet_is_asked_now_and_then_until_the_end(
    database: Database,
) -> None:
    with database.transaction() as tx:
        pair, days = Pair(tx), Days(tx)
        pair.introduce()
        start = pair.now
        days.run(start, start + 10 * DAY)
        for person in (1, 11):
            life.not_met(tx, pair.match, person, "time", start + 10 * DAY, blueprint())
        days.run(start + 10 * DAY, start + 92 * DAY)
        nudges = [f"meet_nudge:{day}" for day in (7, 14, 35, 56, 77)]
        for person in (1, 11):
            assert days.of(person) == ["introduction", *nudges, "match_ended:not_met"]
        assert pair.row.state == "ended"


def test_who_has_a_date_is_asked_after_it_instead(database: Database) -> None:
    with database.transaction() as tx:
        pair, days = Pair(tx), Days(tx)
        pair.introduce()
        start = pair.now
        date = start + 16 * DAY
        life.dated(tx, pair.match, 1, date, start, blueprint())
        days.run(start, start + 17 * DAY)
        assert days.of(1) == ["introduction", "meet_nudge:after"]
        assert days.of(11) == ["introduction", "meeting_set", "meet_nudge:after"]
        assert days.when(1, "meet_nudge") == ["11-18 13:32"]


@pytest.mark.parametrize("became", ["stands", "moved", "called off"])
def test_who_has_a_date_is_asked_after_that_one_and_no_other(
    database: Database, became: str
) -> None:
    """The clock may have taken the question in hand just before the date was moved."""
    with database.transaction() as tx:
        pair = Pair(tx)
        pair.introduce()
        life.dated(tx, pair.match, 1, NOW + 2 * DAY, pair.now, blueprint())
        (task,) = tasks.of(tx, f"match:{pair.match}", plans.AFTER)
        if became == "moved":
            life.dated(tx, pair.match, 1, NOW + 5 * DAY, pair.now, blueprint())
        elif became == "called off":
            matches.update(tx, pair.match, {"meeting_at": None})
        context = Context(task.due_at, blueprint(), CHANNELS)
        assert nudges.HANDLERS[plans.AFTER](tx, task, context) == Done()
        asked = sorted(row[0] for row in tx.run(NUDGED).fetchall())
        assert asked == ([1, 11] if became == "stands" else [])


def test_nobody_is_asked_whether_they_met_who_has_said_so(database: Database) -> None:
    with database.transaction() as tx:
        pair, days = Pair(tx), Days(tx)
        pair.introduce()
        start = pair.now
        life.dated(tx, pair.match, 1, start + 2 * DAY, start, blueprint())
        pair.later(2.1)
        met(pair, 11)
        days.run(start, start + 12 * DAY)
        assert [kind for kind in days.of(1) if "nudge" in kind] == []
        assert days.of(1)[-1] == "check_first"


def test_checks_come_after_the_first_meeting_and_the_pair_ends_when_nothing_is_heard(
    database: Database,
) -> None:
    with database.transaction() as tx:
        pair, days = Pair(tx), Days(tx)
        pair.introduce()
        start = pair.now
        pair.later(3)
        met(pair, 1)
        days.run(start, start + 110 * DAY)
        for person in (1, 11):
            assert days.of(person) == [
                "introduction", "check_first", "meet_nudge:again", "check_midway", "check_end",
                "match_ended:done",
            ]  # fmt: skip
        assert days.when(1, "check_first") == ["11-06 10:32"]
        assert days.when(1, "meet_nudge") == ["11-26 10:32"]
        assert days.when(1, "check_midway") == ["12-20 10:32"]
        assert days.when(1, "check_end") == ["02-03 10:32"]
        assert pair.row.state == "done"


def test_who_tells_of_the_meeting_weeks_later_is_asked_how_it_was(database: Database) -> None:
    with database.transaction() as tx:
        pair, days = Pair(tx), Days(tx)
        pair.introduce()
        start = pair.now
        life.dated(tx, pair.match, 1, start + 2 * DAY, start, blueprint())
        pair.later(20)
        met(pair, 1)
        days.run(pair.now, pair.now + 2 * DAY)
        assert days.when(1, "check_first") == ["11-23 10:32"]
        held = matches.meetings(tx, pair.match)
        assert [each.held_at for each in held] == [start + 2 * DAY]


def test_a_second_meeting_is_asked_about_once_and_a_third_after_it(database: Database) -> None:
    with database.transaction() as tx:
        pair, days = Pair(tx), Days(tx)
        pair.introduce()
        start = pair.now
        pair.later(1)
        met(pair, 1)
        days.run(start, start + 25 * DAY)
        pair.now = start + 25 * DAY
        met(pair, 1, 2)
        days.run(pair.now, start + 50 * DAY)
        again = [got.variant for got in days.got if got.person == 11 and got.kind == "meet_nudge"]
        assert again == ["again@1", "again@2"]


# ---- nights, outages, kills ----


@pytest.mark.parametrize(
    ("introduced", "nudged"),
    [
        # A week later is the night in which 02:30 does not exist, or comes twice.
        (datetime(2026, 3, 22, 2, 30, tzinfo=HERE), ("03-29 09:00", "04-05 09:00")),
        (datetime(2026, 10, 18, 2, 30, tzinfo=HERE), ("10-25 09:00", "11-01 09:00")),
        (datetime(2026, 3, 22, 19, 30, tzinfo=HERE), ("03-30 09:00", "04-06 09:00")),
        (datetime(2026, 10, 18, 19, 30, tzinfo=HERE), ("10-25 18:30", "11-01 18:30")),
    ],
)
def test_nudges_over_the_night_of_a_clock_change_come_once_in_the_morning(
    database: Database, introduced: datetime, nudged: tuple[str, str]
) -> None:
    with database.transaction() as tx:
        pair, days = Pair(tx), Days(tx)
        tx.run(LIVES_IN, id=11, zone="America/New_York")
        pair.now = introduced.astimezone(NOW.tzinfo) - timedelta(minutes=2)
        pair.introduce()
        days.run(pair.now, pair.now + 15 * DAY, step=timedelta(minutes=30))
        assert days.never_twice()
        assert days.decent()
        assert (*days.when(1, "meet_nudge", "7"), *days.when(1, "meet_nudge", "14")) == nudged
        assert len(days.when(11, "meet_nudge")) == 2


@pytest.mark.parametrize("since", [6.9, 7.0, 7.5, 13.9, 14.0, 20.9])
@pytest.mark.parametrize("hours", [6, 72])
def test_after_an_outage_each_nudge_has_come_once(
    database: Database, since: float, hours: int
) -> None:
    with database.transaction() as tx:
        pair, days = Pair(tx), Days(tx)
        pair.introduce()
        start = pair.now
        off = start + since * DAY
        days.run(start, start + 20.5 * DAY, down=[(off, off + hours * HOUR)])
        for person in (1, 11):
            assert days.of(person) == ["introduction", "meet_nudge:7", "meet_nudge:14"]
        assert days.decent()


def test_who_paused_over_the_first_nudge_gets_the_second(database: Database) -> None:
    with database.transaction() as tx:
        pair, days = Pair(tx), Days(tx)
        pair.introduce()
        start = pair.now
        days.run(start, start + 6 * DAY)
        tx.run(PAUSE, id=11, until="2026-11-17")
        days.run(start + 6 * DAY, start + 15 * DAY)
        assert days.of(11) == ["introduction", "meet_nudge:14"]
        assert days.of(1) == ["introduction", "meet_nudge:7", "meet_nudge:14"]


def test_after_a_long_outage_what_is_too_late_has_expired(database: Database) -> None:
    with database.transaction() as tx:
        pair, days = Pair(tx), Days(tx)
        pair.introduce()
        start = pair.now
        days.run(start, start + 20 * DAY, down=[(start + 6 * DAY, start + 15 * DAY)])
        for person in (1, 11):
            assert days.of(person) == ["introduction", "meet_nudge:14"]


def test_nobody_is_let_go_for_silence_whom_nothing_was_asked(database: Database) -> None:
    """The bot was down over all nudges: it asks, and waits as long as ever."""
    with database.transaction() as tx:
        pair, days = Pair(tx), Days(tx)
        pair.introduce()
        start = pair.now
        days.run(start, start + 40.9 * DAY, down=[(start + DAY, start + 34 * DAY)])
        assert days.of(11) == ["introduction", "meet_nudge:late"]  # and not again the day after
        assert pair.row.state == "introduced"
        days.run(start + 41 * DAY, start + 41.1 * DAY)
        assert days.of(11)[-1] == "mentor_break"
        assert pair.row.state == "ended"


def test_a_program_that_is_killed_before_each_commit_does_everything_once(
    database: Database,
) -> None:
    found = []
    for killed in (False, True):
        with database.transaction() as tx:
            tx.run(sql("DELETE FROM person"))
            tx.run(sql("DELETE FROM task"))
            tx.run(sql("DELETE FROM delivery"))
            pair, days = Pair(tx, mentors=2), Days(tx, killed=killed)
            pair.approve()
            days.run(NOW, NOW + 4 * DAY, step=3 * HOUR)
            live = pair.live
            assert live is not None
            pair.match, pair.now = live.id, NOW + 4 * DAY + HOUR
            pair.say(12, True, contacts=("email",))
            pair.say(1, True, contacts=("email",))
            days.run(pair.now, NOW + 20 * DAY, step=3 * HOUR)
            met(pair, 1)
            days.run(NOW + 20 * DAY, NOW + 130 * DAY, step=6 * HOUR)
            assert days.never_twice()
            assert pair.row.state == "done"
            found.append([(got.at, got.person, got.kind) for got in days.got])
    assert found[0] == found[1]
    assert len(found[0]) > 15


# ---- requests ----


def test_a_request_that_found_nobody_gets_an_honest_word_every_45_days(
    database: Database,
) -> None:
    with database.transaction() as tx:
        pair, days = Pair(tx), Days(tx)
        life.drop(tx, pair.match, NOW, blueprint(), "staff")
        days.run(NOW, NOW + 95 * DAY, step=6 * HOUR)
        assert days.of(1) == ["request_unmatched:1", "request_unmatched:2"]
        assert days.when(1, "request_unmatched") == ["12-17 10:30", "01-31 10:30"]


def test_a_word_that_came_late_is_not_followed_by_the_next_at_once(database: Database) -> None:
    """85 days have passed (the program was not there yet): the word for 90 days can wait."""
    with database.transaction() as tx:
        pair, days = Pair(tx), Days(tx)
        life.drop(tx, pair.match, NOW, blueprint(), "staff")
        stored.update(tx, pair.request, {"waiting_since": NOW - 85 * DAY})
        waits = stored.by_ids(tx, [pair.request])[pair.request]
        plans.schedule_request(tx, waits, waits.waiting_since, blueprint())
        days.run(NOW, NOW + 20 * DAY, step=6 * HOUR)
        assert days.of(1) == ["request_unmatched:1"]
        days.run(NOW + 20 * DAY, NOW + 25 * DAY, step=6 * HOUR)
        assert days.of(1) == ["request_unmatched:1", "request_unmatched:2"]


def test_who_is_being_asked_hears_nothing_of_nobody(database: Database) -> None:
    with database.transaction() as tx:
        pair, days = Pair(tx), Days(tx)
        pair.now = NOW + 44 * DAY
        pair.approve()
        days.run(NOW + 44 * DAY, NOW + 47 * DAY)
        assert days.of(1) == []
        days.run(NOW + 47 * DAY, NOW + 50 * DAY)
        assert days.of(1) == ["request_unmatched:1"]


def test_a_request_that_is_withdrawn_hears_nothing_more(database: Database) -> None:
    with database.transaction() as tx:
        pair, days = Pair(tx), Days(tx)
        requests.withdraw(tx, 1, NOW, blueprint())
        days.run(NOW, NOW + 50 * DAY, step=6 * HOUR)
        assert days.of(1) == []
        assert matches.by_ids(tx, [pair.match])[pair.match].state == "withdrawn"
