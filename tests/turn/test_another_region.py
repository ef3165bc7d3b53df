"""Another kind of region: providers with a type and a website, registered by chat without any
code of their own."""

from __future__ import annotations

import pytest

from blueprints.schema import Blueprint
from bot.turn.context import House
from messages.words import Words
from storage import profile
from storage.database import Database
from tests.blueprints.editing import load_text
from tests.blueprints.test_facts_told import TYPE, WEBSITE, asked
from tests.fakes.chat import Chat
from tests.turn.talks import person_of, rows

WORDS = '{ fact = "home_region", ask = { sl = "Kje delate?", en = "Where do you work?" } }'
ASKS = f'asks = ["name", {WORDS}, "place", "type", "website"]\nlater = ["email"]'


@pytest.fixture(scope="module")
def house() -> House:
    """A region of providers."""
    blueprint: Blueprint = load_text(asked(ASKS, TYPE + WEBSITE).replace('"expat"', '"provider"'))
    return House(blueprint, Words(blueprint.languages), "a key that only the tests know, 32+", "1")


async def test_a_provider_registers_by_chat(database: Database, house: House) -> None:
    ana = Chat(database, house)
    await ana.say("/start")
    await ana.press("start")
    await ana.press("agree")
    await ana.say("Ana")
    assert ana.last.text.endswith("Where do you work?")
    await ana.press("pomurje")
    await ana.say("Graz, Austria")
    assert ana.last.buttons[:2] == ("Artist", "Club")
    await ana.press("artist")
    await ana.say("just ask around")
    assert "web address" in ana.last.text
    await ana.say("ana.example.org/work")
    await ana.press("all")
    await ana.press("done")
    with database.reading() as tx:
        known = profile.load(tx, person_of(database), house.blueprint)
    assert (known["type"], known["website"]) == ("artist", "https://ana.example.org/work")
    assert (known["name"], known["place"]["country"]) == ("Ana", "AT")
    assert rows(database, "SELECT persona, organisation FROM person") == [("provider", "stork")]


async def test_what_may_be_skipped_is_not_there(database: Database, house: House) -> None:
    ana = Chat(database, house, locale="sl")
    await ana.say("/start")
    await ana.press("start")
    await ana.press("agree")
    await ana.say("Ana")
    await ana.press("pomurje")
    await ana.say("Gradec, Avstrija")
    await ana.press("club")
    await ana.press("skip")
    await ana.press("done")
    await ana.press("done")
    await ana.say("/menu")
    assert "Dopolni profil (4 od 6)" in ana.last.buttons
    with database.reading() as tx:
        assert "website" not in profile.load(tx, person_of(database), house.blueprint)
