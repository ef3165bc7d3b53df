"""What goes to many people is confirmed by its number."""

from __future__ import annotations

import sys

import typer

from bot.errors import Misuse


def confirm_count(what: str, count: int, *, sure: bool) -> None:
    """Say what would happen (``what`` holds the count: "send this to 1,204 people") and go on
    only when it was said beforehand (``--yes``) or the number is typed. Raises Misuse otherwise.
    """
    typer.echo(f"This will {what}.", err=True)
    if sure:
        return
    if not sys.stdin.readable():
        raise Misuse("nobody there to ask; --yes does it without")
    typer.echo(f"Type {count} to go on, anything else to leave it: ", err=True, nl=False)
    if sys.stdin.readline().strip().replace(",", "").replace(" ", "") != str(count):
        raise Misuse("nothing was done (the number was not typed; --yes does it without asking)")
