"""Staff at work on Telegram and in Slack, on the whole product."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

import pytest

from messages.cldr import language_name
from tests.cli.running import domov
from tests.system.people import Person
from tests.system.program import KEY
from tests.system.speech import Speech
from tests.system.talks import Who
from tests.system.test_conversations import register
from tests.system.world import World

pytestmark = pytest.mark.asyncio(loop_scope="module")


def staff(world: World, *arguments: str) -> str:
    """``domov staff …`` beside the running program."""
    settings = {**world.environment(), "SECRET_KEY": KEY}
    ended = domov("staff", *arguments, folder=world.folder, settings=settings)
    assert ended.code == 0, ended.err
    return ended.out.strip()


async def write_event(eva: Person, w: Speech, title: str) -> None:
    """The guided conversation, from the staff's menu to the review."""
    here: Callable[..., str] = lambda key, **values: w(f"staff.{key}", **values)  # noqa: E731
    steps: list[tuple[str, Callable[[str], Awaitable[None]], str]] = [
        (w.first("staff.ask_format"), eva.choose, here("format_none")),
        (here("ask_title", language=_name(w, "sk")), eva.say, title),
        (here("ask_title", language=_name(w, "en")), eva.say, f"{title} in English"),
        (here("ask_title", language=_name(w, "sl")), eva.choose, w.control("skip")),
        (here("ask_description", language=_name(w, "sk")), eva.say, "*Raňajky* & <rozhovory>"),
        (here("ask_description", language=_name(w, "en")), eva.choose, w.control("skip")),
        (here("ask_where"), eva.choose, here("where_place")),
        (here("ask_place"), eva.say, "Kasárne Kulturpark"),
        (here("ask_zone"), eva.choose, "Bratislava"),
        (here("ask_day"), eva.say, "2027-05-15"),
        (here("ask_starts"), eva.say, "18:30"),
        (here("ask_ends"), eva.choose, "20:30"),
        (here("ask_capacity"), eva.say, "40"),
        (here("ask_guests"), eva.choose, here("guests", count=0)),
        (here("ask_answer_by"), eva.choose, w.control("skip")),
    ]
    await eva.choose(here("button_event"))
    for asked, act, answer in steps:
        await eva.expect(asked)
        await act(answer)
    await eva.expect(w.first("staff.ask_audience"))
    await eva.choose(here("audience_international"))
    await eva.expect(w.first("staff.card_event", lines=()), title)
    await eva.choose(w.control("all_correct"))


def _name(w: Speech, language: str) -> str:
    return language_name(language, w.language)


async def test_an_event_is_announced_from_telegram(asking: World) -> None:
    """By name, in English: the guided conversation, the review with its count, the invitations."""
    w = Speech("en")
    await register(asking.person("telegram", "en"), w, Who(name="Jana Nováková"))
    eva = asking.person("telegram", "en", "Eva")
    eve = asking.person("telegram", "en", "Eve")
    staff(asking, "add", "--name", "Eva", "--organisation", "cike", "--role", "coordinator",
          "--telegram", f"@user{eva.id}")  # fmt: skip
    await eve.command("staff")
    await eve.expect(w("common.unknown_command"))
    await eva.command("staff")
    await eva.expect(w("staff.role_coordinator"))
    await write_event(eva, w, "Jarný večer")
    await eva.expect("*Raňajky* & <rozhovory>", "Kasárne Kulturpark", "Jarný večer in English")
    review = await eva.expect(w("staff.review_channels"), "residence:international")
    reached = int(re.findall(r"It will reach (\d+)", review)[0])
    assert reached >= 1
    await eva.choose(w("staff.button_announce", count=reached))
    await eva.expect(w("staff.announced", count=reached))
    key = "jarny-vecer-0515"
    await eva.until(lambda: _invited(asking, key) >= 1, "invitations planned")
    told = staff(asking, "log", "--action", "event.announce", "--format", "csv")
    assert f"event:{key},{reached}" in told
    await eva.choose(w("staff.button_coming"))  # of this event
    await eva.expect("Jarný večer in English", w("staff.invited"))
    await eva.choose(w("staff.button_coming"))
    await eva.expect(w("staff.events"))


def _invited(world: World, key: str) -> int:
    counted = (
        "SELECT count(*) FROM delivery d JOIN event e ON e.id = d.event_id"
        " WHERE e.key = :key AND d.kind = 'invitation'"
    )
    return int(world.rows(counted, key=key)[0][0])


async def test_a_broadcast_is_sent_from_slack(asking: World) -> None:
    """By code, in Slovak: text with a variable, answers to press, sent after the count."""
    w = Speech("sk")
    await register(asking.person("slack", "sk"), w, Who(name="Peter Kováč"))
    eva = asking.person("slack", "sk", "Eva")
    staff(asking, "add", "--name", "Eva K.", "--organisation", "cike", "--role", "coordinator")
    code = staff(asking, "code", "Eva K.").removeprefix("/staff ")
    await eva.command("staff", code)
    await eva.expect("Eva K.", "/domov staff")
    await eva.choose(w("staff.button_broadcast"))
    await eva.expect(w.first("staff.ask_name"))
    await eva.say("Novinky")
    await eva.expect(w.first("staff.ask_body", language=_name(w, "sk")))
    await eva.say('Milí {{ name|default("priatelia") }}, **prídete?**')
    await eva.expect(w.first("staff.ask_body", language=_name(w, "en")))
    await eva.choose(w.control("skip"))
    await eva.expect(w.first("staff.ask_body", language=_name(w, "sl")))
    await eva.choose(w.control("skip"))
    await eva.expect(w("staff.ask_below"))
    await eva.choose(w("staff.below_question"))
    await eva.expect(w("staff.ask_options", language=_name(w, "sk")))
    await eva.say("Áno; Nie")
    await eva.expect(w.first("staff.ask_audience"))
    await eva.say("channel:slack")
    await eva.expect(w.first("staff.card_broadcast", lines=()))
    await eva.choose(w.control("all_correct"))
    await eva.expect("Milí priatelia, prídete?")
    review = await eva.expect(w("staff.review_channels"), "channel:slack")
    reached = int(re.findall(r"\d+", review)[0])
    await eva.choose(w("staff.button_send", count=reached))
    await eva.expect(w("staff.sent", count=reached))
    queued = "SELECT count(*) FROM delivery WHERE kind = 'broadcast'"
    await eva.until(lambda: asking.rows(queued)[0][0] >= reached, "messages planned")
