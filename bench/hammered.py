"""A Bot API server with people who talk and people who hammer, as a process of its own.

    python -m bench.hammered --people 30 --hammerers 10 --seconds 20

Prints its port, waits for a bot to poll and for its process's number on stdin, has everybody of
the hammerers register, then measures; prints what was seen as JSON. Who talks answers a question
:data:`THINKING` seconds after it came. Who hammers sends every command and presses every button in
sight, ``--rate`` a second each, and waits for nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import random
import sys
import time
from collections import deque
from typing import Any

import orjson
import psutil

from bench.botapi import Api, Connection
from bench.people import Figures, Person
from bot.turn.commands import COMMANDS

THINKING = (0.5, 1.5)
BUTTONS = 200  # a hammerer remembers
TEXTS = ("hello", "what is this", "Jana", "2015", "x" * 3000)
REGISTERING = 60.0


class Hammered(Api):
    """People talk with a pause before each answer; hammerers register at once."""

    def __init__(self) -> None:
        super().__init__()
        self.chance = random.Random(1)
        self.hammering: dict[int, deque[tuple[str, dict[str, Any]]]] = {}
        self.astray = Figures()

    def arrive_hammering(self) -> None:
        self.arrive()
        number = next(reversed(self.people))
        self.people[number].figures = self.astray
        self.hammering[number] = deque(maxlen=BUTTONS)

    def _hear(self, message: dict[str, Any]) -> None:
        number = message["chat"]["id"]
        person = self.people[number]
        seen = self.hammering.get(number)
        if seen is None and person.figures is self.astray:
            return  # who warmed up
        if seen is not None:
            rows = (message.get("reply_markup") or {}).get("inline_keyboard", ())
            seen.extend((b["callback_data"], message) for row in rows for b in row
                        if "callback_data" in b)  # fmt: skip
            if not person.done and person.hear(message) and not person.done:
                person.go_on()
        elif person.hear(message) and self.talking:
            self.loop.call_later(self.chance.uniform(*THINKING), self._next, person)

    def _next(self, person: Person) -> None:
        if not self.talking:
            return
        if person.done:
            self.arrive()
        else:
            person.go_on()

    def _carry_out(self, connection: Connection, method: str, params: dict[str, Any]) -> None:
        if method in ("sendDocument", "sendPhoto"):
            result = self._message({"text": "", **params}, next(self._message_ids))
            self._answer(connection, b'{"ok":true,"result":' + orjson.dumps(result) + b"}")
        else:
            super()._carry_out(connection, method, params)

    def hammer(self, number: int, at: int) -> None:
        """The next command, button or text of one who hammers; ``at`` counts up."""
        seen = self.hammering[number]
        commands = sorted(COMMANDS)
        if at % 2 and seen:
            data, message = seen[self.chance.randrange(len(seen))]
            self._push(number, "callback_query", {"data": data, "message": message})
        elif at % 10 == 0:
            self._push(number, "message", {"text": TEXTS[at // 10 % len(TEXTS)]})
        else:
            self._push(number, "message", {"text": "/" + commands[at // 2 % len(commands)]})


async def hammered(api: Hammered, number: int, rate: float) -> None:
    """One who hammers, until cancelled."""
    await asyncio.sleep(api.chance.uniform(0, 1 / rate))
    for at in itertools.count(api.chance.randrange(1000)):
        api.hammer(number, at)
        api.astray.answered += 1
        await asyncio.sleep(1 / rate)


async def warmed_up(api: Hammered) -> None:
    """Everything was said once: what a program does at the first word is no part of this."""
    number = next(reversed(api.people))
    for at in range(4 * len(COMMANDS)):
        api.hammer(number, at)
        await asyncio.sleep(0.1)


async def measure(options: argparse.Namespace) -> dict[str, Any]:
    loop = asyncio.get_running_loop()
    api = Hammered()
    server = await loop.create_server(lambda: Connection(api), "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    tested = psutil.Process(int(await asyncio.to_thread(sys.stdin.readline)))
    await asyncio.wait_for(api.first_poll, 60)
    await asyncio.sleep(3.0)
    for _ in range(options.hammerers + 1):
        api.arrive_hammering()
    end = time.perf_counter() + REGISTERING
    while time.perf_counter() < end and not all(api.people[n].done for n in api.hammering):
        await asyncio.sleep(0.1)
    await warmed_up(api)
    api.hammering.popitem()
    api.talking = True
    for _ in range(options.people):
        api.arrive()
        await asyncio.sleep(THINKING[1] / options.people)
    await asyncio.sleep(2.0)
    api.astray.answered = 0
    api.figures.waits.clear()
    before, cpu, memory = tested.memory_info().rss, _cpu(tested), 0
    tasks = [asyncio.create_task(hammered(api, n, options.rate)) for n in api.hammering]
    for _ in range(round(options.seconds)):
        await asyncio.sleep(1.0)
        memory = max(memory, tested.memory_info().rss)
    waits = sorted(api.figures.waits)
    cpu = _cpu(tested) - cpu
    for task in tasks:
        task.cancel()
    api.talking = False
    await asyncio.sleep(3.0)
    stuck = sum(p.since is not None for p in api.people.values() if p.figures is api.figures)
    return {
        "answered": len(waits),
        "hammered": api.astray.answered,
        "cpu": cpu / options.seconds,
        "before": before,
        "memory": memory,
        "stuck": stuck,
        "astray": api.figures.astray[:3],
        "waits_ms": {
            name: 1000 * waits[int(part * (len(waits) - 1))] if waits else None
            for name, part in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))
        },
    }


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=30)
    parser.add_argument("--hammerers", type=int, default=10)
    parser.add_argument("--rate", type=float, default=20.0)
    parser.add_argument("--seconds", type=float, default=20.0)
    print(orjson.dumps(asyncio.run(measure(parser.parse_args()))).decode(), flush=True)


if __name__ == "__main__":
    main()
