"""A few people in a database, to export."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from blueprints.load import default_path, load
from blueprints.schema import Blueprint
from storage.database import Transaction, sql
from storage.living import Trait, consent, save_answers, set_traits
from storage.profile import ROUND, SURVEY

NOW = datetime(2026, 3, 1, 12, 30, 15, 250_000, tzinfo=UTC)
LATER = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

PERSON = sql(
    "INSERT INTO person (id, organisation, persona, status, language, name, home_region, residence,"
    " country, city, timezone, field, linkedin, email, willingness, source, created_at,"
    " registered_at, last_active_at, confirmed_at)"
    " VALUES (:id, :organisation, 'expat', :status, 'sk', :name, 'kosice', 'international',"
    " 'DE', :city, 'Europe/Berlin', 'it', :linkedin, :email, 'yes', :source, :at, :at, :at, NULL)"
)
IDENTITY = sql(
    "INSERT INTO identity (person_id, channel, account, user_id, chat_id, created_at)"
    " VALUES (:person, :channel, :account, :user, '1', '2026-03-01T12:30:15.250000Z')"
)
TYPED = ("name", "city", "profession", "employer", "expertise", "linkedin", "email", "source")
"""Facts that hold what somebody typed or sent."""


@cache
def blueprint() -> Blueprint:
    return load(default_path())


def add_person(
    tx: Transaction,
    number: int,
    organisation: str | None = "cike",
    status: str = "active",
    **typed: str | None,
) -> None:
    values = {column: typed.get(column) for column in TYPED}
    at = "2026-03-01T12:30:15.250000Z"
    told = {column: values.pop(column) for column in ("profession", "employer", "expertise")}
    tx.run(PERSON, id=number, organisation=organisation, status=status, at=at, **values)
    set_traits(tx, number, "since", [Trait("2015")])
    set_traits(tx, number, "occupation", [Trait("entrepreneur")])
    save_answers(tx, number, SURVEY, ROUND, told, NOW)


def few(tx: Transaction) -> None:
    """Ana with everything, Bor of the other partner with nothing, a stub, a mapped person."""
    add_person(tx, 1, name="Ana Nováková", city="Berlin", expertise="Spiel & Spaß, <3")
    add_person(tx, 2, "bsc_kranj", "paused", name="Bor")
    add_person(tx, 3, None, "new")
    add_person(tx, 4, "cike", "mapped", name="Cyril", email="cyril@example.org")
    for channel, account, user in (
        ("telegram", "bot", "1"),
        ("slack", "T1", "U1"),
        ("slack", "T2", "U1"),
    ):
        tx.run(IDENTITY, person=1, channel=channel, account=account, user=user)
    set_traits(tx, 1, "spoken_languages", [Trait("sk", 1), Trait("en", 2)])
    set_traits(tx, 1, "roles", [Trait("speaker", 1), Trait("mentor", 2)])
    rated = {"workshop": "liked", "ted_talk": "liked", "meetup": "possible", "story": "not_for_me"}
    set_traits(tx, 1, "formats", [Trait(key, level=level) for key, level in rated.items()])
    needed = ("teamwork", "empathy", "planning")
    set_traits(tx, 1, "skills_needed", [Trait(key, n) for n, key in enumerate(needed, 1)])
    set_traits(tx, 1, "wants", [Trait("events")])
    given = {"register": True, "mentoring": True, "public": False}
    consent(tx, 1, given, notice_version="2026-1", channel="telegram", now=NOW)
    answers = {
        "formats": {"workshop": "liked", "story": "not_for_me"},
        "topics": "=1+1",
        "next_home": "2026-07-01",
    }
    save_answers(tx, 1, "formats", "2026-1", answers, NOW)
    save_answers(tx, 1, "skills", "2025-1", {"needed": ["teamwork", "empathy"]}, LATER)
    save_answers(tx, 3, "skills", "2026-1", {"needed": ["planning"]}, NOW)
