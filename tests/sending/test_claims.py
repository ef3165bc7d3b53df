"""When messages to many are claimed, and how many: as many as can leave until the next claim."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from statistics import median
from typing import Any

import pytest

from bot.metrics import Metrics
from bot.outgoing import NotSent, Outgoing, TooFast
from bot.sending.bulk import Bulk
from bot.sending.in_flight import FEW, LEAST
from bot.sending.journal import Journal
from bot.sending.source import Taken
from messages import rich
from messages.message import Message
from storage.errors import ConnectionLost, StorageError
from tests.sending.many import OWNER, Platform, Row
from tests.sending.notebook import AWAY, Notebook, account, ledger, loop_time, message
from tests.sending.virtual import EPOCH, clock, passes


@dataclass
class Stock:
    """A Source of ``left`` messages, each to a chat of its own. A claim takes ``slow`` seconds;
    ``asked`` is when and for how many. ``problems`` are raised first."""

    left: int = 10**9
    slow: float = 0.0
    due: datetime | None = None
    asked: list[tuple[float, int]] = field(default_factory=list)
    busy: list[frozenset[str]] = field(default_factory=list)
    problems: list[Exception] = field(default_factory=list)
    numbers: Any = field(default_factory=lambda: count(1))

    async def take(self, channel: str, account: str, most: int, busy: frozenset[str], /) -> Taken:
        assert (channel, account) == ("telegram", "1")
        self.asked.append((loop_time(), most))
        self.busy.append(busy)
        await asyncio.sleep(self.slow)
        if self.problems:
            raise self.problems.pop(0)
        number = min(most, self.left)
        self.left -= number
        rows = [self._row(next(self.numbers)) for _ in range(number)]
        return Taken(rows, self.due)

    def _row(self, number: int) -> Row:
        return Row(number, f"c{number}", f"u{number}", 3, "send", None, 0)

    def message(self, item: Any, taken: Taken, /) -> tuple[Message, str | None]:
        return Message(rich.paragraph("hello")), None

    @property
    def times(self) -> list[float]:
        return [at for at, _ in self.asked]


@dataclass
class Narrow(Platform):
    """A platform that takes ``fast`` messages a second, one after the other."""

    fast: float = 2_000.0
    free_at: float = 0.0

    async def send(self, outgoing: Outgoing) -> str:
        self.free_at = max(self.free_at, loop_time()) + 1 / self.fast
        await passes(self.free_at - loop_time())
        return await super().send(outgoing)


class Trial:
    """The lane of messages to many of one account."""

    def __init__(
        self,
        stock: Stock | None = None,
        platform: Platform | None = None,
        lead: Any = lambda _what: True,
        **limits: Any,
    ) -> None:
        self.stock = stock or Stock()
        self.platform = platform or Platform()
        self.account = account(self.platform, **limits)
        self.notebook = Notebook(answers={"left_behind": [], "senders": set()})
        self.ledger = ledger(self.notebook)
        self.bulk = Bulk(
            self.account, self.ledger, Journal(None, OWNER), self.stock, Metrics(), clock, lead
        )
        self.recording = asyncio.ensure_future(self.ledger.record())
        trials.append(self)

    async def run(self, seconds: float) -> None:
        if self.bulk._work is None:
            self.bulk.start()
        await passes(seconds)

    async def end(self) -> None:
        self.bulk.cancel()
        if self.bulk._work is not None:
            self.bulk._work.cancel()
        self.recording.cancel()
        await asyncio.gather(self.recording, return_exceptions=True)
        await passes(0)

    @property
    def sent(self) -> int:
        return len(self.platform.sent)


trials: list[Trial] = []


@pytest.fixture(autouse=True)
async def _ended() -> AsyncIterator[None]:
    yield
    while trials:
        await trials.pop().end()


# ---- how many ----


async def test_without_a_rate_as_many_as_may_be_on_their_way() -> None:
    trial = Trial(platform=Platform(latency=9.0))
    await trial.run(0.5)
    assert trial.stock.asked[0] == (0.0, FEW)
    assert (trial.bulk.flying, trial.bulk._flight.in_hand) == (FEW, 0)


async def test_while_messages_leave_there_are_some_in_hand_for_the_time_of_a_claim() -> None:
    trial, in_hand = Trial(Stock(slow=0.03), Narrow(latency=0.05)), list[int]()
    await trial.run(2.0)
    before = trial.sent
    for _ in range(100):
        await passes(0.01)
        in_hand.append(trial.bulk._flight.in_hand)
    assert trial.sent - before >= 0.98 * 2_000
    assert min(in_hand) > 0
    assert max(in_hand) <= 0.1 * 2_000  # it is claimed a tenth of a second before at most
    assert min(most for _, most in trial.stock.asked[5:]) >= 32


@pytest.mark.parametrize(("slow", "ahead"), [(0.001, 0.04), (0.035, 0.07), (0.09, 0.1)])
async def test_how_much_is_in_hand_follows_from_how_long_claims_take(
    slow: float, ahead: float
) -> None:
    trial = Trial(Stock(slow=slow), Narrow(latency=0.05))
    await trial.run(3.0)
    assert trial.bulk._stock(loop_time()) == pytest.approx(2_000 * ahead, rel=0.1)


async def test_a_claim_is_of_two_hundred_and_fifty_six_at_most() -> None:
    trial = Trial(Stock(slow=0.005), Narrow(latency=0.2, fast=6_000))
    await trial.run(2.5)
    assert trial.bulk._flight.allowed == 1024
    assert trial.bulk._stock(loop_time()) == pytest.approx(0.04 * 5_120, rel=0.1)
    assert max(most for _, most in trial.stock.asked) == 256


async def test_a_platform_that_hangs_gets_no_more_than_it_has() -> None:
    trial = Trial(platform=Platform(latency=0.05))
    await trial.run(1.0)
    trial.platform.hanging = asyncio.Event()
    await passes(2.5)
    assert trial.bulk.flying <= trial.bulk._flight.allowed
    asked = len(trial.stock.asked)
    await passes(2)
    assert len(trial.stock.asked) == asked


async def test_at_a_rate_as_many_as_find_a_place_within_the_next_moment() -> None:
    trial = Trial(platform=Platform(latency=0.02), rate=30, chat_seconds=1.0)
    await trial.run(10)
    assert max(most for _, most in trial.stock.asked) <= 3
    assert 0.95 * 300 <= trial.sent <= 300
    assert trial.bulk._flight.in_hand <= 2


async def test_a_claim_is_worth_two_hundredths_of_a_second_s_messages() -> None:
    trial = Trial(platform=Platform(latency=0.02), rate=1000)
    await trial.run(5)
    assert median(most for _, most in trial.stock.asked) >= 20
    assert trial.sent >= 0.97 * 5_000


async def test_who_is_being_written_to_is_passed_by() -> None:
    trial = Trial(platform=Platform(latency=0.5), most=2, chat_seconds=3.0)
    trial.account.chats["x"] = object()  # type: ignore[assignment]
    trial.account.close(9, "y")
    await trial.run(0.6)
    assert trial.stock.busy[0] == {"x", "y"}
    assert trial.stock.busy[1] == {"x", "y", "c1", "c2"}


async def test_nothing_is_claimed_while_much_is_not_recorded() -> None:
    trial = Trial(Stock(left=9))
    for delivery in range(1, 8_194):
        trial.ledger.take(-delivery)
    await trial.run(3)
    assert trial.stock.asked == []
    trial.ledger._in_hand.discard(-1)
    await passes(1)
    assert trial.stock.asked


# ---- when ----


async def test_when_nothing_is_due_it_is_looked_every_second() -> None:
    trial = Trial(Stock(left=0))
    await trial.run(3.5)
    assert trial.stock.times == pytest.approx([0, 1, 2, 3])


async def test_what_will_be_due_sooner_is_claimed_then_and_later_ones_are_looked_for() -> None:
    trial = Trial(Stock(left=0, due=EPOCH + timedelta(seconds=0.3), slow=0.001))
    await trial.run(0.25)
    trial.stock.due = EPOCH + timedelta(seconds=77)
    await passes(3)
    assert trial.stock.times == pytest.approx([0, 0.3, 1.301, 2.302])


async def test_what_is_due_already_is_looked_for_at_once() -> None:
    """More may go at once: a claim looks at a few hundred rows at most."""
    trial = Trial(Stock(left=0, due=EPOCH - timedelta(seconds=5), slow=0.1))
    await trial.run(0.95)
    assert len(trial.stock.asked) == 10


async def test_the_clock_s_word_is_heard_at_once() -> None:
    trial = Trial(Stock(left=0))
    await trial.run(0.4)
    trial.stock.left = 3
    trial.bulk.wake()
    await passes(0.1)
    assert trial.sent == 3
    assert trial.stock.times[1] == pytest.approx(0.4)


async def test_a_word_heard_during_a_claim_is_not_forgotten() -> None:
    trial = Trial(Stock(left=0, slow=0.1))
    await trial.run(0.05)
    trial.bulk.wake()
    await passes(0.1)
    assert trial.stock.times == pytest.approx([0, 0.1])


async def test_what_went_back_is_claimed_when_it_is_due() -> None:
    trial = Trial(Stock(left=1))
    trial.platform.plan("c1", TooFast(0.3))
    await trial.run(0.1)
    trial.stock.left = 1
    await passes(0.25)
    assert trial.stock.times[:2] == pytest.approx([0, 0.301], abs=0.02)
    assert trial.sent == 1


async def test_after_a_429_for_everybody_nothing_is_claimed_until_it_is_over() -> None:
    trial = Trial(Stock(left=40), rate=1000)
    trial.platform.plan("c1", TooFast(2.0, everyone=True))
    await trial.run(1.9)
    trial.stock.left, before = 5, trial.sent  # the other forty went back, or out before
    await passes(0.3)
    assert not [at for at in trial.stock.times if 0.1 < at < 2.0]
    assert trial.sent == before + 5


async def test_without_a_connection_one_at_a_time_is_claimed() -> None:
    trial = Trial(Stock(left=100))
    trial.platform.plan("*", *(NotSent() for _ in range(FEW + 2)))
    await trial.run(1.5)
    assert [most for at, most in trial.stock.asked if 0.2 < at < 1.0] == [1, 1]
    await passes(1)
    assert trial.sent > 50


# ---- who ----


async def test_only_the_process_that_leads_claims_and_it_asks_every_five_seconds() -> None:
    asked, leads = list[tuple[float, str]](), [False, False, True, True, False]
    loop = asyncio.get_running_loop()

    def lead(what: str) -> bool:
        assert threading.current_thread() is not threading.main_thread()  # it may block
        asked.append((loop.time(), what))
        return leads.pop(0)

    trial = Trial(Stock(left=0), lead=lead)
    await trial.run(21)
    assert {what for _, what in asked} == {"send:telegram:1"}
    assert [at for at, _ in asked] == pytest.approx([0, 5, 10, 15, 20])
    # The second after taking over is its predecessor's: what that sent is not known here.
    assert trial.stock.times[0] == pytest.approx(11)
    assert trial.stock.times[-1] < 20


async def test_who_leads_from_the_first_need_not_wait() -> None:
    trial = Trial(Stock(left=0))
    await trial.run(0.1)
    assert trial.stock.times == [0]


@pytest.mark.parametrize("problem", [ConnectionLost("gone"), ZeroDivisionError()])
async def test_after_a_claim_that_failed_its_rows_are_looked_for(problem: Exception) -> None:
    trial = Trial(Stock(left=5, problems=[problem]))
    await trial.run(0.9)
    assert trial.notebook.of("_give_back_forgotten") == []
    assert trial.sent == 0
    await passes(0.2)
    assert len(trial.notebook.of("_give_back_forgotten")) == 1
    assert trial.stock.times[1] == pytest.approx(1.0)
    assert trial.sent == 5


async def test_a_leader_that_cannot_be_asked_for_is_asked_for_again() -> None:
    def lead(_what: str) -> bool:
        if problems:
            raise problems.pop()
        return True

    problems: list[StorageError] = [AWAY]
    trial = Trial(Stock(left=2), lead=lead)
    await trial.run(0.9)
    assert trial.sent == 0
    await passes(0.2)
    assert trial.sent == 2


async def test_left_behind_messages_are_looked_for_before_the_first_claim() -> None:
    trial = Trial(Stock(left=1))
    trial.notebook.slow = 0.5
    await trial.run(0.4)
    assert trial.stock.asked == []
    await passes(1)
    assert trial.stock.asked


# ---- the end ----


async def test_stopping_gives_back_what_is_in_hand_and_claims_nothing_more() -> None:
    trial = Trial(platform=Platform(latency=0.02), rate=100)
    await trial.run(0.5)
    await trial.bulk.stop()
    begun, asked = len(trial.platform.asked), len(trial.stock.asked)
    given = [each for ids, *_ in trial.notebook.of("release") for each in ids]
    assert begun + len(given) == next(trial.stock.numbers) - 1
    trial.bulk.wake()
    await passes(3)
    assert (len(trial.platform.asked), len(trial.stock.asked)) == (begun, asked)


async def test_a_claim_under_way_is_waited_for_when_the_program_stops() -> None:
    trial = Trial(Stock(left=4, slow=0.8))
    await trial.run(0.1)
    await trial.bulk.stop()
    assert loop_time() == pytest.approx(0.8)
    assert [ids for ids, *_ in trial.notebook.of("release")] == [[1, 2, 3, 4]]
    assert trial.platform.asked == []


async def test_a_claim_that_hangs_is_not() -> None:
    trial = Trial(Stock(left=4, slow=50))
    await trial.run(0.1)
    await trial.bulk.stop()
    assert loop_time() == pytest.approx(1.1)


async def test_a_lane_that_never_started_can_be_stopped() -> None:
    await Trial().bulk.stop()
    assert loop_time() == 0


async def test_replies_find_places_beside_a_broadcast() -> None:
    trial = Trial(platform=Platform(latency=0.02), rate=50, chat_seconds=1.0)
    await trial.run(2.0)
    waits = list[float]()
    for number in range(40):
        begun = loop_time()
        await trial.account.send(message(f"p{number}"))
        waits.append(loop_time() - begun - 0.02)
        await passes(0.2)
    assert max(waits) <= 0.05 + 1e-6
    assert sum(wait < 0.001 for wait in waits) >= 30
    assert trial.sent >= 0.9 * 50 * 9


async def test_the_rate_is_told() -> None:
    trial = Trial(Stock(left=30))
    await trial.run(1)
    assert trial.bulk.rate() == 3.0
    assert trial.bulk._flight.allowed == LEAST
