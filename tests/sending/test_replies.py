"""Replies are seen through: in order within a chat, chats side by side, whatever happens."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.outgoing import (
    Action,
    Moved,
    NotSent,
    Outgoing,
    Rejected,
    SendError,
    TooFast,
    Unknown,
    Unreachable,
)
from bot.sending.account import APART, AT_ONCE, Account
from bot.sending.limits import Limits
from bot.sending.replies import Replies
from storage.outbox import Settled
from tests.sending.many import Historian, Platform
from tests.sending.notebook import Notebook, account, ledger, loop_time, message
from tests.sending.virtual import gaps, passes


@dataclass
class Sparing(Platform):
    """A platform with narrow limits: ``roomy`` when there is room for tidying."""

    roomy: bool = True

    def spare(self, outgoing: Outgoing) -> bool:
        return self.roomy


class Trial:
    """The replies of one account, and what came of each."""

    def __init__(self, platform: Platform | None = None) -> None:
        self.platform = platform or Platform()
        self.account = account(self.platform)
        self.notebook = Notebook()
        self.ended: list[Settled] = []
        self.tasks: list[asyncio.Task[None]] = []
        self.replies = Replies(self.account, ledger(self.notebook), self._spawn, self._done)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        self.tasks.append(asyncio.ensure_future(work))

    def _done(self, whose: Account, settled: Settled) -> None:
        assert whose is self.account
        self.ended.append(settled)

    async def send(self, *messages: Outgoing) -> list[Settled]:
        """Submit these, and wait until nothing waits any more."""
        for each in messages:
            self.replies.submit(each)
        while self.account.chats:
            await asyncio.gather(*self.tasks)
        return self.ended

    @property
    def asked(self) -> list[str]:
        return [chat for _, chat in self.platform.asked]

    @property
    def times(self) -> list[float]:
        return [at for at, _ in self.platform.asked]


async def test_a_reply_is_sent() -> None:
    assert await Trial().send(message("a", 5)) == [Settled(5, "sent", None, "m1", 1)]


async def test_order_is_kept_within_a_chat_whatever_goes_wrong() -> None:
    trial = Trial()
    trial.platform.plan("a", NotSent(), TooFast(0.05), Unknown())
    ended = await trial.send(*(message("a", number) for number in range(1, 6)))
    assert [(each.id, each.state, each.attempts) for each in ended] == [
        (1, "sent", 4),
        *((number, "sent", 1) for number in range(2, 6)),
    ]
    assert [each.delivery for each in trial.platform.outgoing] == [1, 1, 1, 1, 2, 3, 4, 5]


async def test_what_comes_while_a_chat_is_served_waits_its_turn() -> None:
    trial = Trial(Platform(latency=1.0))
    trial.replies.submit(message("a", 1))
    await passes(0.5)
    await trial.send(message("a", 2), message("b", 3))
    assert trial.platform.asked == [(0.0, "a"), (0.5, "b"), (1.0, "a")]
    assert trial.account.waiting() == 0
    assert len(trial.tasks) == 2


async def test_a_chat_of_several_people_is_one_queue() -> None:
    trial = Trial(Platform(latency=1.0))
    await trial.send(message("a", 1), replace(message("a", 2), user="somebody else"))
    assert trial.times == [0.0, 1.0]


async def test_one_chat_s_wait_holds_nobody_else_up() -> None:
    trial = Trial(Platform(latency=0.0))
    trial.platform.plan("slow", TooFast(0.4))
    await trial.send(message("slow", 1), message("quick", 2))
    assert trial.platform.asked == [(0.0, "slow"), (0.0, "quick"), (0.4, "slow")]


async def test_a_wait_for_everyone_is_everyone_s() -> None:
    trial = Trial(Platform(latency=0.0))
    trial.platform.plan("first", TooFast(0.3, everyone=True))
    await trial.send(message("first", 1))
    trial.platform.plan("first", TooFast(0.3, everyone=True))
    trial.replies.submit(message("first", 2))
    await passes(0.1)
    await trial.send(message("other", 3))
    assert trial.times == pytest.approx([0, 0.3, 0.3, 0.6, 0.6])


async def test_without_a_connection_it_is_tried_with_growing_waits_for_a_day() -> None:
    trial = Trial(Platform(latency=0.0))
    trial.platform.plan("a", *(NotSent() for _ in range(4_000)))
    assert await trial.send(message("a", 5)) == [
        Settled(5, "failed", "not sent", None, len(trial.times))
    ]
    assert gaps(trial.times)[:8] == pytest.approx([0.5, 1, 2, 4, 8, 16, 30, 30])
    assert gaps(trial.times)[-1] == pytest.approx(30)
    assert 24 * 3600 < loop_time() <= 24 * 3600 + 30


async def test_a_lost_answer_is_tried_ten_times_within_two_minutes() -> None:
    """A person who waits for a question is worse off than one who reads it twice."""
    trial = Trial(Platform(latency=0.0))
    trial.platform.plan("a", *(Unknown() for _ in range(20)))
    assert await trial.send(message("a", 5)) == [Settled(5, "unknown", "answer lost", None, 10)]
    assert gaps(trial.times) == pytest.approx([0.5, 1, 2, 4, 8, 16, 30, 30, 30])
    assert trial.account.repeated == set()


async def test_slack_is_asked_before_a_reply_is_said_again() -> None:
    trial = Trial(Historian(known={5: True}))
    trial.platform.plan("a", Unknown())
    assert await trial.send(message("a", 5)) == [Settled(5, "sent", None, "", 2)]
    assert len(trial.platform.outgoing) == 1


async def test_what_is_in_no_ledger_is_said_again_without_asking() -> None:
    platform = Historian(known={0: True})
    trial = Trial(platform)
    trial.platform.plan("a", Unknown())
    await trial.send(message("a"), message("b"))
    assert platform.looked_up == []
    assert trial.asked == ["a", "b", "a"]


@pytest.mark.parametrize(
    ("problem", "ended"),
    [
        (NotSent(), Settled(5, "failed", "not sent", None, 1)),
        (Unknown(), Settled(5, "unknown", "answer lost", None, 1)),
    ],
)
async def test_a_window_cannot_be_opened_later(problem: SendError, ended: Settled) -> None:
    trial = Trial()
    trial.platform.plan("a", problem)
    assert await trial.send(message("a", 5, Action.FORM)) == [ended]
    assert trial.asked == ["a"]


async def test_a_person_who_blocked_the_bot_gets_nothing_more() -> None:
    trial = Trial()
    trial.platform.plan("a", Unreachable())
    trial.account.repeated.update({2, 3})
    ended = await trial.send(message("a", 1), message("a", 2), message("b", 3))
    assert sorted(ended, key=lambda each: each.id) == [
        Settled(1, "failed", "unreachable", None, 1),
        Settled(2, "failed", "unreachable", None, 0),
        Settled(3, "sent", None, "m1", 1),
    ]
    assert trial.asked == ["a", "b"]
    assert trial.notebook.of("unreachable") == [("telegram", "1", "ua")]
    assert trial.account.repeated == set()


@pytest.mark.parametrize(
    ("problem", "reason"),
    [
        (Rejected("can't parse entities"), "rejected: can't parse entities"),
        (Rejected("x" * 300), "rejected: " + "x" * 190),
        (ZeroDivisionError(), "error"),
    ],
)
async def test_a_refused_message_fails_and_the_next_goes_on(
    problem: Exception, reason: str
) -> None:
    trial = Trial()
    trial.platform.plan("a", problem)
    ended = await trial.send(message("a", 1), message("a", 2))
    assert ended == [Settled(1, "failed", reason, None, 1), Settled(2, "sent", None, "m1", 1)]
    assert trial.notebook.written == []


async def test_a_chat_that_moved_is_followed() -> None:
    trial = Trial()
    trial.platform.plan("a", Moved("a2"))
    first = message("a", 1, target="m7")
    assert await trial.send(first) == [Settled(1, "sent", None, "m1", 2)]
    assert trial.notebook.of("moved") == [("telegram", "1", "ua", "a2")]
    again = trial.platform.outgoing[1]
    assert (again.chat, again.user, again.target, again.trigger) == ("a2", "ua", "m7", None)


async def test_a_chat_that_moved_and_is_told_to_wait_waits_where_it_is_now() -> None:
    trial = Trial(Platform(latency=0.0))
    trial.platform.plan("a", Moved("a2"))
    trial.platform.plan("a2", TooFast(2.0))
    await trial.send(message("a", 1))
    assert trial.platform.asked == [(0.0, "a"), (0.0, "a2"), (2.0, "a2")]


async def test_a_chat_is_free_again_after_something_unexpected() -> None:
    trial = Trial()

    def fails(_whose: Account, _settled: Settled) -> None:
        raise RuntimeError("nobody expects this")

    trial.replies._done = fails
    trial.replies.submit(message("a", 1))
    with pytest.raises(RuntimeError):
        await trial.tasks[0]
    assert trial.account.chats == {}


def settled(chat: str) -> Outgoing:
    """The question that was answered, without its buttons."""
    return replace(message(chat, action=Action.EDIT, target="m0"), tidy=True)


def actions(trial: Trial) -> list[tuple[float, str]]:
    """What was asked of the platform, and when."""
    done = zip(trial.platform.asked, trial.platform.outgoing, strict=True)
    return [(at, outgoing.action.value) for (at, _), outgoing in done]


async def test_tidying_goes_last() -> None:
    trial = Trial(Platform(latency=1.0))
    await trial.send(settled("a"), message("a", 1), message("a", 2))
    await asyncio.gather(*trial.tasks)
    assert actions(trial) == [(0.0, "send"), (1.0, "send"), (2.0, "edit")]
    assert trial.ended[-1] == Settled(0, "sent")


async def test_tidying_never_stands_before_the_next_question() -> None:
    trial = Trial(Platform(latency=30.0))
    trial.replies.submit(settled("a"))
    await passes(1.0)
    await trial.send(message("a", 1))
    assert actions(trial) == [(0.0, "edit"), (1.0, "send")]


@pytest.mark.parametrize("trouble", [NotSent(), Unknown(), TooFast(30, method=True)])
async def test_tidying_is_tried_once_and_holds_nothing_up(trouble: Exception) -> None:
    trial = Trial(Platform(latency=0.0))
    trial.platform.plan("a", trouble)
    await trial.send(settled("a"))
    await asyncio.gather(*trial.tasks)
    assert trial.ended == [Settled(0, "dropped")]
    await trial.send(message("a", 1))
    assert actions(trial) == [(0.0, "edit"), (0.0, "send")]


async def test_tidying_that_would_wait_is_dropped() -> None:
    """The chat is held, everybody is, or the platform has no room to spare."""
    trial = Trial(Sparing(latency=0.0))
    trial.account.close(5.0, "a")
    for chat, roomy in (("a", True), ("b", False), ("c", True)):
        trial.platform.roomy = roomy  # type: ignore[attr-defined]
        await trial.send(settled(chat))
        await asyncio.gather(*trial.tasks)
    trial.account.close(5.0)
    await trial.send(settled("c"))
    await asyncio.gather(*trial.tasks)
    assert trial.platform.asked == [(0.0, "c")]
    assert [each.state for each in trial.ended] == ["dropped", "dropped", "sent", "dropped"]


async def test_a_wait_for_a_method_is_not_the_chat_s() -> None:
    """A home page that Slack holds for everybody's sake: messages go meanwhile."""
    trial = Trial(Platform(latency=0.0))
    trial.platform.plan("a", TooFast(600, method=True))
    await trial.send(message("a", 1, Action.HOME), message("a", 2), message("b", 3))
    assert actions(trial) == [(0.0, "home"), (0.0, "send"), (0.0, "send"), (600.0, "home")]


