"""The command ``domov chat``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.chat.terminal import converse
from bot.cli.options import Language
from bot.errors import Misuse


def chat(
    language: Annotated[
        Language | None,
        typer.Option(help="The language to begin in; else the terminal's, as with every platform."),
    ] = None,
    record: Annotated[
        Path | None,
        typer.Option(help="Write the conversation here, as a test case.", metavar="FILE"),
    ] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Talk to the real database (DATABASE_URL).")
    ] = False,
    user: Annotated[
        str, typer.Option(help="Who you are: each name is a person of their own.", metavar="NAME")
    ] = "you",
) -> None:
    """Talk to the bot in this terminal.

    Type words, the number or the label of a button, or a /command; several
    numbers ("1 3 4") where several may be chosen. Ctrl-D ends.

    Nothing is kept unless --keep says so. What comes through a pipe is taken
    line by line, each a message.

    \b
    Examples:
      domov chat
      domov chat --language sk --user jana --keep
      domov chat --language sl --record tests/recorded/new.json
      printf 'hi\\n1\\n' | domov chat
    """
    if record is not None and keep:
        raise Misuse("--record needs a conversation from its very beginning: leave --keep out")
    if record is not None and not record.absolute().parent.is_dir():
        raise Misuse(f"--record: the folder {record.absolute().parent} does not exist; make it")
    locale = language.value if language else _terminal_language()
    converse(locale, record=record, keep=keep, user=user)


def _terminal_language() -> str | None:
    """What POSIX says the messages' language is: "sk_SK.UTF-8"."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(name):
            return os.environ[name].partition(".")[0]
    return None
