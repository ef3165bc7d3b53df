"""A process in a private copy of the tree that has imported the libraries and forks for each run.

A request is a line of JSON on standard input, what happens are lines of JSON on standard output:
``{"pid": …}``, ``{"begins": test}``, ``{"ended": exit code, …}``. The product is imported in the
fork, as it is then; so nothing of a fault remains.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import shutil
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import IO, Any

import pytest

_MEMORY = 8 << 30
_OPTIONS = (
    *("-q", "--assert=plain", "-k", "not postgresql"),
    *("-p", "no:cacheprovider", "-p", "no:terminalreporter", "-p", "no:xdist"),
)

Request = dict[str, Any]


class Watcher:
    """A plugin: keeps to the chosen tests, in their order; says which begins, what each costs."""

    def __init__(
        self, request: Request, say: Callable[[Request], None], switch: Callable[[str], object]
    ) -> None:
        self._chosen = {test: place for place, test in enumerate(request.get("tests", ()))}
        self._say = say
        self._switch = switch
        self.seconds: dict[str, float] = {}
        self.failed: dict[str, str] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """If one of the chosen is gone (a fault changed its parameters), all that are left run."""
        items[:] = [item for item in items if not _wants_postgresql(item)]
        if not self._chosen:
            return
        known = [item for item in items if item.nodeid in self._chosen]
        if len(known) == len(self._chosen):
            items[:] = sorted(known, key=lambda item: self._chosen[item.nodeid])

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Around a test."""
        self._say({"begins": item.nodeid})
        self._switch(item.nodeid)
        began = time.process_time()
        try:
            return (yield)
        finally:
            self.seconds[item.nodeid] = time.process_time() - began
            self._switch("")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """After each phase of a test."""
        if report.failed:
            self.failed[report.nodeid] = report.longreprtext.strip().splitlines()[-1]


def _template(path: str) -> object:
    """A plugin: lays the migrated SQLite file where tests/conftest.py would make it anew."""

    @pytest.fixture(scope="session", autouse=True)
    def laid(tmp_path_factory: pytest.TempPathFactory) -> None:
        if Path(path).exists():
            shutil.copyfile(path, tmp_path_factory.getbasetemp() / Path(path).name)

    plugin = ModuleType("template")
    plugin.__dict__["laid"] = laid
    return plugin


def _wants_postgresql(item: pytest.Item) -> bool:
    return any(name.startswith("postgresql") for name in getattr(item, "fixturenames", ()))


def _pytest(request: Request, watcher: Watcher, *more: str) -> int:
    arguments = [*_OPTIONS, *more, f"--basetemp={request['temp']}", *request["files"]]
    return int(pytest.main(arguments, [watcher, _template(request["template"])]))


def tested(request: Request, say: Callable[[Request], None]) -> Request:
    """Run the chosen tests until one fails."""
    watcher = Watcher(request, say, lambda _: None)
    code = _pytest(request, watcher, "-x")
    return {"ended": code, "failed": watcher.failed}


def measured(request: Request, say: Callable[[Request], None]) -> Request:
    """Run whole files; which test reaches which line of ``sources``; which libraries they want."""
    import coverage

    measuring = coverage.Coverage(data_file=None, config_file=False, include=request["sources"])
    measuring.set_option("run:core", "ctrace")
    measuring.start()
    watcher = Watcher(request, say, measuring.switch_context)
    code = _pytest(request, watcher)
    measuring.stop()
    data = measuring.get_data()
    number = {test: place for place, test in enumerate(watcher.seconds)}
    lines = {
        os.path.relpath(path): {
            line: [number[test] for test in tests if test in number]
            for line, tests in data.contexts_by_lineno(path).items()
        }
        for path in data.measured_files()
    }
    return {
        "ended": code,
        "failed": watcher.failed,
        "seconds": watcher.seconds,
        "lines": lines,
        "libraries": _libraries(),
    }


def _libraries() -> list[str]:
    """What has been imported from elsewhere than the tree."""
    here = str(Path.cwd())
    files = {name: getattr(module, "__file__", None) for name, module in sys.modules.items()}
    return [name for name, file in files.items() if file and not file.startswith(here)]


def preload(names: list[str]) -> None:
    """Import libraries once for all forks; which can't be imported so is left to them."""
    for name in names:
        if name not in sys.modules:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    importlib.import_module(name)
                except Exception:  # whoever wants it will see why
                    continue


def migrated(request: Request) -> Request:
    """Make an empty, migrated SQLite file."""
    from storage.migrate import migrate

    migrate(f"sqlite:///{request['migrate']}")
    return {"ended": 0}


def _answer(request: Request, say: Callable[[Request], None]) -> Request:
    if "migrate" in request:
        return migrated(request)
    return measured(request, say) if "sources" in request else tested(request, say)


def _fork(request: Request, events: IO[str]) -> None:
    def say(event: Request) -> None:
        events.write(json.dumps(event) + "\n")
        events.flush()

    pid = os.fork()
    if pid == 0:
        os.setpgid(0, 0)
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(log, 1)
        os.dup2(log, 2)
        try:
            say({"pid": os.getpid()})
            say(_answer(request, say))
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(1)
    os.waitpid(pid, 0)
    say({"gone": pid})


def main() -> None:
    """Serve requests until standard input ends."""
    events = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        request = json.loads(line)
        if "preload" in request:
            preload(request["preload"])
        else:
            _fork(request, events)


if __name__ == "__main__":
    main()
