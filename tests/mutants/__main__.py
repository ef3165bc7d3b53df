"""``python -m tests.mutants ROOM``: put faults into the code, one at a time; do the tests notice?

A sample of the room's faults is tried in a private copy of the tree. Each that no test notices is
printed with its line before and after. Exit code 1 if fewer than 95 % are noticed.
"""

from __future__ import annotations

import argparse
import ast
import random
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import SimpleQueue

from tests.mutants import rooms
from tests.mutants.equivalent import is_known
from tests.mutants.python import faults
from tests.mutants.reach import Kept, Reach
from tests.mutants.running import Copy, tree_files
from tests.mutants.signatures import Signatures
from tests.mutants.source import Fault, Source

ENOUGH = 95  # percent
# Seconds of the processor for the tests of one fault, nearest and wider each.
BUDGET = 60.0


@dataclass(frozen=True, slots=True)
class Ground:
    """A tree, and what of it a room is made of."""

    root: Path
    files: Sequence[str]
    sources: dict[str, Source]
    nearest: Sequence[str]
    wider: Sequence[str]


def ground(root: Path, room: rooms.Room) -> Ground:
    """The room as it is in this tree."""
    sources, nearest, wider = room.files(root)
    read = {path: Source(path, (root / path).read_bytes()) for path in sources}
    return Ground(root, tree_files(root), read, nearest, wider)


def sample(place: Ground, size: int, seed: int) -> list[Fault]:
    """So many of the room's faults, the same for the same seed, in the order of the files."""
    trees = (
        ast.parse((place.root / name).read_bytes())
        for name in place.files
        if name.endswith(".py") and not name.startswith(("tests/", "bench/"))
    )
    required = Signatures(trees).required
    every = [fault for source in place.sources.values() for fault in faults(source, required)]
    every = [fault for fault in every if not is_known(fault)]
    chosen = random.Random(seed).sample(every, min(size, len(every)))
    print(f"{len(chosen)} of {len(every)} faults, seed {seed}")
    return sorted(chosen, key=lambda fault: (fault.path, fault.start, fault.new))


class Trial:
    """The faults of a sample on their way: to the nearest tests, then to the wider ones."""

    def __init__(self, place: Ground, copies: Sequence[Copy], folder: Path) -> None:
        self._place = place
        self._copies = copies
        self._kept = Kept(folder, place.root, place.sources)
        self._reach = Reach()
        self._passed: dict[Fault, int] = {}
        # The fault, and the test that failed where one did.
        self._noticed: dict[Fault, str | None] = {}

    def run(self, chosen: Sequence[Fault]) -> int:
        """How many of them are noticed; the others are printed."""
        left = list(chosen)
        for files in (self._place.nearest, self._place.wider):
            self._measure(files)
            self._each(left, partial(self._try, files))
            left = [fault for fault in left if fault not in self._noticed]
        for fault in left:
            passed = self._passed.get(fault, 0)
            said = f"{passed} tests pass" if passed else "no test comes here"
            print(f"{fault.path}:{fault.line}  {fault.kind}, {said}")
            print(f"  - {fault.before}\n  + {fault.after}", flush=True)
        self._noticed_rightly()
        return len(self._noticed)

    def _measure(self, files: Sequence[str]) -> None:
        """Which test reaches which line, where it is not known yet."""
        libraries = dict[str, None]()
        for tests in files:
            measured = self._kept.get(tests)
            if measured is None:
                print(f"  measuring {tests}", flush=True)
                measured = self._copies[0].measure(tests, list(self._place.sources))
                if not measured["failed"]:  # what helps may stand in another file
                    self._kept.put(tests, measured)
            for test, why in measured["failed"].items():
                print(f"  fails without any fault, left out: {test}: {why}")
            self._reach.add(measured)
            libraries |= dict.fromkeys(measured["libraries"])
        for copy in self._copies:
            copy.preload(list(libraries))

    def _try(self, files: Sequence[str], copy: Copy, fault: Fault) -> None:
        could = self._reach.of_fault(self._place.sources, fault)
        tests = self._reach.in_order(could, files, BUDGET)
        if tests:
            outcome = copy.run(tests, fault)
            self._passed[fault] = self._passed.get(fault, 0) + len(tests)
            if outcome.noticed:
                self._noticed[fault] = outcome.test

    def _each(self, left: Sequence[Fault], work: Callable[[Copy, Fault], None]) -> None:
        """Each fault in a copy that is free."""
        free = SimpleQueue[Copy]()
        for copy in self._copies:
            free.put(copy)

        def one(fault: Fault) -> None:
            copy = free.get()
            try:
                work(copy, fault)
            finally:
                free.put(copy)

        with ThreadPoolExecutor(len(self._copies)) as pool:
            try:
                for done in [pool.submit(one, fault) for fault in left]:
                    done.result()
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                for copy in self._copies:
                    copy.kill()
                raise

    def _noticed_rightly(self) -> None:
        """What a test noticed that fails without any fault counts as not noticed."""
        for test in {test for test in self._noticed.values() if test is not None}:
            if self._copies[0].run({test: self._reach.seconds.get(test, 1.0)}).noticed:
                wrong = [fault for fault, failed in self._noticed.items() if failed == test]
                print(f"  fails without any fault, {len(wrong)} not counted: {test}")
                for fault in wrong:
                    del self._noticed[fault]


def run(place: Ground, chosen: Sequence[Fault], workers: int, folder: Path) -> int:
    """How many faults are noticed, with so many processes at once."""
    with ExitStack() as stack:
        copies = []
        for _ in range(workers):
            own = Path(stack.enter_context(_temporary()))
            copies.append(stack.enter_context(Copy(place.root, place.files, own)))
        return Trial(place, copies, folder).run(chosen)


@contextmanager
def _temporary() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="mutants-", ignore_cleanup_errors=True) as folder:
        yield folder


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("room", help=f"{', '.join(rooms.ROOMS)}, or a path")
    parser.add_argument("--sample", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--only", default="", help="of the sample, only FILE or FILE:LINE")
    given = parser.parse_args(arguments)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)  # also in the background
    root = Path.cwd()
    try:
        place = ground(root, rooms.room(given.room, root))
    except LookupError as error:
        parser.error(str(error))
    chosen = sample(place, given.sample, given.seed)
    if given.only:
        chosen = [one for one in chosen if f"{one.path}:{one.line}:".startswith(f"{given.only}:")]
    try:
        noticed = run(place, chosen, given.workers, root / ".mutants")
    except KeyboardInterrupt:
        return 130
    percent = 100 * noticed / len(chosen) if chosen else 100.0
    print(f"{given.room}: noticed {noticed} of {len(chosen)} ({percent:.0f} %)")
    return 0 if percent >= ENOUGH else 1


if __name__ == "__main__":
    sys.exit(main())
