"""Messages to many: what the platform's answers mean for them, and when they go."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from itertools import pairwise
from pathlib import Path

import pytest

from bot.metrics import Metrics
from bot.outgoing import (
    Action,
    Moved,
    NotSent,
    Outgoing,
    Rejected,
    TooFast,
    Unknown,
    Unreachable,
)
from bot.sending.dispatcher import Dispatcher, Many
from bot.sending.in_flight import FEW
from bot.sending.journal import Journal
from bot.sending.limits import Limits
from messages import rich
from messages.message import Message
from storage.database import Database, sql
from storage.errors import ConnectionLost
from tests.sending.many import (
    OWNER,
    Historian,
    NothingToSend,
    Platform,
    Queue,
    plan,
    rows,
    settled,
)
from tests.sending.virtual import clock

FAST = Limits(rate=1000, chat_seconds=0.2)
Make = Callable[..., Dispatcher]


@pytest.fixture
def queue(database: Database) -> Queue:
    return Queue(database)


@pytest.fixture
async def make(database: Database, queue: Queue) -> AsyncIterator[Make]:
    made: list[Dispatcher] = []

    def new(
        limits: Limits = FAST, channel: str = "telegram", lead: Callable[[str], bool] | None = None
    ) -> Dispatcher:
        many = Many(queue) if lead is None else Many(queue, lead=lead)
        dispatcher = Dispatcher(
            database, OWNER, Metrics(), clock, limits={channel: limits}, many=many
        )
        dispatcher.start()
        made.append(dispatcher)
        return dispatcher

    yield new
    for dispatcher in made:
        await dispatcher.stop()


def loop_time() -> float:
    return asyncio.get_running_loop().time()


def reply(chat: str, delivery: int = 0) -> Outgoing:
    return Outgoing(Action.SEND, chat, chat, Message(rich.paragraph("hello")), delivery=delivery)


async def test_planned_messages_are_sent_once_and_recorded(database: Database, make: Make) -> None:
    chats = [f"c{number}" for number in range(200)]
    plan(database, chats)
    platform = Platform()
    await make().add(platform)
    assert await settled(database) == [(chat, "sent", None, 1) for chat in chats]
    assert [chat for _, chat in platform.asked] == chats


async def test_the_clock_s_word_is_heard_at_once(
    database: Database, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.sending.bulk.LOOK_EVERY", 60.0)
    monkeypatch.setattr("bot.sending.bulk.LEAD_EVERY", 60.0)
    platform, dispatcher = Platform(), make()
    await dispatcher.add(platform)
    await asyncio.sleep(0.3)
    plan(database, ["a"])
    dispatcher.wake()
    assert await settled(database) == [("a", "sent", None, 1)]


async def test_what_is_planned_for_later_is_sent_when_it_is_due(
    database: Database, make: Make
) -> None:
    platform = Platform()
    plan(database, ["a"], after=0.6)
    begun = loop_time()
    await make().add(platform)
    assert await settled(database) == [("a", "sent", None, 1)]
    assert platform.asked[0][0] - begun >= 0.5


async def test_higher_lanes_go_first(database: Database, make: Make) -> None:
    plan(database, ["x", "y"], lane=3)
    plan(database, ["b"], lane=2)
    plan(database, ["a"], lane=1)
    platform = Platform()
    await make(Limits(rate=10)).add(platform)
    await settled(database)
    assert platform.sent == ["a", "b", "x", "y"]


async def test_the_rate_is_kept_and_messages_are_spread(database: Database, make: Make) -> None:
    plan(database, [f"c{number}" for number in range(75)])
    platform = Platform()
    await make(Limits(rate=30, chat_seconds=1)).add(platform)
    await settled(database)
    times = [at for at, _ in platform.asked]
    for first, last in zip(times, times[30:], strict=False):
        assert last - first >= 1.0
    assert times[-1] - times[0] < 75 / 30 + 4  # on a busy machine
    assert sum(after - before > 0.01 for before, after in pairwise(times[:30])) > 20


async def test_a_chat_gets_one_message_a_second(database: Database, make: Make) -> None:
    plan(database, ["a", "a", "a", "b"])
    platform = Platform()
    await make(Limits(rate=1000, chat_seconds=0.4)).add(platform)
    await settled(database)
    times = [at for at, chat in platform.asked if chat == "a"]
    assert len(times) == 3
    assert all(after - before >= 0.39 for before, after in pairwise(times))


async def test_one_chat_s_429_holds_nobody_else_up_and_is_kept(
    database: Database, make: Make
) -> None:
    plan(database, ["a", "b", "c", "d"])
    platform = Platform()
    platform.plan("a", TooFast(0.8))
    await make().add(platform)
    begun = loop_time()
    found = await settled(database)
    assert [row[1:] for row in found] == [("sent", None, 2), *[("sent", None, 1)] * 3]
    times = {chat: at for at, chat in platform.asked}
    assert max(times[chat] for chat in "bcd") - begun < 0.5
    assert [chat for _, chat in platform.asked].count("a") == 2
    assert times["a"] - platform.asked[0][0] >= 0.8


async def test_a_message_that_waits_for_a_429_is_in_the_queue_not_in_hand(
    database: Database, make: Make
) -> None:
    """So that consent, pause and cancellation are looked at again."""
    plan(database, ["a"])
    platform = Platform()
    platform.plan("a", TooFast(30))
    await make().add(platform)
    await asyncio.sleep(0.4)
    assert [row[1] for row in rows(database)] == ["queued"]
    assert len(platform.asked) == 1


async def test_a_429_for_everyone_stops_both_lanes(database: Database, make: Make) -> None:
    plan(database, [f"c{number}" for number in range(60)])
    platform, dispatcher = Platform(), make(Limits(rate=50))
    platform.plan("c5", TooFast(1.0, everyone=True))
    await dispatcher.add(platform)
    async with asyncio.timeout(5):
        while "c5" not in [chat for _, chat in platform.asked]:
            await asyncio.sleep(0.005)
        stop = loop_time()
        await asyncio.sleep(0.1)
        dispatcher.submit("telegram", "1", [reply("person")])
        while "person" not in platform.sent:
            await asyncio.sleep(0.01)
    assert not [at for at, _ in platform.asked if stop + 0.05 < at < stop + 0.95]
    assert {row[1] for row in await settled(database)} == {"sent"}
    assert len(platform.sent) == len(set(platform.sent)) == 61


async def test_a_lost_answer_is_unknown_and_never_repeated(database: Database, make: Make) -> None:
    plan(database, ["a", "b"])
    platform = Platform()
    platform.plan("a", Unknown())
    await make().add(platform)
    assert await settled(database) == [("a", "unknown", "answer lost", 1), ("b", "sent", None, 1)]
    await asyncio.sleep(0.3)
    assert sorted(chat for _, chat in platform.asked) == ["a", "b"]


async def test_slack_is_asked_about_a_lost_answer(database: Database, make: Make) -> None:
    there, gone = plan(database, ["a", "b"], channel="slack")
    platform = Historian(known={there: True, gone: False})
    platform.plan("*", Unknown(), Unknown())
    await make(channel="slack").add(platform)
    assert [row[:2] for row in await settled(database)] == [("a", "sent"), ("b", "unknown")]
    assert len(platform.asked) == 2


async def test_without_a_connection_one_at_a_time_tries_with_growing_waits(
    database: Database, make: Make
) -> None:
    chats = [f"c{number}" for number in range(40)]
    plan(database, chats)
    platform = Platform()
    platform.plan("*", *(NotSent() for _ in range(FEW + 5)))
    await make().add(platform)
    assert {row[1] for row in await settled(database, 20)} == {"sent"}
    assert sorted(platform.sent) == sorted(chats)
    times = [at for at, _ in platform.asked]
    assert times[FEW - 1] - times[0] < 0.02  # they were on their way together
    waits = [after - before for before, after in pairwise(times[FEW - 1 : FEW + 6])]
    assert waits == pytest.approx([0.25, 0.5, 1.0, 2.0, 4.0, 8.0], abs=0.03)
    assert times[-1] - times[FEW + 5] < 0.2  # then all at once


async def test_somebody_who_blocked_the_bot_is_unreachable(database: Database, make: Make) -> None:
    with database.transaction() as tx:
        tx.run(sql("INSERT INTO person (id, created_at) VALUES (1, '2026-01-01T00:00:00Z')"))
        tx.run(
            sql(
                "INSERT INTO identity (person_id, channel, account, user_id, chat_id, created_at)"
                " VALUES (1, 'telegram', '1', 'a', 'a', '2026-01-01T00:00:00Z')"
            )
        )
    plan(database, ["a"])
    platform = Platform()
    platform.plan("a", Unreachable())
    await make().add(platform)
    assert await settled(database) == [("a", "failed", "unreachable", 1)]
    with database.reading() as tx:
        assert tx.run(sql("SELECT status FROM identity")).fetchall() == [("unreachable",)]


async def test_a_chat_that_moved_is_followed_once(database: Database, make: Make) -> None:
    plan(database, ["a", "b"])
    platform = Platform()
    platform.plan("a", Moved("a2"))
    platform.plan("b", Moved("b2"))
    platform.plan("b2", Moved("b3"))
    await make().add(platform)
    assert await settled(database) == [
        ("a", "sent", None, 2),
        ("b", "failed", "the chat moved twice", 2),
    ]
    assert platform.sent == ["a2"]


async def test_a_refused_message_fails_with_its_reason(database: Database, make: Make) -> None:
    plan(database, ["a"])
    platform = Platform()
    platform.plan("a", Rejected("can't parse entities"))
    await make().add(platform)
    assert await settled(database) == [("a", "failed", "rejected: can't parse entities", 1)]


async def test_a_message_that_cannot_be_made_fails_alone(
    database: Database, make: Make, queue: Queue
) -> None:
    plan(database, ["a", "b", "c"])
    queue.problems = {"a": NothingToSend("answered already"), "b": ZeroDivisionError()}
    await make().add(Platform())
    assert await settled(database) == [
        ("a", "failed", "answered already", 0),
        ("b", "failed", "error", 0),
        ("c", "sent", None, 1),
    ]


async def test_changes_and_withdrawals_go_to_their_message(database: Database, make: Make) -> None:
    plan(database, ["a"], action="edit", target="m7", lane=1)
    plan(database, ["b"], action="delete", target="m8", lane=1)
    platform = Platform()
    await make().add(platform)
    await settled(database)
    assert [(each.action, each.target) for each in platform.outgoing] == [
        (Action.EDIT, "m7"),
        (Action.DELETE, "m8"),
    ]


@pytest.mark.parametrize("paid", [False, True])
async def test_only_messages_to_many_are_paid_for(
    database: Database, make: Make, paid: bool
) -> None:
    plan(database, ["a"])
    platform, dispatcher = Platform(), make(Limits(rate=100, paid=paid))
    await dispatcher.add(platform)
    await settled(database)
    dispatcher.submit("telegram", "1", [reply("b")])
    await asyncio.sleep(0.1)
    assert [each.paid for each in platform.outgoing] == [paid, False]


async def test_a_reply_goes_at_once_beside_a_broadcast_and_first_to_its_chat(
    database: Database, make: Make
) -> None:
    plan(database, [f"c{number}" for number in range(40)])
    platform, dispatcher = Platform(), make(Limits(rate=20, chat_seconds=1))
    await dispatcher.add(platform)
    await asyncio.sleep(0.3)
    begun = loop_time()
    dispatcher.submit("telegram", "1", [reply("person"), reply("c39")])
    async with asyncio.timeout(2):
        while not {"person", "c39"} <= set(platform.sent):
            await asyncio.sleep(0.005)
    assert max(at for at, chat in platform.asked if chat in ("person", "c39")) - begun < 0.15
    await settled(database)
    times = [at for at, chat in platform.asked if chat == "c39"]
    assert len(times) == 2
    assert times[1] - times[0] >= 1.0


# ---- crashes, lost connections, several processes ----


async def test_what_was_on_its_way_when_a_program_died_is_unknown(
    database: Database, make: Make
) -> None:
    plan(database, ["a"], state="sending", owner="99")
    plan(database, ["b"])
    platform = Platform()
    await make().add(platform)
    assert await settled(database) == [
        ("a", "unknown", "the program stopped while it was sent", 1),
        ("b", "sent", None, 1),
    ]
    assert platform.sent == ["b"]


async def test_the_journal_of_a_dead_program_says_what_became_of_its_messages(
    database: Database, queue: Queue, tmp_path: Path
) -> None:
    """What never left is sent, what was answered was sent, and only the rest is unknown."""
    before = Journal(tmp_path / "begun", "99")
    before.open()
    waiting, back, begun, answered = plan(
        database, ["waiting", "back", "begun", "answered"], state="sending", owner="99"
    )
    for each in (back, begun, answered):
        before.begun(each)
    before.forget([back])
    before.sent(answered, "m77")
    platform = Platform()
    many = Many(queue, Journal(tmp_path / "begun", OWNER))
    dispatcher = Dispatcher(database, OWNER, Metrics(), clock, limits={"telegram": FAST}, many=many)
    dispatcher.start()
    await dispatcher.add(platform)
    found = await settled(database)
    assert [row[:2] for row in found] == [
        ("waiting", "sent"),
        ("back", "sent"),
        ("begun", "unknown"),
        ("answered", "sent"),
    ]
    assert sorted(platform.sent) == ["back", "waiting"]
    assert waiting
    with database.reading() as tx:
        query = sql("SELECT message FROM delivery WHERE chat = 'answered'")
        assert tx.run(query).fetchall() == [("m77",)]
    await dispatcher.stop()
    assert not (tmp_path / f"begun-{OWNER}").exists()


async def test_slack_s_history_settles_what_was_on_its_way(database: Database, make: Make) -> None:
    there, gone, _ = plan(
        database, ["there", "gone", "unclear"], channel="slack", state="sending", owner="99"
    )
    platform = Historian(known={there: True, gone: False})
    await make(channel="slack").add(platform)
    found = await settled(database)
    assert [row[:2] for row in found] == [
        ("there", "sent"),
        ("gone", "sent"),
        ("unclear", "unknown"),
    ]
    assert platform.sent == ["gone"]


async def test_a_claim_whose_answer_was_lost_is_given_back_and_sent_once(
    database: Database, make: Make, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.sending.bulk.DATABASE_WAIT", 0.05)
    chats = [f"c{number}" for number in range(30)]
    plan(database, chats)
    queue.losses = [ConnectionLost("while committing"), ConnectionLost("again")]
    platform = Platform()
    await make().add(platform)
    assert {row[1] for row in await settled(database)} == {"sent"}
    assert sorted(platform.sent) == sorted(chats)


async def test_stopping_gives_back_what_was_not_begun(database: Database, make: Make) -> None:
    plan(database, [f"c{number}" for number in range(200)])
    platform, dispatcher = Platform(latency=0.05), make(Limits(rate=100))
    await dispatcher.add(platform)
    await asyncio.sleep(0.5)
    await dispatcher.stop()
    found = rows(database)
    assert {row[1] for row in found} == {"sent", "queued"}
    assert sum(row[1] == "sent" for row in found) == len(platform.sent) == len(platform.asked)


async def test_a_process_that_does_not_lead_sends_replies_alone(
    database: Database, make: Make
) -> None:
    asked: list[str] = []

    def lead(what: str) -> bool:
        asked.append(what)
        return False

    plan(database, ["a"])
    platform, dispatcher = Platform(), make(lead=lead)
    await dispatcher.add(platform)
    dispatcher.submit("telegram", "1", [reply("person")])
    await asyncio.sleep(0.3)
    assert platform.sent == ["person"]
    assert asked == ["send:telegram:1"]
    assert [row[1] for row in rows(database)] == ["queued"]


async def test_no_more_is_claimed_than_can_go_out(
    database: Database, make: Make, queue: Queue
) -> None:
    """Rows in ``sending`` are on their way, or will be in a moment."""
    plan(database, [f"c{number}" for number in range(100)])
    platform = Platform(hanging=asyncio.Event())
    await make(Limits(rate=20, most=8)).add(platform)
    await asyncio.sleep(1.0)
    sending = [row for row in rows(database) if row[1] == "sending"]
    assert len(platform.asked) == 8
    assert len(sending) == 8
    assert platform.hanging is not None
    platform.hanging.set()
    await asyncio.sleep(0.5)
    sending = [row for row in rows(database) if row[1] == "sending"]
    assert len(sending) <= 3


async def test_what_goes_out_is_counted(
    database: Database, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.sending.dispatcher.COUNT_EVERY", 0.05)
    plan(database, [f"c{number}" for number in range(20)])
    plan(database, ["n"], lane=1)
    plan(database, ["h1", "h2"], state="held")
    plan(database, ["later"], after=3600)
    metrics = Metrics()
    many = Many(queue)
    dispatcher = Dispatcher(database, OWNER, metrics, clock, limits={"telegram": FAST}, many=many)
    dispatcher.start()
    await dispatcher.add(Platform())
    dispatcher.submit("telegram", "1", [reply("person")])

    def figures() -> dict[str, float]:
        lines = metrics.text().decode().splitlines()
        return {
            name: float(value)
            for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")
        }

    async with asyncio.timeout(10):
        while figures().get('domov_planned{state="queued"}') != 1:
            await asyncio.sleep(0.02)
        while figures().get('domov_sent_total{channel="telegram",lane="3"}') != 20:
            await asyncio.sleep(0.02)
    found = figures()
    assert found['domov_planned{state="held"}'] == 2
    assert found['domov_sent_total{channel="telegram",lane="1"}'] == 1
    assert found['domov_sent_total{channel="telegram",lane="0"}'] == 1
    assert found['domov_bulk_rate{channel="telegram"}'] == 2.1
    await dispatcher.stop()
