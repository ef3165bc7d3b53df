"""The faults of a sample, one after the other, each in a private copy of the tree."""

from __future__ import annotations

import json
import os
import selectors
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.mutants.source import Fault

SERVING = Path(__file__).with_name("serving.py")
# A test that hangs has noticed. Far more than any takes: the machine may be busy.
PATIENCE = 120.0
TIMES_AS_LONG = 30.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a run: whether a test failed or hung, and which failed, if it got so far."""

    noticed: bool
    test: str | None = None


def tree_files(root: Path) -> list[str]:
    """The files of a working tree that git knows or would add."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root, capture_output=True, check=True,
    )  # fmt: skip
    names = listed.stdout.decode().split("\0")
    return sorted({name for name in names if name and (root / name).is_file()})


class Copy:
    """A private copy of a tree, and the process in it that runs tests. Close it to remove both."""

    def __init__(self, root: Path, files: Sequence[str], folder: Path) -> None:
        self.tree = folder / "tree"
        self._template = folder / "template.sqlite3"
        self._log = folder / "log"
        self._temp = folder / "temp"
        for name in files:
            (self.tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, self.tree / name)
        self._faults = 0
        self._fork = 0
        self._server = subprocess.Popen(
            [sys.executable, "-P", str(SERVING)],
            cwd=self.tree,
            env=os.environ | {"PYTHONPATH": str(self.tree), "TMPDIR": str(folder)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        self._events = selectors.DefaultSelector()
        assert self._server.stdout is not None
        self._events.register(self._server.stdout, selectors.EVENT_READ)
        self._read = b""
        if (self.tree / "storage" / "migrate.py").exists():
            self._ask({"migrate": str(self._template)})

    def __enter__(self) -> Copy:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()
        self._server.wait()
        self._events.close()
        for pipe in (self._server.stdin, self._server.stdout):
            if pipe is not None:
                pipe.close()

    def kill(self) -> None:
        """End the process and what it forked; who waits for an answer gets an error."""
        self._kill(self._server.pid)
        self._kill(self._fork)

    def preload(self, libraries: Sequence[str]) -> None:
        """Import libraries once for all runs."""
        self._send({"preload": list(libraries)})

    def measure(self, tests: str, sources: Sequence[str]) -> dict[str, Any]:
        """Which test of a file reaches which line of the sources (see serving.measured)."""
        request = {"files": [tests], "sources": [str(self.tree / one) for one in sources]}
        answer = self._ask(request)
        if answer is None or answer["ended"] not in {0, 1, 5}:
            log = self._log.read_text(errors="replace")[-2000:]
            raise RuntimeError(f"{tests} can't be run without a fault:\n{log}")
        return answer

    def run(self, tests: Mapping[str, float], fault: Fault | None = None) -> Outcome:
        """Put the fault in, run these tests, which take so many seconds, take it out."""
        files = dict.fromkeys(test.partition("::")[0] for test in tests)
        request = {"files": list(files), "tests": list(tests)}
        if fault is None:
            answer = self._ask(request, tests)
        else:
            with self._put_in(fault):
                answer = self._ask(request, tests)
        if answer is None:
            return Outcome(noticed=True)
        return Outcome(answer.get("ended") != 0, next(iter(answer.get("failed", ())), None))

    @contextmanager
    def _put_in(self, fault: Fault) -> Iterator[None]:
        path = self.tree / fault.path
        right, stamp = path.read_bytes(), path.stat()
        self._faults += 1
        path.write_bytes(fault.put_into(right))
        # Python trusts what it compiled if second and size agree.
        os.utime(path, (stamp.st_atime, stamp.st_mtime + self._faults))
        try:
            yield
        finally:
            path.write_bytes(right)
            os.utime(path, (stamp.st_atime, stamp.st_mtime))

    def _send(self, request: dict[str, Any]) -> None:
        assert self._server.stdin is not None
        self._server.stdin.write(json.dumps(request).encode() + b"\n")
        self._server.stdin.flush()

    def _ask(
        self, request: dict[str, Any], usual: Mapping[str, float] | None = None
    ) -> dict[str, Any] | None:
        """The answer; empty if the process died without one, None if a test took far longer than
        usual and was killed."""
        own = {"temp": self._temp, "template": self._template, "log": self._log}
        self._send(request | {name: str(path) for name, path in own.items()})
        answer: dict[str, Any] = {}
        hangs = False
        patience = None if usual is None else PATIENCE
        while True:
            event = self._next(patience)
            if event is None:
                hangs = True
                self._kill(self._fork)
            elif "pid" in event:
                self._fork = event["pid"]
            elif "begins" in event and usual is not None:
                patience = PATIENCE + TIMES_AS_LONG * usual.get(event["begins"], 1.0)
            elif "ended" in event:
                answer = event
            elif "gone" in event:
                self._kill(self._fork)  # what it started and left behind
                return None if hangs else answer

    def _next(self, patience: float | None) -> dict[str, Any] | None:
        """What happens next; None if nothing does for too long."""
        while b"\n" not in self._read:
            if not self._happens(patience):
                return None
            assert self._server.stdout is not None
            more = os.read(self._server.stdout.fileno(), 1 << 20)
            if not more:
                raise RuntimeError("the process that runs the tests is gone")
            self._read += more
        line, _, self._read = self._read.partition(b"\n")
        event: dict[str, Any] = json.loads(line)
        return event

    def _happens(self, patience: float | None) -> bool:
        if patience is None:
            return bool(self._events.select())
        # In parts: a machine that was suspended meanwhile has used up only one of them.
        return any(self._events.select(patience / 4) for _ in range(4))

    @staticmethod
    def _kill(group: int) -> None:
        if group:
            with suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)
