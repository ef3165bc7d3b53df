"""How much a test tries: little in ``make test``, ten times as much in ``make test-all``."""

from __future__ import annotations

import os

LONG = os.environ.get("DOMOV_TESTS") == "all"
MORE = 10

CONVERSATIONS = ("sqlite", "postgresql") if LONG else ("sqlite",)
"""The databases that conversations and commands are tried on. That PostgreSQL takes every statement
is tested by itself (tests/storage), and what statements do, beside each of them."""


def examples(count: int) -> int:
    """``count`` in the short run, ten times as many in the long one."""
    return count * MORE if LONG else count
