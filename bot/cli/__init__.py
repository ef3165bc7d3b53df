"""``domov``: the operator's and the coordinators' command line."""

from bot.cli.main import main

__all__ = ["main"]
