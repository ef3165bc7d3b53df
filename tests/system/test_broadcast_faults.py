"""What goes wrong at the platform while a broadcast goes out, and who must not notice."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence

import pytest

from storage.database import Database, sql
from storage.moments import moment
from tests.fakes.telegram.bots import Call
from tests.system.conftest import Worlds
from tests.system.mailing import (
    enrol,
    in_state,
    now,
    over,
    posts,
    send,
    shown,
    states,
)
from tests.system.speech import Speech
from tests.system.talks import join
from tests.system.world import World
from tests.waiting import until

LOST = ("drop_before", "drop_after", "cut", "garbage", "hang_after")


def sent(world: World) -> list[Call]:
    return world.telegram.called("sendMessage")


def most_in_a_second(calls: Sequence[Call]) -> int:
    """The most calls that arrived in any sliding second."""
    times, first, most = [call.at for call in calls], 0, 0
    for last, at in enumerate(times):
        while times[first] <= at - 1.0:
            first += 1
        most = max(most, last - first + 1)
    return most


async def test_lost_answers_are_unknown_and_nobody_is_asked_twice(worlds: Worlds) -> None:
    """5 % of the answers are dropped, cut, garbled or never come, after the request was read."""
    async with worlds("polling", TELEGRAM_RATE="1000") as world:
        users = enrol(world, "telegram", 400)
        lost = random.Random(1).sample(users, 20)
        for number, user in enumerate(lost):
            world.telegram.inject(
                LOST[number % len(LOST)], method="sendMessage", chat=int(user), times=None
            )
        await world.start()
        await send(world)
        await over(world, len(users))
        found = states(world)
        assert {user for user in users if found[user] == ("unknown", "answer lost")} == set(lost)
        assert {found[user] for user in users if user not in lost} == {("sent", None)}
        assert set(posts(world).values()) == {1}
        assert set(posts(world)) == set(users)


async def test_one_chat_s_429_of_half_a_minute_delays_nobody_else(worlds: Worlds) -> None:
    async with worlds("polling", TELEGRAM_RATE="30") as world:
        users = enrol(world, "telegram", 120)
        slow = users[40]
        world.telegram.inject("too_fast", method="sendMessage", chat=int(slow), seconds=30.0)
        await world.start()
        await send(world)
        await until(lambda: in_state(world, "sent") == 119)
        times = [call.at for call in sent(world) if str(call.params["chat_id"]) != slow]
        due = [times[0] + index / 30 for index in range(len(times))]
        late = sorted(at - wanted for at, wanted in zip(times, due, strict=True))
        assert late[int(len(late) * 0.95)] < 15.0  # half a minute, where they wait as well
        assert states(world)[slow] == ("queued", None)
        assert posts(world)[slow] == 1
        wait = world.rows(
            "SELECT due_at FROM delivery WHERE chat = :chat AND due_at > :soon",
            chat=slow, soon=moment(now(15)),
        )  # fmt: skip
        assert wait, "it is tried again before the platform allows"


WAIT = 3.0  # seconds that Telegram asks for


def waves(calls: Sequence[Call]) -> int:
    """How often it was tried and refused, between two waits."""
    refused = [call.at for call in calls if call.description == "too_fast"]
    return len({int((at - refused[0]) / (WAIT * 0.98)) for at in refused})


async def test_a_storm_of_429s_is_waited_out_and_nothing_is_lost(worlds: Worlds) -> None:
    async with worlds("polling", TELEGRAM_RATE="30") as world:
        users = enrol(world, "telegram", 150)
        await world.start()
        await send(world)
        await until(lambda: len(sent(world)) >= 40)
        world.telegram.inject("too_fast", method="sendMessage", times=None, seconds=WAIT)
        await until(lambda: waves(sent(world)) == 2, "it to be tried again")
        world.telegram.clear_faults()
        await over(world, len(users))
        refused = [call for call in sent(world) if call.description == "too_fast"]
        # The first could be that chat's own; the second says that it is everybody's. What was on
        # its way by then was on its way: 30 a second would be ninety until it is tried again.
        before = [call for call in sent(world) if refused[0].at <= call.at < refused[0].at + WAIT]
        assert 2 <= len(before) <= 12
        assert {state for state, _ in states(world).values()} == {"sent"}
        assert shown(world) == dict.fromkeys(users, 1)
        assert most_in_a_second(sent(world)) <= 30


async def test_blocked_deactivated_and_moved_chats(worlds: Worlds) -> None:
    """At most one more attempt, and the identity knows."""
    async with worlds("polling", TELEGRAM_RATE="1000") as world:
        users = enrol(world, "telegram", 12)
        blocked, deactivated, gone, moved = users[:4]
        chats = world.telegram.bot.chats
        chats[int(blocked)].blocked = True
        chats[int(deactivated)].deactivated = True
        world.telegram.inject(
            "error", method="sendMessage", chat=int(gone), status=400,
            description="Bad Request: chat not found",
        )  # fmt: skip
        world.telegram.inject(
            "error", method="sendMessage", chat=int(moved), status=400,
            description="Bad Request: group chat was upgraded to a supergroup chat",
            parameters={"migrate_to_chat_id": 999_001}, times=None,
        )  # fmt: skip
        world.telegram.user(999_001, "Moved").open()
        await world.start()
        await send(world)
        await over(world, len(users))
        found = states(world)
        for user in (blocked, deactivated, gone):
            assert found[user] == ("failed", "unreachable")
            assert posts(world)[user] == 1
        assert found[moved] == ("sent", None)
        assert posts(world)[moved] == posts(world)["999001"] == 1
        rows = world.rows("SELECT user_id, status, chat_id FROM identity")
        identities = {user: (status, chat) for user, status, chat in rows}
        assert identities[moved] == ("ok", "999001")
        unreachable = {user for user, (status, _) in identities.items() if status != "ok"}
        assert unreachable == {blocked, deactivated, gone}
        assert {found[user] for user in users[4:]} == {("sent", None)}


WITHDRAW = sql("UPDATE consent SET given = :given WHERE person_id > :after")
STATES = sql("SELECT chat, state FROM delivery")
RATE = 60


def in_state_of(states: Mapping[str, str], wanted: str) -> set[str]:
    return {chat for chat, state in states.items() if state == wanted}


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_who_withdraws_in_the_middle_gets_nothing_that_was_not_in_hand(
    kind: str, request: pytest.FixtureRequest
) -> None:
    worlds: Worlds = request.getfixturevalue("worlds" if kind == "sqlite" else "postgresql_worlds")
    async with worlds("polling", TELEGRAM_RATE=str(RATE)) as world:
        users = enrol(world, "telegram", 300)
        await world.start()
        await send(world)
        await until(lambda: len(sent(world)) >= 60)
        database = Database.open(world.url)
        with database.transaction() as tx:
            tx.run(WITHDRAW, given=False, after=150)
            found = {str(row[0]): str(row[1]) for row in tx.run(STATES)}
        database.close()
        assert Counter(found.values())["sending"] <= RATE, "more than a second's worth is in hand"
        await over(world, len(users))
        rows = world.rows("SELECT chat, person_id, state, reason FROM delivery")
        went = {str(chat) for chat, person, state, _ in rows if person > 150 and state == "sent"}
        # On PostgreSQL what is claimed at the same moment still saw the consent.
        assert len(went & in_state_of(found, "queued")) <= (0 if kind == "sqlite" else RATE / 4)
        for _, person, state, reason in rows:
            assert (state, reason) == ("sent", None) or (
                person > 150 and (state, reason) == ("cancelled", "no consent")
            )
        assert 150 - len(went) > 80


async def test_a_conversation_goes_on_beside_a_broadcast(worlds: Worlds) -> None:
    """And is over long before it: nobody who talks waits behind those who are written to."""
    w = Speech("en")
    async with worlds("polling", TELEGRAM_RATE="30") as world:
        users = set(enrol(world, "telegram", 1500))
        await world.start()
        await send(world)
        await until(lambda: len(sent(world)) >= 30)
        jana = world.person("telegram")
        await jana.say("/start")
        for step in join(w):
            await jana.expect(step.asked)
            await step.do(jana)
        await jana.expect(w("registration.ask_name"))
        assert in_state(world, "queued") > 0, "they waited for the end of the broadcast"
        planned = [call for call in sent(world) if str(call.params["chat_id"]) in users]
        assert most_in_a_second(planned) <= 30


async def test_two_processes_send_a_broadcast_once_and_one_takes_over(
    postgresql_worlds: Worlds,
) -> None:
    async with postgresql_worlds("webhook", TELEGRAM_RATE="30") as world:
        users = enrol(world, "telegram", 240)
        first, second = world.new_program(), world.new_program()
        await world.start()
        await second.start()
        await send(world)
        await until(lambda: len(sent(world)) >= 60)
        await world.kill(first)
        on_their_way = in_state(world, "sending")
        await over(world, len(users))
        found = states(world)
        unknown = [user for user in users if found[user][0] == "unknown"]
        assert len(unknown) <= on_their_way <= 60
        assert {found[user] for user in users if user not in unknown} == {("sent", None)}
        assert max(posts(world).values()) == 1
        assert most_in_a_second(sent(world)) <= 30
