"""A program that was away for longer than presses are kept says so once; its buttons work."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from storage.database import Database, sql
from tests.fakes.slack.seen import controls
from tests.system.people import OnSlack, Person
from tests.system.speech import Speech
from tests.system.test_events import anywhere as anywhere  # noqa: PLC0414 - a fixture
from tests.system.test_faults import to_the_name
from tests.system.world import World
from tests.waiting import until

LINES = "SELECT state FROM delivery WHERE kind = 'away' AND state = 'sent'"


async def away_for(world: World, minutes: int) -> None:
    """Killed; so long ago it was alive last, and what was said is as much older."""
    await world.kill()
    ago = datetime.now(UTC) - timedelta(minutes=minutes)
    database = Database.open(world.url, check=False)
    with database.transaction() as tx:
        tx.run(sql("UPDATE checkpoint SET value = :at WHERE name = 'alive'"), at=ago.isoformat())
    database.close()
    await world.start()


async def asked_for_the_name(person: Person, w: Speech) -> None:
    """The open question is there again: in the chat, or in Slack in the registration's window."""
    if not isinstance(person, OnSlack):
        await person.expect(w("registration.ask_name"))
        return
    window = await person.user.expect_modal()
    fields = [control.label for control in controls(window.view["blocks"])]
    assert fields[0] == w("registration.label_name")
    await person.user.close_modal()


async def test_who_may_have_pressed_in_vain_is_told_once(anywhere: World) -> None:
    w = Speech("en")
    jana, maja = anywhere.person("telegram"), anywhere.person("slack")
    await asyncio.gather(to_the_name(jana, w), to_the_name(maja, w))
    await until(
        lambda: anywhere.rows("SELECT 1 FROM checkpoint WHERE name = 'alive'"), "a sign of life"
    )
    await away_for(anywhere, 10)
    for person in (jana, maja):
        await person.expect(w("away.line"))
        await person.choose(w("away.button_go_on"))
        await asked_for_the_name(person, w)
    await anywhere.kill()
    await anywhere.start()
    await until(lambda: len(anywhere.rows(LINES)) == 2, "both to be recorded")
    for person in (jana, maja):
        await person.say("Jana")
        await person.expect(w("registration.ask_home_region"))
        assert sum(w("away.line") in shown for shown in person.shown()) == 1
