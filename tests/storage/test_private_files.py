"""What is written can be read by this user alone, whatever the umask, and nothing that is no file
is replaced."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.sending.journal import Journal
from outreach.restored import SentFile
from storage import scratch, temporary
from storage.database import Database
from storage.errors import ExportError
from storage.exports.output import opened
from storage.migrate import migrate
from tests.outreach import sending

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(params=[0o000, 0o022, 0o077])
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, str]:
    return {each.name: oct(stat.S_IMODE(each.lstat().st_mode)) for each in folder.iterdir()}


@pytest.mark.usefixtures("umask")
def test_the_database_and_all_beside_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'd.sqlite3'}"
    migrate(url)
    database = Database.open(url)
    database.exclusive()
    SentFile(tmp_path / "d.sqlite3-sent").note("telegram", "bot", 7)
    journal = Journal(tmp_path / "d.sqlite3-begun", "1")
    journal.open()
    with database.transaction() as tx:
        sending.person(tx)
        found = modes(tmp_path)  # SQLite's own files go with the last connection
    journal.close(keep=True)
    database.close()
    assert set(found.values()) == {"0o600"}
    assert {"d.sqlite3", "d.sqlite3-wal", "d.sqlite3-shm", "d.sqlite3-lock"} <= set(found)


@pytest.mark.usefixtures("umask")
def test_a_copy_lies_in_a_folder_of_its_own(database: Database, tmp_path: Path) -> None:
    parent = tmp_path / "copies"
    parent.mkdir()
    with scratch.copied(database, NOW, folder=parent):
        (folder,) = parent.iterdir()
        assert set(modes(parent).values()) == {"0o700"}
        assert set(modes(folder).values()) == {"0o600"}
        assert "scratch.sqlite3" in modes(folder)
    assert list(parent.iterdir()) == []


@pytest.mark.usefixtures("umask")
def test_an_export_and_one_that_replaces_a_wider_file(tmp_path: Path) -> None:
    out = tmp_path / "people.csv"
    for text in (b"one", b"two"):
        with opened(out) as file:
            file.write(text)
        assert out.read_bytes() == text
        assert modes(tmp_path) == {"people.csv": "0o600"}
        out.chmod(0o644)


def test_a_device_stays_what_it_is() -> None:
    """As root this once made a file of /dev/null."""
    before = Path("/dev/null").stat()
    with opened(Path("/dev/null")) as file:
        file.write(b"gone")
    after = Path("/dev/null").stat()
    assert stat.S_ISCHR(after.st_mode)
    assert (after.st_ino, after.st_rdev) == (before.st_ino, before.st_rdev)


def test_a_pipe_is_written_into(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    link = tmp_path / "link"
    link.symlink_to(fifo)
    for out in (fifo, link):
        read: list[bytes] = []
        reader = threading.Thread(target=lambda read=read: read.append(fifo.read_bytes()))
        reader.start()
        with opened(out) as file:
            file.write(b"through it")
        reader.join(60)
        assert read == [b"through it"]
        assert stat.S_ISFIFO(fifo.stat().st_mode)
    assert link.is_symlink()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["fifo", "link"]


def test_a_link_stays_and_what_it_points_to_is_replaced(tmp_path: Path) -> None:
    there, folder = tmp_path / "there", tmp_path / "folder"
    folder.mkdir()
    for target in (there, folder / "not there yet"):
        link = tmp_path / "link"
        link.symlink_to(target)
        with opened(link) as file:
            file.write(b"new")
        assert link.is_symlink()
        assert target.read_bytes() == b"new"
        assert stat.S_IMODE(target.stat().st_mode) == 0o600
        link.unlink()


def test_what_fails_leaves_the_file_that_was_there(tmp_path: Path) -> None:
    out = tmp_path / "people.csv"
    out.write_bytes(b"old")

    def fails() -> None:
        with opened(out) as file:
            file.write(b"new")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert out.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["people.csv"]


def test_what_cannot_be_written_into_is_told(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="cannot write"), opened(Path("/dev/none/x")):
        pass
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    with pytest.raises(ExportError, match="cannot write"), opened(loop):
        pass


@pytest.mark.parametrize("append", [False, True])
def test_standard_output_by_its_name_goes_where_the_shell_sent_it(
    tmp_path: Path, append: bool
) -> None:
    code = (
        "from pathlib import Path; from storage.exports.output import opened\n"
        "with opened(Path('/dev/stdout')) as file: file.write(b'data')"
    )
    target = tmp_path / "target"
    target.write_bytes(b"before ")
    with target.open("ab" if append else "wb") as out:
        inode = target.stat().st_ino
        subprocess.run([sys.executable, "-c", code], stdout=out, check=True)
    assert target.read_bytes() == (b"before data" if append else b"data")
    assert target.stat().st_ino == inode


# ---- what a killed process leaves ----

KILLED = """
import os, signal, sys
from pathlib import Path
from storage.temporary import private_folder
with private_folder(Path(sys.argv[1])) as folder:
    (folder / "scratch.sqlite3").write_text("Jana")
    if sys.argv[2] == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    print(folder, flush=True)
    sys.stdin.read()
"""


def process(parent: Path, how: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", KILLED, str(parent), how],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_the_next_takes_away_what_a_killed_one_left_and_no_other(tmp_path: Path) -> None:
    with process(tmp_path, "killed") as killed:
        killed.communicate(timeout=60)
    (left,) = tmp_path.iterdir()
    assert (left / "scratch.sqlite3").read_text() == "Jana"
    being_made = tmp_path / f"{temporary.PREFIX}new"
    being_made.mkdir()
    (tmp_path / f"{temporary.PREFIX}file").write_text("no folder")
    (tmp_path / f"{temporary.PREFIX}link").symlink_to(left)
    kept = {being_made, tmp_path / f"{temporary.PREFIX}file", tmp_path / f"{temporary.PREFIX}link"}
    with process(tmp_path, "lives") as living:
        assert living.stdout is not None
        mine = Path(living.stdout.readline().strip())
        assert set(tmp_path.iterdir()) == {*kept, mine}  # it swept before it began
        assert temporary.sweep(tmp_path) == []
        assert (mine / "scratch.sqlite3").exists()
        living.communicate(timeout=60)
    assert set(tmp_path.iterdir()) == kept


def test_a_rehearsal_sweeps(database: Database, tmp_path: Path) -> None:
    left = tmp_path / f"{temporary.PREFIX}left"
    left.mkdir()
    (left / temporary.LOCK).touch()
    with scratch.copied(database, NOW, folder=tmp_path):
        assert not left.exists()
