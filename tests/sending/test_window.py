"""The window of places, on a virtual clock: roads of random length to a server that counts."""

from __future__ import annotations

import heapq
import math
import random
from collections import deque
from collections.abc import Sized
from dataclasses import dataclass, field, fields
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sending.window import SAMPLES, SECOND, SLACK, Hold, Window
from tests.sending.plain_window import PlainWindow, Sent

STEP = 0.001  # the clock's, as fine as an event loop's
MOST_WAIT = 0.05  # what a reply waits for a place


@dataclass
class Road:
    """``there`` and ``back`` seconds at least, and up to ``jitter`` more each way."""

    chance: random.Random
    there: float
    back: float
    jitter: float = 0.0

    def trip(self) -> tuple[float, float]:
        more = [self.chance.uniform(0, self.jitter) for _ in range(2)]
        return self.there + more[0], self.back + more[1]


@dataclass
class World:
    """A sender that always has messages to many, people who talk, and a server."""

    window: Window
    road: Road
    now: float = 100.0
    arrived: list[float] = field(default_factory=list)
    bulk: int = 0
    waits: list[float] = field(default_factory=list)
    forced: int = 0
    stuck_until: float = 0.0
    _answers: list[tuple[float, int, Hold]] = field(default_factory=list)
    _count: int = 0

    def send(self, *, bulk: bool) -> None:
        there, back = self.road.trip()
        hold = self.window.take(self.now, bulk=bulk)
        self.bulk += bulk
        arrived = max(self.now + there, self.stuck_until)
        self.arrived.append(arrived)
        self._count += 1
        heapq.heappush(self._answers, (arrived + back, self._count, hold))

    def run(self, seconds: float, replies: list[float]) -> None:
        """``replies``: when people are to be answered, from the start, in order."""
        due = [self.now + each for each in replies]
        end = self.now + seconds
        while self.now < end:
            while self._answers and self._answers[0][0] <= self.now:
                at, _, hold = heapq.heappop(self._answers)
                self.window.answered(hold, at)
            self.window.waiting = sum(each <= self.now for each in due)
            while due and due[0] <= self.now and self._reply(due[0]):
                due.pop(0)
                self.window.waiting -= 1
            while self.window.room(self.now):
                self.send(bulk=True)
            self.now += STEP

    def _reply(self, since: float) -> bool:
        waited = self.now - since
        if self.window.reply_wait(self.now) > 0:
            if waited < MOST_WAIT:
                return False
            self.forced += 1
        self.waits.append(waited)
        self.send(bulk=False)
        return True

    def most_in_a_second(self) -> int:
        arrived, most, first = sorted(self.arrived), 0, 0
        for last, at in enumerate(arrived):
            while arrived[first] <= at - SECOND + 1e-9:
                first += 1
            most = max(most, last - first + 1)
        return most


seeds = st.integers(0, 2**32)


@given(
    limit=st.integers(1, 60),
    there=st.floats(0.0005, 0.2),
    back=st.floats(0.0005, 0.2),
    jitter=st.floats(0, SLACK),
    seed=seeds,
)
def test_no_second_at_the_server_sees_more_than_the_limit(
    limit: int, there: float, back: float, jitter: float, seed: int
) -> None:
    """However far the server is, and however the roads differ (up to the slack)."""
    world = World(Window(limit), Road(random.Random(seed), there, back))
    world.road.jitter = 0.0
    world.run(0.05, [])
    world.road.jitter = jitter
    world.run(6, [])
    assert world.most_in_a_second() <= limit


@pytest.mark.parametrize("limit", [5, 30, 100, 1000])
@pytest.mark.parametrize("there", [0.001, 0.025, 0.1])
@pytest.mark.parametrize("jitter", [0.0, 0.015])
def test_98_percent_of_the_limit_goes_out(limit: int, there: float, jitter: float) -> None:
    world = World(Window(limit), Road(random.Random(1), there, there, jitter))
    world.run(1.5, [])
    before = world.bulk
    world.run(20, [])
    assert world.bulk - before >= 0.98 * 20 * limit - 2  # at the edges
    assert world.most_in_a_second() <= limit


