"""The program is killed again and again while a broadcast goes out: everybody is in a final state,
nobody got it twice, and only what was on its way is unknown."""

from __future__ import annotations

import os
import random
from collections import Counter

import pytest

from bot.sending.in_flight import LEAST
from tests.examples import examples
from tests.system.conftest import Worlds
from tests.system.mailing import enrol, in_state, over, posts, send, shown, states
from tests.system.world import World
from tests.waiting import some_moment, until

KILLS = int(os.environ.get("DOMOV_KILLS", examples(2)))
SEED = int(os.environ.get("DOMOV_SEED", "1"))
PEOPLE = 5_000 if KILLS >= 10 else 600
FINAL = ("sent", "failed", "unknown", "expired", "cancelled")


async def killed_now_and_then(world: World, number: int, kills: int, chance: random.Random) -> int:
    """Kill it at random points; how many messages were on their way then."""
    on_their_way = 0
    for goal in sorted(chance.randrange(number) for _ in range(kills)):
        await until(lambda goal=goal: in_state(world, *FINAL) >= goal)  # type: ignore[misc]
        await some_moment(chance, 0.1)
        await world.kill()
        on_their_way += in_state(world, "sending")
        await world.program.start()
    return on_their_way


async def survive(world: World, seed: int) -> None:
    users = enrol(world, "telegram", PEOPLE)
    await world.start()
    await send(world)
    on_their_way = await killed_now_and_then(world, PEOPLE, KILLS, random.Random(seed))
    await over(world, PEOPLE)
    found, asked, there = states(world), posts(world), shown(world)
    assert set(found) == set(users)
    assert max(asked.values()) == 1
    for user in users:
        state, reason = found[user]
        if state == "sent":
            assert there[user] == 1
        else:
            assert (state, reason) == ("unknown", "the program stopped while it was sent")
    unknown = {user for user in users if found[user][0] == "unknown"}
    assert len(unknown) <= on_their_way
    # A server nearby needs LEAST on their way; one on a busy machine is not quite as near.
    assert len(unknown) <= KILLS * 2 * LEAST
    await until(lambda: world.rows("SELECT status FROM broadcast") == [("done",)])


async def test_killed_on_sqlite_in_the_middle_of_a_broadcast(worlds: Worlds) -> None:
    async with worlds("polling", TELEGRAM_RATE="1000") as world:
        await survive(world, SEED)


async def test_killed_on_postgresql_in_the_middle_of_a_broadcast(
    postgresql_worlds: Worlds,
) -> None:
    async with postgresql_worlds("webhook", TELEGRAM_RATE="1000") as world:
        await survive(world, SEED + 1)


@pytest.mark.parametrize("number", [120])
async def test_slack_s_history_settles_what_was_on_its_way(worlds: Worlds, number: int) -> None:
    """Nothing is unknown: what arrived is found, and what did not is sent."""
    async with worlds("socket", SLACK_RATE="60") as world:
        users = enrol(world, "slack", number)
        people = {user: world.slack.user(user) for user in users}
        await world.start()
        await send(world)

        def got() -> Counter[str]:
            return Counter(
                user
                for user in users
                for message in people[user].replies
                if "Tabačka" in message.text
            )

        await killed_now_and_then(world, number, 2, random.Random(SEED))
        await over(world, number)
        assert {state for state, _ in states(world).values()} == {"sent"}
        assert got() == Counter(users)
