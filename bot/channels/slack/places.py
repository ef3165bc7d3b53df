"""Where something was said, so that it is answered there: what ``Incoming.place`` holds.

``HOME`` and ``VIEW`` (a window, by ``view``) are answered in a window; ``WHISPER`` in ``channel``,
to one person alone, in the ``thread`` where there is one: through ``url`` (Slack's response_url,
which works in channels that the bot is not in), and in place of what was pressed there
(``replace``); ``THREAD`` is a thread of the chat with the bot; ``CHANNEL`` is said to everybody.
``push``: what comes of it is laid on top of the window, which is half filled in.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The kinds of places."""

    HOME = "home"
    VIEW = "view"
    WHISPER = "whisper"
    THREAD = "thread"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Place:
    """One place, see above."""

    kind: Kind
    channel: str = ""
    thread: str = ""
    url: str = ""
    replace: bool = False
    view: str = ""
    push: bool = False

    def __str__(self) -> str:
        return json.dumps({name: value for name, value in asdict(self).items() if value})

    @property
    def where(self) -> str:
        """As ``Incoming.where``."""
        return {
            Kind.HOME: "home",
            Kind.VIEW: "window",
            Kind.THREAD: "chat",
        }.get(self.kind, "channel")


def read(text: str | None) -> Place | None:
    """What ``str`` of a place gave."""
    if not text:
        return None
    held = json.loads(text)
    return Place(**{**held, "kind": Kind(held["kind"])})
