"""The command as somebody runs it: a process of its own, in a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOMOV = (sys.executable, "-c", "from bot.cli import main; main()")
WAIT = 120.0  # seconds; a busy machine needs several to start Python


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


def environment(**settings: str) -> dict[str, str]:
    """An environment with these settings and none of the machine's own."""
    from bot.settings import Settings

    ours = {name.upper() for name in Settings.model_fields}
    clean = {name: value for name, value in os.environ.items() if name.upper() not in ours}
    return {**clean, "PYTHONPATH": str(ROOT), "COLUMNS": "200", "PYTHONUTF8": "1", **settings}


def domov(
    *arguments: str,
    folder: Path,
    settings: Mapping[str, str] | None = None,
    typed: str | bytes = "",
) -> Ended:
    """Run ``domov`` to its end; standard input is ``typed``."""
    given = typed.encode() if isinstance(typed, str) else typed
    done = subprocess.run(
        [*DOMOV, *arguments],
        cwd=folder,
        env=environment(**(settings or {})),
        input=given,
        capture_output=True,
        timeout=WAIT,
        check=False,
    )
    return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())
