"""How many may be on their way: a server of some latency, before it a processor that is only so
fast, and a sender that always has more to send."""

from __future__ import annotations

import heapq
import random
from collections import deque
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sending.in_flight import FEW, LEAST, MEASURED_FOR, MOST, SILENCE, InFlight, Start

NEAR, FAR = 0.0005, 0.2


@dataclass
class Road:
    """Messages leave and answers are read one after the other, ``fast`` a second of both; a message
    takes ``latency`` seconds and up to ``jitter`` more until its answer is there to be read."""

    rule: InFlight
    latency: float
    fast: float
    jitter: float = 0.0
    chance: random.Random = field(default_factory=lambda: random.Random(1))
    now: float = 100.0
    flying: int = 0
    came: list[float] = field(default_factory=list)
    most_seen: int = 0
    answers: list[tuple[float, int, Start]] = field(default_factory=list)
    count: int = 0

    def run(self, seconds: float) -> float:
        """How many a second were answered."""
        end, before, begun = self.now + seconds, len(self.came), self.now
        while self.now < end:
            while self.flying < self.rule.allowed:
                self.leave()
            self.rule.full()
            self.answer()
        return (len(self.came) - before) / (self.now - begun)

    def leave(self) -> None:
        self.now += 0.5 / self.fast
        self.count += 1
        self.flying += 1
        self.most_seen = max(self.most_seen, self.flying)
        due = self.now + self.latency + self.chance.uniform(0, self.jitter)
        heapq.heappush(self.answers, (due, self.count, self.rule.begun(self.now)))

    def answer(self) -> None:
        due, _, start = heapq.heappop(self.answers)
        self.now = max(self.now, due) + 0.5 / self.fast
        self.flying -= 1
        self.came.append(self.now)
        self.rule.answered(start, self.now)

    def stall(self, seconds: float) -> None:
        """Nothing is answered for so long, then everything at once."""
        until = self.now + seconds
        self.answers = [(max(due, until), count, start) for due, count, start in self.answers]
        heapq.heapify(self.answers)


@pytest.mark.parametrize("latency", [NEAR, 0.01, 0.05, FAR, 0.5])
@pytest.mark.parametrize("fast", [300, 3_000, 6_000])
def test_as_much_leaves_as_can_and_hardly_more_is_on_its_way(latency: float, fast: float) -> None:
    road = Road(InFlight(), latency, fast)
    road.run(5 + 10 * latency)
    road.most_seen = 0
    assert road.run(12) >= 0.96 * min(fast, MOST / (latency + 1 / fast))
    assert road.most_seen <= min(MOST, max(1.1 * LEAST, 2.1 * fast * (latency + 0.02)))


@settings(max_examples=25)
@given(
    latency=st.floats(0.0002, 0.6),
    jitter=st.floats(0, 0.3),
    fast=st.floats(100, 4_000),
    most=st.integers(1, 400),
    least=st.integers(1, 200),
    troubles=st.lists(st.tuples(st.floats(0.01, 1.5), st.booleans()), max_size=6),
)
def test_never_are_more_on_their_way_than_allowed_for_good(
    latency: float,
    jitter: float,
    fast: float,
    most: int,
    least: int,
    troubles: list[tuple[float, bool]],
) -> None:
    """Whatever the platform does; and whatever it did, all goes on."""
    road = Road(InFlight(least, most), latency, fast, jitter)
    for seconds, lost in troubles:
        road.run(seconds)
        if lost:
            road.rule.failed()
        else:
            road.stall(seconds)
        assert 1 <= road.rule.allowed <= most
    assert road.most_seen <= most
    assert road.run(3) > 0


def test_at_first_a_handful_says_how_long_an_answer_takes() -> None:
    rule = InFlight()
    assert rule.allowed == FEW
    road = Road(rule, FAR, 3_000)
    while rule.allowed == FEW:
        road.answer() if road.flying == FEW else road.leave()
    assert len(road.came) < 2 * FEW
    assert rule.allowed == LEAST
    assert rule.latency == pytest.approx(FAR, rel=0.05)


def test_it_grows_by_half_in_the_time_of_an_answer() -> None:
    road, sizes = Road(InFlight(), FAR, 10_000), list[int]()
    road.run(1.1 * FAR)
    for _ in range(6):
        sizes.append(road.rule.allowed)
        road.run(2 * FAR)  # what left after a step says whether the next is worth it
    assert sizes[0] == LEAST
    for before, after in pairwise(sizes):
        assert before <= after <= min(MOST, 1.5 * 1.5 * before + 2)
    assert sizes[-1] == MOST


def test_a_server_that_moves_away_or_comes_near_is_measured_again() -> None:
    road = Road(InFlight(), 0.02, 4_000)
    road.run(8)
    road.latency = 0.2
    road.run(2 * MEASURED_FOR)
    assert road.rule.latency == pytest.approx(0.2, rel=0.1)
    assert road.run(5) >= 0.95 * 4_000
    assert road.rule.allowed == MOST < 1.5 * 4_000 * 0.2
    road.latency = 0.02
    road.run(9 * MEASURED_FOR)  # as fewer are let out each time, the queue of our own goes
    assert road.rule.allowed <= 1.25 * LEAST


