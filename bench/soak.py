"""Memory over a million turns at full load: it ends where the first fifty thousand left it.

    python -m bench.soak                              # all parts, about an hour
    python -m bench.soak --part talk --turns 150000

200 people answer without a pause: alone (``talk``), while a broadcast goes out (``broadcast``),
and on Slack (``slack``). Prints a Markdown table of each part and the verdict. Domov is `domov run`
as it is on one core; the platform's server (bench.sink, bench.slackapi) has the other.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.broadcast import System, domov
from bench.domov import RUN
from bench.processes import SERVER_CORE, TESTED_CORE, ended, start
from bench.slack_crowd import on_slack

SETTLED = 50_000  # turns after which nothing should grow any more
MOST_MB = 20.0  # more than was used then
ROWS = 20  # of a table
SHARE = 1.5  # messages of the broadcast for each turn: it must last to the end
PAID = 1000  # messages a second: the people's replies take most of them


@dataclass(frozen=True)
class Part:
    """A system, its server, and how many messages go out beside ``turns``."""

    name: str
    system: System
    server: list[str]
    broadcast: bool = False


def _on_slack(url: str, folder: Path, _number: int) -> tuple[list[str], dict[str, str]]:
    return RUN, on_slack(url, folder, SLACK_RATE=str(PAID))


PARTS = {
    "talk": Part("200 people", domov(PAID), ["bench.sink"]),
    "broadcast": Part("200 people beside a broadcast", domov(PAID), ["bench.sink"], broadcast=True),
    "slack": Part("200 people on Slack", System("Domov", _on_slack), ["bench.slackapi"]),
}


@contextmanager
def running(part: Part, options: argparse.Namespace) -> Iterator[Iterator[dict[str, Any]]]:
    """What the server tells, line by line, while people talk."""
    with tempfile.TemporaryDirectory(prefix="domov-bench-") as name:
        folder = Path(name)
        every = max(options.turns // ROWS, 1)
        server = start(
            [sys.executable, "-m", *part.server, "--people", str(options.people),
             "--turns", str(options.turns), "--every", str(every)],
            SERVER_CORE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        with ended(server):
            assert server.stdin
            assert server.stdout
            port = int(server.stdout.readline())
            recipients = int(options.turns * SHARE) if part.broadcast else 0
            address = f"http://127.0.0.1:{port}"
            command, environment = part.system.command(address, folder, recipients)
            with (folder / "log").open("w+") as log:
                tested = start(command, TESTED_CORE, environment, stdout=log, stderr=log)
                try:
                    with ended(tested):
                        print(tested.pid, file=server.stdin, flush=True)
                        yield map(json.loads, server.stdout)
                except BaseException:
                    log.seek(0)
                    print(log.read()[-3000:], file=sys.stderr)
                    raise


def measure(part: Part, options: argparse.Namespace) -> bool:
    """Print the table of one part; whether memory stayed."""
    print(f"\n{part.name}:\n\n| turns | broadcast's messages | seconds | ms CPU per turn | MB |\n"
          "| ---: | ---: | ---: | ---: | ---: |")  # fmt: skip
    settled, last, sent = None, None, -1
    with running(part, options) as rows:
        for row in rows:
            if row.get("over"):
                return _verdict(part, options, row, settled, last)
            megabytes = row["rss"] / 1e6
            if part.broadcast and row["broadcast"] == sent:
                raise SystemExit("the broadcast was over too soon")
            sent, last = row["broadcast"], megabytes
            if settled is None and row["turns"] >= options.settled:
                settled = megabytes
            cpu = 1000 * row["cpu"] / row["turns"]
            told = f"| {row['turns']:,} | {sent:,} | {row['seconds']:.0f} | {cpu:.2f}"
            print(f"{told} | {megabytes:.1f} |", flush=True)
    raise SystemExit(f"{part.name}: the server ended before all turns were answered")


def _verdict(
    part: Part,
    options: argparse.Namespace,
    seen: dict[str, Any],
    settled: float | None,
    last: float | None,
) -> bool:
    if seen["astray"] or seen["doubled"]:
        raise SystemExit(f"{seen['astray']} answers went astray, {seen['doubled']} came twice")
    if settled is None or last is None:
        raise SystemExit("too few turns to compare")
    grown = last - settled
    well = grown <= MOST_MB
    print(f"\n{part.name}: {grown:+.1f} MB since turn {options.settled:,} (at most {MOST_MB:g}):"
          f" {'kept' if well else 'NOT KEPT'}", flush=True)  # fmt: skip
    return well


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--part", action="append", choices=PARTS, help="default: all")
    parser.add_argument("--turns", type=int, default=1_000_000)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--settled", type=int, default=SETTLED, help="turns before it is compared")
    options = parser.parse_args()
    options.settled = min(options.settled, options.turns // 3)
    print(f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {os.cpu_count()} cores,"
          f" Python {platform.python_version()}, {options.people} people")  # fmt: skip
    kept = [measure(PARTS[each], options) for each in options.part or PARTS]
    if not all(kept):
        raise SystemExit("\nMemory grew.")


if __name__ == "__main__":
    main()
