"""What can go wrong when staff start something. Messages are made for the reader."""

from __future__ import annotations

from collections.abc import Sequence

from outreach.told import Listed, Sayable, Told


class OutreachError(Exception):
    """Something that staff wanted cannot be done. ``told`` says why, in any language; None where
    only the command line (or nobody) shows it, in the English it was raised with."""

    def __init__(self, why: Sayable | str = "") -> None:
        super().__init__(why)
        self.told: Sayable | None = None if isinstance(why, str) else why


class NotFound(OutreachError):
    """There is no event, broadcast or audience of that key."""


class NotAllowed(OutreachError):
    """Whoever asked may not do this, or not for this organisation."""


class WrongState(OutreachError):
    """It cannot be done now: an over event is not announced, a sent broadcast not scheduled."""


class BadFile(OutreachError):
    """An event's or broadcast's file: ``problems`` names each with its line and remedy."""

    def __init__(self, name: str, problems: Sequence[str | Told]) -> None:
        self.problems = tuple(map(str, problems))
        listed = "\n".join(f"  {problem}" for problem in self.problems)
        super().__init__(f"{name}: {len(problems)} thing(s) to mend\n{listed}")
        sentences = tuple(each for each in problems if isinstance(each, Told))
        if len(sentences) == len(problems):
            self.told = Listed(sentences)


class BadFilter(OutreachError):
    """An audience that cannot be read; the message points at the word."""
