"""Who may be sent to now: replies and their places, chats and accounts that were told to wait."""

from __future__ import annotations

import asyncio
from collections import deque

import pytest

from bot.outgoing import Action, NotSent, Outgoing, Refusing
from bot.sending.account import Account
from tests.sending.many import Historian, Platform
from tests.sending.notebook import account, loop_time, message
from tests.sending.virtual import passes


class Long(Platform):
    """A platform on which a message is three."""

    def parts(self, outgoing: Outgoing) -> int:
        return 3


# ---- who must wait ----


async def test_an_account_that_is_closed_opens_at_the_latest_time_it_was_told() -> None:
    made = account()
    made.close(3)
    await passes(1)
    made.close(1)
    await made.gate("a")
    assert loop_time() == pytest.approx(3)
    await made.gate("a")
    assert loop_time() == pytest.approx(3)


async def test_a_closed_chat_closes_no_other() -> None:
    made = account()
    made.close(3, "a")
    made.close(2, "a")
    await made.gate("b")
    assert loop_time() == 0
    assert made.chat_wait("a", 1.0) == pytest.approx(2)
    assert made.chat_wait("b", 1.0) <= 0
    await made.gate("a")
    assert loop_time() == pytest.approx(3)
    assert made.closed == {}


async def test_a_gate_that_is_closed_again_meanwhile_stays_closed() -> None:
    made = account()
    made.close(1, "a")
    waiting = asyncio.ensure_future(made.gate("a"))
    await passes(0.5)
    made.close(4)
    await waiting
    assert loop_time() == pytest.approx(4.5)


async def test_messages_to_many_wait_while_replies_wait_for_the_chat() -> None:
    made = account(chat_seconds=0.7)
    made.chats["a"] = deque([message("a"), message("a")])
    made.chats["b"] = deque([message("b")])
    assert made.chat_wait("a", 0.0) == 0.7
    made.chats.pop("b")
    assert made.chat_wait("b", 0.0) <= 0
    assert made.waiting() == 2
    quick = account()
    quick.chats["a"] = deque([message("a")])
    assert quick.chat_wait("a", 0.0) == 0.05


async def test_a_chat_written_to_gets_the_next_a_while_later() -> None:
    made = account(chat_seconds=1.0)
    made.note("a", 10.0)
    assert made.chat_wait("a", 10.25) == pytest.approx(0.75)
    made.note("a", 10.5)
    assert made.chat_wait("a", 10.75) == pytest.approx(0.75)
    assert made.chat_wait("a", 11.5) <= 0
    free = account(chat_seconds=0.0)
    free.note("a", 10.0)
    assert free.chat_wait("a", 10.0) <= 0


async def test_busy_are_those_written_to_closed_and_replied_to() -> None:
    made = account(chat_seconds=1.0)
    made.note("a", 0.0)
    made.note("b", 0.5)
    made.note("a", 0.75)
    made.close(2, "c")
    made.chats["d"] = deque([message("d")])
    assert made.busy(0.9) == {"a", "b", "c", "d"}
    assert made.busy(1.5) == {"a", "c", "d"}
    assert made.busy(1.75) == {"c", "d"}
    assert made.busy(2.0) == {"d"}
    assert made.closed == {}


@pytest.mark.parametrize(("number", "named"), [(300, 300), (301, 0)])
async def test_of_very_many_written_to_a_moment_ago_none_is_named(number: int, named: int) -> None:
    made = account(chat_seconds=1.0)
    for each in range(number):
        made.note(f"c{each}", 0.0)
    assert len(made.busy(0.5)) == named
    assert made.chat_wait("c7", 0.5) == pytest.approx(0.5)  # it is known all the same


async def test_whoever_was_written_to_is_forgotten_although_nobody_asks() -> None:
    """In a process that sends replies alone."""
    made = account(chat_seconds=1.0)
    for each in range(20_000):
        made.note(f"c{each}", each / 100)
    assert len(made._recent) <= 101


# ---- replies ----


async def test_a_reply_goes_at_once_and_its_chat_is_noted() -> None:
    made = account(chat_seconds=1.0)
    assert await made.send(message("a", 5)) == "m1"
    assert made.chat_wait("a", 0.0) == pytest.approx(1.0)


@pytest.mark.parametrize(("known", "sent"), [(True, 0), (False, 1), (None, 1)])
async def test_slack_is_asked_before_a_repeat(known: bool | None, sent: int) -> None:
    platform = Historian(known={5: known})
    made = account(platform)
    made.repeated.add(5)
    await made.send(message("a", 5))
    assert platform.looked_up == [("a", 5)]
    assert len(platform.outgoing) == sent
    assert made.repeated == set()


