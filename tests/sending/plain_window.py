"""The window of places told plainly: every message is kept for ever, and each question is answered
by going through all of them. What :class:`bot.sending.window.Window` says must be the same."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from bot.sending.window import (
    CATCH_UP,
    EVENLY,
    JITTER,
    LEAST_LOOK,
    LONGEST,
    SAVED,
    SECOND,
    SHARE,
    SLACK,
    TALK,
    WAKES,
    Usual,
)


@dataclass(eq=False)
class Sent:
    """One message; ``until`` when its places are free again."""

    start: float
    parts: int
    bulk: bool
    until: float = math.inf
    answered: bool = False
    overtaken: bool = False


@dataclass
class PlainWindow:
    """``limit`` messages in any sliding second."""

    limit: int
    waiting: int = 0
    sent: list[Sent] = field(default_factory=list)
    usual: Usual = field(default_factory=Usual)
    stuck_until: float = -math.inf
    next_bulk: float = -math.inf
    saved: float = math.nan

    def __post_init__(self) -> None:
        self.saved = self.savings

    @property
    def savings(self) -> float:
        return max(SAVED * SLACK * self.limit, 2 * LONGEST)

    @property
    def gap(self) -> float:
        return EVENLY * SECOND / self.limit

    def take(self, now: float, *, bulk: bool, parts: int = 1) -> Sent:
        sent = Sent(now, parts, bulk)
        self.sent.append(sent)
        if bulk:
            self.next_bulk = max(self.next_bulk, now - CATCH_UP) + self.gap * parts
        return sent

    def answered(self, sent: Sent, now: float, *, well: bool = True) -> None:
        sent.answered = True
        others = [each for each in self.sent if not (each.answered or each.overtaken)]
        if others and others[0].start + LONGEST < now:
            self.stuck_until = now + WAKES
        if sent.parts > 1:
            sent.until = min(sent.until, now + SECOND)
        else:
            took = now - sent.start
            if well:
                self.usual.saw(took)
            late = max(took - self.usual.least + JITTER, 0.0)
            sent.until = min(sent.until, sent.start + self.honoured(late, now) + SECOND)
        for each in others:
            if each.start <= sent.start - LONGEST:
                each.overtaken = True
                if each.parts == 1:
                    each.until = now + SECOND

    def honoured(self, late: float, now: float) -> float:
        if late > LONGEST:
            self.stuck_until = now + WAKES
        if now < self.stuck_until:
            return late
        self.saved = min(self.savings, self.saved + SLACK)
        honoured = min(late, self.saved)
        self.saved -= honoured
        return honoured

    def held(self, now: float) -> list[Sent]:
        return [each for each in self.sent if each.until > now]

    def places(self, now: float, *, bulk: bool = False) -> int:
        return sum(each.parts for each in self.held(now) if each.bulk or not bulk)

    def free(self, now: float) -> int:
        return self.limit - self.places(now)

    def reply_wait(self, now: float) -> float:
        if self.places(now, bulk=True) == 0 or self.free(now) > 0:
            return 0.0
        return min(each.until for each in self.held(now)) - now

    def reserve(self, now: float) -> int:
        replies = [each.start for each in self.sent if not each.bulk]
        if not replies or now - replies[-1] >= TALK:
            return 0
        lately = sum(start + SECOND > now for start in replies)
        return min(max(1, math.ceil(math.sqrt(lately))), self.limit // 2)

    def room(self, now: float, ahead: float = 0.0) -> int:
        at = now + ahead
        paced = (at - max(self.next_bulk, now - CATCH_UP)) / self.gap
        if paced < 0:
            return 0
        places = self.free(at) - self.reserve(now) - self.waiting
        share = self.limit // SHARE - self.places(at, bulk=True)
        return max(0, min(max(places, share), int(paced) + 1))

    def fits(self, now: float, parts: int) -> bool:
        if parts == 1:
            return self.room(now) > 0
        left = self.limit - self.reserve(now) - self.waiting
        return self.next_bulk <= now and left - self.places(now) >= min(parts, max(1, left))

    def next_room(self, now: float) -> float:
        if self.room(now) > 0:
            return now
        if self.next_bulk > now and self.free(now) > self.reserve(now) + self.waiting:
            return self.next_bulk
        ends = [each.until for each in self.held(now) if math.isfinite(each.until)]
        if not ends:
            return now + max(self.gap, LEAST_LOOK)
        return max(min(ends), min(self.next_bulk, now + SECOND))
