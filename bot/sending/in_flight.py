"""How many messages to many may be on their way at once: as many as leave while one is answered.

That is Little's law: what is on its way is the rate times the time that an answer takes. Both are
measured. The rate is how many were answered between a message's start and its own answer, over
that time: so a platform that answers all at once after a standstill does not look fast. The time is
what an answer takes where none waits for another: with more on their way than needed no more
arrive, they only wait longer. So every ten seconds, where the limit was reached, fewer than needed
are let out until it is known what the middle one of them took.

Half as much again as needed is allowed: so it grows by half in the time of an answer where more
can go, and what waits in vain stays bounded. Near servers answer so quickly that it would be a
handful; ``LEAST`` keeps our own short pauses from being theirs. ``MOST`` is the bound of what a
crash can leave unknown, of the connections, and of the memory that they take. Pure: the caller
brings the clock (seconds).
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from statistics import median
from typing import NamedTuple

LEAST = 128
MOST = 1024
FEW = 16  # while nothing is known
MORE = 1.5
LOW = 0.75  # of what is needed, while it is measured how long an answer takes
MEASURED_FOR = 10.0  # seconds that such a measurement holds
ROUND = 0.25  # of the time of an answer, between two looks at what was answered
SHORTEST_ROUND = 0.025  # … and in seconds
ROUNDS = 16  # the best rate of so many counts: a pause of ours says nothing about the platform
SILENCE = 5.0  # seconds without a message after which nothing is known any more
LATE = 0.1  # seconds
TICK = 0.0001  # seconds: of what is answered sooner the clock tells nothing
SAMPLES = 500  # answers of a round that are enough to know how long one takes


class Start(NamedTuple):
    """When a message left, and how many had been answered by then."""

    at: float
    answered: int


@dataclass(slots=True)
class InFlight:
    """``allowed`` is how many may be on their way now: never more than ``most``, and never fewer
    than ``least`` once it is known how long an answer takes (``latency``, seconds; but for a moment
    while it is measured again). ``rate`` is in messages a second."""

    least: int = LEAST
    most: int = MOST
    allowed: int = field(init=False)
    rate: float = 0.0
    latency: float = 0.0
    _answered: int = 0
    _trusted: int = 0  # what left when fewer were answered says nothing
    _last_start: float = -math.inf
    _last_answer: float = -math.inf
    _rates: deque[float] = field(default_factory=lambda: deque(maxlen=ROUNDS))
    _measuring: bool = True
    _measured: float = -math.inf  # when
    _full: bool = False  # the limit was reached since then
    # This round: since when, the best rate that a message saw, and of those that say how long an
    # answer takes (they left after ``_clean``) what each took.
    _round: float = -math.inf
    _best: float = 0.0
    _clean: float = -math.inf
    _samples: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.allowed = self._size()

    def full(self) -> None:
        """More would leave now, were more allowed."""
        self._full = True

    def begun(self, now: float) -> Start:
        """A message leaves."""
        if now - max(self._last_start, self._last_answer) > SILENCE:
            self._rates.clear()
            self.rate = self.latency = 0.0
            self._measuring = True
            self._begin_round(now)
        self._last_start = now
        return Start(now, self._answered)

    def answered(self, start: Start, now: float) -> None:
        """It was taken or refused."""
        self._last_answer = now
        self._answered += 1
        took = max(now - start.at, TICK)
        if start.answered >= self._trusted:
            self._best = max(self._best, (self._answered - start.answered) / took)
        if start.at >= self._clean and len(self._samples) < SAMPLES:
            self._samples.append(took)
        if self._is_over(now):
            self._look(now)

    def failed(self) -> None:
        """The platform asks everybody to wait, cannot be reached, or lost an answer: as few as at
        first, until answers to what leaves from now on say otherwise."""
        self._rates.clear()
        self.rate = self._best = 0.0
        self._trusted = self._answered
        self.allowed = min(self.allowed, self._size())

    def pace(self, now: float) -> float:
        """Messages a second that are answered; none when no answer came for longer than it should
        take."""
        return self.rate if now - self._last_answer < 2 * self.latency + LATE else 0.0

    def _is_over(self, now: float) -> bool:
        if self._measuring:
            return len(self._samples) >= max(1, self.allowed // 2)
        return now - self._round >= max(ROUND * self.latency, SHORTEST_ROUND)

    def _look(self, now: float) -> None:
        """A round is over."""
        self._rates.append(self._best)
        self.rate = max(self._rates)
        due = now - self._measured >= MEASURED_FOR
        if self._measuring or (due and not self._full):
            self.latency = median(self._samples)
            self._measuring, self._measured, self._full = False, now, False
        elif due:
            self._measuring = True
        self._begin_round(now)

    def _begin_round(self, now: float) -> None:
        self._round, self._best = now, 0.0
        self._clean = now if self._measuring else -math.inf
        self._samples.clear()
        self.allowed = self._size()

    def _size(self) -> int:
        needed = self.rate * self.latency
        wanted = max(FEW, LOW * needed) if self._measuring else max(self.least, MORE * needed)
        return min(math.ceil(wanted), self.most)
