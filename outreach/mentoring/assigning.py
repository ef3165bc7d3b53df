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

from outreach.mentoring.candidates import Candidates, Pairs, Priced
from outreach.mentoring.discounts import Columns, Discounts
from outreach.mentoring.market import CROWD, Longs, Market
from outreach.mentoring.paths import Paths

LISTED = 64  # mentors in each seeker's list
FINER = 5  # each epsilon is so much smaller than the one before
COARSE = 64  # the first is this part of the highest score
LOOKS = 3  # all pairs are looked at so often at first
ENOUGH = 6  # and so often later before lists become longer
FEW = 100  # so few seekers are settled at once, not by and by
TIGHT = 0.1  # places are few when so many mentors have a price
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
        self.looks = 0
        count = pairs.m if self.whole else LISTED
        self.market = Market(*self.candidates.first(count), places)

    def assigned(self) -> Assigned:
        first = self._coarsest()
        self._settle(first)
        if not self.whole:
            self._roughly(first)
        self._refine(first, first)
        while (found := self._look(1)).lacking:
            if found.lacking <= FEW:
                self._settle(1, crowd=FEW)
            else:
                self._refine(min(found.worst, first), 0)
        return self._result(found.most)

    def _roughly(self, epsilon: int) -> None:
        """The lists that the first prices ask for: others for everybody where most mentors have
        a price, for whoever lacks somebody where they have not."""
        tight = bool((self.market.price > 0).mean() > TIGHT)
        for look in range(LOOKS):
            lacking = self._look(epsilon, everybody=tight and not look).lacking
            self.market.lower(epsilon)
            self._settle(epsilon)
            if lacking <= FEW:
                return

    def _coarsest(self) -> int:
        """An epsilon to begin with: prices can rise as high as the highest score."""
        worth = self.market.worth
        return max(int(worth.max()) // COARSE, 1)

    def _refine(self, epsilon: int, above: int) -> None:
        """Settle with ever smaller epsilons, down to 1; prices may be too high by ``above``."""
        while True:
            epsilon = max(epsilon // FINER, 1)
            self.market.lower(above)
            self._settle(epsilon)
            if epsilon == 1:
                return
            above = epsilon

    def _settle(self, epsilon: int, crowd: int = CROWD) -> None:
        """Bring the market to rest: within epsilon, nobody would rather have another, and only who
        is full asks a price."""
        market = self.market
        market.loosen(epsilon)
        rest = market.auction(epsilon, crowd)
        paths = Paths(market)
        paths.seat(rest.tolist())
        if paths.idle():
            columns = Columns(market)
            Discounts(market, columns).offer(epsilon)
            Paths(market).cheapen(columns)

    def _look(self, epsilon: int, everybody: bool = False) -> Priced:
        """Look at all pairs; whoever would gain more than epsilon with somebody new (or everybody)
        gets a new list, a longer one when it has often been too short."""
        self.looks += 1
        count = LISTED << max(self.looks - LOOKS - ENOUGH, 0)
        found = self.candidates.priced(self.market, epsilon, count, everybody)
        self.market.relist(found.rows, found.choice, found.worth)
        return found

    def _result(self, most: Longs) -> Assigned:
        market = self.market
        seated = market.seated()
        total = int(market.held(seated).sum()) // self.scale
        bound = (int(most.sum()) + int((market.price * market.places).sum())) // self.scale
        pairs = zip(seated.tolist(), market.at[seated].tolist(), strict=True)
        return Assigned(tuple(pairs), total, bound)
