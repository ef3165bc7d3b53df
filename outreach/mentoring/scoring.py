"""The score of every pair of a round, in stretches of rows: the points of
:mod:`outreach.mentoring.points` for 200 million pairs in a few seconds.

Skills are a product of two matrices. The rest takes few different values (sets of languages, hours
of the week), so that it is worked out once for each two of them and looked up for everybody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from datetime import date
from itertools import chain
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from blueprints.schema import Mentoring
from outreach.mentoring import points
from outreach.mentoring.model import Mentor, Pool, Reason, Seeker
from outreach.mentoring.week import free, overlap

Ints = npt.NDArray[np.int32]
Matrix = npt.NDArray[Any]
K = TypeVar("K", bound=Hashable)
L = TypeVar("L", bound=Hashable)


class Scores:
    """Every pair's score. ``n`` seekers (rows) and ``m`` mentors (columns), in the pool's order.

    ``day`` says which side of a clock change we are on.
    """

    def __init__(self, pool: Pool, mentoring: Mentoring, day: date) -> None:
        self.pool, self.mentoring = pool, mentoring
        self.n, self.m = len(pool.seekers), len(pool.mentors)
        self._worth = [points.wanted(each, mentoring) for each in pool.seekers]
        self._turns = points.turns(pool.seekers, mentoring)
        self._here = [free(each.hours, each.timezone, day) for each in pool.seekers]
        self._there = [free(each.hours, each.timezone, day) for each in pool.mentors]
        self._barred = _barred(pool)
        self._fill()

    def rows(self, begin: int, end: int) -> Ints:
        """The scores of the seekers ``begin`` to before ``end`` with every mentor.

        Of shape (end - begin, m); 0: not allowed; whoever is allowed has 1 at least.
        """
        scores: Matrix = self._wants[begin:end] @ self._has
        for table in self._tables:
            scores += table.rows(begin, end)
        whole: Ints = scores.astype(np.int32)
        whole += self._turn_column[begin:end]
        whole *= scores > 0
        for row in self._barred.keys() & range(begin, end):
            whole[row - begin, self._barred[row]] = 0
        return whole

    def one(self, i: int, j: int) -> int:
        """The score of seeker ``i`` with mentor ``j``, as in :meth:`rows`."""
        seeker, mentor = self.pool.seekers[i], self.pool.mentors[j]
        if not points.allowed(seeker, mentor) or j in self._barred.get(i, ()):
            return 0
        fit = (
            points.skills(self._worth[i], mentor, self.mentoring)
            + points.field(seeker.field, mentor.field, self.mentoring)
            + points.mode(seeker.mode, mentor.mode, self.mentoring)
            + _hours(self._here[i], self._there[j], self.mentoring)
        )
        return 1 + fit + self._turns[i]

    def best(self, i: int, count: int, without: Iterable[int] = ()) -> list[tuple[int, int]]:
        """The mentors who suit seeker ``i`` best, as (mentor, score), best first; of equals the one
        who comes first in the pool."""
        row = self.rows(i, i + 1)[0]
        row[list(without)] = 0
        order = np.argsort(-row, kind="stable")[:count]
        return [(int(j), int(row[j])) for j in order if row[j]]

    def explain(self, i: int, j: int) -> tuple[Reason, ...]:
        """What speaks for this pair."""
        common = overlap(self._here[i], self._there[j])
        seeker, mentor = self.pool.seekers[i], self.pool.mentors[j]
        return points.reasons(seeker, mentor, common, self.mentoring)

    def _fill(self) -> None:
        seekers, mentors = self.pool.seekers, self.pool.mentors
        # Whole numbers up to 2**24 are exact in 32 bits: a sum doesn't depend on its order.
        top = points.most(self.mentoring) + 1
        kind = np.dtype(np.float32 if 8 * top < 2**24 else np.float64)
        self._never = -2 * top
        self._wants, self._has = _skills(self._worth, mentors, self.mentoring, kind)
        self._turn_column = np.array(self._turns, dtype=np.int32).reshape(-1, 1)
        self._tables = (
            _Lookup([*map(_about, seekers)], [*map(_about, mentors)], self._fits, kind),
            _Lookup([*map(_spoken, seekers)], [*map(_spoken, mentors)], self._speaks, kind),
            _Lookup(self._here, self._there, self._common, kind),
        )

    def _fits(self, seekers: list[_About], mentors: list[_About]) -> Matrix:
        return np.array([[self._fit(one, other) for other in mentors] for one in seekers])

    def _fit(self, one: _About, other: _About) -> int:
        if not points.visible(one, other) or points.meeting(one.mode, other.mode) is None:
            return self._never
        return (
            1
            + points.field(one.field, other.field, self.mentoring)
            + points.mode(one.mode, other.mode, self.mentoring)
        )

    def _speaks(self, ours: list[frozenset[str]], theirs: list[frozenset[str]]) -> Matrix:
        languages = sorted(frozenset().union(*ours))
        return np.where(_has(ours, languages) @ _has(theirs, languages).T > 0, 0, self._never)

    def _common(self, ours: list[int], theirs: list[int]) -> Matrix:
        return np.array([[_hours(one, other, self.mentoring) for other in theirs] for one in ours])


class _About(NamedTuple):
    organisation: str | None
    sharing: bool
    mode: str
    field: str | None


def _about(each: Seeker | Mentor) -> _About:
    return _About(each.organisation, each.sharing, each.mode, each.field)


def _spoken(each: Seeker | Mentor) -> frozenset[str]:
    return each.languages


def _hours(one: int, other: int, mentoring: Mentoring) -> int:
    return points.hours(overlap(one, other), bool(one and other), mentoring)


def _has(sets: Sequence[Collection[str]], keys: Sequence[str]) -> Matrix:
    """Which of the keys are in which of the sets: 0 or 1."""
    return np.array([[key in each for key in keys] for each in sets], dtype=np.float32).reshape(
        len(sets), len(keys)
    )


def _skills(
    worth: Sequence[dict[str, int]],
    mentors: Sequence[Mentor],
    mentoring: Mentoring,
    kind: np.dtype[Any],
) -> tuple[Matrix, Matrix]:
    """Two matrices whose product is the points for skills; the last column is for who wants none
    in particular."""
    keys = sorted({skill for each in worth for skill in each})
    wants = [[*(each.get(key, 0) for key in keys), 0] for each in worth]
    for row, each in zip(wants, worth, strict=True):
        row[-1] = 0 if each else points.half(mentoring.weights.skills)
    has = np.vstack([_has([each.skills for each in mentors], keys).T, np.ones((1, len(mentors)))])
    return np.array(wants, dtype=kind).reshape(len(worth), len(keys) + 1), has.astype(kind)


def _barred(pool: Pool) -> dict[int, list[int]]:
    """The mentors whom each seeker may not be proposed to, by their places in the pool; nobody to
    themselves."""
    rows, columns = defaultdict(list), {each.person: j for j, each in enumerate(pool.mentors)}
    for i, each in enumerate(pool.seekers):
        rows[each.person].append(i)
    own = ((each.person, each.person) for each in pool.seekers)
    found: dict[int, list[int]] = defaultdict(list)
    for mentee, mentor in chain(pool.barred, own):
        if mentor in columns:
            for i in rows.get(mentee, ()):
                found[i].append(columns[mentor])
    return dict(found)


class _Lookup:
    """Points that depend on few different values on either side, which ``of`` works out for each
    two of these."""

    def __init__(
        self,
        left: Sequence[K],
        right: Sequence[L],
        of: Callable[[list[K], list[L]], Matrix],
        kind: np.dtype[Any],
    ) -> None:
        ours, self._left = _numbered(left)
        theirs, self._right = _numbered(right)
        self._table = of(ours, theirs).reshape(len(ours), len(theirs)).astype(kind)

    def rows(self, begin: int, end: int) -> Matrix:
        found: Matrix = np.take(self._table[self._left[begin:end]], self._right, axis=1)
        return found


def _numbered(values: Sequence[K]) -> tuple[list[K], npt.NDArray[np.intp]]:
    numbers: dict[K, int] = {}
    order = [numbers.setdefault(each, len(numbers)) for each in values]
    return list(numbers), np.array(order, dtype=np.intp)
