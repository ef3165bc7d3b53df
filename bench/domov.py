"""Domov itself in a measurement: its command line, and the program on a new database."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from bench.botapi import TOKEN
from bench.processes import ROOT

DOMOV = [sys.executable, "-c", "from bot.cli import main; main()"]
RUN = [*DOMOV, "run"]


def ask(environment: dict[str, str], *words: str) -> None:
    """A command of the staff's."""
    told = subprocess.run(
        [*DOMOV, *words], check=False, cwd=ROOT, env=os.environ | environment,
        capture_output=True, text=True,
    )  # fmt: skip
    if told.returncode:
        raise SystemExit(f"domov {' '.join(words)}: {told.stdout}{told.stderr}")


def migrated(folder: Path, **settings: str) -> dict[str, str]:
    """The settings of a program on a migrated SQLite file in ``folder``, with those of its platform
    and whatever else differs."""
    environment = {
        "DATABASE_URL": f"sqlite:///{folder}/domov.sqlite3",
        "PREVIEW": "off",
        "PORT": "0",
        "LOG_LEVEL": "warning",
        **settings,
    }
    ask(environment, "migrate")
    return environment


def on_telegram(url: str, folder: Path, **settings: str) -> dict[str, str]:
    """The settings of a program that talks to the Bot API at ``url``; see :func:`migrated`."""
    return migrated(folder, TELEGRAM_BOT_TOKEN=TOKEN, TELEGRAM_API_URL=url, **settings)
