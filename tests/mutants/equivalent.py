"""The reviewed list of faults that change nothing: ``equivalent.toml``.

A fault is known by its file, its line and what becomes of it (or by its kind, where any other
number in this line would do), not by the line's number.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path

from tests.mutants.source import Fault

LIST = Path(__file__).with_name("equivalent.toml")


@lru_cache
def reviewed() -> dict[tuple[str, str, str], str]:
    """(file, line before, line after or kind of fault) -> why nobody could notice."""
    entries = tomllib.loads(LIST.read_text()).get("fault", [])
    return {
        (entry["path"], entry["line"], entry.get("becomes") or entry["kind"]): entry["why"]
        for entry in entries
    }


def is_known(fault: Fault) -> bool:
    """Whether the list says why nobody could notice this fault."""
    place = (fault.path, fault.before)
    return (*place, fault.after) in reviewed() or (*place, fault.kind) in reviewed()
