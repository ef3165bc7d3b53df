"""``domov run``."""

from __future__ import annotations

import asyncio
from asyncio import AbstractEventLoop
from collections.abc import Callable

import typer

from bot import app, life, logs, settings


def run() -> None:
    """Run all channels that have tokens, and the chat page.

    Stops on Ctrl-C or SIGTERM; what was not sent yet is sent at the next start.

    \b
    Examples:
      domov run
      PORT=8080 LOG_LEVEL=debug domov run
    """
    given = settings.read()
    logs.set_up(given.log_level, given.log_format, given.secrets)
    for remark in settings.unknown_names():
        typer.echo(f"Remark: .env: {remark}", err=True)
    built = app.build(given)
    names = ", ".join(name for name in built.channels if name not in ("preview", "demo"))
    typer.echo(f"Channels: {names or 'only the chat page; set tokens for Telegram and Slack'}")

    def ready(address: str) -> None:
        shown = "" if given.chat_page == "off" else " (chat page)"
        typer.echo(f"Domov listens on {address}{shown}")

    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(life.run(built, ready))


def _loop_factory() -> Callable[[], AbstractEventLoop] | None:
    """uvloop's, where there is one."""
    try:
        import uvloop  # noqa: PLC0415 - not on every platform
    except ImportError:
        return None
    return uvloop.new_event_loop
