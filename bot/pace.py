"""How much of one person is played in a minute, so that nobody is drowned out by somebody's taps.

Each account of a person has points, which come back with time. Whoever waits for an answer
before the next word pays one point for it, and hardly ever meets the end of them; what comes while
several answers are still on their way costs :data:`EARLY` times as much. What has no points left
is not played at all: no row, no reply but one kind word, until most of the points are back.

In memory, a process each: a restart makes everybody's points whole.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

Key: TypeAlias = tuple[str, str, str]  # channel, account, user

POINTS = 200.0
A_SECOND = 4.0
"""Points that come back: faster than anybody reads, slow enough for ten who hammer."""
AWAITED = 3
"""Answers that may be on their way when somebody goes on: a question, the tick on the last one."""
EARLY = 8.0
BACK = 120.0
"""Points with which somebody who had none left is heard again: after half a minute."""
LOOKED_UP = 10.0  # what is looked up beside the turns: everything held of a person, an audience
WITH_FILE = 4.0
A_CHARACTER = 0.0001  # of a file: it is written, sent and forgotten again
MOST = 10_000  # people remembered; of more, those who were quiet longest are forgotten


class Heard(Enum):
    """What becomes of an event."""

    PLAYED = "played"
    TOLD = "told"  # too much; the person hears so, once
    IGNORED = "ignored"


@dataclass(slots=True)
class _Purse:
    points: float
    at: float
    in_hand: int = 0
    told: bool = False


class Pace:
    """``clock`` tells seconds that never go back."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._purses: OrderedDict[Key, _Purse] = OrderedDict()

    def enter(self, key: Key, waiting: int) -> tuple[Heard, float]:
        """An event came, while ``waiting`` messages are on their way to the same chat: what becomes
        of it, and its price. What is PLAYED ends with :meth:`leave`."""
        purse = self._purse(key)
        price = _price(purse.in_hand + waiting)
        if purse.told:
            purse.told = purse.points < BACK
        if purse.told:
            return Heard.IGNORED, 0.0
        if purse.points < price:
            purse.told = True
            return Heard.TOLD, 0.0
        purse.points -= price
        purse.in_hand += 1
        return Heard.PLAYED, price

    def leave(self, key: Key, *, more: float = 0.0) -> None:
        """The event was dealt with, and cost so many points ``more``; its price comes back
        (``-price``) where it was not played after all."""
        purse = self._purse(key)
        purse.in_hand = max(0, purse.in_hand - 1)
        purse.points = min(POINTS, purse.points - more)

    def unsay(self, key: Key) -> None:
        """What was too much was no word of theirs: whoever goes on is told."""
        self._purse(key).told = False

    def charge(self, key: Key, more: float) -> None:
        """What was looked up for them cost so many points."""
        self._purse(key).points -= more

    def _purse(self, key: Key) -> _Purse:
        now = self._clock()
        purse = self._purses.get(key)
        if purse is None:
            purse = self._purses[key] = _Purse(POINTS, now)
            if len(self._purses) > MOST:
                self._purses.popitem(last=False)
        purse.points = min(POINTS, purse.points + (now - purse.at) * A_SECOND)
        purse.at = now
        self._purses.move_to_end(key)
        return purse


def _price(unanswered: int) -> float:
    return 1.0 if unanswered <= AWAITED else EARLY
