"""Several processes, and how one ends or refuses to begin."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from tests.system.conftest import Worlds
from tests.system.holding import check_once
from tests.system.people import Person
from tests.system.program import QUICKLY
from tests.system.speech import Speech
from tests.system.talks import Step, Who, expat, join, walk
from tests.system.test_kills import settled
from tests.system.world import World
from tests.waiting import until


def steps(w: Speech, who: Who) -> list[Step]:
    return [*join(w, who), *expat(w, who)]


async def test_two_processes_share_and_one_takes_over(postgresql_worlds: Worlds) -> None:
    """One polls for both. It is killed in the middle: the other one polls."""
    w = Speech("en")
    async with postgresql_worlds("polling", "socket") as world:
        first, second = world.new_program(), world.new_program()
        await world.start()
        await second.start()
        await until(lambda: len(world.slack.post.connections) == 2)
        people: dict[Person, list[Step]] = {}
        for number in range(3):
            for platform in ("telegram", "slack"):
                who = Who(name=f"Jana {number}", email=f"{platform}{number}@example.com")
                person = world.person(platform)
                person.stubborn = True
                people[person] = steps(w, who)
        killed = asyncio.create_task(kill_soon(world))
        await asyncio.gather(*(stroll(person, asked) for person, asked in people.items()))
        await killed
        assert not first.running
        assert second.running
        await settled(world)
        check_once(world, people)
        assert "409" not in second.log


async def stroll(person: Person, asked: list[Step]) -> None:
    await person.say("/start" if person.platform == "telegram" else "hello")
    for step in asked:
        await person.sees(step.asked)
        await step.do(person)
    await person.sees(Speech("en").title("willingness"))


async def kill_soon(world: World) -> None:
    """Kill the one that polls after a while; until another one does."""
    counts = world.telegram.counts
    await until(lambda: counts["sendMessage"] >= 10)
    await world.program.kill()
    polls = counts["getUpdates"]
    await until(lambda: counts["getUpdates"] > polls, "the other one to poll")


POLLS_ALONE = 5
"""So many polls in a row that no other one ended: two that poll end each other's every time."""


async def test_who_lost_the_lead_stops_polling(postgresql_worlds: Worlds) -> None:
    """Its connection is gone and another took over: there are never two that poll for long."""
    from tests.system.test_faults import end_connections

    w = Speech("en")
    async with postgresql_worlds("polling") as world:
        world.new_program()
        second = world.new_program()
        await world.start()
        await second.start()
        for _ in range(3):
            assert await until(lambda: end_connections(world.url), aside=True)
        jana = world.person("telegram")
        await jana.say("/start")
        await walk(jana, steps(w, Who()))
        await jana.expect(w.title("willingness"))
        for _ in range(20):
            before = Counter(world.telegram.counts)
            for _ in range(POLLS_ALONE):
                await jana.command("menu")
                await jana.expect(w("menu.title", name="Jana Nováková"))
            polls = world.telegram.counts - before
            if not polls["getUpdates 409"]:
                break
        assert polls["getUpdates"] >= POLLS_ALONE
        assert polls["getUpdates 409"] == 0, "there are still two that poll"


async def test_a_second_process_on_sqlite_is_refused(worlds: Worlds) -> None:
    async with worlds("polling") as world:
        await world.start()
        second = world.new_program()
        await second.start(wait=False)
        assert await second.ended() == 1
        (line,) = [line for line in second.lines if line.startswith("domov:")]
        assert "another domov is running" in line
        assert "Traceback" not in second.log
        assert world.program.running


@pytest.mark.parametrize("modes", [("polling", "socket"), ("webhook", "http")], ids="-".join)
async def test_sigterm_ends_cleanly_and_loses_nothing(worlds: Worlds, modes: list[str]) -> None:
    w = Speech("en")
    async with worlds(*modes) as world:
        await world.start()
        people = {
            person: steps(w, Who(name=f"Jana {person.platform}"))
            for person in (world.person("telegram"), world.person("slack"))
        }
        for person in people:
            person.stubborn = True
        talking = asyncio.gather(*(stroll(person, asked) for person, asked in people.items()))
        await until(lambda: world.telegram.counts["sendMessage"] > 3, "the conversation to begin")
        code, seconds = await world.program.stop()
        assert code == 0
        assert seconds < QUICKLY
        await world.program.start()
        await talking
        await settled(world)
        check_once(world, people)


