"""The tool itself: a survivor is found and printed, and the lists it goes by are true."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutants import equivalent
from tests.mutants.__main__ import Ground, run, sample
from tests.mutants.rooms import ROOMS, room
from tests.mutants.source import Source

ROOT = Path(__file__).parents[2]
TOY = """
def may_vote(age: int) -> bool:
    return age >= 18


def wait(turns: int) -> int:
    while turns > 0:
        turns -= 1
    return turns
"""
TESTS = """
import pytest
from toy import may_vote, wait

@pytest.mark.parametrize(("age", "may"), [(17, False), (30, True)])
def test_may_vote(age: int, may: bool) -> None:
    assert may_vote(age) is may

def test_wait() -> None:
    assert wait(3) == 0
"""


def test_what_no_test_notices_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody asks about eighteen; a loop that never ends is ended, and counts as noticed."""
    monkeypatch.setattr("tests.mutants.running.PATIENCE", 2.0)
    files = {"toy.py": TOY, "test_toy.py": TESTS, "pytest.ini": "[pytest]\n"}
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    place = Ground(
        tmp_path, list(files), {"toy.py": Source("toy.py", TOY.encode())}, ["test_toy.py"], []
    )
    chosen = [
        fault for fault in sample(place, 99, 1) if fault.line == 3 or "turns += 1" in fault.after
    ]

    noticed = run(place, chosen, 1, tmp_path / "kept")

    written = capsys.readouterr().out
    assert len(chosen) - noticed == 2
    assert (
        "toy.py:3  comparison, 2 tests pass\n  - return age >= 18\n  + return age > 18" in written
    )
    assert "toy.py:3  number, 2 tests pass\n  - return age >= 18\n  + return age >= 19" in written
    assert any("turns += 1" in fault.after for fault in chosen)
    assert (tmp_path / "toy.py").read_text() == TOY


@pytest.mark.parametrize("name", ROOMS)
def test_every_room_has_files(name: str) -> None:
    one = ROOMS[name]
    assert [glob for glob in one.sources if not any(ROOT.glob(glob))] == []
    assert all(one.files(ROOT))


def test_a_path_has_the_tests_of_its_room() -> None:
    assert room("outreach/events/rsvp.py", ROOT).nearest == ROOMS["events"].nearest
    with pytest.raises(LookupError, match="no room and no path: nowhere"):
        room("nowhere", ROOT)


def test_every_reviewed_fault_is_still_there() -> None:
    for path, line, becomes in equivalent.reviewed():
        text = " ".join((ROOT / path).read_text().split())
        assert line in text, f"{path}: {line}"
        assert line != becomes
