"""Slack's limits are kept: what is held is not called, and holds nothing else."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as some
from slack_sdk.errors import SlackApiError

from bot.channels.slack.tiers import POST, TIER_3, Tiers
from bot.outgoing import TooFast
from tests.fakes.slack import tiers as strict


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


class Workspace:
    """Our limits and the strict server's, on one clock."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.slack = strict.Tiers(self.clock)
        self.ours = Tiers(self.clock)

    async def call(self, method: str, channel: str = "") -> TooFast | None:
        """One call; what came of it."""
        try:
            async with self.ours.call(method, channel):
                wait = self.slack.too_fast(method, channel)
                if wait is not None:
                    answer = {"ok": False, "error": "ratelimited"}
                    headers = {"Retry-After": str(wait)}
                    answered = SimpleNamespace(status_code=429, headers=headers, data=answer)
                    raise SlackApiError("too fast", answered)  # type: ignore[no-untyped-call]
        except TooFast as told:
            return told
        return None

    async def taken(self, calls: Iterable[tuple[str, str]]) -> list[bool]:
        return [await self.call(*call) is None for call in calls]


@pytest.fixture
def workspace() -> Workspace:
    return Workspace()


async def test_tier_is_kept_without_a_refusal(workspace: Workspace) -> None:
    """A call that would be one too many is not made, and may be made when it says."""
    updates = [("chat.update", f"D{n}") for n in range(TIER_3 + 5)]
    assert await workspace.taken(updates) == [True] * TIER_3 + [False] * 5
    assert workspace.slack.refused == {}
    told = await workspace.call("chat.update", "D99")
    assert told is not None
    assert told.method
    workspace.clock.now += told.seconds
    assert await workspace.call("chat.update", "D99") is None


async def test_refused_method_is_held_for_everybody_and_holds_nothing_else(
    workspace: Workspace,
) -> None:
    workspace.slack.a_minute["chat.update"] = 3  # Slack promises a number, and no bursts
    updates = [("chat.update", f"D{n}") for n in range(10)]
    assert await workspace.taken(updates) == [True] * 3 + [False] * 7
    assert workspace.slack.refused == {"chat.update": 1}
    assert (
        await workspace.taken([(POST, "D1"), ("views.open", ""), ("users.info", "")]) == [True] * 3
    )


async def test_channel_that_was_fast_is_held_alone(workspace: Workspace) -> None:
    workspace.slack.posts_a_second = 1.0
    assert await workspace.taken([(POST, "D1")] * 5) == [True] * 3 + [False] * 2
    assert await workspace.taken([(POST, "D2"), (POST, "D3")]) == [True] * 2
    told = await workspace.call(POST, "D1")
    assert told is not None
    assert (told.everyone, told.method) == (False, False)
    assert workspace.slack.inside == {}


async def test_workspace_that_was_fast_is_held_whole(workspace: Workspace) -> None:
    """No channel had more than a message in two seconds, so it is not the channel's limit."""
    workspace.slack.posts_a_minute = 100
    told = []
    for _ in range(10):
        told += [await workspace.call(POST, f"D{n}") for n in range(30)]
        workspace.clock.now += 2
    assert told[:100] == [None] * 100
    assert all(each is not None and each.everyone for each in told[100:])
    assert workspace.slack.inside == {}


async def test_after_a_refusal_one_tries_and_the_others_hear_what_came_of_it(
    workspace: Workspace,
) -> None:
    workspace.slack.posts_a_minute = 1
    assert await workspace.taken([(POST, "D1"), (POST, "D2")]) == [True, False]
    workspace.slack.posts_a_minute = 2
    workspace.clock.now += 60
    assert await workspace.taken([(POST, "D8"), (POST, "D9")]) == [True, True]
    workspace.clock.now += 30
    told = await asyncio.gather(*(workspace.call(POST, f"D{n}") for n in range(20)))
    assert all(isinstance(each, TooFast) for each in told)
    assert workspace.slack.inside == {}


async def test_tidying_leaves_half_of_the_tier_to_the_others(workspace: Workspace) -> None:
    ours = workspace.ours
    count = 0
    while ours.spare("chat.update"):
        await workspace.call("chat.update", f"D{count}")
        count += 1
    assert count == TIER_3 // 2
    async with ours.call("chat.update"):
        workspace.clock.now += 1000
        assert not ours.spare("chat.update")  # it would wait for the one under way
    assert ours.spare("chat.update")


CALLS = some.tuples(
    some.sampled_from([POST, POST, "chat.update", "users.info", "views.open"]),
    some.sampled_from(["D1", "D2", "D3"]),
    some.integers(1, 40),  # so many at once
    some.floats(0, 20),  # seconds until the next
)


@given(some.lists(CALLS, max_size=30), some.integers(1, 60), some.integers(2, 400) | some.none())
def test_nothing_is_called_before_its_time(
    calls: list[tuple[str, str, int, float]], updates: int, posts: int | None
) -> None:
    """Whatever the server's figures are: those of the workspace's messages, or of a channel's."""
    workspace = Workspace()
    workspace.slack.a_minute |= {"chat.update": updates, "users.info": updates}
    workspace.slack.posts_a_minute = posts
    workspace.slack.posts_a_second = 1.0 if posts is None else None

    number = itertools.count(1000)  # of chats: of the workspace's messages none is a chat's second

    async def all_of_them() -> None:
        for method, channel, count, pause in calls:
            chats = [channel if posts is None else f"D{next(number)}" for _ in range(count)]
            await asyncio.gather(*(workspace.call(method, chat) for chat in chats))
            workspace.clock.now += pause

    asyncio.run(all_of_them())
    assert workspace.slack.inside == {}
