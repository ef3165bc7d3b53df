"""Facts of a person, saved and loaded by their keys."""

from __future__ import annotations

from typing import Any

from blueprints.schema import Blueprint
from storage import facts, living, profile
from storage.database import Database
from tests.blueprints.editing import load_text
from tests.blueprints.test_facts_told import TYPE, WEBSITE, asked
from tests.outreach.sending import NOON, person

BERLIN = {"name": "Berlin", "country": "DE", "geonameid": 2950159, "timezone": "Europe/Berlin"}


def blueprint() -> Blueprint:
    """One with two facts of its own."""
    return load_text(
        asked('asks = ["name", "home_region", "place", "type", "website"]', WEBSITE + TYPE)
    )


def test_what_is_saved_is_loaded_again(database: Database) -> None:
    given: dict[str, Any] = {
        "name": "Jana", "home_region": "pomurje", "place": BERLIN, "since": 2015,
        "spoken_languages": ["sl", "en"], "type": "artist", "website": "https://jana.example.org",
    }  # fmt: skip
    with database.transaction() as tx:
        jana = person(tx, consents=())
        before = profile.load(tx, jana, blueprint())
        profile.save(tx, jana, blueprint(), given, "person:telegram", NOON)
        assert profile.load(tx, jana, blueprint()) == {**before, **given}
        assert profile.of_pieces(facts.pieces(tx, jana), blueprint()) == {**before, **given}
        columns = living.read_profile(tx, jana)
        assert (columns["city"], columns["country"]) == ("Berlin", "DE")
        assert (columns["residence"], columns["organisation"]) == ("international", "stork")


def test_what_is_not_given_stays_and_none_is_forgotten(database: Database) -> None:
    with database.transaction() as tx:
        jana = person(tx, consents=())
        given = {"name": "Jana", "home_region": "pomurje", "place": BERLIN, "type": "artist",
                 "website": "https://jana.example.org"}  # fmt: skip
        profile.save(tx, jana, blueprint(), given, "person:telegram", NOON)
        kranj = {**BERLIN, "name": "Kranj", "country": "SI"}
        profile.save(
            tx, jana, blueprint(), {"place": kranj, "type": None, "website": None}, "staff", NOON
        )
        found = profile.load(tx, jana, blueprint())
        assert found["name"] == "Jana"
        assert found["place"] == kranj
        assert not {"type", "website"}.intersection(found)
        assert not {"type", "website"}.intersection(profile.held(tx, [jana])[jana].confirmed)
        assert living.read_profile(tx, jana)["residence"] == "domestic"


def test_nobody_has_no_facts(database: Database) -> None:
    with database.transaction() as tx:
        profile.save(tx, 99, blueprint(), {"name": "Jana"}, "staff", NOON)
        assert profile.load(tx, 99, blueprint()) == {}
