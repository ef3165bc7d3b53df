"""The other half of an auction: mentors with places left bid for seekers by asking less.

After seekers have bid, a mentor's price may be higher than what anybody would pay today. Reverse
auctions (Bertsekas and Castañon, "A forward/reverse auction algorithm for asymmetric assignment
problems", 1992) bring it down, until only those who are full ask anything.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from outreach.mentoring.market import CROWD, NEVER, PATIENCE, TURNS, Longs, Market

Places = npt.NDArray[np.intp]


class Columns:
    """A market's lists the other way round: for each mentor the seekers who may choose them."""

    def __init__(self, market: Market) -> None:
        seekers, places = np.nonzero(market.worth > NEVER)
        mentors = market.choice[seekers, places]
        order = np.argsort(mentors, kind="stable")
        self.seekers = seekers[order]
        self.worth: Longs = market.worth[seekers, places][order]
        self.begins = np.searchsorted(mentors[order], np.arange(market.m + 1))


class Discounts:
    """``columns`` of the same market."""

    def __init__(self, market: Market, columns: Columns) -> None:
        self.market, self.columns = market, columns
        self._free = market.free()
        self._held: Longs = np.zeros(market.n, dtype=np.int64)
        seated = market.seated()
        self._held[seated] = market.held(seated)

    def offer(self, epsilon: int) -> None:
        """Lower prices until (nearly) no place that costs anything is left; a few may be."""
        patience = PATIENCE
        for _ in range(TURNS):
            idle = np.flatnonzero((self._free > 0) & (self.market.price > 0))
            if not len(idle) or not patience:
                return
            patience -= len(idle) <= CROWD
            self._turn(idle, epsilon)

    def _turn(self, idle: Places, epsilon: int) -> None:
        market, columns = self.market, self.columns
        counts = np.diff(columns.begins)[idle]
        market.price[idle[counts == 0]] = 0
        idle, counts = idle[counts > 0], counts[counts > 0]
        if not len(idle):
            return
        ends = counts.cumsum()
        begins = ends - counts
        line = np.repeat(np.arange(len(idle)), counts)
        where = np.arange(ends[-1]) + (columns.begins[idle] - begins)[line]
        who = columns.seekers[where]
        profit = self._held - np.append(market.price, 0)[market.at]
        value = columns.worth[where] - profit[who]
        value[market.at[who] == idle[line]] = NEVER
        most = np.maximum.reduceat(value, begins)
        hits = np.flatnonzero(value == most[line])
        first = hits[np.unique(line[hits], return_index=True)[1]]
        value[first] = NEVER
        second = np.maximum.reduceat(value, begins)
        market.price[idle[most <= epsilon]] = 0
        wins = np.flatnonzero(most > epsilon)
        price = np.minimum(np.maximum(second - epsilon, 0), market.price[idle])
        self._move(who[first][wins], idle[wins], columns.worth[where[first]][wins], price[wins])

    def _move(self, who: Places, mentors: Places, worth: Longs, price: Longs) -> None:
        """Each seeker goes to the mentor who offers them the most, at the new price."""
        market = self.market
        order = np.lexsort((mentors, price - worth, who))
        order = order[np.unique(who[order], return_index=True)[1]]
        who, mentors = who[order], mentors[order]
        before = market.at[who]
        left = before[before < market.m]
        self._free += np.bincount(left, minlength=market.m)
        self._free[mentors] -= 1
        market.at[who] = mentors
        market.price[mentors] = price[order]
        self._held[who] = worth[order]
