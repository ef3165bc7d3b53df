"""Ten people hammer every command and button: how long do others wait, and what does it cost?

    python -m bench.hammering
    python -m bench.hammering --runs 1 --seconds 10

Prints a Markdown table: the same people talk beside nobody, and beside those who hammer, in turn.
Domov is ``domov run`` as it is, on one core; the server with the people (bench.hammered) has the
other. The aim: the others' p95 at most doubled, memory and rows bounded.
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
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.domov import RUN, on_telegram
from bench.processes import measured

MOST_TIMES = 2.0
TABLES = ("received", "delivery", "conversation", "inbox", "link_code")


def run(options: argparse.Namespace, hammerers: int) -> dict[str, Any]:
    """One run: what the server saw, and the rows at its end."""
    with tempfile.TemporaryDirectory(prefix="domov-bench-") as name:
        folder = Path(name)
        seen = measured(
            "Domov",
            ["bench.hammered", "--people", str(options.people), "--hammerers", str(hammerers),
             "--rate", str(options.rate), "--seconds", str(options.seconds)],
            lambda url: (RUN, on_telegram(url, folder)),
            folder,
        )  # fmt: skip
        with contextlib.closing(sqlite3.connect(folder / "domov.sqlite3")) as database:
            seen["rows"] = {
                table: database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
                for table in TABLES
            }
        return seen


HEAD = (
    "| beside | answers | p50 | p95 | p99 | core busy | MB before | MB at most | events hammered |"
    " rows |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |"
)


def row(name: str, runs: list[dict[str, Any]]) -> str:
    def median(*path: str) -> float:
        values = []
        for each in runs:
            found: Any = each
            for key in path:
                found = found[key]
            values.append(found)
        return statistics.median(values)

    rows = ", ".join(f"{table} {median('rows', table):,.0f}" for table in TABLES)
    cells = (
        name,
        f"{median('answered'):,.0f}",
        *(f"{median('waits_ms', part):,.1f} ms" for part in ("p50", "p95", "p99")),
        f"{median('cpu'):.0%}",
        *(f"{median(what) / 1e6:,.0f}" for what in ("before", "memory")),
        f"{median('hammered'):,.0f}",
        rows,
    )
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--people", type=int, default=30)
    parser.add_argument("--hammerers", type=int, default=10)
    parser.add_argument("--rate", type=float, default=20.0, help="events a second of each")
    parser.add_argument("--seconds", type=float, default=30.0)
    options = parser.parse_args()
    alone: list[dict[str, Any]] = []
    beside: list[dict[str, Any]] = []
    for _ in range(options.runs):  # in turn: what else the machine does hits both alike
        alone.append(run(options, 0))
        beside.append(run(options, options.hammerers))
    ratios = [
        b["waits_ms"]["p95"] / a["waits_ms"]["p95"] for a, b in zip(alone, beside, strict=True)
    ]
    print(f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {os.cpu_count()} cores,"
          f" Python {platform.python_version()}, {options.people} people talk, {options.hammerers}"
          f" hammer {options.rate:g} times a second each, medians of {options.runs} runs of"
          f" {options.seconds:g} s\n")  # fmt: skip
    print(HEAD)
    print(row("nobody", alone))
    print(row(f"{options.hammerers} who hammer", beside))
    told = ", ".join(f"{ratio:.2f}" for ratio in ratios)
    median = statistics.median(ratios)
    kept = "kept" if median <= MOST_TIMES else "NOT KEPT"
    print(f"\np95 times {median:.2f} (each run: {told}; at most {MOST_TIMES:g}): {kept}")
    lost = [each for each in (*alone, *beside) if each["stuck"] or each["astray"]]
    for each in lost:
        print(f"stuck {each['stuck']}, astray {each['astray']}", file=sys.stderr)
    if lost or median > MOST_TIMES:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
