"""The end of the programme: who is told when, and what another date changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from blueprints.schema import Blueprint
from messages.words import Words
from outreach import ending, unfinished
from outreach.claiming import claim, release
from outreach.clock import Context, tick
from outreach.composing import Composer, NothingToSay
from outreach.deciding import Rules
from outreach.handlers import HANDLERS, begin
from storage import ending as people
from storage import privacy
from storage.database import Database
from storage.moments import moment
from storage.statements import sql
from storage.tasks import of
from storage.transaction import Transaction
from tests.outreach import sending
from tests.outreach.inviting import expats

HOME = ZoneInfo("Europe/Bratislava")
NOW = datetime(2028, 6, 1, 10, tzinfo=UTC)
WORDS = Words(expats().languages)


def ending_on(day: date | None) -> Blueprint:
    programme = expats().programme.model_copy(update={"ends_on": day})
    return expats().model_copy(update={"programme": programme})


def started(tx: Transaction, day: date | None, now: datetime) -> Context:
    """The program starts with a blueprint that ends on this day."""
    context = Context(now, ending_on(day), ("telegram",), "key")
    begin(tx, context)
    return context


def planned(tx: Transaction, day: date) -> list[tuple[str, str, str]]:
    """What is open about an end: kind, variant, when at home."""
    return [
        (each.kind.partition(".")[2], each.variant, f"{each.due_at.astimezone(HOME):%Y-%m-%d %H}")
        for each in of(tx, ending.subject(day))
        if each.state == "open"
    ]


@pytest.fixture
def tx(database: Database) -> Iterator[Transaction]:
    with database.transaction() as tx:
        yield tx


LAST = date(2028, 12, 31)
ALL = [
    ("remind", "90", "2028-10-02 09"), ("remind", "30", "2028-12-01 09"),
    ("farewell", "", "2028-12-17 09"), ("remind", "7", "2028-12-24 09"),
    ("erase", "", "2028-12-31 00"),
]  # fmt: skip


def test_everything_is_planned_once_however_often_it_starts(tx: Transaction) -> None:
    for hours in range(3):
        started(tx, LAST, NOW + timedelta(hours=hours))
    assert planned(tx, LAST) == ALL


def test_another_date_moves_the_plan_and_none_ends_it(tx: Transaction) -> None:
    started(tx, LAST, NOW)
    started(tx, date(2029, 6, 30), NOW)
    assert planned(tx, LAST) == []
    assert planned(tx, date(2029, 6, 30))[-1] == ("erase", "", "2029-06-30 00")
    started(tx, LAST, NOW)
    assert planned(tx, LAST) == ALL
    started(tx, None, NOW)
    assert planned(tx, LAST) == planned(tx, date(2029, 6, 30)) == []


def test_of_reminders_that_were_missed_the_last_comes_at_once(tx: Transaction) -> None:
    now = datetime(2028, 12, 10, 10, tzinfo=UTC)
    started(tx, LAST, now)
    assert planned(tx, LAST) == [
        ("remind", "30", "2028-12-10 11"), ("farewell", "", "2028-12-17 09"),
        ("remind", "7", "2028-12-24 09"), ("erase", "", "2028-12-31 00"),
    ]  # fmt: skip


def test_of_reminders_that_were_due_while_it_was_off_the_last_is_given(tx: Transaction) -> None:
    started(tx, LAST, NOW)
    drain(tx, started(tx, LAST, datetime(2028, 12, 10, 10, tzinfo=UTC)))
    reminders = of(tx, ending.subject(LAST), ending.REMIND)
    assert [(each.variant, each.state) for each in reminders] == [
        ("90", "expired"), ("30", "done"), ("7", "open"),
    ]  # fmt: skip


def test_a_date_that_has_passed_when_it_is_first_met_erases_nobody_for_a_week(
    tx: Transaction,
) -> None:
    """Somebody mistyped the year: people hear of it, staff hear of it, and it can be mended."""
    day = date(2027, 12, 31)
    jana = sending.person(tx)
    context = started(tx, day, NOW)
    assert planned(tx, day)[-1] == ("erase", "", "2028-06-08 12")
    assert ending.has_ended(context.blueprint, NOW)
    drain(tx, context)
    told = tx.run(sql("SELECT person_id, kind, variant FROM delivery")).fetchall()
    assert told == [(jana, "farewell", "2028-06-08")]
    started(tx, LAST, NOW + timedelta(days=6))
    drain(tx, Context(NOW + timedelta(days=8), ending_on(LAST), ("telegram",), "key"))
    assert people.count(tx) == 1


def drain(tx: Transaction, context: Context) -> None:
    while tick(tx, HANDLERS, context) is not None:
        pass


def test_a_program_that_was_off_on_the_day_erases_when_it_is_back(tx: Transaction) -> None:
    started(tx, LAST, NOW)
    sending.person(tx)
    drain(tx, started(tx, LAST, datetime(2029, 3, 1, tzinfo=UTC)))
    assert people.count(tx) == 0


def test_who_came_after_an_end_that_was_taken_back_is_erased_as_well(tx: Transaction) -> None:
    started(tx, LAST, NOW)
    over = datetime(2029, 1, 2, tzinfo=UTC)
    drain(tx, started(tx, LAST, over))
    sending.person(tx)
    context = started(tx, LAST, over)
    drain(tx, context)
    assert people.count(tx) == 1
    later = Context(over + ending.GRACE, context.blueprint, ("telegram",), "key")
    drain(tx, later)
    assert people.count(tx) == 0


def test_a_release_with_another_date_leaves_the_tasks_alone(tx: Transaction) -> None:
    started(tx, LAST, NOW)
    sending.person(tx)
    day = datetime(2028, 12, 31, 12, tzinfo=UTC)
    drain(tx, Context(day, ending_on(date(2030, 1, 1)), ("telegram",), "key"))
    assert people.count(tx) == 1
    drain(tx, Context(day + timedelta(hours=1), ending_on(LAST), ("telegram",), "key"))
    assert people.count(tx) == 0


def test_what_the_erased_leave_is_their_mark_and_proof(tx: Transaction) -> None:
    started(tx, LAST, NOW)
    jana = sending.person(tx)
    sending.put(
        tx, "consent_log", person_id=jana, purpose="register", given=True, notice_version="1",
        at=NOW, channel="telegram",
    )  # fmt: skip
    drain(tx, started(tx, LAST, datetime(2028, 12, 31, 12, tzinfo=UTC)))
    assert privacy.was_erased(tx, "telegram", "bot", f"u{jana}", "key")
    proofs = tx.run(sql("SELECT proof FROM erasure")).fetchall()
    assert len(proofs) == 1
    assert '"register"' in str(proofs[0][0])
    logged = tx.run(sql("SELECT action, people FROM staff_log ORDER BY id")).fetchall()
    assert logged[-1] == ("programme.ended", 1)


def test_a_farewell_that_was_put_off_says_nothing(tx: Transaction) -> None:
    started(tx, LAST, NOW)
    sending.person(tx)
    before = datetime(2028, 12, 17, 9, tzinfo=UTC)
    drain(tx, started(tx, LAST, before))
    for day, outcome in ((date(2029, 6, 30), "the end was put off"), (LAST, "sent")):
        blueprint = ending_on(day)
        batch = claim(tx, "1", "telegram", "bot", 9, frozenset(), before, Rules.of(blueprint))
        composer = Composer(WORDS, blueprint, lambda: before)
        if outcome == "sent":
            assert composer.compose(batch.claimed[0], batch.sources).widget is not None
        else:
            with pytest.raises(NothingToSay, match=outcome):
                composer.compose(batch.claimed[0], batch.sources)
        release(tx, [each.delivery for each in batch.claimed], before, before)


AWAY = datetime(2027, 3, 1, 9, tzinfo=UTC)


def looked(tx: Transaction, days: float) -> list[tuple[str, int]]:
    """So many days after they were last here: (what, whom) there is now."""
    now = AWAY + timedelta(days=days)
    after = unfinished.look(tx, now, expats(), "key", ("telegram",), None, 1)
    while after is not None:
        after = unfinished.look(tx, now, expats(), "key", ("telegram",), after, 1)
    told = tx.run(sql("SELECT person_id FROM delivery WHERE kind = 'unfinished' ORDER BY id"))
    there = tx.run(sql("SELECT id FROM person ORDER BY id"))
    return [("told", row[0]) for row in told.fetchall()] + [
        ("there", row[0]) for row in there.fetchall()
    ]


def test_who_never_finished_is_told_and_then_erased(tx: Transaction) -> None:
    """Days before, once; who cannot be told goes on their day; who is registered stays."""
    begun = sending.person(tx, status="joining", created_at=AWAY, last_active_at=AWAY)
    alone = sending.put(tx, "person", status="joining", created_at=AWAY)
    stays = sending.person(tx, status="active", created_at=AWAY)
    everybody = [("there", begun), ("there", alone), ("there", stays)]
    assert looked(tx, 45) == everybody
    assert looked(tx, 46.5) == [("told", begun), *everybody]
    assert looked(tx, 59) == [("told", begun), *everybody]
    assert looked(tx, 60.1) == [("told", begun), ("there", begun), ("there", stays)]
    assert looked(tx, 60.6) == [("there", stays)]
    assert privacy.was_erased(tx, "telegram", "bot", f"u{begun}", "key")


def test_who_comes_back_has_all_their_days_again(tx: Transaction) -> None:
    begun = sending.person(tx, status="joining", created_at=AWAY, last_active_at=AWAY)
    assert looked(tx, 46.5) == [("told", begun), ("there", begun)]
    tx.run(
        sql("UPDATE person SET last_active_at = :at"),
        at=moment(AWAY + timedelta(days=50)),
    )
    assert looked(tx, 90) == [("told", begun), ("there", begun)]
    assert looked(tx, 97) == [("told", begun)] * 2 + [("there", begun)]
    assert looked(tx, 112) == []


def test_a_program_that_was_off_tells_them_before_it_erases_them(tx: Transaction) -> None:
    begun = sending.person(tx, status="joining", created_at=AWAY, last_active_at=AWAY)
    assert looked(tx, 500) == [("told", begun), ("there", begun)]
    assert looked(tx, 513) == [("told", begun), ("there", begun)]
    assert looked(tx, 514) == []
