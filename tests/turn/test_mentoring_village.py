"""A village that presses whatever it sees, for months: nobody is forgotten on the way."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from datetime import timedelta
from random import Random

import pytest

from bot.turn.context import House
from messages.message import Option
from outreach.errors import NotFound, WrongState
from outreach.mentoring import acts, rounds
from outreach.staff import console_actor
from storage.database import Database
from tests.examples import examples
from tests.fakes.chat import Chat, Shown
from tests.turn.two_accounts import YES, level
from tests.turn.village import Village
from tests.turn.villagers import asks, check, gives, one, rows, somebody

SEEDS = int(os.environ.get("DOMOV_VILLAGES", examples(1)))
DAYS = int(os.environ.get("DOMOV_VILLAGE_DAYS", "90"))
APPROVE = "approve"
DECISIONS = ("swap", "forbid", "close")
LOCALS = ("Ana", "Beata", "Cyril", "Dano", "Eva", "Filip")
EXPATS = ("Maja", "Nina", "Oto", "Petra", "Rado")
ZONES = ("Europe/Bratislava", "America/New_York", "Asia/Tokyo", "Europe/Ljubljana")
RARELY = float(os.environ.get("DOMOV_VILLAGE_RARELY", "0.02"))
KIND = ("yes", "done", "ok", "met", "t", "good", "more", "date", "notyet", "why")
"""What people mostly press where it is offered: keys begin so."""
SAID = ("yes", "no", "hello?", "/mentor", "áno", "18:30", "tomorrow", "jana@example.com", "back",
        "cancel", "/menu", "skip", "done")  # fmt: skip


def settle(village: Village, chance: Random) -> None:
    """Locals who ask and expats who offer, here and there."""
    for index, name in enumerate((*LOCALS, *EXPATS)):
        local = name in LOCALS
        somebody(
            village, name, "local" if local else "expat", chance.choice(("telegram", "slack")),
            language=chance.choice(("en", "sk", "sl")),
            timezone=ZONES[0] if local else chance.choice(ZONES),
            organisation="bsc_kranj" if index % 4 == 3 else "cike",
        )  # fmt: skip
        if local and chance.random() < 0.8:
            asks(village, name)
        elif not local:
            gives(village, name, capacity=chance.randint(1, 2))


def round_now(village: Village, *, unattended: bool) -> None:
    with village.database.transaction() as tx:
        rounds.ask_for(tx, None, console_actor(), village.now, unattended=unattended)
    village.look()


def choices(chat: Chat, chance: Random) -> tuple[Shown, Option] | None:
    """Something to press, mostly below what came last, and mostly kind."""
    if chance.random() < 0.6:
        shown = chat.log[-3:]
    else:
        shown = chat.log[-1:] * 4 + chat.log[-4:] + chat.log[-30:]
    found = [(each, option) for each in shown for option in each.options()]
    kind = [each for each in found if each[1].key.startswith(KIND)]
    return chance.choice(kind if kind and chance.random() < 0.85 else found) if found else None


async def act(chat: Chat, chance: Random) -> None:
    """One thing that somebody does."""
    if chance.random() < 0.12:
        await chat.say(chance.choice(SAID))
        return
    chosen = choices(chat, chance)
    if chosen is None:
        await chat.say("/mentor")
        return
    shown, option = chosen
    assert shown.widget is not None
    await chat.send_press(shown.widget.ref, option.press, shown.id)


async def answered(village: Village, chat: Chat, chance: Random) -> None:
    """Mostly people say yes when they are asked."""
    told = [each for each in village.told[-60:] if each.shown and each.user == chat.user]
    asked = told[-1].shown if told else None
    keys = [option.key for option in asked.options()] if asked else []
    if asked is not None and "yes" in keys and chance.random() < 0.8:
        await chat.press("yes", on=asked)
        if any(option.key == "done" for option in chat.last.options()):
            await chat.press("done")


async def rarely(village: Village, name: str, chance: Random) -> None:
    """What people do once in a while, from which nobody else may suffer."""
    chat = next(chat for (_, user), chat in village.chats.items() if user == name)
    match chance.randrange(6):
        case 0:
            await chat.say("/forget")
            for _ in range(4):
                await act(chat, chance)
        case 1:
            await chat.say("/pause")
        case 2:
            await chat.say("/resume")
        case 3:
            await chat.say("/privacy")
            await chat.say("/consents")
            for _ in range(4):
                await act(chat, chance)
        case 4:
            await chat.say("/mydata")
        case 5:
            await join(village, chat, chance.choice(list(village.chats.values())))


def staff_decide(village: Village, chance: Random) -> None:
    """What a coordinator does on a day in the office; much of it is too late."""
    live = "('proposed', 'asked_mentor', 'asked_mentee', 'introduced', 'met')"
    found = rows(
        village.database,
        f"SELECT id, state FROM mentoring_match WHERE state IN {live} ORDER BY id",
    )
    people = [number for (number,) in rows(village.database, "SELECT id FROM person ORDER BY id")]
    actor, blueprint = console_actor(), village.house.blueprint
    for number, state in found:
        with suppress(WrongState, NotFound), village.database.transaction() as tx:
            match (
                chance.choice((APPROVE, APPROVE, *DECISIONS))
                if state == "proposed"
                else (chance.choice(DECISIONS) if chance.random() < 0.03 else "")
            ):
                case "approve":
                    acts.approve(tx, [number], actor, village.now, blueprint)
                case "swap":
                    mentor = chance.choice([None, *people])
                    acts.swap(tx, number, actor, village.now, blueprint, mentor=mentor)
                case "forbid":
                    acts.forbid(tx, number, actor, village.now, blueprint)
                case "close":
                    reopen = chance.random() < 0.5
                    acts.close(tx, number, "other", actor, village.now, blueprint, reopen=reopen)


async def join(village: Village, here: Chat, there: Chat) -> None:
    """Two accounts become one person, whatever either was doing."""
    shown = await here.say("/link")
    found = re.search(r"link ([A-Z0-9]{4}-[A-Z0-9]{4})", shown[0].text)
    level(here, there)
    if found and here is not there:
        await there.say(f"link {found[1]}")
        if YES in there.last.buttons:
            village.joined = True
            await there.press(YES)
            village.look()
            await here.press(YES)


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_a_village_that_presses_anything_forgets_nobody(
    database: Database, house: House, seed: int
) -> None:
    chance = Random(f"village {seed}")
    village = Village(database, house)
    settle(village, chance)
    # A turn on PostgreSQL takes longer: a shorter time there.
    days = DAYS if database.address.path is not None else DAYS // 3
    for day in range(days):
        if day % 7 == 0:
            round_now(village, unattended=chance.random() < 0.5)
            check(village)
        for (_, name), chat in list(village.chats.items()):
            if chance.random() < 0.5:
                await answered(village, chat, chance)
                for _ in range(chance.randint(0, 3)):
                    await act(chat, chance)
            elif chance.random() < RARELY:
                await rarely(village, name, chance)
        check(village)
        if chance.random() < 0.3:
            staff_decide(village, chance)
            check(village)
        if chance.random() < 0.05:
            village.away(chance.choice((0.25, 1, 3)))
        village.days(1, timedelta(hours=chance.choice((3, 6, 8))))
        check(village)
    assert one(database, "SELECT count(*) FROM mentoring_match") > 3
    kinds = {each.kind for each in village.told}
    assert {"mentor_ask", "mentee_ask", "introduction"} <= kinds
    if days == DAYS and seed == 0:  # not every village gets that far
        assert {"meet_nudge", "meeting_suggested", "check_first"} <= kinds
        assert one(database, "SELECT sum(meetings) FROM mentoring_match")
