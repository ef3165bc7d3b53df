"""What a start costs: ``domov run`` until it is ready, a list of people, and memory when idle.

    python -m bench.start [--runs 7] [--idle 60] [--domov /path/to/another/bin/domov]

CPU seconds (user and system, all threads) of whole processes, medians of interleaved runs, beside
Python itself and the start of bots written with aiogram and python-telegram-bot (those of
bench/peers, both with SQLite or a file behind them) in the same run. *Ready* is the moment at which
the address of the chat page is told or, with a platform, the first getUpdates arrives; *whole* is
the process from its first moment to its end, told to stop as soon as it is ready. Linux only.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO, Any

from bench.processes import ROOT

TOKEN = "123456:start"
READY_SECONDS = 60.0
LISTING = "SELECT id, name, organisation, persona, status, country, city FROM person ORDER BY id"


@dataclass(frozen=True, slots=True)
class Job:
    """A process to measure. ``ready`` waits until it is; None: it ends by itself."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    ready: Callable[[subprocess.Popen[str]], None] | None = None
    idles: bool = False


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds until ready and altogether."""

    ready: float
    whole: float


class BotApi(ThreadingHTTPServer):
    """Answers every call of a bot that starts; ``polled`` is set by its first getUpdates."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Calls)
        self.polled = threading.Event()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def wait(self, process: subprocess.Popen[str]) -> None:
        """Until the process has asked for updates."""
        if not self.polled.wait(READY_SECONDS) or process.poll() is not None:
            raise SystemExit(f"{process.args} did not start")

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A bot that was told to stop leaves in the middle of a call."""


class _Calls(BaseHTTPRequestHandler):
    server: BotApi
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        method = self.path.rpartition("/")[2]
        result: Any = True
        if method == "getMe":
            result = {"id": 123456, "is_bot": True, "first_name": "Start", "username": "start_bot"}
        elif method == "getWebhookInfo":
            result = {"url": "", "has_custom_certificate": False, "pending_update_count": 0}
        elif method == "getUpdates":
            self.server.polled.set()
            time.sleep(0.5)
            result = []
        body = json.dumps({"ok": True, "result": result}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST  # noqa: N815 - the standard library's name

    def log_message(self, *_about: Any) -> None:
        pass


def measured(job: Job, api: BotApi) -> Cost:
    """Start it, stop it when it is ready. Raises SystemExit when it fails."""
    with _started(job, api) as process:
        ready = _cpu(process.pid) if job.ready else 0.0
        if job.ready:
            process.send_signal(signal.SIGTERM)
        _drain(process.stdout)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    whole = used.ru_utime + used.ru_stime
    if process.returncode not in (0, -signal.SIGTERM):
        raise SystemExit(f"{job.name} ended with {process.returncode}")
    return Cost(ready or whole, whole)


def idle(job: Job, api: BotApi, seconds: float) -> float:
    """Its memory in MB when nothing has happened for so long."""
    with _started(job, api) as process:
        time.sleep(seconds)
        held = _resident(process.pid)
        process.send_signal(signal.SIGTERM)
        _drain(process.stdout)
        process.wait()
    return held


@contextlib.contextmanager
def _started(job: Job, api: BotApi) -> Iterator[subprocess.Popen[str]]:
    api.polled.clear()
    ours = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    process = subprocess.Popen(
        job.command, cwd=ROOT, env=ours | dict(job.environment), text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        if job.ready is not None:
            job.ready(process)
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            process.wait()


def _drain(stream: IO[str] | None) -> None:
    assert stream is not None
    stream.read()


def _cpu(pid: int) -> float:
    """CPU seconds of a process and all its threads so far (Linux: clock_getcpuclockid(3))."""
    return time.clock_gettime((~pid << 3) | 2)


def _resident(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise SystemExit(f"process {pid} has no memory")


def _listens(process: subprocess.Popen[str]) -> None:
    """Until the address of the chat page is told."""
    assert process.stdout is not None
    for line in process.stdout:
        if "listens on" in line:
            return
    raise SystemExit(f"{process.args} ended before it listened")


def jobs(folder: Path, domov: list[str], api: BotApi) -> list[Job]:
    """What is measured, ours and the others in turns."""
    database = folder / "domov.sqlite3"
    ours = {
        "DATABASE_URL": f"sqlite:///{database}", "SECRET_KEY": "x" * 40, "PORT": "0",
        "PYTHONUNBUFFERED": "1", "LOG_LEVEL": "warning",
    }  # fmt: skip
    for command in ("migrate", "demo"):
        made = [*domov, command]
        environment = dict(os.environ) | ours
        subprocess.run(made, cwd=ROOT, env=environment, check=True, capture_output=True)
    telegram = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": api.url}
    python = sys.executable
    found = [
        Job("python -c pass", [python, "-c", "pass"], {}),
        Job("domov run", [*domov, "run"], ours, _listens, idles=True),
        Job("domov run, Telegram", [*domov, "run"], ours | telegram, api.wait, idles=True),
        Job("domov people list", [*domov, "people", "list"], ours),
        Job("domov --help", [*domov, "--help"], ours),
    ]
    for name, module, needs in (
        ("aiogram 3, SQLite", "aiogram_sqlite", "aiogram"),
        ("ConversationHandler, pickle", "conversation_handler", "telegram"),
    ):
        if _is_there(needs):
            command = [python, "-m", f"bench.peers.{module}", api.url, TOKEN, str(folder / module)]
            found.append(Job(name, command, {}, api.wait, idles=True))
        else:
            print(f"{needs} is not installed: no {name}", file=sys.stderr)
    listing = f"import sqlite3\nfor row in sqlite3.connect({str(database)!r}).execute({LISTING!r}):"
    found.append(Job("python, sqlite3 listing", [python, "-c", f"{listing}\n print(*row)"], {}))
    if shutil.which("sqlite3"):
        peer = ["sqlite3", "-readonly", "-column", str(database), LISTING]
        found.append(Job("sqlite3 -column", peer, {}))
    return found


def _is_there(package: str) -> bool:
    command = [sys.executable, "-c", f"import importlib.util as u; u.find_spec({package!r}) or 1/0"]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--runs", type=int, default=7)
    arguments.add_argument("--idle", type=float, default=60.0, help="seconds; 0: no memory")
    arguments.add_argument("--domov", default="", help="the command; default: this checkout's")
    chosen = arguments.parse_args()
    domov = [chosen.domov] if chosen.domov else [sys.executable, "-m", "bot"]
    api = BotApi()
    with tempfile.TemporaryDirectory() as folder:
        listed = jobs(Path(folder), domov, api)
        costs: dict[str, list[Cost]] = {job.name: [] for job in listed}
        for _ in range(chosen.runs + 1):  # the first fills caches
            for job in listed:
                costs[job.name].append(measured(job, api))
        held = {
            job.name: idle(job, api, chosen.idle) for job in listed if job.idles and chosen.idle
        }
    print(f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, Python", end=" ")
    print(f"{platform.python_version()}, medians of {chosen.runs} runs\n")
    print("| process | ready, CPU s | whole, CPU s | least whole | idle, MB |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for job in listed:
        runs = costs[job.name][1:]
        ready = f"{statistics.median(run.ready for run in runs):.2f}" if job.ready else ""
        whole = [run.whole for run in runs]
        memory = f"{held[job.name]:.0f}" if job.name in held else ""
        middle, least = statistics.median(whole), min(whole)
        print(f"| {job.name} | {ready} | {middle:.2f} | {least:.2f} | {memory} |")


if __name__ == "__main__":
    main()