@settings(max_examples=20)
@given(seed=seeds, talk=st.floats(1, 6), limit=st.sampled_from([30, 60]))
def test_replies_hardly_wait_while_a_broadcast_runs_at_the_limit(
    seed: int, talk: float, limit: int
) -> None:
    """``talk`` replies a second, by chance (Poisson); only the first after a silence waits for the
    next place, and none longer than it may."""
    chance = random.Random(seed)
    world = World(Window(limit), Road(chance, 0.02, 0.02))
    at, replies = 1.0, list[float]()
    while at < 20:
        replies.append(at)
        at += chance.expovariate(talk)
    world.run(21, replies)
    assert len(world.waits) == len(replies)
    assert max(world.waits) <= MOST_WAIT + 2 * STEP
    assert sum(wait <= 2 * STEP for wait in world.waits) >= 0.85 * len(replies) - 2
    assert world.most_in_a_second() <= limit + world.forced
    assert world.bulk >= 21 * (0.97 * limit - 2 * talk - math.sqrt(talk) - 3)


def test_replies_alone_never_wait() -> None:
    window = Window(30)
    for _ in range(200):
        assert window.reply_wait(5.0) == 0
        window.take(5.0, bulk=False)
    assert window.free(5.0) < 0


def test_a_flood_of_replies_leaves_a_quarter_to_messages_to_many() -> None:
    world = World(Window(40), Road(random.Random(2), 0.01, 0.01))
    replies = [index / 200 for index in range(3000)]  # 200 a second
    world.run(15, replies)
    assert 0.9 * 10 * 14 <= world.bulk <= 10 * 16


def test_a_broadcast_takes_every_place_once_nobody_has_talked_for_a_while() -> None:
    window = Window(30)
    window.take(10.0, bulk=False)
    assert window.reserve(10.5) == 1
    assert window.reserve(14.9) == 1
    assert window.reserve(15.0) == 0


def test_a_late_answer_holds_its_place_longer_but_not_for_ever() -> None:
    window = Window(1)
    now = 100.0
    times = [*[(0.05, None)] * 10, (0.05, 1.005), (0.1, 1.055), (0.1, 1.055)]
    times.append((4.0, 4.955))  # no traffic jam but a standstill
    for took, held in times:
        hold = window.take(now, bulk=True)
        window.answered(hold, now + took)
        if held is not None:
            assert window.free(now + held - 0.0001) == 0
            assert window.free(now + held + 0.0001) == 1
        now += 10.0


@pytest.mark.parametrize("limit", [5, 30])
def test_a_server_that_is_always_late_costs_no_more_than_the_slack(limit: int) -> None:
    """Now and then the delay is on the way there, which the window cannot know."""
    chance = random.Random(4)
    world = World(Window(limit), Road(chance, 0.01, 0.01, 0.12))
    world.run(3, [])
    before = world.bulk
    world.run(40, [])
    assert world.bulk - before >= 0.98 * 40 * limit


def test_traffic_jams_now_and_then_break_no_limit() -> None:
    """For some messages the road is a tenth of a second longer; others overtake them."""
    chance = random.Random(5)
    world = World(Window(30), Road(chance, 0.002, 0.002, 0.002))
    for _ in range(20):
        world.run(2, [])
        world.road.there = 0.1
        world.run(0.05, [])
        world.road.there = 0.002
    assert world.most_in_a_second() <= 30
    assert world.bulk >= 0.97 * 30 * 41


