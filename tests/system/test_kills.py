"""The process is killed (SIGKILL) wherever it stands: nothing is lost, nothing is there twice."""

from __future__ import annotations

import asyncio
import os
import random
from dataclasses import dataclass, field

import pytest

from tests.examples import examples
from tests.system.conftest import Worlds
from tests.system.holding import check_once, held, lacking
from tests.system.people import OnSlack, OnTelegram, Person
from tests.system.speech import Speech
from tests.system.talks import Step, Who, begin, expat, join, walk, willingness
from tests.system.world import World
from tests.waiting import some_moment, until

KILLS = int(os.environ.get("DOMOV_KILLS", examples(3)))
SEED = int(os.environ.get("DOMOV_SEED", "1"))
NAME = "Jana Nováková"
LANGUAGES = ("en", "sk", "sl")


@dataclass
class Crowd:
    """People who talk at once, and how far each of them is."""

    world: World
    steps: dict[Person, list[Step]] = field(default_factory=dict)
    done: dict[Person, int] = field(default_factory=dict)
    moved: int = 0
    arrived: bool = False

    def add(self, platform: str, number: int) -> None:
        language = LANGUAGES[number % len(LANGUAGES)]
        w = Speech(language)
        who = Who(
            name=f"Person {number} {platform}",
            email=f"{platform}{number}@example.com",
            note=f"note {number}",
            expertise=f"Good at {number} things",
            consents=("invitations", "mentoring")[: number % 3],
        )
        person = self.world.person(platform, language)
        person.stubborn = True
        survey = [*begin(w, "willingness"), *willingness(w, who)]
        self.steps[person] = [*join(w, who), *expat(w, who), *survey]
        self.done[person] = 0

    async def talk(self) -> None:
        async with asyncio.TaskGroup() as group:
            for person in self.steps:
                group.create_task(self._talk(person))
        self.arrived = True

    async def _talk(self, person: Person) -> None:
        await person.say("/start" if person.platform == "telegram" else "hello")
        for step in self.steps[person]:
            await person.sees(step.asked)
            await step.do(person)
            self.done[person] += 1
            self.moved += 1
        # The same button may still stand below the first survey's offer: taking it away is not
        # owed to anybody whose bot was killed.
        await person.expect(Speech(self._language(person))("survey.button_later"))

    def _language(self, person: Person) -> str:
        return LANGUAGES[list(self.steps).index(person) % len(LANGUAGES)]

    def check_acknowledged(self) -> None:
        """Every answer whose receipt was acknowledged is in the database."""
        with self.world.reading() as tx:
            for person, steps in self.steps.items():
                done = self.done[person]
                certain = done if person.acknowledged() else done - 1
                assert not lacking(held(tx, person), steps[: max(0, certain)]), person.lately()


async def kill_now_and_then(crowd: Crowd, chance: random.Random, kills: int) -> None:
    """Kill the program after some steps and a moment; look; start it again."""
    for _ in range(kills):
        goal = crowd.moved + chance.randint(1, 20)
        await until(lambda goal=goal: crowd.moved >= goal or crowd.arrived)  # type: ignore[misc]
        if crowd.arrived:
            return
        await some_moment(chance, 0.08)
        await crowd.world.kill()
        crowd.check_acknowledged()
        await crowd.world.program.start()


async def survive(world: World, seed: int) -> None:
    chance = random.Random(seed)
    await world.start()
    crowd = Crowd(world)
    platforms = [
        *(["telegram"] if {"polling", "webhook"} & set(world.modes) else []),
        *(["slack"] if {"socket", "http"} & set(world.modes) else []),
    ]
    for number in range(6):
        crowd.add(platforms[number % len(platforms)], number)
    killing = asyncio.create_task(kill_now_and_then(crowd, chance, KILLS))
    talking = asyncio.create_task(crowd.talk())
    try:
        await asyncio.wait({killing, talking}, return_when=asyncio.FIRST_EXCEPTION)
        if killing.done():
            killing.result()
        await talking
    finally:
        killing.cancel()
        talking.cancel()
        await asyncio.gather(killing, talking, return_exceptions=True)
    assert world.program.lives > 1 + KILLS // 2, "too few kills to mean anything"
    if not world.program.running:
        await world.program.start()
    await settled(world)
    check_once(world, crowd.steps)


async def settled(world: World) -> None:
    """Until every message was sent; none may have failed."""

    def all_sent() -> bool:
        left = world.rows("SELECT state, reason FROM delivery WHERE state <> 'sent'")
        assert {row[0] for row in left} <= {"queued", "sending"}, left
        return not left

    await until(all_sent, "every message to be sent")


