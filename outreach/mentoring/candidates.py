"""Which mentors come into question for each seeker: few of many, more where prices show need."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from outreach.mentoring.market import NEVER, Longs

CHANCE = 4  # one of so many in a first list is there by chance
STRETCH = 1_000_000  # pairs looked at at once: they stay in the processor's cache


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
    seekers would gain more than they do with somebody to be added to their list (``choice`` and
    ``worth`` as in a market), the one who misses most would gain ``worst`` more."""

    most: Longs
    lacking: int
    worst: int
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
            found = np.take_along_axis(scores, best, axis=1).astype(np.int64)
            worth[begin:end] = np.where(found > 0, found * self.scale, NEVER)
        return choice, worth

    def priced(
        self, price: Longs, profit: Longs, listed: Longs, epsilon: int, count: int
    ) -> Priced:
        """Look at all mentors at today's prices.

        ``profit`` is what each seeker has, ``listed`` who is in their lists. Where another would
        give more than ``epsilon`` above that, up to ``count`` of the best are to be added.
        """
        most: Longs = np.zeros(self.pairs.n, dtype=np.int64)
        # Where nobody is to be added, somebody from the list stands there, worth nothing.
        choice: Longs = np.repeat(listed[:, :1], min(count, self.pairs.m), axis=1)
        worth: Longs = np.full(choice.shape, NEVER, dtype=np.int64)
        lacking = 0
        for begin, end, scores in self._stretches():
            gains = scores * np.int64(self.scale) - price
            most[begin:end] = np.maximum(gains.max(axis=1, initial=0), 0)
            rows = np.flatnonzero(most[begin:end] > profit[begin:end] + epsilon)
            if not len(rows):
                continue
            lacking += len(rows)
            value = (gains[rows] - most[begin + rows, None]) / self.scale
            np.put_along_axis(value, listed[begin + rows], -np.inf, axis=1)
            best = self._best(value.astype(np.float32), begin + rows, choice.shape[1])
            found = np.take_along_axis(scores[rows], best, axis=1).astype(np.int64)
            fresh = (found > 0) & (np.take_along_axis(value, best, axis=1) > -np.inf)
            choice[begin + rows] = best
            worth[begin + rows] = np.where(fresh, found * self.scale, NEVER)
        return Priced(most, lacking, int((most - profit).max(initial=0)), choice, worth)

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
        if count >= self.pairs.m:
            return np.broadcast_to(np.arange(self.pairs.m), value.shape)
        windows = np.lib.stride_tricks.sliding_window_view(self._spread, self.pairs.m)
        spread = value + windows[rows * 7919 % self.pairs.m]
        return np.argpartition(spread, -count, axis=1)[:, -count:]
