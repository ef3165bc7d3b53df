"""What waits for its turn: found in order, taken, put off, given back, and ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from storage import deliveries, held, notices, outbox, sweeping
from storage.database import Database
from storage.deliveries import Candidate, Ended, PutOff, Taken
from storage.mentoring import telling
from storage.moments import as_moment
from storage.outbox import Settled
from storage.sent import RELEASED
from storage.statements import sql
from storage.states import DELIVERY_STATES
from storage.transaction import Transaction
from tests.outreach.sending import (
    NOON,
    answered,
    broadcast,
    delivery,
    event,
    person,
    put,
    row,
)

TICK = NOON.resolution
HOUR = timedelta(hours=1)
WEEK = timedelta(days=7)
WAITING = ("queued", "sending", "held")


def found(
    tx: Transaction,
    lane: int = 1,
    after: Candidate | None = None,
    page: int = 20,
    busy: str = "",
    budget: int = 3,
) -> list[Candidate]:
    """What of a lane of the Telegram bot's is due at noon."""
    return deliveries.candidates(
        tx, "telegram", "bot", lane, after, page, busy.split(), NOON, budget
    )


def ids(rows: list[Candidate]) -> list[int]:
    return [each.id for each in rows]


def test_what_is_due_comes_in_the_order_of_its_times(database: Database) -> None:
    with database.transaction() as tx:
        jana = person(tx)
        times = (NOON, NOON - HOUR, NOON, NOON - 2 * HOUR, NOON - HOUR)
        rows = [delivery(tx, jana, "reminder", due_at=at) for at in times]
        assert ids(found(tx)) == [rows[place] for place in (3, 1, 4, 0, 2)]


OTHERS: tuple[dict[str, Any], ...] = (
    {"due_at": NOON + TICK}, {"lane": 0}, {"lane": 2}, {"lane": 3}, {"channel": "slack"},
    {"account": "another"}, *({"state": state} for state in DELIVERY_STATES if state != "queued"),
)  # fmt: skip


def test_what_is_due_is_of_that_account_and_lane_and_waits(database: Database) -> None:
    with database.transaction() as tx:
        jana = person(tx)
        for other in OTHERS:
            delivery(tx, jana, "reminder", **{"due_at": NOON - HOUR, **other})
        mine = delivery(tx, jana, "reminder")
        assert ids(found(tx)) == [mine]


def everything_about(tx: Transaction, name: str, **values: Any) -> int:
    """Somebody with a conversation, consents and an address of their own."""
    columns = {"name": name, "language": "sl", "city": "Kranj", "country": "SI"}
    who = person(tx, consents=("invitations", "sharing"), **{**columns, **values})
    for status, ago in (("open", HOUR), ("done", TICK)):
        put(
            tx, "conversation", person_id=who, flow="survey", status=status, opened_at=NOON,
            updated_at=NOON - ago,
        )  # fmt: skip
    return who


