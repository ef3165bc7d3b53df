"""At most so many messages in any second, counted where they arrive: at the platform.

A limit of 30 a second is 30 places. A message holds one from its start until a second after it
must have arrived. When is that? At the latest when it was answered, or when another was answered
that was started a good while later: so a platform that is stuck for a while gets no more than 30 at
once when it wakes. Mostly it is sooner: what an answer took longer than answers usually take is
what the message can have been late by. Of that, ``SLACK`` is honoured on average: what most
messages leave of it is saved for those that meet a traffic jam, up to ``LONGEST``; beyond that it
is no traffic any more but a standstill, and honoured in full. So 30 places give over 29.4 messages
a second, and never 31 in one.

Messages to many take their places evenly spread, and leave some free while people talk, so that a
reply finds one at once. A quarter of the places is theirs whatever happens, so that one person who
floods the bot does not stop a broadcast. Pure: the caller brings the clock (seconds).
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections import OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field

SECOND = 1.0
SLACK = 0.016  # 30 places at 1.016 s each are 98.4 % of 30 a second
LONGEST = 0.25  # a delay beyond it is a standstill
WAKES = 0.1  # seconds within which it answers everybody after a standstill
SAVED = 2.0  # seconds' worth of slack that are kept
JITTER = 0.005  # no two roads are equally long twice
FEW = 10  # answers that do not yet say how long they usually take
SAMPLES = 100  # answers after which it is looked anew how long they usually take
LEAST_LOOK = 0.005  # seconds between two looks for a place
EVENLY = 0.97  # of the time between two places: who comes late may catch up
CATCH_UP = 0.02
SHARE = 4
TALK = 5.0  # after so many seconds of silence no place is kept for replies


@dataclass(slots=True, eq=False)
class Hold:
    """A message's place (or several, for one of several parts), from ``start`` to ``until``
    (for ever, while nobody knows that it arrived)."""

    start: float
    parts: int
    bulk: bool
    until: float = math.inf


@dataclass(slots=True)
class Usual:
    """The shortest answer of the last hundred or two, in seconds."""

    now: float = math.inf
    before: float = math.inf
    count: int = 0

    def saw(self, seconds: float) -> None:
        self.now = min(self.now, seconds)
        self.count += 1
        if self.count >= SAMPLES:
            self.before, self.now, self.count = self.now, math.inf, 0

    @property
    def least(self) -> float:
        """Nothing as long as there are few."""
        known = math.isfinite(self.before) or self.count >= FEW
        return min(self.now, self.before) if known else 0.0


@dataclass(slots=True)
class Window:
    """``limit`` messages in any sliding second.

    ``waiting`` is how many replies wait for a place; messages to many leave them that many.

    Each held place is in one of three collections, whatever happens, so they never hold more than
    there are messages on their way or sent a second ago:

    - ``_unanswered``: nobody knows that it arrived; by its start;
    - ``_overtaken``: not answered, but arrived for certain; by its end. (What is of several parts
      is in neither after it was overtaken, and in the next when it is answered);
    - ``_ending``: answered; a heap by its end.
    """

    limit: int
    waiting: int = 0
    _unanswered: OrderedDict[Hold, None] = field(default_factory=OrderedDict)
    _overtaken: OrderedDict[Hold, None] = field(default_factory=OrderedDict)
    _ending: list[tuple[float, int, Hold]] = field(default_factory=list)
    _count: int = 0
    _held: int = 0
    _bulk: int = 0
    _usual: Usual = field(default_factory=Usual)
    _replies: deque[float] = field(default_factory=deque)  # of the last second
    _last_reply: float = -math.inf
    _next_bulk: float = -math.inf
    _stuck_until: float = -math.inf
    _saved: float = field(init=False)  # seconds of slack that may be used up

    def __post_init__(self) -> None:
        self._saved = self._savings

    @property
    def _savings(self) -> float:
        return max(SAVED * SLACK * self.limit, 2 * LONGEST)

    @property
    def gap(self) -> float:
        """Seconds between two messages to many."""
        return EVENLY * SECOND / self.limit

    def take(self, now: float, *, bulk: bool, parts: int = 1) -> Hold:
        """Start a message now, whether or not there is room (see the other methods)."""
        self._free(now)
        hold = Hold(now, parts, bulk)
        self._unanswered[hold] = None
        self._held += parts
        if bulk:
            self._bulk += parts
            self._next_bulk = max(self._next_bulk, now - CATCH_UP) + self.gap * parts
        else:
            self._last_reply = now
            self._replies.append(now)
        return hold

    def answered(self, hold: Hold, now: float, *, well: bool = True) -> None:
        """The platform took it (``well``), refused it, or nobody knows."""
        self._free(now)
        took = now - hold.start
        self._unanswered.pop(hold, None)
        oldest = next(iter(self._unanswered), None)
        if oldest is not None and oldest.start + LONGEST < now:  # nobody was answered for a while
            self._stuck_until = now + WAKES
        if hold.parts > 1:  # the last may have arrived just now
            self._ends(hold, now + SECOND)
        else:
            if well:
                self._usual.saw(took)
            late = took - self._usual.least + JITTER
            self._ends(hold, hold.start + self._honoured(max(late, 0.0), now) + SECOND)
        self._overtake(hold.start - LONGEST, now)

    def _overtake(self, before: float, now: float) -> None:
        """What was started before then has arrived by now: others were answered that were started
        later."""
        waiting = self._unanswered
        while waiting and (hold := next(iter(waiting))).start <= before:
            del waiting[hold]
            if hold.parts == 1:
                hold.until = now + SECOND
                self._overtaken[hold] = None

    def _honoured(self, late: float, now: float) -> float:
        """How much of a message's delay holds its place longer."""
        if late > LONGEST:
            self._stuck_until = now + WAKES
        if now < self._stuck_until:
            return late
        self._saved = min(self._savings, self._saved + SLACK)
        honoured = min(late, self._saved)
        self._saved -= honoured
        return honoured

    def _ends(self, hold: Hold, until: float) -> None:
        """It was answered: its places are free then, or sooner when it was overtaken before."""
        if math.isfinite(hold.until):
            if hold not in self._overtaken:
                return  # they are free already
            del self._overtaken[hold]
        hold.until = min(hold.until, until)
        self._count += 1
        heapq.heappush(self._ending, (hold.until, self._count, hold))

    def free(self, now: float) -> int:
        """How many places are free; negative when replies took more than there are."""
        self._free(now)
        return self.limit - self._held

    def reply_wait(self, now: float) -> float:
        """Seconds until a reply finds a place; none when no message to many is in its way."""
        self._free(now)
        if self._bulk == 0 or self._held < self.limit:
            return 0.0
        return max(0.0, self._first_end - now)

    def reserve(self, now: float) -> int:
        """Places that messages to many leave free: the root of the replies in the last second.

        Replies come by chance; of ``k`` expected, ``k`` plus a few roots of ``k`` may come
        (square-root staffing), and the ``k`` take up their own places again.
        """
        if now - self._last_reply >= TALK:
            return 0
        self._free(now)
        return min(max(1, math.ceil(math.sqrt(len(self._replies)))), self.limit // 2)

    def room(self, now: float, ahead: float = 0.0) -> int:
        """How many messages to many may start by ``now + ahead``."""
        self._free(now)
        at = now + ahead
        paced = (at - max(self._next_bulk, now - CATCH_UP)) / self.gap
        if paced < 0:
            return 0
        freed, freed_bulk = self._freed_by(at)
        places = self.limit - self._held + freed - self.reserve(now) - self.waiting
        share = self.limit // SHARE - self._bulk + freed_bulk
        return max(0, min(max(places, share), int(paced) + 1))

    def fits(self, now: float, parts: int) -> bool:
        """Whether a message to many of so many parts may start now."""
        if parts == 1:
            return self.room(now) > 0
        left = self.limit - self.reserve(now) - self.waiting
        return self._next_bulk <= now and left - self._held >= min(parts, max(1, left))

    def next_room(self, now: float) -> float:
        """When it is worth asking again for room: now, or the next time something changes."""
        if self.room(now) > 0:
            return now
        if self.limit - self._held > self.reserve(now) + self.waiting:
            return self._next_bulk  # there are places: only the pace is in the way
        first = self._first_end
        if math.isinf(first) or first <= now:  # nobody knows
            return now + max(self.gap, LEAST_LOOK)
        return max(first, min(self._next_bulk, now + SECOND))

    @property
    def _first_end(self) -> float:
        """When the next place becomes free; never, as far as anybody knows, is infinite."""
        answered = self._ending[0][0] if self._ending else math.inf
        overtaken = next(iter(self._overtaken)).until if self._overtaken else math.inf
        return min(answered, overtaken)

    def _free(self, now: float) -> None:
        """Let go of what is over."""
        while self._ending and self._ending[0][0] <= now:
            self._let_go(heapq.heappop(self._ending)[2])
        while self._overtaken and next(iter(self._overtaken)).until <= now:
            self._let_go(self._overtaken.popitem(last=False)[0])
        while self._replies and self._replies[0] + SECOND <= now:
            self._replies.popleft()

    def _let_go(self, hold: Hold) -> None:
        self._held -= hold.parts
        if hold.bulk:
            self._bulk -= hold.parts

    def _freed_by(self, at: float) -> tuple[int, int]:
        """Places held now that will be free at ``at``, and how many of them by messages to many."""
        freed = bulk = 0
        for hold in self._ending_by(at):
            freed += hold.parts
            bulk += hold.parts if hold.bulk else 0
        return freed, bulk

    def _ending_by(self, at: float) -> Iterator[Hold]:
        """A walk over the heap's top, and over the first of the overtaken."""
        heap, look = self._ending, [0]
        while look:
            index = look.pop()
            if index < len(heap) and heap[index][0] <= at:
                yield heap[index][2]
                look += (2 * index + 1, 2 * index + 2)
        yield from itertools.takewhile(lambda hold: hold.until <= at, self._overtaken)
