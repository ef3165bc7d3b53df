"""Taking messages that are due: who is left out, put off, ended, and what is left for later."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from outreach import claiming
from outreach.claiming import Batch, claim, release, resumed
from outreach.reader import Reader
from storage import held
from storage.database import Database
from storage.held import About
from storage.moments import as_moment
from storage.statements import sql
from storage.transaction import Transaction
from tests.outreach.sending import (
    NOON,
    RULES,
    answered,
    broadcast,
    delivery,
    event,
    identity,
    person,
    put,
    row,
)

DAY = timedelta(days=1)


def take(tx: Transaction, most: int = 30, now: datetime = NOON, busy: str = "") -> Batch:
    return claim(tx, "7", "telegram", "bot", most, frozenset(busy.split()), now, RULES)


def ids(batch: Batch) -> list[int]:
    return [each.delivery for each in batch.claimed]


def test_claim_takes_notices_then_invitations_then_broadcasts(database: Database) -> None:
    with database.transaction() as tx:
        news, brunch = broadcast(tx), event(tx)
        people = [person(tx) for _ in range(4)]
        answered(tx, brunch, people[2], "going")
        last = delivery(tx, people[0], broadcast_id=news, due_at=NOON - DAY)
        second = delivery(tx, people[1], "invitation", event_id=brunch)
        later = delivery(tx, people[3], "invitation", event_id=brunch, due_at=NOON + DAY)
        first = delivery(tx, people[2], "reminder", event_id=brunch, variant="1d")
        batch = take(tx)
        assert ids(batch) == [first, second, last]
        assert batch.next_due == NOON + DAY
        assert row(tx, later)["state"] == "queued"
        taken = row(tx, last)
        assert (taken["state"], taken["owner"]) == ("sending", "7")
        assert ids(take(tx)) == []


def test_claim_says_to_whom_and_about_what(database: Database) -> None:
    with database.transaction() as tx:
        brunch = event(tx)
        who = person(tx, timezone=None, organisation="bsc", language="sl")
        answered(tx, brunch, who, "going")
        number = delivery(tx, who, "reminder", event_id=brunch, variant="1d", attempts=2)
        batch = take(tx)
        claimed = batch.claimed[0]
        assert (claimed.delivery, claimed.chat, claimed.user) == (number, str(who), f"u{who}")
        assert (claimed.kind, claimed.variant, claimed.attempts) == ("reminder", "1d", 2)
        assert claimed.reader is not None
        assert (claimed.reader.person, claimed.reader.language) == (who, "sl")
        assert claimed.reader.timezone == "Europe/Ljubljana"
        assert batch.sources.events[brunch].key == "brunch"
        assert batch.sources.rsvps[brunch, who].state == "going"


def test_claim_says_all_of_the_reader_that_is_known(database: Database) -> None:
    with database.transaction() as tx:
        news = broadcast(tx)
        known = person(tx, language="sl", timezone="America/New_York", city="Boston", country="US")
        stub = person(tx, name=None, organisation=None, persona=None, language="en", timezone=None)
        for who in (known, stub):
            delivery(tx, who, "test", broadcast_id=news)
        assert [each.reader for each in take(tx).claimed] == [
            Reader(known, "sl", "America/New_York", "Jana", "Boston", "US", "cike", "expat"),
            Reader(stub, "en", "Europe/Bratislava"),
        ]


def test_claim_takes_one_message_a_chat_and_none_of_busy_chats(database: Database) -> None:
    with database.transaction() as tx:
        news = broadcast(tx)
        one, two, three = (person(tx) for _ in range(3))
        first = delivery(tx, one, broadcast_id=news)
        for _ in range(50):
            delivery(tx, one, broadcast_id=news)
        busy = delivery(tx, two, broadcast_id=news)
        other = delivery(tx, three, broadcast_id=news)
        batch = take(tx, busy=str(two))
        assert ids(batch) == [first, other]
        assert batch.next_due == NOON + timedelta(seconds=1)  # the next to the same chat
        assert row(tx, busy)["state"] == "queued"


def test_claim_asks_again_at_once_while_more_is_due(database: Database) -> None:
    with database.transaction() as tx:
        news = broadcast(tx)
        numbers = [delivery(tx, person(tx), broadcast_id=news) for _ in range(5)]
        first, second = take(tx, 3), take(tx, 3)
        assert ids(first) + ids(second) == numbers
        assert first.next_due == NOON
        assert second.next_due is None


def test_claim_asks_again_at_once_when_it_took_all_it_may(database: Database) -> None:
    with database.transaction() as tx:
        news = broadcast(tx)
        for _ in range(5):
            delivery(tx, person(tx), broadcast_id=news)
        assert take(tx, 5).next_due == NOON  # it has not looked behind them
        assert take(tx, 5).next_due is None


def test_one_unit_looks_at_a_few_hundred_messages_at_most(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody else waits for long while nothing may go; the next unit goes on."""
    monkeypatch.setattr(claiming, "LOOKED_AT", 40)
    with database.transaction() as tx:
        news, who = broadcast(tx), person(tx, status="paused", paused_until="2026-12-25")
        for _ in range(120):
            delivery(tx, who, broadcast_id=news)
        units = [take(tx) for _ in range(3)]
        assert [len(unit.later) for unit in units] == [50, 50, 20]
        assert [unit.next_due == NOON for unit in units] == [True, True, False]


