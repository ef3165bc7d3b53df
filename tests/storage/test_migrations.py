"""The history of the tables leads to the tables of the models, on both databases."""

from __future__ import annotations

import json
import multiprocessing
import re
import sqlite3
from pathlib import Path

import psycopg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData

import storage.migrate as migrating
from storage import facts, schema
from storage.database import Database, sql
from storage.errors import AlreadyRunning, CannotConnect, NotMigrated
from storage.mentoring import offers
from storage.migrate import migrate, pending
from storage.privacy import everything_held
from storage.tables import Table
from storage.transaction import Transaction
from tests.outreach.sending import put
from tests.storage.full_people import fill

SERVER_COLUMNS = """
    SELECT table_name, column_name, data_type, character_maximum_length, is_nullable,
           column_default, is_identity, identity_generation
    FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2"""
SERVER_CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2"""
SERVER_INDEXES = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"


def described(database: Database) -> list[tuple[object, ...]]:
    """Everything the database says about its tables: types, lengths, checks, keys, indexes."""
    with database.reading() as tx:
        if database.dialect == "postgresql":
            queries = (SERVER_COLUMNS, SERVER_CONSTRAINTS, SERVER_INDEXES)
            rows = [row for query in queries for row in tx.run(sql(query)).fetchall()]
            return [row for row in rows if "alembic_version" not in str(row)]
        query = "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite%' ORDER BY name"
        rows = tx.run(sql(query)).fetchall()
    return [(name, _clauses(text)) for name, text in rows if name not in {"alembic_version"}]


def _clauses(text: str) -> frozenset[str]:
    """The parts of a CREATE statement in no order: a column added later stands at the end."""
    begin, _, rest = text.partition("(")
    body, _, end = rest.rpartition(")")
    inside = re.split(r",\s+(?![^()]*\))", body)
    return frozenset({begin.strip(), end.strip(), *(" ".join(each.split()) for each in inside)})


def test_models_and_migrations_agree(database: Database) -> None:
    migrated = described(database)
    with database.transaction() as tx:
        Table.metadata.drop_all(tx.connection)
        Table.metadata.create_all(tx.connection)
    assert described(database) == migrated
    assert len(migrated) > 20


def test_comparison_sees_a_length_and_an_allowed_value(database: Database) -> None:
    """The comparison above is not blind to what Alembic's own check does not see."""
    before = described(database)
    with database.transaction() as tx:
        tx.run(sql("DROP TABLE quarantine"))
        tx.run(
            sql(
                "CREATE TABLE quarantine (channel VARCHAR(9) NOT NULL, account VARCHAR NOT NULL,"
                " event_id VARCHAR NOT NULL, CONSTRAINT x CHECK (channel IN ('a', 'b')))"
            )
        )
    assert described(database) != before


def test_head_is_the_newest_revision() -> None:
    config = Config()
    folder = Path(schema.__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder))
    assert ScriptDirectory.from_config(config).get_current_head() == schema.HEAD


