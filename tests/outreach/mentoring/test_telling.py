"""Messages that somebody's act called for: many in one slice, and one that fails holds up none."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from outreach.claiming import Claimed
from outreach.clock import Context, SliceFailed, note_failure, tick
from outreach.composing import Composer, NothingToSay
from outreach.handlers import HANDLERS
from outreach.mentoring import nudges, plans
from outreach.reader import Reader
from outreach.sources import Sources
from storage import tasks
from storage.database import Database, Transaction, sql
from storage.moments import moment
from storage.rehearsing import savepoint
from storage.tasks import TaskRow
from tests.outreach.inviting import CHANNELS, NOW, expats
from tests.outreach.mentoring.courting import Pair
from tests.outreach.mentoring.days import DAY, Days, words

PLANNED = sql("SELECT kind, variant FROM delivery ORDER BY kind, variant")
STATES = sql("SELECT state, count(*) FROM task WHERE kind = 'match.tell' GROUP BY state")
FULL = sql(
    "INSERT INTO delivery (person_id, channel, account, chat, user_id, lane, kind, action, state,"
    " created_at, due_at, sent_at) VALUES (:who, 'demo', 'demo', 'c', 'u', 3, 'broadcast', 'send',"
    " 'sent', :at, :at, :at)"
)


def once(tx: Transaction, days: float = 0) -> str | None:
    """A look of the clock; in which state the task is left."""
    context = Context(NOW + days * DAY, expats(), CHANNELS)
    try:
        with savepoint(tx):
            ticked = tick(tx, HANDLERS, context)
    except SliceFailed as failure:
        note_failure(tx, failure, context.now)
        return "failed"
    return ticked.state if ticked else None


def states(tx: Transaction) -> dict[str, int]:
    return dict(tx.run(STATES).fetchall())


def test_what_is_to_be_told_is_told_in_one_slice(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nudges, "SLICE_SECONDS", 60)  # however busy the machine is
    with database.transaction() as tx:
        pair = Pair(tx)
        for number in range(20):
            plans.tell(tx, pair.match, 11, plans.MATCH_ENDED, NOW, f"v{number:02}")
        plans.tell(tx, pair.match, 11, plans.MENTOR_ASK, NOW, expires_at=NOW + DAY)
        plans.tell(tx, pair.match, 1, plans.MATCH_ENDED, NOW, at=NOW + 3 * DAY)
        assert once(tx, 2) == "done"
        assert states(tx) == {"done": 20, "expired": 1, "open": 1}
        assert [row[1] for row in tx.run(PLANNED).fetchall()] == [f"v{n:02}" for n in range(20)]


def test_one_that_fails_is_tried_alone_and_holds_up_nobody(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = nudges._told

    def fails(tx: Transaction, task: TaskRow, context: Context) -> None:
        if ":bad:" in task.variant:
            raise ZeroDivisionError
        told(tx, task, context)

    monkeypatch.setattr(nudges, "_told", fails)
    with database.transaction() as tx:
        pair = Pair(tx)
        for number, variant in enumerate(("a", "b", "bad", "c", "d")):
            at = NOW + timedelta(seconds=number)
            plans.tell(tx, pair.match, 11, plans.MATCH_ENDED, NOW, variant, at=at)
        looks = [once(tx, 1) for _ in range(12)]
        assert looks.count("failed") >= 2
        assert looks[-1] is None  # what failed waits
        later = [once(tx, 2) for _ in range(8)]
        assert "done" in later
        for days in range(3, 9):
            once(tx, days)
        assert states(tx) == {"done": 4, "failed": 1}
        assert [row[1] for row in tx.run(PLANNED).fetchall()] == ["a", "b", "c", "d"]


def test_a_nudge_waits_for_room_in_the_contact_budget(database: Database) -> None:
    with database.transaction() as tx:
        pair, days = Pair(tx), Days(tx)
        pair.introduce()
        start = pair.now
        for number in range(expats().outreach.messages_a_week):
            tx.run(FULL, who=11, at=moment(start + (3 + number / 10) * DAY))
        days.run(start, start + 11 * DAY)
        assert days.when(1, "meet_nudge") == ["11-09 10:32"]
        assert days.when(11, "meet_nudge") == ["11-12 10:32"]
        assert days.when(11, "introduction") == ["11-02 10:32"]


def test_a_nudge_for_which_there_is_no_room_in_time_expires(database: Database) -> None:
    """And whom it reached late has as long as any to answer."""
    with database.transaction() as tx:
        pair, days = Pair(tx), Days(tx)
        pair.introduce()
        start = pair.now
        for week in (6.5, 13.4):
            for _ in range(expats().outreach.messages_a_week):
                tx.run(FULL, who=11, at=moment(start + week * DAY))
        days.run(start, start + 27 * DAY)
        assert days.of(1) == ["introduction", "meet_nudge:7", "meet_nudge:14"]
        assert days.of(11) == ["introduction", "meet_nudge:14"]
        assert days.when(11, "meet_nudge") == ["11-23 09:32"]
        assert pair.row.state == "introduced"
        days.run(start + 27 * DAY, start + 28 * DAY)
        assert days.of(11)[-1] == "mentor_break"


def test_whom_no_question_could_reach_is_asked_before_anything_is_made_of_it(
    database: Database,
) -> None:
    with database.transaction() as tx:
        pair, days = Pair(tx), Days(tx)
        pair.introduce()
        start = pair.now
        for week in (6.5, 13.4, 20.2):
            for _ in range(expats().outreach.messages_a_week):
                tx.run(FULL, who=11, at=moment(start + week * DAY))
        days.run(start, start + 28 * DAY)
        assert days.of(11) == ["introduction", "meet_nudge:late"]
        assert pair.row.state == "introduced"


def test_what_failed_before_a_restart_is_told_after_it(database: Database) -> None:
    with database.transaction() as tx:
        pair = Pair(tx)
        plans.tell(tx, pair.match, 11, plans.MATCH_ENDED, NOW, "staff")
        (task,) = tasks.of(tx, f"match:{pair.match}")
        for _ in range(len(tasks.WAITS) + 1):
            (task,) = tasks.of(tx, f"match:{pair.match}")
            tasks.failed(tx, task, "once", NOW)
        assert states(tx) == {"failed": 1}
        tasks.retry(tx, NOW)
        assert once(tx) == "done"
        assert len(tx.run(PLANNED).fetchall()) == 1


def test_what_is_about_nobody_any_more_is_not_said(database: Database) -> None:
    """The match or the reader's part in it went between the claim and the words."""
    with database.transaction() as tx:
        row = Pair(tx).row
    composer = Composer(words(), expats(), lambda: NOW)
    claimed = Claimed(
        1, "demo", "demo", "c", "u", 1, plans.MENTOR_ASK, "", "send", None, None, 0, None, None,
        Reader(11, "en", "UTC"), None, match=row.id,
    )  # fmt: skip
    for matches in ({}, {row.id: replace(row, mentor_id=None)}):
        with pytest.raises(NothingToSay, match="about"):
            composer.compose(claimed, Sources(matches=matches))
    assert composer.compose(claimed, Sources(matches={row.id: row})).text