@pytest.mark.parametrize(
    ("change", "state", "reason"),
    [
        ("UPDATE consent SET given = FALSE WHERE purpose = 'invitations'", "cancelled",
         "no consent"),
        ("DELETE FROM consent", "cancelled", "no consent"),
        ("UPDATE person SET organisation = 'bsc'", "cancelled", "no consent"),
        ("UPDATE identity SET status = 'unreachable'", "failed", "unreachable"),
        ("DELETE FROM identity", "failed", "unreachable"),
        ("UPDATE broadcast SET status = 'paused'", "held", "paused"),
        ("UPDATE broadcast SET status = 'cancelled'", "cancelled", "broadcast cancelled"),
        ("UPDATE delivery SET expires_at = due_at", "expired", "too late"),
    ],
)  # fmt: skip
def test_claim_ends_what_may_not_go_any_more(
    database: Database, change: str, state: str, reason: str
) -> None:
    with database.transaction() as tx:
        number = delivery(tx, person(tx), broadcast_id=broadcast(tx))
        tx.run(sql(change))
        batch = take(tx)
        assert ids(batch) == []
        ended = row(tx, number)
        assert (ended["state"], ended["reason"]) == (state, reason)


def test_claim_writes_to_other_organisations_people_who_agreed(database: Database) -> None:
    with database.transaction() as tx:
        who = person(tx, organisation="bsc", consents=("register", "invitations", "sharing"))
        number = delivery(tx, who, broadcast_id=broadcast(tx))
        assert ids(take(tx)) == [number]


def test_claim_puts_off_who_paused_until_a_decent_hour_of_that_day(database: Database) -> None:
    with database.transaction() as tx:
        who = person(tx, status="paused", paused_until="2026-11-25")
        number = delivery(tx, who, broadcast_id=broadcast(tx))
        assert ids(take(tx)) == []
        due = as_moment(row(tx, number)["due_at"])
        assert due.isoformat() == "2026-11-25T08:00:00+00:00"  # 09:00 in Bratislava


def test_what_waited_for_a_pause_goes_when_it_is_ended(database: Database) -> None:
    with database.transaction() as tx:
        news = broadcast(tx)
        who = person(tx, status="paused", paused_until="2026-12-25")
        waiting = delivery(tx, who, broadcast_id=news)
        later = delivery(tx, who, broadcast_id=news, due_at=NOON + DAY)
        take(tx)
        assert row(tx, waiting)["reason"] == "paused"
        tx.run(sql("UPDATE person SET status = 'active', paused_until = NULL"))
        assert resumed(tx, who, NOON) == 1
        assert row(tx, waiting)["reason"] is None
        assert as_moment(row(tx, later)["due_at"]) == NOON + DAY
        assert ids(take(tx)) == [waiting]


def test_claim_holds_back_what_the_budget_does_not_allow(database: Database) -> None:
    with database.transaction() as tx:
        who, news = person(tx), broadcast(tx)
        for days in (6, 4, 2):
            delivery(tx, who, broadcast_id=news, state="sent", sent_at=NOON - days * DAY)
        number = delivery(tx, who, broadcast_id=news, expires_at=NOON + 2 * DAY)
        assert ids(take(tx)) == []
        waiting = row(tx, number)
        assert (waiting["state"], as_moment(waiting["due_at"])) == ("queued", NOON + DAY)
        assert ids(take(tx, now=NOON + DAY)) == [number]


