"""A market: seekers bid for mentors' places until nobody would rather have another.

The auction algorithm of Bertsekas ("Linear Network Optimization", 1991, chapter 4) with epsilon
scaling, for mentors with several places and seekers who may go without. All who look bid at once
(arrays instead of loops); the last few, whose bids would only drive up prices step by step, are led
to a place by shortest paths instead (:mod:`outreach.mentoring.paths`).

What holds after every step, within an epsilon: nobody would gain more elsewhere than where they
are, at the prices that are asked. Therefore prices prove how good the assignment is.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Longs = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

NEVER = -(2**60)
LOOKING = -1  # in ``at``: bids in the next turn
CROWD = 24  # so few bidders: paths are faster
PATIENCE = 40  # turns of so few bidders before paths are looked for
TURNS = 20_000  # nor is there ever an auction of more


class Market:
    """``choice``, ``worth``: of shape (n, k), for each seeker the mentors who come into question
    and what they are worth to them (NEVER: no such pair). ``places`` of each of m mentors.

    ``price`` of a place with each mentor; ``at`` the mentor whom each seeker has, ``m`` for those
    who go without, LOOKING; ``bid`` what they would pay for the place they have.
    """

    def __init__(self, choice: Longs, worth: Longs, places: Longs) -> None:
        self.choice, self.worth, self.places = choice, worth, places
        self.n, self.m = len(choice), len(places)
        self.price: Longs = np.zeros(self.m, dtype=np.int64)
        self.at: Longs = np.full(self.n, LOOKING, dtype=np.int64)
        self.bid: Longs = np.zeros(self.n, dtype=np.int64)

    def relist(self, rows: npt.NDArray[np.intp], choice: Longs, worth: Longs) -> None:
        """Other mentors for some of the seekers to choose from, those they have among them."""
        wider = choice.shape[1] - self.choice.shape[1]
        if wider > 0:  # whom they know already stands there once more, worth nothing
            self.choice = np.pad(self.choice, ((0, 0), (0, wider)), mode="edge")
            self.worth = np.pad(self.worth, ((0, 0), (0, wider)), constant_values=NEVER)
        self.choice[rows, : choice.shape[1]] = choice
        self.worth[rows, : choice.shape[1]] = worth
        self.choice[rows, choice.shape[1] :] = choice[:, -1:]
        self.worth[rows, choice.shape[1] :] = NEVER

    def gains(self, who: npt.NDArray[Any] | slice = slice(None)) -> Longs:
        """What each of the mentors who come into question is worth, less the price."""
        found: Longs = self.worth[who] - self.price[self.choice[who]]
        return found

    def seated(self) -> npt.NDArray[np.intp]:
        """The seekers who have a mentor."""
        return np.flatnonzero((self.at >= 0) & (self.at < self.m))

    def held(self, who: npt.NDArray[Any]) -> Longs:
        """What the mentors whom these seekers have are worth to them."""
        mine = self.choice[who] == self.at[who][:, None]
        found: Longs = np.where(mine, self.worth[who], NEVER).max(axis=1, initial=NEVER)
        return found

    def free(self) -> Longs:
        """Places left."""
        taken = np.bincount(self.at[self.seated()], minlength=self.m)
        left: Longs = self.places - taken
        return left

    def lower(self, by: int) -> None:
        """Take back what prices may have risen too high."""
        self.price = np.maximum(self.price - by, 0)

    def loosen(self, epsilon: int) -> None:
        """Let everybody look again who would gain more than ``epsilon`` elsewhere."""
        gains = self.gains()
        mine = self.choice == self.at[:, None]
        held = np.where(mine, self.worth, NEVER).max(axis=1, initial=NEVER)
        gains[mine] = NEVER
        other = np.maximum(gains.max(axis=1, initial=NEVER), 0)
        self.bid = held - other + epsilon
        seated = (self.at >= 0) & (self.at < self.m)
        price = np.append(self.price, [0, 0])[self.at]
        self.at[seated & (self.bid < price)] = LOOKING
        self.at[(self.at == self.m) & (other > epsilon)] = LOOKING

    def profit(self) -> Longs:
        """What everybody gains where they are; nothing for those who go without."""
        found: Longs = np.zeros(self.n, dtype=np.int64)
        seated = self.seated()
        found[seated] = self.held(seated) - self.price[self.at[seated]]
        return found

    def auction(self, epsilon: int, crowd: int = CROWD) -> npt.NDArray[np.intp]:
        """Bid until (nearly) nobody looks: until no more than ``crowd`` have bid in vain for a
        while. Gives those who still do."""
        looking = np.flatnonzero(self.at == LOOKING)
        patience = PATIENCE
        for _ in range(TURNS):
            if not len(looking) or not patience:
                break
            patience -= len(looking) <= crowd
            looking = self._turn(looking, epsilon)
        return np.sort(looking)

    def _turn(self, who: npt.NDArray[np.intp], epsilon: int) -> npt.NDArray[np.intp]:
        gains, line = self.gains(who), np.arange(len(who))
        first = gains.argmax(axis=1)
        most = gains[line, first]
        target = self.choice[who, first]
        gains[line, first] = NEVER
        second = np.maximum(gains.max(axis=1, initial=NEVER), 0)
        self.at[who[most <= 0]] = self.m
        bids = most > 0
        who, target = who[bids], target[bids]
        offer = self.price[target] + (most - second)[bids] + epsilon
        return self._sell(who, target, offer)

    def _sell(self, who: npt.NDArray[np.intp], target: Longs, offer: Longs) -> npt.NDArray[np.intp]:
        """Places go to the highest offers, theirs who have one included; the lowest that is taken
        is the price when all places are. Gives those who have to look again."""
        if not len(who):
            return who
        wanted = np.zeros(self.m + 1, dtype=np.bool_)
        wanted[target] = True
        there = np.flatnonzero(wanted[self.at])
        who = np.concatenate((who, there))
        target = np.concatenate((target, self.at[there]))
        offer = np.concatenate((offer, self.bid[there]))
        order = np.lexsort((who, -offer, target))
        who, target, offer = who[order], target[order], offer[order]
        begins = np.flatnonzero(np.diff(target, prepend=-1))
        counts = np.diff(begins, append=len(target))
        taken = np.arange(len(target)) - np.repeat(begins, counts) < self.places[target]
        self.at[who[taken]] = target[taken]
        self.bid[who[taken]] = offer[taken]
        self.at[who[~taken]] = LOOKING
        sold = target[begins]
        full = counts >= self.places[sold]
        last = begins[full] + self.places[sold[full]] - 1
        self.price[sold[full]] = offer[last]
        return who[~taken]
