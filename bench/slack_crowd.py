"""People who answer every two seconds in one Slack workspace, whose methods have narrow limits.

    python -m bench.slack_crowd                       # 12 and 30 people, two minutes each
    python -m bench.slack_crowd --people 30 --seconds 30

Domov is `domov run` as it is on one core; the workspace is bench.slackapi on the other: 50 edits
and 100 look-ups a minute for everybody, a message a second to a channel, and what comes before a
``Retry-After`` is over is counted. Prints a Markdown table and whether the aim is kept: no call
inside ``Retry-After``, the 95th percentile of the replies under a second.
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import slackapi
from bench.domov import RUN, migrated
from bench.processes import measured

MOST_MS = 1000.0  # the 95th percentile of the replies

HEAD = (
    "| people | replies | p50 | p95 | p99 | longest | refused | inside Retry-After |"
    " edits | CPU ms a reply |\n"
    "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
)


def run(people: int, options: argparse.Namespace) -> dict[str, Any]:
    """What the workspace saw."""
    with tempfile.TemporaryDirectory(prefix="domov-bench-") as name:
        folder = Path(name)
        return measured(
            "Domov",
            ["bench.slackapi", "--people", str(people), "--pace", str(options.pace), "--seconds",
             str(options.seconds), "--latency-ms", str(options.latency_ms), "--posts-a-second",
             "1"],
            lambda url: (RUN, on_slack(url, folder)),
            folder,
        )  # fmt: skip


def on_slack(url: str, folder: Path, **settings: str) -> dict[str, str]:
    """The settings of a program that talks to the Web API at ``url``."""
    tokens = {"SLACK_BOT_TOKEN": slackapi.BOT_TOKEN, "SLACK_APP_TOKEN": slackapi.APP_TOKEN}
    return migrated(folder, SLACK_API_URL=url, **tokens, **settings)


def row(people: int, seen: dict[str, Any]) -> str:
    waits = seen["waits_ms"]
    cells = (
        str(people),
        f"{seen['turns']:,}",
        *(f"{waits[each]:,.0f} ms" for each in ("p50", "p95", "p99", "most")),
        str(sum(seen["refused"].values())),
        str(sum(seen["inside"].values())),
        str(seen["calls"].get("chat.update", 0)),
        f"{1000 * seen['cpu'] / max(seen['turns'], 1):.1f}",
    )
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, action="append", help="default: 12 and 30")
    parser.add_argument("--pace", type=float, default=2.0, help="seconds before each answer")
    parser.add_argument("--seconds", type=float, default=120.0, help="measured, of each run")
    parser.add_argument("--latency-ms", type=float, default=100.0, help="of each call")
    options = parser.parse_args()
    print(f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {os.cpu_count()} cores,"
          f" Python {platform.python_version()}, {options.seconds:g} s\n\n{HEAD}")  # fmt: skip
    kept = True
    for people in options.people or [12, 30]:
        seen = run(people, options)
        print(row(people, seen), flush=True)
        if seen["astray"] or seen["doubled"]:
            raise SystemExit(f"{seen['astray']} went astray, {seen['doubled']} came twice")
        kept = kept and not seen["inside"] and seen["waits_ms"]["p95"] < MOST_MS
    print(f"\nNo call inside Retry-After, p95 under {MOST_MS:,.0f} ms: {'kept' if kept else 'NOT'}")
    if not kept:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
