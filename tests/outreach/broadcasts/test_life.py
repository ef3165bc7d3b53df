"""From a draft to the last message, on both databases; the clock and the sender are the real ones
but for the platform."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from outreach.broadcasts import life, steps
from outreach.broadcasts.figures import Figures, figures
from outreach.clock import Context, SliceFailed, note_failure, tick
from outreach.errors import BadFile, BadFilter, NotAllowed, NotFound, WrongState
from outreach.handlers import HANDLERS
from outreach.staff import Actor
from storage import broadcast_ledger as ledger
from storage import broadcasts, media, outbox, staff_log, tasks
from storage.broadcasts import BroadcastRow
from storage.database import Database
from storage.media import Medium
from tests.outreach.broadcasts.writing import (
    ADMIN,
    QUESTION,
    blueprint,
    claims,
    draft,
    sends,
    ticks,
    written,
)
from tests.outreach.sending import NOON, person

VIEWER = Actor(1, "Vera", {"cike": "viewer"})
OTHER = Actor(2, "Olga", {"bsc_kranj": "admin"})
MINUTE = timedelta(minutes=1)


def people(database: Database, count: int) -> None:
    with database.transaction() as tx:
        for _ in range(count):
            person(tx)


def states(database: Database, key: str = "news") -> dict[str, int]:
    with database.reading() as tx:
        row = broadcasts.by_key(tx, key)
        assert row is not None
        return ledger.counts(tx, row.id).get("broadcast", {})


def found(database: Database, key: str = "news") -> BroadcastRow:
    with database.reading() as tx:
        row = broadcasts.by_key(tx, key)
    assert row is not None
    return row


def counted(database: Database, now: datetime) -> Figures:
    with database.reading() as tx:
        told = figures(tx, found(database).id, now)
    assert told is not None
    return told


def send(database: Database, now: datetime = NOON) -> None:
    with database.transaction() as tx:
        life.send(tx, ADMIN, "news", 3, now, blueprint())


def test_a_broadcast_goes_from_draft_to_done(database: Database) -> None:
    people(database, 3)
    assert draft(database).status == "draft"
    send(database)
    assert found(database).status == "scheduled"
    assert ("broadcast.start", "done") in ticks(database, NOON)
    assert (found(database).status, found(database).planned) == ("sending", 3)
    assert states(database) == {"queued": 3}
    assert len(sends(database, NOON)) == 3
    assert found(database).status == "sending"
    ticks(database, NOON + MINUTE)
    row = found(database)
    assert (row.status, row.finished_at) == ("done", NOON + MINUTE)
    assert states(database) == {"sent": 3}


def test_planning_in_many_slices_reaches_everybody_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("outreach.planning.STRETCH", 2)
    monkeypatch.setattr("outreach.planning.SLICE_SECONDS", 0.0)
    people(database, 7)
    draft(database)
    send(database)
    slices = Counter(ticks(database, NOON))
    assert slices["broadcast.start", "open"] >= 3
    assert states(database) == {"queued": 7}
    assert found(database).planned == 7


def test_the_audience_decides_who_gets_it(database: Database) -> None:
    with database.transaction() as tx:
        person(tx, country="DE", residence="international")
        person(tx, country="SK", residence="domestic")
        person(tx, country="DE", organisation="bsc_kranj")
        person(tx, country="DE", consents=("register",))
    draft(database, audience="country:DE")
    send(database)
    ticks(database, NOON)
    assert states(database) == {"queued": 1}


def test_pausing_stops_at_once_and_resuming_goes_on(database: Database) -> None:
    people(database, 4)
    draft(database)
    send(database)
    ticks(database, NOON)
    assert len(sends(database, NOON, most=1)) == 1
    with database.transaction() as tx:
        life.pause(tx, ADMIN, "news", NOON)
    assert sends(database, NOON) == []
    ticks(database, NOON + MINUTE)
    assert states(database) == {"sent": 1, "held": 3}
    with database.transaction() as tx:
        assert life.resume(tx, ADMIN, "news", NOON + MINUTE).status == "sending"
    ticks(database, NOON + 2 * MINUTE)
    assert len(sends(database, NOON + 2 * MINUTE)) == 3
    ticks(database, NOON + 3 * MINUTE)
    assert (found(database).status, states(database)) == ("done", {"sent": 4})


def test_pausing_in_the_middle_of_planning_plans_the_rest_later(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("outreach.planning.STRETCH", 2)
    monkeypatch.setattr("outreach.planning.SLICE_SECONDS", 0.0)
    people(database, 6)
    draft(database)
    send(database)
    with pytest.raises(AssertionError):
        ticks(database, NOON, most=1)
    assert found(database).cursor > 0
    planned = found(database).planned
    with database.transaction() as tx:
        life.pause(tx, ADMIN, "news", NOON)
    ticks(database, NOON)
    assert found(database).planned == planned < 6
    with database.transaction() as tx:
        life.resume(tx, ADMIN, "news", NOON + MINUTE)
    ticks(database, NOON + MINUTE)
    assert found(database).planned == 6
    assert sum(states(database).values()) == 6


def test_a_scheduled_one_can_be_paused_moved_and_resumed(database: Database) -> None:
    people(database, 1)
    draft(database)
    later = NOON + timedelta(hours=2)
    with database.transaction() as tx:
        life.schedule(tx, ADMIN, "news", later, 1, NOON, blueprint())
    ticks(database, NOON + MINUTE)
    assert states(database) == {}
    with database.transaction() as tx:
        life.schedule(tx, ADMIN, "news", NOON + timedelta(hours=1), 1, NOON, blueprint())
        life.pause(tx, ADMIN, "news", NOON)
    ticks(database, NOON + timedelta(hours=1))
    assert states(database) == {}
    with database.transaction() as tx:
        resumed = life.resume(tx, ADMIN, "news", NOON + timedelta(hours=1))
    assert resumed.status == "scheduled"
    ticks(database, NOON + timedelta(hours=1))
    assert len(sends(database, NOON + timedelta(hours=1))) == 1


def test_cancelling_sends_no_more_and_keeps_what_was_sent(database: Database) -> None:
    people(database, 3)
    draft(database)
    send(database)
    ticks(database, NOON)
    sends(database, NOON, most=1)
    with database.transaction() as tx:
        life.cancel(tx, ADMIN, "news", NOON)
    assert sends(database, NOON) == []
    ticks(database, NOON + MINUTE)
    assert states(database) == {"sent": 1, "cancelled": 2}
    assert found(database).status == "cancelled"
    with pytest.raises(WrongState), database.transaction() as tx:
        life.resume(tx, ADMIN, "news", NOON)


def test_at_a_local_hour_everybody_gets_it_at_that_hour_of_theirs(database: Database) -> None:
    with database.transaction() as tx:
        for zone in ("Europe/Bratislava", "America/New_York", "Asia/Tokyo"):
            person(tx, timezone=zone)
    draft(database)
    when = life.Local(date(2026, 11, 25), "10:00")
    with database.transaction() as tx:
        row = life.schedule(tx, ADMIN, "news", when, 3, NOON, blueprint())
    assert row.due_at == datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
    ticks(database, datetime(2026, 11, 24, 20, 0, tzinfo=UTC))
    hours = [
        len(sends(database, datetime(2026, 11, 25, hour, 0, tzinfo=UTC)))
        for hour in (0, 1, 8, 9, 14, 15)
    ]
    assert hours == [0, 1, 0, 1, 0, 1]


def test_who_is_asleep_gets_it_in_the_morning(database: Database) -> None:
    with database.transaction() as tx:
        person(tx, timezone="Asia/Tokyo")
    draft(database)
    night = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)  # 23:00 in Tokyo
    send(database, night)
    ticks(database, night)
    told = counted(database, night)
    assert (told.waiting, told.later) == (0, 1)
    assert told.last_due == datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
    assert told.left == timedelta(hours=10)


def test_a_correction_edits_what_was_sent_and_changes_what_was_not(database: Database) -> None:
    people(database, 3)
    draft(database, question=QUESTION)
    send(database)
    ticks(database, NOON)
    first = sends(database, NOON, most=1)
    in_flight = claims(database, NOON, most=1)
    with database.transaction() as tx:
        new = written(bodies={"en": "Better", "sk": "Lepšie"}, question=QUESTION)
        row = life.correct(tx, ADMIN, "news", new, 1, NOON + MINUTE, blueprint())
    assert (row.revision, row.bodies["en"]) == (1, "Better")
    ticks(database, NOON + MINUTE)
    corrections = [c for c in sends(database, NOON + MINUTE) if c.kind == "correction"]
    assert [(c.action, c.target) for c in corrections] == [("change", f"m{first[0].delivery}")]
    # What was under way meanwhile arrives with the old text, and is corrected by the second pass.
    with database.transaction() as tx:
        settled = outbox.Settled(in_flight[0].delivery, "sent", None, "late")
        outbox.settle(tx, [settled], NOON + MINUTE + timedelta(seconds=5))
    ticks(database, NOON + 3 * MINUTE)
    again = [c for c in sends(database, NOON + 3 * MINUTE) if c.kind == "correction"]
    assert "late" in [c.target for c in again]
    assert f"m{first[0].delivery}" not in [c.target for c in again]
    assert counted(database, NOON + 3 * MINUTE).corrections == {"sent": 1 + len(again)}


def test_corrections_wait_in_small_numbers(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "CHANGED_AT_ONCE", 2)
    monkeypatch.setattr(steps, "CHANGES_WAITING", 2)
    people(database, 5)
    draft(database)
    send(database)
    ticks(database, NOON)
    sends(database, NOON)
    with database.transaction() as tx:
        life.correct(tx, ADMIN, "news", written(bodies={"en": "B"}), 5, NOON, blueprint())
    now, corrected = NOON, 0
    for _ in range(5):
        now += timedelta(seconds=2)
        ticks(database, now)
        taken = sends(database, now)
        assert len(taken) <= 2
        corrected += len(taken)
    assert corrected == 5


def test_withdrawing_deletes_what_was_sent_and_sends_no_more(database: Database) -> None:
    people(database, 3)
    draft(database)
    send(database)
    ticks(database, NOON)
    sent = sends(database, NOON, most=2)
    with database.transaction() as tx:
        life.withdraw(tx, ADMIN, "news", 2, NOON + MINUTE)
        assert life.withdrawn(tx, found(database).id)
    ticks(database, NOON + MINUTE)
    taken = sends(database, NOON + MINUTE)
    assert sorted((c.kind, c.action, c.target) for c in taken) == sorted(
        ("withdrawal", "delete", f"m{c.delivery}") for c in sent
    )
    ticks(database, NOON + 3 * MINUTE)
    assert sends(database, NOON + 3 * MINUTE) == []
    assert states(database) == {"sent": 2, "cancelled": 1}
    with pytest.raises(WrongState), database.transaction() as tx:
        life.withdraw(tx, ADMIN, "news", 2, NOON + MINUTE)


def test_what_telegram_will_not_delete_any_more_is_written_over(database: Database) -> None:
    people(database, 1)
    draft(database)
    send(database)
    ticks(database, NOON)
    sends(database, NOON)
    later = NOON + timedelta(hours=50)
    with database.transaction() as tx:
        life.withdraw(tx, ADMIN, "news", 1, later)
    ticks(database, later)
    assert [(c.kind, c.action) for c in sends(database, later)] == [("withdrawal", "change")]


def test_an_expired_one_does_not_resume(database: Database) -> None:
    people(database, 2)
    ends = NOON + timedelta(hours=1)
    draft(database, expires_at=ends)
    send(database)
    ticks(database, NOON)
    with database.transaction() as tx:
        life.pause(tx, ADMIN, "news", NOON + MINUTE)
    for too_late in (ends, ends + MINUTE):
        with pytest.raises(WrongState, match="expired"), database.transaction() as tx:
            life.resume(tx, ADMIN, "news", too_late)
    assert found(database).status == "paused"
    with database.transaction() as tx:
        assert life.resume(tx, ADMIN, "news", ends - MINUTE).status == "sending"


@pytest.mark.parametrize("passed", [0, 1, 2], ids=["at once", "passed once", "passed twice"])
def test_withdrawing_leaves_nothing_of_a_correction(database: Database, passed: int) -> None:
    """It would put the text back where Telegram deletes no more, and writes over instead."""
    people(database, 2)
    draft(database)
    send(database)
    ticks(database, NOON)
    sends(database, NOON)
    late = NOON + timedelta(hours=50)
    with database.transaction() as tx:
        life.correct(tx, ADMIN, "news", written(bodies={"en": "B"}), 2, late, blueprint())
    for _ in range(passed):
        ticks(database, late)
        sends(database, late)
        late += MINUTE
    with database.transaction() as tx:
        life.withdraw(tx, ADMIN, "news", 2, late)
    changed = []
    for _ in range(4):
        ticks(database, late)
        changed += [(taken.kind, taken.action) for taken in sends(database, late)]
        late += MINUTE
    assert changed == [("withdrawal", "change")] * 2


def test_withdrawing_in_the_middle_of_planning_plans_nobody_more(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("outreach.planning.STRETCH", 2)
    monkeypatch.setattr("outreach.planning.SLICE_SECONDS", 0.0)
    people(database, 6)
    draft(database)
    send(database)
    with pytest.raises(AssertionError):
        ticks(database, NOON, most=1)
    sent = sends(database, NOON)
    with database.transaction() as tx:
        row = life.withdraw(tx, ADMIN, "news", 2, NOON)
        planned = tasks.of(tx, steps.subject(row.id))
        assert [task.state for task in planned if task.kind == steps.START] == ["cancelled"]
    ticks(database, NOON + MINUTE)
    assert found(database).planned < 6
    taken = sends(database, NOON + MINUTE)
    assert {c.target for c in taken} == {f"m{c.delivery}" for c in sent}


def test_an_expired_one_is_not_planned(database: Database) -> None:
    people(database, 2)
    draft(database, expires_at=NOON + timedelta(hours=1))
    send(database)
    ticks(database, NOON + timedelta(hours=2))
    ticks(database, NOON + timedelta(hours=3))
    assert (states(database), found(database).status) == ({}, "done")


def test_it_expires_some_days_after_its_time_unless_told(database: Database) -> None:
    draft(database)
    send(database)
    days = blueprint().outreach.expires_days
    assert found(database).expires_at == NOON + timedelta(days=days)


@pytest.mark.parametrize("actor", [VIEWER, OTHER], ids=["viewer", "another organisation's"])
def test_only_the_organisations_coordinators_may(database: Database, actor: Actor) -> None:
    draft(database)
    with pytest.raises(NotAllowed), database.transaction() as tx:
        life.send(tx, actor, "news", 1, NOON, blueprint())
    with pytest.raises(NotAllowed), database.transaction() as tx:
        life.create(tx, actor, written("mine"), "cike", "", NOON, blueprint())
    assert found(database).status == "draft"


def test_everything_staff_do_is_noted_with_the_number_of_people(database: Database) -> None:
    people(database, 1)
    draft(database)
    send(database)
    ticks(database, NOON)
    sends(database, NOON)
    with database.transaction() as tx:
        life.pause(tx, ADMIN, "news", NOON)
        life.resume(tx, ADMIN, "news", NOON)
        life.correct(tx, ADMIN, "news", written(bodies={"en": "B"}), 1, NOON, blueprint())
        life.withdraw(tx, ADMIN, "news", 1, NOON)
    with database.reading() as tx:
        lines = staff_log.latest(tx, staff_log.Wanted(), 50)
    noted = [(line.action, line.subject, line.people) for line in lines]
    assert sorted(noted, key=str) == sorted(
        [
            ("broadcast.create", "broadcast:news", None),
            ("broadcast.send", "broadcast:news", 3),
            ("broadcast.pause", "broadcast:news", None),
            ("broadcast.resume", "broadcast:news", None),
            ("broadcast.correct", "broadcast:news", 1),
            ("broadcast.withdraw", "broadcast:news", 1),
        ],
        key=str,
    )


def test_a_draft_is_replaced_only_when_asked(database: Database) -> None:
    draft(database)
    with pytest.raises(WrongState, match="--replace"):
        draft(database)
    with database.transaction() as tx:
        new = written(bodies={"en": "New"})
        life.create(tx, ADMIN, new, "cike", "", NOON, blueprint(), True)
    assert found(database).bodies == {"en": "New"}
    send(database)
    with pytest.raises(WrongState, match="another key"), database.transaction() as tx:
        life.create(tx, ADMIN, new, "cike", "", NOON, blueprint(), True)


def test_what_cannot_be_is_refused_before_anything_is_stored(database: Database) -> None:
    with database.transaction() as tx:
        with pytest.raises(BadFile):
            life.create(tx, ADMIN, written(bodies={}), "cike", "", NOON, blueprint())
        bad = written(bodies={"en": "{{ nme }}"})
        with pytest.raises(BadFile, match="nme"):
            life.create(tx, ADMIN, bad, "cike", "", NOON, blueprint())
        with pytest.raises(BadFile, match="past"):
            life.create(tx, ADMIN, written(expires_at=NOON - MINUTE), "cike", "", NOON, blueprint())
        with pytest.raises(BadFilter):
            life.create(tx, ADMIN, written(), "cike", "planet:mars", NOON, blueprint())
        with pytest.raises(NotFound):
            life.send(tx, ADMIN, "nothing", 1, NOON, blueprint())
        assert broadcasts.newest(tx) == []


def test_times_that_are_past_are_refused(database: Database) -> None:
    draft(database)
    with database.transaction() as tx:
        for when, past in (
            (NOON - timedelta(hours=1), "is past"),
            (life.Local(date(2026, 11, 22), "10:00"), "has already passed in every time zone"),
        ):
            with pytest.raises(WrongState, match=past):
                life.schedule(tx, ADMIN, "news", when, 1, NOON, blueprint())


def test_a_correction_keeps_the_picture(database: Database) -> None:
    picture = Medium("a.png", "image/png", b"\x89PNG\r\n\x1a\n1")
    people(database, 1)
    draft(database, medium=picture)
    send(database)
    ticks(database, NOON)
    with pytest.raises(WrongState, match="picture"), database.transaction() as tx:
        life.correct(tx, ADMIN, "news", written(), 1, NOON, blueprint())
    with database.transaction() as tx:
        row = life.correct(tx, ADMIN, "news", written(medium=picture), 1, NOON, blueprint())
        assert media.content(tx, row.media_id or 0) == picture
    assert row.media_name == "a.png"


def test_figures_count_what_became_of_it(database: Database) -> None:
    people(database, 4)
    draft(database)
    send(database)
    ticks(database, NOON)
    sends(database, NOON + timedelta(seconds=10), most=2)
    claims(database, NOON + timedelta(seconds=10), most=1)
    told = counted(database, NOON + timedelta(seconds=20))
    assert told.states == {"sent": 2, "sending": 1, "queued": 1}
    assert (told.planned, told.final, told.waiting, told.later) == (4, 2, 1, 0)
    assert told.rate == pytest.approx(0.1)
    assert told.left == timedelta(seconds=20)


def failing(database: Database, now: datetime) -> SliceFailed:
    """The next slice that fails."""
    for _ in range(20):
        try:
            with database.transaction() as tx:
                tick(tx, HANDLERS, Context(now, blueprint(), ("telegram",)))
        except SliceFailed as failure:
            return failure
    raise AssertionError("nothing fails")


def test_what_keeps_the_clock_from_going_on_is_told_and_mended(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    people(database, 2)
    draft(database)
    send(database)

    def broken(*arguments: object) -> None:
        raise WrongState("the moon is full")

    now, given_up = NOON, False
    with monkeypatch.context() as patched:
        patched.setattr(steps, "plan_slice", broken)
        while not given_up:
            failure = failing(database, now)
            with database.transaction() as tx:
                given_up = note_failure(tx, failure, now)
            now += timedelta(hours=1)
    assert counted(database, now).problem == "broadcast.start: the moon is full"
    ticks(database, now)
    assert found(database).status == "scheduled"
    with database.transaction() as tx:
        life.pause(tx, ADMIN, "news", now)
        life.resume(tx, ADMIN, "news", now)
    ticks(database, now)
    assert (states(database), counted(database, now).problem) == ({"queued": 2}, None)
