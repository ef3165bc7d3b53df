"""Slack is told of an event after it is committed, never before, and nothing is lost."""

from __future__ import annotations

import asyncio
import time

import pytest

from bot.channels.slack import socket_mode
from bot.channels.slack.channel import SlackChannel
from bot.incoming import Incoming, Press, Text
from messages.message import Kind
from tests.channels.slack.conftest import Turn, connected, mounted
from tests.channels.slack.making import asking, options, to
from tests.fakes.slack import BOT_TOKEN, SIGNING_SECRET, Delivery, SlackServer, payloads
from tests.fakes.slack.delivery import ACK_SECONDS
from tests.fakes.slack.faults import Kind as Fault
from tests.waiting import PATIENCE, idle, jump, latency, until


async def test_event_is_acknowledged_only_after_it_is_played(
    either: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    ana = server.user("U1")
    await (await ana.send("first")).done()
    turn.gate.clear()
    delivery = await ana.send("second")
    await turn.held()
    assert not delivery.acknowledged
    turn.gate.set()
    assert (await delivery.done()).acknowledged
    assert len(delivery.attempts) == 1


async def test_press_command_and_window_are_acknowledged_after_playing(
    either: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    ana = server.user("U1")
    await either.send(to(ana, asking(Kind.CHOICE, options("Yes"))))
    await (await ana.send("hello")).done()
    turn.gate.clear()
    deliveries = [await ana.press("Yes"), await ana.command(text="help")]
    await turn.held()
    assert [d.acknowledged for d in deliveries] == [False, False]
    turn.gate.set()
    for delivery in deliveries:
        assert (await delivery.done()).acknowledged
        assert delivery.answer in (None, {})


async def test_event_that_could_not_be_committed_comes_again(
    either: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    turn.failures = 2
    server.post.ack_seconds = 0.5
    delivery = await server.user("U1").send("hello")
    await until(lambda: not turn.failures)
    server.post.ack_seconds = PATIENCE
    await delivery.done()
    assert turn.said == [Text("hello")]
    assert len(delivery.attempts) == 3
    assert [a.outcome == "ok" for a in delivery.attempts] == [False, False, True]


async def test_retry_may_be_the_only_delivery(server: SlackServer, turn: Turn) -> None:
    """A retry has X-Slack-Retry-Num, which some apps drop."""
    async with mounted(server, turn) as channel:
        headers, body = server.post.request("events_api", _event(server))
        headers |= {"X-Slack-Retry-Num": "2", "X-Slack-Retry-Reason": "http_timeout"}
        status, _, answer = await channel.http(headers, body.encode())
        assert (status, answer) == (200, b"")
        assert turn.said == [Text("hello")]


async def test_copies_have_the_same_event_id(
    either: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    server.faults.deliveries, server.faults.shuffle = 5, True
    ana = server.user("U1")
    for number in range(3):
        await ana.send(str(number))
    heard = await turn.until(15)
    ids = {incoming.event_id for incoming in heard}
    assert len(ids) == 3
    for incoming in heard:
        assert [h.said for h in heard if h.event_id == incoming.event_id] == [incoming.said] * 5


async def test_events_of_a_person_are_played_in_order(server: SlackServer, turn: Turn) -> None:
    """Although the first must wait for the profile, and each is slower than the next."""
    server.faults.plan("latency", "users.info", seconds=0.3)
    texts = [str(n) for n in range(10)]
    playing: list[Incoming] = []

    async def slow(incoming: Incoming) -> None:
        playing.append(incoming)
        await latency(0.01)
        assert playing.pop() is incoming

    turn.then = slow
    async with connected(server, turn):
        for text in texts:
            await server.user("U1").send(text)
        assert [h.said for h in await turn.until(10)] == [Text(text) for text in texts]


async def test_people_do_not_wait_for_each_other(
    channel: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    ana, bea = server.user("U1"), server.user("U2")
    stuck = asyncio.Event()

    async def hold(incoming: Incoming) -> None:
        if incoming.user == "U1":
            await stuck.wait()

    turn.then = hold
    held = await ana.send("hello")
    assert (await (await bea.send("hello")).done()).acknowledged
    assert not held.acknowledged
    stuck.set()
    assert (await held.done()).acknowledged


async def test_disconnect_loses_nothing(
    channel: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    """Slack asks to reconnect: what is being played is acknowledged on the old connection, and
    the new one is there before the old one goes."""
    ana = server.user("U1")
    await (await ana.send("before")).done()
    turn.gate.clear()
    held = await ana.send("during")
    await turn.held()
    old = list(server.post.connections)
    await server.post.ask_to_reconnect(close_after=socket_mode.DRAIN_SECONDS)
    await until(lambda: len(server.post.connections) == 2)
    await until(lambda: channel.connected)
    turn.gate.set()
    assert (await held.done()).acknowledged
    assert len(held.attempts) == 1
    jump(socket_mode.DRAIN_SECONDS)
    await until(lambda: len(server.post.connections) == 1)
    assert server.post.connections[0] not in old
    assert (await (await ana.send("after")).done()).acknowledged
    assert turn.said == [Text("before"), Text("during"), Text("after")]


async def test_broken_connection_is_opened_again(
    channel: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    ana = server.user("U1")
    for number in range(2):
        await _cut(server)
        delivery = await (await ana.send(str(number))).done()
        assert delivery.acknowledged
    assert turn.said == [Text("0"), Text("1")]


async def test_connection_cut_while_playing_brings_the_event_again(
    channel: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    turn.gate.clear()
    delivery = await server.user("U1").send("hello")
    await turn.held()
    await _cut(server)
    turn.gate.set()
    assert (await delivery.done()).acknowledged
    assert {h.event_id for h in turn.heard} == {delivery.payload["event_id"]}


@pytest.mark.parametrize("fault", ["429", "500", "drop_before"])
async def test_busy_slack_at_the_start_is_waited_for(
    server: SlackServer, turn: Turn, fault: Fault
) -> None:
    server.faults.plan(fault, "apps.connections.open")
    async with connected(server, turn) as channel:
        assert not channel.connected
        assert (await (await server.user("U1").send("hello")).done()).acknowledged
        assert channel.connected


async def test_refused_reconnection_is_tried_again(
    channel: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    server.faults.plan("500", "apps.connections.open")
    server.faults.plan("drop_before", "apps.connections.open")
    server.post.cut()
    delivery = await (await server.user("U1").send("hello")).done()
    assert delivery.acknowledged


async def test_stopping_is_fast_and_finishes_what_is_played(
    server: SlackServer, turn: Turn
) -> None:
    async with connected(server, turn) as channel:
        turn.gate.clear()
        delivery = await server.user("U1").send("hello")
        await turn.held()
        stopping = asyncio.create_task(channel.stop())
        await idle()
        assert not stopping.done()
        turn.gate.set()
        await idle()
        assert stopping.done(), "it waits for the end of its time"
        assert delivery.acknowledged
        assert not channel.connected


async def test_last_contact_moves_with_slack(
    channel: SlackChannel, server: SlackServer, turn: Turn
) -> None:
    before = channel.last_contact
    assert before is not None
    await (await server.user("U1").send("hello")).done()
    assert channel.last_contact is not None
    assert channel.last_contact > before


# HTTP


def _event(server: SlackServer) -> dict[str, object]:
    from tests.fakes.slack import payloads

    ana = server.user("U1")
    message = server.workspace.post(ana.chat, "U1", "hello")
    return payloads.event(server, payloads.message_event(message))


async def test_wrong_or_old_signature_is_refused(server: SlackServer, turn: Turn) -> None:
    async with mounted(server, turn) as channel:
        headers, body = server.post.request("events_api", _event(server))
        old = int(time.time()) - 301
        wrong = [
            {},
            {**headers, "X-Slack-Signature": "v0=" + "0" * 64},
            {**headers, "X-Slack-Signature": "v0=ž"},
            {**headers, "X-Slack-Request-Timestamp": "soon"},
            {**headers, "X-Slack-Request-Timestamp": str(old)},
            {
                **headers,
                "X-Slack-Request-Timestamp": str(old),
                "X-Slack-Signature": server.post.sign(body, old),
            },
        ]
        for given in wrong:
            assert await channel.http(given, body.encode()) == (401, {}, b"")
        assert (await channel.http(headers, body.encode() + b" "))[0] == 401
        assert turn.heard == []
        assert (await channel.http(headers, body.encode()))[0] == 200


async def test_header_names_may_be_in_any_case(server: SlackServer, turn: Turn) -> None:
    async with mounted(server, turn) as channel:
        headers, body = server.post.request("events_api", _event(server))
        lower = {name.lower(): value for name, value in headers.items()}
        assert (await channel.http(lower, body.encode()))[0] == 200
        assert turn.said == [Text("hello")]


async def test_replayed_request_has_the_same_event_id(server: SlackServer, turn: Turn) -> None:
    """Within five minutes a signature holds: the turn knows the event."""
    async with mounted(server, turn) as channel:
        ana = server.user("U1")
        await channel.send(to(ana, asking(Kind.CHOICE, options("Yes"))))
        press = (await (await ana.press("Yes")).done()).payload
        requests = [
            server.post.request("events_api", _event(server)),
            server.post.request("interactive", press),
        ]
        for headers, body in requests * 2:
            assert (await channel.http(headers, body.encode()))[0] == 200
        ids = [h.event_id for h in turn.heard]
        assert ids[1:3] == ids[3:5]
        assert ids[0] == ids[2]
        assert turn.said[0] == Press("7.0.q", "+yes")


async def test_url_verification_is_answered(server: SlackServer, turn: Turn) -> None:
    async with mounted(server, turn) as channel:
        challenge = {"type": "url_verification", "token": "t", "challenge": "3eZbrw1aB"}
        headers, body = server.post.request("events_api", challenge)
        status, _, answer = await channel.http(headers, body.encode())
        assert (status, b"3eZbrw1aB" in answer) == (200, True)
        assert turn.heard == []


@pytest.mark.parametrize(
    "body", ["{", "[1]", "null", "payload=%7B", "payload=1", "", "a=b", '{"event":1}']
)
async def test_signed_nonsense_is_answered_without_playing(
    server: SlackServer, turn: Turn, body: str
) -> None:
    async with mounted(server, turn) as channel:
        headers, _ = server.post.request("events_api", {})
        now = int(headers["X-Slack-Request-Timestamp"])
        headers["X-Slack-Signature"] = server.post.sign(body, now)
        status, _, _ = await channel.http(headers, body.encode())
        assert 400 <= status <= 500
        assert turn.heard == []


async def test_http_without_secret_or_start_is_closed(server: SlackServer, turn: Turn) -> None:
    async with connected(server, turn) as channel:
        assert (await channel.http({}, b""))[0] == 404
    waiting = SlackChannel("xoxb-1", turn, signing_secret=SIGNING_SECRET)
    assert (await waiting.http({}, b""))[0] == 401


async def test_http_before_the_tokens_are_checked_waits_as_long_as_slack_does(
    server: SlackServer, turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A press is not repeated by Slack: it is heard although the program has only just begun."""
    user = server.user("U7", name="Jana")
    posted = server.workspace.post(user.chat, user.id, "hello")
    payload = payloads.event(server, payloads.message_event(posted))
    headers, body = server.post.request("events_api", payload)
    channel = SlackChannel(BOT_TOKEN, turn, signing_secret=SIGNING_SECRET, api_url=server.api_url)
    monkeypatch.setattr("bot.channels.slack.channel.START_WAIT", PATIENCE)
    early = asyncio.create_task(channel.http(headers, body.encode()))
    await idle()
    assert not early.done()
    await channel.start()
    try:
        assert (await early)[0] == 200
        assert [heard.said for heard in turn.heard] == [Text("hello")]
    finally:
        await channel.stop()


async def test_http_says_so_when_slack_cannot_be_reached(server: SlackServer, turn: Turn) -> None:
    channel = SlackChannel(BOT_TOKEN, turn, signing_secret=SIGNING_SECRET)
    headers, body = server.post.request("events_api", {})
    early = asyncio.create_task(channel.http(headers, body.encode()))
    await idle()
    assert not early.done()
    jump(ACK_SECONDS - 0.5)  # in time for Slack to hear of it
    await idle()
    assert early.done()
    assert (await early)[0] == 503


async def _cut(server: SlackServer) -> None:
    """Break the line and wait for the next one."""
    old = list(server.post.connections)
    server.post.cut()
    await until(lambda: len(server.post.connections) == 1 and server.post.connections != old)


def test_delivery_counts_any_acknowledgement() -> None:
    assert not Delivery("events_api", {}).acknowledged


async def test_silent_connection_is_replaced(server: SlackServer, turn: Turn) -> None:
    """Nobody hangs up, but pings are not answered any more."""
    async with connected(server, turn):
        (first,) = server.post.connections
        for _ in range(6):
            jump(socket_mode.HEARTBEAT / 2)
            await idle()
        assert server.post.connections == [first]
        first.socket._autoping = False
        for _ in range(4):
            jump(socket_mode.HEARTBEAT / 2)
            await idle()
        await until(lambda: first not in server.post.connections)
        delivery = await (await server.user("U1").send("hello")).done()
        assert delivery.acknowledged
