"""Messages a second: a broadcast at the limit, without one, and while 200 people talk.

    python -m bench.broadcast                    # everything, about a quarter of an hour
    python -m bench.broadcast --part speed --latency 50 --latency 200 --peers aiogram

Prints Markdown tables. Each system runs as its own process on one core; the Bot API server
(bench.sink) has the other. Domov is `domov run` as it is: every recipient a row in the ledger,
marked and committed before it is sent and settled after; consent, pause, budget and hours looked
at when it is sent; the words rendered for each reader.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import platform
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.botapi import TOKEN
from bench.domov import RUN, ask, on_telegram
from bench.processes import measured
from bench.sink import FIRST_CHAT

MESSAGE = """\
---
key: brunch
title: Brunch
---
# en
Hello {{ name }},

on Thursday we meet in **Tabačka**: three people who came back, three who did not, and a good
brunch. Will you come? More at [our page](https://www.example.org/brunch).
"""
PEOPLE = (
    "INSERT INTO person (id, organisation, persona, status, language, name, country, timezone,"
    " created_at) VALUES (?, 'cike', 'expat', 'active', 'en', ?, 'DE', ?, ?)"
)
IDENTITIES = (
    "INSERT INTO identity (person_id, channel, account, user_id, chat_id, created_at)"
    " VALUES (?, 'telegram', ?, ?, ?, ?)"
)
CONSENTS = (
    "INSERT INTO consent (person_id, purpose, given, notice_version, at)"
    " VALUES (?, 'invitations', 1, 'bench', ?)"
)

# The server's address, a folder and how many -> the command and its environment.
Command = Callable[[str, Path, int], tuple[list[str], dict[str, str]]]


@dataclass(frozen=True)
class System:
    name: str
    command: Command
    check: Callable[[Path], list[str]] = lambda _folder: []


def domov(rate: int) -> System:
    """Domov with so many messages a second (0: no limit of its own)."""

    def command(url: str, folder: Path, number: int) -> tuple[list[str], dict[str, str]]:
        environment = on_telegram(url, folder, TELEGRAM_RATE=str(rate))
        if number:
            _fill(folder / "domov.sqlite3", number)
            file = folder / "brunch.md"
            file.write_text(MESSAGE, encoding="utf-8")
            create = ("broadcast", "create", str(file), "--organisation", "cike", "--audience", "")
            ask(environment, *create)
            ask(environment, "broadcast", "send", "brunch", "--yes")
        return RUN, environment

    return System(f"Domov, {rate}/s" if rate else "Domov", command, _left)


def _fill(path: Path, number: int) -> None:
    """People to write to, in a zone where it is about noon now."""
    now = datetime.now(UTC)
    zone = f"Etc/GMT{now.hour - 12:+d}" if now.hour != 12 else "UTC"
    at = now.isoformat(timespec="microseconds")[:26] + "Z"
    account = TOKEN.partition(":")[0]
    with contextlib.closing(sqlite3.connect(path)) as database, database:
        people = range(1, number + 1)
        database.executemany(PEOPLE, ((each, f"Jana {each}", zone, at) for each in people))
        chats = ((each, str(FIRST_CHAT + each - 1)) for each in people)
        database.executemany(IDENTITIES, ((each, account, chat, chat, at) for each, chat in chats))
        database.executemany(CONSENTS, ((each, at) for each in people))


def _left(folder: Path) -> list[str]:
    """Every recipient must be in its final state."""
    path = folder / "domov.sqlite3"
    with contextlib.closing(sqlite3.connect(path)) as database:
        rows = database.execute(
            "SELECT state, reason, count(*) FROM delivery WHERE kind = 'broadcast'"
            " AND state <> 'sent' GROUP BY state, reason"
        ).fetchall()
    return [f"{number} {state} ({reason})" for state, reason, number in rows]


def peer(name: str, module: str, at_once: int, *more: str) -> System:
    def command(url: str, folder: Path, number: int) -> tuple[list[str], dict[str, str]]:
        file = [str(folder / "ledger.sqlite3")] if module == "send_bare" else []
        words = [url, TOKEN, str(number), str(at_once), *more, *file]
        return [sys.executable, "-m", f"bench.peers.{module}", *words], {}

    return System(f"{name}, {at_once} at once" if not more else name, command)


def run(
    system: System, number: int, *, latency: float = 0.0, limit: int = 0, people: int = 0,
    seconds: float = 60.0,
) -> dict[str, Any]:  # fmt: skip
    """One run: what the server saw, and what the ledger says."""
    with tempfile.TemporaryDirectory(prefix="domov-bench-") as name:
        folder = Path(name)
        seen = measured(
            system.name,
            ["bench.sink", "--expect", str(number), "--limit", str(limit), "--people", str(people),
             "--latency-ms", str(latency), "--seconds", str(seconds)],
            lambda url: system.command(url, folder, number),
            folder,
        )  # fmt: skip
        seen["problems"] = system.check(folder) if number else []
        if seen["doubled"]:
            seen["problems"].append(f"{seen['doubled']} doubled")
        rate = seen["messages"] / max(seen["seconds"], 1e-9)
        busy = seen["cpu"] / max(seen["seconds"], 1e-9)
        told = f"{system.name} at {latency:g} ms: {rate:,.0f}/s, busy {busy:.0%} {seen}"
        print(told, file=sys.stderr)
        return seen


def _median(runs: list[dict[str, Any]], figure: Callable[[dict[str, Any]], float]) -> float:
    return statistics.median(figure(each) for each in runs)


def _rate(seen: dict[str, Any]) -> float:
    """Messages a second between the first and the last."""
    return (seen["messages"] - 1) / max(seen["seconds"], 1e-9)


def limit(options: argparse.Namespace) -> list[list[dict[str, Any]]]:
    """At 30 a second, for half a minute."""
    number = 900
    tried = [
        (domov(30), 0.0, 0),
        (domov(30), 50.0, 0),
        (domov(30), 0.0, 30),
        (peer("python-telegram-bot, AIORateLimiter", "send_ptb", 64, "limited"), 0.0, 0),
    ]
    print("\n| system | latency | 429 beyond | messages/s | of 30/s | most in a sliding second |"
          " 429s |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |")  # fmt: skip
    everything = []
    for system, latency, enforced in tried:
        runs = [run(system, number, latency=latency, limit=enforced) for _ in range(options.runs)]
        everything.append(runs)
        rate = _median(runs, _rate)
        most = max(each["most_in_a_second"] for each in runs)
        refused = sum(each["refused"] for each in runs)
        print(f"| {system.name} | {latency:g} ms | {enforced or '–'} | {rate:.2f} | {rate / 30:.1%}"
              f" | {most} | {refused} |")  # fmt: skip
    return everything


def speed(options: argparse.Namespace) -> list[list[dict[str, Any]]]:
    """Without limits: each peer at several concurrencies, its best counts."""
    tried: list[tuple[float, System, int]] = []
    for latency in options.latency or (0.0, 50.0, 200.0):
        tried.append((latency, domov(0), 20_000 if latency < 100 else 40_000))
        tried += [(latency, peer(*AIOGRAM, n), 6_000 + 5 * n) for n in _concurrencies(latency)]
        if options.peers == "all":
            bare = (32, 64, 256) if latency == 0 else (256, 1024)
            tried += [(latency, peer(*BARE, n), 20_000) for n in bare]
            numbers = (1, 8, 32) if latency == 0 else (8, 32, 128)
            tried += [(latency, peer(*PTB, n), 1_500) for n in numbers]
    seen: dict[int, list[dict[str, Any]]] = {}
    for _ in range(options.runs):  # interleaved: what else the machine does hits all alike
        for index, (latency, system, number) in enumerate(tried):
            seen.setdefault(index, []).append(run(system, number, latency=latency))
    print("\n| latency | system | messages/s | per CPU s | peak memory |\n"
          "| ---: | --- | ---: | ---: | ---: |")  # fmt: skip
    best: dict[tuple[float, str], tuple[float, str]] = {}
    for index, (latency, system, _) in enumerate(tried):
        runs = seen[index]
        rate = _median(runs, _rate)
        per_cpu = _median(runs, lambda each: each["messages"] / max(each["cpu"], 1e-9))
        memory = max(each["rss"] for each in runs) / 1e6
        print(
            f"| {latency:g} ms | {system.name} | {rate:,.0f} | {per_cpu:,.0f} | {memory:.0f} MB |"
        )
        key = latency, system.name.partition(",")[0]
        best[key] = max(best.get(key, (0.0, "")), (rate, system.name))
    for (latency, name), (rate, which) in best.items():
        if name == AIOGRAM[0]:
            times = best[latency, "Domov"][0] / rate
            print(f"\nAt {latency:g} ms Domov sends {times:.2f} times what the best of {name}"
                  f" does ({which}; aim: {AIM:g}).")  # fmt: skip
    return list(seen.values())


def _concurrencies(latency: float) -> tuple[int, ...]:
    """Those among which aiogram's best is found."""
    return (50, 100, 200) if latency == 0 else (100, 200, 400, 800, 1600)


def paid(options: argparse.Namespace) -> list[list[dict[str, Any]]]:
    """1,000 a second, as paid broadcasts may, for half a minute."""
    runs = [run(domov(1000), 30_000, latency=20.0) for _ in range(options.runs)]
    print("\n| system | messages/s | most in a sliding second | of one core |\n"
          "| --- | ---: | ---: | ---: |")  # fmt: skip
    most = max(each["most_in_a_second"] for each in runs)
    busy = _median(runs, lambda each: each["cpu"] / each["seconds"])
    print(f"| Domov, 1000/s | {_median(runs, _rate):,.0f} | {most} | {busy:.0%} |")
    return [runs]


def talk(options: argparse.Namespace) -> list[list[dict[str, Any]]]:
    """What 200 people wait for answers: alone, and while 20,000 messages go out."""
    print("\n| broadcast | turns/s | p50 | p95 | p99 | broadcast's messages/s |\n"
          "| --- | ---: | ---: | ---: | ---: | ---: |")  # fmt: skip
    everything = []
    for name, rate, number, seconds in (
        ("none", 1000, 0, 15.0),
        ("20,000 at 1,000/s", 1000, 20_000, 60.0),
        ("900 at 30/s", 30, 900, 60.0),
    ):
        runs = [run(domov(rate), number, people=200, seconds=seconds) for _ in range(options.runs)]
        everything.append(runs)
        length = _median(runs, lambda each: each["seconds"]) or seconds
        turns = _median(runs, lambda each: each["turns"]) / length
        waits = [
            f"{_median(runs, lambda each, key=key: each['turn_ms'][key]):,.0f} ms"  # type: ignore[misc]
            for key in ("p50", "p95", "p99")
        ]
        sent = f"{_median(runs, _rate):,.0f}" if number else "–"
        print(f"| {name} | {turns:,.0f} | {' | '.join(waits)} | {sent} |")
    return everything


AIOGRAM = "aiogram 3", "send_aiogram"
BARE = "aiohttp, same ledger", "send_bare"
PTB = "python-telegram-bot", "send_ptb"
AIM = 1.2
PARTS = {"limit": limit, "speed": speed, "paid": paid, "talk": talk}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--part", action="append", choices=PARTS, help="default: all")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument(
        "--latency", action="append", type=float, help="ms, of the part speed; default: 0, 50, 200"
    )
    parser.add_argument("--peers", choices=("all", "aiogram"), default="all")
    options = parser.parse_args()
    print(f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {os.cpu_count()} cores,"
          f" Python {platform.python_version()}, medians of {options.runs} runs")  # fmt: skip
    everything = [runs for part in options.part or PARTS for runs in PARTS[part](options)]
    problems = [problem for runs in everything for each in runs for problem in each["problems"]]
    if problems:
        raise SystemExit(f"\nSomething was lost or doubled: {problems[:5]}")


if __name__ == "__main__":
    main()
