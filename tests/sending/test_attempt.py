"""One attempt to send a planned message: what each answer means for it, and for all others."""

from __future__ import annotations

import asyncio

import pytest

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
from bot.sending.account import Account
from bot.sending.attempt import Attempt, Result
from tests.sending.many import Historian, Platform
from tests.sending.notebook import Notebook, account, ledger, loop_time, message
from tests.sending.virtual import passes


class Trial:
    """An attempt on a platform that does what it is told."""

    def __init__(self, platform: Platform | None = None, rate: int | None = None) -> None:
        self.platform = platform or Platform()
        self.account: Account = account(self.platform, rate=rate)
        self.notebook = Notebook()
        self.attempt = Attempt(self.account, ledger(self.notebook))

    async def make(self, *problems: Exception, outgoing: Outgoing | None = None) -> Result:
        """Send a message to "a", the platform answering with these first."""
        if problems:
            self.platform.plan("*", *problems)
        window, hold = self.account.window, None
        if window is not None:
            hold = window.take(loop_time(), bulk=True)
        return await self.attempt.make(outgoing or message("a", 5), hold)


async def test_a_message_that_is_taken_is_sent() -> None:
    assert await Trial().make() == Result("sent", message="m1")


@pytest.mark.parametrize(
    ("problem", "result"),
    [
        (TooFast(3), Result("again", wait=3)),
        (TooFast(3, everyone=True), Result("again", wait=3, trouble=True)),
        (NotSent("no line"), Result("again", wait=0.25, trouble=True)),
        (Unknown(), Result("unknown", "answer lost", trouble=True)),
        (Unreachable("blocked"), Result("failed", "unreachable")),
        (Rejected("no"), Result("failed", "rejected: no")),
        (Rejected("x" * 300), Result("failed", "rejected: " + "x" * 190)),
        (SendError("odd"), Result("failed", "rejected: odd")),
        (ZeroDivisionError(), Result("failed", "error")),
    ],
)
async def test_what_a_refusal_means(problem: Exception, result: Result) -> None:
    assert await Trial().make(problem) == result


async def test_a_429_closes_the_chat_or_everything() -> None:
    trial = Trial()
    await trial.make(TooFast(3))
    now = loop_time()
    assert trial.account.closed == {"a": pytest.approx(now + 3)}
    assert trial.account.open_at <= now
    await trial.make(TooFast(4, everyone=True))
    assert trial.account.open_at == pytest.approx(loop_time() + 4)


async def test_somebody_unreachable_is_noted_by_who_they_are() -> None:
    trial = Trial()
    await trial.make(Unreachable())
    assert trial.notebook.of("unreachable") == [("telegram", "1", "ua")]


async def test_a_chat_that_moved_is_noted_and_followed_once() -> None:
    trial = Trial(rate=10)
    assert await trial.make(Moved("a2")) == Result("sent", message="m1", tried=2)
    assert trial.notebook.of("moved") == [("telegram", "1", "ua", "a2")]
    assert [each.chat for each in trial.platform.outgoing] == ["a", "a2"]
    assert trial.platform.outgoing[1].delivery == 5
    window = trial.account.window
    assert window is not None
    assert window.free(loop_time()) == 8  # each attempt has its place
    await passes(1.1)
    assert window.free(loop_time()) == 10


@pytest.mark.parametrize(
    ("problem", "result"),
    [
        (Moved("a3"), Result("failed", "the chat moved twice", tried=2)),
        (Unreachable(), Result("failed", "unreachable", tried=2)),
        (NotSent(), Result("again", wait=0.25, tried=2, trouble=True)),
    ],
)
async def test_what_comes_of_it_in_the_new_chat(problem: Exception, result: Result) -> None:
    trial = Trial()
    assert await trial.make(Moved("a2"), problem) == result
    assert len(trial.platform.outgoing) == 2


async def test_a_chat_that_moved_and_is_told_to_wait_waits_where_it_is_now() -> None:
    trial = Trial()
    await trial.make(Moved("a2"), TooFast(3))
    assert list(trial.account.closed) == ["a2"]


async def test_a_lost_answer_is_asked_about_where_the_platform_can_tell() -> None:
    for known, state in ((True, "sent"), (False, "unknown"), (None, "unknown")):
        trial = Trial(Historian(known={5: known}))
        assert (await trial.make(Unknown())).state == state
        assert trial.platform.looked_up == [("a", 5)]  # type: ignore[attr-defined]


@pytest.mark.parametrize("action", [Action.EDIT, Action.CHANGE, Action.DELETE])
async def test_changes_are_not_asked_about(action: Action) -> None:
    """The message is there whatever became of its change."""
    trial = Trial(Historian(known={5: True}))
    assert await trial.make(Unknown(), outgoing=message("a", 5, action)) == Result(
        "unknown", "answer lost", trouble=True
    )
    assert trial.platform.looked_up == []  # type: ignore[attr-defined]


async def test_without_a_connection_everybody_waits_longer_each_time() -> None:
    trial, waits = Trial(), list[float]()
    for _ in range(11):
        waits.append((await trial.make(NotSent())).wait)
        assert trial.attempt.failing
        await passes(waits[-1])
    assert waits == pytest.approx([0.25, 0.5, 1, 2, 4, 8, 16, 30, 30, 30, 30])
    assert (await trial.make()).state == "sent"
    assert not trial.attempt.failing
    assert (await trial.make(NotSent())).wait == pytest.approx(0.25)


async def test_those_on_their_way_together_count_as_one_failure() -> None:
    trial = Trial()
    trial.platform.plan("*", *(NotSent() for _ in range(5)))
    results = await asyncio.gather(*(trial.make() for _ in range(5)))
    assert [each.wait for each in results] == pytest.approx([0.25] * 5)
    assert trial.attempt.again_at == pytest.approx(loop_time() + 0.25)


@pytest.mark.parametrize("answer", [TooFast(1), Unknown(), Unreachable(), Rejected("no")])
async def test_any_answer_says_that_there_is_a_connection(answer: SendError) -> None:
    trial = Trial()
    await trial.make(NotSent())
    await trial.make(answer)
    assert not trial.attempt.failing


async def test_a_place_is_held_until_the_answer_whatever_it_is() -> None:
    for problem in (None, Rejected("no"), NotSent()):
        trial = Trial(rate=3)
        await trial.make(*filter(None, [problem]))
        window = trial.account.window
        assert window is not None
        assert window.free(loop_time()) == 2
        await passes(1.1)
        assert window.free(loop_time()) == 3
