"""``python -m tests.recorded``: write the recorded cases anew, with today's words.

``--check`` only says which have changed (exit code 1), with the first difference.
A new case is made with ``domov chat --language sl --record tests/recorded/NAME.json``.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from bot.cli.chat import recording
from storage.database import Database
from storage.migrate import migrate
from tests.recorded.cases import CASES, replay


def replayed(path: Path) -> dict[str, object]:
    """The case as it reads today."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/replay.sqlite3"
        migrate(url)
        database = Database.open(url)
        try:
            return replay(recording.read(path), database)
        finally:
            database.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.recorded", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing")
    only_check = parser.parse_args().check
    changed = 0
    for path in CASES:
        now = replayed(path)
        if now != recording.read(path):
            changed += 1
            print(f"{path.name}: {'differs' if only_check else 'written anew'}")
            if not only_check:
                recording.write(now, path)
    print(f"{len(CASES)} cases, {changed} changed")
    sys.exit(1 if only_check and changed else 0)


if __name__ == "__main__":
    main()
