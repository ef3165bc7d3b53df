"""How many examples a property gets: few by default, many in ``make test-all``."""

from __future__ import annotations

import os

LONG = os.environ.get("EXAMPLES") == "many"
MORE = 10


def examples(count: int) -> int:
    """``count`` by default, ten times as many in the long run."""
    return count * MORE if LONG else count
