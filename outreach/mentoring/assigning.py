"""A round: all seekers and all places at once, so that the sum of scores is the highest there is.

Most seekers need only their best few mentors to be looked at. A market of these (see
:mod:`outreach.mentoring.market`) gives an assignment and a price for each mentor. At these prices
all pairs are looked at: whoever would gain with a mentor who is not in their list gets them into
it, and the market goes on. When nobody would, the prices prove the result (linear programming's
duality): no assignment of these people can reach more than all seekers' gains and all places'
prices together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from outreach.mentoring.candidates import Candidates, Pairs
from outreach.mentoring.market import NEVER, Longs, Market
from outreach.mentoring.paths import Paths

LISTED = 64  # mentors in each seeker's first list …
MORE = 16  # … and how many come into it at once
FINER = 5  # each epsilon is so much smaller than the one before
COARSE = 64  # the first is this part of what scores differ by
LOOKS = (0, 3)  # after which of them all pairs are looked at; at the end it is done anyway
SMALL = 250_000  # so few pairs are looked at wholly


@dataclass(frozen=True, slots=True)
class Assigned:
    """``pairs`` of (seeker, mentor), by seeker; ``total`` the sum of their scores, ``bound`` what
    no assignment can exceed: equal when this one is proved to be the best."""

    pairs: tuple[tuple[int, int], ...]
    total: int
    bound: int


def assign(pairs: Pairs, places: Sequence[int]) -> Assigned:
    """The pairs whose scores have the highest sum, each seeker once at most and each mentor as
    often as they have places. The same for the same scores; of several equally good ones any."""
    room: Longs = np.maximum(np.array(places, dtype=np.int64), 0).reshape(pairs.m)
    if not pairs.n or not room.any():
        return Assigned((), 0, 0)
    return _Round(pairs, room).assigned()


class _Round:
    def __init__(self, pairs: Pairs, places: Longs) -> None:
        # Scores are whole: with an epsilon below 1/n the best cannot be missed.
        self.scale = pairs.n + 1
        self.whole = pairs.n * pairs.m <= SMALL
        self.candidates = Candidates(pairs, places, self.scale)
        count = pairs.m if self.whole else LISTED
        self.market = Market(*self.candidates.first(count), places)

    def assigned(self) -> Assigned:
        before = 0
        for number, epsilon in enumerate(self._epsilons()):
            self.market.lower(before)
            self._settle(epsilon)
            if number in LOOKS and not self.whole:
                self._widen(epsilon)
            before = epsilon
        while self._widen(1):
            pass
        return self._result()

    def _epsilons(self) -> list[int]:
        worth = self.market.worth
        known = np.where(worth > NEVER, worth, worth.max(axis=1, keepdims=True))
        differ = int((known.max(axis=1) - known.min(axis=1)).max())
        found = [max(differ // COARSE, 1)]
        while found[-1] > 1:
            found.append(max(found[-1] // FINER, 1))
        return found

    def _settle(self, epsilon: int) -> None:
        """Bring the market to rest: within epsilon, nobody would rather have another."""
        self.market.loosen(epsilon)
        rest = self.market.auction(epsilon)
        paths = Paths(self.market)
        paths.seat(rest.tolist())
        paths.cheapen()

    def _widen(self, epsilon: int) -> int:
        """Look at all pairs, and settle anew with those that matter. Gives how many seekers lacked
        any."""
        market = self.market
        found = self.candidates.priced(market.price, market.profit(), market.choice, epsilon, MORE)
        self.most = found.most
        if found.lacking:
            market.extend(found.choice, found.worth)
            self._settle(epsilon)
        return found.lacking

    def _result(self) -> Assigned:
        market = self.market
        seated = market.seated()
        total = int(market.held(seated).sum()) // self.scale
        bound = (int(self.most.sum()) + int((market.price * market.places).sum())) // self.scale
        pairs = zip(seated.tolist(), market.at[seated].tolist(), strict=True)
        return Assigned(tuple(pairs), total, bound)
