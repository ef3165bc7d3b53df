"""What can be wrong with the running program. The message is made for whoever reads it.

BotError
├── BadSettings     settings that are wrong or half set: all of them at once
├── BadToken        a platform refuses our token
├── Unavailable     a platform cannot be reached at present
└── Misuse          a command was given what it can't work with
"""

from __future__ import annotations

from collections.abc import Sequence


class BotError(Exception):
    """Root of the package's errors."""


class BadSettings(BotError):
    """Settings are wrong or half set."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        lines = "\n".join(f"  {problem}" for problem in problems)
        super().__init__(f"The settings (environment or .env) need attention:\n{lines}")


class BadToken(BotError):
    """A platform refuses our token."""


class Unavailable(BotError):
    """A platform cannot be reached at present: trying again may help."""


class Misuse(BotError):
    """A command was given what it can't work with."""
