"""How fast and how big an export of very many people is, beside the sqlite3 command line.

    python -m bench.export [--people 1000000] [--runs 3] [--folder DIR]

Every export runs as a process of its own, one after the other, the peer in between; shown are
medians. ``sqlite3 -csv`` runs the same statement, but without guarding against formulas and
without a byte order mark. CPU seconds tell more than seconds where the machine has other work.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.crowd import crowd
from blueprints.load import default_path, load
from storage.exports import people_request
from storage.exports.query import people_statement

CHILD = """
import sys
from pathlib import Path
from blueprints.load import default_path, load
from storage.database import Database
from storage.exports import export_people
database = Database.open("sqlite:///" + sys.argv[1])
export_people(database, sys.argv[2], Path(sys.argv[3]), blueprint=load(default_path()))
database.close()
"""


@dataclass(frozen=True, slots=True)
class Run:
    """Seconds, CPU seconds, and the largest memory in MB."""

    seconds: float
    cpu: float
    memory: float


def measured(command: list[str], stdout: Path | None = None) -> Run:
    """Run a command to its end; raises when it fails."""
    began = time.perf_counter()
    with stdout.open("wb") if stdout else contextlib.nullcontext(subprocess.DEVNULL) as target:
        process = subprocess.Popen(command, stdout=target)
        peak, done = 0.0, 0
        while not done:
            peak = max(peak, high_water(process.pid))
            time.sleep(0.02)
            done, status, used = os.wait4(process.pid, os.WNOHANG)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[0]} failed with {process.returncode}")
    return Run(time.perf_counter() - began, used.ru_utime + used.ru_stime, peak)


def high_water(pid: int) -> float:
    """The most memory a process has had so far, in MB. (The kernel's figure at the end, ru_maxrss,
    would count what this process had when it forked.)"""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0.0


def peer_statement() -> str:
    """The statement of the export, with its parameters written in."""
    request = people_request(load(default_path()), "csv")
    text = people_statement(request, "sqlite").sqlite
    for name, value in request.params.items():
        text = text.replace(f":{name}", "'" + value.replace("'", "''") + "'")
    return text


def table(people: int, runs: dict[str, list[Run]], sizes: dict[str, int]) -> None:
    """The medians, as a table."""
    print(f"\n{'':18}{'rows/s':>10}{'seconds':>10}{'CPU s':>8}{'peak MB':>9}{'file MB':>9}")
    for name, all_runs in runs.items():
        seconds = statistics.median(run.seconds for run in all_runs)
        cpu = statistics.median(run.cpu for run in all_runs)
        memory = max(run.memory for run in all_runs)
        print(
            f"{name:18}{people / seconds:10,.0f}{seconds:10.1f}{cpu:8.1f}{memory:9.0f}"
            f"{sizes[name] / 1e6:9.0f}"
        )
    if "sqlite3 .mode csv" in runs:
        ratios = [
            ours.cpu / theirs.cpu
            for ours, theirs in zip(runs["csv"], runs["sqlite3 .mode csv"], strict=True)
        ]
        print(f"\ncsv takes {statistics.median(ratios):.2f} times the command line's CPU time")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--people", type=int, default=1_000_000)
    arguments.add_argument("--runs", type=int, default=3)
    arguments.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    arguments.add_argument("--formats", default="csv,xlsx", help="csv, xlsx, json, parquet")
    chosen = arguments.parse_args()
    database = crowd(chosen.people, chosen.folder)
    jobs: dict[str, Callable[[Path], Run]] = {}
    if shutil.which("sqlite3"):
        statement = peer_statement()
        command = ["sqlite3", "-readonly", "-csv", "-header", str(database), statement]
        jobs["sqlite3 .mode csv"] = lambda out: measured(command, out)
    else:
        print("no sqlite3 command line here (Debian package sqlite3): no peer")
    for name in chosen.formats.split(","):
        child = [sys.executable, "-c", CHILD, str(database), name]
        jobs[name] = lambda out, child=child: measured([*child, str(out)])  # type: ignore[misc]
    runs: dict[str, list[Run]] = {name: [] for name in jobs}
    sizes: dict[str, int] = {}
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        for turn in range(chosen.runs):
            for name, job in jobs.items():
                out = Path(folder) / "export"
                runs[name].append(job(out))
                sizes[name] = out.stat().st_size
                print(f"  run {turn + 1}: {name} {runs[name][-1].seconds:.1f} s", flush=True)
    table(chosen.people, runs, sizes)


if __name__ == "__main__":
    main()
