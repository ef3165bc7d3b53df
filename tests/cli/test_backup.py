"""``domov backup``, ``domov restore``, and what ``domov check`` says of them."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage import backups
from storage.database import Database
from tests.cli.conftest import KEY, Run
from tests.cli.running import domov
from tests.cli.test_check import lines
from tests.outreach.sending import broadcast, delivery, person


def test_there_and_back(on_sqlite: Run, sqlite_url: str) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    database = Database.open(sqlite_url)
    with database.transaction() as tx:
        delivery(tx, person(tx, name="Jana Nováková"), broadcast_id=broadcast(tx))
    made = on_sqlite("backup", "--output", "there").stdout
    assert made.startswith("there/domov-")
    assert made.endswith(" bytes, looked over: sound\n")
    (file,) = Path("there").iterdir()
    with database.transaction() as tx:
        person(tx, name="Eva Kováčová")
    database.exclusive()
    refused = on_sqlite("restore", str(file))
    assert refused.exit_code == 1
    assert "another domov is running" in str(refused.exception)
    database.close()
    done = on_sqlite("restore", str(file)).stdout
    assert done.startswith(f"{path}: is now {file}\n{path}.before-")
    assert "Held: 1 planned messages" in done
    listed = on_sqlite("people", "list").stdout
    assert "Jana Nováková" in listed
    assert "Eva" not in listed


def test_only_so_many_are_kept(on_sqlite: Run, sqlite_url: str) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    folder = path.parent / "backups"  # beside the database where nobody says otherwise
    folder.mkdir()
    for day in (1, 2, 3):
        (folder / f"{path.stem}-2026010{day}T020000Z.sqlite3").touch()
    told = on_sqlite("backup", "--keep", "2").stdout.splitlines()
    assert [line.endswith(": deleted") for line in told] == [False, True, True]
    assert len(backups.listed(folder, path.stem)) == 2


def test_on_postgresql_it_says_how(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/domov")
    monkeypatch.setenv("SECRET_KEY", KEY)
    for command in (["backup"], ["restore", "x"]):
        told = str(run(*command).exception)
        assert "pg_dump" in told
        assert "docs/operating.md" in told


def test_check_tells_the_age(
    on_sqlite: Run, sqlite_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    (told,) = lines(on_sqlite("check").stdout, "Backups")
    assert told.startswith("REMARK there is none; set BACKUP_DIRECTORY")
    folder = tmp_path / "daily"
    folder.mkdir()
    monkeypatch.setenv("BACKUP_DIRECTORY", str(folder))
    (told,) = lines(on_sqlite("check").stdout, "Backups")
    assert told.startswith("REMARK there is none yet; `domov run` makes one a day")
    for days, words in ((5, "PROBLEM the last is 5 days old"), (1, "OK the last is 2")):
        at = datetime.now(UTC) - timedelta(days=days)
        (folder / f"{path.stem}-{at:%Y%m%dT%H%M%SZ}.sqlite3").touch()
        (told,) = lines(on_sqlite("check").stdout, "Backups")
        assert told.startswith(words)


def test_check_finds_a_damaged_database(on_sqlite: Run, sqlite_url: str) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    database = Database.open(sqlite_url)
    with database.transaction() as tx:
        for number in range(300):
            person(tx, name=f"Somebody {number}")
    database.tidy()
    database.close()
    content = bytearray(path.read_bytes())
    content[-200_000:-4_096] = os.urandom(200_000 - 4_096)
    path.write_bytes(content)
    result = on_sqlite("check")
    (told,) = lines(result.stdout, "Database")
    assert told.startswith("PROBLEM ")
    assert "domov restore FILE" in told
    assert result.exit_code == 1


def test_migrating_backs_up_first(sqlite_url: str, tmp_path: Path) -> None:
    """A database of the first release; a new one has nothing to back up."""
    from alembic import command

    from storage.migrate import _config, _link
    from storage.urls import parse_url

    here = tmp_path / "old"
    here.mkdir()
    settings = {"DATABASE_URL": "sqlite:///domov.sqlite3"}
    assert "Backed up" not in domov("migrate", folder=here, settings=settings).out
    assert "Backed up" not in domov("migrate", folder=here, settings=settings).out
    old = here / "old.sqlite3"
    with _link(parse_url(f"sqlite:///{old}")) as link:
        link.begin()
        config = _config()
        config.attributes["connection"] = link.transaction().connection
        command.upgrade(config, "0001")
        link.commit()
    shutil.copyfile(old, here / "domov.sqlite3")
    told = domov("migrate", folder=here, settings=settings).out
    (made,) = (here / "backups").iterdir()
    assert told.startswith(f"Backed up first: backups/{made.name}\n")
    assert backups.look(made).revision == "0001"
