"""What is due about a match: for any match that lives, somebody always acts next."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from blueprints.schema import Mentoring
from outreach.mentoring import life, plans
from outreach.mentoring.plans import Due, dues
from storage import tasks
from storage.database import Database, Transaction, sql
from storage.mentoring import matches
from storage.mentoring.matches import MatchRow, MeetingRow
from storage.states import LIVE_MATCHES, MATCH_STATES
from tests.outreach.inviting import NOW, expats
from tests.outreach.mentoring.courting import Pair

DAY = timedelta(days=1)
ROW = MatchRow(
    id=1, round_id=None, request_id=1, mentee_id=1, mentor_id=2, organisation="cike",
    mentor_organisation="cike", state="introduced", score=0, reasons=(), alternatives=(),
    created_at=NOW, approved_at=NOW, deadline=None, mentor_asked_at=NOW, mentor_said_at=NOW,
    mentee_asked_at=NOW, mentee_said_at=NOW, introduced_at=NOW, mentor_contact=(),
    mentee_contact=(), suggested_at=None, suggested_by=None, meeting_at=None, uid="u", sequence=0,
    meetings=0, mentor_seen_at=NOW, mentee_seen_at=NOW, ended_at=None, ended_by=None, reason=None,
    note=None,
)  # fmt: skip
after = st.integers(0, 120).map(lambda days: NOW + days * DAY)
mentorings = st.builds(
    Mentoring,
    answer_days=st.integers(2, 9),
    remind_days=st.integers(1, 9),
    nudges=st.lists(st.integers(1, 60), max_size=3, unique=True).map(lambda n: tuple(sorted(n))),
    quiet_days=st.integers(1, 14),
    again_meet_days=st.integers(1, 40),
    midway_days=st.integers(1, 60),
    end_days=st.integers(61, 120),
)
ALL = sql("SELECT id, kind, subject, variant, state, due_at, expires_at, cursor FROM task")


@st.composite
def rows(draw: st.DrawFn) -> tuple[MatchRow, list[MeetingRow]]:
    held = sorted(draw(st.lists(after, min_size=1, max_size=3)))
    meetings = [
        MeetingRow(1, number, None, at, at + draw(st.integers(0, 30)) * DAY, None)
        for number, at in enumerate(held, start=1)
    ]
    values: dict[str, Any] = {
        "state": draw(st.sampled_from(MATCH_STATES)), "deadline": draw(st.none() | after),
        "meeting_at": draw(st.none() | after), "meetings": len(held),
        "mentor_seen_at": draw(st.none() | after), "mentee_seen_at": draw(st.none() | after),
    }  # fmt: skip
    return replace(ROW, **values), meetings


def everything(match: MatchRow, held: list[MeetingRow], mentoring: Mentoring) -> list[Due]:
    return list(dues(match, held, mentoring))


@given(rows(), mentorings)
def test_of_a_match_that_lives_something_is_due_that_nothing_lets_expire(
    drawn: tuple[MatchRow, list[MeetingRow]], mentoring: Mentoring
) -> None:
    match, held = drawn
    found = everything(match, held, mentoring)
    ends = [due for due in found if due.expires_at is None]
    assert bool(ends) == (match.state in LIVE_MATCHES and match.state != "proposed")
    assert {due.kind for due in ends} <= {plans.LAPSE, plans.QUIET}
    assert len({(due.kind, due.variant) for due in found}) == len(found)
    assert all(due.expires_at is None or due.expires_at >= due.at for due in found)


@given(mentorings)
def test_the_ladder_goes_up_and_begins_as_the_blueprint_says(mentoring: Mentoring) -> None:
    days = plans.ladder(mentoring)
    assert tuple(days[: len(mentoring.nudges)]) == mentoring.nudges
    assert days == sorted(set(days))
    assert all(day < mentoring.end_days for day in days[len(mentoring.nudges) :])


@given(st.integers(0, 400), st.integers(1, 90))
def test_a_request_that_waits_is_told_so_at_each_multiple(days: int, every: int) -> None:
    mentoring = Mentoring(unmatched_days=every)
    times, following = plans.waits(NOW, NOW + days * DAY, mentoring)
    assert times == days // every
    assert NOW + days * DAY < following <= NOW + (days + every) * DAY


def plan(tx: Transaction) -> list[tuple[Any, ...]]:
    return sorted(tuple(row) for row in tx.run(ALL).fetchall())


def test_planning_again_changes_nothing(database: Database) -> None:
    with database.transaction() as tx:
        pair = Pair(tx)
        acts = (
            pair.approve,
            lambda: pair.say(11, True, contacts=("email",)),
            lambda: pair.say(1, True, contacts=("email",)),
            lambda: life.dated(tx, pair.match, 1, pair.now + DAY, pair.now, expats()),
            lambda: life.met(tx, pair.match, 1, 1, pair.later(2), expats()),
            lambda: life.finish(tx, pair.match, 1, pair.later(1), expats()),
        )
        for act in acts:
            act()
            before = plan(tx)
            plans.schedule(tx, pair.row, pair.now, expats())
            plans.schedule_request(tx, pair.wish, pair.now, expats())
            assert plan(tx) == before


def test_what_is_planned_is_what_the_state_needs_and_nothing_else(database: Database) -> None:
    with database.transaction() as tx:
        pair = Pair(tx)
        assert pair.due() == []
        pair.approve()
        assert pair.due() == ["match.remind:mentor", "match.lapse:mentor"]
        pair.say(11, True, contacts=("email",))
        assert pair.due() == ["match.remind:mentee", "match.lapse:mentee"]
        pair.say(1, True, contacts=("email",))
        assert pair.due() == [
            "match.nudge:7", "match.nudge:14", "match.quiet:silent", "match.nudge:35",
            "match.nudge:56", "match.nudge:77", "match.quiet:never",
        ]  # fmt: skip
        life.met(tx, pair.match, 11, 1, pair.now, expats())
        assert pair.due() == [
            "match.check:first", "match.again:1", "match.check:midway", "match.check:end",
            "match.quiet:over",
        ]  # fmt: skip
        life.stop(tx, pair.match, 11, pair.now, expats())
        assert pair.due() == []


def test_a_moved_date_is_asked_about_once(database: Database) -> None:
    with database.transaction() as tx:
        pair = Pair(tx)
        pair.introduce()
        for days in (3, 5):
            life.dated(tx, pair.match, 1, NOW + days * DAY, pair.now, expats())
        planned = [
            task.due_at
            for task in tasks.of(tx, f"match:{pair.match}", plans.AFTER)
            if task.state == "open"
        ]
        assert planned == [NOW + 5 * DAY + plans.AFTER_DATE]


def test_a_message_is_planned_once_whoever_tells_it_and_to_nobody_who_is_gone(
    database: Database,
) -> None:
    with database.transaction() as tx:
        pair = Pair(tx)
        for person in (1, 1, 11, None):
            plans.tell(tx, pair.row, person, plans.MATCH_ENDED, NOW, "staff")
        assert pair.told() == [(1, "match_ended:staff"), (11, "match_ended:staff")]
        assert matches.one(tx, pair.match) == pair.row


def test_a_variant_tells_times_apart() -> None:
    first: datetime = NOW + DAY
    assert plans.suggested(first, NOW) != plans.suggested(first, NOW + DAY)
    assert plans.suggested(first, NOW) != plans.suggested(first + DAY, NOW)
    assert plans.suggested(first, NOW).startswith(plans.at(first))
