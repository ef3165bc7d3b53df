"""Who was erased stays so: after an old backup, and behind an old button."""

from __future__ import annotations

import asyncio
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from blueprints.load import default_path, load
from bot.erasures import AfterErasures
from bot.incoming import Command, Edited, Incoming, Press, Said, Submitted, Text
from bot.turn.context import House
from bot.turn.unit import play_event
from messages import rich
from outreach import erased
from outreach.erased import ErasedFile, Erasures
from outreach.erasing import erase
from storage import erasures, profile
from storage.database import Database
from storage.erasures import Mark
from storage.moments import moment
from storage.privacy import remove, was_erased
from storage.retention import purge_marks, purge_stubs
from storage.statements import sql
from storage.transaction import Transaction
from tests.outreach.sending import NOON, identity, person
from tests.storage.full_people import all_text
from tests.turn.conftest import SECRET
from tests.turn.conftest import house as house  # noqa: PLC0414 - a fixture

BLUEPRINT = load(default_path())
BEFORE = NOON - timedelta(days=30)


def people(database: Database) -> list[int]:
    with database.reading() as tx:
        return [row[0] for row in tx.run(sql("SELECT id FROM person ORDER BY id")).fetchall()]


def erased_now(database: Database, who: int, at: datetime = NOON) -> None:
    with database.transaction() as tx:
        erase(tx, who, SECRET, at, BLUEPRINT)


def forgotten(database: Database) -> None:
    """As an old backup: the database never heard of any erasure."""
    with database.transaction() as tx:
        tx.run(sql("DELETE FROM erasure"))


def kept(database: Database, tmp_path: Path) -> ErasedFile:
    file = ErasedFile(tmp_path / "kept-erased")
    Erasures(database, file).keep()
    return file


def test_the_file_lies_beside_the_database_or_in_the_state_directory(tmp_path: Path) -> None:
    beside = erased.path_for(tmp_path / "d.sqlite3", tmp_path / "state")
    assert beside == tmp_path / "d.sqlite3-erased"
    assert erased.path_for(None, tmp_path) == tmp_path / "domov-erased"
    assert erased.path_for(None, None) is None


def test_marks_are_appended_and_readable_to_nobody_else(tmp_path: Path) -> None:
    file = ErasedFile(tmp_path / "marks")
    assert file.read() == set()
    first, second = Mark("a" * 64, NOON), Mark("b" * 64, NOON)
    file.add([first])
    file.add([])
    path = tmp_path / "marks"
    path.write_text(path.read_text() + "c" * 30)  # half a line, when the power went
    file.add([second])
    path.write_text(path.read_text() + "d" * 64 + " no-moment\n")
    assert file.read() == {first, second}
    assert path.stat().st_mode & 0o777 == 0o600
    nowhere = ErasedFile(None)
    nowhere.add([first])
    assert nowhere.read() == set()


def test_each_mark_is_kept_once(database: Database, tmp_path: Path) -> None:
    file = ErasedFile(tmp_path / "marks")
    with database.transaction() as tx:
        first, second = person(tx), person(tx)
    erased_now(database, first)
    erasures = Erasures(database, file)
    assert erasures.keep() == 1
    assert erasures.keep() == 0
    erased_now(database, second)
    assert erasures.keep() == 1
    assert Erasures(database, file).keep() == 2  # another start: looks at all, writes none again
    assert len((tmp_path / "marks").read_text().split()) == 4


def test_a_mark_is_known_by_whose_it_is_and_when(database: Database) -> None:
    first = Mark("a" * 64, NOON)
    others = [Mark("b" * 64, NOON), Mark("a" * 64, NOON + timedelta(days=1))]
    with database.transaction() as tx:
        erasures.mark(tx, [first])
        erasures.mark(tx, [first, *others])
        assert sorted(erasures.since(tx, 0)[0]) == sorted([first, *others])


def test_marks_that_have_had_their_days_go_from_the_file_as_well(
    database: Database, tmp_path: Path
) -> None:
    """Else the next start would take the database, which has forgotten them, for an old one."""
    file = ErasedFile(tmp_path / "marks")
    with database.transaction() as tx:
        first, second = person(tx), person(tx)
    erased_now(database, first)
    erased_now(database, second, NOON + timedelta(days=9))
    erasures = Erasures(database, file)
    assert erasures.keep(NOON) == 2
    assert len(file.read()) == 2
    with database.transaction() as tx:
        assert purge_marks(tx, NOON + timedelta(days=31), 30) == 1
    erasures.keep(NOON + timedelta(days=1))
    assert {each.at for each in file.read()} == {NOON + timedelta(days=9)}
    assert (tmp_path / "marks").stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.glob("marks*")] == ["marks"]
    with database.reading() as tx:
        assert erased.unknown(tx, file) == set()
    ErasedFile(None).forget(NOON)
    ErasedFile(tmp_path / "none").forget(NOON)


