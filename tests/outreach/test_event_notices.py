"""What the clock does around an event depends on what the event has become: every task, every
status; and who is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from outreach.clock import Context, tick
from outreach.events import line, schedule
from outreach.events.keeping import URGENT, urgent
from outreach.events.notices import HANDLERS
from storage import events, notices, tasks
from storage.database import Database, Transaction, sql
from storage.events import EventRow, RsvpRow
from storage.moments import as_moment
from storage.states import EVENT_STATUSES
from tests.outreach.inviting import CHANNELS, NOW, STARTS, event, expats, people, person
from tests.outreach.sending import delivery
from tests.outreach.sending import row as planned

TICK, HOUR, DAY = timedelta(microseconds=1), timedelta(hours=1), timedelta(days=1)
ENDS = STARTS + 2 * HOUR
SAID = {1: "going", 2: "maybe", 3: "no", 4: "waiting", 5: "offered"}
SILENT = 6
TOLD = sql(
    "SELECT kind, variant, person_id, due_at, expires_at FROM delivery"
    " ORDER BY kind, variant, person_id"
)
AT = f"@{int(STARTS.timestamp())}"


@dataclass
class Around:
    """An event that people have answered as in SAID, and the clock."""

    tx: Transaction
    event: EventRow

    def becomes(self, **values: Any) -> None:
        events.update(self.tx, self.event.id, values)

    def does(self, kind: str, now: datetime, variant: str = "", **more: Any) -> str:
        """Have one task of this kind done at that moment; how it ended."""
        subject = more.pop("subject", schedule.subject(self.event.id))
        self.tx.run(sql("DELETE FROM task"))
        tasks.plan(self.tx, kind, subject, now, now, variant=variant, **more)
        done = tick(self.tx, HANDLERS, Context(now, expats(), CHANNELS))
        assert done is not None
        return done.state

    def told(self) -> dict[str, list[int]]:
        """kind -> who."""
        found: dict[str, list[int]] = {}
        for kind, _, who, _, _ in self.tx.run(TOLD):
            found.setdefault(kind, []).append(who)
        return found

    def status(self) -> str:
        return events.by_ids(self.tx, [self.event.id])[self.event.id].status


@pytest.fixture
def around(database: Database) -> Iterator[Around]:
    with database.transaction() as tx:
        people(tx, SILENT)
        brunch = event(tx)
        for who, state in SAID.items():
            events.put_rsvp(tx, RsvpRow(brunch.id, who, state, 0, NOW, NOW, NOW, STARTS))
        yield Around(tx, brunch)


CONCERNED = [1, 2, 4, 5]
ALWAYS = set(EVENT_STATUSES)
KINDS: dict[str, tuple[str, datetime, str, set[str], list[int]]] = {
    "invitation": (schedule.INVITE, STARTS - TICK, "", {"announced"}, [SILENT]),
    "invitation ": (schedule.NEWCOMERS, STARTS - TICK, "", {"announced"}, [SILENT]),
    "reminder": (schedule.REMIND, STARTS - TICK, f"7d{AT}", {"announced", "closed"}, [1, 2]),
    "last_reminder": (schedule.REMIND, STARTS - TICK, f"1h{AT}", {"announced", "closed"}, [1, 2]),
    "change": (schedule.CHANGE, NOW, "s1t", {"announced", "closed"}, CONCERNED),
    "cancellation": (schedule.CANCEL, NOW, "s1", {"cancelled"}, CONCERNED),
    "thanks": (schedule.THANKS, ENDS, "", {"announced", "closed", "over"}, [1]),
    "feedback_reminder": (
        schedule.FEEDBACK, ENDS + DAY, "", {"announced", "closed", "over"}, [1],
    ),
}  # fmt: skip
"""Kind of notice -> its task, when, which variant, in which statuses of the event, to whom."""


@pytest.mark.parametrize("kind", KINDS)
def test_a_notice_is_given_while_the_event_is_what_it_was_planned_for(
    around: Around, kind: str
) -> None:
    task, moment, variant, statuses, who = KINDS[kind]
    kind = kind.strip()
    around.tx.run(sql("UPDATE person SET persona = 'expat'"))
    for status in EVENT_STATUSES:
        around.becomes(status=status)
        around.tx.run(sql("DELETE FROM delivery"))
        around.does(task, moment, variant)
        assert around.told() == ({kind: who} if status in statuses else {}), status
    around.becomes(status=min(statuses))
    around.tx.run(sql("DELETE FROM event"))
    around.tx.run(sql("DELETE FROM delivery"))
    assert around.does(task, moment, variant) == "done"
    assert around.told() == {}


@pytest.mark.parametrize("task", [schedule.INVITE, schedule.NEWCOMERS])
def test_nobody_is_invited_from_the_deadline_on(around: Around, task: str) -> None:
    around.becomes(rsvp_until=STARTS - DAY)
    assert around.does(task, STARTS - DAY) == "done"
    assert around.told() == {}
    around.does(task, STARTS - DAY - TICK)
    assert around.told() == {"invitation": [SILENT]}
    ((_, _, _, due, expires),) = around.tx.run(TOLD)
    assert as_moment(expires) == STARTS - DAY
    assert as_moment(due) >= STARTS - DAY - TICK


def test_an_invitation_to_another_event_is_none_to_this(around: Around) -> None:
    other = event(around.tx, "other")
    delivery(around.tx, SILENT, "invitation", event_id=other.id)
    delivery(around.tx, SILENT, "change", event_id=around.event.id)
    delivery(around.tx, SILENT, "invitation", event_id=around.event.id, variant="again")
    person(around.tx, 7)
    delivery(around.tx, 7, "invitation", event_id=around.event.id)
    events.put_rsvp(around.tx, RsvpRow(other.id, SILENT, "no", 0, NOW))
    around.does(schedule.INVITE, NOW)
    assert around.told()["invitation"] == [SILENT, SILENT, 7, SILENT]


def test_newcomers_are_looked_for_every_hour_and_gaps_are_filled(around: Around) -> None:
    around.becomes(capacity=3)  # one comes, one has an offer, one waits
    assert around.does(schedule.NEWCOMERS, NOW) == "open"
    (again,) = tasks.of(around.tx, schedule.subject(around.event.id), schedule.NEWCOMERS)
    assert again.due_at == NOW + HOUR
    states = {who: events.rsvp(around.tx, around.event.id, who) for who in SAID}
    assert {who: row.state for who, row in states.items() if row} == {**SAID, 4: "offered"}


def test_a_reminder_is_for_the_start_that_it_names(around: Around) -> None:
    for moment, variant in (
        (STARTS, f"7d{AT}"), (NOW, f"7d@{int(STARTS.timestamp()) + 1}"), (NOW, "7d"),
    ):  # fmt: skip
        assert around.does(schedule.REMIND, moment, variant) == "done"
    assert around.told() == {}
    around.does(schedule.REMIND, NOW, f"7d{AT}", expires_at=STARTS - DAY)
    around.does(schedule.REMIND, NOW, f"1d{AT}")
    ends = {(row[1], as_moment(row[4])) for row in around.tx.run(TOLD)}
    assert ends == {(f"7d{AT}", STARTS - DAY), (f"1d{AT}", STARTS)}


@pytest.mark.parametrize(
    ("moment", "useful"), [(STARTS - TICK, STARTS), (STARTS, ENDS), (ENDS - TICK, ENDS)]
)
def test_news_are_useful_until_the_start_and_then_until_the_end(
    around: Around, moment: datetime, useful: datetime
) -> None:
    around.does(schedule.CHANGE, moment, "s1t")
    around.becomes(status="cancelled")
    around.does(schedule.CANCEL, moment, "s2")
    ends = {(row[0], as_moment(row[4])) for row in around.tx.run(TOLD)}
    assert ends == {("change", useful), ("cancellation", useful)}


def test_thanks_go_to_who_was_there_for_a_week(around: Around) -> None:
    around.does(schedule.THANKS, ENDS + 2 * HOUR)
    assert around.told() == {"thanks": [1]}
    assert {as_moment(row[4]) for row in around.tx.run(TOLD)} == {ENDS + 7 * DAY}
    around.tx.run(sql("DELETE FROM delivery"))
    for who in (2, SILENT):
        events.put_rsvp(
            around.tx, RsvpRow(around.event.id, who, "going", 0, NOW, checked_in_at=STARTS)
        )
    around.does(schedule.THANKS, ENDS + 2 * HOUR)
    assert around.told() == {"thanks": [2, SILENT]}


def test_feedback_is_asked_once_more_of_who_was_there_and_said_nothing(around: Around) -> None:
    survey = expats().feedback
    assert survey is not None
    for who in (1, 2, 4, 5, SILENT):
        events.put_rsvp(around.tx, RsvpRow(around.event.id, who, "going", 0, NOW))
        around.tx.run(sql("UPDATE person SET persona = 'expat' WHERE id = :id"), id=who)
    around.tx.run(sql("UPDATE person SET persona = 'nobody_s' WHERE id = 2"))
    said = sql(
        "INSERT INTO answer (person_id, survey, round, question, value, answered_at)"
        " VALUES (:who, :survey, :round, 'score', '5', '2026-12-01T10:00:00.000000Z')"
    )
    around.tx.run(said, who=4, survey=survey.key, round="brunch")
    around.tx.run(said, who=5, survey=survey.key, round="another")
    around.tx.run(said, who=SILENT, survey="another", round="brunch")
    moment = ENDS + DAY
    around.does(schedule.FEEDBACK, moment)
    assert around.told() == {"feedback_reminder": [1, 5, SILENT]}
    assert {as_moment(row[4]) for row in around.tx.run(TOLD)} == {moment + 7 * DAY}


@pytest.mark.parametrize("status", EVENT_STATUSES)
def test_an_event_closes_and_ends_from_where_it_is(around: Around, status: str) -> None:
    around.becomes(status=status)
    assert around.does(schedule.CLOSE, NOW) == "done"
    assert around.status() == ("closed" if status == "announced" else status)
    around.becomes(status=status)
    assert around.does(schedule.OVER, NOW) == "done"
    assert around.status() == ("over" if status in ("announced", "closed") else status)


@pytest.mark.parametrize("task", [schedule.CLOSE, schedule.OVER, schedule.SWEEP, line.FILL])
def test_what_is_planned_for_an_event_that_is_gone_is_done(around: Around, task: str) -> None:
    around.tx.run(sql("DELETE FROM event"))
    assert around.does(task, NOW) == "done"


# ---- offers ----


def offer(around: Around, now: datetime, **more: Any) -> str:
    subject = f"rsvp:{around.event.id}:5"
    return around.does(line.OFFER, now, line.variant(NOW), subject=subject, **more)


@pytest.mark.parametrize("status", EVENT_STATUSES)
def test_an_offer_is_told_while_places_are_given(around: Around, status: str) -> None:
    around.becomes(status=status)
    offered = status in ("announced", "closed")
    assert offer(around, NOW) == ("open" if offered else "done")
    assert around.told() == ({"offer": [5]} if offered else {})
    if offered:
        ((_, variant, _, _, expires),) = around.tx.run(TOLD)
        assert (variant, as_moment(expires)) == (line.variant(NOW), STARTS)


def test_an_offer_that_is_another_now_is_told_nobody(around: Around) -> None:
    for change in (
        "UPDATE rsvp SET offered_at = '2026-11-02T09:30:01.000000Z' WHERE person_id = 5",
        "UPDATE rsvp SET offered_at = NULL WHERE person_id = 5",
        "UPDATE rsvp SET offered_at = '2026-11-02T09:30:00.000000Z', state = 'going'"
        " WHERE person_id = 5",
        "UPDATE rsvp SET state = 'offered', offered_until = NULL WHERE person_id = 5",
        "DELETE FROM rsvp WHERE person_id = 5",
    ):
        around.tx.run(sql(change))
        assert offer(around, NOW) == "done"
    assert around.told() == {}


def lapsed(around: Around, told: str | None, moment: datetime, cursor: int) -> tuple[str, str]:
    """What becomes of an offer whose time is over: the task's end, and the answer's state."""
    events.put_rsvp(around.tx, RsvpRow(around.event.id, 5, "offered", 0, NOW, NOW, NOW, moment))
    around.tx.run(sql("DELETE FROM delivery"))
    if told is not None:
        delivery(around.tx, 5, "offer", event_id=around.event.id, variant=line.variant(NOW),
                 state=told)  # fmt: skip
    around.tx.run(sql("DELETE FROM task"))
    subject = f"rsvp:{around.event.id}:5"
    tasks.plan(around.tx, line.OFFER, subject, moment, NOW, variant=line.variant(NOW))
    around.tx.run(sql("UPDATE task SET cursor = :cursor"), cursor=cursor)
    done = tick(around.tx, HANDLERS, Context(moment, expats(), CHANNELS))
    row = events.rsvp(around.tx, around.event.id, 5)
    assert done is not None
    assert row is not None
    return done.state, row.state


@pytest.mark.parametrize(
    ("told", "once_more", "kindly"),
    [
        ("sent", False, True),
        ("unknown", False, True),
        ("expired", True, False),
        ("queued", True, False),
        ("failed", False, False),
        ("cancelled", False, False),
        (None, False, False),
    ],
)
def test_an_offer_that_is_over_goes_on_unless_nobody_heard_of_it(
    around: Around, told: str | None, once_more: bool, kindly: bool
) -> None:
    moment = NOW + DAY
    subject = f"rsvp:{around.event.id}:5"
    state = ("open", "offered") if once_more else ("done", "no")
    assert lapsed(around, told, moment, 1) == state
    if once_more:
        row = events.rsvp(around.tx, around.event.id, 5)
        assert row is not None
        assert row.offered_until == moment + DAY
        (again,) = tasks.of(around.tx, subject, line.OFFER)
        assert (again.due_at, again.cursor) == (moment + DAY, 2)
        ((_, _, _, due, expires),) = around.tx.run(TOLD)
        assert (as_moment(due), as_moment(expires)) == (moment, moment + DAY)
    open_ = [each.variant for each in tasks.of(around.tx, subject) if each.state == "open"]
    assert open_ == ([line.variant(NOW, "x")] if kindly else [line.variant(NOW)] * once_more)
    # A second time it is over for good; and when the event begins, nobody is told of it.
    assert lapsed(around, told, moment, 2) == ("done", "no")
    assert lapsed(around, told, STARTS - timedelta(minutes=1), 1)[1] == "no"
    assert lapsed(around, told, STARTS, 1) == ("done", "no")
    assert [each for each in tasks.of(around.tx, subject) if each.state == "open"] == []


def test_who_let_an_offer_go_is_told_kindly_until_the_start(around: Around) -> None:
    subject, variant = f"rsvp:{around.event.id}:3", line.variant(NOW, "x")
    assert around.does(line.OFFER, NOW, variant, subject=subject) == "done"
    ((kind, said, who, _, expires),) = around.tx.run(TOLD)
    assert (kind, said, who, as_moment(expires)) == ("offer", variant, 3, STARTS)


# ---- what was not sent yet ----


def invitations(around: Around, **more: Any) -> list[int]:
    made = []
    for who, state in ((1, "queued"), (2, "held"), (3, "sent"), (4, "queued")):
        kind = "invitation" if who < 4 else "reminder"
        made.append(delivery(around.tx, who, kind, event_id=around.event.id, state=state,
                             expires_at=STARTS, **more))  # fmt: skip
    return made


@pytest.mark.parametrize(
    ("status", "reason", "states"),
    [
        ("announced", None, ["queued", "held", "sent", "queued"]),
        ("closed", "too late", ["cancelled", "cancelled", "sent", "queued"]),
        ("over", "too late", ["cancelled", "cancelled", "sent", "queued"]),
        ("draft", "too late", ["cancelled", "cancelled", "sent", "queued"]),
        ("cancelled", "event cancelled", ["cancelled", "cancelled", "sent", "cancelled"]),
    ],
)
def test_what_is_unsent_follows_the_event(
    around: Around, status: str, reason: str | None, states: list[str]
) -> None:
    around.becomes(status=status, rsvp_until=STARTS - DAY)
    made = invitations(around)
    other = delivery(around.tx, 1, "invitation", event_id=event(around.tx, "other").id)
    around.does(schedule.SWEEP, NOW)
    while tick(around.tx, HANDLERS, Context(NOW, expats(), CHANNELS)) is not None:
        pass
    assert [planned(around.tx, each)["state"] for each in made] == states
    assert planned(around.tx, made[0])["reason"] == reason
    assert planned(around.tx, other)["state"] == "queued"
    ends = [as_moment(row[4]) for row in around.tx.run(TOLD) if row[0] == "invitation" and row[4]]
    moved = STARTS - DAY if status == "announced" else STARTS
    assert ends == [moved, moved, STARTS]


def test_invitations_are_swept_in_slices_by_people(database: Database) -> None:
    with database.transaction() as tx:
        people(tx, 5)
        brunch = event(tx)
        for who in range(1, 6):
            delivery(tx, who, "invitation", event_id=brunch.id)
        later = delivery(tx, 5, "invitation", event_id=brunch.id, variant="later")
        assert notices.invitations_off(tx, brunch.id, 0, 2, "why") == 2
        assert notices.invitations_expire(tx, brunch.id, 2, 2, ENDS) == 4
        assert notices.invitations_off(tx, brunch.id, 4, 2, "why") == 5
        assert notices.invitations_off(tx, brunch.id, 5, 2, "why") is None
        found = tx.run(sql("SELECT state, reason, expires_at FROM delivery ORDER BY id")).fetchall()
        assert [(row[0], row[1], row[2] and as_moment(row[2])) for row in found] == [
            ("cancelled", "why", None), ("cancelled", "why", None), ("queued", None, ENDS),
            ("queued", None, ENDS), ("cancelled", "why", None), ("queued", None, None),
        ]  # fmt: skip
        assert planned(tx, later)["state"] == "queued"


def test_notices_are_called_off_by_kind_and_renewed_by_variant(around: Around) -> None:
    tx, number = around.tx, around.event.id
    other = event(tx, "other").id
    rows = {
        "queued": delivery(tx, 1, "change", event_id=number, variant="s1"),
        "held": delivery(tx, 2, "change", event_id=number, variant="s2", state="held"),
        "sent": delivery(tx, 4, "change", event_id=number, variant="s1", state="sent"),
        "kind": delivery(tx, 1, "reminder", event_id=number, variant="s1"),
        "event": delivery(tx, 1, "change", event_id=other, variant="s1"),
    }
    assert sorted(notices.cancel(tx, number, ["change", "offer"], "why")) == ["s1", "s2"]
    assert {key: planned(tx, each)["state"] for key, each in rows.items()} == {
        "queued": "cancelled", "held": "cancelled", "sent": "sent", "kind": "queued",
        "event": "queued",
    }  # fmt: skip
    assert notices.state(tx, number, "change", "s1", 1) == "cancelled"
    assert notices.state(tx, number, "change", "s1", 4) == "sent"
    assert notices.state(tx, number, "change", "s2", 1) is None
    assert notices.states(tx, number) == {
        "change": {"cancelled": 2, "sent": 1}, "reminder": {"queued": 1},
    }  # fmt: skip
    tx.run(sql("UPDATE delivery SET state = 'expired', reason = 'late'"))
    notices.renew(tx, number, "change", "s1", 1, NOW + HOUR, STARTS)
    assert {key: planned(tx, each)["state"] for key, each in rows.items()} == {
        "queued": "queued", "held": "expired", "sent": "expired", "kind": "expired",
        "event": "expired",
    }  # fmt: skip
    renewed = planned(tx, rows["queued"])
    assert (renewed["reason"], as_moment(renewed["due_at"])) == (None, NOW + HOUR)
    assert notices.cancel(tx, number, ["change"], "why", 0) == []


# ---- what is planned ----


@pytest.mark.parametrize(
    ("before", "soon"),
    [(timedelta(0), False), (TICK, True), (12 * HOUR - TICK, True), (12 * HOUR, False),
     (-HOUR, False)],
)  # fmt: skip
def test_news_is_urgent_half_a_day_before(before: timedelta, soon: bool) -> None:
    assert urgent(NOW, NOW + before) == (URGENT if soon else "")
    assert urgent(NOW, NOW + before, NOW + DAY) == (URGENT if soon else "")
    assert urgent(NOW, NOW + DAY, NOW + before) == (URGENT if soon else "")


def planned_for(tx: Transaction, brunch: EventRow) -> dict[str, list[tuple[str, datetime]]]:
    """kind -> (variant, when) of what is open."""
    found: dict[str, list[tuple[str, datetime]]] = {}
    for each in tasks.of(tx, schedule.subject(brunch.id)):
        if each.state == "open":
            found.setdefault(each.kind, []).append((each.variant, each.due_at))
    return found


def test_everything_is_planned_by_the_event_s_times(database: Database) -> None:
    outreach = expats().outreach
    thanks = ENDS + timedelta(hours=outreach.thanks_hours)
    asked = thanks + timedelta(days=outreach.feedback_days)
    spans = {"7d": 7 * DAY, "1d": DAY, "1h": HOUR}
    assert set(outreach.reminders) == set(spans)
    with database.transaction() as tx:
        for status in ("announced", "closed"):
            brunch = event(tx, status, status=status, rsvp_until=STARTS - 2 * DAY)
            for _ in range(2):  # once more changes nothing
                schedule.times(tx, brunch, NOW, expats())
            found = planned_for(tx, brunch)
            assert found.pop(schedule.CLOSE, []) == [(at(STARTS - 2 * DAY), STARTS - 2 * DAY)] * (
                status == "announced"
            )
            assert found == {
                schedule.OVER: [(at(ENDS), ENDS)],
                schedule.THANKS: [(at(thanks), thanks)],
                schedule.FEEDBACK: [(at(asked), asked)],
                schedule.REMIND: [(f"{name}{AT}", STARTS - span) for name, span in spans.items()],
            }
            ends = {each.kind: each.expires_at for each in tasks.of(tx, f"event:{brunch.id}")}
            assert ends[schedule.THANKS] == thanks + 7 * DAY
            assert ends[schedule.FEEDBACK] == asked + 7 * DAY
            schedule.everything_off(tx, brunch, NOW)
            assert planned_for(tx, brunch) == {}


def at(moment: datetime) -> str:
    return f"@{int(moment.timestamp())}"


def test_a_reminder_given_for_nearly_the_same_moment_is_not_given_again(
    database: Database,
) -> None:
    with database.transaction() as tx:
        for number, (moved, names) in enumerate(
            (
                (timedelta(0), ["1d", "1h"]),
                (12 * HOUR - TICK, ["1d", "1h"]),
                (12 * HOUR, ["7d", "1d", "1h"]),
                (-(12 * HOUR), ["7d", "1d", "1h"]),
            )
        ):
            brunch = event(tx, f"e{number}")
            about = schedule.subject(brunch.id)
            given = STARTS - 7 * DAY + moved
            tasks.plan(tx, schedule.REMIND, about, given, NOW, variant="7d@1")
            tasks.plan(tx, schedule.REMIND, about, STARTS - DAY, NOW, variant="2d@1")  # another
            tx.run(sql("UPDATE task SET state = 'done' WHERE kind = :kind"), kind=schedule.REMIND)
            schedule.times(tx, brunch, NOW, expats())
            found = [
                variant.partition("@")[0] for variant, _ in planned_for(tx, brunch)["event.remind"]
            ]
            assert sorted(found) == sorted(names), moved


def test_a_reminder_is_planned_only_for_later_and_ends_with_the_next(database: Database) -> None:
    with database.transaction() as tx:
        brunch = event(tx)
        schedule.times(tx, brunch, STARTS - 7 * DAY, expats())
        found = {
            each.variant.partition("@")[0]: each.expires_at
            for each in tasks.of(tx, schedule.subject(brunch.id), schedule.REMIND)
        }
        assert found == {"1d": STARTS - HOUR, "1h": STARTS}
    names = {name: schedule.is_last(name, expats()) for name in expats().outreach.reminders}
    assert names == {"7d": False, "1d": False, "1h": True}
    for reminders, last in ((("3h", "1d"), True), (("4h", "1d"), False), (("3h", "1h"), False)):
        outreach = expats().outreach.model_copy(update={"reminders": reminders})
        region = expats().model_copy(update={"outreach": outreach})
        assert schedule.is_last(reminders[0], region) is last
