"""A lean Slack with the people in it, as a process of its own.

    python -m bench.slackapi --people 200 --turns 100000 --every 10000

Prints its port, reads the tested process' number, waits for its Socket Mode connection and lets
the people talk: without a pause (bench.lasting), or with ``--pace 2`` so many seconds after each
answer, for ``--seconds``. It answers as Slack does and keeps to each method's tier, but checks
nothing else: tests/fakes/slack is the strict one, and too slow for this. A tick changes nothing on
the screen but what the person sees ticked; they go on when it was acknowledged.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import orjson
import psutil
from aiohttp import WSMsgType, web

from bench.lasting import add_options, without_pause
from bench.people import Figures, Person
from tests.fakes.slack.tiers import Tiers

BOT_TOKEN, APP_TOKEN = "xoxb-bench-token", "xapp-bench-token"
TEAM, APP, BOT_USER = "T0BENCH", "A0BENCH", "U0BENCH"
ANSWERS_PER_ARRIVAL = 10
PERSON_EVERY = 0.1  # seconds between two who arrive
MULTIPLE = frozenset({"checkboxes", "multi_static_select"})


class Slack:
    """One workspace, of which the people's chats with the bot are all there is. They go on ``pace``
    seconds after an answer; a call is answered after ``latency`` seconds."""

    def __init__(self, pace: float = 0.0, latency: float = 0.0) -> None:
        self.port = 0
        self.tiers = Tiers()
        self.calls: Counter[str] = Counter()
        self._pace, self._latency = pace, latency
        self.figures = Figures()
        self.people: dict[str, Person] = {}
        self.connected = asyncio.get_running_loop().create_future()
        self.app = web.Application()
        self.app.add_routes(
            [web.post("/api/{method}", self._call), web.get("/socket", self._socket)]
        )
        self._line: web.WebSocketResponse | None = None
        self._numbers = itertools.count(1)
        self._person_ids = itertools.count(500_000_001)
        self._sending: set[asyncio.Task[None]] = set()
        self._ticked: dict[str, dict[str, Any]] = {}  # by the envelope that tells of the tick

    # ---- people ----

    def arrive(self) -> None:
        number = next(self._person_ids)

        def put(kind: str, content: dict[str, Any]) -> None:
            serial = str(next(self._numbers))
            if kind == "message":
                self._deliver(serial, "events_api", _said(number, serial, content["text"]))
                return
            message, action = content["message"], content["message"]["actions"][content["data"]]
            if "selected_options" in action:
                ticked = message["ticked"].setdefault(action["block_id"], [])
                ticked += action["selected_options"]
                action["selected_options"] = [*ticked]
                self._ticked[serial] = message
            self._deliver(serial, "interactive", _pressed(number, message, action))

        person = Person(number, self.figures, put, time.perf_counter)
        self.people[f"D{number}"] = person
        self._soon(person.go_on)

    def _soon(self, then: Callable[[], None]) -> None:
        if self._pace:
            asyncio.get_running_loop().call_later(self._pace, then)
        else:
            then()

    def _hear(self, channel: str, message: dict[str, Any]) -> None:
        person = self.people.get(channel)
        if person is None:
            self.figures.astray.append("a message to a stranger")
        elif person.hear(message):
            if person.done:
                del self.people[channel]
                self.arrive()
            else:
                self._soon(person.go_on)

    # ---- events ----

    def _deliver(self, serial: str, kind: str, payload: dict[str, Any]) -> None:
        envelope = {
            "envelope_id": serial,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
        }
        assert self._line
        task = asyncio.ensure_future(self._line.send_str(orjson.dumps(envelope).decode()))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        line = web.WebSocketResponse()
        await line.prepare(request)
        await line.send_json({"type": "hello", "connection_info": {"app_id": APP}})
        self._line = line
        if not self.connected.done():
            self.connected.set_result(None)
        async for message in line:
            if message.type is WSMsgType.TEXT:
                ticked = self._ticked.pop(orjson.loads(message.data)["envelope_id"], None)
                if ticked is not None:
                    self._hear(ticked["channel"], ticked)
        return line

    # ---- calls ----

    async def _call(self, request: web.Request) -> web.Response:
        if request.content_type == "application/json":
            params = orjson.loads(await request.read())
        else:
            params = dict(await request.post())
        method = request.match_info["method"]
        wait = self.tiers.too_fast(method, str(params.get("channel")))
        if self._latency:
            await asyncio.sleep(self._latency)
        if wait is not None:
            answer, headers = {"ok": False, "error": "ratelimited"}, {"Retry-After": str(wait)}
            return web.json_response(answer, status=429, headers=headers)
        self.calls[method] += 1
        answer = {"ok": True, **self._carry_out(method, params)}
        return web.Response(body=orjson.dumps(answer), content_type="application/json")

    def _carry_out(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        match method:
            case "auth.test":
                return {"team_id": TEAM, "user_id": BOT_USER, "bot_id": "B0BENCH", "app_id": APP}
            case "apps.connections.open":
                return {"url": f"ws://127.0.0.1:{self.port}/socket"}
            case "users.info":
                name = {"real_name": "Jana Nováková"}
                user = {"id": params["user"], "name": "jana", "tz": "Europe/Berlin"}
                return {"user": {**user, "locale": "en-GB", "profile": name}}
            case "chat.postMessage" | "chat.update":
                return self._shown(method, params)
        return {}

    def _shown(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        blocks = params.get("blocks") or []
        blocks = orjson.loads(blocks) if isinstance(blocks, str) else blocks
        channel, ts = params["channel"], params.get("ts") or f"{time.time():.6f}"
        actions = dict(_actions(blocks))
        message = {
            "ts": ts,
            "text": orjson.dumps(blocks).decode(),
            "channel": channel,
            "actions": actions,
            "ticked": {},
            "reply_markup": {"inline_keyboard": [[{"callback_data": each} for each in actions]]},
        }
        if actions or method == "chat.postMessage":
            asyncio.get_running_loop().call_soon(self._hear, channel, message)
        return {"channel": channel, "ts": ts}


def _actions(blocks: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What can be pressed, by its value: the action that Slack then sends."""
    for block in blocks:
        for element in (*block.get("elements", ()), block.get("accessory") or {}):
            kind = element.get("type")
            if "action_id" not in element:
                continue
            action = {"type": kind, "action_id": element["action_id"]}
            action["block_id"] = block.get("block_id", "")
            if kind == "button":
                if "value" in element:
                    yield element["value"], {**action, "value": element["value"]}
                continue
            for option in element["options"]:
                picked = (
                    ("selected_options", [option])
                    if kind in MULTIPLE
                    else ("selected_option", option)
                )
                yield option["value"], {**action, picked[0]: picked[1]}