async def test_sigterm_ends_quickly_while_everything_hangs(worlds: Worlds) -> None:
    """Platforms that do not answer, and a browser that listens: nobody waits for them."""
    w = Speech("en")
    async with worlds("polling", "socket") as world:
        await world.start()
        jana, maja = world.person("telegram"), world.person("slack")
        await asyncio.gather(jana.say("/start"), maja.say("hello"))
        await asyncio.gather(*(each.expect(w("join.button_start")) for each in (jana, maja)))
        answered = world.telegram.counts["sendMessage"]
        world.telegram.inject("hang_before", times=None)
        world.slack.faults.plan("hang", times=1000)
        await asyncio.gather(jana.say("/help"), maja.say("help"))
        reader, writer = await asyncio.open_connection("127.0.0.1", world.program.port)
        writer.write(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        await reader.read(1)
        await until(lambda: world.telegram.counts["sendMessage"] > answered)
        await until(lambda: world.slack.faults.planned[0].times < 1000)
        code, seconds = await world.program.stop()
        writer.close()
        assert code == 0
        assert seconds < QUICKLY


async def refused(world: World, **settings: str) -> str:
    """The one line with which a program ends that cannot begin; its exit code is 1."""
    program = world.new_program(**settings)
    await program.start(wait=False)
    assert await program.ended() == 1, program.log
    assert "Traceback" not in program.log
    told = program.log[program.log.index("domov: ") :]
    world.programs.remove(program)
    for secret in world.secrets():
        assert secret not in told
    return told


async def test_a_wrong_token_is_told_in_a_line(worlds: Worlds) -> None:
    async with worlds("polling") as world:
        told = await refused(world, TELEGRAM_BOT_TOKEN="1234:not-the-right-one")
        assert "TELEGRAM_BOT_TOKEN" in told
        assert "not-the-right-one" not in told
        assert len(told.splitlines()) == 1


async def test_a_wrong_slack_token_is_told_in_a_line(worlds: Worlds) -> None:
    async with worlds("socket") as world:
        for setting, value in (
            ("SLACK_BOT_TOKEN", "xoxb-not-the-right-one"),
            ("SLACK_APP_TOKEN", "xapp-not-the-right-one"),
        ):
            told = await refused(world, **{setting: value})
            assert setting in told
            assert "not-the-right-one" not in told
            assert len(told.splitlines()) == 1


async def test_half_set_settings_are_all_named(worlds: Worlds) -> None:
    async with worlds() as world:
        told = await refused(
            world,
            PUBLIC_URL="",
            TELEGRAM_WEBHOOK_SECRET="hook",
            SLACK_APP_TOKEN="xapp-1",
            SECRET_KEY="short",
        )
        for name in ("TELEGRAM_WEBHOOK_SECRET", "SLACK_BOT_TOKEN", "SECRET_KEY", "PUBLIC_URL"):
            assert name in told


async def test_a_taken_port_is_told(worlds: Worlds) -> None:
    async with worlds() as world:
        port = world.front.address.rpartition(":")[2]
        told = await refused(world, PORT=port)
        assert "PORT" in told
        assert port in told


async def test_slack_that_is_away_at_the_start_is_waited_for(worlds: Worlds) -> None:
    """Telegram works meanwhile."""
    w = Speech("en")
    async with worlds("polling", "socket") as world:
        world.slack.faults.plan("503", "auth.test", times=2)
        await world.start()
        jana, maja = world.person("telegram"), world.person("slack")
        await jana.say("/start")
        await jana.expect(w("join.button_start"))
        await maja.say("hello")
        await maja.expect(w("join.button_start"))
