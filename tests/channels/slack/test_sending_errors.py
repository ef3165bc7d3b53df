"""Each way in which sending fails has its own meaning, and nothing is sent twice."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.channels.slack import channel as channel_module
from bot.channels.slack.channel import SlackChannel
from bot.outgoing import (
    Action,
    NotSent,
    Outgoing,
    Refusing,
    Rejected,
    SendError,
    TooFast,
    Unknown,
    Unreachable,
)
from messages.message import Kind, Message, Option
from tests.channels.slack.conftest import Turn, connected
from tests.channels.slack.making import asking, to, words
from tests.fakes.slack import SlackServer
from tests.fakes.slack.faults import Kind as Fault
from tests.waiting import jump

HELLO = Message(words("Hello"))


async def failing(channel: SlackChannel, outgoing: Outgoing) -> SendError:
    with pytest.raises(SendError) as caught:
        await channel.send(outgoing)
    return caught.value


@pytest.mark.parametrize(
    ("fault", "meaning", "arrived"),
    [
        ("drop_before", Unknown, 0),
        ("drop_after", Unknown, 1),
        ("500", Unknown, 0),
        ("503", NotSent, 0),
    ],
)
async def test_fault_has_a_meaning_and_one_effect(
    channel: SlackChannel,
    server: SlackServer,
    fault: Fault,
    meaning: type[SendError],
    arrived: int,
) -> None:
    ana = server.user("U1")
    server.faults.plan(fault, "chat.postMessage")
    error = await failing(channel, to(ana, HELLO, delivery=1))
    assert type(error) is meaning
    assert len(ana.replies) == arrived
    await channel.send(to(ana, HELLO, delivery=1))
    assert len(ana.replies) == arrived + 1


async def test_held_method_is_not_called_before_its_time(
    channel: SlackChannel, server: SlackServer
) -> None:
    """A chat that kept within its share is refused for the workspace's: everybody waits."""
    ana, bea = server.user("U1"), server.user("U2")
    server.faults.plan("429", "chat.postMessage")
    told = await failing(channel, to(ana, HELLO, delivery=1))
    for person in (ana, bea):
        again = await failing(channel, to(person, HELLO, delivery=2))
        assert isinstance(again, TooFast)
        assert again.everyone
    assert server.counts["chat.postMessage"] == 0
    assert isinstance(told, TooFast)
    assert (told.everyone, round(told.seconds)) == (True, 1)
    jump(told.seconds)
    await channel.send(to(bea, HELLO, delivery=3))
    assert len(bea.replies) == 1


async def test_edit_that_would_wait_is_a_new_message(
    channel: SlackChannel, server: SlackServer
) -> None:
    """Edits are counted for everybody in the workspace; a message is not in their way."""
    ana = server.user("U1")
    target = await channel.send(to(ana, HELLO))
    server.tiers.a_minute["chat.update"] = 0
    changed = Message(words("Hello again"))
    for number in (1, 2):
        await channel.send(to(ana, changed, action=Action.EDIT, target=target))
        assert len(ana.replies) == 1 + number
    assert server.tiers.refused == {"chat.update": 1}
    assert server.tiers.inside == {}


async def test_tidying_edit_is_dropped_rather_than_a_new_message(
    channel: SlackChannel, server: SlackServer
) -> None:
    ana = server.user("U1")
    target = await channel.send(to(ana, HELLO))
    tidy = replace(to(ana, HELLO, action=Action.EDIT, target=target), tidy=True)
    assert channel.spare(tidy)
    server.tiers.a_minute["chat.update"] = 0
    assert isinstance(await failing(channel, tidy), TooFast)
    assert not channel.spare(tidy)
    assert len(ana.replies) == 1


async def test_channel_limit_is_that_channel_alone(
    channel: SlackChannel, server: SlackServer
) -> None:
    ana, bea = server.user("U1"), server.user("U2")
    server.tiers.posts_a_second, server.tiers.posts_burst = 1.0, 2
    await channel.send(to(ana, HELLO))
    await channel.send(to(ana, HELLO))
    error = await failing(channel, to(ana, HELLO))
    assert isinstance(error, TooFast)
    assert not error.everyone
    await channel.send(to(bea, HELLO))