def came(tx: Transaction, user: str, at: datetime, *more: str) -> int:
    """Somebody who wrote on Telegram for the first time then, and on Slack."""
    number = person(tx, created_at=at)
    tx.run(
        sql("UPDATE identity SET user_id = :user, created_at = :at WHERE person_id = :id"),
        user=user, at=moment(at), id=number,
    )  # fmt: skip
    for each in more:
        identity(tx, number, "slack", user_id=each, created_at=at)
    return number


def test_whoever_a_backup_brings_back_is_erased_again(database: Database, tmp_path: Path) -> None:
    with database.transaction() as tx:
        jana, eva = came(tx, "jana", BEFORE, "U1"), came(tx, "eva", BEFORE)
    erased_now(database, jana)
    file = kept(database, tmp_path)
    forgotten(database)
    with database.transaction() as tx:
        came(tx, "jana", NOON, "U1")  # to the second of the erasure: still before it
    with database.reading() as tx:
        assert {each.at for each in erased.unknown(tx, file)} == {NOON}
    assert erased.apply(database, file, SECRET, BLUEPRINT) == (2, 1)
    assert people(database) == [eva]
    with database.reading() as tx:
        assert was_erased(tx, "slack", "bot", "U1", SECRET)
        assert was_erased(tx, "telegram", "bot", "jana", SECRET)
        assert erased.unknown(tx, file) == set()
    assert erased.apply(database, file, SECRET, BLUEPRINT) == (0, 0)
    assert Erasures(database, file).keep() == 2
    assert len(file.read()) == 2  # the same marks, at the same moment


def test_who_came_back_after_the_erasure_stays(database: Database, tmp_path: Path) -> None:
    with database.transaction() as tx:
        jana = came(tx, "jana", BEFORE)
    erased_now(database, jana)
    file = kept(database, tmp_path)
    with database.transaction() as tx:
        back = came(tx, "jana", NOON + timedelta(seconds=1))
    forgotten(database)
    assert erased.apply(database, file, SECRET, BLUEPRINT) == (1, 0)
    assert people(database) == [back]


def test_somebody_without_an_account_is_known_by_their_number(
    database: Database, tmp_path: Path
) -> None:
    mapped = sql("INSERT INTO person (id, status, created_at) VALUES (:id, 'mapped', :at)")
    with database.transaction() as tx:
        for number in (5, 6):
            tx.run(mapped, id=number, at=BEFORE.isoformat())
    erased_now(database, 5)
    file = kept(database, tmp_path)
    forgotten(database)
    with database.transaction() as tx:
        tx.run(mapped, id=5, at=BEFORE.isoformat())
    assert erased.apply(database, file, SECRET, BLUEPRINT) == (1, 1)
    assert people(database) == [6]


def test_with_another_key_nobody_is_taken_for_somebody_else(
    database: Database, tmp_path: Path
) -> None:
    with database.transaction() as tx:
        jana = person(tx, created_at=BEFORE)
    ErasedFile(tmp_path / "kept-erased").add([Mark("e" * 64, NOON)])
    file = ErasedFile(tmp_path / "kept-erased")
    assert erased.apply(database, file, "another key", BLUEPRINT) == (1, 0)
    assert people(database) == [jana]


# ---- behind an old button ----


def bring(said: Said, number: int = 1) -> Incoming:
    return Incoming("telegram", "bot", "7", "7", f"e{number}", NOON, said, locale="sk")


def _stored(database: Database) -> dict[str, str]:
    with database.reading() as tx:
        found = all_text(tx)
    return {name: text for name, text in found.items() if name not in ("received", "erasure")}


OLD = [
    Press("m", "=mydata"), Press("1.0.abcd", "=go_on"), Press("@e1", "=going"),
    Press("m", "=survey.formats"), Submitted("1.0.abcd", {}), Edited("an earlier word"),
]  # fmt: skip


@pytest.mark.parametrize("said", OLD, ids=str)
async def test_an_old_button_of_somebody_erased_stores_nothing(
    database: Database, house: House, said: Said
) -> None:
    await database.write(play_event, house, bring(Text("hi"), 1), NOON)
    erased_now(database, people(database)[0])
    before = _stored(database)
    played = await database.write(play_event, house, bring(said, 2), NOON)
    (told,) = played.outgoing
    assert "ešte z čias pred vymazaním" in rich.plain(told.message.text)
    assert told.delivery == 0
    assert _stored(database) == before


