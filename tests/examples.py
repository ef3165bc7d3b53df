"""How much a test tries: a little in ``make test``, ten times as much in ``make test-all``."""

from __future__ import annotations

import os

LONG = os.environ.get("DOMOV_TESTS") == "all"
MORE = 10


def examples(count: int) -> int:
    """``count`` in the short run, ten times as many in the long one."""
    return count * MORE if LONG else count
