"""From the first word to a row of the living database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from storage import profile as facts
from storage.database import Database
from storage.living import consents, read_profile, traits
from storage.transaction import Transaction
from tests.fakes.chat import Chat
from tests.outreach.inviting import expats
from tests.turn.talks import (
    answer_open,
    answer_survey,
    complete_expat,
    count,
    join,
    person_of,
    register_expat,
    register_local,
    rows,
)

Users = Callable[..., Chat]


def all_of(tx: Transaction, person: int) -> dict[str, Any]:
    """What is known of somebody: columns, and facts (None: not known)."""
    known = facts.load(tx, person, expats())
    keys = ("since", "occupation", "profession", "employer", "expertise")
    return {**read_profile(tx, person), **{key: known.get(key) for key in keys}}


async def test_expat_registers_and_is_in_the_living_database(
    chat: Users, database: Database
) -> None:
    jana = chat()
    await register_expat(jana, "invitations")
    with database.reading() as tx:
        person = person_of(database)
        profile = all_of(tx, person)
        given = {purpose for purpose, yes in consents(tx, person).items() if yes}
    assert profile["name"] == "Jana Nováková"
    assert profile["country"] == "DE"
    assert profile["timezone"] == "Europe/Berlin"
    assert profile["residence"] == "international"
    assert profile["organisation"] == "cike"
    assert profile["status"] == "active"
    assert given == {"register", "invitations"}
    assert (profile["field"], profile["willingness"]) == ("it", "yes")
    assert "CIKE" in jana.last.text


async def test_a_profile_is_completed_later(chat: Users, database: Database) -> None:
    jana = chat()
    await register_expat(jana)
    await jana.say("/menu")
    assert "Complete profile (5 of 11)" in jana.last.buttons
    await complete_expat(jana)
    with database.reading() as tx:
        profile = all_of(tx, person_of(database))
        spoken = traits(tx, person_of(database), "spoken_languages")
    assert (profile["since"], profile["employer"]) == (2015, None)
    assert profile["expertise"] == "I bring people together"
    assert profile["email"] == "jana@example.com"
    assert spoken == ("en", "sk")
    assert "9 of 11" in jana.last.text
    assert profile["name"] == "Jana Nováková"


async def test_local_registers_with_the_organisation_of_the_region(
    chat: Users, database: Database
) -> None:
    matej = chat(locale="sl")
    await register_local(matej, "mentoring")
    with database.reading() as tx:
        profile = all_of(tx, person_of(database))
    assert (profile["persona"], profile["organisation"]) == ("local", "bsc_kranj")
    assert (profile["country"], profile["residence"]) == ("SI", "domestic")
    assert profile["occupation"] == "entrepreneur"


async def test_nothing_but_a_stub_is_stored_before_consent(chat: Users, database: Database) -> None:
    jana = chat()
    await jana.say("/start")
    await jana.press("start")
    with database.reading() as tx:
        profile = all_of(tx, person_of(database))
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
    assert jana.last.buttons[:2] == ("All correct", "Change something")
    await jana.press("change")
    await jana.press("place")
    await jana.say("Munich")
    assert "Munich" in jana.last.text
    await jana.press("done")
    with database.reading() as tx:
        assert read_profile(tx, person_of(database))["city"] == "Munich"


async def test_something_can_be_changed_in_words(chat: Users) -> None:
    jana = chat()
    await register_expat(jana)
    await jana.say("/profile")
    await jana.say("change something")
    assert "Where you live" in jana.last.buttons
    await jana.say("where you live")
    await jana.say("Vienna, Austria")
    assert "Vienna, Austria" in jana.last.text


async def test_back_while_changing_a_line_restores_it(chat: Users) -> None:
    jana = chat()
    await register_expat(jana)
    await jana.say("/profile")
    card = jana.last.text
    await jana.press("change")
    await jana.press("expertise")
    await jana.press("back")
    assert jana.last.text == card


async def test_an_unknown_town_is_asked_for_country_and_clock(chat: Users) -> None:
    jana = chat()
    await join(jana)
    await jana.say("Jana")
    await jana.press("kosice")
    await jana.say("Smallville Crossing")
    await jana.press("Smallville Crossing")
    assert "Which country" in jana.last.text
    await jana.say("USA")
    assert "time zones" in jana.last.text
    await jana.say("New York")
    assert "4 of 6" in jana.last.text


async def test_a_slip_in_a_town_is_asked_back(chat: Users) -> None:
    jana = chat()
    await join(jana)
    await jana.say("Jana")
    await jana.press("kosice")
    await jana.say("Bratslava")
    assert "I don't know Bratslava" in jana.last.text
    await jana.press("Bratislava")
    assert "4 of 6" in jana.last.text


@pytest.mark.parametrize(
    ("town", "region"),
    [("Kranj", "gorenjska"), ("Michalovce", "kosice"), ("Ljubljana", None), ("Bratislava", None)],
)
async def test_a_locals_region_follows_from_the_town_or_is_asked(
    chat: Users, database: Database, town: str, region: str | None
) -> None:
    eva = chat()
    await join(eva, persona="local")
    await eva.say("Eva")
    await eva.say(town)
    if region is None:
        assert "Which region do you live in?" in eva.last.text
        await eva.press("gorenjska")
    assert "3 of 5" in eva.last.text
    await eva.press("student")
    await eva.press("events")
    await eva.press("done")
    await eva.press("done")
    await eva.press("done")
    with database.reading() as tx:
        profile = all_of(tx, person_of(database))
    assert profile["home_region"] == (region or "gorenjska")


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        (("all",), {"invitations", "mentoring", "sharing", "public"}),
        (("done",), set()),
        (("mentoring", "done"), {"mentoring"}),
    ],
)
async def test_all_each_or_none_may_be_done(
    chat: Users, database: Database, how: tuple[str, ...], expected: set[str]
) -> None:
    """Each is decided, and that it was is written down."""
    jana = chat()
    await join(jana)
    await jana.say("Jana")
    await jana.press("kosice")
    await jana.say("Berlin")
    await jana.say("nurse")
    await jana.press("health")
    await jana.press("not_now")
    for press in how:
        await jana.press(press)
    await jana.press("done")
    others = {"invitations", "mentoring", "sharing", "public"}
    with database.reading() as tx:
        decided = consents(tx, person_of(database))
    assert decided == {"register": True} | {key: key in expected for key in others}
    logged = rows(database, "SELECT purpose, given FROM consent_log")
    assert {key: bool(given) for key, given in logged} == decided


async def test_a_local_is_not_asked_what_is_of_no_use_to_them(
    chat: Users, database: Database
) -> None:
    await register_local(chat())
    with database.reading() as tx:
        assert "public" not in consents(tx, person_of(database))


async def test_willingness_is_not_asked_twice(chat: Users, database: Database) -> None:
    jana = chat()
    await register_expat(jana)
    await jana.press("survey_willingness")
    assert "In what role?" in jana.last.text
    await answer_open(jana)
    found = rows(
        database,
        "SELECT question, value FROM answer WHERE survey = 'willingness' ORDER BY question",
    )
    assert ("willingness", '"yes"') in found
    assert len(found) > 1
    await jana.say("/surveys")
    assert "✓ What you would do for your region" in jana.last.buttons


async def test_not_now_is_an_answer_to_the_whole_survey(chat: Users) -> None:
    jana = chat()
    await join(jana)
    await jana.say("Jana")
    await jana.press("kosice")
    await jana.say("Berlin")
    await jana.say("nurse")
    await jana.press("health")
    await jana.press("not_now")
    await jana.press("done")
    await jana.press("done")
    await jana.say("/surveys")
    assert "✓ What you would do for your region" in jana.last.buttons


async def test_who_moves_home_becomes_a_local_and_loses_nothing(
    chat: Users, database: Database
) -> None:
    jana = chat()
    await register_expat(jana, "mentoring")
    await complete_expat(jana)
    await answer_survey(jana, "willingness")
    assert rows(database, "SELECT status FROM mentor_offer") == [("active",)]
    await jana.say("/profile")
    await jana.press("change")
    await jana.press("persona")
    await jana.press("local")
    assert "What describes you best?" in jana.last.text  # all else is known
    await jana.press("employee")
    await jana.press("mentor")
    await jana.press("done")
    await jana.press("done")
    with database.reading() as tx:
        person = person_of(database)
        profile = all_of(tx, person)
        spoken = traits(tx, person, "spoken_languages")
    assert (profile["persona"], profile["occupation"]) == ("local", "employee")
    assert (profile["since"], profile["profession"]) == (2015, "product lead")
    assert spoken == ("en", "sk")
    assert rows(database, "SELECT status FROM mentor_offer") == [("off",)]
    await jana.say("/mentor")
    assert "mentor" in jana.last.text.lower()


async def test_wrong_input_is_answered_with_what_would_be_right(chat: Users) -> None:
    jana = chat()
    await register_expat(jana)
    await jana.say("/profile")
    await jana.press("change")
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
    await jana.say("Gradec, Avstrija")
    await jana.say("čebelarka")
    await jana.press("beekeeping")
    await jana.press("done")
    await jana.press("done")
    await answer_survey(jana, "pulse")
    with database.reading() as tx:
        person = person_of(database)
        assert read_profile(tx, person)["organisation"] == "stork"
        assert traits(tx, person, "skills_offered") == ("patience", "humour")
