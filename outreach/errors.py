"""What can go wrong when staff start something. Messages are made for the reader."""

from __future__ import annotations

from collections.abc import Sequence


class OutreachError(Exception):
    """Something that staff wanted cannot be done."""


class NotFound(OutreachError):
    """There is no event, broadcast or audience of that key."""


class NotAllowed(OutreachError):
    """Whoever asked may not do this, or not for this organisation."""


class WrongState(OutreachError):
    """It cannot be done now: an over event is not announced, a sent broadcast not scheduled."""


class BadFile(OutreachError):
    """An event's or broadcast's file: ``problems`` names each with its line and remedy."""

    def __init__(self, name: str, problems: Sequence[str]) -> None:
        listed = "\n".join(f"  {problem}" for problem in problems)
        super().__init__(f"{name}: {len(problems)} thing(s) to mend\n{listed}")
        self.problems = tuple(problems)


class BadFilter(OutreachError):
    """An audience that cannot be read; the message points at the word."""
