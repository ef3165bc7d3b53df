"""``domov demo``: believable people who do not exist."""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from blueprints.load import default_path, load
from blueprints.schema import Blueprint
from bot.cli.demo.filling import RealPeople, fill
from bot.cli.demo.people import LOCALS, crowd
from bot.cli.demo.voices import FALLBACK, languages, voice
from bot.turn.context import House
from flows.understand.contact import email
from flows.understand.reading import Understood
from messages.words import Words
from storage import privacy
from storage.database import Database
from storage.people import PersonLine, count_people, list_people
from storage.statements import sql
from tests.blueprints.editing import TINY
from tests.cli.conftest import Run
from tests.fakes.chat import Chat

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
RESERVED = ("example.org", "example.com", "example.net")
_COUNT = sql("SELECT (SELECT count(*) FROM person), (SELECT count(*) FROM delivery)")


def house(path: Any = None) -> House:
    blueprint = load(path or default_path())
    return House(blueprint, Words(blueprint.languages), "0" * 48, "demo")


EXPATS = house()


def filled(database: Database, of: House = EXPATS, seed: int = 1) -> list[dict[str, Any]]:
    """Everything held of each of the demo people."""
    with database.transaction() as tx:
        fill(tx, of, seed, NOW)
    with database.reading() as tx:
        return [privacy.everything_held(tx, person.id) for person in list_people(tx)]


