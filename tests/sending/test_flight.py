"""From claimed to settled: claimed messages leave in order, as many as may, and nothing waits long
in hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.metrics import Metrics
from bot.outgoing import Action, NotSent, Outgoing, Rejected, TooFast, Unknown
from bot.sending.flight import Flight
from bot.sending.in_flight import FEW, LEAST
from bot.sending.journal import SLOTS, Fate, Journal, Note
from bot.sending.source import NothingToSend, Taken
from messages import rich
from messages.message import Message
from storage.outbox import Settled
from tests.sending.many import OWNER, Platform, Row
from tests.sending.notebook import Notebook, account, ledger, loop_time, message
from tests.sending.virtual import EPOCH, clock, gaps, passes


class Words:
    """Makes the messages; ``problems`` are raised by chat. ``made`` in this order."""

    def __init__(self) -> None:
        self.problems: dict[str, Exception] = {}
        self.made: list[tuple[str, Any]] = []

    async def take(self, *_: Any) -> Taken:
        raise NotImplementedError

    def message(self, item: Any, taken: Taken, /) -> tuple[Message, str | None]:
        self.made.append((item.chat, taken.made))
        if item.chat in self.problems:
            raise self.problems[item.chat]
        return Message(rich.paragraph(f"to {item.chat}")), item.target


class Trial:
    """The claimed messages of one account. Everything ends with the test (``trials``)."""

    def __init__(
        self, platform: Platform | None = None, journal: Path | None = None, **limits: Any
    ) -> None:
        self.platform = platform or Platform()
        self.account = account(self.platform, **limits)
        self.notebook = Notebook()
        self.journal = Journal(journal, OWNER)
        self.journal.open()
        self.ledger = ledger(self.notebook, self.journal.forget)
        self.words = Words()
        self.metrics = Metrics()
        self.freed = 0
        self.returned: list[float] = []
        self.flight = Flight(
            self.account, self.ledger, self.journal, self.words, self.metrics, clock, self._free,
            self.returned.append,
        )  # fmt: skip
        self.recording = asyncio.ensure_future(self.ledger.record())
        trials.append(self)

    async def end(self) -> None:
        self.flight.cancel()
        self.recording.cancel()
        await asyncio.gather(*self.flight._tasks, self.recording, return_exceptions=True)
        self.journal.close(keep=False)

    def _free(self) -> None:
        self.freed += 1

    def take(self, *chats: str, lane: int = 3, first: int = 1, **more: Any) -> None:
        """Claim messages for these chats; their deliveries are numbered from ``first`` on."""
        rows = [
            Row(number, chat, f"u{chat}", lane, more.get("action", "send"), more.get("target"), 2)
            for number, chat in enumerate(chats, first)
        ]
        self.flight.take(Taken(rows, made="these"))

    async def settled(self) -> list[Settled]:
        """The results once nothing is on its way or in hand."""
        while self.flight.flying or self.flight.in_hand:
            await passes(0.01)
        await passes(0.02)
        return sorted(self.notebook.settled, key=lambda each: each.id)

    @property
    def asked(self) -> list[str]:
        return [chat for _, chat in self.platform.asked]

    def figures(self) -> dict[str, float]:
        lines = self.metrics.text().decode().splitlines()
        return {
            name: float(value)
            for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")
        }


trials: list[Trial] = []


@pytest.fixture(autouse=True)
async def _ended() -> AsyncIterator[None]:
    yield
    while trials:
        await trials.pop().end()


def chats(number: int) -> Iterable[str]:
    return (f"c{each}" for each in range(number))


async def test_what_was_claimed_is_made_sent_and_recorded() -> None:
    trial = Trial(chat_seconds=1.0, paid=True)
    trial.take("a", "b")
    assert trial.ledger.unrecorded == 2
    assert trial.flight.chats() == {"a", "b"}
    assert await trial.settled() == [
        Settled(1, "sent", None, "m1", 3),
        Settled(2, "sent", None, "m2", 3),
    ]
    first = trial.platform.outgoing[0]
    assert (first.action, first.chat, first.user, first.delivery) == (Action.SEND, "a", "ua", 1)
    assert first.paid
    assert rich.plain(first.message.text) == "to a"
    assert trial.words.made == [("a", "these"), ("b", "these")]
    assert trial.freed == 2
    assert trial.account.chat_wait("a", 0.5) == pytest.approx(0.5)
    assert trial.ledger.unrecorded == 0
    assert trial.flight.chats() == set()
    assert trial.flight._tasks == set()  # nothing is kept of what is done


async def test_results_of_messages_to_many_are_written_a_moment_later_together() -> None:
    trial = Trial()
    trial.take("a", "b")
    await trial.settled()
    assert trial.notebook.times == [pytest.approx(0.011)]


async def test_what_is_changed_or_taken_back_is_named() -> None:
    trial = Trial()
    trial.take("a", action="edit", target="m7")
    trial.take("b", action="delete", target="m8", first=2)
    await trial.settled()
    assert [(each.action, each.target) for each in trial.platform.outgoing] == [
        (Action.EDIT, "m7"),
        (Action.DELETE, "m8"),
    ]


async def test_a_message_that_cannot_be_made_fails_alone() -> None:
    trial = Trial()
    trial.words.problems = {"a": NothingToSend("answered already"), "b": ZeroDivisionError()}
    trial.take("a", "b", "c")
    assert await trial.settled() == [
        Settled(1, "failed", "answered already", None, 2),
        Settled(2, "failed", "error", None, 2),
        Settled(3, "sent", None, "m1", 3),
    ]
    assert trial.figures()['domov_deliveries_total{channel="telegram",state="failed"}'] == 2


async def test_what_was_refused_counts_its_attempts() -> None:
    trial = Trial()
    trial.platform.plan("a", Rejected("no"))
    trial.platform.plan("b", Unknown())
    trial.take("a", "b")
    assert await trial.settled() == [
        Settled(1, "failed", "rejected: no", None, 3),
        Settled(2, "unknown", "answer lost", None, 3),
    ]


# ---- how many ----


async def test_at_first_a_handful_is_on_its_way_then_as_many_as_are_needed() -> None:
    trial = Trial(Platform(latency=0.2))
    trial.take(*chats(600))
    assert trial.flight.flying == FEW
    assert trial.flight.allowed == FEW
    await passes(0.3)
    assert trial.flight.flying == LEAST == trial.flight.allowed
    await passes(0.4)
    assert trial.flight.flying > LEAST
    assert trial.flight.pace(loop_time()) > 500
    assert (await trial.settled())[-1].state == "sent"


@pytest.mark.parametrize("most", [1, 5])
async def test_never_are_more_on_their_way_than_the_account_allows(most: int) -> None:
    trial = Trial(Platform(latency=0.1), most=most)
    trial.take(*chats(3 * most))
    assert trial.flight.flying == most
    assert trial.flight.in_hand == 2 * most
    await trial.settled()
    times = [at for at, _ in trial.platform.asked]
    assert times == pytest.approx([each * 0.1 for each in range(3) for _ in range(most)])


@pytest.mark.parametrize("trouble", [Unknown(), TooFast(0.001, everyone=True)])
async def test_after_trouble_as_few_as_at_first_leave(trouble: Exception) -> None:
    trial = Trial(Platform(latency=0.2))
    trial.take(*chats(250))
    await passes(0.5)
    trial.take(*chats(250), first=1000)
    await passes(0.15)
    assert trial.flight.flying > LEAST
    assert trial.flight.allowed > 1.5 * LEAST
    trial.platform.plan("*", *([trouble] * 400))  # whatever is on its way
    await passes(0.25)
    assert trial.flight.allowed == LEAST


async def test_one_chat_s_429_is_no_trouble_of_all() -> None:
    trial = Trial(Platform(latency=0.2))
    trial.take(*chats(250))
    await passes(0.65)
    assert trial.flight.allowed > LEAST
    trial.platform.plan("*", TooFast(1.0))
    await passes(0.2)
    assert trial.flight.allowed > LEAST


async def test_without_a_connection_one_tries() -> None:
    trial = Trial(Platform(latency=0.01))
    trial.platform.plan("a", NotSent())
    trial.take("a")
    await passes(0.02)
    assert trial.flight.failing
    assert (trial.flight.allowed, trial.flight.pace(loop_time())) == (1, 0.0)
    await passes(0.25)
    trial.take("b", "c", first=2)
    assert trial.flight.flying == 1
    await trial.settled()
    assert not trial.flight.failing
    assert trial.asked == ["a", "b", "c"]


async def test_no_more_begin_than_the_journal_has_places_for(tmp_path: Path) -> None:
    trial = Trial(journal=tmp_path / "begun")
    for delivery in range(10_000, 10_000 + SLOTS - 1):
        trial.journal.begun(delivery)
    trial.take("a", "b")
    await passes(0.05)
    assert trial.asked == ["a", "b"]  # the first was recorded before the second left
    assert gaps([at for at, _ in trial.platform.asked])[0] >= 0.01


async def test_begun_messages_are_noted_until_their_result_is_recorded(tmp_path: Path) -> None:
    trial = Trial(Platform(latency=0.1), tmp_path / "begun")
    trial.platform.plan("b", TooFast(5))
    trial.platform.plan("c", Rejected("no"))
    trial.take("a", "b", "c")
    reader = Journal(tmp_path / "begun", "8")
    assert reader.of(OWNER) == {each: Note(Fate.BEGUN) for each in (1, 2, 3)}
    await passes(0.105)
    assert reader.of(OWNER) == {1: Note(Fate.SENT, "m1"), 3: Note(Fate.BEGUN)}
    await passes(0.02)
    assert reader.of(OWNER) == {}


# ---- when ----


async def test_messages_leave_as_places_become_free_evenly_spread() -> None:
    trial = Trial(Platform(latency=0.01), rate=10, chat_seconds=1.0)
    trial.take(*chats(6))
    await trial.settled()
    assert trial.asked == list(chats(6))
    assert gaps([at for at, _ in trial.platform.asked]) == pytest.approx([0.097] * 5, abs=0.021)


async def test_no_more_than_sixteen_begin_in_one_go() -> None:
    """Others have their turn in between."""
    trial, seen = Trial(Platform(latency=5.0)), list[int]()
    trial.take(*chats(16))
    await passes(6)
    trial.take(*chats(50), first=100)
    while trial.flight.in_hand:
        seen.append(trial.flight.flying)
        await asyncio.sleep(0)
    assert [*dict.fromkeys(seen)] == [16, 32, 48]


@pytest.mark.parametrize("everyone", [False, True])
async def test_what_the_platform_asks_to_wait_goes_back_into_the_queue(everyone: bool) -> None:
    """So that consent, pause and cancellation are looked at again."""
    trial = Trial(Platform(latency=0.1), most=1)
    trial.platform.plan("a", TooFast(7, everyone=everyone))
    trial.take("a", "b")
    await trial.settled()
    back = [
        (ids, (due - EPOCH).total_seconds(), tried)
        for ids, due, _, tried in trial.notebook.of("release")
    ]
    expected = [([1], pytest.approx(7.1), 1)]
    if everyone:
        expected.insert(0, ([2], pytest.approx(7.1), 0))
        assert trial.returned == [pytest.approx(7)] * 2
    assert sorted(back) == sorted(expected)
    assert trial.asked == (["a"] if everyone else ["a", "b"])
    assert trial.ledger.unrecorded == 0


async def test_a_chat_that_has_to_wait_gets_its_message_later() -> None:
    trial = Trial(chat_seconds=1.0)
    trial.account.close(3, "a")
    trial.account.note("b", 0.0)
    trial.account.chats["c"] = asyncio.Queue()  # type: ignore[assignment]  # replies wait
    trial.take("a", "b", "c", "d")
    await trial.settled()
    waits = {ids[0]: (due - EPOCH).total_seconds() for ids, due, *_ in trial.notebook.of("release")}
    assert waits == pytest.approx({1: 3.0, 2: 1.0, 3: 1.0})
    assert all(tried == 0 for *_, tried in trial.notebook.of("release"))
    assert trial.asked == ["d"]
    assert sorted(trial.returned) == pytest.approx([1.0, 1.0, 3.0])


async def test_what_is_in_hand_for_more_than_a_second_goes_back() -> None:
    trial = Trial(Platform(latency=0.95), most=2)
    trial.take(*chats(6))
    await passes(0.96)
    assert trial.asked == ["c0", "c1", "c2", "c3"]
    await trial.settled()
    assert trial.asked == ["c0", "c1", "c2", "c3"]
    assert [args[0] for args in trial.notebook.of("release")] == [[5, 6]]
    assert trial.notebook.of("release")[0][1] == EPOCH + timedelta(
        seconds=loop_time() - loop_time()
    ) + timedelta(seconds=1.9)
    assert trial.returned == [0.0]


async def test_what_is_in_hand_for_a_second_leaves() -> None:
    trial = Trial(Platform(latency=0.999), most=1)
    trial.take("a", "b")
    await trial.settled()
    assert trial.asked == ["a", "b"]


async def test_a_long_message_waits_until_all_its_parts_have_places() -> None:
    class Long(Platform):
        def parts(self, outgoing: Outgoing) -> int:
            return 3 if outgoing.chat == "long" else 1

    trial = Trial(Long(latency=0.0), rate=4)
    trial.account.window.take(0.0, bulk=True)  # type: ignore[union-attr]
    trial.account.window.take(0.0, bulk=True)  # type: ignore[union-attr]
    trial.take("long")
    await passes(0.9)
    assert trial.asked == []
    await trial.settled()
    assert trial.notebook.of("release")
    assert len(trial.words.made) == 1


# ---- the end ----


async def test_stopping_gives_back_what_was_not_begun_and_begins_nothing_more() -> None:
    trial = Trial(Platform(latency=0.1), rate=20)
    trial.take(*chats(9))
    await passes(0.12)
    begun = len(trial.asked)
    assert 1 < begun < 9
    trial.flight.halt()
    await trial.flight.hand_back()
    assert trial.notebook.of("release")[0][0] == list(range(begun + 1, 10))
    trial.take("z", first=20)
    await passes(2)
    assert len(trial.asked) == begun
    trial.flight.halt()
    await trial.flight.hand_back()
    assert trial.notebook.of("release")[1][0] == [20]


async def test_stopping_with_empty_hands_writes_nothing() -> None:
    trial = Trial()
    trial.flight.halt()
    await trial.flight.hand_back()
    assert trial.notebook.times == []


async def test_what_is_still_on_its_way_can_be_ended() -> None:
    trial = Trial(Platform(latency=9.0))
    trial.take("a")
    await passes(0.1)
    trial.flight.cancel()
    await passes(20)
    assert trial.platform.sent == []
    assert trial.notebook.written == []


async def test_the_rate_is_that_of_the_last_ten_seconds() -> None:
    trial = Trial(Platform(latency=0.0))
    trial.take(*chats(5))
    await passes(1.5)
    trial.take(*chats(7), first=10)
    await passes(0.1)
    assert trial.flight.rate() == pytest.approx(1.2)
    await passes(8.5)
    assert trial.flight.rate() == pytest.approx(1.2)
    await passes(0.9)
    assert trial.flight.rate() == pytest.approx(0.7)
    await passes(1.0)
    assert trial.flight.rate() == 0.0
    found = trial.figures()
    assert found['domov_sent_total{channel="telegram",lane="3"}'] == 12
    assert found['domov_deliveries_total{channel="telegram",state="sent"}'] == 12


async def test_a_reply_s_chat_is_asked_before_each_message_is_made() -> None:
    trial = Trial(rate=1000, chat_seconds=1.0)
    await trial.account.send(message("a"))
    trial.take("a")
    await trial.settled()
    assert trial.words.made == []
    assert trial.asked == ["a"]