def test_claim_expires_what_the_budget_holds_back_too_long(database: Database) -> None:
    with database.transaction() as tx:
        who, news = person(tx), broadcast(tx)
        for days in (6, 4, 2):
            delivery(tx, who, broadcast_id=news, state="unknown", sent_at=NOON - days * DAY)
        number = delivery(tx, who, broadcast_id=news, expires_at=NOON + timedelta(hours=5))
        assert ids(take(tx)) == []
        assert (row(tx, number)["state"], row(tx, number)["reason"]) == ("expired", "over budget")


def test_claim_counts_what_is_being_sent_in_the_budget(database: Database) -> None:
    """Two bots, one person: the messages under way count already."""
    with database.transaction() as tx:
        who, news = person(tx), broadcast(tx)
        slack = identity(tx, who, "slack", user_id="U1", chat_id="D1")
        for days in (6, 4):
            delivery(tx, who, broadcast_id=news, state="sent", sent_at=NOON - days * DAY)
        first = delivery(tx, who, broadcast_id=news)
        put(
            tx, "delivery", person_id=who, identity_id=slack, channel="slack", account="bot",
            chat="D1", user_id="U1", lane=3, kind="broadcast", broadcast_id=news, action="send",
            state="queued", created_at=NOON, due_at=NOON,
        )  # fmt: skip
        assert ids(take(tx)) == [first]
        assert claim(tx, "7", "slack", "bot", 30, frozenset(), NOON, RULES).claimed == ()


def test_claim_waits_for_a_pause_in_a_conversation(database: Database) -> None:
    with database.transaction() as tx:
        who = person(tx)
        number = delivery(tx, who, broadcast_id=broadcast(tx))
        put(
            tx, "conversation", person_id=who, flow="survey", opened_at=NOON,
            updated_at=NOON - timedelta(minutes=5),
        )  # fmt: skip
        assert ids(take(tx)) == []
        assert as_moment(row(tx, number)["due_at"]) == NOON + timedelta(minutes=10)
        assert ids(take(tx, now=NOON + timedelta(minutes=10))) == [number]


def test_what_may_not_go_is_looked_at_once_however_much_of_it_there_is(database: Database) -> None:
    """Page after page, each from where the one before ended."""
    with database.transaction() as tx:
        news = broadcast(tx)
        none = [delivery(tx, person(tx, consents=()), broadcast_id=news) for _ in range(12)]
        last = delivery(tx, person(tx), broadcast_id=news)
        batch = take(tx, most=1)
        assert ids(batch) == [last]
        assert [each.id for each in batch.ended] == none


def test_claim_waits_for_the_readers_morning(database: Database) -> None:
    with database.transaction() as tx:
        who = person(tx, timezone="America/New_York")  # 06:00 there
        number = delivery(tx, who, broadcast_id=broadcast(tx))
        assert ids(take(tx)) == []
        assert as_moment(row(tx, number)["due_at"]) == NOON + timedelta(hours=3)


def test_claim_sends_a_last_reminder_at_night_and_to_a_chat_that_moved(database: Database) -> None:
    with database.transaction() as tx:
        who, brunch = person(tx), event(tx)
        answered(tx, brunch, who, "going")
        number = delivery(tx, who, "last_reminder", event_id=brunch)
        tx.run(sql("UPDATE identity SET chat_id = 'moved', user_id = 'U9'"))
        (taken,) = take(tx, now=NOON + timedelta(hours=13)).claimed
        assert (taken.delivery, taken.chat, taken.user) == (number, "moved", "U9")
        found = tx.run(sql("SELECT chat, user_id FROM delivery")).fetchall()
        assert found == [("moved", "U9")]