def rows(held: dict[str, Any], table: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = held.get(table, [])
    return found


def test_the_targets_are_met_and_a_few_locals_added(database: Database) -> None:
    people = [rows(held, "person")[0] for held in filled(database)]
    expats = [each for each in people if each["persona"] == "expat"]
    assert Counter((each["organisation"], each["residence"]) for each in expats) == {
        ("cike", "domestic"): 10, ("cike", "international"): 10,
        ("bsc_kranj", "domestic"): 10, ("bsc_kranj", "international"): 10,
    }  # fmt: skip
    assert len(people) - len(expats) == LOCALS


def test_everybody_is_registered_with_all_surveys_answered(database: Database) -> None:
    for held in filled(database):
        person = rows(held, "person")[0]
        assert person["status"] in ("active", "paused")
        assert person["registered_at"] <= "2026-11-22"
        assert ZoneInfo(person["timezone"])
        assert person["geonameid"], person["city"]
        surveys = {each["survey"] for each in rows(held, "answer")}
        wanted = {s.key for s in EXPATS.blueprint.surveys_for(person["persona"])}
        assert surveys - {"profile"} == wanted
        given = {each["purpose"]: each["given"] for each in rows(held, "consent")}
        assert given["register"] is True
        suits = EXPATS.blueprint.purposes_for(person["persona"])
        assert set(given) == {each.key for each in suits}
        assert [each["channel"] for each in rows(held, "identity")] == ["demo"]
        assert not [each for each in rows(held, "conversation") if each["status"] == "open"]


def test_mentors_offer_and_locals_ask_where_they_agreed_to_mentoring(database: Database) -> None:
    asked, offered = [], []
    for held in filled(database):
        person = rows(held, "person")[0]
        given = {each["purpose"]: each["given"] for each in rows(held, "consent")}
        kinds = {(each["kind"], each["value"]) for each in rows(held, "trait")}
        wants, would = ("wants", "mentor") in kinds, ("roles", "mentor") in kinds
        request, offer = rows(held, "mentoring_request"), rows(held, "mentor_offer")
        assert bool(request) == (wants and given["mentoring"] and person["persona"] == "local")
        assert bool(offer) == (would and given["mentoring"] and person["persona"] == "expat")
        if request:
            assert request[0]["status"] == "open"
            assert request[0]["goal"] in voice(person["language"]).texts["goal"]
        spoken = sorted(value for kind, value in kinds if kind == "spoken_languages")
        for each in request + offer:
            assert person["persona"] == "local" or sorted(each["languages"]) == spoken
        asked += request
        offered += offer
    assert len(asked) >= 3
    assert len(offered) >= 8


def test_nobody_can_be_reached_at_any_address(database: Database) -> None:
    addresses = 0
    for held in filled(database):
        person = rows(held, "person")[0]
        if person["email"]:
            addresses += 1
            assert person["email"].partition("@")[2] in RESERVED
            assert isinstance(email(person["email"]), Understood)
        if person["linkedin"]:
            assert person["linkedin"].startswith("https://linkedin.example.org/in/")
        assert rows(held, "delivery") == [], "nothing waits to be sent"
    assert addresses > 20


def good_at(held: dict[str, Any]) -> str | None:
    """What somebody is good at, in their own words."""
    typed = {each["question"]: each["value"] for each in rows(held, "answer")}
    return typed.get("expertise")


def test_people_differ_as_people_do(database: Database) -> None:
    everything = filled(database)
    people = [rows(held, "person")[0] for held in everything]
    names = [each["name"] for each in people]
    assert len(set(names)) == len(names)
    assert len({each["city"] for each in people}) >= 25
    assert len({each["field"] for each in people}) >= 10
    assert len({good_at(held) for held in everything} - {None}) >= 30
    assert {each["language"] for each in people} == {"en", "sk", "sl"}
    consents = {
        tuple(sorted(row["purpose"] for row in rows(held, "consent") if row["given"]))
        for held in everything
    }
    assert len(consents) >= 6
    assert {each["willingness"] for each in people} >= {"yes", "maybe", "not_now"}


def test_slovenes_write_slovene_and_slovaks_slovak(database: Database) -> None:
    said = {code: {work.expertise for work in voice(code).works} for code in ("sk", "sl", "en")}
    for held in filled(database):
        person = rows(held, "person")[0]
        if person["persona"] == "expat":
            assert good_at(held) in said[person["language"]]
            home = {"cike": "sk", "bsc_kranj": "sl"}[person["organisation"]]
            assert person["name"].split()[0] in voice(home).women + voice(home).men


def test_a_seed_gives_the_same_people_each_time(database: Database) -> None:
    first = [rows(held, "person")[0] for held in filled(database)]
    again = list(crowd(EXPATS.blueprint, Random("domov 1")))
    assert [each["name"] for each in first] == [each.name for each in again]
    other = list(crowd(EXPATS.blueprint, Random("domov 2")))
    assert [each.name for each in other] != [each.name for each in again]


@pytest.mark.parametrize("seed", range(2, 6))
def test_any_seed_gives_people_whom_the_flows_accept(sqlite_url: str, seed: int) -> None:
    database = Database.open(sqlite_url)
    assert len(filled(database, seed=seed)) == 48
    database.close()


def test_a_second_run_adds_none(database: Database) -> None:
    filled(database)
    with database.transaction() as tx:
        assert fill(tx, EXPATS, 2, NOW) == {}
    with database.reading() as tx:
        assert tx.run(_COUNT).fetchone() == (48, 0)


async def test_real_people_are_not_mixed_with_unless_one_is_sure(database: Database) -> None:
    chat = Chat(database, EXPATS)
    await chat.say("/start")
    with database.transaction() as tx:  # a stub, nobody yet
        assert fill(tx, EXPATS, 1, NOW)
        tx.connection.exec_driver_sql("DELETE FROM person WHERE name IS NOT NULL")
    for key in ("start", "agree", "expat"):
        await chat.press(key)
    with pytest.raises(RealPeople, match="there are 1 real people"), database.transaction() as tx:
        fill(tx, EXPATS, 1, NOW)
    with database.transaction() as tx:
        assert sum(fill(tx, EXPATS, 1, NOW, sure=True).values()) == 48


def test_another_region_gets_people_of_its_own(database: Database) -> None:
    """Nothing of the first blueprint is in the code: one organisation, no targets, no locals."""
    tiny = house(TINY)
    people = [rows(held, "person")[0] for held in filled(database, tiny)]
    assert Counter(each["residence"] for each in people) == {"domestic": 10, "international": 10}
    assert {each["organisation"] for each in people} == {"stork"}
    assert {each["field"] for each in people} <= {"beekeeping", "rest"}


def test_a_language_without_a_file_gets_neutral_people(database: Database) -> None:
    assert "de" not in languages()
    assert voice("de").language == FALLBACK
    german = _with_organisation(house(TINY).blueprint, language="de", country="AT")
    tiny = House(german, Words(("sl", "en")), "0" * 48, "demo")
    people = [rows(held, "person")[0] for held in filled(database, tiny)]
    assert len(people) == 20
    domestic = [each for each in people if each["residence"] == "domestic"]
    assert {each["country"] for each in domestic} == {"AT"}
    assert all(each["geonameid"] for each in domestic), "its largest towns"


def _with_organisation(blueprint: Blueprint, **update: str) -> Blueprint:
    organisations = (blueprint.organisations[0].model_copy(update=update),)
    regions = (blueprint.regions[0].model_copy(update={"country": update["country"]}),)
    return blueprint.model_copy(update={"organisations": organisations, "regions": regions})


def test_files_of_names_are_complete() -> None:
    fields = {each.key for each in EXPATS.blueprint.fields}
    for language in languages():
        held = voice(language)
        assert len(held.women) >= 10 <= len(held.men)
        assert len({hers for hers, _ in held.surnames}) == len(held.surnames) >= 20
        assert {work.field for work in held.works} <= fields
        assert len({work.expertise for work in held.works}) == len(held.works)
        assert all(held.texts.values())
    for language in ("sk", "sl"):  # enough that no two have the same surname or say the same
        assert len(voice(language).surnames) >= 24 <= len(voice(language).works)
        assert {work.field for work in voice(language).works} == fields


def test_demo_fills_the_database_and_says_how_many(on_database: Run, database: Database) -> None:
    begun = time.process_time()
    result = on_database("demo")
    assert result.exit_code == 0, result.output
    assert time.process_time() - begun < 5
    assert result.stdout.startswith("40 people who do not exist:\n")
    assert "  CIKE: 10 abroad\n" in result.stdout
    again = on_database("demo", "--seed", "9")
    assert again.exit_code == 0
    assert again.stdout == "The 40 demo people are there already; none was added.\n"
    with database.reading() as tx:
        assert sum(count_people(tx).values()) == 40


def test_demo_refuses_to_mix_with_real_people(on_database: Run, database: Database) -> None:
    on_database("chat", "--keep", "--language", "en", typed="hi\n1\n1\n1\ndone\n1\n")
    result = on_database("demo")
    assert result.exit_code == 1
    assert "1 real people" in result.stderr
    assert "--yes" in result.stderr
    with database.reading() as tx:
        assert [_status(each) for each in list_people(tx)] == ["joining"]
    assert on_database("demo", "--yes").exit_code == 0


def _status(person: PersonLine) -> str:
    return person.status