@given(limit=st.integers(1, 60), stuck=st.floats(0.05, 5), seed=seeds)
def test_a_server_that_was_stuck_is_not_flooded_when_it_wakes(
    limit: int, stuck: float, seed: int
) -> None:
    world = World(Window(limit), Road(random.Random(seed), 0.01, 0.01, 0.005))
    world.run(3.0, [])
    world.stuck_until = world.now + stuck
    world.run(stuck + 3.0, [])
    # One too many in about one case of a hundred: a standstill shorter than the allowance for
    # slow roads looks like one (bot/sending/window.py, COLD).
    assert world.most_in_a_second() <= limit + 1
    before = world.bulk
    world.run(3.0, [])
    assert world.bulk - before >= 0.9 * 3 * limit - 2


def test_a_message_that_is_never_answered_keeps_its_place_for_a_moment_only() -> None:
    window, now = Window(10), 100.0
    window.take(now, bulk=True)  # nothing comes back, for all the others it does
    for step in range(1, 20):
        hold = window.take(now + step / 10, bulk=True)
        window.answered(hold, now + step / 10 + 0.01)
    window.take(now + 2, bulk=True)
    assert window.free(now + 1.3) < window.limit
    assert window.free(now + 3.1) == window.limit - 1


def test_a_message_of_several_parts_holds_a_place_for_each_until_all_are_there() -> None:
    window = Window(4)
    hold = window.take(1.0, bulk=True, parts=3)
    assert window.free(1.5) == 1
    assert not window.fits(4.0, 2)
    assert window.free(60.0) == 1
    window.answered(hold, 60.0)
    assert window.free(60.999) == 1
    assert window.free(61.001) == 4


def test_messages_to_many_are_spread_over_the_second() -> None:
    window, now, taken = Window(30), 50.0, list[float]()
    while now < 51:
        while window.room(now):
            window.answered(window.take(now, bulk=True), now)
            taken.append(now)
        now += STEP
    gaps = [after - before for before, after in pairwise(taken[2:])]
    assert len(taken) == 30
    assert min(gaps) > 0.02
    assert max(gaps) < 0.05


def test_what_is_ahead_is_counted_by_when_places_become_free() -> None:
    window = Window(10)
    now = 7.0
    while window.room(now):
        window.answered(window.take(now, bulk=True), now)
        now += window.gap
    assert window.room(now) == 0
    assert window.next_room(now) == pytest.approx(8.005, abs=0.002)
    assert window.room(now, 8.02 - now) == 1
    assert window.room(now, 8.12 - now) == 2


# ---- what it keeps in memory, and what it says beside a plain list ----


def kept(window: Window) -> int:
    """How many things its collections hold, whatever they are."""
    values = (getattr(window, each.name) for each in fields(window))
    return sum(len(value) for value in values if isinstance(value, Sized))


@dataclass
class Pair:
    """A window and the plain one, given the same; ``now`` is the clock of both."""

    window: Window
    plain: PlainWindow
    now: float = 50.0
    under_way: list[tuple[Hold, Sent]] = field(default_factory=list)

    @classmethod
    def of(cls, limit: int) -> Pair:
        return cls(Window(limit), PlainWindow(limit))

    def take(self, *, bulk: bool, parts: int = 1) -> None:
        hold = self.window.take(self.now, bulk=bulk, parts=parts)
        self.under_way.append((hold, self.plain.take(self.now, bulk=bulk, parts=parts)))

    def answer(self, which: int, *, well: bool = True) -> None:
        if self.under_way:
            hold, sent = self.under_way.pop(which % len(self.under_way))
            self.window.answered(hold, self.now, well=well)
            self.plain.answered(sent, self.now, well=well)

    def ask(self, ahead: float, parts: int) -> None:
        """Both say the same."""
        window, plain, now = self.window, self.plain, self.now
        assert window.room(now, ahead) == plain.room(now, ahead)
        assert window.free(now) == plain.free(now)
        assert window.reply_wait(now) == plain.reply_wait(now)
        assert window.reserve(now) == plain.reserve(now)
        assert window.fits(now, parts) == plain.fits(now, parts)
        assert window.next_room(now) == plain.next_room(now)

    def bounded(self) -> None:
        """A message that holds a place is kept once, and a reply of the last second once more."""
        held = self.plain.held(self.now)
        assert kept(self.window) <= len(held) + sum(not sent.bulk for sent in held)


