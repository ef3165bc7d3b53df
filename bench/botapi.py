"""A lean Bot API server with the people in it, as a process of its own.

    python -m bench.botapi --people 200 --latency-ms 50 --seconds 10

Prints its port, waits for a bot to poll, lets the people talk, prints what was seen as JSON.
It speaks real HTTP and long polling and answers as Telegram does (whole messages with their
keyboards), but checks nothing: tests/fakes/telegram is the strict one, and too slow for this.
A call takes effect after half the latency and is answered after the whole.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import re
import sys
import time
from collections import deque
from typing import Any
from urllib.parse import parse_qsl

import httptools
import orjson
import psutil

from bench.people import Figures, Person

TOKEN = "100001:bench-token-of-no-worth-at-all"
BOT = {"id": 100001, "is_bot": True, "first_name": "Domov", "username": "domov_bot"}
ME = {
    **BOT,
    "can_join_groups": False,
    "can_read_all_group_messages": False,
    "supports_inline_queries": False,
}
KNOWN: dict[str, Any] = {
    "getMe": ME,
    "getMyCommands": [],
    "getChatMenuButton": {"type": "commands"},
    "getMyName": {"name": "Domov"},
    "getMyDescription": {"description": ""},
    "getMyShortDescription": {"short_description": ""},
    "getWebhookInfo": {"url": "", "has_custom_certificate": False, "pending_update_count": 0},
}
BATCH = 100  # https://core.telegram.org/bots/api#getupdates
ANSWERS_PER_ARRIVAL = 10
ARRIVAL_SECONDS = 60.0
DRAIN_SECONDS = 60.0  # the slowest peer has 200 people waiting at 11 turns a second
HEAD = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
_TAG = re.compile(r"<[^<>]*>")


class Api:
    """One bot's updates and chats."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.half = 0.0  # seconds, of the latency
        self.people: dict[int, Person] = {}
        self.figures = Figures()
        self.talking = False
        self.calls: dict[str, int] = {}
        self.first_poll = self.loop.create_future()
        self._updates: deque[tuple[int, bytes]] = deque()
        self._update_ids = itertools.count(1)
        self._message_ids = itertools.count(1)
        self._person_ids = itertools.count(500_000_001)
        self._poll: tuple[Connection, int, asyncio.TimerHandle] | None = None

    # ---- people ----

    def arrive(self) -> None:
        """A new person writes to the bot."""
        number = next(self._person_ids)

        def put(kind: str, content: dict[str, Any]) -> None:
            self._push(number, kind, content)

        person = Person(number, self.figures, put, time.perf_counter)
        self.people[number] = person
        person.go_on()

    def _push(self, number: int, kind: str, content: dict[str, Any]) -> None:
        sender = {
            "id": number,
            "is_bot": False,
            "first_name": "Jana",
            "last_name": "Nováková",
            "username": f"jana{number}",
            "language_code": "en",
        }
        content = {"from": sender, **content}
        if kind == "message":
            content |= {
                "message_id": next(self._message_ids),
                "chat": _chat(number),
                "date": int(time.time()),
            }
            if content["text"].startswith("/"):
                length = len(content["text"])
                content["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        else:
            content |= {"id": str(next(self._message_ids)), "chat_instance": str(number)}
        serial = next(self._update_ids)
        self._updates.append((serial, orjson.dumps({"update_id": serial, kind: content})))
        if self._poll:
            connection, limit, timer = self._poll
            self._poll = None
            timer.cancel()
            # The rest of this round of the loop may bring more for the same batch.
            self.loop.call_soon(self._hand_out, connection, limit)

    def _hear(self, message: dict[str, Any]) -> None:
        person = self.people.get(message["chat"]["id"])
        if person is None:
            self.figures.astray.append("a message to a stranger")
        elif person.hear(message) and self.talking:
            if person.done:
                self.arrive()
            else:
                person.go_on()

    # ---- calls ----

    def take(self, connection: Connection, method: str, params: dict[str, Any]) -> None:
        """A call came in."""
        self.calls[method] = self.calls.get(method, 0) + 1
        if self.half:
            self.loop.call_later(self.half, self._carry_out, connection, method, params)
        else:
            self._carry_out(connection, method, params)

    def _carry_out(self, connection: Connection, method: str, params: dict[str, Any]) -> None:
        if method == "getUpdates":
            self._get_updates(connection, params)
            return
        result: Any = True
        heard = False
        if method == "sendMessage":
            result = self._message(params, next(self._message_ids))
            heard = True
        elif method == "editMessageText":
            result = self._message(params, int(params["message_id"]))
            result["edit_date"] = int(time.time())
            heard = "reply_markup" in result
        elif method == "editMessageReplyMarkup":
            shown = self.people[int(params["chat_id"])].shown or {}
            result = self._message({**params, "text": shown["text"]}, int(params["message_id"]))
            result["edit_date"] = int(time.time())
            heard = "reply_markup" in result
        elif method in KNOWN:
            result = KNOWN[method]
        self._answer(connection, b'{"ok":true,"result":' + orjson.dumps(result) + b"}")
        if heard:
            self._hear(result)

    def _message(self, params: dict[str, Any], number: int) -> dict[str, Any]:
        text = params["text"]
        if "<" in text:
            text = _TAG.sub("", text)
        message: dict[str, Any] = {
            "message_id": number,
            "from": BOT,
            "chat": _chat(int(params["chat_id"])),
            "date": int(time.time()),
            "text": text,
        }
        markup = params.get("reply_markup")
        if markup:
            message["reply_markup"] = orjson.loads(markup) if isinstance(markup, str) else markup
        return message

    def _get_updates(self, connection: Connection, params: dict[str, Any]) -> None:
        offset = int(params.get("offset") or 0)
        while self._updates and self._updates[0][0] < offset:
            self._updates.popleft()
        limit = min(int(params.get("limit") or BATCH), BATCH)
        if not self.first_poll.done():
            self.first_poll.set_result(None)
        if self._updates:
            self._hand_out(connection, limit)
            return
        if self._poll:
            raise RuntimeError("two pollers at once")
        wait = float(params.get("timeout") or 0)
        timer = self.loop.call_later(wait, self._nothing, connection)
        self._poll = (connection, limit, timer)

    def _nothing(self, connection: Connection) -> None:
        self._poll = None
        self._answer(connection, b'{"ok":true,"result":[]}')

    def _hand_out(self, connection: Connection, limit: int) -> None:
        batch = [update for _, update in itertools.islice(self._updates, limit)]
        self._answer(connection, b'{"ok":true,"result":[' + b",".join(batch) + b"]}")

    def _answer(self, connection: Connection, body: bytes) -> None:
        if self.half:
            self.loop.call_later(self.half, connection.answer, body)
        else:
            connection.answer(body)


def _chat(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "first_name": "Jana",
        "last_name": "Nováková",
        "username": f"jana{number}",
        "type": "private",
    }


class Connection(asyncio.Protocol):
    """HTTP/1.1, keep-alive, one request after the other."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._transport: Any = None
        self._parser = httptools.HttpRequestParser(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_begin(self) -> None:
        self._body: list[bytes] = []
        self._kind = b""

    def on_url(self, url: bytes) -> None:
        self._url = url

    def on_header(self, name: bytes, value: bytes) -> None:
        name = name.lower()
        if name == b"content-type":
            self._kind = value
        elif name == b"expect":
            raise RuntimeError("Expect: is not served")

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        method = self._url.rpartition(b"/")[2].partition(b"?")[0].decode()
        self._api.take(self, method, _parameters(self._kind, b"".join(self._body)))

    def answer(self, body: bytes, status: bytes = b"200 OK") -> None:
        if self._transport and not self._transport.is_closing():
            self._transport.write(HEAD % (status, len(body)) + body)


def _parameters(kind: bytes, body: bytes) -> dict[str, Any]:
    if not body:
        return {}
    if kind.startswith(b"application/json"):
        found: dict[str, Any] = orjson.loads(body)
        return found
    if kind.startswith(b"application/x-www-form-urlencoded"):
        return dict(parse_qsl(body.decode()))
    return _multipart(kind, body)


def _multipart(kind: bytes, body: bytes) -> dict[str, Any]:
    boundary = b"--" + kind.partition(b"boundary=")[2].strip(b'"')
    found = {}
    for part in body.split(boundary)[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        name = re.search(rb'name="([^"]*)"', head)
        if name:
            found[name[1].decode()] = content[:-2].decode()
    return found


# ---- a run ----


async def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Let the people talk; what was seen in the measured seconds."""
    loop = asyncio.get_running_loop()
    api = Api()
    server = await loop.create_server(lambda: Connection(api), "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    pid = int(await asyncio.to_thread(sys.stdin.readline))
    await asyncio.wait_for(api.first_poll, 60)
    await asyncio.sleep(options.settle)
    await _arrive(api, options.people)
    api.half = options.latency_ms / 2000
    await asyncio.sleep(options.warm_up)

    tested, own = psutil.Process(pid), psutil.Process()
    figures = api.figures
    answered, cpu, own_cpu, began = figures.answered, _cpu(tested), _cpu(own), time.perf_counter()
    calls = dict(api.calls)
    figures.waits.clear()
    slices = await _slices(figures, tested, options.seconds)
    seconds = time.perf_counter() - began
    turns = figures.answered - answered
    cpu, own_cpu = _cpu(tested) - cpu, _cpu(own) - own_cpu
    waits = sorted(figures.waits)
    made = {name: number - calls.get(name, 0) for name, number in api.calls.items()}

    api.talking = False
    await _drain(api)
    waiting = sum(person.since is not None for person in api.people.values())
    return {
        "turns": turns,
        "seconds": seconds,
        "cpu": cpu,
        "slices": slices,
        "server_cpu": own_cpu,
        "rss": tested.memory_info().rss,
        "waits_ms": {
            name: waits[int(part * (len(waits) - 1))] * 1000 if waits else None
            for name, part in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("max", 1.0))
        },
        "calls_per_turn": {name: number / max(turns, 1) for name, number in made.items()},
        "stuck": waiting,
        "astray": len(figures.astray),
        "examples": figures.astray[:3],
        "doubled": figures.doubled,
        "answered": figures.answered,
        "finished": figures.finished,
        "people": len(api.people),
    }


async def _slices(
    figures: Figures, tested: psutil.Process, seconds: float
) -> list[tuple[int, float]]:
    """Turns and CPU seconds of each of the seconds: shows what else the machine was doing."""
    slices = []
    for _ in range(round(seconds)):
        answered, cpu = figures.answered, _cpu(tested)
        await asyncio.sleep(1.0)
        slices.append((figures.answered - answered, _cpu(tested) - cpu))
    return slices


async def _arrive(api: Api, people: int) -> None:
    """One after every few answers: all at once would be at the same question for a long time.
    For the same reason the latency only begins when all are there."""
    api.talking = True
    end = time.perf_counter() + ARRIVAL_SECONDS
    for number in range(people):
        while api.figures.answered < number * ANSWERS_PER_ARRIVAL and time.perf_counter() < end:
            await asyncio.sleep(0.01)
        api.arrive()


async def _drain(api: Api) -> None:
    """Until everybody has an answer, and a moment longer for answers nobody waits for."""
    end = time.perf_counter() + DRAIN_SECONDS
    while time.perf_counter() < end:
        if all(person.since is None for person in api.people.values()):
            break
        await asyncio.sleep(0.1)
    await asyncio.sleep(1.0)


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--latency-ms", type=float, default=0.0)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--warm-up", type=float, default=2.0)
    parser.add_argument("--settle", type=float, default=3.0)
    options = parser.parse_args()
    try:
        import uvloop as loops  # noqa: PLC0415 - not on every platform
    except ImportError:
        loops = asyncio  # type: ignore[assignment]
    seen = loops.run(measure(options))
    print(orjson.dumps(seen).decode(), flush=True)


if __name__ == "__main__":
    main()
