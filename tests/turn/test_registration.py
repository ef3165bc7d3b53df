"""From the first word to a row of the living database."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from storage.database import Database
from storage.living import consents, read_profile, traits
from tests.fakes.chat import Chat
from tests.turn.talks import (
    answer_survey,
    count,
    join,
    person_of,
    register_expat,
    register_local,
    rows,
)

Users = Callable[..., Chat]


async def test_expat_registers_and_is_in_the_living_database(
    chat: Users, database: Database
) -> None:
    jana = chat()
    await register_expat(jana, "invitations")
    with database.reading() as tx:
        person = person_of(database)
        profile = read_profile(tx, person)
        given = {purpose for purpose, yes in consents(tx, person).items() if yes}
        spoken = traits(tx, person, "spoken_languages")
    assert profile["name"] == "Jana Nováková"
    assert profile["country"] == "DE"
    assert profile["timezone"] == "Europe/Berlin"
    assert profile["residence"] == "international"
    assert profile["organisation"] == "cike"
    assert profile["status"] == "active"
    assert given == {"register", "invitations"}
    assert spoken == ("en", "sk")
    assert "CIKE" in jana.last.text


async def test_local_registers_with_the_organisation_of_the_region(
    chat: Users, database: Database
) -> None:
    matej = chat(locale="sl")
    await register_local(matej, "mentoring")
    with database.reading() as tx:
        profile = read_profile(tx, person_of(database))
    assert (profile["persona"], profile["organisation"]) == ("local", "bsc_kranj")
    assert (profile["country"], profile["residence"]) == ("SI", "domestic")
    assert profile["occupation"] == "entrepreneur"


async def test_nothing_but_a_stub_is_stored_before_consent(chat: Users, database: Database) -> None:
    jana = chat()
    await jana.say("/start")
    await jana.press("start")
    with database.reading() as tx:
        profile = read_profile(tx, person_of(database))
    assert profile["status"] == "new"
    stored = {key for key, value in profile.items() if value is not None}
    assert stored == {"status", "language"}


@pytest.mark.parametrize("way_out", ["decline", "no", "not interested", "/cancel", "stop"])
async def test_declining_leaves_nothing_behind(
    chat: Users, database: Database, way_out: str
) -> None:
    jana = chat()
    await jana.say("/start")
    if way_out == "decline":
        await jana.press("start")
        await jana.press(way_out)
    else:
        await jana.say(way_out)
    assert "We haven't kept anything about you" in jana.last.text
    for table in ("person", "identity", "conversation", "delivery"):
        assert count(database, table) == 0


async def test_a_line_of_the_card_can_be_changed(chat: Users, database: Database) -> None:
    jana = chat()
    await register_expat(jana)
    await jana.say("/profile")
    await jana.press("city")
    await jana.say("Munich")
    assert "Munich" in jana.last.text
    await jana.press("done")
    with database.reading() as tx:
        assert read_profile(tx, person_of(database))["city"] == "Munich"


async def test_changing_the_country_asks_the_city_again(chat: Users) -> None:
    jana = chat()
    await register_expat(jana)
    await jana.say("/profile")
    await jana.press("country")
    await jana.say("Austria")
    assert "city" in jana.last.text
    await jana.say("Dunaj")
    assert "Austria" in jana.last.text


async def test_back_while_changing_a_line_restores_it(chat: Users) -> None:
    jana = chat()
    await register_expat(jana)
    await jana.say("/profile")
    card = jana.last.text
    await jana.press("expertise")
    await jana.press("back")
    assert jana.last.text == card


async def test_a_country_with_several_zones_asks_when_the_city_is_unknown(chat: Users) -> None:
    jana = chat()
    await join(jana)
    await jana.say("Jana")
    await jana.press("kosice")
    await jana.say("USA")
    await jana.say("Smallville Crossing")
    assert "I don't know Smallville Crossing" in jana.last.text
    await jana.say("yes")
    assert "time zones" in jana.last.text
    await jana.say("New York")
    assert "Since which year" in jana.last.text


async def test_an_uncertain_country_is_asked_back(chat: Users) -> None:
    jana = chat()
    await join(jana)
    await jana.say("Jana")
    await jana.press("kosice")
    await jana.say("Boston")
    assert "Did you mean" in jana.last.text
    await jana.say("yes")
    assert "city" in jana.last.text


async def test_wrong_input_is_answered_with_what_would_be_right(chat: Users) -> None:
    jana = chat()
    await register_expat(jana)
    await jana.say("/profile")
    await jana.press("email")
    await jana.say("jana at example")
    assert "e-mail" in jana.last.text.lower()
    assert "Skip" in jana.last.buttons


async def test_all_surveys_feed_the_living_database(chat: Users, database: Database) -> None:
    jana = chat()
    await register_expat(jana)
    for survey in ("willingness", "formats", "skills"):
        await answer_survey(jana, survey)
    with database.reading() as tx:
        person = person_of(database)
        assert read_profile(tx, person)["willingness"] == "yes"
        assert traits(tx, person, "roles") == ("mentor", "speaker")
        assert traits(tx, person, "skills_needed")
    assert "answered everything" in jana.last.text


async def test_the_source_of_a_start_link_is_kept(chat: Users, database: Database) -> None:
    jana = chat()
    await jana.say("/start poster-kosice")
    assert rows(database, "SELECT source FROM person") == [("poster-kosice",)]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("/start", None),
        ("/start link_ABCD-EFGH", None),  # a code is nobody's poster, and lets somebody in
        ("/start " + "x" * 65, "x" * 64),
        ("/start po\x00ster\u202e", "poster"),
        ("poster", None),
        ("/help poster", None),
    ],
)
async def test_only_a_start_link_is_a_source(
    chat: Users, database: Database, typed: str, kept: str | None
) -> None:
    await chat().say(typed)
    assert rows(database, "SELECT source FROM person") == [(kept,)]


async def test_another_region_needs_no_code(tiny_house: object, database: Database) -> None:
    jana = Chat(database, tiny_house, locale="sl")  # type: ignore[arg-type]
    await jana.say("/start")
    assert "Pomurje kliče" in jana.last.text
    await jana.press("start")
    await jana.press("agree")
    await jana.say("Ana")
    await jana.press("pomurje")
    await jana.say("Avstrija")
    await jana.say("Gradec")
    await jana.say("2020")
    await jana.say("čebelarka")
    await jana.press("beekeeping")
    await jana.say("preskoči")
    await jana.say("Čebele")
    await jana.press("skip")
    await jana.press("skip")
    await jana.press("sl")
    for _ in ("languages", "consents", "card"):
        await jana.press("done")
    await answer_survey(jana, "pulse")
    with database.reading() as tx:
        person = person_of(database)
        assert read_profile(tx, person)["organisation"] == "stork"
        assert traits(tx, person, "skills_offered") == ("patience", "humour")
