"""How well two people fit, and whose turn it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blueprints.schema import Mentoring, Weights
from blueprints.values import MODES, SLOTS
from outreach.mentoring.assigning import assign
from outreach.mentoring.model import Mentor, Pool, Reason, Seeker
from outreach.mentoring.scoring import Scores
from tests.examples import examples

DAY = date(2026, 11, 23)
MENTORING = Mentoring(priorities=("innovation",))
JANA = Seeker(
    request=1, person=11, organisation="cike", sharing=False,
    skills=("negotiation", "leadership"), field="it", languages=frozenset({"sk", "en"}),
    mode="online", hours=frozenset({"weekday_evenings"}), timezone="Europe/Bratislava",
    waited_days=0, passed_over=0, ahead=False,
)  # fmt: skip
PETER = Mentor(
    person=21, organisation="cike", sharing=False,
    skills=frozenset({"negotiation", "leadership", "teaching"}), field="it",
    languages=frozenset({"en"}), mode="online", hours=frozenset({"weekday_afternoons"}),
    timezone="America/New_York", places=2,
)  # fmt: skip


def score(seeker: Seeker = JANA, mentor: Mentor = PETER, mentoring: Mentoring = MENTORING) -> int:
    return Scores(Pool((seeker,), (mentor,)), mentoring, DAY).one(0, 0)


def reasons(seeker: Seeker = JANA, mentor: Mentor = PETER) -> tuple[Reason, ...]:
    return Scores(Pool((seeker,), (mentor,)), MENTORING, DAY).explain(0, 0)


def test_whoever_fits_wholly_has_every_weight_in_full() -> None:
    """15 hours a week in common are more than enough."""
    assert score() == 1 + 1000 * (6 + 2 + 1 + 2)


@pytest.mark.parametrize(
    ("seeker", "mentor"),
    [
        ({"languages": frozenset({"sk"})}, {}),
        ({"languages": frozenset()}, {}),
        ({"mode": "in_person"}, {}),
        ({"organisation": "bsc_kranj"}, {}),
        ({"organisation": "bsc_kranj", "sharing": True}, {}),
        ({"organisation": "bsc_kranj"}, {"sharing": True}),
        ({"organisation": None}, {}),
        ({"person": 21}, {}),
    ],
)
def test_some_pairs_are_never_allowed(seeker: dict[str, Any], mentor: dict[str, Any]) -> None:
    """However long somebody waits: no language, no way to meet, no consent, only themselves."""
    waiting = replace(JANA, waited_days=4000, passed_over=300, ahead=True)
    assert score(replace(waiting, **seeker), replace(PETER, **mentor)) == 0
    assert score(waiting) > 0


def test_organisations_meet_where_both_people_share() -> None:
    seeker = replace(JANA, organisation="bsc_kranj", sharing=True)
    assert score(seeker, replace(PETER, sharing=True)) == score()


def test_barred_pairs_are_not_allowed_and_others_are() -> None:
    other = replace(PETER, person=22)
    pool = Pool((JANA,), (PETER, other), frozenset({(11, 21), (21, 11), (99, 22)}))
    scores = Scores(pool, MENTORING, DAY)
    assert scores.rows(0, 1).tolist() == [[0, score()]]
    assert [scores.one(0, 0), scores.one(0, 1)] == [0, score()]


def test_the_first_skill_wanted_counts_more() -> None:
    first = score(mentor=replace(PETER, skills=frozenset({"negotiation"})))
    second = score(mentor=replace(PETER, skills=frozenset({"leadership"})))
    assert score() > first > second > score(mentor=replace(PETER, skills=frozenset()))


def test_a_skill_of_the_regions_priorities_counts_half_as_much_again() -> None:
    def skills_only(skill: str) -> int:
        seeker = replace(JANA, skills=(skill,))
        mentor = replace(PETER, skills=frozenset({skill}))
        return score(seeker, mentor) - score(seeker, replace(mentor, skills=frozenset()))

    assert skills_only("innovation") == 9000
    assert skills_only("teaching") == 6000


@pytest.mark.parametrize(
    ("seeker", "mentor", "less"),
    [
        ({"skills": ()}, {}, 3000),
        ({"field": None}, {}, 1000),
        ({}, {"field": None}, 1000),
        ({}, {"field": "science"}, 2000),
        ({"mode": "both"}, {}, 500),
        ({"hours": frozenset()}, {}, 1000),
        ({}, {"timezone": "Mars/Olympus"}, 1000),
        ({"hours": frozenset({"weekday_mornings"})}, {}, 2000),
        ({"hours": frozenset({"weekends"})}, {"hours": frozenset({"weekends"})}, 0),
    ],
)
def test_what_fits_less_or_is_not_known_counts_less(
    seeker: dict[str, Any], mentor: dict[str, Any], less: int
) -> None:
    """Half where nothing is known, nothing where it does not fit."""
    assert score() - score(replace(JANA, **seeker), replace(PETER, **mentor)) == less


def test_waiting_counts_by_the_month_and_the_round() -> None:
    assert score(replace(JANA, waited_days=45)) - score() == 1500
    assert score(replace(JANA, passed_over=3)) - score() == 6000


def test_a_weight_of_nothing_counts_and_says_nothing() -> None:
    nothing = Mentoring(
        weights=Weights(skills=0, field=0, mode=0, hours=0, waiting=0, passed_over=0)
    )
    long = replace(JANA, waited_days=90, passed_over=3)
    scores = Scores(Pool((long,), (PETER,)), nothing, DAY)
    assert scores.one(0, 0) == 1
    assert scores.explain(0, 0) == ()


def test_every_reason_is_told() -> None:
    long = replace(JANA, skills=("planning", *JANA.skills), waited_days=40, passed_over=2,
                   ahead=True)  # fmt: skip
    assert reasons(long) == (
        Reason("skills", {"skills": ["negotiation", "leadership"]}),
        Reason("field", {"field": "it"}),
        Reason("mode", {"mode": "online"}),
        Reason("hours", {"hours": 15}),
        Reason("waiting", {"days": 40}),
        Reason("passed_over", {"rounds": 2}),
        Reason("ahead"),
    )


def test_nothing_is_told_that_does_not_hold() -> None:
    strange = replace(
        PETER, skills=frozenset(), field="sport", mode="both", hours=frozenset({"weekends"})
    )
    assert reasons(replace(JANA, waited_days=3), strange) == (Reason("mode", {"mode": "online"}),)


def test_whoever_goes_ahead_comes_before_anybody_else() -> None:
    """One place: it is theirs who was left by a mentor, whatever others have waited."""
    others = [
        replace(JANA, request=n, person=100 + n, passed_over=n, waited_days=30 * n)
        for n in range(2, 9)
    ]
    ahead = replace(JANA, skills=(), field="sport", hours=frozenset(), ahead=True)
    pool = Pool((*others, ahead), (replace(PETER, places=1),))
    scores = Scores(pool, MENTORING, DAY)
    assert assign(scores, [1]).pairs == ((0, 0),)
    assert pool.seekers[0] is ahead


# People of all kinds.
SOME = ("negotiation", "leadership", "innovation", "planning")
skills = st.lists(st.sampled_from(SOME), max_size=4)
about = {
    "organisation": st.sampled_from([None, "cike", "bsc_kranj"]),
    "sharing": st.booleans(),
    "field": st.sampled_from([None, "it", "sport"]),
    "languages": st.frozensets(st.sampled_from(["sk", "sl", "en"])),
    "mode": st.sampled_from(MODES),
    "hours": st.frozensets(st.sampled_from([*SLOTS, "unheard_of"])),
    "timezone": st.sampled_from(["Europe/Bratislava", "Asia/Kolkata", "America/New_York", "No"]),
}
seekers = st.builds(
    Seeker,
    request=st.integers(1, 99), person=st.integers(1, 9), skills=skills.map(tuple),
    waited_days=st.integers(0, 900), passed_over=st.integers(0, 40), ahead=st.booleans(), **about,
)  # fmt: skip
mentors = st.builds(
    Mentor, person=st.integers(1, 9), skills=skills.map(frozenset), places=st.integers(0, 3),
    **about,
)  # fmt: skip
pools = st.builds(
    Pool,
    st.lists(seekers, max_size=6, unique_by=lambda each: each.request).map(tuple),
    st.lists(mentors, max_size=6, unique_by=lambda each: each.person).map(tuple),
    st.frozensets(st.tuples(st.integers(1, 9), st.integers(1, 9)), max_size=5),
)


@settings(deadline=None)
@given(pools, st.sampled_from([MENTORING, Mentoring(weights=Weights(skills=9_000))]))
def test_rows_say_what_one_pair_does(pool: Pool, mentoring: Mentoring) -> None:
    """The matrices and the plain points agree, large weights included."""
    scores = Scores(pool, mentoring, DAY)
    expected = [[scores.one(i, j) for j in range(scores.m)] for i in range(scores.n)]
    assert scores.rows(0, scores.n).tolist() == expected
    assert [scores.rows(i, i + 1)[0].tolist() for i in range(scores.n)] == expected


@settings(deadline=None)
@given(pools, st.randoms(use_true_random=False))
def test_a_round_does_not_depend_on_the_order_of_its_people(pool: Pool, chance: Any) -> None:
    seekers_, mentors_ = list(pool.seekers), list(pool.mentors)
    chance.shuffle(seekers_)
    chance.shuffle(mentors_)
    other = Pool(tuple(seekers_), tuple(mentors_), pool.barred)
    assert other == pool
    first, second = (
        assign(Scores(each, MENTORING, DAY), [mentor.places for mentor in each.mentors])
        for each in (pool, other)
    )
    assert first == second


@settings(deadline=None)
@given(pools)
def test_best_is_the_row_in_order(pool: Pool) -> None:
    scores = Scores(pool, MENTORING, DAY)
    for i in range(scores.n):
        row = [(j, scores.one(i, j)) for j in range(scores.m)]
        ranked = sorted((each for each in row if each[1]), key=lambda each: (-each[1], each[0]))
        assert scores.best(i, 3) == ranked[:3]
        first = [j for j, _ in ranked[:1]]
        assert scores.best(i, 2, without=first) == ranked[len(first) : 3]


@settings(deadline=None, max_examples=examples(30))
@given(st.integers(1, 3), st.integers(2, 5))
def test_nobody_is_passed_over_for_ever(places: int, others: int) -> None:
    """Each round more people come than there are places, all of whom fit much better. Ten points of
    fit are less than five rounds of waiting: whom little speaks for comes before everybody who
    came five rounds later."""
    poor = replace(JANA, skills=("planning",), field="sport", hours=frozenset({"weekday_mornings"}))
    waiting = [poor]
    for number in range(5 * others // places + 2):
        newcomers = [
            replace(JANA, request=100 * number + n + 2, person=100 * number + n + 30)
            for n in range(others)
        ]
        pool = Pool((*waiting, *newcomers), (replace(PETER, places=places),))
        served = {i for i, _ in assign(Scores(pool, MENTORING, DAY), [places]).pairs}
        waiting = [
            replace(each, passed_over=each.passed_over + 1, waited_days=each.waited_days + 14)
            for i, each in enumerate(pool.seekers)
            if i not in served
        ]
        if all(each.request != poor.request for each in waiting):
            return
    pytest.fail("passed over again and again")