def test_a_message_comes_with_all_that_decides_about_it(database: Database) -> None:
    """Of its own person, event and broadcast; nothing of the others'."""
    with database.transaction() as tx:
        news = broadcast(tx, organisation="bsc", status="paused")
        brunch = event(tx, organisation="bsc", status="closed")
        others = broadcast(tx, key="others"), event(tx, key="others")
        eva = everything_about(tx, "Eva", status="paused", paused_until="2026-12-01")
        jana = everything_about(tx, "Jana", timezone="Asia/Tokyo", organisation="bsc")
        stub = person(tx, consents=(), name=None, language="en", timezone=None, persona=None)
        for who in (jana, eva, stub):
            for of, state in ((others[1], "no"), (brunch, "going")):
                if (who, of) != (stub, brunch):
                    answered(tx, of, who, state)
        tx.run(sql("UPDATE consent SET given = FALSE WHERE purpose = 'sharing'"))
        tx.run(sql("UPDATE identity SET chat_id = 'new', user_id = 'U9', status = 'unreachable'"
                   " WHERE person_id = :jana"), jana=jana)  # fmt: skip
        first = delivery(
            tx, jana, "reminder", event_id=brunch, variant="1d", target="t", payload="p",
            attempts=2, expires_at=NOON + HOUR, reason="talking", chat="old", user_id="U1",
        )  # fmt: skip
        second = delivery(tx, stub, "broadcast", lane=1, broadcast_id=news)
        rows = found(tx)
        assert rows[0]._replace(identity=None) == Candidate(
            id=first, person=jana, identity=None, chat="old", user="U1", lane=1, kind="reminder",
            variant="1d", action="send", target="t", payload="p", attempts=2, broadcast=None,
            event=brunch, match=None, request=None, reason="talking", due_at=NOON,
            expires_at=NOON + HOUR, person_status="active", language="sl", timezone="Asia/Tokyo",
            name="Jana", city="Kranj", country="SI", organisation="bsc", persona="expat",
            paused_until=None, joined_until=None, joined_to=None, identity_status="unreachable",
            identity_chat="new",
            identity_user="U9", invitations=True, sharing=False, reminders=None,
            talked_at=NOON - HOUR,
            broadcast_status=None, event_status="closed", source_organisation="bsc",
            rsvp="going", full_since=None, standing=None,
        )  # fmt: skip
        other = rows[1]
        assert (other.id, other.person, other.broadcast_status) == (second, stub, "paused")
        assert (other.source_organisation, other.event_status) == ("bsc", None)
        assert (other.invitations, other.sharing, other.talked_at) == (None, None, None)
        assert (other.rsvp, other.identity_status) == (None, "ok")
        assert len(rows) == 2
        delivery(tx, eva, lane=2)
        (paused,) = found(tx, 2)
        assert (paused.person_status, paused.paused_until) == ("paused", date(2026, 12, 1))