moves = st.one_of(
    st.tuples(st.just("take"), st.booleans(), st.sampled_from([1, 1, 1, 2, 5])),
    st.tuples(st.just("answer"), st.integers(0, 40), st.sampled_from([True, True, False])),
    st.tuples(st.just("ask"), st.sampled_from([0.0, 0.04, 0.7]), st.integers(1, 6)),
    st.tuples(st.just("wait"), st.sampled_from([0.001, 0.01, 0.1, 0.24, 0.25, 0.3, 1.0, 6.0])),
    st.tuples(st.just("waiting"), st.integers(0, 4)),
)


@settings(max_examples=300)
@given(limit=st.integers(1, 12), course=st.lists(moves, max_size=80))
def test_whatever_happens_it_says_what_a_plain_list_says_and_keeps_no_more_than_is_held(
    limit: int, course: list[tuple[Any, ...]]
) -> None:
    pair = Pair.of(limit)
    for what, *how in course:
        match what:
            case "take":
                pair.take(bulk=how[0], parts=how[1])
            case "answer":
                pair.answer(how[0], well=how[1])
            case "ask":
                pair.ask(*how)
            case "wait":
                pair.now += how[0]
                pair.ask(0.0, 1)
            case "waiting":
                pair.window.waiting = pair.plain.waiting = how[0]
        pair.bounded()


@pytest.mark.parametrize("bulk", [False, True])
def test_without_a_pause_it_keeps_no_more_than_in_the_first_second(bulk: bool) -> None:
    """1,000 messages a second that take 50 ms, now and then one that is late: no idle moment ever
    empties it."""
    window, under_way, sizes = Window(1000), deque[Hold](), list[int]()
    for number in range(20_000):
        now = 10 + number / 1000
        under_way.append(window.take(now, bulk=bulk))
        if len(under_way) > 50:
            if number % 997 == 0:
                under_way.rotate(-20)
            window.answered(under_way.popleft(), now)
        sizes.append(kept(window))
    assert max(sizes) <= 1.2 * max(sizes[:1_000])


def test_an_overtaken_message_that_is_answered_at_last_frees_its_place_once() -> None:
    """Its place was free already; that answers have become slower meanwhile changes nothing."""
    window = Window(400)
    first = window.take(10.0, bulk=True)
    others = [window.take(10.1, bulk=True) for _ in range(2 * SAMPLES)]
    quick = window.take(10.3, bulk=True)
    window.answered(quick, 10.31)  # so the first has arrived, too
    assert window.free(12.0) == 400 - len(others)
    for each in (*others, first):
        window.answered(each, 14.6)
    assert window.free(30.0) == 400


@pytest.mark.parametrize("limit", [12, 40, 200])
def test_what_is_ahead_of_much_talk_is_what_a_plain_list_says(limit: int) -> None:
    """Floods of replies between messages to many, so that each has places that come free."""
    pair, chance, seen = Pair.of(limit), random.Random(limit), set[bool]()
    for step in range(1500):
        pair.now += chance.uniform(0, 1.5) / limit
        flood = step % 300 > 200
        if chance.random() < (0.9 if flood else 0.1):
            pair.take(bulk=False, parts=chance.choice([1, 1, 2]))
        if pair.window.room(pair.now) and chance.random() < 0.9:
            pair.take(bulk=True)
        while len(pair.under_way) > limit // 4:
            pair.answer(0)
        ahead = chance.choice([0.0, 0.04, 0.2, 0.5, 1.1])
        pair.ask(ahead, 1)
        seen.add(pair.window.room(pair.now, ahead) > 1)
    assert seen == {False, True}
