"""The history of the tables leads to the tables of the models, on both databases."""

from __future__ import annotations

import multiprocessing
import re
import sqlite3
from pathlib import Path

import psycopg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from storage import schema
from storage.database import Database, sql
from storage.errors import AlreadyRunning, CannotConnect, NotMigrated
from storage.migrate import migrate, pending
from storage.tables import Table

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


def _migrate(url: str) -> int:
    return len(migrate(url))


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_migrate_by_two_processes_at_once_happens_once(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if kind == "sqlite":
        url = f"sqlite:///{tmp_path / 'new.sqlite3'}"
    else:
        server = request.getfixturevalue("postgresql_server")
        with psycopg.connect(server.format("postgres"), autocommit=True) as connection:
            connection.execute("CREATE DATABASE migrated_twice")
        url = server.format("migrated_twice")
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