async def test_nobody_is_asked_about_a_first_try_or_a_change() -> None:
    platform = Historian(known={5: True, 6: True})
    made = account(platform)
    made.repeated.add(6)
    await made.send(message("a", 5))
    await made.send(message("a", 6, Action.EDIT, "m1"))
    assert platform.looked_up == []
    assert [each.delivery for each in platform.outgoing] == [5, 6]


async def test_a_platform_that_cannot_tell_gets_it_again() -> None:
    platform = Platform()
    made = account(platform)
    made.repeated.add(5)
    await made.send(message("a", 5))
    assert len(platform.outgoing) == 1
    assert await made.arrived(message("a", 5)) is None


async def test_a_reply_waits_a_moment_for_a_place_that_messages_to_many_hold() -> None:
    made = account(Platform(latency=0.0), rate=4)
    window = made.window
    assert window is not None
    holds = [window.take(0.0, bulk=True) for _ in range(4)]
    window.answered(holds[0], 0.0)
    await passes(0.985)
    sending = asyncio.ensure_future(made.send(message("a", 5)))
    await passes(0.01)
    assert window.waiting == 1
    await sending
    assert window.waiting == 0
    assert loop_time() == pytest.approx(1.005)
    assert window.free(loop_time()) == 0


async def test_a_reply_waits_no_longer_than_fifty_milliseconds() -> None:
    made = account(Platform(latency=0.0), rate=2)
    window = made.window
    assert window is not None
    for _ in range(2):
        window.take(0.0, bulk=True)
    await made.send(message("a", 5))
    assert loop_time() == pytest.approx(0.05)
    assert window.free(0.05) == -1
    assert window.waiting == 0


async def test_a_reply_given_up_while_it_waits_is_not_counted_any_more() -> None:
    made = account(rate=1)
    window = made.window
    assert window is not None
    window.take(0.0, bulk=True)
    sending = asyncio.ensure_future(made.send(message("a", 5)))
    await passes(0.01)
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    assert window.waiting == 0


async def test_a_message_of_several_parts_takes_as_many_places() -> None:
    made = account(Long(), rate=10)
    assert made.parts(message("a")) == 3
    await made.send(message("a", 5))
    assert made.window is not None
    assert made.window.free(loop_time()) == 7
    assert account(Long()).parts(message("a")) == 1  # nobody counts without a rate
    assert account(rate=10).parts(message("a")) == 1


async def test_only_an_answer_that_came_well_says_how_long_answers_take() -> None:
    platform = Platform(latency=0.2)
    made = account(platform, rate=100)
    platform.plan("*", *(NotSent() for _ in range(20)))
    for _ in range(20):
        with pytest.raises(NotSent):
            await made.send(message("a"))
    assert made.window is not None
    assert made.window._usual.count == 0
    await made.send(message("a"))
    assert made.window._usual.count == 1


async def test_an_account_without_a_rate_has_no_window() -> None:
    made = account()
    assert made.window is None
    assert await made.through(message("a"), None) == "m1"
    assert Account(Platform("slack", "T1")).key == ("slack", "T1")


# ---- a platform that refuses the bot itself ----


class Asked(Platform):
    """A platform that can be asked whether it knows the bot; ``trouble`` is its answer."""

    trouble: Exception | None = None
    probes = 0

    async def probe(self) -> None:
        self.probes += 1
        if self.trouble:
            raise self.trouble


async def test_a_refused_bot_is_known_until_the_platform_takes_something_again() -> None:
    platform = Asked(latency=0.0)
    made = account(platform)
    platform.plan("a", Refusing())
    with pytest.raises(Refusing):
        await made.through(message("a"), None)
    assert made.refused
    platform.trouble = Refusing()
    await made.look()
    assert made.refused
    platform.trouble = NotSent()  # that says nothing
    await made.look()
    assert made.refused
    platform.trouble = None
    await made.look()
    assert not made.refused
    platform.plan("a", Refusing())
    with pytest.raises(Refusing):
        await made.through(message("a"), None)
    await made.through(message("a"), None)
    assert not made.refused


async def test_a_platform_is_asked_when_nothing_was_sent_for_a_minute() -> None:
    platform = Asked(latency=0.0)
    made = account(platform)
    for _ in range(12):
        await made.look()
        await passes(5)
    assert platform.probes == 0
    await made.look()
    assert platform.probes == 1
    await passes(55)
    await made.through(message("a"), None)
    await passes(55)
    await made.look()
    assert platform.probes == 1
    platform.trouble = Refusing()
    await passes(5)
    await made.look()
    assert made.refused


async def test_a_platform_that_cannot_be_asked_is_not() -> None:
    made = account()
    await made.look()
    await passes(600)
    await made.look()
    assert not made.refused
