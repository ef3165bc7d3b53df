"""Mentoring on the whole product: what the two of a pair do, what staff do, and days that pass."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.fakes.slack.seen import controls, drawn
from tests.system import later
from tests.system.people import OnSlack, OnTelegram, Person, bare
from tests.system.speech import Speech, one_line
from tests.system.talks import (
    Step,
    Who,
    begin,
    choose,
    expat,
    join,
    local,
    say,
    tick,
    walk,
    willingness,
)
from tests.system.test_events import anytime
from tests.system.world import World

GOAL = "My first workshop & <b>how</b> to find customers abroad"
LIVE_TASKS = "SELECT count(*) FROM task WHERE subject = 'match:1' AND state = 'open'"


@dataclass(frozen=True)
class One:
    """One of the two: on a platform, in a language."""

    person: Person
    w: Speech
    who: Who


def clock(world: World) -> Path:
    return world.folder / "later"


def settings(folder: Path) -> dict[str, str]:
    """Every hour is a decent one, and the clock can be moved."""
    return {"BLUEPRINT": str(anytime(folder)), later.FILE: str(folder / "later")}


async def start(world: World) -> None:
    """The program on the clock that :func:`pass_days` moves."""
    world.new_program().module = later.MODULE
    await world.start()


def pass_days(world: World, days: float) -> None:
    later.move(clock(world), days)


async def domov(world: World, *words: str) -> str:
    """``domov match …`` by staff, on the same clock; what it prints."""
    environment = world.program.environment | {later.FILE: str(clock(world)), "COLUMNS": "200"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", later.MODULE, "match", *words,
        cwd=world.folder, env=environment, stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    assert process.returncode == 0, (words, out.decode(), err.decode())
    return out.decode() + err.decode()


# ---- what the two do ----


async def hello(person: Person) -> None:
    await person.say("/start" if person.platform == "telegram" else "hello")


async def becomes_mentor(one: One) -> None:
    """Registers, says in the survey that they would be a mentor, and takes the offer as it is."""
    person, w, who = one.person, one.w, one.who
    await hello(person)
    await walk(person, [*join(w, who), *expat(w, who)])
    await person.expect(w.title("willingness"))
    await walk(person, [*begin(w, "willingness"), *willingness(w, who)])
    await person.choose(w("mentor.button_offer"))
    await person.expect(w.first("mentor.card_offer", lines=()))
    await person.choose(w.control("all_correct"))
    await person.expect(w("mentor.offer_saved"))


async def asks(one: One, languages: Sequence[str] = ("sk", "en"), goal: str = GOAL) -> None:
    """Registers as a local who would like a mentor, and asks for one."""
    person, w, who = one.person, one.w, one.who
    await hello(person)
    await walk(person, [*join(w, who, "local"), *local(w, who)])
    await person.choose(w("mentor.button_request"))
    await walk(person, request(w, languages, goal))
    await person.expect(w.first("mentor.request_saved"))


def request(w: Speech, languages: Sequence[str], goal: str = GOAL) -> list[Step]:
    """From the first question to the card; nobody has asked for the field yet."""
    ask = "mentor.ask_"

    async def spoken(person: Person) -> None:
        # The reader's own language is ticked already.
        await person.tick([w.spoken(code) for code in languages if code != w.language])
        await person.choose(w.control("done"))

    return [
        Step("goal", w(f"{ask}goal"), say(goal), goal),
        Step("skills", w(f"{ask}skills_wanted"), choose(w.control("skip")), None),
        Step("field", w(f"{ask}field"), choose(w.label("fields", "it")), "it"),
        Step("languages", w(f"{ask}languages_request"), spoken),
        Step("mode", w(f"{ask}mode_wanted"), choose(w("mentor.mode_online")), "online"),
        Step("urgency", w(f"{ask}urgency"), choose(w("mentor.urgency_soon")), "soon"),
        Step("rhythm", w(f"{ask}rhythm"), choose(w("mentor.rhythm_monthly")), "monthly"),
        Step(
            "hours",
            w(f"{ask}hours"),
            tick([w("mentor.hours_weekday_evenings")], w.control("done")),
            ["weekday_evenings"],
        ),
        Step("review", w.first("mentor.card_request", lines=()), choose(w.control("all_correct"))),
    ]


async def says_yes(one: One, side: str) -> None:
    """To the question that stands in the chat, with every contact that is known, and with their
    e-mail address, which nobody has asked them for before."""
    person, w = one.person, one.w
    await person.choose(w("match.button_yes"))
    await person.expect(w("mentor.ask_contacts"))
    await person.tick([w("mentor.contact_email", value="")])
    await person.choose(w.control("done"))
    await person.expect(w("mentor.ask_email"))
    await person.say(str(one.who.email))
    await person.expect(w(f"mentor.said_yes_{side}"))


def below(person: Person, text: str) -> list[str]:
    """The labels of the buttons below the newest message that holds ``text``."""
    wanted = one_line(text)
    if isinstance(person, OnTelegram):
        for message in reversed(person.user.chat):
            if message.by_bot and wanted in one_line(str(message)):
                return [bare(button.text) for button in message.every_button()]
    elif isinstance(person, OnSlack):
        for reply in reversed(person.user.replies):
            if wanted in one_line(drawn(reply.text, reply.blocks)):
                return [bare(each.label) for each in controls(reply.blocks)]
    raise AssertionError(f"nothing says {text!r}:\n{person.lately()}")


async def calendar(person: Person) -> str:
    """The calendar file that was sent."""
    if isinstance(person, OnSlack):
        return await person.user.expect_file("mentoring.ics")
    assert isinstance(person, OnTelegram)
    user = person.user

    def found() -> str | None:
        files = (message.document for message in reversed(user.chat))
        file = next((each for each in files if each and "mentoring.ics" in each.name), None)
        return file.content.decode() if file else None

    return str(await person.until(found, "a calendar file"))


def count(person: Person, text: str) -> int:
    """How many messages in the chat hold ``text``."""
    return sum(one_line(text) in one_line(each) for each in person.shown())