def test_while_it_is_measured_fewer_leave_for_the_time_of_two_answers() -> None:
    road = Road(InFlight(), FAR, 4_000)
    road.run(MEASURED_FOR - 1)
    low = list[float]()
    while road.now < 100 + 2 * MEASURED_FOR:
        road.run(0.01)
        if road.rule.allowed < 0.9 * 4_000 * FAR:
            low.append(road.now)
    assert min(low) >= 100 + MEASURED_FOR
    assert len(low) * 0.01 <= 3 * FAR


def test_what_is_below_the_limit_needs_no_measuring_with_fewer() -> None:
    """A rate that is kept, as that of Telegram: nothing waits anyway."""
    rule, now, seen = InFlight(), 0.0, set[int]()
    under_way: deque[Start] = deque()
    for number in range(3_000):
        now = number / 100
        under_way.append(rule.begun(now))
        if len(under_way) > 5:
            rule.answered(under_way.popleft(), now)
            if number > 100:
                seen.add(rule.allowed)
    assert seen == {LEAST}
    assert rule.latency == pytest.approx(0.05)
    assert rule.rate == pytest.approx(100, rel=0.3)


def test_a_burst_after_a_standstill_does_not_look_fast() -> None:
    road = Road(InFlight(), 0.05, 3_000)
    road.run(5)
    before = road.rule.allowed
    road.stall(2.0)
    road.run(2.5)
    assert road.rule.allowed <= 1.1 * before


@pytest.mark.parametrize("share", [0.0, 0.3])
def test_a_road_of_uneven_length_is_filled_all_the_same(share: float) -> None:
    road = Road(InFlight(), 0.05, 3_000, jitter=0.1 * share / 0.3)
    road.run(6)
    assert road.run(6) >= 0.95 * 3_000


def test_after_a_failure_as_few_as_at_first_until_answers_come() -> None:
    road = Road(InFlight(), FAR, 5_000)
    road.run(6)
    assert road.rule.allowed > 5 * LEAST
    road.rule.failed()
    assert (road.rule.allowed, road.rule.rate, road.rule.pace(road.now)) == (LEAST, 0.0, 0.0)
    road.run(6)
    assert road.rule.allowed > 5 * LEAST


def test_a_failure_while_it_is_measured_changes_nothing_for_the_worse() -> None:
    rule = InFlight()
    rule.failed()
    assert rule.allowed == FEW
    road = Road(rule, FAR, 2_000)
    road.run(5)
    assert road.run(5) >= 0.95 * 2_000


def test_after_a_silence_all_is_measured_anew() -> None:
    road = Road(InFlight(), FAR, 5_000)
    road.run(6)
    while road.flying:
        road.answer()
    road.now += SILENCE + 0.1
    road.latency = 0.01
    road.leave()
    assert road.rule.allowed == FEW
    road.run(1)
    assert road.rule.allowed == LEAST
    assert road.rule.latency == pytest.approx(0.01, rel=0.5)


def test_a_shorter_silence_changes_nothing() -> None:
    road = Road(InFlight(), FAR, 5_000)
    road.run(4)
    while road.flying:
        road.answer()
    before = road.rule.allowed
    road.now += SILENCE - 0.5
    road.leave()
    road.answer()
    assert road.rule.allowed == before > LEAST


def test_nothing_is_leaving_when_answers_are_overdue() -> None:
    road = Road(InFlight(), FAR, 2_000)
    road.run(4)
    assert road.rule.pace(road.now) == road.rule.rate == pytest.approx(2_000, rel=0.1)
    assert road.rule.pace(road.now + 2 * FAR) > 0
    assert road.rule.pace(road.now + 2 * FAR + 0.2) == 0.0


def test_memory_is_bounded_however_many_are_answered_in_a_round() -> None:
    rule = InFlight()
    for number in range(20_000):
        rule.answered(rule.begun(number / 1e6), number / 1e6)
    assert len(rule._samples) <= 500
    assert len(rule._rates) <= 16


@pytest.mark.parametrize("most", [1, 2, 3, 4])
def test_one_answer_tells_how_long_it_takes_where_few_are_allowed(most: int) -> None:
    road = Road(InFlight(most=most), latency=FAR, fast=1_000)
    for _ in range(most):
        road.leave()
    for _ in range(max(1, most // 2)):
        assert road.rule.latency == 0
        road.answer()
    assert road.rule.latency == pytest.approx(FAR, abs=0.01)


def test_after_trouble_the_rate_of_before_is_not_believed_any_more() -> None:
    road = Road(InFlight(), latency=FAR, fast=4_000)
    road.run(3)
    before = road.rule.rate
    road.rule.failed()
    assert road.rule.rate == 0
    road.fast = 200
    for _ in range(road.flying):
        road.answer()
    road.run(1)
    assert 0 < road.rule.rate < before / 4