async def test_a_window_is_not_opened_when_its_trigger_is_over() -> None:
    trial = Trial(Platform(latency=0.0))
    trial.platform.plan("a", TooFast(4, method=True))
    trial.platform.plan("b", TooFast(2, method=True))
    ended = await trial.send(message("a", 1, Action.FORM), message("b", 2, Action.FORM))
    assert ended == [Settled(1, "failed", "too fast", None, 1), Settled(2, "sent", None, "m1", 2)]


async def test_who_only_hammers_is_answered_at_a_steady_pace_and_others_at_once() -> None:
    """Forty replies at once, then ten a second, whatever one person sends; rest gives it back."""
    trial = Trial()
    trial.account.limits = Limits(chat_seconds=1.0)
    await trial.send(*(message("a", number) for number in range(AT_ONCE + 20)), message("b", 99))
    by_chat = [at for at, chat in trial.platform.asked if chat == "a"]
    assert by_chat[AT_ONCE - 1] < APART
    assert by_chat[AT_ONCE:] == pytest.approx([APART * number for number in range(1, 21)])
    assert next(at for at, chat in trial.platform.asked if chat == "b") < APART
    await passes(AT_ONCE * APART)
    asked = len(trial.platform.asked)
    await trial.send(*(message("a", number) for number in range(100, 100 + AT_ONCE)))
    assert trial.times[-1] - trial.times[asked] < APART
    await passes(2 * AT_ONCE * APART)
    await trial.send(message("b", 200))
    assert list(trial.account._spread) == ["b"]


async def test_where_there_are_no_limits_nobody_waits() -> None:
    trial = Trial()
    await trial.send(*(message("a", number) for number in range(3 * AT_ONCE)))
    assert trial.times[-1] < 3 * APART


async def test_a_lost_answer_leaves_a_line_without_what_was_said() -> None:
    trial = Trial()
    trial.platform.plan("a", Unknown("Bad Gateway"))
    with capture_logs() as lines:
        await trial.send(message("a", 5))
    assert lines == [
        {
            "event": "an answer was lost",
            "log_level": "debug",
            "delivery": 5,
            "reason": "Bad Gateway",
        }
    ]
