"""The command ``domov check``."""

from __future__ import annotations

import typer

from bot.cli.check.everything import look_over


def check() -> None:
    """Look everything over: what is wrong, and what to do.

    Settings, secret key, blueprint, translations, database, tokens (Telegram
    and Slack are asked) and addresses; a line each. PROBLEM keeps the program
    from working, REMARK does not. Nothing is changed, no secret is shown.

    Exit code 0: usable; 1: there is a PROBLEM.

    \b
    Example:
      domov check && domov run
    """
    if not look_over(typer.echo):
        raise typer.Exit(1)
