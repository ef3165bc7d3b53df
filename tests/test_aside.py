"""What is thought about in a process of its own, when nobody waits for it any more."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_a_killed_program_leaves_no_traceback_of_its_helper(tmp_path: Path) -> None:
    """Who asked is gone before the answer: there is nobody to tell, and nothing to complain of."""
    reads, writes = os.pipe()
    os.close(reads)
    errors = tmp_path / "errors"
    with errors.open("wb") as told:
        done = subprocess.run(
            [sys.executable, "-m", "bot.aside"],
            input=pickle.dumps((bytes, (10_000,))),
            stdout=writes,
            stderr=told,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            timeout=60,
            check=False,
        )
    os.close(writes)
    assert errors.read_text() == ""
    assert done.returncode == 0
