"""What happens to people and staff while something goes out to many: the program is killed, a
broadcast paused and cancelled, consent withdrawn, somebody erased, an event changed, called off."""

from __future__ import annotations

import asyncio
from collections import Counter

from storage.database import Database, sql
from tests.cli.running import domov as run
from tests.system.conftest import Worlds
from tests.system.mailing import domov, enrol, in_state, posts, send, shown, states
from tests.system.people import OnTelegram
from tests.system.program import KEY
from tests.system.speech import Speech
from tests.system.test_conversations import walk_erasure
from tests.system.test_events import EVENT, anytime
from tests.system.world import World
from tests.waiting import until

_REGISTER = sql(
    "INSERT INTO consent (person_id, purpose, given, notice_version, at)"
    " SELECT person_id, 'register', given, notice_version, at FROM consent"
)
FINAL = ("sent", "failed", "unknown", "expired", "cancelled")
NUMBER = 30


async def staff(world: World, *words: str) -> str:
    settings = {**world.program.settings, "SECRET_KEY": KEY}
    ended = await asyncio.to_thread(run, *words, folder=world.folder, settings=settings)
    assert ended.code == 0, ended.err
    assert "Traceback" not in ended.err
    return ended.out


def people(world: World, users: list[str]) -> list[OnTelegram]:
    return [OnTelegram(world.telegram.user(int(user), f"Jana {user}")) for user in users]


def notices(world: World, *kinds: str) -> list[tuple[str, str, str | None]]:
    rows = world.rows("SELECT chat, kind, state, reason FROM delivery WHERE lane > 0 ORDER BY id")
    return [(chat, state, reason) for chat, kind, state, reason in rows if kind in kinds]


def open_rows(world: World) -> int:
    rows = world.rows("SELECT state, due_at FROM delivery")
    return sum(state not in FINAL for state, _ in rows)


async def announced(world: World) -> None:
    world.settings["BLUEPRINT"] = str(anytime(world.folder))
    file = world.folder / "pribehy.toml"
    file.write_text(EVENT.replace("capacity = 1", "capacity = 3"), encoding="utf-8")
    await world.start()
    await staff(world, "event", "create", str(file))
    await staff(world, "event", "announce", "pribehy", "--yes")


async def test_an_event_survives_what_may_happen_to_it(worlds: Worlds) -> None:
    w = Speech("en")
    async with worlds("polling", TELEGRAM_RATE="10") as world:
        users = enrol(world, "telegram", NUMBER)
        await announced(world)
        await until(lambda: sum(posts(world).values()) >= 10)
        await world.program.restart()
        await until(lambda: len(notices(world, "invitation")) == NUMBER and open_rows(world) == 0)
        assert max(posts(world).values()) == 1
        found = notices(world, "invitation")
        unknown = {chat for chat, state, _ in found if state == "unknown"}
        assert len(unknown) <= 10
        assert {state for _, state, _ in found} <= {"sent", "unknown"}

        here = [each for each in people(world, users) if each.shown() and each.id not in unknown]
        for each in here[:6]:
            await each.choose(w("event.button_going"))
            await each.until(lambda e=each: e.fresh(), "an answer")
        going, waiting = here[:3], here[3:6]
        await going[0].choose(w("event.button_no"))
        await waiting[0].expect(w("event.offer"))
        # who holds the offer is erased: it goes on to the next in line
        await waiting[0].command("forget")
        await walk_erasure(waiting[0], w)
        await waiting[1].expect(w("event.offer"))

        await staff(world, "event", "change", "pribehy", "--set", "place=Tabačka", "--yes")
        await staff(world, "event", "change", "pribehy", "--set", "place=Kasárne", "--yes")
        await staff(world, "event", "cancel", "pribehy", "--yes")
        for each in (*going[1:], *waiting[1:]):
            await each.sees(w("event.cancellation"))
        await until(lambda: open_rows(world) == 0)
        for each in (*going[1:], *waiting[1:]):
            seen = "\n".join(each.shown())
            assert seen.count(w("event.cancellation")) == 1
            assert seen.count("Please note what has changed") <= 2
        assert w("event.cancellation") not in "\n".join(
            "\n".join(each.shown()) for each in (going[0], waiting[0])
        )
        # an old card's button
        card = next(m for m in here[8].user.chat if m.by_bot)
        button = card.find(w("event.button_going")) or next(iter(card.every_button()))
        here[8]._acted()
        await here[8].user.press_button(card, button)
        await here[8].expect(w("event.status_cancelled"))
        rows = world.rows("SELECT kind, variant, chat, state FROM delivery WHERE lane > 0")
        assert max(Counter((k, v, c) for k, v, c, _ in rows).values()) == 1
        assert world.rows("SELECT * FROM quarantine") == []
        check_texts(world)


async def test_a_broadcast_stopped_and_left_in_the_middle(worlds: Worlds) -> None:
    w = Speech("en")
    async with worlds("polling", TELEGRAM_RATE="10") as world:
        world.settings["BLUEPRINT"] = str(anytime(world.folder))
        users = enrol(world, "telegram", 150)
        registered(world)
        await world.start()
        await send(world)
        await until(lambda: sum(posts(world).values()) >= 10)
        await domov(world, "broadcast", "pause", "brunch")
        stood = sum(posts(world).values())
        await until(lambda: not in_state(world, "queued", "sending"), "what waits to be held")
        assert sum(posts(world).values()) <= stood + 10
        got = {user for user, number in posts(world).items() if number}
        left = [each for each in people(world, users) if each.id not in got]
        gone, resting, erased = left[:3]  # the next in line
        await gone.command("privacy")
        await gone.choose(w("menu.button_consents"))
        await gone.expect(w.first("privacy.ask_consents", purposes=()))
        await gone.choose(w.label("purposes", "invitations"))
        await gone.choose(w.control("done"))
        await gone.expect(w("privacy.consents_saved"))
        await resting.command("pause")
        await resting.expect(w.first("pause.ask_until"))
        await resting.say("in two months")
        await resting.expect("Did you mean this?")
        await resting.choose(next(resting.user.chat[-1].every_button()).text)
        await resting.expect("Done: no invitations")
        await erased.command("forget")
        await walk_erasure(erased, w)
        await domov(world, "broadcast", "resume", "brunch")
        await until(lambda: in_state(world, "sent") >= 60)
        await domov(world, "broadcast", "cancel", "brunch", "--yes")
        stood = in_state(world, "sent", "unknown")
        await until(
            lambda: in_state(world, *FINAL) == in_state(world, *FINAL, "queued", "sending", "held")
        )
        assert in_state(world, "sent") <= stood + 10
        for each in (gone, resting, erased):
            assert "Tabačka" not in "\n".join(each.shown())
        found = states(world)
        assert found[gone.id] == ("cancelled", "no consent")
        assert found[resting.id][0] == "cancelled"
        assert max(shown(world).values()) == 1
        assert set(found.values()) <= {
            ("sent", None), ("cancelled", "broadcast cancelled"), ("cancelled", "no consent"),
        }  # fmt: skip
        assert world.rows("SELECT * FROM quarantine") == []
        check_texts(world)


def registered(world: World) -> None:
    """Whoever agreed to invitations agreed to be registered, too."""
    database = Database.open(world.url)
    try:
        with database.transaction() as tx:
            tx.run(_REGISTER)
    finally:
        database.close()


def check_texts(world: World) -> None:
    for line in world.program.lines:
        for text in ("Tabačka", "Home stories", "Príbehy", "Jana 100"):
            assert text not in line, line
