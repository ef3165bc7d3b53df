"""Reminders on the whole product: two schedulers, one of them killed, and an outage."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from blueprints.load import default_path, load
from outreach.events import life
from outreach.events.model import Details
from outreach.staff import console_actor
from storage.database import Database, sql
from storage.moments import moment
from tests.system.conftest import Worlds
from tests.system.mailing import enrol, now, posts
from tests.system.speech import Speech
from tests.system.world import World
from tests.waiting import until

PEOPLE = 150
HOUR = timedelta(hours=1)
ON_THEIR_WAY = 60  # at most, when a process is killed


_DUE_SINCE = sql("UPDATE task SET due_at = :past WHERE kind = 'event.remind'")
_BEGUN = (
    sql("UPDATE event SET starts_at = :past"),
    sql("UPDATE task SET expires_at = :past WHERE kind = 'event.remind'"),
)


def planned(world: World, starts: datetime) -> None:
    """An event to which everybody comes; its last reminder is due an hour before."""
    at = now()
    details = Details(
        key="brunch", organisation="cike", title={"en": "Brunch"}, starts_at=starts,
        ends_at=starts + HOUR, timezone="Europe/Bratislava", audience="person:999999",
    )  # fmt: skip
    blueprint = load(default_path())
    database = Database.open(world.url)
    try:
        with database.transaction() as tx:
            made = life.create(tx, details, console_actor(), at)
            going = (
                "INSERT INTO rsvp (event_id, person_id, state, answered_at)"
                f" SELECT {made.id}, id, 'going', '{moment(at)}' FROM person"
            )
            tx.run(sql(going))
            life.announce(tx, made.id, console_actor(), at, blueprint)
    finally:
        database.close()


def due_since(world: World, past: datetime, *, begun: bool = False) -> None:
    """The reminder was due a while ago; the event has ``begun`` by now."""
    database = Database.open(world.url)
    try:
        with database.transaction() as tx:
            tx.run(_DUE_SINCE, past=moment(past))
            for statement in _BEGUN if begun else ():
                tx.run(statement, past=moment(past))
    finally:
        database.close()


def reminders(world: World) -> Counter[tuple[str, str]]:
    """(kind, state) of the rows, and that there is one for each person and variant."""
    rows = world.rows("SELECT kind, state, person_id, variant FROM delivery WHERE lane > 0")
    assert len({row[2:] for row in rows}) == len(rows)
    return Counter((str(kind), str(state)) for kind, state, *_ in rows)


def final(world: World) -> int:
    return sum(
        count
        for (_, state), count in reminders(world).items()
        if state not in ("queued", "sending")
    )


async def test_two_schedulers_remind_everybody_once_though_one_is_killed(
    postgresql_worlds: Worlds,
) -> None:
    async with postgresql_worlds("polling", TELEGRAM_RATE="60") as world:
        enrol(world, "telegram", PEOPLE)
        first, second = world.new_program(), world.new_program()
        await world.start()
        await second.start()
        planned(world, now() + 2 * HOUR)
        due_since(world, now(-1))  # both look every second
        await until(lambda: sum(posts(world).values()) > PEOPLE // 4)
        await world.kill(first)
        await until(lambda: final(world) == PEOPLE)

        found = reminders(world)
        assert set(found) <= {("last_reminder", "sent"), ("last_reminder", "unknown")}
        assert found["last_reminder", "unknown"] <= ON_THEIR_WAY
        asked = posts(world)
        assert max(asked.values()) == 1
        assert len(asked) >= PEOPLE - found["last_reminder", "unknown"]
        assert second.running


async def test_a_reminder_that_was_due_while_the_program_was_down_comes_late_and_once(
    worlds: Worlds,
) -> None:
    async with worlds("polling", TELEGRAM_RATE="60") as world:
        enrol(world, "telegram", 20)
        planned(world, now() + 2 * HOUR)
        await world.start()
        await world.kill()
        due_since(world, now(-30))
        for _ in range(2):
            await world.program.start()
            await until(lambda: final(world) == 20)
            await world.program.stop()

        assert reminders(world) == {("last_reminder", "sent"): 20}
        assert set(posts(world).values()) == {1}


async def test_what_came_too_late_for_the_event_is_not_sent(worlds: Worlds) -> None:
    """The program comes back when the event has begun."""
    async with worlds("polling") as world:
        enrol(world, "telegram", 5)
        planned(world, now(2) + HOUR)
        due_since(world, now(-30), begun=True)
        await world.start()
        await until(
            lambda: (
                world.rows("SELECT state FROM task WHERE kind = 'event.remind'") == [("expired",)]
            )
        )
        # What would be sent stands in the ledger, and is sent before what is said now.
        assert sum(reminders(world).values()) == 0
        jana = world.person("telegram")
        await jana.say("/start")
        await jana.expect(Speech("en")("join.button_start"))
        assert set(posts(world)) == {jana.id}
