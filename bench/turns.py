"""Turns a second: 200 people register, with ours and with its peers.

    python -m bench.turns                      # everything, about ten minutes
    python -m bench.turns --system domov --latency-ms 0 --runs 1

Prints a Markdown table. Each system runs as its own process on one core; the Bot API server with
the people runs on the other. A turn is one message or press of a person, answered.
"""

from __future__ import annotations

import argparse
import contextlib
import json
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
from bench.domov import RUN, on_telegram
from bench.processes import measured

# What of the server's address and a folder makes the command and the environment.
Command = Callable[[str, Path], tuple[list[str], dict[str, str]]]


@dataclass(frozen=True)
class System:
    name: str
    command: Command
    check: Callable[[Path, dict[str, Any]], list[str]] = lambda _folder, _seen: []


def _domov(url: str, folder: Path) -> tuple[list[str], dict[str, str]]:
    return RUN, on_telegram(url, folder)


def _peer(module: str, file: str, **environment: str) -> Command:
    return lambda url, folder: (
        [sys.executable, "-m", f"bench.peers.{module}", url, TOKEN, str(folder / file)],
        environment,
    )


def _kept(folder: Path, seen: dict[str, Any]) -> list[str]:
    """What the database must hold after the run; anything else is a loss or a double."""
    path = folder / "domov.sqlite3"
    with contextlib.closing(sqlite3.connect(path)) as database:

        def number(query: str) -> int:
            return int(database.execute(query).fetchone()[0])

        registered = number("SELECT count(*) FROM person WHERE registered_at IS NOT NULL")
        right = number(
            "SELECT count(*) FROM person JOIN identity ON person_id = person.id"
            " WHERE registered_at IS NOT NULL AND name = 'Jana Nováková ' || user_id"
            " AND city = 'Berlin' AND field = 'it' AND willingness = 'yes'"
        )
        facts = {
            "events": (number("SELECT count(*) FROM received"), seen["answered"]),
            "people registered": (registered, seen["finished"]),
            "people with their own answers": (right, seen["finished"]),
            "replies": (number("SELECT count(*) FROM delivery WHERE state = 'sent'"),
                        seen["answered"]),
            "replies not settled": (
                number("SELECT count(*) FROM delivery WHERE state <> 'sent'"), 0),
        }  # fmt: skip
    return [f"{what}: {found}, not {due}" for what, (found, due) in facts.items() if found != due]


SYSTEMS = {
    "domov": System("Domov", _domov, _kept),
    "aiogram": System("aiogram 3, SQLite", _peer("aiogram_sqlite", "fsm.sqlite3")),
    "ptb": System(
        "ConversationHandler, pickle", _peer("conversation_handler", "conversations.pickle")
    ),
    "aiogram-plain": System(
        "aiogram 3, SQLite, no edits", _peer("aiogram_sqlite", "fsm.sqlite3", PEER_EDITS="0")
    ),
    "ptb-plain": System(
        "ConversationHandler, no edits",
        _peer("conversation_handler", "conversations.pickle", PEER_EDITS="0"),
    ),
}


def run(system: System, options: argparse.Namespace, latency: float) -> dict[str, Any]:
    """One run of one system: what the server saw, and what the database says."""
    with tempfile.TemporaryDirectory(prefix="domov-bench-") as name:
        folder = Path(name)
        seen = measured(
            system.name,
            ["bench.botapi", "--people", str(options.people), "--latency-ms", str(latency),
             "--seconds", str(options.seconds), "--warm-up", str(options.warm_up)],
            lambda url: system.command(url, folder),
            folder,
        )  # fmt: skip
        seen["problems"] = seen["examples"] + system.check(folder, seen)
        return seen


HEAD = (
    "| latency | system | turns/s | turns per CPU s | ms per turn, CPU | p50 | p95 | p99 |"
    " calls per turn | stuck | astray | doubled |\n"
    "| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
)