def test_migrate_makes_a_new_file_and_says_what_it_does(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.sqlite3'}"
    steps = pending(url)
    assert steps[0].startswith("0001 ")
    assert not (tmp_path / "new.sqlite3").exists()
    seen: list[str] = []
    assert migrate(url, seen.append) == steps == seen
    assert pending(url) == []
    assert migrate(url, seen.append) == []
    Database.open(url).close()


def test_migrate_on_postgresql_says_what_it_does(postgresql_server: str) -> None:
    with psycopg.connect(postgresql_server.format("postgres"), autocommit=True) as server:
        server.execute("CREATE DATABASE not_migrated")
    url = postgresql_server.format("not_migrated")
    with pytest.raises(NotMigrated, match="domov migrate"):
        Database.open(url)
    steps = pending(url)
    assert migrate(url) == steps != []
    assert pending(url) == []


@pytest.mark.parametrize("revision", ["0001", "0003"])
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_an_earlier_release_stored_stays_to_the_row(
    kind: str,
    revision: str,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of people in every table: consents given before their words were stored, messages to staff,
    accounts. What came later is empty for them."""
    url = _empty(kind, f"old_{revision}", tmp_path, request)
    _migrate_to(url, revision, monkeypatch)
    old = Database.open(url, check=False)
    with old.transaction() as tx:
        known = _columns(tx)
        for person in (1, 2, 3):
            fill(tx, person, f"mark-{person}", known)
        typed = ", ".join(f"{name} = 'a \"{name}\" ľ' || id" for name in MOVED if name != "since")
        tx.run(sql(f"UPDATE person SET since = 2000 + id, {typed} WHERE id < 3"))
        before = _stored(tx, known)
    old.close()
    assert len(before["consent_log"]) == 3
    assert all(before[table] for table in LATER)
    place = {name: known["person"].index(name) for name in MOVED}
    moved = {
        name: {str(row[at]) for row in before["person"] if row[at]} for name, at in place.items()
    }
    migrate(url)
    database = Database.open(url)
    with database.transaction() as tx:
        told = _moved(tx, known, before)
        assert _stored(tx, known) == before
        assert told == {(kind, value) for kind in MOVED for value in moved[kind]}
        for table, later in LATER.items():
            names = ", ".join(later)
            found = tx.run(sql(f"SELECT DISTINCT {names} FROM {table}")).fetchall()
            assert [tuple(row) for row in found] == [tuple(later.values())], table
        held = everything_held(tx, 2)
        assert [row["purpose"] for row in held["consent_log"]] == ["mark-2"]
        assert [row["language"] for row in held["consent_log"]] == [None]
    database.close()


MOVED = ("since", "occupation", "profession", "employer", "expertise")
"""Columns of the person that became facts."""


def _moved(
    tx: Transaction, known: dict[str, list[str]], before: dict[str, list[tuple[object, ...]]]
) -> set[tuple[str, str]]:
    """The facts of columns that are there no more, which are taken away to compare the rest."""
    stay = [n for n, name in enumerate(known["person"]) if name not in MOVED]
    known["person"] = [known["person"][n] for n in stay]
    before["person"] = sorted((tuple(row[n] for n in stay) for row in before["person"]), key=str)
    traits = tx.run(sql("SELECT kind, value FROM trait WHERE kind IN ('since', 'occupation')"))
    typed = tx.run(sql("SELECT question, value FROM answer WHERE survey = 'profile'"))
    found = {(kind, value) for kind, value in traits.fetchall()}
    found |= {(question, json.loads(value)) for question, value in typed.fetchall()}
    tx.run(sql("DELETE FROM trait WHERE kind IN ('since', 'occupation')"))
    tx.run(sql("DELETE FROM answer WHERE survey = 'profile'"))
    return found


LATER: dict[str, dict[str, object]] = {
    "consent_log": {"language": None, "words_id": None},
    "inbox": {"organisation": None, "about": "{}", "told_at": None},
    "person": {"joined_to": None, "joined_until": None},
    "identity": {"joining_id": None},
    "link_code": {"identity_id": None, "name": None},
}
"""What the revisions after 0003 added to the tables of people."""


def _empty(kind: str, name: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """The address of a database without tables."""
    if kind == "sqlite":
        return f"sqlite:///{tmp_path / name}.sqlite3"
    server: str = request.getfixturevalue("postgresql_server")
    with psycopg.connect(server.format("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return server.format(name)


def _migrate_to(url: str, revision: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As an earlier release left it."""
    steps = migrating._steps
    with monkeypatch.context() as patched:
        patched.setattr(
            migrating, "_steps", lambda found: [s for s in steps(found) if s[0] <= revision]
        )
        migrate(url)


def _columns(tx: Transaction) -> dict[str, list[str]]:
    """The tables as the database has them, and their columns."""
    found = MetaData()
    found.reflect(tx.connection)
    return {
        table.name: list(table.c.keys())
        for table in found.sorted_tables
        if table.name != "alembic_version"
    }


def _stored(tx: Transaction, known: dict[str, list[str]]) -> dict[str, list[tuple[object, ...]]]:
    """Every row of these tables, of these columns only."""
    return {
        table: sorted((tuple(row) for row in tx.run(
            sql("SELECT {} FROM {}".format(", ".join(columns), table))).fetchall()), key=str)
        for table, columns in known.items()
    }  # fmt: skip


def _migrate(url: str) -> int:
    return len(migrate(url))


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_migrate_by_two_processes_at_once_happens_once(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = _empty(kind, "migrated_twice", tmp_path, request)
    expected = len(pending(url))
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        done = pool.map(_migrate, [url, url], chunksize=1)
    assert sorted(done) == [0, expected]


def test_migrate_that_fails_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE trait (mine TEXT)")  # in the way of the first revision
    connection.close()
    with pytest.raises(Exception, match="already exists"):
        migrate(f"sqlite:///{path}")
    with sqlite3.connect(path) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master").fetchall()
    connection.close()
    assert tables == [("trait",)]


def test_migrate_refuses_a_file_in_use(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite3"
    database = Database.open(f"sqlite:///{path}", check=False)
    database.exclusive()
    with pytest.raises(AlreadyRunning):
        migrate(f"sqlite:///{path}")
    database.close()
    assert migrate(f"sqlite:///{path}") != []


def test_tables_of_a_newer_release_are_refused(database_url: str) -> None:
    with Database.open(database_url).transaction() as tx:
        tx.run(sql("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NotMigrated, match="newer"):
        Database.open(database_url)
    with pytest.raises(NotMigrated, match="newer"):
        migrate(database_url)


def test_open_without_a_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CannotConnect, match="domov migrate"):
        Database.open(f"sqlite:///{tmp_path / 'none.sqlite3'}")


@pytest.mark.parametrize("revision", ["0003", "0008"])
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_whoever_would_be_a_mentor_before_there_was_mentoring_is_one(
    kind: str,
    revision: str,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = _empty(kind, f"mentors_{revision}", tmp_path, request)
    _migrate_to(url, revision, monkeypatch)
    old = Database.open(url, check=False)
    with old.transaction() as tx:
        for who, (persona, status, role, given, offer) in enumerate(WOULD_BE, 1):
            _would_be(tx, who, persona, status, role, given=given)
            if offer:
                put(
                    tx, "mentor_offer", person_id=who, status="off", source="person",
                    created_at=LONG_AGO, updated_at=LONG_AGO,
                )  # fmt: skip
    old.close()
    migrate(url)
    database = Database.open(url)
    with database.reading() as tx:
        found = {each: offers.of_person(tx, each) for each in range(1, len(WOULD_BE) + 1)}
    database.close()
    states = {each: offer.status for each, offer in found.items() if offer is not None}
    assert states == {1: "active", 2: "active", 3: "off"}
    first, second = found[1], found[2]
    assert first is not None
    assert second is not None
    assert (first.capacity, first.source, first.mode) == (2, "survey", "both")
    assert (first.skills, first.languages) == (("teamwork", "empathy"), ("sk", "en"))
    assert second.languages == ("sk", "en")


WOULD_BE = (
    ("expat", "active", "mentor", True, False),
    ("expat", "paused", "mentor", True, False),
    ("expat", "active", "mentor", True, True),  # and took it back since
    ("expat", "active", "mentor", False, False),
    ("expat", "active", "speaker", True, False),
    ("expat", "joining", "mentor", True, False),
    ("local", "active", "mentor", True, False),
)
LONG_AGO = "2026-05-04T10:00:00.000000Z"


def _would_be(
    tx: Transaction, who: int, persona: str, status: str, role: str, *, given: bool
) -> None:
    put(tx, "person", id=who, persona=persona, status=status, language="sk", created_at=LONG_AGO)
    put(
        tx, "consent", person_id=who, purpose="mentoring", given=given, notice_version="1",
        at=LONG_AGO,
    )  # fmt: skip
    put(tx, "trait", person_id=who, kind="roles", value=role, rank=1)
    for kind, values in (
        ("skills_offered", ("teamwork", "empathy")), ("spoken_languages", ("sk", "en")),
    ):  # fmt: skip
        for rank, value in enumerate(values, 1):
            put(tx, "trait", person_id=who, kind=kind, value=value, rank=rank)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_is_kept_to_undo_a_joining_has_the_new_shape(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a record would say it now, so that it can still be put back."""
    url = _empty(kind, "joined", tmp_path, request)
    _migrate_to(url, "0009", monkeypatch)
    told = {"person.name": "Jana", "person.since": 2015, "person.employer": 'N26 "ľ"'}
    old = Database.open(url, check=False)
    with old.transaction() as tx:
        put(tx, "person", id=1, name="Jana", created_at=LONG_AGO, confirmed_at=LONG_AGO)
        tx.run(sql("UPDATE person SET since = 2015, employer = :n"), n=told["person.employer"])
        put(
            tx, "joining", person_id=1, state="joined", before=json.dumps(told), after="{}",
            left_out=json.dumps({"occupation": {"person.occupation": "teacher"}}),
            created_at=LONG_AGO, expires_at=LONG_AGO,
        )  # fmt: skip
    old.close()
    migrate(url)
    database = Database.open(url)
    with database.transaction() as tx:
        (row,) = tx.run(sql("SELECT before, left_out FROM joining")).fetchall()
        before, left_out = json.loads(row[0]), json.loads(row[1])
        now = facts.pieces(tx, 1)
        assert {key: now[key] for key in before if key != "typed.employer"} == {
            key: before[key] for key in before if key != "typed.employer"
        }
        assert now["typed.employer"][0]["value"] == before["typed.employer"][0]["value"]
        assert left_out == {
            "occupation": {
                "trait.occupation": [
                    {"kind": "occupation", "value": "teacher", "rank": 1, "level": None}
                ]
            }
        }
        facts.write(tx, 1, {}, before)
        assert facts.pieces(tx, 1)["typed.employer"] == before["typed.employer"]
    database.close()
