"""What is pressed below the questions that the bot asks anew: read as transcripts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from bot.turn.context import House
from messages import rich
from messages.message import Message
from outreach import freshness_words
from outreach.reader import Reader
from storage import homes, profile
from storage.database import Database
from storage.moments import as_moment
from tests.fakes.chat import START, Chat
from tests.turn.talks import join, person_of, register_expat, rows

Users = Callable[..., Chat]
LATER = START + timedelta(days=400)


def asked(chat: Chat, house: House, database: Database) -> Message:
    """A year later their facts are asked about, as the dispatcher does it."""
    chat.now = LATER
    number = person_of(database, chat.user)
    reader = Reader(number, chat.locale or "en", "Europe/Berlin", "Jana", persona="expat")
    before = int((LATER - timedelta(days=365)).timestamp())
    with database.reading() as tx:
        known = profile.held(tx, [number])[number]
    message = freshness_words.facts(reader, known, before, house.words, house.blueprint)
    assert message is not None
    chat.receive_message(message)
    return message


def visited(chat: Chat, house: House) -> None:
    """They are asked when they are next at home."""
    told = homes.Next(chat.now.date() - timedelta(days=60), "willingness", "2026-1")
    reader = Reader(1, chat.locale or "en", "Europe/Berlin", "Jana")
    today = chat.now.date()
    message = freshness_words.home(reader, told, today, house.words, house.blueprint)
    assert message is not None
    chat.receive_message(message)


async def test_one_tap_confirms_everything(chat: Users, database: Database, house: House) -> None:
    jana = chat()
    await register_expat(jana, "invitations")
    message = asked(jana, house, database)
    assert "Berlin, Germany" in rich.plain(message.text)
    (seen,) = await jana.press("✓ Still right")
    assert seen.text == "Thank you, saved."
    confirmed = {as_moment(at) for _, at in rows(database, "SELECT id, confirmed_at FROM person")}
    assert confirmed == {jana.now}
    told = rows(database, "SELECT field, confirmed_at FROM provenance")
    old = [field for field, at in told if as_moment(at) < LATER]
    assert old == []


async def test_something_changed_opens_the_profile(
    chat: Users, database: Database, house: House
) -> None:
    jana = chat()
    await register_expat(jana, "invitations")
    asked(jana, house, database)
    seen = await jana.press("Something changed")
    assert "Berlin" in seen[-1].text


async def test_a_forged_press_confirms_nothing(chat: Users, database: Database) -> None:
    jana = chat()
    await join(jana)
    for argument in ("x", "9" * 13, "-1", "", "1764576000"):
        await jana.send_press("m", f"=confirm.{argument}")
    assert rows(database, "SELECT * FROM provenance") == []


async def test_when_they_are_next_at_home_is_kept(
    chat: Users, database: Database, house: House
) -> None:
    jana = chat()
    await register_expat(jana, "invitations")
    visited(jana, house)
    await jana.press("I know when")
    assert jana.last.text.startswith("When will you next be at home?")
    await jana.say("24 December 2026")
    seen = await jana.press("24 December 2026")
    assert any("around 24 December 2026" in each.text for each in seen)
    with database.reading() as tx:
        (told,) = homes.latest(tx, [person_of(database)]).values()
    assert told.day == date(2026, 12, 24)


async def test_who_does_not_know_yet_can_say_so_later(
    chat: Users, database: Database, house: House
) -> None:
    jana = chat()
    await register_expat(jana, "invitations")
    visited(jana, house)
    (seen,) = await jana.press("I don't know yet")
    assert "press I know when above" in seen.text
    assert rows(database, "SELECT * FROM answer WHERE question = 'next_home'") == []
