"""What a killed process noted of the messages that it was sending."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.sending import journal
from bot.sending.journal import SLOTS, Fate, Journal, Note

ROOT = Path(__file__).parents[2]


@pytest.fixture
def kept(tmp_path: Path) -> Journal:
    made = Journal(tmp_path / "begun", "7")
    made.open()
    return made


def test_begun_answered_and_given_back_are_told_apart(kept: Journal, tmp_path: Path) -> None:
    for delivery in (1, 2, 3, 4):
        kept.begun(delivery)
    kept.sent(2, "D07:1700000000.000123")
    kept.forget([3])
    assert Journal(tmp_path / "begun", "8").of("7") == {
        1: Note(Fate.BEGUN),
        2: Note(Fate.SENT, "D07:1700000000.000123"),
        4: Note(Fate.BEGUN),
    }


def test_an_id_too_long_to_note_is_left_out(kept: Journal) -> None:
    kept.begun(1)
    kept.sent(1, "+".join(["D07:1700000000.000123"] * 5))
    assert kept.of("7") == {1: Note(Fate.SENT)}


def test_a_note_stays_however_many_others_come_and_go(kept: Journal) -> None:
    """One message is answered slowly while the fast ones around it are recorded."""
    kept.begun(1)
    for delivery in range(2, 40_000):
        kept.begun(delivery)
        kept.sent(delivery, "m")
        kept.forget([delivery])
    assert kept.of("7") == {1: Note(Fate.BEGUN)}


def test_no_more_may_begin_than_there_are_places_for_notes(kept: Journal, tmp_path: Path) -> None:
    for delivery in range(1, SLOTS + 1):
        assert not kept.full
        kept.begun(delivery)
    assert kept.full
    assert len(kept.of("7") or ()) == SLOTS == 8 * 1024
    assert (tmp_path / "begun-7").stat().st_size == 64 + SLOTS * 64
    kept.forget([5])
    assert not kept.full
    kept.begun(SLOTS + 1)
    assert kept.full
    noted = kept.of("7")
    assert noted is not None
    assert SLOTS + 1 in noted
    assert 5 not in noted


def test_a_journal_from_before_the_machine_died_is_not_believed(
    kept: Journal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kept.begun(1)
    other = tmp_path / "boot"
    other.write_text("another")
    monkeypatch.setattr(journal, "BOOT", other)
    assert kept.of("7") is None


def test_there_is_none_where_boots_cannot_be_told_apart(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(journal, "BOOT", tmp_path / "nothing")
    made = Journal(tmp_path / "begun", "7")
    made.open()
    made.begun(1)
    assert list(tmp_path.iterdir()) == []
    assert made.of("7") is None


@pytest.mark.parametrize("content", [b"", b"x", b"\0" * 100])
def test_another_file_is_not_believed(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "begun-7").write_bytes(content)
    assert Journal(tmp_path / "begun", "8").of("7") is None
    assert Journal(tmp_path / "begun", "8").of("6") is None
    assert Journal(None, "8").of("7") is None


def test_journals_of_processes_that_left_nothing_are_removed(tmp_path: Path) -> None:
    for owner in ("1", "2", "3"):
        Journal(tmp_path / "begun", owner).open()
    (tmp_path / "other").touch()
    Journal(tmp_path / "begun", "3").forget_all_but({"1"})
    assert sorted(each.name for each in tmp_path.iterdir()) == ["begun-1", "begun-3", "other"]


def test_what_a_killed_process_noted_is_there(tmp_path: Path) -> None:
    """Nothing is flushed: SIGKILL leaves what was written into the mapped file."""
    program = (
        "from pathlib import Path; from bot.sending.journal import Journal;"
        f"import os, signal; kept = Journal(Path({str(tmp_path / 'begun')!r}), '7'); kept.open();"
        "kept.begun(1); kept.begun(2); kept.sent(1, 'm5'); os.kill(os.getpid(), signal.SIGKILL)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], check=False, cwd=ROOT, env={**os.environ}, timeout=60
    )
    assert ended.returncode == -signal.SIGKILL
    noted = Journal(tmp_path / "begun", "8").of("7")
    assert noted == {1: Note(Fate.SENT, "m5"), 2: Note(Fate.BEGUN)}
