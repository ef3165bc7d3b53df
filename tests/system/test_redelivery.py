"""Everything arrives five times and in any order: one effect."""

from __future__ import annotations

import asyncio

import pytest

from tests.system.conftest import Worlds
from tests.system.holding import check_once
from tests.system.people import Person
from tests.system.speech import Speech
from tests.system.talks import Step, Who, begin, expat, join, walk, willingness
from tests.system.test_kills import settled
from tests.system.world import World
from tests.waiting import until

TIMES = 5


def seen(people: dict[Person, list[Step]]) -> list[list[str]]:
    return [person.shown() for person in people]


async def converse(world: World, language: str) -> dict[Person, list[Step]]:
    """A person on each platform, from the first word to the second survey."""
    w = Speech(language)
    people: dict[Person, list[Step]] = {}
    for platform in ("telegram", "slack"):
        who = Who(name=f"Jana {platform}")
        survey = [*begin(w, "willingness"), *willingness(w, who)]
        person = world.person(platform, language)
        people[person] = [*join(w, who), *expat(w, who), *survey]

    async def talk(person: Person, steps: list[Step]) -> None:
        await person.say("/start" if person.platform == "telegram" else "hello")
        await walk(person, steps)
        await person.expect(w.title("formats"))

    await asyncio.gather(*(talk(person, steps) for person, steps in people.items()))
    return people


async def quiet(world: World) -> None:
    """Until nothing is on its way to the program, and nothing from it."""
    updates = world.telegram.bot.updates
    await until(lambda: not (updates.pending or updates.again), "every update to be taken")
    await world.slack.post.idle()
    await settled(world)


@pytest.mark.parametrize("modes", [("polling", "socket"), ("webhook", "http")], ids="-".join)
async def test_five_times_in_any_order_has_one_effect(worlds: Worlds, modes: list[str]) -> None:
    async with worlds(*modes) as world:
        await world.start()
        once = await converse(world, "sk")
        said_once = [len(texts) for texts in seen(once)]
        world.telegram.redeliver(TIMES, shuffled=True)
        world.slack.faults.deliveries, world.slack.faults.shuffle = TIMES, True
        often = await converse(world, "sk")
        await quiet(world)
        assert [len(texts) for texts in seen(often)] == said_once

        everybody, before = once | often, seen(once | often)
        world.telegram.bot.updates.replay()  # all that ever was, once more
        world.telegram.delivery.pump(world.telegram.bot)
        for old in [each for each in world.slack.post.deliveries if each.kind == "events_api"]:
            world.slack.post.deliver(old.kind, old.payload)
        await quiet(world)
        assert seen(everybody) == before
        check_once(world, everybody)
        status, figures = await world.program.get("/metrics")
        assert status == 200
        for channel in ("telegram", "slack"):
            assert f'domov_events_duplicate_total{{channel="{channel}"}}' in figures
