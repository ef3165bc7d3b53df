"""An event from its file to its cancellation, on the whole product, on both platforms."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from blueprints.load import default_path
from tests.cli.running import domov
from tests.system.people import Person
from tests.system.program import KEY
from tests.system.speech import Speech
from tests.system.talks import Who
from tests.system.test_conversations import no_english, register
from tests.system.world import World, world

SOON = datetime.now(UTC) + timedelta(days=20)
EVENT = f"""
key = "pribehy"
organisation = "cike"
capacity = 1
title.en = "Home stories"
title.sk = "Príbehy z domova"
title.sl = "Zgodbe od doma"
description.en = "An evening of stories."
description.sk = "Večer príbehov & <ľudí>."
description.sl = "Večer zgodb."
place = "Kino Úsmev"
starts = {SOON:%Y-%m-%d}T18:00:00
ends = "2h"
"""


def anytime(folder: Path) -> Path:
    """The blueprint, but every hour is a decent one: these tests run at any."""
    path = folder / "anytime.toml"
    text, table = default_path().read_text(encoding="utf-8"), "\n[outreach]\n"
    assert text.count(table) == 1
    hours = f"{table}day_begins = 0\nday_ends = 24\n"
    path.write_text(text.replace(table, hours), encoding="utf-8")
    return path


async def event(world: World, *arguments: str) -> str:
    """``domov event …`` beside the running program."""
    settings = {**world.program.settings, "SECRET_KEY": KEY}
    ended = await asyncio.to_thread(
        domov, "event", *arguments, folder=world.folder, settings=settings
    )
    assert ended.code == 0, ended.err
    return ended.out


@pytest_asyncio.fixture(
    params=[("sqlite_url", "polling", "socket"), ("postgresql_url", "webhook", "http")],
    ids=["sqlite", "postgresql"],
)
async def anywhere(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """A running program, on each database and by each way in."""
    url, *modes = request.param
    blueprint = str(anytime(tmp_path))
    address = request.getfixturevalue(url)
    async with world(address, tmp_path, *modes, BLUEPRINT=blueprint) as made:
        await made.start()
        yield made


def state(world: World, person: Person) -> str | None:
    found = world.rows(
        "SELECT state FROM rsvp WHERE person_id = :number", number=world.person_of(person)
    )
    return str(found[0][0]) if found else None


async def test_an_event_from_its_file_to_its_cancellation(anywhere: World) -> None:
    """Announced to both; the last place, the waiting list, an offer; a change; called off."""
    sk, sl = Speech("sk"), Speech("sl")
    jana, maja = anywhere.person("telegram", "sk"), anywhere.person("slack", "sl", "Maja")
    await register(jana, sk, Who(name="Jana Nováková"))
    await register(maja, sl, Who(name="Maja Šušteršič"))
    file = anywhere.folder / "pribehy.toml"
    file.write_text(EVENT, encoding="utf-8")
    await event(anywhere, "create", str(file))
    await event(anywhere, "announce", "pribehy", "--yes")

    await jana.expect(sk("event.invitation", name="Jana Nováková"), "Príbehy z domova", "<ľudí>")
    await jana.expect("Spolufinancovaný Európskou úniou")
    await maja.expect(sl("event.invitation", name="Maja Šušteršič"), "Zgodbe od doma")

    before = len(jana.shown())
    await jana.choose(sk("event.button_going"))
    await jana.expect(sk("event.state_going", guests=0), "Príbehy z domova")
    assert len(jana.shown()) == before  # the card was edited
    await maja.choose(sl("event.button_going"))
    await maja.expect(sl("event.state_waiting", place=1))
    assert (state(anywhere, jana), state(anywhere, maja)) == ("going", "waiting")

    await jana.choose(sk("event.button_no"))
    await jana.expect(sk("event.state_no"))
    await maja.expect(sl("event.offer"), "Zgodbe od doma")
    await maja.choose(sl("event.button_take"))
    await maja.expect(sl("event.state_going", guests=0))
    assert state(anywhere, maja) == "going"

    await event(anywhere, "change", "pribehy", "--set", "place=Tabačka", "--note",
                "sl=Več prostora.", "--yes")  # fmt: skip
    new = sl("event.change", what=[sl("event.new_place")])
    await maja.expect(new, "Več prostora.", "Tabačka")
    await event(anywhere, "cancel", "pribehy", "--yes")
    await maja.expect(sl("event.cancellation"), "Zgodbe od doma")
    assert sk("event.cancellation") not in "\n".join(jana.shown())  # she said no
    no_english(jana)
    no_english(maja)


async def test_a_link_to_an_event_leads_through_registration_to_its_card(
    anywhere: World,
) -> None:
    w = Speech("sk")
    file = anywhere.folder / "pribehy.toml"
    file.write_text(EVENT, encoding="utf-8")
    await event(anywhere, "create", str(file))
    await event(anywhere, "announce", "pribehy", "--yes")
    jana = anywhere.person("telegram", "sk")
    await jana.command("start", "event_pribehy")
    await jana.expect("Príbehy z domova", w("join.button_start"))
    await register(jana, w, Who(name="Jana"))
    await jana.sees("Príbehy z domova")
    await jana.choose(w("event.button_maybe"))
    await jana.expect(w("event.state_maybe"))
    await jana.command("events")
    await jana.expect(w.first("event.list", events=()), "Príbehy z domova", w("event.state_maybe"))
    invited = anywhere.rows("SELECT count(*) FROM delivery WHERE kind = 'invitation'")
    assert invited == [(0,)]  # she had answered by herself