@pytest.mark.parametrize(
    ("kind", "status", "answer", "state"),
    [
        ("invitation", "announced", None, "sending"),
        ("invitation", "announced", "going", "cancelled"),
        ("invitation", "closed", None, "expired"),
        ("invitation", "cancelled", None, "cancelled"),
        ("reminder", "closed", "going", "sending"),
        ("reminder", "announced", "no", "cancelled"),
        ("reminder", "cancelled", "going", "cancelled"),
        ("reminder", "over", "going", "expired"),
        ("cancellation", "cancelled", "waiting", "sending"),
        ("cancellation", "cancelled", None, "cancelled"),
        ("offer", "announced", "offered", "sending"),
        ("offer", "announced", "going", "cancelled"),
        ("thanks", "over", "going", "sending"),
        ("feedback_reminder", "over", "going", "sending"),
        ("thanks", "cancelled", "going", "cancelled"),
    ],
)
def test_claim_looks_at_the_event_and_the_answer(
    database: Database, kind: str, status: str, answer: str | None, state: str
) -> None:
    with database.transaction() as tx:
        who, brunch = person(tx), event(tx, status=status)
        if answer:
            answered(tx, brunch, who, answer)
        number = delivery(tx, who, kind, event_id=brunch)
        take(tx)
        assert row(tx, number)["state"] == state


@pytest.mark.parametrize("news", ["change", "cancellation"])
def test_news_of_an_event_reach_who_paused_and_who_has_no_place_yet(
    database: Database, news: str
) -> None:
    """In the middle of a talk, too: whoever would stand before a closed door must hear of it."""
    with database.transaction() as tx:
        brunch = event(tx, status="cancelled" if news == "cancellation" else "announced")
        numbers = []
        for answer in ("going", "maybe", "waiting", "offered"):
            who = person(tx, status="paused", consents=())
            answered(tx, brunch, who, answer)
            numbers.append(delivery(tx, who, news, event_id=brunch))
            put(tx, "conversation", person_id=who, flow="survey", opened_at=NOON, updated_at=NOON)
        assert ids(take(tx)) == numbers


def test_claim_sends_tests_and_posts_to_nobody_in_particular(database: Database) -> None:
    with database.transaction() as tx:
        number = delivery(tx, None, "post", event_id=event(tx, status="draft"), payload="{}")
        batch = take(tx, now=NOON + timedelta(hours=13))
        assert [(each.delivery, each.reader) for each in batch.claimed] == [(number, None)]


def test_release_puts_a_message_back_to_be_decided_on_anew(database: Database) -> None:
    with database.transaction() as tx:
        news = broadcast(tx)
        number = delivery(tx, person(tx), broadcast_id=news)
        other = delivery(tx, person(tx), broadcast_id=news)
        take(tx)
        release(tx, [number], NOON + timedelta(seconds=30), NOON, 1)
        assert row(tx, other)["state"] == "sending"
        back = row(tx, number)
        assert (back["state"], back["owner"], back["sent_at"]) == ("queued", None, None)
        assert back["attempts"] == 1
        assert take(tx).next_due == NOON + timedelta(seconds=30)
        tx.run(sql("UPDATE consent SET given = FALSE"))
        assert ids(take(tx, now=NOON + timedelta(seconds=30))) == []
        assert row(tx, number)["state"] == "cancelled"


def test_claim_counts_what_it_took(database: Database) -> None:
    with database.transaction() as tx:
        news = broadcast(tx)
        for _ in range(3):
            delivery(tx, person(tx), broadcast_id=news)
        assert [take(tx, 2).mark, take(tx, 2).mark, take(tx, 2).mark] == [2, 3, None]


def test_two_processes_never_claim_the_same_message(postgresql_url: str) -> None:
    """Should two believe that they are the one that sends for an account."""
    database = Database.open(postgresql_url)
    with database.transaction() as tx:
        news = broadcast(tx)
        numbers = [delivery(tx, person(tx), broadcast_id=news) for _ in range(5)]
    with database.transaction() as one, database.transaction() as two:
        assert ids(take(one, 3)) == numbers[:3]
        assert ids(take(two, 3)) == []  # those looked at are the first one's until it commits
    with database.transaction() as tx:
        assert ids(take(tx)) == numbers[3:]
    database.close()


def test_staff_who_hold_messages_back_do_not_wait_for_a_claim(postgresql_url: str) -> None:
    database = Database.open(postgresql_url)
    with database.transaction() as tx:
        number = delivery(tx, person(tx), broadcast_id=broadcast(tx))
    with database.transaction() as staff:
        assert held.hold(staff, About(), 10) == 1
        with database.transaction() as tx:
            assert ids(take(tx)) == []  # passed by, not waited for
    with database.reading() as tx:
        assert row(tx, number)["state"] == "held"
    database.close()
