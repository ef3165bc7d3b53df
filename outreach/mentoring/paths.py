"""Shortest paths in a market (Dijkstra): a seeker finds a place or an empty place its seeker, and
the prices along the way change at once by as much as many small bids would have changed them.

Lengths are what somebody loses by taking another mentor at today's prices. The market's rule,
that nobody would gain more than an epsilon elsewhere, is kept as it is.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from outreach.mentoring.discounts import Columns
from outreach.mentoring.market import NEVER, Longs, Market

FAR = 2**61


class Paths:
    """Looks for paths in a market as it is; make a new one after an auction."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self._free = market.free()
        self._holders: list[set[int]] = [set() for _ in range(market.m)]
        seated = market.seated()
        for seeker, mentor in zip(seated.tolist(), market.at[seated].tolist(), strict=True):
            self._holders[mentor].add(seeker)
        self._held: Longs = np.zeros(market.n, dtype=np.int64)
        self._held[seated] = market.held(seated)

    def seat(self, seekers: Iterable[int]) -> None:
        """Find each of these seekers a place, or who goes without instead; others may move."""
        for seeker in seekers:
            self._seat(seeker)
        seated = self.market.seated()
        at = self.market.at[seated]
        self.market.bid[seated] = np.maximum(self.market.bid[seated], self.market.price[at])

    def idle(self) -> list[int]:
        """The mentors who have places left and ask a price for them."""
        return np.flatnonzero((self._free > 0) & (self.market.price > 0)).tolist()

    def cheapen(self, columns: Columns) -> None:
        """Lower the price of each mentor who has places left until somebody takes them or it is
        nothing: only who is full may ask a price. ``columns`` of the same market."""
        self._columns = columns
        for mentor in self.idle():
            while self._free[mentor] > 0 and self.market.price[mentor] > 0:
                self._cheapen(mentor)

    def _start(self) -> None:
        self._distance: Longs = np.full(self.market.m, FAR, dtype=np.int64)
        self._open: Longs = self._distance.copy()  # the same, FAR for the mentors done with
        self._from: Longs = np.full(self.market.m, -1, dtype=np.int64)

    def _nearest(self, end: int) -> int | None:
        """The nearest mentor not done with; None when there is none before the end."""
        mentor = int(self._open.argmin())
        if self._open[mentor] >= end:
            return None
        self._open[mentor] = FAR
        return mentor

    def _seat(self, seeker: int) -> None:
        market = self.market
        self._start()
        gain = max(int(market.gains(np.array([seeker])).max(initial=NEVER)), 0)
        end, without, reached = gain, seeker, None  # whoever it ends with goes without …
        self._towards(seeker, 0, gain, end)
        while (mentor := self._nearest(end)) is not None:
            here, price = int(self._distance[mentor]), int(market.price[mentor])
            if self._free[mentor] > 0:
                end, reached = here, mentor  # … or takes this place
                break
            for holder in sorted(self._holders[mentor]):
                gain = max(int(self._held[holder]) - price, 0)
                if here + gain < end:
                    end, without = here + gain, holder
                self._towards(holder, here, gain, end)
        near = self._distance < end
        market.price[near] += end - self._distance[near]
        if reached is None:
            reached = self._leave(without)
        self._lead(seeker, reached)

    def _towards(self, seeker: int, here: int, gain: int, end: int) -> None:
        """What mentors this seeker could take instead, who gains ``gain`` with the present one."""
        choice = self.market.choice[seeker]
        length = gain - self.market.worth[seeker] + self.market.price[choice]
        length = np.maximum(length, 0) + here
        shorter = length < np.minimum(self._distance[choice], end)
        mentors, length = choice[shorter], length[shorter]
        self._distance[mentors] = length
        self._open[mentors] = length
        self._from[mentors] = seeker

    def _lead(self, seeker: int, mentor: int | None) -> None:
        """Move everybody on the path that ends with this free place."""
        while mentor is not None:
            mover = int(self._from[mentor])
            before = None if mover == seeker else self._leave(mover)
            self._take(mover, mentor)
            mentor = before

    def _leave(self, seeker: int) -> int | None:
        market = self.market
        mentor = int(market.at[seeker])
        market.at[seeker] = market.m
        self._held[seeker] = 0
        if not 0 <= mentor < market.m:
            return None
        self._holders[mentor].discard(seeker)
        self._free[mentor] += 1
        return mentor

    def _take(self, seeker: int, mentor: int) -> None:
        market = self.market
        market.at[seeker] = mentor
        market.bid[seeker] = market.price[mentor]
        self._holders[mentor].add(seeker)
        self._free[mentor] -= 1
        mine = market.choice[seeker] == mentor
        self._held[seeker] = market.worth[seeker][mine].max()

    def _cheapen(self, empty: int) -> None:
        market = self.market
        self._start()
        self._by: Longs = self._from.copy()
        price = np.append(market.price, 0)
        self._distance[empty] = 0
        mentor: int | None = empty
        end, reached, newcomer = int(price[empty]), empty, None
        while mentor is not None:
            here = int(self._distance[mentor])
            if here + price[mentor] < end:
                end, reached, newcomer = here + int(price[mentor]), mentor, None
            who, length = self._attracted(mentor, here, price, end)
            outside = market.at[who] == market.m
            if outside.any():
                nearest = int(length[outside].argmin())
                end, reached = int(length[outside][nearest]), mentor
                newcomer = int(who[outside][nearest])
            self._back(mentor, who[~outside], length[~outside])
            mentor = self._nearest(end)
        near = self._distance < end
        market.price[near] -= end - self._distance[near]
        self._pull(empty, reached, newcomer)

    def _attracted(
        self, mentor: int, here: int, price: Longs, end: int
    ) -> tuple[npt.NDArray[np.intp], Longs]:
        """Whom this mentor could win by a lower price, and at what distance."""
        columns = self._columns
        column = slice(columns.begins[mentor], columns.begins[mentor + 1])
        who = columns.seekers[column]
        at = self.market.at[who]
        gain = self._held[who] - price[at]
        length = np.maximum(gain - columns.worth[column] + price[mentor], 0) + here
        near = (at != mentor) & (length < end)
        return who[near], length[near]

    def _back(self, mentor: int, who: npt.NDArray[np.intp], length: Longs) -> None:
        at = self.market.at[who]
        shorter = np.flatnonzero(length < self._distance[at])
        # Of several who have the same mentor the nearest is written last.
        shorter = shorter[np.argsort(-length[shorter], kind="stable")]
        at = at[shorter]
        self._distance[at] = length[shorter]
        self._open[at] = length[shorter]
        self._from[at] = who[shorter]
        self._by[at] = mentor

    def _pull(self, empty: int, mentor: int, newcomer: int | None) -> None:
        """Move everybody on the path from ``mentor`` back to the empty place."""
        if newcomer is not None:
            self._take(newcomer, mentor)
        while mentor != empty:
            mover, to = int(self._from[mentor]), int(self._by[mentor])
            self._leave(mover)
            self._take(mover, to)
            mentor = to