def _said(number: int, serial: str, text: str) -> dict[str, Any]:
    ts = f"{time.time():.6f}"
    event = {
        "type": "message",
        "user": f"U{number}",
        "channel": f"D{number}",
        "channel_type": "im",
        "text": f" {text}",  # Slack would take "/start" for a command of its own
        "ts": ts,
        "event_ts": ts,
        "team": TEAM,
    }
    callback = {"type": "event_callback", "team_id": TEAM, "api_app_id": APP, "event": event}
    return {**callback, "event_id": f"Ev{serial}", "event_time": int(time.time())}


def _pressed(number: int, message: dict[str, Any], action: dict[str, Any]) -> dict[str, Any]:
    container = {"type": "message", "message_ts": message["ts"], "channel_id": f"D{number}"}
    state = {
        block: {block: {"type": "checkboxes", "selected_options": options}}
        for block, options in message["ticked"].items()
    }
    return {
        "type": "block_actions",
        "user": {"id": f"U{number}", "name": "jana", "team_id": TEAM},
        "team": {"id": TEAM, "domain": "bench"},
        "api_app_id": APP,
        # No "trigger_id": then no window can be opened, and every question is a message.
        "channel": {"id": f"D{number}", "name": "directmessage"},
        "container": container,
        "actions": [{**action, "action_ts": f"{time.time():.6f}"}],
        "state": {"values": state},
    }


async def for_a_while(
    slack: Slack, tested: psutil.Process, options: argparse.Namespace
) -> dict[str, Any]:
    """What was seen of so many seconds, once all have arrived; and of those who still wait."""
    await asyncio.sleep(options.pace + options.people * PERSON_EVERY)
    slack.figures.waits.clear()
    before, began = tested.cpu_times(), time.perf_counter()
    await asyncio.sleep(options.seconds)
    after, now = tested.cpu_times(), time.perf_counter()
    since = [person.since for person in slack.people.values() if person.since is not None]
    waits = sorted([*slack.figures.waits, *(now - each for each in since)])
    return {
        "turns": len(slack.figures.waits),
        "seconds": now - began,
        "cpu": after.user + after.system - before.user - before.system,
        "waits_ms": {
            name: 1000 * waits[min(int(len(waits) * share), len(waits) - 1)]
            for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("most", 1.0))
        },
        "calls": dict(slack.calls),
        "refused": dict(slack.tiers.refused),
        "inside": dict(slack.tiers.inside),
        "astray": len(slack.figures.astray),
        "doubled": slack.figures.doubled,
    }


async def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Let the people talk until all turns are answered, or for so many seconds."""
    slack = Slack(options.pace, options.latency_ms / 1000)
    slack.tiers.posts_a_second = options.posts_a_second
    runner = web.AppRunner(slack.app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.port = runner.addresses[0][1]
    print(slack.port, flush=True)
    tested = psutil.Process(int(await asyncio.to_thread(sys.stdin.readline)))
    await asyncio.wait_for(slack.connected, 60)
    if options.pace:
        going = asyncio.ensure_future(for_a_while(slack, tested, options))
        for _ in range(options.people):
            slack.arrive()
            await asyncio.sleep(PERSON_EVERY)
        return await going
    talking = asyncio.ensure_future(without_pause(slack.figures, tested, options))
    for number in range(options.people):
        while slack.figures.answered < number * ANSWERS_PER_ARRIVAL and not talking.done():
            await asyncio.sleep(0.01)
        slack.arrive()
    return await talking


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--pace", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--seconds", type=float, default=60.0, help="measured, with --pace")
    parser.add_argument("--latency-ms", type=float, default=0.0)
    parser.add_argument("--posts-a-second", type=float, help="to a channel; three may come at once")
    add_options(parser)
    options = parser.parse_args()
    try:
        import uvloop as loops  # noqa: PLC0415 - not on every platform
    except ImportError:
        loops = asyncio  # type: ignore[assignment]
    print(orjson.dumps(loops.run(measure(options))).decode(), flush=True)


if __name__ == "__main__":
    main()