@pytest.mark.parametrize("said", [Text("hi"), Command("start"), Press("m", "=start")], ids=str)
async def test_somebody_erased_may_begin_anew_like_anybody(
    database: Database, house: House, said: Said
) -> None:
    first = await database.write(play_event, house, bring(Text("hi"), 1), NOON)
    erased_now(database, people(database)[0])
    played = await database.write(play_event, house, bring(said, 3), NOON)
    assert rich.plain(played.outgoing[0].message.text) == rich.plain(first.outgoing[0].message.text)


async def test_a_button_of_somebody_who_was_never_here_is_a_beginning(
    database: Database, house: House
) -> None:
    """A post in a channel has buttons, too."""
    await database.write(play_event, house, bring(Press("m", "=menu")), NOON)
    assert len(people(database)) == 1


# ---- out of the files ----


def _files(path: Path) -> bytes:
    return b"".join(each.read_bytes() for each in path.parent.glob(path.name + "*"))


SECRETS = b"Zbohom-Gizela"


def _known(tx: Transaction) -> int:
    number = person(tx, name=SECRETS.decode())
    known = {"name": SECRETS.decode(), "expertise": SECRETS.decode() * 400}  # many pages of it
    profile.save(tx, number, BLUEPRINT, known, "person:telegram", NOON)
    for each in range(300):
        person(tx, name=f"Other {each}")
    return number


async def test_erased_words_leave_the_files_although_somebody_reads(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader holds the log: it is tried again, and again, until it is empty."""
    monkeypatch.setattr("bot.erasures.AGAIN", 0.05)
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    database = Database.open(sqlite_url)
    number = await database.write(_known)
    await asyncio.to_thread(database.tidy)
    assert SECRETS in _files(path)
    after = AfterErasures(Erasures(database, ErasedFile(tmp_path / "erased")))
    with database.reading() as tx:
        assert tx.run(sql("SELECT count(*) FROM person")).fetchone() == (301,)
        await database.write(erase, number, SECRET, NOON, BLUEPRINT)
        assert await asyncio.to_thread(database.tidy) is False
        after.happened()
        after.happened()
    await after.done()
    assert SECRETS not in _files(path)
    assert len(ErasedFile(tmp_path / "erased").read()) == 1
    await after.stop()
    database.close()


async def test_a_stub_that_was_purged_leaves_the_files_as_well(sqlite_url: str) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    database = Database.open(sqlite_url)
    with database.transaction() as tx:
        person(tx, status="new", created_at=BEFORE, source=SECRETS.decode())
    assert await database.write(purge_stubs, NOON, 7) == 1
    assert await asyncio.to_thread(database.tidy) is True
    assert SECRETS not in _files(path)
    database.close()


async def test_a_file_that_cannot_be_written_is_tried_again(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.erasures.AGAIN", 0.01)
    with database.transaction() as tx:
        jana = person(tx)
    erased_now(database, jana)
    path = tmp_path / "missing" / "erased"
    after = AfterErasures(Erasures(database, ErasedFile(path)))
    after.happened()
    await asyncio.sleep(0)
    path.parent.mkdir()
    await after.done()
    assert len(ErasedFile(path).read()) == 1


def test_a_copy_of_the_database_is_erased_again_at_the_next_start(
    sqlite_url: str, tmp_path: Path
) -> None:
    """The whole way: a backup is taken, somebody is erased, the backup is restored."""
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    database = Database.open(sqlite_url)
    with database.transaction() as tx:
        jana, eva = person(tx, created_at=BEFORE), person(tx, created_at=BEFORE)
    database.tidy()
    backup = shutil.copyfile(path, tmp_path / "backup")
    erased_now(database, jana)
    file = ErasedFile(erased.path_for(path, None))
    Erasures(database, file).keep()
    database.close()
    shutil.copyfile(backup, path)
    database = Database.open(sqlite_url)
    assert people(database) == [jana, eva]
    assert erased.apply(database, file, SECRET, BLUEPRINT) == (1, 1)
    assert people(database) == [eva]
    database.close()


def test_who_was_removed_without_consent_leaves_no_mark(database: Database) -> None:
    with database.transaction() as tx:
        jana = person(tx)
        remove(tx, jana)
        assert not was_erased(tx, "telegram", "bot", f"u{jana}", SECRET)
