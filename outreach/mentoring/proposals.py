"""A round thought out: who is proposed to whom, who is next best, who is left out and why.

Pure: nothing here reads or writes. numpy and the scores are only imported when a round is made.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from blueprints.schema import Mentoring
from outreach.mentoring import points
from outreach.mentoring.folded import Folded
from outreach.mentoring.model import Mentor, Reason, Seeker
from outreach.mentoring.pool import Everybody

if TYPE_CHECKING:
    from outreach.mentoring.scoring import Scores

CELLS = 2_000_000  # scores that are looked at in one go

WHY_NOT = ("mentors", "language", "organisation", "mode", "barred", "places")
"""Why a request found nobody: there is no mentor; none with a language in common; of these none
whom they may hear of; none with whom they could meet; all were asked before, or are not to be
proposed; nobody who fits has a place for them."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """``mentor`` for ``seeker``; ``alternatives``: (mentor, score) of who is next best."""

    seeker: Seeker
    mentor: Mentor
    score: int
    reasons: tuple[Reason, ...]
    alternatives: tuple[tuple[int, int], ...] = ()

    @property
    def ranking(self) -> tuple[tuple[int, int], ...]:
        """(mentor, score) of all of them, the best first."""
        return ((self.mentor.person, self.score), *self.alternatives)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A request that found nobody; ``why`` one of WHY_NOT."""

    request: int
    person: int
    why: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A round as it would be. ``score``: the sum of the proposals'; ``bound``: no round of these
    people could have more. ``places``: what the mentors had to give."""

    requests: int
    places: int
    proposals: Sequence[Proposal]
    left_out: Sequence[LeftOut]
    score: int
    bound: int

    def folded(self) -> Plan:
        """The same for the way to another process."""
        return replace(self, proposals=Folded(self.proposals), left_out=Folded(self.left_out))


def plan_round(everybody: Everybody, mentoring: Mentoring, day: date) -> Plan:
    """The best round there is for these people: the same for the same data."""
    from outreach.mentoring.assigning import assign  # noqa: PLC0415 - numpy: only rounds need it
    from outreach.mentoring.scoring import Scores  # noqa: PLC0415

    pool = everybody.pool
    scores = Scores(pool, mentoring, day)
    places = [each.places for each in pool.mentors]
    assigned = assign(scores, places)
    pairs = dict(assigned.pairs)
    for mentor in pairs.values():
        places[mentor] -= 1
    following = dict(_alternatives(scores, pairs, places, mentoring.alternatives))
    proposals = tuple(
        Proposal(
            pool.seekers[i], pool.mentors[j], scores.one(i, j), scores.explain(i, j),
            following.get(i, ()),
        )
        for i, j in sorted(pairs.items())
    )  # fmt: skip
    left = [each for i, each in enumerate(pool.seekers) if i not in pairs]
    return Plan(
        len(pool.seekers),
        sum(each.places for each in pool.mentors),
        proposals,
        tuple(_left_out(left, [*pool.mentors, *everybody.full], pool.barred)),
        assigned.total,
        assigned.bound,
    )


def _alternatives(
    scores: Scores, pairs: Mapping[int, int], left: Sequence[int], count: int
) -> Iterator[tuple[int, tuple[tuple[int, int], ...]]]:
    """Of everybody who got a mentor the next best ones: first those who still have places (the
    others could take them only if somebody else says no)."""
    import numpy as np  # noqa: PLC0415

    if not pairs or scores.m < 2 or count == 0:
        return
    spare = np.array([places > 0 for places in left])
    stride = max(CELLS // scores.m, 1)
    for begin in range(0, scores.n, stride):
        end = min(begin + stride, scores.n)
        rows = [i for i in range(begin, end) if i in pairs]
        if not rows:
            continue
        found = scores.rows(begin, end)[[i - begin for i in rows]].astype(np.int64)
        at = np.arange(len(rows))
        found[at, [pairs[i] for i in rows]] = 0
        ranked = found + (spare & (found > 0)) * (np.int64(1) << 40)
        best = []
        for _ in range(min(count, scores.m - 1)):
            columns = ranked.argmax(axis=1)
            best.append(list(zip(columns.tolist(), found[at, columns].tolist(), strict=True)))
            ranked[at, columns] = found[at, columns] = 0
        for place, i in enumerate(rows):
            ranking = [each[place] for each in best]
            mentors = scores.pool.mentors
            yield i, tuple((mentors[j].person, score) for j, score in ranking if score)


class _Kind(NamedTuple):
    """All that decides whether two people may be proposed to each other, but for who they are."""

    organisation: str | None
    sharing: bool
    mode: str
    languages: frozenset[str]


def _kind(each: Seeker | Mentor) -> _Kind:
    return _Kind(each.organisation, each.sharing, each.mode, each.languages)


def _left_out(
    seekers: Iterable[Seeker], mentors: Iterable[Mentor], barred: Iterable[tuple[int, int]]
) -> Iterator[LeftOut]:
    kinds: dict[_Kind, list[int]] = defaultdict(list)
    for mentor in mentors:
        kinds[_kind(mentor)].append(mentor.person)
    kept_from = defaultdict(set)
    for mentee, other in barred:
        kept_from[mentee].add(other)
    known: dict[_Kind, tuple[str, list[_Kind]]] = {}
    for seeker in seekers:
        mine = _kind(seeker)
        if mine not in known:
            known[mine] = _fitting(mine, list(kinds))
        why, fitting = known[mine]
        away = {*kept_from.get(seeker.person, ()), seeker.person}
        if fitting and any(person not in away for kind in fitting for person in kinds[kind]):
            why = "places"
        yield LeftOut(seeker.request, seeker.person, why)


def _fitting(mine: _Kind, kinds: list[_Kind]) -> tuple[str, list[_Kind]]:
    """Which kinds of mentors fit, and what it would be if none of them could be had."""
    if not kinds:
        return "mentors", []
    kinds = [each for each in kinds if each.languages & mine.languages]
    if not kinds:
        return "language", []
    kinds = [each for each in kinds if points.visible(mine, each)]
    if not kinds:
        return "organisation", []
    kinds = [each for each in kinds if points.meeting(mine.mode, each.mode) is not None]
    return ("barred", kinds) if kinds else ("mode", [])