@pytest.mark.parametrize("lane", [1, 2, 3])
def test_pages_follow_on_each_other_whatever_is_due_at_once(database: Database, lane: int) -> None:
    with database.transaction() as tx:
        people = [person(tx) for _ in range(3)]
        rows = [
            delivery(tx, people[number % 3], lane=lane, due_at=NOON - number // 4 * HOUR)
            for number in range(12)
        ]
        expected = rows[8:] + rows[4:8] + rows[:4]
        first = found(tx, lane, page=5)
        second = found(tx, lane, first[-1], page=5)
        assert ids(first) + ids(second) == expected[:10]
        assert ids(found(tx, lane, second[-1], page=5)) == expected[10:]
        free = [each for each in expected if rows.index(each) % 3 != 1]
        assert ids(found(tx, lane, busy=f"{people[1]} nobody")) == free
        assert len(found(tx, lane, page=5, busy=str(people[1]))) == 5


@pytest.mark.parametrize("lane", [2, 3])
def test_the_budget_counts_what_was_sent_unasked_to_that_person_in_a_week(
    database: Database, lane: int
) -> None:
    with database.transaction() as tx:
        jana, eva = person(tx), person(tx)
        delivery(tx, jana, lane=lane)
        for at in (NOON - WEEK, NOON - 2 * WEEK):  # long ago
            delivery(tx, jana, state="sent", lane=2, sent_at=at)
        for other in (0, 1):  # asked for
            delivery(tx, jana, state="sent", lane=other, sent_at=NOON - HOUR)
        for _ in range(3):
            delivery(tx, eva, state="sent", lane=3, sent_at=NOON - HOUR)
        delivery(tx, jana, state="sent", lane=3, sent_at=NOON - WEEK + TICK)
        delivery(tx, jana, state="sending", lane=2, sent_at=NOON - 2 * HOUR)
        assert [each.full_since for each in found(tx, lane)] == [None]
        delivery(tx, jana, state="unknown", lane=2, sent_at=NOON - HOUR)
        assert [each.full_since for each in found(tx, lane)] == [NOON - WEEK + TICK]
        delivery(tx, jana, state="sent", lane=3, sent_at=NOON)
        assert [each.full_since for each in found(tx, lane)] == [NOON - 2 * HOUR]
        assert [each.full_since for each in found(tx, lane, budget=1)] == [NOON]


def test_what_was_asked_for_has_no_budget(database: Database) -> None:
    with database.transaction() as tx:
        jana = person(tx)
        delivery(tx, jana, "reminder")
        delivery(tx, jana, state="sent", sent_at=NOON - HOUR)
        assert [each.full_since for each in found(tx, budget=1)] == [None]


@pytest.mark.parametrize("lane", [1, 2, 3])
def test_an_unasked_message_counts_from_the_moment_it_is_taken(
    database: Database, lane: int
) -> None:
    with database.transaction() as tx:
        jana = person(tx)
        number, other = (delivery(tx, jana, lane=lane, reason="paused") for _ in range(2))
        deliveries.take(tx, [Taken(number, "chat", "user")], "7", NOON + HOUR, NOON)
        taken = row(tx, number)
        assert (taken["state"], taken["owner"], taken["chat"]) == ("sending", "7", "chat")
        assert as_moment(taken["lease_until"]) == NOON + HOUR
        assert taken["reason"] is None
        assert (taken["sent_at"] is not None) == (lane > 1)
        assert row(tx, other)["state"] == "queued"
        full = NOON if lane > 1 else None
        assert [each.full_since for each in found(tx, lane, budget=1)] == [full]
        deliveries.release(tx, [number], NOON, NOON, 0)
        assert [each.full_since for each in found(tx, lane, budget=1)] == [None, None]


def test_only_what_is_being_sent_can_be_given_back(database: Database) -> None:
    """What was settled meanwhile, or given back already, stays as it is."""
    taken = {
        "owner": "7", "attempts": 2, "sent_at": NOON, "lease_until": NOON, "due_at": NOON - HOUR,
    }  # fmt: skip
    with database.transaction() as tx:
        jana = person(tx)
        rows = {
            state: delivery(tx, jana, state=state, **taken)  # type: ignore[arg-type]
            for state in DELIVERY_STATES
        }
        before = {state: row(tx, number) for state, number in rows.items()}
        deliveries.release(tx, rows.values(), NOON + HOUR, NOON, 1)
        after = {state: row(tx, number) for state, number in rows.items()}
    released = after.pop("sending")
    assert after == {state: before[state] for state in after}
    assert (released["state"], released["owner"], released["attempts"]) == ("queued", None, 3)
    assert (released["sent_at"], released["lease_until"]) == (None, None)
    assert as_moment(released["due_at"]) == NOON + HOUR


def test_what_is_given_back_is_not_due_in_the_past(database: Database) -> None:
    with database.transaction() as tx:
        number = delivery(tx, person(tx), state="sending")
        deliveries.release(tx, [number], NOON - HOUR, NOON, 0)
        assert as_moment(row(tx, number)["due_at"]) == NOON


def test_what_staff_let_go_stays_let_go_while_it_waits_and_is_sent(database: Database) -> None:
    with database.transaction() as tx:
        jana = person(tx)
        released = delivery(tx, jana, reason=RELEASED)
        other = delivery(tx, jana, reason="paused")
        later = NOON + HOUR
        deliveries.put_off(tx, [PutOff(each, later, "talking") for each in (released, other)])
        assert [row(tx, each)["reason"] for each in (released, other)] == [RELEASED, "talking"]
        assert [as_moment(row(tx, each)["due_at"]) for each in (released, other)] == [later] * 2
        taken = [Taken(each, "c", "u") for each in (released, other)]
        deliveries.take(tx, taken, "7", NOON + HOUR, NOON)
        assert [row(tx, each)["reason"] for each in (released, other)] == [RELEASED, None]


def test_waking_is_for_one_person_and_one_reason(database: Database) -> None:
    with database.transaction() as tx:
        jana, eva = person(tx), person(tx)
        later: dict[str, Any] = {"due_at": NOON + HOUR}
        woken = delivery(tx, jana, reason="paused", **later)
        delivery(tx, jana, reason="talking", **later)
        delivery(tx, jana, reason="paused", state="held", **later)
        delivery(tx, eva, reason="paused", **later)
        assert deliveries.wake(tx, jana, "paused", NOON) == 1
        assert ids(found(tx, 3)) == [woken]


def test_the_next_moment_is_that_of_the_first_that_waits(database: Database) -> None:
    with database.transaction() as tx:
        jana = person(tx)
        assert deliveries.next_due(tx, "telegram", "bot") is None
        for other in OTHERS[1:]:
            if "lane" not in other or other["lane"] == 0:
                delivery(tx, jana, **{"lane": 1, **other})
        assert deliveries.next_due(tx, "telegram", "bot") is None
        for hours, lane in ((4, 3), (3, 2), (2, 1), (1, 3)):
            delivery(tx, jana, lane=lane, due_at=NOON + hours * HOUR)
            assert deliveries.next_due(tx, "telegram", "bot") == NOON + hours * HOUR
        delivery(tx, jana, lane=1, due_at=NOON + 5 * HOUR)
        assert deliveries.next_due(tx, "telegram", "bot") == NOON + HOUR


def test_a_page_holds_what_is_wanted() -> None:
    pages = {wanted: deliveries.page_for(wanted) for wanted in range(1, 120)}
    for wanted, page in pages.items():
        assert page == min((each for each in deliveries.PAGES if each >= wanted), default=100)


def _end(state: str) -> Callable[[Transaction, int], object]:
    return lambda tx, number: deliveries.end(tx, [Ended(number, state, "why")])


def _settle(state: str) -> Callable[[Transaction, int], object]:
    return lambda tx, number: outbox.settle(tx, [Settled(number, state)], NOON)


ENDINGS: dict[str, Callable[[Transaction, int], object]] = {
    **{f"not sent: {state}": _end(state) for state in ("expired", "cancelled", "failed")},
    **{f"sent: {state}": _settle(state) for state in ("sent", "failed", "unknown", "expired")},
    "broadcast cancelled": lambda tx, number: sweeping.sweep(tx, 1, 10),
    "given up by staff": lambda tx, number: held.cancel(tx, held.About(), 10),
    "notice called off": lambda tx, number: notices.cancel(tx, 1, ["invitation"], "why"),
    "invitations called off": lambda tx, number: notices.invitations_off(tx, 1, 0, 10, "why"),
    "pair went on": lambda tx, number: telling.call_off(tx, 1, ["invitation"], "why"),
}


@pytest.mark.parametrize("how", ENDINGS)
def test_what_is_over_has_no_words_left(database: Database, how: str) -> None:
    with database.transaction() as tx:
        about = {"event_id": event(tx), "broadcast_id": broadcast(tx, status="cancelled")}
        kind = "broadcast" if how.startswith("broadcast") else "invitation"
        number = delivery(
            tx, person(tx), kind, match_id=1, state="held", reason="restored",
            payload='{"text": "Dear Jana"}', **about,
        )  # fmt: skip
        ENDINGS[how](tx, number)
        after = row(tx, number)
        assert after["state"] not in WAITING
        assert after["payload"] is None


def test_what_is_held_keeps_its_words_to_be_sent_later(database: Database) -> None:
    with database.transaction() as tx:
        number = delivery(tx, person(tx), payload='{"text": "Dear Jana"}')
        _end("held")(tx, number)
        after = row(tx, number)
        assert (after["state"], after["reason"]) == ("held", "why")
        assert after["payload"] == '{"text": "Dear Jana"}'
