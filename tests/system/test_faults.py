"""What goes wrong on the way to the platforms and to the database: nobody notices much."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import replace

import pytest

from tests.system.conftest import Worlds
from tests.system.holding import check_once
from tests.system.people import OnSlack, OnTelegram, Person
from tests.system.speech import Speech
from tests.system.talks import Act, Step, Who, begin, expat, join, walk, willingness
from tests.system.test_kills import settled
from tests.system.world import World
from tests.waiting import latency


async def stroll(person: Person, steps: list[Step]) -> None:
    """As ``walk``, when a question may come twice."""
    await person.say("/start" if person.platform == "telegram" else "hello")
    for step in steps:
        await person.sees(step.asked)
        await step.do(person)


def people_of(world: World) -> dict[Person, list[Step]]:
    w = Speech("en")
    people: dict[Person, list[Step]] = {}
    for platform in ("telegram", "slack"):
        who = Who(name=f"Jana {platform}")
        person = world.person(platform)
        person.stubborn = True
        survey = [*begin(w, "willingness"), *willingness(w, who)]
        people[person] = [*join(w, who), *expat(w, who), *survey]
    return people


TROUBLES = {
    "telegram": ("drop_before", "status", "drop_after", "garbage", "cut", "status_after"),
    "slack": ("drop_before", "500", "drop_after", "503"),
}


def make_trouble(world: World, platform: str, number: int) -> None:
    """For the next two messages and the next edit."""
    trouble = TROUBLES[platform][number % len(TROUBLES[platform])]
    if platform == "telegram":
        world.telegram.inject(trouble, method="sendMessage", times=2, status=502)
        world.telegram.inject(trouble, method="editMessageText", times=1, status=502)
    else:
        world.slack.faults.plan(trouble, "chat.postMessage", times=2)  # type: ignore[arg-type]
        world.slack.faults.plan(trouble, "chat.update", times=1)  # type: ignore[arg-type]


@pytest.mark.parametrize("modes", [("polling", "socket"), ("webhook", "http")], ids="-".join)
async def test_broken_connections_and_servers_lose_nothing(
    worlds: Worlds, modes: list[str]
) -> None:
    async with worlds(*modes) as world:
        world.telegram.inject("status", method="setMyCommands", times=2, status=502)
        world.telegram.inject("drop_before", method="getMyDescription", times=1)
        await world.start()
        people = people_of(world)
        world.slack.faults.plan("500", "users.info", times=1)
        troubled = {
            person: [
                replace(step, do=in_trouble(world, person.platform, number // 5, step.do))
                if number % 5 == 0
                else step
                for number, step in enumerate(steps)
            ]
            for person, steps in people.items()
        }
        await asyncio.gather(*(stroll(person, steps) for person, steps in troubled.items()))
        for person in people:
            await person.sees(Speech("en").title("formats"))
        await settled(world)
        check_once(world, people)
        bot = world.telegram.bot
        jana = next(iter(people))
        # English readers may read what is there for everybody else, or have it told again.
        told = {
            (what, code)
            for what in ("Description", "ShortDescription")
            for code in ("", "sk", "sl")
        }
        await jana.until(lambda: len(bot.commands) == 8 and told <= set(bot.texts), "the commands")


def in_trouble(world: World, platform: str, number: int, do: Act) -> Act:
    async def act(person: Person) -> None:
        make_trouble(world, platform, number)
        await do(person)

    return act


async def test_slack_breaks_the_line_and_asks_to_reconnect(worlds: Worlds) -> None:
    w = Speech("en")
    async with worlds("polling", "socket") as world:
        await world.start()
        jana = world.person("slack")
        jana.stubborn = True
        await jana.say("hello")
        for number, step in enumerate([*join(w), *expat(w)]):
            await jana.sees(step.asked)
            if number == 4:
                world.slack.post.cut()
            elif number == 9:
                await world.slack.post.ask_to_reconnect()
            await step.do(jana)
        await jana.sees(w.title("willingness"))
        check_once(world, {jana: [*join(w), *expat(w)]})


async def to_the_name(person: Person, w: Speech) -> None:
    await person.say("/start" if person.platform == "telegram" else "hello")
    await walk(person, join(w))
    await person.expect(w("registration.ask_name"))


def asked(world: World, person: Person) -> list[float]:
    """When Telegram was asked to show somebody something."""
    sends = world.telegram.called("sendMessage")
    return [call.at for call in sends if str(call.params["chat_id"]) == person.id]


async def test_too_fast_is_obeyed_for_that_chat_alone(worlds: Worlds) -> None:
    """429: nothing for so long to that chat, nothing lost; others do not wait."""
    w = Speech("en")
    question = w("registration.ask_home_region")
    async with worlds("polling", "socket") as world:
        await world.start()
        jana, eva, ivo = (world.person("telegram") for _ in range(3))
        maja = world.person("slack")
        await asyncio.gather(*(to_the_name(each, w) for each in (jana, eva, ivo, maja)))
        for person, seconds in ((jana, 600), (ivo, 2)):
            world.telegram.inject(
                "too_fast", method="sendMessage", chat=int(person.id), seconds=seconds, times=1
            )
        world.slack.faults.plan("429", "chat.postMessage", times=1, seconds=2)
        before = {person: len(asked(world, person)) for person in (jana, ivo)}
        begun = time.monotonic()
        for person in (jana, ivo, eva, maja):
            await person.say("Jana")
        for person in (eva, maja, ivo):
            await person.expect(question)
        assert time.monotonic() - begun >= 2
        refused, again = asked(world, ivo)[before[ivo] :]
        assert again - refused >= 2
        assert len(asked(world, jana)) == before[jana] + 1
        unsent = world.rows("SELECT chat, state FROM delivery WHERE state <> 'sent'")
        assert [chat for chat, _ in unsent] == [jana.id]


async def test_a_hanging_answer_holds_up_nobody_else(worlds: Worlds) -> None:
    w = Speech("en")
    async with worlds("polling") as world:
        await world.start()
        jana, eva = world.person("telegram"), world.person("telegram")
        await asyncio.gather(*(to_the_name(each, w) for each in (jana, eva)))
        before = len(asked(world, jana))
        world.telegram.inject("hang_before", method="sendMessage", chat=int(jana.id), times=1)
        await jana.say("Jana")
        await jana.until(lambda: len(asked(world, jana)) > before, "her question to hang")
        await eva.say("Eva")
        await eva.expect(w("registration.ask_home_region"))
        assert len(asked(world, jana)) == before + 1, "eva waited as long as Telegram's answer"
        await jana.expect(w("registration.ask_home_region"))
        await settled(world)


def reach(world: World, person: Person) -> str:
    rows = world.rows("SELECT status FROM identity WHERE user_id = :user", user=person.id)
    return str(rows[0][0])


async def test_who_blocks_the_bot_is_left_in_peace_until_they_write_again(worlds: Worlds) -> None:
    w = Speech("en")
    async with worlds("polling", "socket") as world:
        await world.start()
        jana, maja = world.person("telegram"), world.person("slack")
        assert isinstance(jana, OnTelegram)
        assert isinstance(maja, OnSlack)
        await asyncio.gather(to_the_name(jana, w), to_the_name(maja, w))
        chat = world.telegram.bot.chats[int(jana.id)]
        chat.blocked = True
        await jana.say("Jana")
        world.slack.workspace.people[maja.id].deleted = True
        await maja.say("Maja")
        for person in (jana, maja):
            await person.until(
                lambda who=person: reach(world, who) == "unreachable", "it to be noted"
            )
        unsent = "SELECT state, reason FROM delivery WHERE state <> 'sent'"
        await jana.until(
            lambda: set(world.rows(unsent)) == {("failed", "unreachable")}, "the ledger to say so"
        )
        chat.blocked = False
        world.slack.workspace.people[maja.id].deleted = False
        for person in (jana, maja):
            await person.command("menu")
            await person.expect(w("menu.title", name=""))
            assert reach(world, person) == "ok"


async def test_the_database_away_for_a_moment_loses_no_acknowledged_event(
    postgresql_worlds: Worlds,
) -> None:
    """PostgreSQL ends all connections, again and again: the program takes new ones."""
    async with postgresql_worlds("polling", "http") as world:
        await world.start()
        people = people_of(world)
        talking = asyncio.gather(*(stroll(person, steps) for person, steps in people.items()))
        ended = 0
        while not talking.done():
            await latency(0.15)
            ended += await asyncio.to_thread(end_connections, world.url)
        await talking
        assert ended > 3
        for person in people:
            await person.sees(Speech("en").title("formats"))
        await settled(world)
        check_once(world, people)
        assert world.program.running
        status, health = await world.program.get("/healthz")
        assert (status, '"database":{"status":"ok"' in health) == (200, True)


def end_connections(url: str) -> int:
    """End everybody else's connections to this database."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchone()
        return int(row[0]) if row else 0


async def test_a_revoked_token_is_seen_in_health_and_what_waited_goes_when_it_is_right(
    worlds: Worlds,
) -> None:
    """Socket Mode has a token of its own, and stays open."""
    w = Speech("en")

    async def health() -> tuple[str, str, str]:
        _, text = await world.program.get("/healthz")
        told = json.loads(text)
        channels = told["channels"]
        return told["status"], channels["telegram"]["status"], channels["slack"]["status"]

    async with worlds("polling", "socket") as world:
        await world.start()
        maja = world.person("slack")
        await to_the_name(maja, w)
        assert await health() == ("ok", "ok", "ok")
        right, world.slack.bot_token = world.slack.bot_token, "xoxb-another"
        await maja.say("Maja")
        while await health() != ("degraded", "ok", "refused"):
            await latency(0.05)
        world.slack.bot_token = right
        await maja.expect(w("registration.ask_home_region"))
        while await health() != ("ok", "ok", "ok"):
            await latency(0.05)