def row(system: System, latency: float, runs: list[dict[str, Any]]) -> str:
    """The medians of the runs; what must be nought is added up."""

    def median(figure: Callable[[dict[str, Any]], float]) -> float:
        return statistics.median(figure(each) for each in runs)

    def wait(name: str) -> str:
        waits = [each["waits_ms"][name] for each in runs if each["waits_ms"][name] is not None]
        return f"{statistics.median(waits):,.0f} ms" if waits else "–"

    def total(name: str) -> int:
        return sum(each[name] for each in runs)

    calls = median(
        lambda each: sum(n for name, n in each["calls_per_turn"].items() if name != "getUpdates")
    )
    cells = (
        f"{latency:g} ms",
        system.name,
        f"{median(lambda each: each['turns'] / each['seconds']):,.0f}",
        f"{median(lambda each: each['turns'] / each['cpu']):,.0f}",
        f"{median(lambda each: 1000 * each['cpu'] / max(each['turns'], 1)):.2f}",
        *(wait(name) for name in ("p50", "p95", "p99")),
        f"{calls:.1f}",
        *(str(total(name)) for name in ("stuck", "astray", "doubled")),
    )
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=_Raw)
    parser.add_argument("--system", action="append", choices=SYSTEMS, help="default: all")
    parser.add_argument("--latency-ms", action="append", type=float, help="default: 0 and 50")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=10.0, help="measured, of each run")
    parser.add_argument("--warm-up", type=float, default=2.0, help="after all have arrived")
    parser.add_argument("--json", type=Path, help="write every run's figures there")
    options = parser.parse_args()
    chosen = options.system or ["domov", "aiogram", "ptb"]
    latencies = options.latency_ms or [0.0, 50.0]
    seen: dict[tuple[float, str], list[dict[str, Any]]] = {}
    for number in range(options.runs):  # interleaved: what else the machine does hits all alike
        for latency in latencies:
            for key in chosen:
                one = run(SYSTEMS[key], options, latency)
                seen.setdefault((latency, key), []).append(one)
                _tell(number, SYSTEMS[key].name, latency, one)
    if options.json:
        options.json.write_text(json.dumps([[*key, runs] for key, runs in seen.items()]))
    print(f"\n{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {os.cpu_count()} cores,"
          f" Python {platform.python_version()}, {options.people} people,"
          f" medians of {options.runs} runs of {options.seconds:g} s\n")  # fmt: skip
    print(HEAD)
    for (latency, key), runs in sorted(seen.items(), key=lambda each: each[0][0]):
        print(row(SYSTEMS[key], latency, runs))
    if any(each["problems"] for runs in seen.values() for each in runs):
        raise SystemExit("\nSomething was lost, doubled or mixed up: see above.")


class _Raw(argparse.RawDescriptionHelpFormatter, argparse.ArgumentDefaultsHelpFormatter):
    pass


def _best(seen: dict[str, Any]) -> float:
    return max(turns / cpu for turns, cpu in seen["slices"] if cpu)


def _tell(number: int, name: str, latency: float, seen: dict[str, Any]) -> None:
    seconds, waits = seen["seconds"], seen["waits_ms"]
    calls = ", ".join(f"{name} {n:.2f}" for name, n in seen["calls_per_turn"].items() if n > 0.005)
    told = (
        f"{seen['turns'] / seconds:,.0f} turns/s",
        f"{seen['turns'] / seen['cpu']:,.0f} per CPU s (best second {_best(seen):,.0f})",
        f"busy {seen['cpu'] / seconds:.0%}, server {seen['server_cpu'] / seconds:.0%}",
        f"p50 {waits['p50'] or 0:,.0f} ms, p99 {waits['p99'] or 0:,.0f} ms",
        f"{seen['rss'] / 1e6:.0f} MB",
        f"stuck {seen['stuck']}, doubled {seen['doubled']}",
        f"calls a turn: {calls}",
    )
    print(f"run {number + 1}: {name} at {latency:g} ms: {'; '.join(told)}", file=sys.stderr)
    for problem in seen["problems"]:
        print(f"  problem: {problem}", file=sys.stderr)


if __name__ == "__main__":
    main()