async def test_no_answer_is_unknown(
    server: SlackServer, turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = channel_module.TIMEOUT.__class__(total=0.3)
    monkeypatch.setattr(channel_module, "TIMEOUT", short)
    async with connected(server, turn, app_token=None) as channel:
        server.faults.plan("hang", "chat.postMessage")
        assert type(await failing(channel, to(server.user("U1"), HELLO))) is Unknown


async def test_no_connection_is_not_sent(turn: Turn) -> None:
    server = SlackServer()
    await server.start()
    ana = server.user("U1")
    async with connected(server, turn, app_token=None) as channel:
        await server.stop()
        await failing(channel, to(ana, HELLO))  # over the connection that is still remembered
        assert type(await failing(channel, to(ana, HELLO))) is NotSent


async def test_missing_people_are_unreachable(channel: SlackChannel, server: SlackServer) -> None:
    bot, gone = server.user("U8"), server.user("U9")
    bot.person.is_bot = gone.person.deleted = True
    for chat in ("U404", "U8", "U9", "D0NOWHERE"):
        outgoing = Outgoing(Action.SEND, chat, "U9", HELLO)
        assert type(await failing(channel, outgoing)) is Unreachable


async def test_deactivated_app_is_not_the_person(
    channel: SlackChannel, server: SlackServer
) -> None:
    """One word of Slack's for both; a person must not be given up for the app's trouble."""
    ana = server.user("U1")
    ana.person.deleted = True
    server.bot_token = "xoxb-another"
    assert type(await failing(channel, to(ana, HELLO))) is Refusing


@pytest.mark.parametrize("trouble", ["revoked", "scope"])
async def test_refused_app_keeps_the_message(
    channel: SlackChannel, server: SlackServer, trouble: str
) -> None:
    if trouble == "revoked":
        server.bot_token = "xoxb-new"
    else:
        server.scopes -= {"chat:write"}
    error = await failing(channel, to(server.user("U1"), HELLO))
    assert type(error) is Refusing
    assert "domov check" in str(error)


async def test_refused_blocks_are_rejected_with_the_place(
    channel: SlackChannel, server: SlackServer
) -> None:
    twice = (Option("a", "+a", "A"), Option("a", "+a", "A"))
    error = await failing(channel, to(server.user("U1"), asking(Kind.MULTI, twice, "Hush hush")))
    assert type(error) is Rejected
    assert "/blocks/1/" in str(error)
    assert "Hush hush" not in str(error)


async def test_settle_finds_a_delivery_by_its_id(
    channel: SlackChannel, server: SlackServer
) -> None:
    ana = server.user("U1")
    server.faults.plan("drop_after", "chat.postMessage")
    await failing(channel, to(ana, HELLO, delivery=41))
    for number in range(150):
        await channel.send(to(ana, HELLO, delivery=100 + number))
    for chat in (ana.chat, "U1"):
        assert await channel.settle(chat, 41) is True
        assert await channel.settle(chat, 42) is False


async def test_settle_cannot_tell_when_slack_is_away(
    channel: SlackChannel, server: SlackServer
) -> None:
    ana = server.user("U1")
    server.faults.plan("500", "conversations.history")
    assert await channel.settle(ana.chat, 41) is None


async def test_many_at_once_share_one_session(channel: SlackChannel, server: SlackServer) -> None:
    people = [server.user(f"U{n}") for n in range(50)]
    sent = await asyncio.gather(*(channel.send(to(p, HELLO)) for p in people))
    assert len(set(sent)) == 50
    assert [len(p.replies) for p in people] == [1] * 50


async def test_slack_can_be_asked_whether_it_knows_the_app(
    channel: SlackChannel, server: SlackServer
) -> None:
    await channel.probe()
    right, server.bot_token = server.bot_token, "xoxb-another"
    with pytest.raises(Refusing):
        await channel.probe()
    server.bot_token = right
    server.faults.plan("503", "auth.test")
    with pytest.raises(NotSent) as busy:
        await channel.probe()
    assert type(busy.value) is NotSent
    await channel.probe()
