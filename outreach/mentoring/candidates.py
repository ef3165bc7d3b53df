"""Which mentors come into question for each seeker: few of many, more where prices show need."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from outreach.mentoring.market import NEVER, Longs, Market

CHANCE = 4  # one of so many in a first list is there by chance
STRETCH = 250_000  # pairs looked at together: arrays that stay in the processor's cache


class Pairs(Protocol):
    """What an assignment is made of: scores of n rows (seekers) and m columns (mentors)."""

    @property
    def n(self) -> int: ...
    @property
    def m(self) -> int: ...
    def rows(self, begin: int, end: int) -> npt.NDArray[Any]:
        """Whole numbers of shape (end - begin, m), 0 for pairs that are not allowed."""


@dataclass(frozen=True, slots=True)
class Priced:
    """``most``: what each seeker would gain with the best of all mentors, 0 at least. ``lacking``
    of them would gain more than they do, one of them by ``worst``. ``choice`` and ``worth`` (as in
    a market) are new lists for the seekers ``rows``."""

    most: Longs
    lacking: int
    worst: int
    rows: npt.NDArray[np.intp]
    choice: Longs
    worth: Longs


class Candidates:
    """Lists for a market. ``scale``: scores are multiplied by it. ``places`` of each mentor."""

    def __init__(self, pairs: Pairs, places: Longs, scale: int) -> None:
        self.pairs, self.scale = pairs, scale
        self._closed = places <= 0
        chance = np.random.default_rng(0)  # the same every time
        self._spread = chance.random(2 * pairs.m, dtype=np.float32)
        self._order = chance.permutation(pairs.m)

    def first(self, count: int) -> tuple[Longs, Longs]:
        """The mentors of the highest scores, of equals others for each seeker; and some at random,
        so that all mentors get a price, also where everybody wants the same few."""
        count = min(count, self.pairs.m)
        choice: Longs = np.zeros((self.pairs.n, count), dtype=np.int64)
        worth: Longs = np.full((self.pairs.n, count), NEVER, dtype=np.int64)
        for begin, end, scores in self._stretches():
            value = (scores - scores.max(axis=1, keepdims=True, initial=0)).astype(np.float32)
            value = self._favour(value, np.arange(begin, end), count // CHANCE)
            best = self._best(value, np.arange(begin, end), count)
            choice[begin:end] = best
            worth[begin:end] = self._worth(scores, best)
        return choice, worth

    def priced(self, market: Market, epsilon: int, count: int, everybody: bool) -> Priced:
        """Look at all mentors at the market's prices. Whoever would gain more than ``epsilon`` by
        another (or ``everybody``) gets a new list: the best at these prices, and whom they have."""
        profit = market.profit()
        most: Longs = np.zeros(self.pairs.n, dtype=np.int64)
        lists = []
        for begin, end, scores in self._stretches():
            gains = scores * np.int64(self.scale) - market.price
            most[begin:end] = np.maximum(gains.max(axis=1, initial=0), 0)
            lacks = most[begin:end] > profit[begin:end] + epsilon
            rows = np.flatnonzero(lacks | everybody)
            if len(rows):
                value = (gains[rows] - most[begin + rows, None]).astype(np.float32)
                value /= self.scale
                value[scores[rows] <= 0] = -np.inf
                at = market.at[begin + rows]
                seated = np.flatnonzero((at >= 0) & (at < self.pairs.m))
                value[seated, at[seated]] = 2
                np.put_along_axis(value, gains[rows].argmax(axis=1)[:, None], 2, axis=1)
                best = self._best(value, begin + rows, count)
                lists.append((begin + rows, best, self._worth(scores[rows], best)))
        lacking = int((most > profit + epsilon).sum())
        worst = int((most - profit).max(initial=0))
        if not lists:
            nobody = np.zeros(0, dtype=np.intp), np.zeros((0, 1), int), np.zeros((0, 1), int)
            return Priced(most, lacking, worst, *nobody)
        rows, choice, worth = (np.concatenate(each) for each in zip(*lists, strict=True))
        return Priced(most, lacking, worst, rows, choice, worth)

    def _worth(self, scores: npt.NDArray[Any], columns: npt.NDArray[np.intp]) -> Longs:
        found = np.take_along_axis(scores, columns, axis=1).astype(np.int64)
        return np.where(found > 0, found * self.scale, NEVER)

    def _stretches(self) -> Iterator[tuple[int, int, npt.NDArray[Any]]]:
        step = max(1, STRETCH // max(self.pairs.m, 1))
        for begin in range(0, self.pairs.n, step):
            end = min(begin + step, self.pairs.n)
            scores = self.pairs.rows(begin, end)
            if self._closed.any():
                scores = np.where(self._closed, 0, scores)
            yield begin, end, scores

    def _favour(
        self, value: npt.NDArray[np.float32], rows: npt.NDArray[Any], count: int
    ) -> npt.NDArray[np.float32]:
        """The same, with some columns of each row raised to the highest value."""
        if count < self.pairs.m:
            chosen = self._order[(rows[:, None] * count + np.arange(count)) % self.pairs.m]
            np.put_along_axis(value, chosen, np.float32(1), axis=1)
        return value

    def _best(
        self, value: npt.NDArray[np.float32], rows: npt.NDArray[Any], count: int
    ) -> npt.NDArray[np.intp]:
        """The columns of the highest values, each of which is 0 at most, for these rows."""
        count = min(count, self.pairs.m)
        windows = np.lib.stride_tricks.sliding_window_view(self._spread, self.pairs.m)
        spread = value + windows[rows * 7919 % self.pairs.m]
        return np.argpartition(spread, -count, axis=1)[:, -count:].copy()