@pytest.mark.parametrize("modes", [("polling", "socket"), ("webhook", "http")], ids="-".join)
async def test_killed_on_sqlite_and_everybody_arrives(worlds: Worlds, modes: list[str]) -> None:
    async with worlds(*modes) as world:
        await survive(world, SEED)


@pytest.mark.parametrize("modes", [("polling", "http"), ("webhook", "socket")], ids="-".join)
async def test_killed_on_postgresql_and_everybody_arrives(
    postgresql_worlds: Worlds, modes: list[str]
) -> None:
    async with postgresql_worlds(*modes) as world:
        await survive(world, SEED + 1)


BOTH = pytest.mark.parametrize("modes", [("polling", "socket"), ("webhook", "http")], ids="-".join)


async def two_at_the_name(world: World, w: Speech) -> tuple[OnTelegram, OnSlack]:
    """A person on each platform, asked for their name; all before was sent and recorded."""
    await world.start()
    jana, maja = world.person("telegram"), world.person("slack")
    assert isinstance(jana, OnTelegram)
    assert isinstance(maja, OnSlack)
    await jana.say("/start")
    await maja.say("hello")
    for person in (jana, maja):
        await walk(person, join(w))
        await person.expect(w("registration.ask_name"))
        await person.until(person.acknowledged, "everything to be taken")
    await settled(world)
    return jana, maja


async def name_is_stored(world: World, person: Person) -> None:
    def stored() -> bool:
        with world.reading() as tx:
            return held(tx, person).get("name") == NAME

    await until(stored, "the name to be stored")


def times_asked(person: Person, question: str) -> int:
    return sum(question in text for text in person.shown())


@BOTH
async def test_killed_between_commit_and_acknowledgement(worlds: Worlds, modes: list[str]) -> None:
    """The answer is committed, the platform never hears that it was received: it brings the event
    again to the next process, which does nothing a second time."""
    w = Speech("en")
    async with worlds(*modes) as world:
        people = await two_at_the_name(world, w)
        # The poll that waits already brings the message; the next one would confirm it.
        world.telegram.inject("hang_before", method="getUpdates", times=None)
        world.front.silent = world.slack.post.deaf = True
        for person in people:
            await person.say(NAME)
            await name_is_stored(world, person)
            assert not person.acknowledged()
        await world.program.kill()
        world.telegram.clear_faults()
        world.front.silent = world.slack.post.deaf = False
        await world.program.start()
        for person in people:
            await person.sees(w("registration.ask_home_region"))
            await person.until(person.acknowledged, "the event to be taken")
            with world.reading() as tx:
                assert "home_region" not in held(tx, person)
            assert times_asked(person, w("registration.ask_home_region")) <= 2
            await person.choose(w.label("regions", "kosice"))
            await person.expect(w("registration.ask_place"))


@BOTH
async def test_killed_between_acknowledgement_and_reply(worlds: Worlds, modes: list[str]) -> None:
    """The reply hangs at the platform when the process dies; the next one sends it, once."""
    w = Speech("en")
    async with worlds(*modes) as world:
        people = await two_at_the_name(world, w)
        world.telegram.inject("hang_before", method="sendMessage", times=None)
        world.slack.faults.plan("hang", "chat.postMessage", times=100)
        for person in people:
            await person.say(NAME)
            await name_is_stored(world, person)
            await person.until(person.acknowledged, "the event to be taken")
        await world.program.kill()
        world.telegram.clear_faults()
        world.slack.faults.clear()
        await world.program.start()
        for person in people:
            await person.expect(w("registration.ask_home_region"))
        await settled(world)
        assert [times_asked(each, w("registration.ask_home_region")) for each in people] == [1, 1]


async def test_slack_is_asked_before_a_reply_is_repeated(worlds: Worlds) -> None:
    """Slack has the message, and the process died before it heard so: not posted again."""
    w = Speech("en")
    async with worlds("polling", "socket") as world:
        _, maja = await two_at_the_name(world, w)
        world.slack.faults.plan("drop_after", "chat.postMessage", times=1)
        world.slack.faults.plan("hang", "conversations.history", times=1)
        await maja.say(NAME)
        await maja.expect(w("registration.ask_home_region"))
        await world.program.kill()
        world.slack.faults.clear()
        await world.program.start()
        await settled(world)
        assert times_asked(maja, w("registration.ask_home_region")) == 1
