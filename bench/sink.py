"""A lean Bot API server that takes a broadcast and tells how it came: rate, windows, doubles.

    python -m bench.sink --expect 5000 --limit 30
    python -m bench.sink --people 200 --turns 100000 --every 10000

Prints its port, reads the tested process' number, waits for the messages and prints what was seen
as JSON. Messages to chats from 900,000,001 on are the broadcast; with ``--people`` others talk
meanwhile (bench.people), with ``--turns`` without a pause until so many are answered
(bench.lasting).
With ``--limit`` it answers 429 to what would be one too many in a sliding second, as Telegram may.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections import Counter, deque
from typing import Any

import orjson
import psutil

from bench.botapi import Api, Connection, _arrive, _cpu
from bench.lasting import add_options, without_pause

FIRST_CHAT = 900_000_001
SILENCE = 8.0  # seconds without a message: it is over
FIRST_SECONDS = 120.0  # for the first message
TOO_MANY = orjson.dumps(
    {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 1",
        "parameters": {"retry_after": 1},
    }
)


class Sink(Api):
    """Notes when messages of the broadcast arrive, and refuses what is over the limit."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit
        self.arrivals: list[float] = []
        self.chats: Counter[int] = Counter()
        self.refused = 0
        self.replies: list[float] = []  # to people who talk
        self._window: deque[float] = deque()

    def take(self, connection: Connection, method: str, params: dict[str, Any]) -> None:
        if method == "sendMessage":
            now = time.perf_counter()
            if self.limit and not self._let_in(now):
                self.refused += 1
                connection.answer(TOO_MANY, b"429 Too Many Requests")
                return
            chat = int(params["chat_id"])
            if chat >= FIRST_CHAT:
                self.arrivals.append(now)
                self.chats[chat] += 1
            else:
                self.replies.append(now)
        super().take(connection, method, params)

    def _let_in(self, now: float) -> bool:
        while self._window and now - self._window[0] >= 1.0:
            self._window.popleft()
        if len(self._window) >= self.limit:
            return False
        self._window.append(now)
        return True

    def _hear(self, message: dict[str, Any]) -> None:
        if message["chat"]["id"] < FIRST_CHAT:
            super()._hear(message)


def most_in_a_second(times: list[float]) -> int:
    """The greatest number of messages in any second, wherever it begins."""
    window: deque[float] = deque()
    most = 0
    for moment in sorted(times):
        while window and moment - window[0] >= 1.0:
            window.popleft()
        window.append(moment)
        most = max(most, len(window))
    return most


async def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Wait for the broadcast; what was seen of it."""
    loop = asyncio.get_running_loop()
    sink = Sink(options.limit)
    server = await loop.create_server(lambda: Connection(sink), "127.0.0.1", 0, backlog=2048)
    print(server.sockets[0].getsockname()[1], flush=True)
    tested = psutil.Process(int(await asyncio.to_thread(sys.stdin.readline)))
    if options.people:
        await asyncio.wait_for(sink.first_poll, 60)
        await _arrive(sink, options.people)
    sink.half = options.latency_ms / 2000
    if options.turns:
        return await without_pause(sink.figures, tested, options, lambda: len(sink.arrivals))
    if not options.expect:  # people alone: what they wait when nothing else goes on
        return await _talk(sink, tested, options.seconds)
    await _first(sink)
    sink.figures.waits.clear()
    cpu = _cpu(tested)
    memory = await _to_the_end(sink, options, tested)
    cpu = _cpu(tested) - cpu
    await asyncio.sleep(1.0 + options.latency_ms / 500)  # the last answers
    return _seen(sink, cpu, memory)


async def _first(sink: Sink) -> None:
    end = time.perf_counter() + FIRST_SECONDS
    while not sink.arrivals:
        if time.perf_counter() > end:
            raise SystemExit("nothing came")
        await asyncio.sleep(0.005)


async def _to_the_end(sink: Sink, options: argparse.Namespace, tested: psutil.Process) -> int:
    """Until all came, the time is over, or nothing comes any more; the most memory seen."""
    end = time.perf_counter() + options.seconds
    memory = 0
    while len(sink.chats) < options.expect and time.perf_counter() < end:
        memory = max(memory, tested.memory_info().rss)
        if time.perf_counter() - sink.arrivals[-1] > SILENCE:
            break
        await asyncio.sleep(0.02)
    return memory


async def _talk(sink: Sink, tested: psutil.Process, seconds: float) -> dict[str, Any]:
    sink.figures.waits.clear()
    cpu = _cpu(tested)
    await asyncio.sleep(seconds)
    return _seen(sink, _cpu(tested) - cpu, tested.memory_info().rss)


def _seen(sink: Sink, cpu: float, memory: int) -> dict[str, Any]:
    times, waits = sink.arrivals, sorted(sink.figures.waits)
    return {
        "messages": len(times),
        "chats": len(sink.chats),
        "doubled": sum(number - 1 for number in sink.chats.values()),
        "seconds": times[-1] - times[0] if times else 0.0,
        "cpu": cpu,
        "most_in_a_second": most_in_a_second(times + sink.replies),
        "refused": sink.refused,
        "rss": memory,
        "turns": len(waits),
        "turn_ms": {
            name: waits[int(part * (len(waits) - 1))] * 1000 if waits else None
            for name, part in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))
        },
        "stuck": sum(person.since is not None for person in sink.people.values()),
        "astray": len(sink.figures.astray),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--expect", type=int, default=0, help="messages of the broadcast")
    parser.add_argument("--people", type=int, default=0, help="who talk meanwhile")
    parser.add_argument("--limit", type=int, default=0, help="messages in a sliding second")
    parser.add_argument("--latency-ms", type=float, default=0.0)
    parser.add_argument("--seconds", type=float, default=60.0, help="at most")
    add_options(parser)
    options = parser.parse_args()
    try:
        import uvloop as loops  # noqa: PLC0415 - not on every platform
    except ImportError:
        loops = asyncio  # type: ignore[assignment]
    print(orjson.dumps(loops.run(measure(options))).decode(), flush=True)


if __name__ == "__main__":
    main()
